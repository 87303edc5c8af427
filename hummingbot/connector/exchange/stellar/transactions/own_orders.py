"""What became of our orders, told by the ledger alone.

Two things on the ledger concern an order: the transactions that we sent (their results name the offer that
was made or deleted, and what it took at once), and the trades in which others took our resting offer. This
class reads both and says what happened, each thing once; it knows no network, no clock and no Hummingbot.

An order's fills rarely sum to its amount to the stroop. They are told as they are, and the amount stays what
was asked for; between the two stands this:

- The ledger deletes a rest that is too small to be exchanged at its price. An order of which less than 1 % is
  dropped so ends as filled, with less than its amount; of more, as cancelled.
- The ledger rounds each exchange in favour of the offer that stays, and a passive buy is an offer of quote
  that brings more base where it trades at a better price. So a buy can have filled its amount, or a little
  more, before all that it offers is sold. It is then `surplus`: to be taken off the ledger, and filled.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from hummingbot.connector.exchange.stellar.horizon.trades import LAST, Trade
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord, OperationResult

from .instructions import Instruction, Placement, cancellation_in, placement_in
from .order_events import Ended, Ending, Event, Filled, Missing, Opened
from .own_order import OfferOwners, OwnOrder, rest_of
from .record import TransactionRecord, fee_shares

__all__ = ["OwnOrders"]

UNCLAIMED: Final = 1000
DUST: Final = 100
"""Stroops: so small a rest of an offer that is gone was dust; a larger one was cancelled or revoked."""
DROPPED: Final = "the ledger dropped the rest: it was too small for its price"
YOUNG: Final = 8
"""Ledgers after its creation within which an offer's absence means nothing."""
ABSENCES: Final = 2
"""Ledgers that must not show an offer before it is taken for gone."""


