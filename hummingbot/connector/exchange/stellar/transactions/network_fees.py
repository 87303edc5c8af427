"""What the network has charged, to the stroop, and with what it was stated to Hummingbot."""

from dataclasses import dataclass

__all__ = ["NetworkFees"]


@dataclass(slots=True)
class NetworkFees:
    """Fees of all our transactions that came to the ledger, in stroops.

    Hummingbot takes a fee only with a fill, so an order's share of its transaction's fee is stated with its
    first fill. What has no fill to go with is kept here.

    Parameters
    ----------
    charged : int
        All of it; the other figures are parts of it.
    stated : int
        With fills.
    cancels : int
        Shares of operations that cancelled orders.
    failed : int
        Transactions that were applied and failed.
    unfilled : int
        Shares of orders that ended without a fill.
    others : int
        Shares of operations that are no orders.
    """

    charged: int = 0
    stated: int = 0
    cancels: int = 0
    failed: int = 0
    unfilled: int = 0
    others: int = 0

    @property
    def due(self) -> int:
        """Shares of orders at rest, to be stated with their first fill."""
        return self.charged - self.stated - self.cancels - self.failed - self.unfilled - self.others
