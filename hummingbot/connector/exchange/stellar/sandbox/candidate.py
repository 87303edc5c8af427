"""A transaction on its way to the ledger."""

from dataclasses import dataclass, field
from hashlib import sha256

from ..ledger.envelope import Envelope
from ..ledger.operations import Transaction
from ..ledger.xdr import decode_envelope, encode_envelope, fee_bump_hash, transaction_hash
from .signatures import Signatures, verified_pairs

__all__ = ["Candidate"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A transaction on its way to the ledger.

    Parameters
    ----------
    envelope_xdr : bytes
    envelope : Envelope
    hash : bytes
        Names it on the network: the transaction, or the fee bump that it is in.
    full_hash : bytes
        Of the whole envelope: also tells signatures apart.
    tx_hash : bytes
        Names the transaction itself; its signatures are over it.
    verified : dict
        What is known about its signatures.
    """

    envelope_xdr: bytes
    envelope: Envelope
    hash: bytes
    full_hash: bytes
    tx_hash: bytes
    verified: verified_pairs = field(default_factory=dict)

    @classmethod
    def read(cls, envelope_xdr: bytes, network_id: bytes) -> "Candidate":
        """Decode an envelope; one of version 0 goes on as version 1.

        Raises
        ------
        UnsupportedXdr, XdrError
            If it is not a transaction of the operations that are built.
        """
        envelope = decode_envelope(envelope_xdr)
        envelope_xdr = encode_envelope(envelope)
        tx_hash = transaction_hash(envelope.tx_xdr, network_id)
        bump = envelope.fee_bump
        hash_ = tx_hash if bump is None else fee_bump_hash(bump.xdr, network_id)
        return cls(envelope_xdr, envelope, hash_, sha256(envelope_xdr).digest(), tx_hash)

    @property
    def tx(self) -> Transaction:
        """The transaction itself."""
        return self.envelope.tx

    @property
    def fee(self) -> int:
        """What is bid for all of it, in stroops."""
        return self.envelope.fee

    @property
    def fee_source(self) -> str:
        """The account that pays."""
        return self.envelope.fee_source

    @property
    def fee_units(self) -> int:
        """How many operations the bid is for."""
        return self.envelope.fee_units

    @property
    def inner_hash(self) -> bytes | None:
        """The transaction's own hash if it is in a fee bump, else None."""
        return None if self.envelope.fee_bump is None else self.tx_hash

    def signatures(self) -> Signatures:
        """Return the transaction's signatures, none of them used yet."""
        return Signatures(self.tx_hash, self.envelope.signatures, self.verified)
