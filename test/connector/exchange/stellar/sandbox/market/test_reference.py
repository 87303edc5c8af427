"""The reference price answers for any instant, in any order."""

from pathlib import Path

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.bars import HOUR
from hummingbot.connector.exchange.stellar.sandbox.market.generator import GeneratedHistory
from hummingbot.connector.exchange.stellar.sandbox.market.history import read_history
from hummingbot.connector.exchange.stellar.sandbox.market.reference import HourlyReference

START = 1_704_067_200


def generated(seed: int = 1) -> HourlyReference:
    return HourlyReference(GeneratedHistory(seed, "XLM/USDC", START), seed, "XLM/USDC")


def test_prices_do_not_depend_on_what_was_asked_before() -> None:
    forward, backward = generated(), generated()
    times = list(range(START, START + 6 * HOUR, 100))
    ahead = [forward.price(time) for time in times]
    assert ahead == [backward.price(time) for time in reversed(times)][::-1]


def test_each_hour_runs_from_its_open_to_its_close() -> None:
    reference = generated()
    bars = reference.bars_before(START + 10 * HOUR)[-10:]
    for row in range(10):
        bar = bars.bar(row)
        assert reference.price(bar.start) == pytest.approx(bar.open)
        assert reference.price(bar.start + HOUR - 1) == pytest.approx(bar.close)


def test_bars_before_an_instant_are_those_that_have_closed() -> None:
    reference = generated()
    assert reference.bars_before(START).start[-1] == START - HOUR
    assert reference.bars_before(START + HOUR - 1).start[-1] == START - HOUR
    assert reference.bars_before(START + HOUR).start[-1] == START


def test_nothing_closed_before_the_first_bar(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    path.write_text(
        "date,open,high,low,close,volume\n2024-01-01T00:00:00Z,1,2,1,2,5\n2024-01-01T01:00:00Z,2,2,1,1,5\n"
    )
    reference = HourlyReference(read_history(path), 1, "XLM/USDC")
    assert len(reference.bars_before(START)) == 0
    assert len(reference.bars_before(START + HOUR)) == 1
    assert reference.end == START + 2 * HOUR


def test_conditions_compare_the_hour_with_the_month_before() -> None:
    reference = generated()
    bars = reference.bars_before(START + HOUR)
    conditions = reference.conditions(START + 1800)
    month = bars[-721:-1]
    assert conditions.daily_volume == pytest.approx(24 * month.volume.mean())
    assert conditions.volume_ratio == pytest.approx(bars.volume[-1] / month.volume.mean())
    assert conditions.daily_volatility == pytest.approx(np.diff(np.log(month.close)).std() * np.sqrt(24))
