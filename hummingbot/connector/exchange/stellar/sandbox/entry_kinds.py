"""Every kind of ledger entry, by the name that recordings and snapshots give it."""

from collections.abc import Callable
from typing import Any, Final

from .claimable_balance import ClaimableBalance
from .data_entry import DataEntry
from .entries import Account, Offer, Pool, Trustline

__all__ = ["AnyEntry", "read_entry"]

AnyEntry = Account | Trustline | Offer | Pool | DataEntry | ClaimableBalance

KINDS: Final[dict[str, Callable[[dict[str, Any]], AnyEntry]]] = {
    "account": Account.from_dict,
    "trustline": Trustline.from_dict,
    "offer": Offer.from_dict,
    "pool": Pool.from_dict,
    "data": DataEntry.from_dict,
    "claimable_balance": ClaimableBalance.from_dict,
}


def read_entry(entry: dict[str, Any]) -> AnyEntry:
    """Read what the ``to_dict`` of any entry wrote.

    Raises
    ------
    KeyError
        If it is of another kind, or lacks a field.
    """
    return KINDS[entry["type"]](entry)
