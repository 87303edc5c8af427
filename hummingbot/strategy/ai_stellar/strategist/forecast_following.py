"""A style: hold more of the base when the model expects it to rise, and less when it expects it to fall."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from ..market.market_state import MarketState
from ..market.portfolio import Portfolio, Side
from ..predictors.forecast import Forecast
from .proposal import Proposal

__all__ = ["ForecastFollowing"]

STEP = Decimal("0.0000001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ForecastFollowing:
    """Steers the base's share of a pair's money toward ``neutral_share + tilt × signal`` by passive orders.

    The signal is the forecast's edge over a coin, ``(2 p − 1) / (2 full_edge)``, held to −1 … 1. Each
    decision closes a part of the gap (`pace`), with one limit order that rests at the touch or inside the
    spread; it never crosses. A gap too small to be worth an order is left alone.

    Attributes
    ----------
    neutral_share : Decimal
        Share of the base without a forecast, 0 … 1.
    tilt : Decimal
        Share moved by a full signal, 0 … 1; targets stay within 0 … 1.
    full_edge : float
        Distance of the probability from ½ that counts as a full signal.
    pace : Decimal
        Part of the gap closed by one decision, 0 … 1.
    improvement : Decimal
        How far inside the spread the order rests, as a share of it: 0 joins the touch, below 1.
    smallest_step : Decimal
        Gap, as a share of the pair's money, below which nothing is proposed.
    name : str
        Name of the style.
    """

    neutral_share: Decimal
    tilt: Decimal
    full_edge: float
    pace: Decimal
    improvement: Decimal
    smallest_step: Decimal
    name: str = "forecast_following"

    def signal(self, forecast: Forecast) -> float:
        """Return the conviction of a forecast, −1 … 1."""
        return max(-1.0, min(1.0, (forecast.probability_up - 0.5) / self.full_edge))

    def propose(self, market: MarketState, forecast: Forecast | None, portfolio: Portfolio) -> Proposal:
        """Return what to order, or a hold with its reason."""
        mid = market.mid
        if forecast is None:
            return self._hold(market, 0.0, None, None, "no forecast yet")
        if not 0 <= forecast.probability_up <= 1:
            why = f"the forecast {forecast.probability_up} is no probability"
            return self._hold(market, 0.0, None, None, why)
        signal = self.signal(forecast)
        base_held, quote_held = portfolio.totals.get(market.base), portfolio.totals.get(market.quote)
        if mid is None or base_held is None or quote_held is None:
            return self._hold(market, signal, None, None, "the market's mid or a balance is unknown")
        base_money = base_held * mid
        money = base_money + quote_held
        if not money.is_finite() or money <= 0:
            return self._hold(market, signal, None, None, f"nothing to trade with in {market.pair}")
        share = base_money / money
        target = min(Decimal(1), max(ZERO, self.neutral_share + self.tilt * Decimal(round(signal, 6))))
        gap = target - share
        if abs(gap) * self.pace < self.smallest_step:
            return self._hold(market, signal, share, target, f"{share:.1%} is near the target {target:.1%}")
        side: Side = "buy" if gap > 0 else "sell"
        price = self.price(market, side)
        size = (abs(gap) * self.pace * money / price).quantize(STEP, ROUND_DOWN)
        return Proposal(
            market.pair, market.time, self.name, side, size, price, signal, float(share), float(target),
            f"P(up) {forecast.probability_up:.3f} wants {target:.1%} in {market.base}, {share:.1%} are held",
        )  # fmt: skip

    def price(self, market: MarketState, side: Side) -> Decimal:
        """Return the passive price: inside the spread by `improvement`, rounded away from the other side."""
        assert market.bid is not None
        assert market.ask is not None
        step = (market.ask - market.bid) * self.improvement
        if side == "buy":
            return max(market.bid, (market.bid + step).quantize(STEP, ROUND_FLOOR))
        return min(market.ask, (market.ask - step).quantize(STEP, ROUND_CEILING))

    def _hold(
        self, market: MarketState, signal: float, share: Decimal | None, target: Decimal | None, why: str
    ) -> Proposal:
        return Proposal(
            market.pair, market.time, self.name, "hold", ZERO, None, signal,
            None if share is None else float(share), None if target is None else float(target), why,
        )  # fmt: skip
