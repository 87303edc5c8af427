"""What the three offer operations share: crossing the book, and leaving the rest in it.

References
----------
stellar-core, ``src/transactions/ManageOfferOpFrameBase.cpp``.
"""

from dataclasses import dataclass
from typing import Final

from ...ledger.asset import Asset
from ...ledger.exchange import adjust_offer
from ...ledger.results import OfferRecord, OperationResult
from ..crossing import acquire_liabilities, cross_book, release_liabilities, remove_subentry
from ..entries import Offer
from ..holding import hold, look
from ..state import LedgerState
from .subentry import add_subentry

__all__ = ["MAX_CROSSINGS", "NOBODY", "Order", "apply", "is_malformed"]

MAX_CROSSINGS: Final = 1000
NOBODY: Final = "GAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWHF"
"""The account of 32 zero bytes, which stands in results where there is none."""

EXCEEDED_WORK_LIMIT: Final = OperationResult("", "opEXCEEDED_WORK_LIMIT")


@dataclass(frozen=True, slots=True)
class Order:
    """What an offer operation asks for, however it says it.

    Parameters
    ----------
    operation : str
        Name of the operation that its result reports.
    selling, buying : Asset
    n, d : int
        Price: buying for a unit of selling, as the offer will rest.
    most_to_sell, most_to_buy : int
        In stroops; the one that the operation does not limit is the largest integer.
    liabilities : tuple of (int, int)
        (selling, buying) liabilities of the whole order.
    offer_id : int
        0 for a new offer.
    deletes : bool
    passive : bool
        Of a new offer; an existing one keeps what it was.
    """

    operation: str
    selling: Asset
    buying: Asset
    n: int
    d: int
    most_to_sell: int
    most_to_buy: int
    liabilities: tuple[int, int]
    offer_id: int = 0
    deletes: bool = False
    passive: bool = False

    def refuse(self, code: str) -> OperationResult:
        """Return a result with one of the operation's own codes."""
        return OperationResult(self.operation, f"{self.operation.upper()}_{code}")


def is_malformed(selling: Asset, buying: Asset, amount: int, n: int, d: int, offer_id: int) -> bool:
    """Tell whether no ledger could take such an order."""
    return (
        selling == buying or amount < 0 or n <= 0 or d <= 0 or offer_id < 0 or (offer_id == 0 and amount == 0)
    )


def apply(order: Order, source: str, state: LedgerState) -> OperationResult:
    """Carry an order out."""
    if not order.deletes:
        refused = refuse_by_trust(order, source, state)
        if refused is not None:
            return order.refuse(refused)
    passive, sponsor = order.passive, None
    if order.offer_id:
        resting = state.touch_offer(order.offer_id)
        if resting is None or resting.seller != source:
            return order.refuse("NOT_FOUND")
        release_liabilities(state, resting)
        passive, sponsor = resting.passive, resting.sponsor
        state.remove_offer(resting)
    else:
        short = add_subentry(state, source)
        if short is not None:
            return order.refuse("LOW_RESERVE") if short == "low reserve" else short
        sponsor = state.sponsorships.get(source)
    if order.deletes:
        remove_subentry(state, source, sponsor)
        return OperationResult(order.operation, f"{order.operation.upper()}_SUCCESS", (), "DELETED")
    return exchange_and_rest(order, source, state, passive, sponsor)


def refuse_by_trust(order: Order, source: str, state: LedgerState) -> str | None:
    """Return the code of what stands against holding either asset, or None."""
    if not order.selling.is_native:
        selling = look(state, source, order.selling)
        if selling is None:
            return "SELL_NO_TRUST"
        if selling.balance() == 0:
            return "UNDERFUNDED"
        if not selling.is_authorized():
            return "SELL_NOT_AUTHORIZED"
    if not order.buying.is_native:
        buying = look(state, source, order.buying)
        if buying is None:
            return "BUY_NO_TRUST"
        if not buying.is_authorized():
            return "BUY_NOT_AUTHORIZED"
    return None


def exchange_and_rest(
    order: Order, source: str, state: LedgerState, passive: bool, sponsor: str | None
) -> OperationResult:
    """Cross the book as far as the price allows, and put what is left into it."""
    selling, buying = look(state, source, order.selling), look(state, source, order.buying)
    if selling is None or buying is None:
        raise KeyError(f"account {source} does not hold {order.selling} and {order.buying}")
    to_sell, to_buy = order.liabilities
    if buying.room() < to_buy:
        return order.refuse("LINE_FULL")
    if selling.available() < to_sell:
        return order.refuse("UNDERFUNDED")
    most_to_buy = min(order.most_to_buy, buying.can_buy())
    if most_to_buy == 0:
        return order.refuse("LINE_FULL")
    outcome, sold, bought, claims = cross_book(
        state,
        source,
        order.selling,
        min(order.most_to_sell, selling.can_sell()),
        order.buying,
        most_to_buy,
        order.d,
        order.n,
        passive,
        MAX_CROSSINGS,
    )
    if outcome == "crosses itself":
        return order.refuse("CROSS_SELF")
    if outcome == "too many":
        return EXCEEDED_WORK_LIMIT
    if bought > 0:
        settle(order, source, state, sold, bought)
    amount = remainder(order, source, state, sold, bought) if outcome == "rests" else 0
    code = f"{order.operation.upper()}_SUCCESS"
    if amount == 0:
        remove_subentry(state, source, sponsor)
        return OperationResult(order.operation, code, claims, "DELETED")
    record = rest(order, source, state, amount, passive, sponsor)
    return OperationResult(order.operation, code, claims, "UPDATED" if order.offer_id else "CREATED", record)


def settle(order: Order, source: str, state: LedgerState, sold: int, bought: int) -> None:
    """Give the taker what it bought for what it sold."""
    receiving, sending = hold(state, source, order.buying), hold(state, source, order.selling)
    if receiving is None or sending is None or not (receiving.add(bought) and sending.add(-sold)):
        raise ArithmeticError(f"{source} cannot settle {sold} {order.selling} for {bought} {order.buying}")


def remainder(order: Order, source: str, state: LedgerState, sold: int, bought: int) -> int:
    """Return what of an order can rest, in stroops sold: 0 if that is dust."""
    selling, buying = look(state, source, order.selling), look(state, source, order.buying)
    if selling is None or buying is None:
        return 0
    return adjust_offer(
        order.n,
        order.d,
        min(order.most_to_sell - sold, selling.can_sell()),
        min(order.most_to_buy - bought, buying.can_buy()),
    )


def rest(
    order: Order, source: str, state: LedgerState, amount: int, passive: bool, sponsor: str | None
) -> OfferRecord:
    """Put an offer into the book and reserve what it may exchange."""
    offer_id = order.offer_id or state.next_id()
    offer = Offer(
        source,
        offer_id,
        order.selling,
        order.buying,
        amount,
        order.n,
        order.d,
        passive=passive,
        sponsor=sponsor,
    )
    state.add_offer(offer)
    acquire_liabilities(state, offer)
    return OfferRecord(source, offer_id, order.selling, order.buying, amount, order.n, order.d, passive)
