"""What ``status`` shows: plain tables, made when asked for and never on the decision path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from hummingbot.connector.exchange.stellar.horizon.feed_status import FeedStatus
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.transactions.source_account import SourceAccount

from .connection_status import render_channels, render_sources
from .decision import Decision
from .execution.working_orders import WorkingOrders
from .market.market_state import MarketState
from .market.portfolio import Portfolio, Side
from .risk.equity_record import EquityRecord
from .risk.limits import Limits
from .text_table import table

__all__ = ["PairStatus", "render_status", "render_waiting"]

CONTRIBUTIONS = 5


@dataclass(frozen=True, slots=True)
class PairStatus:
    """What is shown of one pair.

    Attributes
    ----------
    market : MarketState
        Present state.
    decision : Decision or None
        The last one.
    contributions : sequence of (feature, log-odds)
        What moved its forecast, largest first.
    experiences : mapping of side to int
        Filled orders remembered.
    fills : mapping of side to (count, base, quote)
        Of this run.
    note : str or None
        What keeps it from deciding, as a warm-up.
    """

    market: MarketState
    decision: Decision | None
    contributions: Sequence[tuple[str, float]]
    experiences: Mapping[Side, int]
    fills: Mapping[Side, tuple[int, Decimal, Decimal]]
    note: str | None = None


def render_status(
    venue: str,
    pairs: Mapping[str, PairStatus],
    portfolio: Portfolio,
    record: EquityRecord,
    hold_equity: Decimal | None,
    working: WorkingOrders,
    limits: Limits,
    memory_file: str,
    trouble: str | None,
    obstacle: str | None,
    network_fee: str | None,
    latencies: Sequence[int],
    nodes: Sequence[NodeStatus] = (),
    feeds: Sequence[FeedStatus] = (),
    channels: Sequence[SourceAccount] = (),
) -> str:
    """Return the whole status as text.

    Parameters
    ----------
    venue : str
        Connector.
    pairs : mapping of pair to PairStatus
        What is known of each.
    portfolio : Portfolio
        Present holdings.
    record : EquityRecord
        Start of day, peak.
    hold_equity : Decimal or None
        What the first holdings would be worth now.
    working : WorkingOrders
        Our open orders.
    limits : Limits
        In force for the portfolio.
    memory_file : str
        Path of the memory.
    trouble : str or None
        Why the memory cannot be written.
    obstacle : str or None
        Why no order can be placed, though all is ready.
    network_fee : str or None
        What the network takes for an operation, in words.
    latencies : sequence of int
        Nanoseconds of the last decisions.
    nodes : sequence of NodeStatus
        Of the network, in the user's order.
    feeds : sequence of FeedStatus
        What comes from them.
    channels : sequence of SourceAccount
        The channel accounts of transactions.
    """
    lines = [""]
    if obstacle is not None:
        lines += [f"  {obstacle}. No order is placed meanwhile.", ""]
    lines += table(
        f"Market ({venue})",
        ("pair", "bid", "ask", "mid", "spread"),
        [_market_row(status.market) for status in pairs.values()],
    )[:-1]
    lines.append(_ledger_line(next(iter(pairs.values())).market))
    if network_fee is not None:
        lines.append(f"    network fee: {network_fee}")
    lines += ["", *render_sources(nodes, feeds), *render_channels(channels)]
    for pair, status in pairs.items():
        if status.note is not None:
            lines += [f"  {pair}: {status.note}", ""]
        if status.decision is not None:
            lines += _forecast(pair, status) + _verdict(pair, status.decision) + _memory(pair, status)
    if trouble is not None:
        lines += [f"  Memory: {trouble}. No order is placed until it can be.", ""]
    lines += [f"  Memory file: {memory_file}", ""]
    lines += _position(pairs, portfolio)
    lines += _open_orders(working)
    lines += _pnl(pairs, portfolio, record, hold_equity, limits)
    if latencies:
        ordered = sorted(latencies)
        lines.append(
            f"  Decisions: {len(ordered)}, {ordered[len(ordered) // 2] / 1000:.0f} µs in the median "
            f"(features, forecast, proposal, memory, gate), {ordered[-1] / 1000:.0f} µs at most"
        )
    return "\n".join(lines)


def render_waiting(
    venue: str,
    waiting_for: str,
    obstacle: str | None,
    working: WorkingOrders,
    nodes: Sequence[NodeStatus] = (),
    feeds: Sequence[FeedStatus] = (),
) -> str:
    """Return what is shown while the venue is not ready: why, and which orders of ours may still fill."""
    lines = ["", f"  {venue} is not ready: waiting for {waiting_for}."]
    if obstacle is not None:
        lines.append(f"  {obstacle}.")
    return "\n".join([*lines, "", *render_sources(nodes, feeds), *_open_orders(working)])


def _open_orders(working: WorkingOrders) -> list[str]:
    rows = [(o.pair, o.side, f"{o.price:f}", f"{o.remaining:f}") for o in working.open_orders]
    return table("Open orders", ("pair", "side", "price", "remaining"), rows) if rows else []


def _market_row(market: MarketState) -> tuple[str, ...]:
    spread = market.spread_bp
    return (
        market.pair,
        _number(market.bid, 7),
        _number(market.ask, 7),
        _number(market.mid, 7),
        "-" if spread is None else f"{spread:.1f} bp",
    )


def _ledger_line(market: MarketState) -> str:
    behind = "unknown" if market.ledgers_behind is None else str(market.ledgers_behind)
    age = "unknown" if market.ledger_age is None else f"{market.ledger_age:.1f} s"
    return f"    ledger {market.ledger} of {_clock(market.time)}, ledgers behind: {behind}, age: {age}"


def _forecast(pair: str, status: PairStatus) -> list[str]:
    decision = status.decision
    assert decision is not None
    forecast = decision.forecast
    if forecast is None:
        return [f"  Forecast for {pair}: none yet, {decision.proposed.rationale}", ""]
    lines = table(
        f"Forecast for {pair}",
        ("for", "P(up)", "expected", "signal", "model"),
        [(
            f"{_clock(forecast.time)} + {forecast.horizon // 60} min", f"{forecast.probability_up:.4f}",
            f"{forecast.expected_return * 10_000:+.2f} bp", f"{decision.proposed.signal:+.2f}",
            forecast.model_id,
        )],
    )[:-1]  # fmt: skip
    if status.contributions:
        lines += table(
            "Largest contributions",
            ("feature", "log-odds"),
            [(name, f"{value:+.4f}") for name, value in status.contributions[:CONTRIBUTIONS]],
        )
    return [*lines, ""] if lines[-1] else lines


def _verdict(pair: str, decision: Decision) -> list[str]:
    proposed, verdict = decision.proposed, decision.verdict
    allowed = "-" if verdict is None else f"{verdict.size:f}"
    lines = table(
        f"Verdict on {pair}",
        ("proposal", "size", "with memory", "price", "verdict", "allowed"),
        [(
            proposed.side, f"{proposed.size:f}", f"{decision.proposal.size:f}",
            _number(proposed.price, 7), "hold" if verdict is None else verdict.status, allowed,
        )],
    )[:-1]  # fmt: skip
    lines.append(f"    {proposed.style}: {proposed.rationale}")
    if verdict is not None:
        lines += [f"    {reason.code}: {reason.text}" for reason in verdict.reasons]
    return [*lines, ""]


def _memory(pair: str, status: PairStatus) -> list[str]:
    decision = status.decision
    assert decision is not None
    insight = decision.insight
    lines = table(
        f"Memory of {pair}",
        ("buys", "sells", "similar", "evidence", "mean", "t", "size ×"),
        [(
            status.experiences["buy"], status.experiences["sell"], insight.neighbours,
            f"{insight.evidence:.2f}", f"{insight.mean_bp:+.1f} bp", f"{insight.t:+.2f}",
            f"{insight.scale:.3f}",
        )],
    )[:-1]  # fmt: skip
    return [*lines, f"    {insight.text}", ""]


def _position(pairs: Mapping[str, PairStatus], portfolio: Portfolio) -> list[str]:
    equity = portfolio.equity
    rows = []
    for asset in portfolio.assets:
        holding = portfolio.holding(asset)
        share = "-" if holding is None or not equity else f"{holding / equity:.1%}"
        rows.append((
            asset, _number(portfolio.totals.get(asset), 7), _number(portfolio.available.get(asset), 7),
            _number(holding, 2), share,
        ))  # fmt: skip
    return table("Position", ("asset", "total", "available", f"value ({portfolio.currency})", "share"), rows)


def _pnl(
    pairs: Mapping[str, PairStatus],
    portfolio: Portfolio,
    record: EquityRecord,
    hold_equity: Decimal | None,
    limits: Limits,
) -> list[str]:
    equity, currency = portfolio.equity, portfolio.currency
    rows: list[tuple[object, ...]] = [("equity", _number(equity, 2), "")]
    if equity is not None:
        for name, reference in (("since start", record.first), ("against holding", hold_equity)):
            if reference:
                rows.append((name, f"{equity - reference:+.2f}", f"{(equity - reference) / reference:+.3%}"))
        for name, lost, limit in (
            ("lost today", record.daily_loss(equity), limits.max_daily_loss),
            ("drawdown", record.drawdown(equity), limits.max_drawdown),
        ):
            if lost is not None:
                rows.append((name, f"{max(lost, Decimal(0)):.3%}", f"limit {limit:.1%}"))
    for pair, status in pairs.items():
        for side, (count, base, quote) in status.fills.items():
            average = f"at {quote / base:.7f}" if base else ""
            rows.append((f"{pair} {side} fills", str(count), f"{base:f} {average}".strip()))
    lines = table(f"PnL ({currency})", ("", "", ""), rows)
    if record.carried_from is not None:
        lines[-1:] = [
            f"    The markets were changed: before, equity was {record.carried_from}.",
            "    What was lost then counts on by its percentages.",
            "",
        ]
    return lines


def _number(amount: Decimal | None, digits: int) -> str:
    return "-" if amount is None or not amount.is_finite() else f"{amount:.{digits}f}"


def _clock(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M")
