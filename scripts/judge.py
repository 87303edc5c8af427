"""Judges a bot by the ledger: each order's fate, each fill, each stroop.

Three witnesses are heard: a Horizon node, Hummingbot's trade database, and the connector's journal. Nothing
of the connector is imported; results are read from their XDR here. The ledger is right; every sentence
printed names an order or a transaction, what was told of it, and what the ledger shows.

    judge.py --horizon URL --database FILE --journal FILE [--reported FILE] [--details FILE]

`--reported` holds the balances that the connector showed at the end, as JSON by asset name; `--details` is
written with each order's fate and fills. It exits with 0 if all agree, with 1 if not, with 2 if it could not
judge.
"""

import argparse
import json
import sqlite3
import struct
import sys
import urllib.request
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

Json = dict[str, Any]
PAGE = 200
ON_OFFERS = (3, 4, 12)
PATH_PAYMENTS = (2, 13)
DELETED = 2
NEVER, REJECTED, RESTING, CANCELLED, FILLED = "never", "rejected", "resting", "cancelled", "filled"
ENDINGS = {
    CANCELLED: {"OrderCancelled"},
    FILLED: {"BuyOrderCompleted", "SellOrderCompleted"},
    REJECTED: {"OrderFailure"},
    NEVER: {"OrderFailure"},
}
FINAL = set().union(*ENDINGS.values())


class CannotJudge(Exception):
    """A witness is missing or cannot be understood."""


# The ledger


class Reader:
    """Reads XDR from its beginning."""

    def __init__(self, text: str) -> None:
        self._data = b64decode(text, validate=True)
        self._at = 0

    def int32(self) -> int:
        return self._take("!i", 4)

    def int64(self) -> int:
        return self._take("!q", 8)

    def skip(self, size: int) -> None:
        self._at += size

    def asset(self) -> None:
        kind = self.int32()
        self.skip({0: 0, 1: 40, 2: 48}[kind])

    def _take(self, form: str, size: int) -> int:
        (number,) = struct.unpack_from(form, self._data, self._at)
        self._at += size
        return int(number)


@dataclass
class OfferResult:
    """What an operation on an offer did: the offer that rests (0: none), and (sold, bought) of each claim."""

    offer_id: int
    claims: list[tuple[int, int]]


def read_results(result_xdr: str) -> list[OfferResult]:
    """Return what the operations of a successful transaction did: on offers, or payments along a path."""
    reader = Reader(result_xdr)
    reader.int64()
    if reader.int32() == 1:  # a fee bump: hash, then the inner result
        reader.skip(32 + 8)
        reader.int32()
    return [_read_operation(reader) for _ in range(reader.int32())]


def _read_operation(reader: Reader) -> OfferResult:
    inner, kind, code = reader.int32(), reader.int32(), reader.int32()
    if inner or kind not in ON_OFFERS + PATH_PAYMENTS or code:
        raise CannotJudge(f"an operation of type {kind} with code {code} is none that a bot's order makes")
    claims = []
    for _ in range(reader.int32()):
        source = reader.int32()
        reader.skip({0: 32 + 8, 1: 36 + 8, 2: 32}[source])
        reader.asset()
        sold = reader.int64()
        reader.asset()
        claims.append((sold, reader.int64()))
    if kind in PATH_PAYMENTS:
        reader.skip(36)
        reader.asset()
        reader.skip(8)
        return OfferResult(0, claims)
    if reader.int32() == DELETED:
        return OfferResult(0, claims)
    reader.skip(36)
    offer_id = reader.int64()
    reader.asset()
    reader.asset()
    reader.skip(8 + 8 + 4 + 4)
    return OfferResult(offer_id, claims)


class Horizon:
    """A node's answers."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def get(self, path: str) -> Json:
        with urllib.request.urlopen(self._url + path, timeout=30) as answer:
            document: Json = json.load(answer)
        return document

    def all(self, path: str) -> Iterator[Json]:
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(f"{path}{joint}limit={PAGE}&order=asc&cursor={cursor}")["_embedded"]["records"]
            yield from page
            if len(page) < PAGE:
                return
            cursor = page[-1]["paging_token"]


def stroops(text: str) -> int:
    """Return an amount of Horizon's as an integer."""
    return int(Decimal(text).scaleb(7))


