"""Market makers: a ladder on each side of what they believe the price to be."""

from typing import Any, Final, Literal

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ManageBuyOffer, ManageSellOffer, Operation

from .assets import Pair, actor_key
from .parameters import MarketParameters
from .quotes import BookView, Resting, at_least, at_most

__all__ = ["Desk", "desks"]

Side = Literal["ask", "bid"]

FRONT_LEVELS: Final = 1
"""Levels with an account of their own: when they are filled, the maker's other offers still move."""

SMALLEST_OFFER: Final = 10_000_000
"""Stroops of base below which what is left of an offer is taken away instead of moved."""

FULL: Final = 0.999


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
        self._tolerance = parameters.requote_tolerance * 1e-4
        self._patience = parameters.maker_patience * 1e-4
        self._refill_lag = parameters.refill_lag
        first = parameters.half_spread + rank * parameters.maker_spacing
        self._offsets = [(first + level * parameters.level_spacing) * 1e-4 for level in levels]
        self._amounts = [
            round(parameters.level_amount * parameters.level_growth**level * 1e7) for level in levels
        ]
        self._short_since: dict[Side, int | None] = {"ask": None, "bid": None}

    def opening(self, price: float) -> list[Operation]:
        """Return the operations that place both sides around a price."""
        return [
            self._place(side, price, level, self._amounts[level])
            for side in ("ask", "bid")
            for level in range(len(self._offsets))
        ]

    def requote(self, view: float, book: BookView, now: int, closing: int) -> list[Operation]:
        """Return the operations that bring the ladders to where the desk wants them; often none.

        Parameters
        ----------
        view : float
            The price it believes in, quote per base.
        book : BookView
            As of the last closed ledger.
        now, closing : int
            Close time of that ledger and of the one to come, unix seconds.
        """
        account = self.key.account
        own_asks = [resting for resting in book.asks if resting.seller == account]
        own_bids = [resting for resting in book.bids if resting.seller == account]
        touch = 1.0 - self._tolerance / 4.0
        highest_bid = book.highest_bid(account, below=view * (1.0 + self._patience))
        lowest_ask = book.lowest_ask(account, above=view * (1.0 - self._patience))
        ask_view = max(view, highest_bid / touch / (1.0 + self._offsets[0]))
        bid_view = min(view, lowest_ask * touch / (1.0 - self._offsets[0]))
        asks = self._move("ask", ask_view, own_asks, now, closing)
        bids = self._move("bid", bid_view, own_bids, now, closing)
        rises = bool(own_asks) and bid_view * (1.0 - self._offsets[0]) >= own_asks[0].price
        return asks + bids if rises else bids + asks

    def state(self) -> dict[str, Any]:
        """Return what the desk remembers."""
        return {"ask": self._short_since["ask"], "bid": self._short_since["bid"]}

    def restore(self, state: dict[str, Any]) -> None:
        """Remember what another instance did."""
        self._short_since = {"ask": state["ask"], "bid": state["bid"]}

    def _move(self, side: Side, view: float, own: list[Resting], now: int, closing: int) -> list[Operation]:
        operations: list[Operation] = []
        for resting in own:
            if resting.amount < SMALLEST_OFFER:
                operations.append(self._operation(side, 0, 1, 1, resting.offer_id))
        own = [resting for resting in own if resting.amount >= SMALLEST_OFFER][-len(self._offsets) :]
        missing = len(self._offsets) - len(own)
        moved = bool(own) and abs(self._centre(side, own) / view - 1.0) > self._tolerance
        refill = self._due(side, missing, own, now, closing)
        if refill:
            operations += [self._place(side, view, level, self._amounts[level]) for level in range(missing)]
        for level, resting in enumerate(own, start=missing):
            amount = self._amounts[level] if refill else resting.amount
            if moved or amount * FULL > resting.amount:
                operations.append(self._place(side, view, level, amount, resting.offer_id))
        return operations

    def _centre(self, side: Side, own: list[Resting]) -> float:
        offset = self._offsets[-1]
        return own[-1].price / (1.0 + offset if side == "ask" else 1.0 - offset)

    def _due(self, side: Side, missing: int, own: list[Resting], now: int, closing: int) -> bool:
        short = missing > 0 or any(
            resting.amount < FULL * amount
            for resting, amount in zip(own, self._amounts[missing:], strict=True)
        )
        since = self._short_since[side]
        if not short:
            self._short_since[side] = None
        elif since is None:
            since = self._short_since[side] = now
        if short and since is not None and closing - since >= self._refill_lag:
            self._short_since[side] = None
            return True
        return False

    def _place(self, side: Side, view: float, level: int, amount: int, offer_id: int = 0) -> Operation:
        offset = self._offsets[level]
        n, d = at_least(view * (1.0 + offset)) if side == "ask" else at_most(view * (1.0 - offset))
        return self._operation(side, amount, n, d, offer_id)

    def _operation(self, side: Side, amount: int, n: int, d: int, offer_id: int) -> Operation:
        base, quote = self._pair.base, self._pair.quote
        if side == "ask":
            return ManageSellOffer(base, quote, amount, n, d, offer_id)
        return ManageBuyOffer(quote, base, amount, n, d, offer_id)


def desks(pair: Pair, parameters: MarketParameters, seed: int) -> list[Desk]:
    """Return the accounts of a pair's makers: each has one in front and, with more levels, one behind."""
    split = min(FRONT_LEVELS, parameters.levels)
    return [
        Desk(actor_key(seed, f"{pair.name} maker {rank} {name}"), rank, levels, pair, parameters)
        for rank in range(parameters.makers)
        for name, levels in (("front", range(split)), ("back", range(split, parameters.levels)))
        if levels
    ]
