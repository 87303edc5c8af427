"""What the two path payments share: their form, and what they report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from ...ledger.asset import NATIVE, Asset
from ...ledger.operations import PathPaymentStrictReceive, PathPaymentStrictSend
from ...ledger.results import ClaimAtom, Delivery, OperationResult
from ..state import LedgerState
from ..transfers import is_return
from .manage_offer import EXCEEDED_WORK_LIMIT, MAX_CROSSINGS, NOBODY

__all__ = ["MAX_CROSSINGS", "Report", "hops", "is_lost"]

PathPayment = PathPaymentStrictReceive | PathPaymentStrictSend


@dataclass(frozen=True, slots=True)
class Report:
    """Makes the results of one of the two operations, `operation` in snake case."""

    operation: str

    def refusal(self, code: str) -> OperationResult:
        """Return the result with one of the operation's own codes, or with the limit that was passed."""
        if code == "EXCEEDED_WORK_LIMIT":
            return EXCEEDED_WORK_LIMIT
        return OperationResult(self.operation, f"{self.operation.upper()}_{code}")

    def success(self, claims: Iterable[ClaimAtom], delivery: Delivery) -> OperationResult:
        """Return the result of a payment that arrived."""
        code = f"{self.operation.upper()}_SUCCESS"
        return OperationResult(self.operation, code, tuple(claims), delivery=delivery)

    def untouched(self) -> OperationResult:
        """Return the result of a payment that the network never got to: a success of zeros."""
        return self.success((), Delivery(NOBODY, NATIVE, 0))


def hops(operation: PathPayment) -> Iterator[tuple[Asset, Asset]]:
    """Yield the exchanges from the asset sent to the asset received; equal neighbours need none."""
    assets = (operation.send_asset, *operation.path, operation.dest_asset)
    return ((sent, received) for sent, received in pairwise(assets) if sent != received)


def is_lost(operation: PathPayment, state: LedgerState) -> bool:
    """Tell whether there is nobody to receive a payment.

    A credit can always go back to its issuer, even one that no longer exists.
    """
    returns = operation.send_asset == operation.dest_asset and not operation.path
    if returns and is_return(operation.dest_asset, operation.destination):
        return False
    return operation.destination not in state.accounts
