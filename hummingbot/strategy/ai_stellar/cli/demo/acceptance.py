"""What must be true of a demo: the strategy worked, and nothing on the ledger is left unexplained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops

from ...research.run_record import RunRecord
from ..node import Node

__all__ = ["Check", "ledger_balances", "ledger_volume", "open_offers", "run_checks"]

MINIMUM_DECISIONS: Final = 20
MINIMUM_FILLS: Final = 5
PAGE: Final = 200
MEMORY_LIMITS: Final = {"sandbox": 200, "strategy": 600}
"""MB that each process may hold at its peak."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition, whether it held, and the figures."""

    name: str
    passed: bool
    detail: str


def records(node: Node, path: str, **parameters: object) -> Iterator[dict[str, str]]:
    """Go through a collection of Horizon's from its beginning."""
    cursor = ""
    while True:
        page = node.get(path, limit=PAGE, order="asc", cursor=cursor, **parameters)["_embedded"]["records"]
        yield from page
        if len(page) < PAGE:
            return
        cursor = page[-1]["paging_token"]


def open_offers(node: Node, account: str) -> list[str]:
    """Return the ids of the offers that an account has in the ledger."""
    return [offer["id"] for offer in records(node, f"/accounts/{account}/offers")]


def ledger_volume(node: Node, account: str) -> dict[str, int]:
    """Return the stroops of lumens that an account bought and sold, by the ledger's own trades."""
    volume = {"buy": 0, "sell": 0}
    for trade in records(node, f"/accounts/{account}/trades"):
        native = "base" if trade["base_asset_type"] == "native" else "counter"
        side = "sell" if trade[f"{native}_account"] == account else "buy"
        volume[side] += to_stroops(trade[f"{native}_amount"])
    return volume


def ledger_balances(node: Node, account: str) -> dict[str, int]:
    """Return an account's balances in stroops, by asset code."""
    return {
        balance.get("asset_code", "XLM"): to_stroops(balance["balance"])
        for balance in node.get(f"/accounts/{account}")["balances"]
    }


def run_checks(
    record: RunRecord,
    journal_volume: Mapping[str, int],
    connector_balances: Mapping[str, int] | None,
    peak_memory: Mapping[str, float | None],
    node: Node,
    account: str,
) -> list[Check]:
    """Hold the strategy's own records against the ledger.

    Parameters
    ----------
    record : RunRecord
        The run, read after the bot has stopped.
    journal_volume : mapping
        Stroops bought and sold by the strategy's journal.
    connector_balances : mapping or None
        Stroops by asset as the connector held them when it stopped; None if it left no record.
    peak_memory : mapping
        MB by process; None where the system does not tell.
    node : Node
        The ledger.
    account : str
        The bot's account.
    """
    decisions, fills = record.decisions, record.fills
    sides = {side: sum(fill.side == side for fill in fills) for side in ("buy", "sell")}
    limited = sum(decision.verdict in ("reduced", "rejected") for decision in decisions)
    remembered = sum(decision.memory_scale != 1.0 for decision in decisions)
    undecided = [d.order_id for d in decisions if d.order_id is not None and d.order_end is None]
    resting = open_offers(node, account)
    traded = ledger_volume(node, account)
    balances = ledger_balances(node, account)
    return [
        Check(
            "decisions",
            len(decisions) >= MINIMUM_DECISIONS,
            f"{len(decisions)}, at least {MINIMUM_DECISIONS}",
        ),
        Check(
            "fills on each side",
            min(sides.values()) >= MINIMUM_FILLS,
            f"{sides['buy']} buys, {sides['sell']} sells, at least {MINIMUM_FILLS} each",
        ),
        Check("orders that the gate reduced or rejected", limited >= 1, f"{limited}, at least 1"),
        Check("sizes that memory changed", remembered >= 1, f"{remembered}, at least 1"),
        Check(
            "no order lost",
            not undecided and not resting and dict(journal_volume) == traded,
            f"{len(undecided)} without an end, {len(resting)} offers left; stroops traded by the journal "
            f"{dict(journal_volume)}, by the ledger {traded}",
        ),
        Check(
            "balances equal the ledger's to the stroop",
            connector_balances is not None and dict(connector_balances) == balances,
            f"connector {connector_balances and dict(connector_balances)}, ledger {balances}",
        ),
        *(
            _memory_check(process, peak_memory.get(process), limit)
            for process, limit in MEMORY_LIMITS.items()
        ),
    ]


def _memory_check(process: str, peak: float | None, limit: int) -> Check:
    found = "not told by this system" if peak is None else f"{peak:.0f} MB of its own"
    return Check(
        f"peak memory of the {process} process", peak is None or peak <= limit, f"{found}, at most {limit} MB"
    )
