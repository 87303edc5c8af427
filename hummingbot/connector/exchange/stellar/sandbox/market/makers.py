"""Market makers: a ladder on each side of what they believe the price to be."""

from decimal import Decimal
from typing import Any, Final, Literal

from hummingbot.connector.exchange.stellar.ledger.amount import quantize_down
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer, Operation

from .assets import Pair, actor_key
from .parameters import MarketParameters
from .quotes import BookView, Fraction, Resting, at_least, at_most, basis_points, units

__all__ = ["Desk", "desks"]

Side = Literal["ask", "bid"]
SIDES: Final[tuple[Side, ...]] = ("ask", "bid")

FRONT_LEVELS: Final = 1
"""Levels with an account of their own: when they are filled, the maker's other offers still move."""

SMALLEST_OFFER: Final = 10_000_000
"""Stroops of base below which what is left of an offer is taken away instead of moved."""

FULL: Final = 999
"""Thousandths of its amount that an offer may have left without being refilled."""


class Desk:
    """An account of a market maker, and the part of its ladder that it quotes.

    It looks at the price `latency` seconds before the ledger closes. A side whose offers lie more than the
    tolerance off is moved, offer by offer, in place; the side that retreats goes first, so that a ladder
    never meets its own other side. A level that was filled, or filled in part, comes back after the refill
    lag; until then the levels behind it move alone. A desk does not take: a side that would meet someone
    else's offer stays just behind it, unless that offer is left behind by more than the desk's patience.
    All operations of a ledger are one transaction; if one of the offers is filled before that is applied,
    the whole fails and the desk is a ledger late, as on the public network.

    Parameters
    ----------
    key : SigningKey
    rank : int
        Of its maker: 0 quotes closest and looks last; each next one is further out and slower.
    levels : range
        The maker's levels that are this desk's, 0 being the closest.
    pair : Pair
    parameters : MarketParameters
    """

    def __init__(
        self, key: SigningKey, rank: int, levels: range, pair: Pair, parameters: MarketParameters
    ) -> None:
        self.key = key
        self.latency = parameters.maker_latency * (1 + rank)
        self._pair = pair
        self._tolerance = basis_points(parameters.requote_tolerance)
        self._patience = basis_points(parameters.maker_patience)
        self._refill_lag = parameters.refill_lag
        first = basis_points(parameters.half_spread) + rank * basis_points(parameters.maker_spacing)
        offsets = [first + level * basis_points(parameters.level_spacing) for level in levels]
        self._factors: dict[Side, list[Decimal]] = {
            "ask": [1 + offset for offset in offsets],
            "bid": [1 - offset for offset in offsets],
        }
        self._amounts = [
            quantize_down(units(parameters.level_amount) * units(parameters.level_growth) ** level)
            for level in levels
        ]
        self._short_since: dict[Side, int | None] = {"ask": None, "bid": None}

    def opening(self, view: Decimal) -> list[Operation]:
        """Return the operations that place both sides around a price."""
        return [
            self._place(side, view, level, self._amounts[level])
            for side in SIDES
            for level in range(len(self._amounts))
        ]

    def requote(self, view: Decimal, book: BookView, now: int, closing: int) -> list[Operation]:
        """Return the operations that bring the ladders to where the desk wants them; often none.

        Parameters
        ----------
        view : Decimal
            The price it believes in, quote per base.
        book : BookView
            As of the last closed ledger.
        now, closing : int
            Close time of that ledger and of the one to come, unix seconds.
        """
        account = self.key.account
        own_asks, own_bids = book.offers_of(account)
        front_ask, front_bid = self._factors["ask"][0], self._factors["bid"][0]
        touch = 1 - self._tolerance / 4
        highest_bid = book.highest_bid(account, below=view * (1 + self._patience))
        lowest_ask = book.lowest_ask(account, above=view * (1 - self._patience))
        ask_view = max(view, highest_bid / touch / front_ask)
        bid_view = min(view, lowest_ask * touch / front_bid)
        asks = self._move("ask", ask_view, own_asks, now, closing)
        bids = self._move("bid", bid_view, own_bids, now, closing)
        if asks and bids and own_asks and bid_view * front_bid >= own_asks[0].price:
            return asks + bids
        return bids + asks

    def state(self) -> dict[str, Any]:
        """Return what the desk remembers."""
        return {"ask": self._short_since["ask"], "bid": self._short_since["bid"]}

    def restore(self, state: dict[str, Any]) -> None:
        """Remember what another instance did."""
        self._short_since = {"ask": state["ask"], "bid": state["bid"]}

    def _move(self, side: Side, view: Decimal, own: list[Resting], now: int, closing: int) -> list[Operation]:
        crumbs = [resting for resting in own if resting.amount < SMALLEST_OFFER]
        operations = [self._operation(side, 0, (1, 1), crumb.offer_id) for crumb in crumbs]
        if crumbs:
            own = [resting for resting in own if resting not in crumbs]
        own = own[-len(self._amounts) :]
        missing = len(self._amounts) - len(own)
        moved = bool(own) and abs(own[-1].price / self._factors[side][-1] / view - 1) > self._tolerance
        refill = self._due(side, missing, own, now, closing)
        if refill:
            operations += [self._place(side, view, level, self._amounts[level]) for level in range(missing)]
        if moved or refill:
            for level, resting in enumerate(own, start=missing):
                amount = self._amounts[level] if refill else resting.amount
                if moved or _is_short(resting, amount):
                    operations.append(self._place(side, view, level, amount, resting.offer_id))
        return operations

    def _due(self, side: Side, missing: int, own: list[Resting], now: int, closing: int) -> bool:
        short = missing > 0 or any(map(_is_short, own, self._amounts))
        since = self._short_since[side]
        if not short:
            self._short_since[side] = None
        elif since is None:
            since = self._short_since[side] = now
        if short and since is not None and closing - since >= self._refill_lag:
            self._short_since[side] = None
            return True
        return False

    def _place(self, side: Side, view: Decimal, level: int, amount: int, offer_id: int = 0) -> Operation:
        away = at_least if side == "ask" else at_most
        return self._operation(side, amount, away(view, self._factors[side][level]), offer_id)

    def _operation(self, side: Side, amount: int, price: Fraction, offer_id: int) -> Operation:
        base, quote = self._pair.base, self._pair.quote
        if side == "ask":
            return ManageSellOffer(base, quote, amount, *price, offer_id)
        return ManageBuyOffer(quote, base, amount, *price, offer_id)


def _is_short(resting: Resting, amount: int) -> bool:
    return resting.amount * 1000 < amount * FULL


def desks(pair: Pair, parameters: MarketParameters, seed: int) -> list[Desk]:
    """Return the accounts of a pair's makers: each has one in front and, with more levels, one behind."""
    split = min(FRONT_LEVELS, parameters.levels)
    return [
        Desk(actor_key(seed, f"{pair.name} maker {rank} {name}"), rank, levels, pair, parameters)
        for rank in range(parameters.makers)
        for name, levels in (("front", range(split)), ("back", range(split, parameters.levels)))
        if levels
    ]
