from typing import Literal

from ..ledger.asset import Asset
from ..ledger.results import ClaimAtom
from .entries import Offer
from .state import LedgerState

__all__ = ["acquire_liabilities", "cross_book", "release_liabilities", "remove_subentry"]

Outcome = Literal["filled", "rests", "crosses itself", "too many"]

def acquire_liabilities(state: LedgerState, offer: Offer) -> None: ...
def release_liabilities(state: LedgerState, offer: Offer) -> None: ...
def remove_subentry(state: LedgerState, owner: str, sponsor: str | None, reserves: int = 1) -> None: ...
def cross_book(
    state: LedgerState,
    taker: str,
    sheep: Asset,
    max_sheep_send: int,
    wheat: Asset,
    max_wheat_receive: int,
    limit_n: int,
    limit_d: int,
    passive: bool,
    most: int,
) -> tuple[Outcome, int, int, tuple[ClaimAtom, ...]]: ...
