"""Closes of other coins: those of the venue's own candles, and none where it is silent."""

import asyncio
import math
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.market.candles import CandlesError
from hummingbot.strategy.ai_stellar.market.reference_feed import ReferenceFeed

START, HOURS = 1_704_067_200, 12


def feed(*coins: str) -> ReferenceFeed:
    return ReferenceFeed("stellar_local", coins or ("XLM",), "USDC")


async def test_closes_are_those_of_the_hour_that_ended(traded):
    one = feed("XLM", "XLM")
    await one.read(START, START + HOURS * HOUR)
    for hour in range(HOURS):
        assert one.at(START + (hour + 1) * HOUR) == pytest.approx(((100 + hour) / 1000,) * 2)
    assert one.trouble is None
    assert all(map(math.isnan, one.at(START)))
    assert all(map(math.isnan, one.at(START + 100 * HOUR)))


async def test_what_is_known_is_not_asked_for_again(traded, monkeypatch):
    one = feed()
    await one.read(START, START + 3 * HOUR)
    monkeypatch.setattr(one, "_feeds", [("XLM-USDC", None)])  # whoever asks it fails
    await one.read(START, START + 3 * HOUR)
    assert one.trouble is None
    await one.read(START + 3 * HOUR, START + 4 * HOUR)
    assert "does not give bars of XLM-USDC" in (one.trouble or "")
    assert one.at(START + 3 * HOUR) == pytest.approx((0.102,))


async def test_a_coin_that_is_not_to_be_had_takes_none_of_the_others_away(traded, monkeypatch):
    monkeypatch.setattr("hummingbot.strategy.ai_stellar.market.reference_feed.PAUSE", 0.01)
    one = feed("XLM", "XLM")
    monkeypatch.setattr(one, "_feeds", [("BTC-USDC", None), one._feeds[1]])
    await one.read(START, START + HOURS * HOUR)
    assert "does not give bars of BTC-USDC" in (one.trouble or "")
    assert math.isnan(one.at(START + HOURS * HOUR)[0])
    assert one.at(START + HOURS * HOUR)[1] == pytest.approx(0.111)


async def test_a_venue_that_answers_at_the_second_asking_is_no_trouble(traded, monkeypatch):
    monkeypatch.setattr("hummingbot.strategy.ai_stellar.market.reference_feed.PAUSE", 0.01)
    one = feed()
    (pair, there), asked = one._feeds[0], []

    class Stumbling:
        async def get_historical_candles(self, wanted: Any) -> Any:
            asked.append(wanted)
            if len(asked) == 1:
                raise OSError("reset")
            return await there.get_historical_candles(wanted)

    monkeypatch.setattr(one, "_feeds", [(pair, Stumbling())])
    await one.read(START, START + 3 * HOUR)
    assert one.trouble is None
    assert one.at(START + HOUR) == pytest.approx((0.1,))  # the whole span is asked for again


async def test_a_bar_that_has_not_come_is_unknown_and_said(traded, monkeypatch):
    monkeypatch.setattr("hummingbot.strategy.ai_stellar.market.reference_feed.PAUSE", 0.01)
    one = feed()
    await one.read(START + 50 * HOUR, START + 51 * HOUR)
    assert math.isnan(one.at(START + 51 * HOUR)[0])
    assert one.trouble == "stellar_local has no bar yet of the hour that ended"


async def test_a_venue_that_does_not_answer_holds_a_decision_up_no_longer_than_asked(traded, monkeypatch):
    class Silent:
        async def get_historical_candles(self, asked: Any) -> None:
            await asyncio.Event().wait()

    one = feed()
    monkeypatch.setattr(one, "_feeds", [("XLM-USDC", Silent())])
    await one.read(START, START + HOUR, patience=0.05)
    assert one.trouble == "stellar_local did not answer within 0.05 s"


async def test_a_node_that_is_gone_is_trouble_and_no_error(traded, monkeypatch):
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, "stellar_local", "http://127.0.0.1:1")
    one = feed()
    await one.read(START, START + HOUR, patience=5.0)
    assert one.trouble is not None
    assert math.isnan(one.at(START + HOUR)[0])


async def test_old_hours_are_forgotten(traded):
    one = feed()
    await one.read(START, START + 3 * HOUR)
    one.forget(START + 2003 * HOUR)
    assert math.isnan(one.at(START + 2 * HOUR)[0])
    assert one.at(START + 3 * HOUR) == pytest.approx((0.102,))


def test_an_exchange_without_candles_is_refused():
    with pytest.raises(CandlesError, match=r"Hummingbot has no candles of nowhere: name one of .*binance"):
        ReferenceFeed("nowhere", ("BTC",), "USDT")
