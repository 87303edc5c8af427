"""The journal of decisions, fills and outcomes, kept in the memory file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ..decision import Decision
from ..market.bars import HOUR
from ..market.portfolio import Side
from ..risk.equity_record import basis_of
from ..risk.limits import Limits
from .experience import Experience
from .pending import PendingExperience
from .store import MemoryStore

__all__ = ["Fill", "Journal"]

DECISION_COLUMNS: Final = (
    "number", "run", "venue", "pair", "bar_end", "time", "ledger", "open", "high", "low", "close", "volume",
    "bid", "ask", "mid", "spread_bp", "ledgers_behind", "ledger_age", "equity",
    "probability_up", "expected_return", "model",
    "style", "signal", "share", "target_share", "rationale", "side", "proposed_size", "price",
    "memory_scale", "memory_neighbours", "memory_evidence", "memory_mean_bp", "memory_t", "scaled_size",
    "verdict", "size", "reasons", "situation",
    "features_ns", "forecast_ns", "proposal_ns", "memory_ns", "gate_ns", "order_ns", "order_id",
)  # fmt: skip
INSERT_DECISION: Final = (
    f"INSERT INTO decisions ({', '.join(DECISION_COLUMNS)}) VALUES ({', '.join('?' * len(DECISION_COLUMNS))})"
)


@dataclass(frozen=True, slots=True)
class Fill:
    """One fill of one of our orders.

    Attributes
    ----------
    order_id, trade_id : str
        Hummingbot's client order id; the venue's trade id.
    pair, side : str
        Trading pair; ``buy`` or ``sell``.
    time : int
        Ledger time, seconds since 1970.
    price, amount : Decimal
        Quote per base; base units.
    fee : mapping of asset to Decimal
        What it cost.
    """

    order_id: str
    trade_id: str
    pair: str
    side: Side
    time: int
    price: Decimal
    amount: Decimal
    fee: Mapping[str, Decimal]


class Journal:
    """Writes what happens and reads what happened; the numbers it gives out never repeat.

    Parameters
    ----------
    store : MemoryStore
        The memory file.
    venue : str
        Name of the connector as configured; experience of one venue does not inform another.
    """

    def __init__(self, store: MemoryStore, venue: str) -> None:
        self.store = store
        self.venue = venue
        self._number = self._last("decisions")
        self.run = self._last("runs") + 1

    def _last(self, table: str) -> int:
        (row,) = self.store.read(f"SELECT coalesce(max(number), 0) AS last FROM {table}")
        return int(row["last"])

    def next_number(self) -> int:
        """Return the number of the next decision."""
        self._number += 1
        return self._number

    def begin(
        self,
        account: str,
        markets: list[str],
        currency: str,
        configuration: Mapping[str, str],
        limits: Mapping[str, Limits],
        model: str,
        time: int,
    ) -> None:
        """Begin a run at a ledger time."""
        self.store.write(
            "INSERT INTO runs (number, venue, account, markets, currency, configuration, limits, model, "
            "began_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.run, self.venue, account, json.dumps(markets), currency, json.dumps(dict(configuration)),
                json.dumps({pair: own.to_dict() for pair, own in limits.items()}), model, time,
            ),
        )  # fmt: skip

    def end(self, time: int) -> None:
        """End the run at a ledger time."""
        self.store.write("UPDATE runs SET ended_at = ? WHERE number = ?", (time, self.run))

    def final_balances(self, stroops: Mapping[str, int]) -> None:
        """Write what the account holds by asset as the run ends, stroops."""
        for asset, amount in stroops.items():
            self.store.write(
                "INSERT OR REPLACE INTO final_balances VALUES (?, ?, ?)", (self.run, asset, amount)
            )

    def decided(self, decision: Decision, order_id: str | None, order_ns: int | None) -> None:
        """Write a decision, after its order has left.

        Parameters
        ----------
        decision : Decision
            The decision.
        order_id : str or None
            Client order id, if an order was placed.
        order_ns : int or None
            Nanoseconds it took to hand the order to the connector.
        """
        market, forecast, bar = decision.market, decision.forecast, decision.bar
        proposed, insight, verdict, latency = (
            decision.proposed, decision.insight, decision.verdict, decision.latency,
        )  # fmt: skip
        spread = market.spread_bp
        foreseen = (
            (None, None, None)
            if forecast is None
            else (forecast.probability_up, forecast.expected_return, forecast.model_id)
        )
        reasons = [] if verdict is None else [[reason.code, reason.text] for reason in verdict.reasons]
        self.store.write(
            INSERT_DECISION,
            (
                decision.number, self.run, self.venue, market.pair, decision.bar_end, market.time,
                market.ledger, bar.open, bar.high, bar.low, bar.close, bar.volume, _text(market.bid),
                _text(market.ask), _text(market.mid), None if spread is None else float(spread),
                market.ledgers_behind, market.ledger_age, _text(decision.equity), *foreseen,
                proposed.style, proposed.signal, proposed.share, proposed.target_share, proposed.rationale,
                proposed.side, _text(proposed.size), _text(proposed.price),
                insight.scale, insight.neighbours, insight.evidence, insight.mean_bp, insight.t,
                _text(decision.proposal.size),
                "none" if verdict is None else verdict.status,
                "0" if verdict is None else _text(verdict.size),
                json.dumps(reasons), None if decision.situation is None else json.dumps(decision.situation),
                latency.features, latency.forecast, latency.proposal, latency.memory, latency.gate,
                order_ns, order_id,
            ),
        )  # fmt: skip

    def filled(self, fill: Fill) -> None:
        """Write a fill; one that was written before is not written twice."""
        self.store.write(
            "INSERT OR IGNORE INTO fills (decision, order_id, trade_id, pair, side, time, price, amount, "
            "fee) SELECT number, ?, ?, ?, ?, ?, ?, ?, ? FROM decisions WHERE order_id = ?",
            (
                fill.order_id, fill.trade_id, fill.pair, fill.side, fill.time, _text(fill.price),
                _text(fill.amount), json.dumps({asset: str(amount) for asset, amount in fill.fee.items()}),
                fill.order_id,
            ),
        )  # fmt: skip

    def ended(self, order_id: str, how: str) -> None:
        """Write how an order ended: filled, cancelled, failed or expired."""
        self.store.write("UPDATE decisions SET order_end = ? WHERE order_id = ?", (how, order_id))

    def learned(self, experience: Experience, outcome_mid: Decimal) -> None:
        """Write the execution and the outcome of a decision's order."""
        filled_quote = experience.filled * (experience.average_price or Decimal(0))
        self.store.write(
            "UPDATE decisions SET filled = ?, filled_quote = ?, known_at = ?, outcome_mid = ?, "
            "market_return = ?, pnl_bp = ?, learning_weight = ? WHERE number = ?",
            (
                _text(experience.filled), _text(filled_quote), experience.known_at, _text(outcome_mid),
                experience.market_return, experience.pnl_bp, experience.learning_weight, experience.decision,
            ),
        )  # fmt: skip

    def experiences(self, pair: str) -> list[Experience]:
        """Return what this venue has taught about a pair, oldest first."""
        rows = self.store.read(
            "SELECT * FROM decisions WHERE venue = ? AND pair = ? AND learning_weight > 0 ORDER BY number",
            (self.venue, pair),
        )
        return [
            Experience(
                decision=row["number"],
                pair=pair,
                side=row["side"],
                time=row["time"],
                situation=tuple(json.loads(row["situation"])),
                ordered=Decimal(row["size"]),
                filled=Decimal(row["filled"]),
                average_price=Decimal(row["filled_quote"]) / Decimal(row["filled"]),
                known_at=row["known_at"],
                market_return=row["market_return"],
                pnl_bp=row["pnl_bp"],
                learning_weight=row["learning_weight"],
            )
            for row in rows
            if row["situation"] is not None
        ]

    def unfinished(self, pair: str) -> list[PendingExperience]:
        """Return the orders of earlier runs whose outcome was never written, with what of them had filled."""
        rows = self.store.read(
            "SELECT * FROM decisions WHERE venue = ? AND pair = ? AND run < ? AND order_id IS NOT NULL "
            "AND known_at IS NULL AND situation IS NOT NULL",
            (self.venue, pair, self.run),
        )
        unfinished = []
        for row in rows:
            fills = self.store.read("SELECT price, amount FROM fills WHERE decision = ?", (row["number"],))
            amounts = [(Decimal(fill["price"]), Decimal(fill["amount"])) for fill in fills]
            unfinished.append(
                PendingExperience(
                    decision=row["number"],
                    pair=pair,
                    side=row["side"],
                    time=row["time"],
                    due=row["bar_end"] + HOUR,
                    situation=tuple(json.loads(row["situation"])),
                    ordered=Decimal(row["size"]),
                    mid=Decimal(row["mid"]),
                    filled=sum((amount for _, amount in amounts), Decimal(0)),
                    filled_quote=sum((price * amount for price, amount in amounts), Decimal(0)),
                )
            )
        return unfinished

    def knows(self, order_id: str) -> bool:
        """Return whether an order was placed by a decision in this file."""
        return bool(self.store.read("SELECT 1 FROM decisions WHERE order_id = ?", (order_id,)))

    def equities(self, account: str, before: int) -> list[tuple[int, Decimal, str]]:
        """Return (ledger time, equity, its basis) of an account's earlier decisions, oldest first."""
        rows = self.store.read(
            "SELECT decisions.time, decisions.equity, runs.currency, runs.markets "
            "FROM decisions JOIN runs ON runs.number = decisions.run "
            "WHERE runs.account = ? AND runs.venue = ? AND decisions.time < ? "
            "AND decisions.equity IS NOT NULL ORDER BY decisions.number",
            (account, self.venue, before),
        )
        return [
            (row["time"], Decimal(row["equity"]), basis_of(row["currency"], json.loads(row["markets"])))
            for row in rows
        ]


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
