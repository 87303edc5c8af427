"""One definition of the features: the same live, over history, after a restart; blind to unit and future."""

import hashlib
import math
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.features import (
    FEATURE_COUNT,
    FEATURE_NAMES,
    FEATURE_SET_HASH,
    WARM_UP,
    Features,
    feature_matrix,
)
from hummingbot.strategy.ai_stellar.market.bars import HOUR

FEATURES_IN_PANDAS = runpy.run_path(str(Path(__file__).with_name("definition_in_pandas.py")))[
    "features_in_pandas"
]
START = 1_600_000_000 // HOUR * HOUR
REFERENCE = "575a6f94"


def market(n=600, seed=1, quiet=0.05):
    """A random walk with hours in which nothing trades: start, open, high, low, close, volume."""
    rng = np.random.default_rng(seed)
    change = rng.standard_t(4, n) * 0.005
    traded = rng.random(n) > quiet
    close = 0.1 * np.exp(np.cumsum(np.where(traded, change, 0.0)))
    before = np.concatenate([close[:1], close[:-1]])
    reach = rng.exponential(0.003, (2, n)) * traded
    high = np.maximum(before, close) * np.exp(reach[0])
    low = np.minimum(before, close) * np.exp(-reach[1])
    volume = np.where(traded, rng.lognormal(10, 1, n), 0.0)
    return START + HOUR * np.arange(n), before, high, low, close, volume


def replay(bars, first=0, last=None):
    features = Features()
    start, *rest = (column[first:last] for column in bars)
    for time, *values in zip(start, *rest, strict=True):
        features.update(*map(float, values), int(time))
    return features


def test_features_bar_by_bar_equal_features_over_the_whole_history():
    bars = market()
    rows, scale = feature_matrix(*bars)
    features = Features()
    for k, (time, *values) in enumerate(zip(*bars, strict=True)):
        features.update(*map(float, values), int(time))
        assert features.ready == (k + 1 >= WARM_UP) == bool(np.isfinite(scale[k]))
        if features.ready:
            assert np.array_equal(features.row, rows[k])
            assert features.scale == scale[k]


def test_features_equal_the_definition_read_naively():
    bars = market()
    start, _, high, low, close, volume = bars
    naive = FEATURES_IN_PANDAS(start, high, low, close, volume)
    assert tuple(naive.columns) == FEATURE_NAMES
    rows, _ = feature_matrix(*bars)
    np.testing.assert_allclose(rows[WARM_UP:], naive.to_numpy()[WARM_UP:], rtol=1e-9, atol=1e-9)


