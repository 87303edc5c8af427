"""Signed transactions: the keys that sign them, and the envelope that carries them."""

from dataclasses import dataclass
from os import urandom
from typing import Final, Self

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

from .operations import Transaction
from .strkey import decode_account, decode_secret, encode_account, encode_secret

__all__ = ["Envelope", "FeeBump", "SignedTransaction", "SigningKey", "verify", "verify_key"]

SIGNATURE_LENGTH: Final = 64


class SigningKey:
    """An Ed25519 key that signs transactions. Neither its text nor its repr shows the secret.

    Parameters
    ----------
    seed : bytes
        The 32 secret bytes that ``S…`` stands for.

    Attributes
    ----------
    account : str
        The account ``G…`` whose master key this is.
    public_key : bytes
        Its 32 bytes.
    hint : bytes
        The last 4 bytes of the public key, which an envelope carries beside each signature.
    """

    __slots__ = ("_secret", "account", "hint", "public_key")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != 32:
            raise ValueError(f"a signing key is made of a seed of 32 bytes, not {len(seed)}")
        self.public_key: bytes
        self.public_key, self._secret = crypto_sign_seed_keypair(seed)
        self.account = encode_account(self.public_key)
        self.hint = self.public_key[-4:]

    @classmethod
    def parse(cls, secret: str) -> Self:
        """Read a secret key ``S…``; the ValueError of a wrong one does not repeat it."""
        return cls(decode_secret(secret.strip() if isinstance(secret, str) else secret))

    @classmethod
    def generate(cls) -> Self:
        """Make a new key from the system's randomness."""
        return cls(urandom(32))

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of a transaction hash."""
        signed: bytes = crypto_sign(message, self._secret)
        return signed[:SIGNATURE_LENGTH]

    def reveal(self) -> str:
        """Return the secret key ``S…``: for handing it to a keystore, never for a log."""
        return encode_secret(self._secret[:32])

    def __repr__(self) -> str:
        return f"SigningKey({self.account})"


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction ready for submission.

    Parameters
    ----------
    envelope_xdr : bytes
        XDR of the ``TransactionEnvelope``; Horizon takes it as base64.
    hash : bytes
        The 32 bytes that were signed and that name the transaction on its network.
    """

    envelope_xdr: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class FeeBump:
    """What another account (or the same) pays for a transaction whose own bid is too low.

    Parameters
    ----------
    source : str
        Pays the fee.
    fee : int
        The most that it pays for all, in stroops; the bump itself counts as one more operation.
    xdr : bytes
        The ``FeeBumpTransaction``'s own bytes as received, the inner transaction within: what its hash is
        made of.
    signatures : tuple of (hint, signature)
        Those of `source`.
    source_id : int or None
        The number of a muxed source.
    """

    source: str
    fee: int
    xdr: bytes
    signatures: tuple[tuple[bytes, bytes], ...]
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """A decoded ``TransactionEnvelope``.

    Parameters
    ----------
    tx : Transaction
    tx_xdr : bytes
        The transaction's own bytes as received: what its hash is made of.
    signatures : tuple of (hint, signature)
        4 and at most 64 bytes each; up to 20.
    fee_bump : FeeBump or None
        What the transaction came in, if it came in a fee bump.
    """

    tx: Transaction
    tx_xdr: bytes
    signatures: tuple[tuple[bytes, bytes], ...]
    fee_bump: FeeBump | None = None

    @property
    def fee(self) -> int:
        """The bid for all of it, in stroops."""
        return self.tx.fee if self.fee_bump is None else self.fee_bump.fee

    @property
    def fee_source(self) -> str:
        """The account that pays the fee."""
        return self.tx.source if self.fee_bump is None else self.fee_bump.source

    @property
    def fee_units(self) -> int:
        """How many operations the fee is for: a fee bump counts as one more."""
        return len(self.tx.operations) + (self.fee_bump is not None)


def verify(account: str, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` over `message` (a transaction hash) was made by the master key of `account`.

    Raises
    ------
    ValueError
        If `account` is not an address.
    """
    return verify_key(decode_account(account), message, signature)


def verify_key(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell the same by the 32 bytes of a public key."""
    if len(signature) != SIGNATURE_LENGTH:
        return False
    try:
        crypto_sign_open(signature + message, public_key)
    except CryptoError:
        return False
    return True
