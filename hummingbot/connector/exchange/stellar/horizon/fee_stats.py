"""What ledgers charge for an operation, as Horizon's ``/fee_stats`` sums up the last five."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from .errors import reading
from .horizon import Horizon

__all__ = ["LEDGERS", "FeeStats", "read_fee_stats"]

LEDGERS: Final = 5
"""How many ledgers the statistics describe."""


@dataclass(frozen=True, slots=True)
class FeeStats:
    """Fees of the last five ledgers.

    Parameters
    ----------
    ledger : int
        The last of them.
    base_fee : int
        Stroops an operation: the least that the network ever takes.
    charged : int
        Stroops an operation that nine of ten transactions were charged at most.
    usage : Decimal
        Which part of the room for operations was used, from 0 to 1.
    """

    ledger: int
    base_fee: int
    charged: int
    usage: Decimal


async def read_fee_stats(horizon: Horizon) -> FeeStats:
    """Read the statistics.

    Raises
    ------
    HorizonUnavailable, HorizonRefused
        If the node does not answer.
    """
    body = (await horizon.get("/fee_stats")).body
    with reading("the fee statistics"):
        return FeeStats(
            int(body["last_ledger"]),
            int(body["last_ledger_base_fee"]),
            int(body["fee_charged"]["p90"]),
            Decimal(body["ledger_capacity_usage"]),
        )
