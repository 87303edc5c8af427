"""Has the evidence of a run judged, and sees that the judge reads the ledger as stellar-sdk does."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from hummingbot.strategy.ai_stellar.cli.node import Node

from .outcome import Outcome
from .recount import recount

__all__ = ["judge"]

JUDGE: Final = Path(__file__).resolve().parents[2] / "scripts" / "judge.py"


def judge(
    outcome: Outcome, node: Node, accounts: Sequence[str], database: Path, journal: Path, folder: Path
) -> None:
    """Write into the outcome what the judge says, and what the judge itself got wrong or has left open.

    Parameters
    ----------
    outcome, node : Outcome, Node
    accounts : sequence of str
        The account, then its channel accounts.
    database, journal : Path
    folder : Path
        Holds the accounts' documents from the beginning and the balances reported at the end, and gets the
        judge's details.
    """
    details = folder / "details.json"
    words = ["--horizon", node.url, "--database", database, "--journal", journal, "--details", details]
    words += ["--opening", *(folder / f"opening-{account}.json" for account in accounts)]
    if (folder / "reported.json").exists():
        words += ["--reported", folder / "reported.json"]
    # Without this repository on its path: it must not import anything of the connector.
    judged = subprocess.run(
        [sys.executable, "-E", "-s", JUDGE, *words], capture_output=True, text=True, check=False
    )
    outcome.is_agreed = judged.returncode == 0
    outcome.verdict = (judged.stdout + judged.stderr).strip()
    if not details.exists():
        return
    told = json.loads(details.read_text())
    outcome.transactions, orders = told["transactions"], told["orders"]
    resting = [name for name, order in orders.items() if order["fate"] == "resting"]
    if resting:
        outcome.complaints.append(f"still on the ledger: {', '.join(resting)}")
    elder = int(node.get("/")["history_elder_ledger"])
    judged_fills = _since(
        elder, {trade: tuple(fill) for order in orders.values() for trade, fill in order["fills"].items()}
    )
    counted = _since(elder, recount(_transactions(node), accounts[0], accounts[1:]))
    if judged_fills != counted:
        other = sorted(judged_fills.items() ^ counted.items())
        outcome.complaints.append(f"the judge and stellar-sdk differ in fills: {other}")


def _since(ledger: int, fills: dict[str, Any]) -> dict[str, Any]:
    """Leave out fills of ledgers of which the node has forgotten what the market's actors did."""
    return {trade: fill for trade, fill in fills.items() if int(trade.partition("-")[0]) >> 32 >= ledger}


def _transactions(node: Node) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = node.get("/transactions", limit=200, order="asc", cursor=cursor)["_embedded"]["records"]
        yield from page
        if not page:
            return
        cursor = page[-1]["paging_token"]
