"""Within an hour the price takes a way that the bar would show."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.sandbox.market.bars import Bar
from hummingbot.connector.exchange.stellar.sandbox.market.intrabar import SETTLED, SLOT, hour_path, price_on

prices = st.floats(0.01, 10.0)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    low, open_, close, high = draw(st.tuples(*[prices] * 4))
    ends = sorted((low, open_, close, high))
    inner = draw(st.permutations(ends[1:3]))
    return Bar(0, inner[0], ends[3], ends[0], inner[1], 1.0)


@given(bars(), st.integers(0, 2**32))
def test_the_path_visits_open_high_low_and_close_and_leaves_the_range_never(bar: Bar, seed: int) -> None:
    path = hour_path(bar, np.random.default_rng(seed))
    ledgers = [price_on(path, seconds) for seconds in range(0, 3600, SLOT)]
    assert math.isclose(ledgers[0], bar.open)
    assert math.isclose(max(ledgers), bar.high)
    assert math.isclose(min(ledgers), bar.low)
    assert math.isclose(ledgers[-1], bar.close)
    assert math.isclose(price_on(path, 3600 - SETTLED), bar.close)
    assert np.exp(path).max() <= bar.high * (1 + 1e-12)
    assert np.exp(path).min() >= bar.low * (1 - 1e-12)


def test_a_bar_without_range_is_a_flat_path() -> None:
    path = hour_path(Bar(0, 0.13, 0.13, 0.13, 0.13, 0.0), np.random.default_rng(1))
    assert np.allclose(np.exp(path), 0.13)


def test_the_path_depends_on_its_randomness_alone() -> None:
    bar = Bar(0, 0.130, 0.133, 0.129, 0.131, 1.0)
    again = hour_path(bar, np.random.default_rng(1))
    assert np.array_equal(hour_path(bar, np.random.default_rng(1)), again)
    assert not np.array_equal(hour_path(bar, np.random.default_rng(2)), again)


def test_a_rising_bar_has_its_low_first_nine_times_in_ten() -> None:
    bar = Bar(0, 0.130, 0.134, 0.129, 0.133, 1.0)
    paths = [hour_path(bar, np.random.default_rng(seed)) for seed in range(500)]
    low_first = np.mean([path.argmin() < path.argmax() for path in paths])
    assert 0.86 < low_first < 0.94