class OwnOrders:
    """The orders of one account that this connector has made.

    Parameters
    ----------
    account : str
        ``G…``.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._orders: dict[str, OwnOrder] = {}
        self._owners = OfferOwners()
        self._unclaimed: OrderedDict[str, Trade] = OrderedDict()

    def __iter__(self) -> Iterator[OwnOrder]:
        return iter(self._orders.values())

    def __len__(self) -> int:
        return len(self._orders)

    def get(self, client_order_id: str) -> OwnOrder | None:
        """Return the order if it is on the ledger and has not ended."""
        return self._orders.get(client_order_id)

    @property
    def is_one_complete(self) -> bool:
        """Whether an order has all its fills but may still rest: what rests of it was never read."""
        return any(own.offer is None and own.filled >= own.order.amount for own in self)

    def surplus(self) -> list[str]:
        """Return client order ids of those that have filled their amount while some of their offer rests."""
        return [
            own.order.client_order_id
            for own in self
            if own.offer is not None and own.filled >= own.order.amount
        ]

    @property
    def is_one_missing(self) -> bool:
        """Whether the last look did not show the offer of an order that has not ended."""
        return not all(own.is_shown for own in self)

    def restore(self, own: OwnOrder) -> None:
        """Take up an order that an earlier run has made; what rests of it is learnt from `compare`."""
        self._keep(own)

    def apply(self, record: TransactionRecord, instructions: Sequence[Instruction | None]) -> list[Event]:
        """Take the result of a successful transaction of ours; None is an operation nobody waits for."""
        events: list[Event] = []
        shares = fee_shares(record.result.fee_charged, len(instructions))
        for index, (instruction, result, share) in enumerate(
            zip(instructions, record.result.operations, shares, strict=True)
        ):
            gone, placed = cancellation_in(instruction), placement_in(instruction)
            own = self._orders.get(gone.client_order_id) if gone is not None else None
            if own is not None:
                events += self._end(own, Ending.CANCELLED)
            if placed is not None:
                events += self._placed(placed, record, record.toid + index + 1, result, share)
        return events

    def take(self, trade: Trade, keep_unclaimed: bool) -> list[Event]:
        """Take a trade of the account; only those where our offer was the resting one say something new.

        A trade of an offer that is not ours yet waits for the transaction that made the offer if
        `keep_unclaimed`, that is while one of ours is under way; it is another program's otherwise.
        """
        if trade.maker != self._account:
            return []
        own = self._owners.at(trade.maker_offer_id, trade.position)
        if own is None:
            if keep_unclaimed:
                self._unclaimed[trade.id] = trade
                while len(self._unclaimed) > UNCLAIMED:
                    self._unclaimed.popitem(last=False)
            return []
        return self._traded(own, trade)

    def missing(self, client_order_id: str) -> list[Event]:
        """Take a first sign that the order's offer does not rest any more, before all its trades are read."""
        own = self._orders.get(client_order_id)
        if own is None or own.is_reported_missing:
            return []
        own.is_reported_missing = True
        return [Missing(client_order_id)]

    def gone(self, client_order_id: str) -> list[Event]:
        """Take the ledger's word that the order's offer does not rest any more, with all its trades taken."""
        own = self._orders.get(client_order_id)
        return self._vanish(own) if own is not None else []

    def forget_unclaimed(self) -> None:
        """Drop the waiting trades: no transaction of ours is under way any more."""
        self._unclaimed.clear()

    def notice(self, offers: Mapping[int, OfferRecord], ledger: int) -> list[Event]:
        """Take a look at all offers of the account at the end of `ledger`, whose trades are not all taken."""
        events: list[Event] = []
        for own in self._orders.values():
            if own.offer_id not in offers:
                events += self._miss(own, ledger)
        return events

    def compare(
        self,
        offers: Mapping[int, OfferRecord],
        ledger: int,
        names: Collection[str] | None = None,
        in_doubt: Collection[int] = (),
    ) -> list[Event]:
        """Compare with all offers of the account at the end of `ledger`, whose trades have been taken.

        An offer of ours that two ledgers in a row do not show was deleted without a trade (its asset's issuer
        revoked it, or another program cancelled it), or its last fill left dust. It is not believed gone soon
        after it came: a node may show an older state than it says. One of an order of which nothing is left
        to fill needs no second ledger.

        Parameters
        ----------
        names : collection of str, optional
            Client order ids of those to compare; all if not given.
        in_doubt : collection of int, optional
            Offers that may be another order's by now, which say nothing.
        """
        events: list[Event] = []
        for own in list(self._orders.values()):
            if own.offer_id in in_doubt or not (names is None or own.order.client_order_id in names):
                continue
            offer = offers.get(own.offer_id)
            if offer is not None:
                own.absences, own.is_shown = 0, True
                if own.offer is None:
                    own.offer = replace(offer, passive=own.order.kind == "LIMIT_MAKER")
                    own.as_of = (ledger + 1) << 32, 0
                    events.append(Opened(own.order.client_order_id, own.exchange_order_id))
            elif own.filled >= own.order.amount and own.toid >> 32 <= ledger:
                events += self._end(own, Ending.FILLED)
            else:
                events += self._miss(own, ledger)
                if own.absences >= ABSENCES:
                    events += self._vanish(own)
        return events

    def _miss(self, own: OwnOrder, ledger: int) -> list[Event]:
        """Count that a ledger does not show its offer."""
        made_in = own.toid >> 32
        if ledger <= max(own.absent_at, made_in):
            return []
        own.absent_at, own.is_shown = ledger, False
        if ledger <= made_in + YOUNG:
            return []
        own.absences += 1
        return self.missing(own.order.client_order_id)

    def _placed(
        self, placement: Placement, record: TransactionRecord, toid: int, result: OperationResult, fee: int
    ) -> list[Event]:
        order, offer = placement.order, result.offer
        own = OwnOrder(order, offer.offer_id if offer else 0, toid, offer, (toid, LAST), fee)
        fills = placement.fills(result)
        if not fills and offer is None:
            reason = "it is too small for its price: the ledger dropped it as dust without a trade"
            return [Ended(order.client_order_id, Ending.REJECTED, reason)]
        events: list[Event] = [Opened(order.client_order_id, own.exchange_order_id, offer, fee)]
        for index, base, quote in fills:
            events.append(
                self._fill(own, f"{toid}-{index}", base, quote, True, record.ledger, record.close_time)
            )
        if offer is None:
            return [*events, Ended(order.client_order_id, *_ending(own))]
        self._keep(own)
        for trade in [t for t in self._unclaimed.values() if t.maker_offer_id == offer.offer_id]:
            del self._unclaimed[trade.id]
            events += self._traded(own, trade)
        return events

    def _traded(self, own: OwnOrder, trade: Trade) -> list[Event]:
        toid, _ = trade.position
        if trade.id in own.trade_ids or trade.position <= max(own.since, (own.toid, LAST)):
            return []
        base, quote = trade.base_amount, trade.counter_amount
        if trade.base != own.order.base:
            base, quote = quote, base
        events: list[Event] = [self._fill(own, trade.id, base, quote, False, toid >> 32, trade.close_time)]
        if own.offer is not None and trade.position > own.as_of:
            sold = trade.base_amount if trade.maker_sold_base else trade.counter_amount
            own.offer, own.as_of = rest_of(own.offer, sold), trade.position
            if own.offer.amount == 0 and own.order.client_order_id in self._orders:
                events += self._end(own, *_ending(own))
        return events

    def _fill(
        self,
        own: OwnOrder,
        trade_id: str,
        base: int,
        quote: int,
        is_taker: bool,
        ledger: int,
        close_time: int,
    ) -> Filled:
        own.trade_ids.add(trade_id)
        own.filled += base
        fee, own.fee_due = own.fee_due, 0
        return Filled(
            own.order.client_order_id,
            own.exchange_order_id,
            trade_id,
            base,
            quote,
            is_taker,
            fee,
            ledger,
            close_time,
        )

    def _vanish(self, own: OwnOrder) -> list[Event]:
        if own.order.amount - own.filled < DUST and _ending(own)[0] is Ending.FILLED:
            return self._end(own, Ending.FILLED)
        return self._end(own, Ending.CANCELLED, "its offer is gone from the ledger")

    def _keep(self, own: OwnOrder) -> None:
        self._orders[own.order.client_order_id] = own
        self._owners.add(own)

    def _end(self, own: OwnOrder, ending: Ending, reason: str = "") -> list[Event]:
        self._orders.pop(own.order.client_order_id, None)
        self._owners.retire(own)
        return [Ended(own.order.client_order_id, ending, reason)]


def _ending(own: OwnOrder) -> tuple[Ending, str]:
    """How an order ended of which no more can be exchanged, and why."""
    left = own.order.amount - own.filled
    return (Ending.FILLED, "") if left * 100 < own.order.amount else (Ending.CANCELLED, DROPPED)
