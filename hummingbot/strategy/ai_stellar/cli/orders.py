"""``ai-stellar orders DIR``: what an instance's runs left in the market, by their memory and the ledger."""

import argparse
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.yaml_file import read_yaml

from ..memory.location import memory_file
from .node import Node, NodeError

__all__ = ["LeftOrder", "describe", "left_orders", "register"]

NODE_SECONDS: Final = 3.0
OPEN: Final = (
    "SELECT runs.venue, runs.account, decisions.pair, decisions.side, decisions.size, decisions.price, "
    "decisions.order_id, decisions.number, decisions.run = (SELECT max(number) FROM runs) AS is_newest "
    "FROM decisions JOIN runs ON runs.number = decisions.run "
    "WHERE decisions.order_id IS NOT NULL AND decisions.order_end IS NULL "
    "AND runs.venue NOT LIKE '%_paper_trade' ORDER BY decisions.number"
)


@dataclass(frozen=True, slots=True)
class LeftOrder:
    """An order whose end no ledger has confirmed.

    Attributes
    ----------
    venue, account : str
        Connector and address.
    pair, side, order_id : str
        As placed.
    remaining, price : Decimal
        Base units that were not filled when the run ended; quote per base.
    is_of_newest_run : bool
        Whether no run came after it.
    """

    venue: str
    account: str
    pair: str
    side: str
    remaining: Decimal
    price: Decimal
    order_id: str
    is_of_newest_run: bool


def left_orders(instance: Path) -> list[LeftOrder]:
    """Return the orders without a confirmed end in an instance's memories; while a bot runs, all open ones.

    Raises
    ------
    ValueError
        If a memory cannot be read.
    """
    return [order for memory in _memories(instance) for order in _orders(memory)]


def describe(instance: Path, orders: list[LeftOrder]) -> str:
    """Say what is left, and what the ledger says about it; empty if nothing is.

    An order of an earlier run is gone once its account has no offer any more: it could only have ended.
    """
    lines: list[str] = []
    for venue, account in dict.fromkeys((order.venue, order.account) for order in orders):
        offers = _offers(instance, venue, account)
        mine = [order for order in orders if (order.venue, order.account) == (venue, account)]
        if offers == []:
            mine = [order for order in mine if order.is_of_newest_run]
        if not mine:
            continue
        lines.append(f"Not confirmed as ended on {venue}, account {account}:")
        lines += [
            f"  {order.side} {order.remaining:f} {order.pair} at {order.price:f} ({order.order_id})"
            for order in mine
        ]
        if isinstance(offers, str):
            lines.append(f"  Whether they rest is not known: {offers}.")
        elif not offers:
            lines.append("  The ledger holds no offer of the account now; what is on its way may still come.")
        else:
            lines.append("  Offers of the account in the ledger now:")
            lines += [f"    {offer}" for offer in offers]
    if lines:
        lines.append("Start the bot again: it cancels what is left of them.")
    return "\n".join(lines)


def _memories(instance: Path) -> Iterator[Path]:
    found = set((instance / "data").glob("ai_stellar_*.sqlite"))
    for file in (instance / "conf" / "strategies").glob("*.yml"):
        settings = _yaml(file)
        if settings.get("strategy") == "ai_stellar":
            chosen = memory_file(str(settings.get("memory_file") or ""), file.name, instance / "data")
            found.add(instance / chosen)
    return iter(sorted(path for path in found if path.exists()))


def _orders(memory: Path) -> Iterator[LeftOrder]:
    try:
        with closing(sqlite3.connect(f"file:{memory}?mode=ro", uri=True, timeout=2)) as connection:
            connection.row_factory = sqlite3.Row
            for row in connection.execute(OPEN).fetchall():
                filled = connection.execute("SELECT amount FROM fills WHERE decision = ?", (row["number"],))
                remaining = Decimal(row["size"]) - sum((Decimal(amount) for (amount,) in filled), Decimal(0))
                yield LeftOrder(
                    row["venue"], row["account"], row["pair"], row["side"], remaining,
                    Decimal(row["price"]), row["order_id"], bool(row["is_newest"]),
                )  # fmt: skip
    except sqlite3.Error as error:
        raise ValueError(f"the memory file {memory} cannot be read ({error})") from None


def _offers(instance: Path, venue: str, account: str) -> list[str] | str:
    """Return the account's offers in the ledger, or why they are not known."""
    from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses

    conf = instance / "conf"
    try:
        chosen = _yaml(conf / "connectors" / f"{venue}.yml").get(f"{venue}_horizon_url") or ""
        node = Node(NodeAddresses.find(venue, chosen, conf=conf).horizon[0], NODE_SECONDS)
        page = node.get(f"/accounts/{account}/offers", limit=200)
    except (NodeError, ValueError) as error:
        return str(error)
    return [
        f"{offer['id']}: {offer['amount']} {_code(offer['selling'])} for {_code(offer['buying'])} "
        f"at {offer['price']}"
        for offer in page["_embedded"]["records"]
    ]


def _code(asset: dict[str, str]) -> str:
    return asset.get("asset_code", "XLM")


def _yaml(file: Path) -> dict[str, Any]:
    content = None
    with suppress(ConfigurationError):
        content = read_yaml(file, "YAML")
    return content if isinstance(content, dict) else {}


def run(arguments: argparse.Namespace) -> int:
    """Print what is left; 1 if anything is."""
    directory: Path = arguments.directory
    if not (directory / "conf").is_dir():
        raise ValueError(f"{directory} is no instance: make one by ai-stellar instance {directory}")
    text = describe(directory, left_orders(directory))
    print(text or "Every order of this instance's runs has ended.")
    return 1 if text else 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("orders", help="show what an instance's runs have left in the market")
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.set_defaults(run=run)