@given(st.integers(WARM_UP, 399), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_no_feature_changes_when_the_future_does(now, seed):
    bars, other = market(400), market(400, seed=seed)
    changed = [np.concatenate([a[: now + 1], b[now + 1 :]]) for a, b in zip(bars, other, strict=True)]
    rows, _ = feature_matrix(*bars)
    again, _ = feature_matrix(*changed)
    assert np.array_equal(rows[: now + 1], again[: now + 1], equal_nan=True)


@pytest.mark.parametrize("bars_replayed", [WARM_UP, WARM_UP + 1, WARM_UP + 171])
def test_a_restart_that_replays_the_warm_up_reaches_the_same_numbers(bars_replayed):
    bars = market()
    assert np.array_equal(replay(bars).row, replay(bars, first=len(bars[0]) - bars_replayed).row)


@pytest.mark.parametrize("factor", [1e-6, 0.3, 41.0, 1e6])
def test_the_unit_of_price_does_not_matter(factor):
    start, *prices, volume = market()
    rows, _ = feature_matrix(start, *prices, volume)
    scaled, _ = feature_matrix(start, *(price * factor for price in prices), volume)
    np.testing.assert_allclose(scaled, rows, rtol=0, atol=1e-9)


@pytest.mark.parametrize("transformed", [lambda v: v * 1e-3, np.sqrt, lambda v: v**2 + v])
def test_volume_matters_only_by_its_rank(transformed):
    *bars, volume = market()
    rows, _ = feature_matrix(*bars, volume)
    again, _ = feature_matrix(*bars, transformed(volume))
    assert np.array_equal(rows, again, equal_nan=True)


def test_a_market_without_trades_has_defined_features():
    n = WARM_UP + 10
    flat = np.full(n, 0.1)
    features = replay((START + HOUR * np.arange(n), flat, flat, flat, flat, np.zeros(n)))
    row = dict(zip(FEATURE_NAMES, features.row, strict=True))
    assert np.isfinite(features.row).all()
    assert row["return_24"] == row["oscillator_24"] == row["volume_rank_24"] == row["jump_24"] == 0.0
    assert row["position_24"] == row["downside_24"] == 0.5
    assert row["volatility"] == pytest.approx(math.log(1e-3))


def test_hour_and_weekday_are_those_of_the_hour_to_come():
    n, monday = WARM_UP, 1_704_067_200  # 2024-01-01 00:00 UTC
    flat = np.full(n, 0.1)
    start = monday + 5 * HOUR - HOUR * np.arange(n, 0, -1)  # the last bar ends on Monday 05:00
    row = dict(zip(FEATURE_NAMES, replay((start, flat, flat, flat, flat, flat)).row, strict=True))
    assert row["hour_sin"] == pytest.approx(math.sin(2 * math.pi * 5 / 24))
    assert row["hour_cos"] == pytest.approx(math.cos(2 * math.pi * 5 / 24))
    assert row["week_sin"] == pytest.approx(math.sin(2 * math.pi * 5 / 168))
    assert row["week_cos"] == pytest.approx(math.cos(2 * math.pi * 5 / 168))


@pytest.mark.parametrize(
    ("bar", "problem"),
    [
        ((0.1, 0.1, 0.1, math.nan, 1.0), "is not a bar"),
        ((0.1, math.inf, 0.1, 0.1, 1.0), "is not a bar"),
        ((0.1, 0.1, 0.0, 0.1, 1.0), "is not a bar"),
        ((0.1, 0.1, -0.1, 0.1, 1.0), "is not a bar"),
        ((0.1, 0.2, 0.1, 0.3, 1.0), "is not a bar"),
        ((0.1, 0.2, 0.3, 0.2, 1.0), "is not a bar"),
        ((0.1, 0.1, 0.1, 0.1, -1.0), "volume"),
        ((0.1, 0.1, 0.1, 0.1, math.nan), "volume"),
    ],
)
def test_what_is_not_a_bar_is_refused_and_changes_nothing(bar, problem):
    bars = market(WARM_UP)
    features, last = replay(bars), int(bars[0][-1])
    row = features.row.copy()
    with pytest.raises(ValueError, match=problem):
        features.update(*bar, last + HOUR)
    assert features.bars == WARM_UP
    assert np.array_equal(features.row, row)


@pytest.mark.parametrize("step", [0, -HOUR, 2 * HOUR, 60])
def test_a_bar_that_does_not_follow_is_refused(step):
    bars = market(WARM_UP)
    features = replay(bars)
    with pytest.raises(ValueError, match="fill the hours without trades"):
        features.update(0.1, 0.1, 0.1, 0.1, 1.0, int(bars[0][-1]) + step)


def test_history_columns_must_have_one_length():
    start, *rest, volume = market(300)
    with pytest.raises(ValueError, match="one length"):
        feature_matrix(start, *rest, volume[:-1])


def test_numbers_change_only_with_the_definition():
    """If this fails, models trained before would be fed other numbers: state the change in `DEFINITION`."""
    rows, _ = feature_matrix(*market(WARM_UP + 50))
    digest = hashlib.sha256(np.round(rows[WARM_UP:], 6).astype(np.float32).tobytes()).hexdigest()[:8]
    assert len(FEATURE_NAMES) == FEATURE_COUNT == rows.shape[1]
    assert (FEATURE_SET_HASH, digest) == ("8de93820b38403a2", REFERENCE)
