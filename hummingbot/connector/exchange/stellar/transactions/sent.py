"""A transaction on its way to the ledger."""

from dataclasses import dataclass

from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction

__all__ = ["Sent"]


@dataclass(frozen=True, slots=True)
class Sent:
    """A signed transaction that has been sent, or is about to be, and whose fate is still open.

    Parameters
    ----------
    signed : SignedTransaction
    source : str
        Its source account: the trading account, or a channel account.
    sequence : int
        The sequence number of its source account that it uses.
    max_time : int
        Unix seconds of ledger time after which it cannot be applied any more.
    ledger : int
        The last closed ledger when it was signed: it can only come to a later one.
    bid : int
        The most that it pays for an operation, in stroops, by its own fee or by that of its fee bump.
    bump : bytes or None
        The envelope of the fee bump that it was last put into.
    """

    signed: SignedTransaction
    source: str
    sequence: int
    max_time: int
    ledger: int
    bid: int
    bump: bytes | None = None

    @property
    def name(self) -> str:
        """Its own hash in hex, by which the network knows it, in a fee bump or not."""
        return self.signed.hash.hex()

    @property
    def envelope_xdr(self) -> bytes:
        """What to send."""
        return self.bump or self.signed.envelope_xdr
