"""`ai-stellar orders`: what runs left in the market, by their memory and by the ledger."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.strategy.ai_stellar.cli.instance import build_instance
from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.cli.orders import describe, left_orders
from hummingbot.strategy.ai_stellar.memory.schema import APPLICATION_ID, SCHEMA, SCHEMA_VERSION

UNIT = 10_000_000
RUN = "INSERT INTO runs VALUES (?, ?, ?, '[]', 'USDC', '{}', '{}', 'model', 0, NULL)"
DECISION = (
    "INSERT INTO decisions (number, run, venue, pair, bar_end, time, ledger, open, high, low, close, volume, "
    "style, signal, rationale, side, proposed_size, price, memory_scale, memory_neighbours, memory_evidence, "
    "memory_mean_bp, memory_t, scaled_size, verdict, size, reasons, features_ns, forecast_ns, proposal_ns, "
    "memory_ns, gate_ns, order_id, order_end) VALUES (?, ?, '', 'XLM-USDC', 0, 0, 0, 1, 1, 1, 1, 1, 's', 0, "
    "'', 'buy', '1', '0.1', 1, 0, 0, 0, 0, '1', 'approved', '12.5', '[]', 0, 0, 0, 0, 0, ?, ?)"
)
FILL = "INSERT INTO fills VALUES (NULL, ?, ?, 't', 'XLM-USDC', 'buy', 0, '0.1', '2.5', '{}')"


class Bot:
    """An instance on a sandbox, whose memory is written by hand."""

    def __init__(self, directory: Path, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.directory = directory
        (self.key,) = sandbox.fund("bot", usdc=100 * UNIT)
        build_instance(directory, horizon_url=sandbox.url)
        self.memory = directory / "data" / "ai_stellar_conf.sqlite"
        with sqlite3.connect(self.memory) as connection:
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        self.run(1)

    def run(self, number: int, venue: str = "stellar_local") -> None:
        with sqlite3.connect(self.memory) as connection:
            connection.execute(RUN, (number, venue, self.key.account))

    def order(self, number: int, end: str | None = None, run: int = 1) -> None:
        with sqlite3.connect(self.memory) as connection:
            connection.execute(DECISION, (number, run, f"ST{number}", end))

    async def told(self) -> str:
        return await asyncio.to_thread(describe, self.directory, left_orders(self.directory))


@pytest.fixture
def bot(tmp_path: Path, sandbox: Any) -> Bot:
    return Bot(tmp_path / "bot", sandbox)


async def test_what_has_ended_is_not_left(bot: Bot) -> None:
    for number, end in enumerate(("filled", "cancelled", "failed"), 1):
        bot.order(number, end)
    assert await bot.told() == ""
    assert main(["orders", str(bot.directory)]) == 0


async def test_what_has_not_ended_is_named_with_what_of_it_was_not_filled(bot: Bot) -> None:
    bot.order(1)
    with sqlite3.connect(bot.memory) as connection:
        connection.execute(FILL, (1, "ST1"))
    assert (await bot.told()).splitlines() == [
        f"Not confirmed as ended on stellar_local, account {bot.key.account}:",
        "  buy 10.0 XLM-USDC at 0.1 (ST1)",
        "  The ledger holds no offer of the account now; what is on its way may still come.",
        "Start the bot again: it cancels what is left of them.",
    ]


async def test_the_accounts_offers_in_the_ledger_are_shown(bot: Bot) -> None:
    bot.order(1)
    bot.sandbox.submit(bot.key, ManageSellOffer(bot.sandbox.usdc, NATIVE, UNIT, 10, 1, 0))
    assert "    1: 1.0000000 USDC for XLM at 10.0000000" in (await bot.told()).splitlines()


async def test_an_earlier_runs_order_is_gone_once_the_account_has_no_offer(bot: Bot) -> None:
    bot.order(1)
    bot.run(2)
    assert await bot.told() == ""
    bot.sandbox.submit(bot.key, ManageSellOffer(bot.sandbox.usdc, NATIVE, UNIT, 10, 1, 0))
    assert "(ST1)" in await bot.told()


async def test_paper_orders_are_in_no_market(bot: Bot) -> None:
    bot.run(2, "stellar_local_paper_trade")
    bot.order(1, run=2)
    assert await bot.told() == ""


async def test_a_memory_of_the_users_own_choice_is_found(bot: Bot) -> None:
    bot.order(1)
    elsewhere = bot.directory / "elsewhere.sqlite"
    bot.memory.rename(elsewhere)
    configuration = bot.directory / "conf" / "strategies" / "mine.yml"
    configuration.write_text(f"strategy: ai_stellar\nmemory_file: {elsewhere}\n")
    assert "(ST1)" in await bot.told()


async def test_a_memory_that_cannot_be_read_is_one_sentence(
    bot: Bot, capsys: pytest.CaptureFixture[str]
) -> None:
    bot.memory.write_bytes(b"rubbish " * 1000)
    assert main(["orders", str(bot.directory)]) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"ai-stellar orders: the memory file {bot.memory} cannot be read (")
    assert told.count("\n") == 1


def test_a_directory_that_is_no_instance_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["orders", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"ai-stellar orders: {tmp_path} is no instance: make one by ai-stellar instance {tmp_path}\n"
    )
