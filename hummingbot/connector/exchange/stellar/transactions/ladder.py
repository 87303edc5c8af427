"""From orders and cancels to the fewest operations, in an order that the ledger can apply.

A cancel and a new order on the same side of the same pair are one operation: the resting offer is changed and
keeps its id, and at an equal price its place in the queue, too. Each operation must find, when its turn
comes, that it does not meet another offer of the account, and that balance, room and reserve suffice. So what
only frees goes first, what retreats goes before what advances, and where orders wait for each other one of
them becomes a cancel and a new offer.

An order is taken to rest whole. What it exchanges at once instead was promised all the same, so that the
orders behind it find no less; whether it leaves them more is known only once the ledger has closed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord

from .errors import OrderRejected
from .instructions import Cancellation, Change, Instruction, Placement
from .market_payments import MarketPayment
from .offers import rest_price
from .purse import Purse
from .self_trade import OwnBook

__all__ = ["LadderPlan", "plan_ladder"]


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """What to send, in order, and what not.

    Parameters
    ----------
    steps : tuple of Instruction
        One operation each.
    refusals : tuple of (Placement, OrderRejected)
        Orders that the ledger would refuse, each with the reason.
    """

    steps: tuple[Instruction, ...]
    refusals: tuple[tuple[Placement, OrderRejected], ...] = ()


@dataclass(slots=True)
class _Move:
    """An order to be made, out of a resting offer if there is one to cancel."""

    placement: Placement
    cancellation: Cancellation | None = None


@dataclass(slots=True)
class _Layout:
    """The account's offers and purse as they are after the steps laid out so far."""

    offers: dict[str, OfferRecord]
    purse: Purse
    book: OwnBook = field(default_factory=OwnBook)
    steps: list[Instruction] = field(default_factory=list)

    def __post_init__(self) -> None:
        for client_order_id, offer in self.offers.items():
            self.book.put(client_order_id, offer.selling, offer.buying, (offer.price_n, offer.price_d))

    def cancel(self, cancellation: Cancellation) -> None:
        offer = self._take_away(cancellation)
        if offer is not None:
            self.purse.release(offer)
        self.steps.append(cancellation)

    def make(self, move: _Move) -> None:
        """Raise OrderRejected, and change nothing, if it cannot be made now."""
        placement, cancellation = move.placement, move.cancellation
        replaced = self.offers[cancellation.client_order_id] if cancellation is not None else None
        self.book.check(placement)
        self.purse.check(placement, replaced)
        if cancellation is not None:
            self._take_away(cancellation)
            self.steps.append(Change(cancellation, placement))
        else:
            self.steps.append(placement)
        self.purse.spend(placement, replaced)
        if not isinstance(placement.operation, MarketPayment):
            price = rest_price(placement.operation)
            self.book.put(placement.client_order_id, placement.selling, placement.buying, price)

    def _take_away(self, cancellation: Cancellation) -> OfferRecord | None:
        offer = self.offers.pop(cancellation.client_order_id, None)
        if offer is not None:
            self.book.remove(cancellation.client_order_id, offer.selling, offer.buying)
        return offer


def plan_ladder(
    instructions: Sequence[Instruction], resting: Mapping[str, OfferRecord], purse: Purse
) -> LadderPlan:
    """Lay out orders and cancels for one transaction, or several in a row.

    Parameters
    ----------
    instructions : sequence of Placement or Cancellation
    resting : mapping of str to OfferRecord
        The account's offers by client order id, as far as this connector knows them.
    purse : Purse
        What the account can promise beside these offers; it is spent from.
    """
    cancels = [entry for entry in instructions if isinstance(entry, Cancellation)]
    placements = [entry for entry in instructions if isinstance(entry, Placement)]
    layout = _Layout(dict(resting), purse)
    partners = _pair(placements, cancels, resting)
    moves = [_Move(entry, partners.get(entry.client_order_id)) for entry in placements]
    paired = {cancellation.client_order_id for cancellation in partners.values()}
    for cancellation in cancels:
        if cancellation.client_order_id not in paired:
            layout.cancel(cancellation)
    refusals: list[tuple[_Move, OrderRejected]] = []
    while moves:
        refusals = _make_possible(layout, moves)
        waiting = [move for move, _ in refusals]
        if len(waiting) == len(moves) and not _break(layout, waiting):
            break
        moves = waiting
    return LadderPlan(tuple(layout.steps), tuple((move.placement, reason) for move, reason in refusals))


def _make_possible(layout: _Layout, moves: Iterable[_Move]) -> list[tuple[_Move, OrderRejected]]:
    """Make what can be made, in order; return the rest with what stands against it."""
    left = []
    for move in moves:
        try:
            layout.make(move)
        except OrderRejected as reason:
            left.append((move, reason))
    return left


def _break(layout: _Layout, moves: Iterable[_Move]) -> bool:
    """Cancel the offer that the first of them would have taken over; False if none has one."""
    for move in moves:
        if move.cancellation is not None:
            layout.cancel(move.cancellation)
            move.cancellation = None
            return True
    return False


def _pair(
    placements: Sequence[Placement], cancels: Sequence[Cancellation], resting: Mapping[str, OfferRecord]
) -> dict[str, Cancellation]:
    """Give orders the offers that they can take over: first those of an equal price, then by rank."""
    sides: defaultdict[tuple[Asset, Asset, bool], list[tuple[int, Cancellation]]] = defaultdict(list)
    for cancellation in cancels:
        offer = resting.get(cancellation.client_order_id)
        if offer is not None:
            rank = _rank(offer.price_n, offer.price_d)
            sides[offer.selling, offer.buying, offer.passive].append((rank, cancellation))
    wanted: defaultdict[tuple[Asset, Asset, bool], list[tuple[int, str]]] = defaultdict(list)
    for placement in placements:
        if not isinstance(placement.operation, MarketPayment):
            rank = _rank(*rest_price(placement.operation))
            side = placement.selling, placement.buying, placement.is_passive
            wanted[side].append((rank, placement.client_order_id))
    pairs: dict[str, Cancellation] = {}
    for side, orders in wanted.items():
        there = sorted(sides[side], key=lambda entry: entry[0])
        at_price = dict(there)
        left: list[str] = []
        for rank, client_order_id in sorted(orders):
            if rank in at_price:
                pairs[client_order_id] = at_price.pop(rank)
                there.remove((rank, pairs[client_order_id]))
            else:
                left.append(client_order_id)
        pairs |= {name: cancellation for name, (_, cancellation) in zip(left, there, strict=False)}
    return pairs


def _rank(n: int, d: int) -> int:
    """Return a number by which prices n/d compare: two different ones are at least 2^-62 apart."""
    return (n << 64) // d
