from typing import Literal

from ..ledger.asset import Asset
from ..ledger.results import ClaimAtom
from .state import LedgerState

__all__ = ["receive_exactly", "send_exactly"]

Failure = Literal["TOO_FEW_OFFERS", "OFFER_CROSS_SELF", "EXCEEDED_WORK_LIMIT"]

def send_exactly(
    state: LedgerState, taker: str, sheep: Asset, amount: int, wheat: Asset, most: int
) -> tuple[Failure | None, int, tuple[ClaimAtom, ...], int]: ...
def receive_exactly(
    state: LedgerState, taker: str, sheep: Asset, wheat: Asset, amount: int, most: int
) -> tuple[Failure | None, int, tuple[ClaimAtom, ...], int]: ...
