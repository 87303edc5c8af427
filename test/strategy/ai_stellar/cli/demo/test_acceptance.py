"""Each condition of the demo fails alone where it should: the records are held against a ledger that runs."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.strategy.ai_stellar.cli.demo.acceptance import Check, run_checks
from hummingbot.strategy.ai_stellar.cli.demo.command import journal_totals
from hummingbot.strategy.ai_stellar.cli.node import Node
from hummingbot.strategy.ai_stellar.research.run_record import RunRecord

UNIT = 10_000_000
DECISIONS = 20
PEAKS = {"sandbox": 200.0, "strategy": 600.0}


class Ledger:
    """A sandbox on which a bot has bought 300 and sold 120 lumens."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.bot, other = sandbox.fund("bot", "other", usdc=1000 * UNIT)
        sandbox.submit(other, ManageSellOffer(NATIVE, sandbox.usdc, 300 * UNIT, 1, 10, 0))
        sandbox.submit(self.bot, ManageSellOffer(sandbox.usdc, NATIVE, 30 * UNIT, 10, 1, 0))
        sandbox.submit(other, ManageSellOffer(sandbox.usdc, NATIVE, 12 * UNIT, 10, 1, 0))
        sandbox.submit(self.bot, ManageSellOffer(NATIVE, sandbox.usdc, 120 * UNIT, 1, 10, 0))

    def rest_an_offer(self) -> None:
        self.sandbox.submit(self.bot, ManageSellOffer(NATIVE, self.sandbox.usdc, UNIT, 9, 1, 0))

    def balances(self) -> dict[str, int]:
        state = self.sandbox.sandbox.network.state
        account = self.bot.account
        return {
            "XLM": state.accounts[account].balance,
            "USDC": state.trustlines[account, self.sandbox.usdc].balance,
        }


@pytest.fixture
def ledger(sandbox: Any) -> Ledger:
    return Ledger(sandbox)


@pytest.fixture
def record(tmp_path: Path, write_run: Callable[[Path, int], None]) -> RunRecord:
    """A run of twenty decisions, ten fills a side, which passes."""
    write_run(tmp_path / "memory.sqlite", DECISIONS)
    return RunRecord.read(tmp_path / "memory.sqlite", "XLM-USDC")


async def failed(
    ledger: Ledger,
    record: RunRecord,
    volume: Mapping[str, int] | None = None,
    balances: Mapping[str, int] | str | None = "the ledger's",
    peaks: Mapping[str, float | None] = PEAKS,
) -> list[Check]:
    """Return the checks that do not pass."""
    held = ledger.balances() if isinstance(balances, str) else balances
    traded = {"buy": 300 * UNIT, "sell": 120 * UNIT} if volume is None else volume
    node = Node(ledger.sandbox.url)
    checks = await asyncio.to_thread(run_checks, record, traded, held, peaks, node, ledger.bot.account)
    assert len(checks) == 8
    return [check for check in checks if not check.passed]


async def only_failure(*arguments: Any, **changes: Any) -> Check:
    (check,) = await failed(*arguments, **changes)
    return check


async def test_a_good_run_passes(ledger: Ledger, record: RunRecord) -> None:
    assert await failed(ledger, record) == []


async def test_too_few_decisions(ledger: Ledger, record: RunRecord) -> None:
    check = await only_failure(ledger, replace(record, decisions=record.decisions[:-1]))
    assert (check.name, check.detail) == ("decisions", "19, at least 20")


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_too_few_fills_on_one_side(ledger: Ledger, record: RunRecord, side: str) -> None:
    kept = [fill for fill in record.fills if fill.side == side][:4]
    others = [fill for fill in record.fills if fill.side != side]
    check = await only_failure(ledger, replace(record, fills=(*kept, *others)))
    assert check.name == "fills on each side"
    assert f"4 {side}s" in check.detail