def asset_of(record: Json, prefix: str = "") -> str:
    """Name the asset of a record as the journal does."""
    if record[f"{prefix}asset_type"] == "native":
        return "native"
    return f"{record[f'{prefix}asset_code']}:{record[f'{prefix}asset_issuer']}"


# The journal


@dataclass
class Order:
    """An order: what was asked, what the ledger did, what the journal and the database say."""

    id: str
    base: str
    quote: str
    amount: int
    sent_in: list[str] = field(default_factory=list)
    toid: int = 0
    ledger: int = 0
    offer_id: int = 0
    cancelled_at: int = 0
    fills: dict[str, tuple[int, int]] = field(default_factory=dict)
    journal_fills: list[tuple[str, int, int]] = field(default_factory=list)
    journal_ends: list[str] = field(default_factory=list)


class Journal:
    """Lines of a checksum and a record: ``sent``, ``decided``, ``happened``."""

    def __init__(self, path: Path) -> None:
        self.orders: dict[str, Order] = {}
        self.sent: dict[str, Json] = {}
        self.fates: dict[str, str] = {}
        self.account = ""
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if len(line) < 10 or int(line[:8], 16) != crc32(line[9:]):
                raise CannotJudge(f"{path} is damaged in line {number}")
            self._take(json.loads(line[9:]))

    def _take(self, record: Json) -> None:
        kind = record["kind"]
        if kind == "begun":
            self.account = record["account"]
        elif kind == "sent":
            self._sent(record)
        elif kind == "decided":
            self.fates[record["hash"]] = record["fate"]
        elif kind == "state":
            raise CannotJudge("the journal was added up, so single transactions are no longer in it")
        for event in record.get("events", ()):
            self._happened(event)

    def _sent(self, record: Json) -> None:
        self.sent[record["hash"]] = record
        for operation in record["operations"]:
            if "place" in operation:
                told = operation["place"]
                order = Order(told["id"], told["base"], told["quote"], told["amount"])
                self.orders.setdefault(order.id, order).sent_in.append(record["hash"])

    def _happened(self, event: Json) -> None:
        if "filled" in event:
            order = self.orders[event["filled"]]
            order.journal_fills.append((event["trade"], event["base"], event["quote"]))
        elif "ended" in event and event["ended"] in self.orders:
            self.orders[event["ended"]].journal_ends.append(event["by"])


# The judgement


