"""The gate: no order leaves without its verdict, and what cannot be computed is rejected."""

from collections.abc import Iterator, Mapping
from decimal import ROUND_DOWN, ROUND_UP, Context, Decimal

from ..market.market_state import MarketState
from ..market.portfolio import Portfolio
from ..strategist.proposal import Proposal
from .equity_record import EquityRecord
from .limits import Limits
from .verdict import Reason, Verdict

__all__ = ["RiskGate", "gates_of"]

STEP = Decimal("0.0000001")
ZERO = Decimal(0)
DOWN = Context(prec=38, rounding=ROUND_DOWN)
UP = Context(prec=38, rounding=ROUND_UP)


class RiskGate:
    """Reviews one proposal at a time against the whole portfolio.

    A broken market, ledger or loss limit rejects; a limit on size reduces. Rounding is always to the safe
    side.

    Parameters
    ----------
    limits : Limits
        The limits in force for the pairs it reviews.
    positions : mapping of asset to Decimal, optional
        Largest position in an asset that other pairs trade as their base: a sale for it respects it, too.
    """

    __slots__ = ("_positions", "limits")

    def __init__(self, limits: Limits, positions: Mapping[str, Decimal] | None = None) -> None:
        self.limits = limits
        self._positions = dict(positions or {})

    def review(
        self,
        proposal: Proposal,
        market: MarketState,
        portfolio: Portfolio,
        equity_record: EquityRecord,
        minimum_size: Decimal = STEP,
        obstacle: str | None = None,
    ) -> Verdict:
        """Approve, reduce or reject.

        Parameters
        ----------
        proposal : Proposal
            A buy or a sell.
        market : MarketState
            The pair's state.
        portfolio : Portfolio
            Balances and open orders over all pairs.
        equity_record : EquityRecord
            Must have observed the present equity.
        minimum_size : Decimal
            Smallest order the venue takes, base units.
        obstacle : str, optional
            A reason from outside the market that forbids trading, as a memory that cannot be written.
        """
        reasons = list(self._rejections(proposal, market, portfolio, equity_record))
        if obstacle is not None:
            reasons.append(Reason("obstacle", obstacle))
        if reasons:
            return Verdict("rejected", ZERO, tuple(reasons), self.limits)
        size = proposal.size
        for bound, reason in self._bounds(proposal, portfolio):
            if bound is None:
                return Verdict("rejected", ZERO, (*reasons, reason), self.limits)
            if size > bound:
                size = bound
            if proposal.size > bound:
                reasons.append(reason)
        size = size.quantize(STEP, ROUND_DOWN) if size > 0 else ZERO
        if not minimum_size.is_finite() or size < max(minimum_size, STEP):
            if size > 0 or not reasons:
                found = f"{size:f} is left to order, the venue's minimum is {minimum_size}"
                reasons.append(Reason("minimum_size", found))
            return Verdict("rejected", ZERO, tuple(reasons), self.limits)
        return Verdict("reduced" if reasons else "approved", size, tuple(reasons), self.limits)

    def _rejections(
        self, proposal: Proposal, market: MarketState, portfolio: Portfolio, equity_record: EquityRecord
    ) -> Iterator[Reason]:
        limits = self.limits
        price, mid = proposal.price, market.mid
        if proposal.side not in ("buy", "sell") or proposal.pair != market.pair:
            yield Reason(
                "proposal", f"a {proposal.side} of {proposal.pair} against the state of {market.pair}"
            )
        if not proposal.size.is_finite() or proposal.size <= 0:
            yield Reason("proposal", f"size {proposal.size} is not a positive number")
        if price is None or not price.is_finite() or price <= 0:
            yield Reason("proposal", f"price {price} is not a positive number")
        elif mid is None:
            yield Reason("no_mid", f"{market.pair} has no mid: bid {market.bid}, ask {market.ask}")
        elif abs(price - mid) > limits.max_price_deviation * mid:
            yield Reason(
                "max_price_deviation",
                f"price {price} is {abs(price - mid) / mid:.2%} from the mid {mid:f}, "
                f"limit {limits.max_price_deviation:.2%}",
            )
        behind, age = market.ledgers_behind, market.ledger_age
        if behind is None or behind > limits.max_ledgers_behind:
            found = "unknown" if behind is None else f"{behind} ledgers"
            yield Reason(
                "max_ledgers_behind", f"lag of the node is {found}, limit {limits.max_ledgers_behind}"
            )
        if age is None or not age <= float(limits.max_ledger_age):
            found = "unknown" if age is None else f"{age:.1f} s"
            yield Reason(
                "max_ledger_age", f"age of the last ledger is {found}, limit {limits.max_ledger_age} s"
            )
        if len(portfolio.open_orders) >= limits.max_open_orders:
            yield Reason(
                "max_open_orders",
                f"{len(portfolio.open_orders)} orders are open, limit {limits.max_open_orders}",
            )
        equity = portfolio.equity
        if equity is None:
            yield Reason("no_equity", f"{_without_value(portfolio)} cannot be valued in {portfolio.currency}")
            return
        for code, lost, limit in (
            ("max_daily_loss", equity_record.daily_loss(equity), limits.max_daily_loss),
            ("max_drawdown", equity_record.drawdown(equity), limits.max_drawdown),
        ):
            if lost is None:
                yield Reason(
                    code, f"equity {equity:.2f} {portfolio.currency} has nothing to be compared with"
                )
            elif lost > limit:
                yield Reason(code, f"{lost:.2%} of the equity is lost, limit {limit:.2%}")

    def _bounds(self, proposal: Proposal, portfolio: Portfolio) -> Iterator[tuple[Decimal | None, Reason]]:
        """Yield the largest size each limit allows, or None where it cannot be computed."""
        limits, price, currency = self.limits, proposal.price, portfolio.currency
        base, quote = proposal.pair.split("-")
        base_value, quote_value = portfolio.value_of(base), portfolio.value_of(quote)
        assert price is not None
        if base_value is None or quote_value is None:
            yield None, Reason("no_value", f"{proposal.pair} cannot be valued in {currency}")
            return
        unit = UP.multiply(price, quote_value)
        wanted = proposal.size * unit
        yield (
            DOWN.divide(limits.max_order, unit),
            Reason("max_order", f"the order is worth {wanted:.2f} {currency}, limit {limits.max_order}"),
        )
        buys = proposal.side == "buy"
        taken, given = (base, quote) if buys else (quote, base)
        if taken != currency:
            # a unit of base brings one unit of base, or `price` units of quote
            value = max(base_value, unit) if buys else unit
            limit = limits.max_position if buys else self._positions.get(taken, limits.max_position)
            yield _room("max_position", f"position in {taken}", portfolio.holding(taken),
                        portfolio.pending(taken), limit, value, currency)  # fmt: skip
            if given == currency:
                pending = _pending_exposure(portfolio)
                yield _room("max_exposure", f"exposure outside {currency}", portfolio.exposure, pending,
                            limits.max_exposure, value, currency)  # fmt: skip
        available = portfolio.available.get(given)
        if available is None or not available.is_finite():
            yield None, Reason("no_balance", f"the available balance of {given} is unknown")
            return
        yield (
            DOWN.divide(available, price) if buys else available,
            Reason("available", f"{available:f} {given} are available"),
        )