async def test_no_order_that_the_gate_touched(ledger: Ledger, record: RunRecord) -> None:
    decisions = tuple(replace(decision, verdict="approved") for decision in record.decisions)
    check = await only_failure(ledger, replace(record, decisions=decisions))
    assert check.name == "orders that the gate reduced or rejected"


async def test_a_rejection_is_enough(ledger: Ledger, record: RunRecord) -> None:
    first, *rest = (replace(decision, verdict="approved") for decision in record.decisions)
    assert await failed(ledger, replace(record, decisions=(replace(first, verdict="rejected"), *rest))) == []


async def test_no_size_that_memory_changed(ledger: Ledger, record: RunRecord) -> None:
    decisions = tuple(replace(decision, memory_scale=1.0) for decision in record.decisions)
    check = await only_failure(ledger, replace(record, decisions=decisions))
    assert check.name == "sizes that memory changed"


async def test_an_order_without_an_end(ledger: Ledger, record: RunRecord) -> None:
    first, *rest = record.decisions
    check = await only_failure(ledger, replace(record, decisions=(replace(first, order_end=None), *rest)))
    assert check.name == "no order lost"
    assert check.detail.startswith("1 without an end, 0 offers left")


async def test_an_offer_left_in_the_ledger(ledger: Ledger, record: RunRecord) -> None:
    ledger.rest_an_offer()
    check = await only_failure(ledger, record)
    assert check.name == "no order lost"
    assert check.detail.startswith("0 without an end, 1 offers left")


@pytest.mark.parametrize("side", ["buy", "sell"])
async def test_a_trade_that_differs_by_a_stroop(ledger: Ledger, record: RunRecord, side: str) -> None:
    volume = {"buy": 300 * UNIT, "sell": 120 * UNIT}
    check = await only_failure(ledger, record, volume={**volume, side: volume[side] + 1})
    assert check.name == "no order lost"


@pytest.mark.parametrize("asset", ["XLM", "USDC"])
async def test_a_balance_that_differs_by_a_stroop(ledger: Ledger, record: RunRecord, asset: str) -> None:
    held = ledger.balances()
    check = await only_failure(ledger, record, balances={**held, asset: held[asset] - 1})
    assert check.name == "balances equal the ledger's to the stroop"


async def test_balances_that_were_never_written(ledger: Ledger, record: RunRecord) -> None:
    check = await only_failure(ledger, record, balances=None)
    assert check.name == "balances equal the ledger's to the stroop"


@pytest.mark.parametrize("process", PEAKS)
async def test_a_process_that_holds_too_much(ledger: Ledger, record: RunRecord, process: str) -> None:
    check = await only_failure(ledger, record, peaks={**PEAKS, process: PEAKS[process] + 1})
    assert check.name == f"peak memory of the {process} process"
    assert check.detail == f"{PEAKS[process] + 1:.0f} MB of its own, at most {PEAKS[process]:.0f} MB"


async def test_memory_that_the_system_does_not_tell_is_no_failure(ledger: Ledger, record: RunRecord) -> None:
    assert await failed(ledger, record, peaks=dict.fromkeys(PEAKS)) == []


def test_the_journal_sums_its_fills_in_stroops_and_has_the_newest_runs_balances(
    tmp_path: Path, write_run: Callable[[Path, int], None]
) -> None:
    memory = tmp_path / "memory.sqlite"
    write_run(memory, 3)
    write_run(memory, 2)
    volume, balances = journal_totals(memory)
    amount = int(Decimal("12.5000001") * UNIT)
    assert volume == {"buy": 3 * amount, "sell": 2 * amount}  # decisions 1 to 5, the odd ones buy
    assert balances == {"XLM": 1002, "USDC": 2002}


def test_a_run_that_was_killed_has_no_balances(
    tmp_path: Path, write_run: Callable[[Path, int], None]
) -> None:
    memory = tmp_path / "memory.sqlite"
    write_run(memory, 0)
    with sqlite3.connect(memory) as connection:
        connection.execute("DELETE FROM final_balances")
    assert journal_totals(memory) == ({"buy": 0, "sell": 0}, None)
