"""A wrong clock of this machine is named, and decides nothing."""

import asyncio
import logging
import time
from decimal import Decimal

import pytest

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.clock_difference import ClockDifference
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_envelope
from hummingbot.connector.exchange.stellar.stellar_api_order_book_data_source import (
    StellarAPIOrderBookDataSource,
)

T = 1_704_067_200


def said(differences):
    """What is said after each ledger that comes as many seconds after it closed."""
    clock = ClockDifference("stellar")
    return [clock.observe(T + 5 * number, T + 5 * number + late) for number, late in enumerate(differences)]


@pytest.mark.parametrize(("late", "words"), [(312, "312 s ahead of"), (-312, "312 s behind")])
def test_a_clock_that_is_wrong_by_minutes_is_named_once_with_the_difference(late, words):
    *before, sentence, after = said([late] * 6)

    assert sentence.startswith(f"this machine's clock is {words} the ledgers of stellar")
    assert "2024-01-01 00:00:20 UTC" in sentence
    assert {*before, after} == {""}


def test_ledgers_that_come_late_by_exception_are_no_wrong_clock():
    assert set(said([600, 500, 400, 300, 3, 200, 2, 2, 2])) == {""}


def test_a_clock_that_is_set_right_is_told():
    assert said([300] * 5 + [1])[-1] == "this machine's clock and the ledgers of stellar agree again"


async def test_the_warning_comes_from_the_ledgers_that_are_followed(sandbox, caplog):
    clock = LedgerClock()
    horizon = stellar_web_utils.build_horizon("stellar_local", [sandbox.url], clock)
    source = StellarAPIOrderBookDataSource(
        [], horizon, AssetTable("stellar_testnet"), clock, "stellar_testnet"
    )
    following = asyncio.create_task(source.listen_for_subscriptions())
    with caplog.at_level(logging.WARNING):
        for _ in range(200):
            await sandbox.close()
            await clock.tick(1.0)
            if "This machine's clock is" in caplog.text:
                break
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)

    assert "the ledgers of stellar_testnet" in caplog.text


@pytest.mark.parametrize("wrong_by", [-900, 900])
async def test_time_bounds_staleness_and_orders_go_by_the_ledger(traders, faulty, monkeypatch, wrong_by):
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + wrong_by)
    (maker,) = await traders("maker", url=faulty.url)
    order = maker.sell("100", "0.1")
    await maker.resting(1)
    clock = maker.exchange.ledger_clock

    bound = decode_envelope(faulty.envelopes[0]).tx.max_time
    assert 0 < bound - clock.close_time <= clock.time_bound() - clock.close_time
    assert clock.behind().ledgers <= 1
    assert clock.behind().seconds < 5
    maker.exchange.cancel("XLM-USDC", order)
    await maker.until(lambda: not maker.open_orders)

    assert maker.told(order) == ["SellOrderCreated", "OrderCancelled"]
    assert maker.filled(order) == Decimal(0)
