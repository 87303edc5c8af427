"""Killed between any two steps, a bot is whole after its next run: ledger, records and journal."""

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("crash_bot.py")


@pytest.fixture
def ledger_interval():
    return 0.2


async def bot(sandbox, key, folder, step="none", count=0):
    farm = next(entry for entry in sys.path if entry.endswith(".venv/farm"))
    arguments = (str(sandbox.url), key.reveal(), str(folder), step, str(count))
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), *arguments, stdout=pipe, stderr=pipe,
        env={**os.environ, "PYTHONPATH": f"{farm}{os.pathsep}{Path.cwd()}"},
    )  # fmt: skip


def rows(folder, query):
    with closing(sqlite3.connect(folder / "crash.sqlite")) as database:
        return database.execute(query).fetchall()


CASES = [
    ("before the journal", 1), ("after the journal", 1), ("before the answer", 1),
    ("before the verdict is kept", 1), ("after the verdict is kept", 1), ("before a report", 1),
    ("after a report", 1), ("after a report", 2), ("before it is kept that it was told", 1),
    ("before a fill is kept", 1), ("before a report", 3), ("after a report", 3),
    ("after the journal", 2), ("before the answer", 2), ("after the verdict is kept", 2),
    ("after a report", 4),
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
    state = sandbox.sandbox.network.state

    victim = await bot(sandbox, key, folder, step, count)
    waiting = asyncio.create_task(victim.wait())
    line = asyncio.create_task(victim.stdout.readline())
    await asyncio.wait((waiting, line), return_when=asyncio.FIRST_COMPLETED)
    await taker.until(lambda: waiting.done() or line.done())
    taker.buy("30", "0.1")
    code = await waiting
    assert code == -9, (await victim.stderr.read()).decode()[-2000:]

    after = await bot(sandbox, key, folder)
    out, errors = await after.communicate()
    assert after.returncode == 0, errors.decode()[-2000:]
    told = json.loads(out.splitlines()[-1])

    assert not [offer for offer in state.offers.values() if offer.seller == key.account]
    held = {"XLM": state.accounts[key.account].balance}
    held["USDC"] = state.trustlines[key.account, sandbox.usdc].balance
    assert told["held"] == held
    trades = (await sandbox.get(f"/accounts/{key.account}/trades", limit=200))["_embedded"]["records"]
    fills = [trade_id for (trade_id,) in rows(folder, "SELECT exchange_trade_id FROM TradeFill")]
    assert sorted(fills) == sorted(trade["id"] for trade in trades)
    transactions = await sandbox.get(
        f"/accounts/{key.account}/transactions", limit=200, include_failed="true"
    )
    own = [t for t in transactions["_embedded"]["records"] if t["source_account"] == key.account]
    by_bot = [t for t in own if int(t["operation_count"]) and t["max_fee"] != "1000"]
    assert told["charged"] == sum(int(t["fee_charged"]) for t in by_bot)
    statuses = rows(folder, "SELECT order_id, status, count(*) FROM OrderStatus GROUP BY order_id, status")
    ends = ("OrderCancelled", "BuyOrderCompleted", "SellOrderCompleted", "OrderFailure")
    for (order_id,) in rows(folder, 'SELECT id FROM "Order"'):
        assert sum(n for name, status, n in statuses if name == order_id and status in ends) == 1
        assert sum(n for name, status, n in statuses if name == order_id and "Created" in status) == 1
