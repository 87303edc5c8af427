"""The judge says nothing where ledger, database and journal agree, and names what one of them has wrong."""

import asyncio
import json
import sqlite3
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from hummingbot.client.config.client_config_map import ClientConfigMap, MarketDataCollectionConfigMap
from hummingbot.client.config.config_helpers import ClientConfigAdapter
from hummingbot.connector.markets_recorder import MarketsRecorder
from hummingbot.core.data_type.common import OrderType
from hummingbot.model.sql_connection_manager import SQLConnectionManager, SQLConnectionType

from hummingbot.connector.exchange.stellar.channel_keys import write_channel_keys
from hummingbot.connector.exchange.stellar.transactions.journal.journal import journal_path
from test.connector.exchange.stellar.conftest import (
    crowd,
    fresh_connections,
    ledger_interval,
    trader,
    traders,
)
from test.connector.exchange.stellar.hummingbot_clock import clock_of

__all__ = ["crowd", "fresh_connections", "ledger_interval", "trader", "traders"]

pytestmark = pytest.mark.slow

JUDGE = Path(__file__).parents[2] / "scripts" / "judge.py"
Change = Callable[[dict[str, Any]], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the witnesses of a bot say that has ended.

    Parameters
    ----------
    url : str
    database, journal, opening, reported : Path
    filled, cancelled, resting : str
        Client order ids.
    """

    url: str
    database: Path
    journal: Path
    opening: Path
    reported: Path
    filled: str
    cancelled: str
    resting: str

    async def judge(self, *more: str | Path) -> tuple[int, str]:
        """Return the judge's exit code, and what it says."""
        words = ["--horizon", self.url, "--database", self.database, "--journal", self.journal, *more]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-E", "-s", JUDGE, *words, "--reported", self.reported,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode()

    def sql(self, statement: str, *values: str) -> None:
        """Alter the database."""
        with closing(sqlite3.connect(self.database)) as base, base:
            assert base.execute(statement, values).rowcount > 0

    def rewrite(self, change: Change) -> None:
        """Alter records of the journal; None takes one out. Checksums are made to fit."""
        lines, found = [], False
        for line in self.journal.read_bytes().splitlines():
            record = change(json.loads(line[9:]))
            text = b"" if record is None else json.dumps(record).encode()
            found = found or text != json.dumps(json.loads(line[9:])).encode()
            lines += [b"%08x %s\n" % (crc32(text), text)] if record is not None else []
        assert found
        self.journal.write_bytes(b"".join(lines))


@pytest.fixture
async def evidence(traders: Any, sandbox: Any, data_folder: Path, tmp_path: Path) -> Evidence:
    """A bot with an order filled in two parts, two filled at once, one cancelled, one at rest."""
    bot, taker = await traders("bot", "taker")
    opening = tmp_path / "opening.json"
    opening.write_text(json.dumps(await sandbox.get(f"/accounts/{bot.key.account}")))
    database = SQLConnectionManager(
        ClientConfigAdapter(ClientConfigMap()), SQLConnectionType.TRADE_FILLS, db_name="judged"
    )
    recorder = MarketsRecorder(
        database, [bot.exchange], "judged.yml", "judged", MarketDataCollectionConfigMap()
    )
    recorder.start()
    async with clock_of(bot.exchange):
        filled = bot.sell("20.1234567", "0.1")
        resting = bot.sell("33", "0.2")
        cancelled = bot.buy("50", "0.05")
        await bot.resting(3)
        for amount in ("12.7654321", "7.3580246"):
            taker.buy(amount, "0.1")
            await taker.until(lambda: not taker.open_orders)
        bot.exchange.cancel("XLM-USDC", cancelled)
        taker.buy("8", "0.06")
        taker.sell("5", "0.15")
        await taker.resting(2)
        bot.sell("8", "0.06")
        await bot.until(lambda: bot.exchange.get_price("XLM-USDC", True) == Decimal("0.15"))
        bot.buy("5", "0.15", OrderType.MARKET)
        await bot.until(lambda: bot.open_orders == [resting] and len(bot.fills()) == 4)
        await bot.until(lambda: bot.exchange.stroop_balances() == bot.ledger_balances())
    await bot.stop()
    recorder.stop()
    held = {name: str(Decimal(amount).scaleb(-7)) for name, amount in bot.ledger_balances().items()}
    reported = tmp_path / "reported.json"
    reported.write_text(json.dumps(held))
    journal = journal_path(data_folder, "stellar_local", bot.key.account)
    database_file = data_folder / "judged.sqlite"
    return Evidence(sandbox.url, database_file, journal, opening, reported, filled, cancelled, resting)


async def test_where_all_witnesses_agree_there_is_nothing_to_say(evidence: Evidence) -> None:
    code, said = await evidence.judge()
    assert (code, said.count("\n")) == (0, 1), said
    assert said.startswith("5 orders (1 cancelled, 3 filled, 1 resting), 0 operations on pools")
    assert said.endswith("; 0 disagreements\n")


FILLED, CANCELLED, RESTING = "filled", "cancelled", "resting"
ROWS = [
    ("a fill is missing", FILLED, 'DELETE FROM "TradeFill" WHERE order_id = ?', "the database has the fills"),
    (
        "a fill is there twice",
        FILLED,
        """INSERT INTO "TradeFill"
           SELECT config_file_path, strategy, market, symbol, base_asset, quote_asset, timestamp, order_id,
               trade_type, order_type, price, amount, leverage, trade_fee, trade_fee_in_quote,
               exchange_trade_id || '0', position
           FROM "TradeFill" WHERE order_id = ?""",
        "the database has the fills",
    ),
    (
        "a fill was told twice",
        FILLED,
        """INSERT INTO "OrderStatus" (order_id, timestamp, status) VALUES (?, 1, 'OrderFilled')""",
        "the database was told of 3 fills, the ledger has 2",
    ),
    (
        "an amount is off by its last digit",
        FILLED,
        'UPDATE "TradeFill" SET amount = amount + 1 WHERE order_id = ?',
        "the database has the fills",
    ),
    (
        "a price is off by its last digit",
        FILLED,
        'UPDATE "TradeFill" SET price = price - 1 WHERE order_id = ?',
        "the database has the fills",
    ),
    (
        "an order that rests was told cancelled",
        RESTING,
        """INSERT INTO "OrderStatus" (order_id, timestamp, status) VALUES (?, 1, 'OrderCancelled')""",
        "the database says ['SellOrderCreated', 'OrderCancelled'], the ledger resting",
    ),
    (
        "a cancelled order was told filled",
        CANCELLED,
        """UPDATE "OrderStatus" SET status = 'BuyOrderCompleted'
           WHERE order_id = ? AND status = 'OrderCancelled'""",
        "the database says ['BuyOrderCreated', 'BuyOrderCompleted'], the ledger cancelled",
    ),
    (
        "an order has another's number",
        FILLED,
        """UPDATE "Order" SET exchange_order_id = exchange_order_id || '0' WHERE id = ?""",
        "its id and amount are",
    ),
]


@pytest.mark.parametrize(
    ("order", "statement", "sentence"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
async def test_what_the_database_has_wrong_is_named(
    evidence: Evidence, order: str, statement: str, sentence: str
) -> None:
    name = getattr(evidence, order)
    evidence.sql(statement, name)
    code, said = await evidence.judge()
    assert code == 1
    assert any(line.startswith(f"order {name} ") and sentence in line for line in said.splitlines()), said


async def test_an_order_that_the_database_does_not_know_is_named(evidence: Evidence) -> None:
    evidence.sql('DELETE FROM "TradeFill" WHERE order_id = ?', evidence.filled)
    evidence.sql('DELETE FROM "OrderStatus" WHERE order_id = ?', evidence.filled)
    evidence.sql('DELETE FROM "Order" WHERE id = ?', evidence.filled)
    code, said = await evidence.judge()
    assert code == 1
    assert f"order {evidence.filled} (" in said
    assert "the database says nothing, the ledger filled" in said


def off_by_a_stroop(record: dict[str, Any]) -> dict[str, Any]:
    """Let the first fill of each record be a stroop larger."""
    for event in record.get("events", ()):
        if "filled" in event:
            event["base"] += 1
            break
    return record


def dearer_by_a_stroop(record: dict[str, Any]) -> dict[str, Any]:
    """Let transactions have cost a stroop more."""
    if "record" in record:
        record["record"]["fee"] += 1
    return record


def with_fills_twice(record: dict[str, Any]) -> dict[str, Any]:
    """Let fills have happened twice."""
    events = record.get("events", [])
    events += [event for event in events if "filled" in event]
    return record


def expired(record: dict[str, Any]) -> dict[str, Any]:
    """Let transactions that came to the ledger have expired."""
    return {**record, "fate": "expired"} if record["kind"] == "decided" else record


def without_a_transaction(record: dict[str, Any]) -> dict[str, Any] | None:
    """Leave out that a cancel was sent."""
    operations = record.get("operations", ())
    return None if any("cancel" in operation for operation in operations) else record


def without_the_telling(record: dict[str, Any]) -> dict[str, Any] | None:
    """Leave out that events were told."""
    return None if record["kind"] == "told" else record


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (off_by_a_stroop, "the journal has the fills"),
        (with_fills_twice, "the journal has the fills"),
        (dearer_by_a_stroop, "position, ledger and fee in stroops are"),
        (expired, "the journal says expired, on the ledger it is applied"),
        (without_a_transaction, "is not in the journal"),
        (without_the_telling, "was never told to Hummingbot"),
    ],
)
async def test_what_the_journal_has_wrong_is_named(evidence: Evidence, change: Change, sentence: str) -> None:
    evidence.rewrite(change)
    code, said = await evidence.judge()
    assert code == 1
    assert sentence in said


async def test_a_fate_that_the_journal_tells_twice_is_named(evidence: Evidence) -> None:
    lines = evidence.journal.read_bytes().splitlines(keepends=True)
    decided = [line for line in lines if json.loads(line[9:])["kind"] == "decided"]
    evidence.journal.write_bytes(b"".join([*lines, decided[0]]))
    code, said = await evidence.judge()
    assert code == 1
    assert f"transaction {json.loads(decided[0][9:])['hash']} is decided more than once" in said


async def test_an_order_that_rests_though_the_journal_ends_it_is_named(evidence: Evidence) -> None:
    ended = {"ended": evidence.resting, "by": "cancelled", "reason": ""}
    evidence.rewrite(
        lambda record: {**record, "events": [*record["events"], ended]} if "record" in record else record
    )
    code, said = await evidence.judge()
    assert code == 1
    assert f"order {evidence.resting} " in said
    assert "still rests, but the journal ends it as ['cancelled'" in said


@pytest.mark.parametrize("size", [-1, -20])
async def test_a_journal_that_is_cut_off_cannot_be_judged_and_is_named(evidence: Evidence, size: int) -> None:
    whole = evidence.journal.read_bytes()
    evidence.journal.write_bytes(whole[:size])
    last = len(whole[:size].splitlines())
    assert await evidence.judge() == (
        2,
        f"cannot judge: the journal {evidence.journal} is damaged or cut off in line {last}\n",
    )


@pytest.mark.parametrize("asset", ["XLM", "USDC"])
async def test_a_reported_balance_that_is_off_by_a_stroop_is_named(evidence: Evidence, asset: str) -> None:
    held = json.loads(evidence.reported.read_text())
    held[asset] = str(Decimal(held[asset]) + Decimal("0.0000001"))
    evidence.reported.write_text(json.dumps(held))
    code, said = await evidence.judge()
    assert code == 1
    assert "stroops reported" in said
    assert said.count("\n") == 2


async def test_balances_are_counted_on_from_those_at_the_beginning(evidence: Evidence) -> None:
    code, said = await evidence.judge("--opening", evidence.opening)
    assert (code, said.count("\n")) == (0, 1), said
    document = json.loads(evidence.opening.read_text())
    for line in document["balances"]:
        line["balance"] = str(Decimal(line["balance"]) + Decimal("0.0000001"))
    evidence.opening.write_text(json.dumps(document))
    code, said = await evidence.judge("--opening", evidence.opening)
    assert code == 1
    assert said.count("stroops by its history") == 2


# Channels and fee bumps


@pytest.fixture
async def with_a_channel(
    trader: Any, sandbox: Any, crowd: Any, data_folder: Path, tmp_path: Path
) -> tuple[Evidence, Path]:
    """A bot with two orders at rest, one of them through a channel, both in fee bumps; and its channel."""
    (key,) = sandbox.fund("bot", lumens=10**11, usdc=10**11)
    (channel,) = sandbox.fund("channel", lumens=10**8)
    write_channel_keys(tmp_path / "channels", [channel])
    openings = []
    for name in (key.account, channel.account):
        openings.append(tmp_path / f"opening-{len(openings)}")
        openings[-1].write_text(json.dumps(await sandbox.get(f"/accounts/{name}")))
    bot = trader(sandbox, key, channels=str(tmp_path / "channels"))
    database = SQLConnectionManager(
        ClientConfigAdapter(ClientConfigMap()), SQLConnectionType.TRADE_FILLS, db_name="judged"
    )
    recorder = MarketsRecorder(
        database, [bot.exchange], "judged.yml", "judged", MarketDataCollectionConfigMap()
    )
    recorder.start()
    waiting = sandbox.sandbox.network.queue.waiting
    async with sandbox.ticking(0.05):
        await bot.start()
    crowd(6, 1_000)
    orders = [bot.sell("100", "0.1")]
    await bot.until(lambda: key.account in waiting)
    orders.append(bot.sell("100", "0.11"))
    await bot.until(lambda: channel.account in waiting)
    async with sandbox.ticking(0.2):
        await bot.resting(2)
        await bot.until(lambda: bot.exchange.stroop_balances() == bot.ledger_balances())
        await bot.stop()
    recorder.stop()
    held = {name: str(Decimal(amount).scaleb(-7)) for name, amount in bot.ledger_balances().items()}
    reported = tmp_path / "reported.json"
    reported.write_text(json.dumps(held))
    journal = journal_path(data_folder, "stellar_local", key.account)
    database_file = data_folder / "judged.sqlite"
    evidence = Evidence(sandbox.url, database_file, journal, openings[0], reported, "", "", orders[0])
    return evidence, openings[1]


async def test_transactions_through_channels_and_in_fee_bumps_are_judged(
    with_a_channel: tuple[Evidence, Path], tmp_path: Path
) -> None:
    evidence, channel = with_a_channel
    details = tmp_path / "details.json"
    code, said = await evidence.judge("--opening", evidence.opening, channel, "--details", details)
    assert (code, said.count("\n")) == (0, 1), said
    assert "2 transactions (1 through channels, 2 in fee bumps); 0 disagreements" in said
    assert json.loads(details.read_text())["transactions"] == {
        "through channels": 1,
        "put into fee bumps": 2,
        "applied in fee bumps": 2,
    }


def without_bumps(record: dict[str, Any]) -> dict[str, Any] | None:
    """Leave out that transactions were put into fee bumps."""
    return None if record["kind"] == "bumped" else record


def with_other_sources(record: dict[str, Any]) -> dict[str, Any]:
    """Let each transaction have used another sequence number."""
    return {**record, "sequence": record["sequence"] - 1} if record["kind"] == "sent" else record


def with_cut_envelopes(record: dict[str, Any]) -> dict[str, Any]:
    """Let other envelopes have been signed than came to the ledger."""
    if record["kind"] == "sent":
        envelope = b64decode(record["envelope"])
        record["envelope"] = b64encode(envelope[:40] + bytes([envelope[40] ^ 1]) + envelope[41:]).decode()
    return record


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (without_bumps, "the envelope on the ledger is not in the journal"),
        (with_other_sources, "source, payer and sequence number are"),
        (with_cut_envelopes, "the envelopes' hashes are"),
    ],
)
async def test_what_the_journal_has_wrong_of_fee_bumps_is_named(
    with_a_channel: tuple[Evidence, Path], change: Change, sentence: str
) -> None:
    evidence, channel = with_a_channel
    evidence.rewrite(change)
    code, said = await evidence.judge("--opening", evidence.opening, channel)
    assert code == 1
    assert said.count(sentence) == 2


async def test_a_channels_balance_and_sequence_number_are_counted_on_from_those_at_the_beginning(
    with_a_channel: tuple[Evidence, Path],
) -> None:
    evidence, channel = with_a_channel
    document = json.loads(channel.read_text())
    document["balances"][0]["balance"] = "10.0000001"
    document["sequence"] = str(int(document["sequence"]) - 1)
    channel.write_text(json.dumps(document))
    code, said = await evidence.judge("--opening", evidence.opening, channel)
    assert code == 1
    assert said.count("\n") == 3
    assert "balance of native: " in said
    assert (
        f"account {document['account_id']}: its sequence number went from {document['sequence']} to" in said
    )


async def test_a_transaction_of_a_channel_that_the_journal_does_not_know_is_named(
    with_a_channel: tuple[Evidence, Path],
) -> None:
    evidence, channel = with_a_channel
    account = json.loads(channel.read_text())["account_id"]
    evidence.rewrite(lambda record: None if record.get("source") == account else record)
    code, said = await evidence.judge("--opening", evidence.opening, channel)
    assert code == 1
    assert "is not in the journal" in said
