"""The third witness: what Hummingbot has on record."""

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from .horizon import stroops

__all__ = ["Database", "RecordedFill"]


@dataclass(frozen=True)
class RecordedFill:
    """A row of a fill; Hummingbot keeps six decimals of amount and price, and the fee whole.

    Attributes
    ----------
    trade : str
    amount, price : int
        Millionths.
    fee : int
        Stroops of lumens.
    """

    trade: str
    amount: int
    price: int
    fee: int


class Database:
    """Hummingbot's trade database, opened for reading only.

    Attributes
    ----------
    told : dict of str to list of str
        What was told of each order, in its order.
    fills : dict of str to list of RecordedFill
    orders : dict of str to (str, int)
        Exchange order id and amount in millionths.
    """

    def __init__(self, path: Path) -> None:
        base = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        self.told: dict[str, list[str]] = defaultdict(list)
        self.fills: dict[str, list[RecordedFill]] = defaultdict(list)
        try:
            for name, status in base.execute('SELECT order_id, status FROM "OrderStatus" ORDER BY id'):
                self.told[name].append(status)
            columns = "order_id, exchange_trade_id, amount, price, trade_fee"
            for name, trade, amount, price, fee in base.execute(f'SELECT {columns} FROM "TradeFill"'):
                self.fills[name].append(RecordedFill(trade, amount, price, _lumens(fee)))
            rows = base.execute('SELECT id, exchange_order_id, amount FROM "Order"').fetchall()
        finally:
            base.close()
        self.orders = {name: (str(number), int(amount)) for name, number, amount in rows}

    def shared_numbers(self) -> list[tuple[str, int]]:
        """Return exchange order ids that several orders have, and how many."""
        numbers = Counter(number for number, _ in self.orders.values())
        return [(number, times) for number, times in numbers.items() if times > 1]


def _lumens(fee: str) -> int:
    stated = json.loads(fee)
    stated = json.loads(stated) if isinstance(stated, str) else stated
    return sum(stroops(part["amount"]) for part in stated["flat_fees"] if part["token"] == "XLM")
