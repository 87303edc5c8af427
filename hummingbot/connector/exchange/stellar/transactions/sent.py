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
    sequence : int
        The sequence number of its source account that it uses.
    max_time : int
        Unix seconds of ledger time after which it cannot be applied any more.
    ledger : int
        The last closed ledger when it was signed: it can only come to a later one.
    """

    signed: SignedTransaction
    sequence: int
    max_time: int
    ledger: int

    @property
    def name(self) -> str:
        """Its hash in hex, by which the network knows it."""
        return self.signed.hash.hex()
