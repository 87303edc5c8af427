"""The second witness: the connector's journal, what it sent and what it believes became of it."""

import json
from collections import deque
from pathlib import Path
from zlib import crc32

from . import CannotJudge
from .horizon import Json
from .orders import Order

__all__ = ["Journal", "does"]


def does(operation: Json) -> Json:
    """Return whose orders an operation places and cancels: a change does both."""
    change: Json = operation.get("change", operation)
    return change


class Journal:
    """Lines of a checksum and a record.

    Attributes
    ----------
    account, network : str
        Whose it is, and the passphrase of its network.
    orders : dict of str to Order
        By client order id.
    sent : dict of str to mapping
        Transactions as they were kept before they were sent, by hash.
    bumps : dict of str to list of str
        Envelopes of the fee bumps that they were put into.
    decided : dict of str to mapping
        Their fates.
    repeated : list of str
        Hashes of those that are decided more than once.
    untold : deque of int
        Lines that hold events of which no later line says that Hummingbot was told.

    Raises
    ------
    CannotJudge
        If a line is damaged or cut off, or single transactions are not in it any more.
    """

    def __init__(self, path: Path) -> None:
        self.orders: dict[str, Order] = {}
        self.sent: dict[str, Json] = {}
        self.bumps: dict[str, list[str]] = {}
        self.decided: dict[str, Json] = {}
        self.repeated: list[str] = []
        self.untold: deque[int] = deque()
        self.account = self.network = ""
        for number, line in enumerate(path.read_bytes().splitlines(keepends=True), 1):
            try:
                is_whole = line.endswith(b"\n") and int(line[:8], 16) == crc32(line[9:-1])
            except ValueError:
                is_whole = False
            if not is_whole:
                raise CannotJudge(f"the journal {path} is damaged or cut off in line {number}")
            self._take(number, json.loads(line[9:]))
        if not self.account:
            raise CannotJudge(f"the journal {path} does not say whose it is: it does not begin as one")

    def _take(self, number: int, record: Json) -> None:
        kind = record["kind"]
        if kind == "begun":
            self.account, self.network = record["account"], record["network"]
        elif kind == "sent":
            self._sent(record)
        elif kind == "bumped":
            self.bumps.setdefault(record["hash"], []).append(record["bump"])
        elif kind == "decided":
            self.repeated += [record["hash"]] if record["hash"] in self.decided else []
            self.decided[record["hash"]] = record
        elif kind == "told" and self.untold:
            self.untold.popleft()
        elif kind == "state":
            raise CannotJudge("the journal was added up, so single transactions are no longer in it")
        events = record.get("events", ())
        if events:
            self.untold.append(number)
        for event in events:
            self._happened(event)

    def _sent(self, record: Json) -> None:
        self.sent[record["hash"]] = record
        for operation in map(does, record["operations"]):
            if "place" in operation:
                told = operation["place"]
                self.orders.setdefault(
                    told["id"], Order(told["id"], told["base"], told["quote"], told["amount"])
                )

    def _happened(self, event: Json) -> None:
        if "filled" in event and event["filled"] in self.orders:
            fill = (event["trade"], event["base"], event["quote"])
            order = self.orders[event["filled"]]
            order.journal_fills.append(fill)
            order.journal_fees[event["trade"]] = event["fee"]
        elif "ended" in event and event["ended"] in self.orders:
            self.orders[event["ended"]].journal_ends.append(event["by"])
