"""Killed between any two steps, a bot is whole after its next run: ledger, records and journal."""

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.transactions.journal.journal import journal_path

PROGRAM = Path(__file__).with_name("crash_bot.py")
JUDGE = Path(__file__).parents[4] / "scripts" / "judge.py"


@pytest.fixture
def ledger_interval():
    return 0.2


async def bot(sandbox, key, folder, step="none", count=0, stdin=asyncio.subprocess.DEVNULL):
    farm = next(entry for entry in sys.path if entry.endswith(".venv/farm"))
    arguments = (str(sandbox.url), str(folder), step, str(count))
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), *arguments, stdin=stdin, stdout=pipe, stderr=pipe,
        env={**os.environ, "PYTHONPATH": f"{farm}{os.pathsep}{Path.cwd()}", "CRASH_BOT_KEY": key.reveal()},
    )  # fmt: skip


async def said(process, word):
    """Wait until a bot has said a word, or has ended."""
    async for line in process.stdout:
        if line.strip() == word:
            return


def rows(folder, query):
    with closing(sqlite3.connect(folder / "crash.sqlite")) as database:
        return database.execute(query).fetchall()


CASES = [
    ("before the journal", 1), ("after the journal", 1), ("before the answer", 1),
    ("before the verdict is kept", 1), ("after the verdict is kept", 1), ("before a report", 1),
    ("after a report", 1), ("after a report", 2), ("before it is kept that it was told", 1),
    ("before a fill is kept", 1), ("before a report", 3), ("after a report", 3),
    ("after the journal", 2), ("before the answer", 2), ("before the verdict is kept", 2),
    ("after the verdict is kept", 2), ("before a report", 4), ("after a report", 4), ("before a report", 5),
    ("after a report", 5), ("before it is kept that it was told", 3), ("before a fill is kept", 2),
    ("after a report", 6), ("after the journal", 3), ("after the verdict is kept", 3),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("step", "count"), CASES)
async def test_a_bot_killed_at_any_step_is_made_whole_by_its_next_run(
    traders, sandbox, data_folder, step, count
):
    (taker,) = await traders("taker")
    (key,) = sandbox.fund("victim", lumens=10**11, usdc=10**11)
    folder = data_folder.parent / "victim"
    folder.mkdir()

    victim = await bot(sandbox, key, folder, step, count)
    for word, amount in ((b"resting", "30"), (b"moved", "20")):
        await said(victim, word)
        taker.buy(amount, "0.1")
    assert await victim.wait() == -9, (await victim.stderr.read()).decode()[-2000:]

    told = await run_again(sandbox, key, folder)
    await assert_whole(sandbox, key, folder, told, await transactions_of(sandbox, key))


@pytest.mark.slow
@pytest.mark.parametrize("step", ["before the bump is kept", "after the bump is kept", "before the answer"])
async def test_a_bot_killed_around_a_fee_bump_is_made_whole_by_its_next_run(
    sandbox, data_folder, crowd, step
):
    (key,) = sandbox.fund("victim", lumens=10**11, usdc=10**11)
    folder = data_folder.parent / "victim"
    folder.mkdir()
    sandbox.sandbox.market_seconds = 1  # so that the time bound is 30 ledgers away
    async with sandbox.ticking(0.2):
        victim = await bot(sandbox, key, folder, step, 1, stdin=asyncio.subprocess.PIPE)
        await said(victim, b"ready")
        throng = crowd(6, 1_000)
        victim.stdin.write(b"go\n")
        assert await victim.wait() == -9, (await victim.stderr.read()).decode()[-2000:]
        throng.leave()

        told = await run_again(sandbox, key, folder)

    transactions = await transactions_of(sandbox, key)
    await assert_whole(sandbox, key, folder, told, transactions)
    if step == "before the answer":
        assert any("fee_bump_transaction" in transaction for transaction in transactions)


async def run_again(sandbox, key, folder):
    """Let a bot start after a crash and end what dangles; return what it says then."""
    after = await bot(sandbox, key, folder)
    out, errors = await after.communicate()
    assert after.returncode == 0, errors.decode()[-2000:]
    return json.loads(out.splitlines()[-1])


async def transactions_of(sandbox, key):
    """The bot's own transactions, without those that prepared its account."""
    transactions = await sandbox.get(
        f"/accounts/{key.account}/transactions", limit=200, include_failed="true"
    )
    own = [t for t in transactions["_embedded"]["records"] if t["source_account"] == key.account]
    return [t for t in own if int(t["operation_count"]) and t["max_fee"] != "1000"]


async def assert_whole(sandbox, key, folder, told, transactions):
    """Ledger, Hummingbot's records and the journal tell the same, by the judge, too."""
    journal = journal_path(folder, "stellar_local", key.account)
    words = ("--horizon", str(sandbox.url), "--database", folder / "crash.sqlite", "--journal", journal)
    pipe = asyncio.subprocess.PIPE
    judge = await asyncio.create_subprocess_exec(sys.executable, JUDGE, *words, stdout=pipe)
    verdict, _ = await judge.communicate()
    assert judge.returncode == 0, verdict.decode()
    state = sandbox.sandbox.network.state
    assert not [offer for offer in state.offers.values() if offer.seller == key.account]
    held = {"XLM": state.accounts[key.account].balance}
    held["USDC"] = state.trustlines[key.account, sandbox.usdc].balance
    assert told["held"] == held
    trades = (await sandbox.get(f"/accounts/{key.account}/trades", limit=200))["_embedded"]["records"]
    fills = [trade_id for (trade_id,) in rows(folder, "SELECT exchange_trade_id FROM TradeFill")]
    assert sorted(fills) == sorted(trade["id"] for trade in trades)
    assert told["charged"] == sum(int(t["fee_charged"]) for t in transactions)
    statuses = rows(folder, "SELECT order_id, status, count(*) FROM OrderStatus GROUP BY order_id, status")
    ends = ("OrderCancelled", "BuyOrderCompleted", "SellOrderCompleted", "OrderFailure")
    for (order_id,) in rows(folder, 'SELECT id FROM "Order"'):
        assert sum(n for name, status, n in statuses if name == order_id and status in ends) == 1
        assert sum(n for name, status, n in statuses if name == order_id and "Created" in status) == 1
