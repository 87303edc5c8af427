"""``/fee_stats``: what the last five ledgers charged and what was bid, for an operation."""

from collections import Counter
from typing import Any, Final

from aiohttp import web

from ..history import History, ledger_of
from .responses import json_response, sandbox_of

__all__ = ["distribution", "render_fee_stats", "routes"]

LEDGERS: Final = 5
PERCENTILES: Final = (10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/fee_stats", _fee_stats, allow_head=False)]


async def _fee_stats(request: web.Request) -> web.Response:
    return json_response(render_fee_stats(sandbox_of(request).history))


def render_fee_stats(history: History) -> dict[str, Any]:
    """Return the fees of the last five ledgers as Horizon shows them (stroops an operation, as strings)."""
    ledgers = history.ledgers((history.latest + 1) << 32, LEDGERS, ascending=False)
    newest = ledgers[0]
    transactions = [record for ledger in ledgers for record in ledger.transactions]
    charged = [record.fee_charged // record.fee_units for record in transactions]
    bid = [record.max_fee // record.fee_units for record in transactions]
    capacity = sum(ledger.max_tx_set_size for ledger in ledgers)
    usage = sum(ledger.tx_set_operation_count for ledger in ledgers) / capacity if capacity else 0.0
    return {
        "last_ledger": str(ledger_of(newest.id)),
        "last_ledger_base_fee": str(newest.base_fee),
        "ledger_capacity_usage": f"{usage:.2f}".rstrip("0").rstrip(".") or "0",
        "fee_charged": distribution(charged or [newest.base_fee]),
        "max_fee": distribution(bid or [newest.base_fee]),
    }


def distribution(fees: list[int]) -> dict[str, str]:
    """Return the range, the commonest and the percentiles (nearest rank) of fees; at least one of them."""
    ordered = sorted(fees)
    commonest = min(Counter(ordered).items(), key=lambda item: (-item[1], item[0]))[0]
    numbers = {"max": ordered[-1], "min": ordered[0], "mode": commonest}
    for percent in PERCENTILES:
        rank = -(-percent * len(ordered) // 100)
        numbers[f"p{percent}"] = ordered[max(rank, 1) - 1]
    return {name: str(number) for name, number in numbers.items()}