class Judge:
    """Compares the witnesses; `errors` holds a sentence for each disagreement."""

    def __init__(self, horizon: Horizon, database: Path, journal: Journal) -> None:
        self.horizon = horizon
        self.database = database
        self.journal = journal
        self.account = journal.account
        self.errors: list[str] = []
        self.fates: Counter[str] = Counter()
        self.fees = 0
        self.resting: set[int] = set()

    def judge(self, reported: Json | None) -> None:
        """Hear all witnesses."""
        offers = self.horizon.all(f"/accounts/{self.account}/offers")
        self.resting = {int(offer["id"]) for offer in offers}
        self._read_transactions()
        self._read_trades()
        for order in self.journal.orders.values():
            self._compare_journal(order)
        self._compare_database()
        self._compare_balances(reported)

    def fate(self, order: Order) -> str:
        """Return what the ledger did to an order."""
        if not order.toid:
            return NEVER
        if order.cancelled_at:
            return FILLED if sum(base for base, _ in order.fills.values()) >= order.amount else CANCELLED
        if order.offer_id in self.resting:
            return RESTING
        return FILLED if order.fills else REJECTED

    def _read_transactions(self) -> None:
        first = min((sent["sequence"] for sent in self.journal.sent.values()), default=2**63)
        on_ledger: dict[str, bool] = {}
        for record in self.horizon.all(f"/accounts/{self.account}/transactions?include_failed=true"):
            name, successful = record.get("inner_transaction", record)["hash"], record["successful"]
            if record["fee_account"] == self.account:
                self.fees += int(record["fee_charged"])
            if record["source_account"] != self.account or int(record["source_account_sequence"]) < first:
                continue
            on_ledger[name] = successful
            sent = self.journal.sent.get(name)
            if sent is None:
                self.errors.append(f"transaction {name} of ledger {record['ledger']} is not in the journal")
            elif successful:
                self._apply(record, sent)
        for name in self.journal.sent:
            fate = self.journal.fates.get(name)
            truth = {True: "applied", False: "failed", None: "not there"}[on_ledger.get(name)]
            if fate != truth and not (truth == "not there" and fate in ("refused", "expired", "unsent")):
                self.errors.append(
                    f"transaction {name}: the journal says {fate}, on the ledger it is {truth}"
                )

    def _apply(self, record: Json, sent: Json) -> None:
        results = read_results(record["result_xdr"])
        for index, (operation, result) in enumerate(zip(sent["operations"], results, strict=True), 1):
            toid = int(record["paging_token"]) + index
            if "cancel" in operation:
                order = self.journal.orders.get(operation["cancel"])
                if order is not None and order.toid:
                    order.cancelled_at = toid
                continue
            order = self.journal.orders[operation["place"]["id"]]
            if order.toid:
                self.errors.append(
                    f"order {order.id} is on the ledger twice: in {order.ledger} and {record['ledger']}"
                )
            order.toid, order.ledger, order.offer_id = toid, record["ledger"], result.offer_id
            for number, claim in enumerate(result.claims):
                if any(claim):
                    order.fills[f"{toid}-{number}"] = (-1, -1)  # amounts come with the trade

    def _read_trades(self) -> None:
        by_toid = {order.toid: order for order in self.journal.orders.values() if order.toid}
        by_offer: dict[int, list[Order]] = defaultdict(list)
        for order in by_toid.values():
            by_offer[order.offer_id].append(order)
        for trade in self.horizon.all(f"/accounts/{self.account}/trades"):
            toid = int(trade["paging_token"].partition("-")[0])
            order = by_toid.get(toid)
            if order is None:
                side = "base" if trade["base_account"] == self.account else "counter"
                earlier = [o for o in by_offer[int(trade[f"{side}_offer_id"])] if o.toid < toid]
                order = max(earlier, key=lambda o: o.toid, default=None)
            elif trade["id"] not in order.fills:
                self.errors.append(f"trade {trade['id']} is not in the result of the order {order.id}")
            if order is None:
                self.errors.append(f"trade {trade['id']} belongs to no order of the journal")
                continue
            amounts = stroops(trade["base_amount"]), stroops(trade["counter_amount"])
            order.fills[trade["id"]] = amounts if asset_of(trade, "base_") == order.base else amounts[::-1]

    def _compare_journal(self, order: Order) -> None:
        fate = self.fate(order)
        self.fates[fate] += 1
        told = sorted(order.journal_fills)
        if told != sorted((trade, base, quote) for trade, (base, quote) in order.fills.items()):
            self.errors.append(
                f"order {order.id} (ledger {order.ledger}): the journal has the fills {told}, "
                f"the ledger {order.fills}"
            )
        if fate == RESTING:
            self.errors.append(f"order {order.id} still rests as offer {order.offer_id}")
        elif order.toid and order.journal_ends != [fate]:
            self.errors.append(
                f"order {order.id} (ledger {order.ledger}): the journal ends it as {order.journal_ends}, "
                f"the ledger as {fate}"
            )

    def _compare_database(self) -> None:
        base = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        told: dict[str, list[str]] = defaultdict(list)
        for name, status in base.execute('SELECT order_id, status FROM "OrderStatus" ORDER BY id'):
            told[name].append(status)
        fills: dict[str, dict[str, int]] = defaultdict(dict)
        for name, trade, amount in base.execute(
            'SELECT order_id, exchange_trade_id, amount FROM "TradeFill"'
        ):
            fills[name][trade] = amount
        numbers = Counter(number for (number,) in base.execute('SELECT exchange_order_id FROM "Order"'))
        base.close()
        for number, times in numbers.items():
            if times > 1:
                self.errors.append(f"the exchange order id {number} is {times} orders' in the database")
        for name in told.keys() - self.journal.orders.keys():
            if set(told[name]) & (FINAL - {"OrderFailure"}):
                self.errors.append(f"order {name}: the database says {told[name]}, the journal never sent it")
        for order in self.journal.orders.values():
            self._compare_rows(order, told.get(order.id, []), fills.get(order.id, {}))

    def _compare_rows(self, order: Order, told: list[str], fills: dict[str, int]) -> None:
        fate = self.fate(order)
        # Hummingbot keeps six decimals, and no row for an order that failed before it was on the ledger.
        kept = {trade: base // 10 for trade, (base, _) in order.fills.items()}
        if fills != kept:
            self.errors.append(
                f"order {order.id} (ledger {order.ledger}): the database has the fills {fills}, "
                f"the ledger, in millionths, {kept}"
            )
        ends = [status for status in told if status in FINAL]
        is_unborn = fate in (NEVER, REJECTED) and not told
        if fate != RESTING and not is_unborn and not (len(ends) == 1 and ends[0] in ENDINGS[fate]):
            self.errors.append(
                f"order {order.id} (ledger {order.ledger}): the database says {told or 'nothing'}, "
                f"the ledger {fate}"
            )
        elif ends and told[-1] != ends[-1]:
            self.errors.append(f"order {order.id}: the database has {told[-1]} after {ends[-1]}")
        if sum(status.endswith("Created") for status in told) > 1:
            self.errors.append(f"order {order.id}: the database says created more than once: {told}")

    def _compare_balances(self, reported: Json | None) -> None:
        expected: Counter[str] = Counter({"native": -self.fees})
        for record in self.horizon.all(f"/accounts/{self.account}/operations"):
            if record["type"] == "create_account" and record["account"] == self.account:
                expected["native"] += stroops(record["starting_balance"])
            elif record["type"] == "payment":
                amount = stroops(record["amount"])
                expected[asset_of(record)] += amount * (record["to"] == self.account)
                expected[asset_of(record)] -= amount * (record["from"] == self.account)
        for trade in self.horizon.all(f"/accounts/{self.account}/trades"):
            is_base = trade["base_account"] == self.account
            sign = -1 if is_base else 1
            expected[asset_of(trade, "base_")] += sign * stroops(trade["base_amount"])
            expected[asset_of(trade, "counter_")] -= sign * stroops(trade["counter_amount"])
        for line in self.horizon.get(f"/accounts/{self.account}")["balances"]:
            name, truth = asset_of(line), stroops(line["balance"])
            if expected[name] != truth:
                self.errors.append(
                    f"balance of {name}: {expected[name]} stroops by its trades, {truth} in the account"
                )
            if reported is not None:
                short = "XLM" if name == "native" else name.partition(":")[0]
                told = stroops(reported.get(short, "0"))
                if told != truth:
                    self.errors.append(f"balance of {name}: {told} stroops reported, {truth} on the ledger")

    def details(self) -> Json:
        """Return each order's fate and fills by the ledger."""
        return {
            order.id: {"fate": self.fate(order), "toid": order.toid, "fills": order.fills}
            for order in self.journal.orders.values()
        }


def main() -> int:
    parser = argparse.ArgumentParser(description="Judge a bot's records by the ledger.")
    parser.add_argument("--horizon", required=True, metavar="URL")
    parser.add_argument("--database", required=True, type=Path, metavar="FILE")
    parser.add_argument("--journal", required=True, type=Path, metavar="FILE")
    parser.add_argument("--reported", type=Path, metavar="FILE")
    parser.add_argument("--details", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    try:
        judge = Judge(Horizon(arguments.horizon), arguments.database, Journal(arguments.journal))
        reported = None if arguments.reported is None else json.loads(arguments.reported.read_text())
        judge.judge(reported)
    except (CannotJudge, OSError, sqlite3.Error, ValueError, KeyError) as error:
        print(f"cannot judge: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    if arguments.details is not None:
        arguments.details.write_text(json.dumps(judge.details()))
    for sentence in judge.errors:
        print(sentence)
    fates = ", ".join(f"{count} {fate}" for fate, count in sorted(judge.fates.items()))
    print(f"{len(judge.journal.orders)} orders ({fates}); {len(judge.errors)} disagreements")
    return 1 if judge.errors else 0


if __name__ == "__main__":
    sys.exit(main())
