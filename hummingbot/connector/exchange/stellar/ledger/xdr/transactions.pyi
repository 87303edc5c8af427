from collections.abc import Sequence

from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope, SignedTransaction, SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction

def network_id(passphrase: str) -> bytes:
    """Return the 32 bytes that bind a signature to one network: sha256 of its passphrase."""

def transaction_hash(tx_xdr: bytes, network_id: bytes) -> bytes:
    """Return the 32 bytes that are signed and that name a transaction on its network.

    Parameters
    ----------
    tx_xdr : bytes
        XDR of the ``Transaction``, as `encode_transaction` writes it or `Envelope.tx_xdr` holds it.
    network_id : bytes
        See `network_id`.
    """

def fee_bump_hash(fee_bump_xdr: bytes, network_id: bytes) -> bytes:
    """Return the 32 bytes that name a fee bump and that its fee source signs; see `FeeBump.xdr`."""

def encode_transaction(tx: Transaction) -> bytes:
    """Write a transaction as XDR of the v1 ``Transaction``.

    Raises
    ------
    XdrError
        If a value has no place in XDR: an amount beyond int64, a price beyond int32, a memo over 28 bytes, an
        account that is not an address, more than 100 operations or 2 extra signers.
    """

def encode_envelope(envelope: Envelope) -> bytes:
    """Write an envelope from its `tx_xdr` and signatures; `tx` is not looked at."""

def sign_transaction(
    tx: Transaction, network_id: bytes, signing_keys: Sequence[SigningKey]
) -> SignedTransaction:
    """Encode, hash and sign a transaction, with one signature a key in the order given."""

def sign_fee_bump(
    inner: SignedTransaction, source: str, fee: int, network_id: bytes, signing_keys: Sequence[SigningKey]
) -> SignedTransaction:
    """Put a signed transaction into a fee bump of `source`, which pays up to `fee` stroops for it."""

def decode_envelope(xdr: bytes) -> Envelope:
    """Read a signed transaction (``TransactionEnvelope``), in a fee bump or not.

    One of version 0, from before protocol 13, is read as the version 1 that the network makes of it: its
    hash, and so its signatures, are the same.

    Raises
    ------
    UnsupportedXdr
        Naming the operation, envelope, asset or extension that is not modelled.
    XdrError
        If the bytes are not an envelope.
    """