def gates_of(limits: Mapping[str, Limits]) -> dict[str, RiskGate]:
    """Return a gate for each pair, by its own limits and those of the positions it can change."""
    positions: dict[str, Decimal] = {}
    for pair, own in limits.items():
        base = pair.split("-")[0]
        positions[base] = min(own.max_position, positions.get(base, own.max_position))
    return {pair: RiskGate(own, positions) for pair, own in limits.items()}


def _room(
    code: str,
    name: str,
    held: Decimal | None,
    pending: Decimal | None,
    limit: Decimal,
    value: Decimal,
    currency: str,
) -> tuple[Decimal | None, Reason]:
    if held is None or pending is None:
        return None, Reason(code, f"{name} cannot be valued in {currency}")
    room = limit - held - pending
    reason = Reason(
        code, f"{name} is {held:.2f} {currency}, {pending:.2f} more if open orders fill, limit {limit}"
    )
    return (DOWN.divide(room, value) if room > 0 else ZERO), reason


def _pending_exposure(portfolio: Portfolio) -> Decimal | None:
    """Return the value open orders would move out of the currency if they filled."""
    pending = ZERO
    for order in portfolio.open_orders:
        base, quote = order.pair.split("-")
        taken, given = (base, quote) if order.side == "buy" else (quote, base)
        if given == portfolio.currency and taken != portfolio.currency:
            value = portfolio.value_of(base)
            if value is None:
                return None
            pending += order.remaining * value
    return pending


def _without_value(portfolio: Portfolio) -> str:
    return ", ".join(asset for asset in portfolio.assets if portfolio.holding(asset) is None)
