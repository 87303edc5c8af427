"""Cross-asset features: one definition live and over history, blind to the future, whatever is missing."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.features import (
    CROSS_COUNT,
    CROSS_NAMES,
    CROSS_SET_HASH,
    CROSS_WARM_UP,
    REFERENCES,
    CrossFeatures,
    cross_matrix,
)
from hummingbot.strategy.ai_stellar.market.bars import HOUR

START = 1_600_000_000 // HOUR * HOUR
WEEK = 168


def market(n=400, seed=1, missing=0.1):
    """Starts, closes and scale of a pair, and closes of the references, some of them missing."""
    rng = np.random.default_rng(seed)
    shared = rng.standard_t(4, n) * 0.004
    close = 0.1 * np.exp(np.cumsum(shared + 0.003 * rng.standard_normal(n)))
    references = np.exp(np.cumsum(shared[:, None] + 0.003 * rng.standard_normal((n, 3)), axis=0)) * [9, 5, 2]
    references[rng.random((n, 3)) < missing] = np.nan
    return START + HOUR * np.arange(n), close, rng.uniform(0.004, 0.006, n), references


def replay(columns, first=0):
    features = CrossFeatures()
    for start, close, scale, references in zip(*(column[first:] for column in columns), strict=True):
        features.update(close, scale, references, int(start))
    return features


def named(row):
    return dict(zip(CROSS_NAMES, row, strict=True))


def naive(columns):
    """Read the definition word for word, for the last bar."""
    _, close, scale, references = columns
    c, s, k = np.log(close), scale[-1], np.log(references)
    moves = np.diff(k, axis=0)
    row = {}
    for j, coin in enumerate(REFERENCES):
        day, week = moves[-24:, j], moves[-WEEK:, j]
        size = max(math.sqrt((np.nanmean(day**2) + np.nanmean(week**2)) / 2), 1e-3)
        for n in (1, 4, 24):
            row[f"{coin.lower()}_return_{n}"] = np.clip((k[-1, j] - k[-1 - n, j]) / (size * n**0.5), -8, 8)
    for n in (1, 4, 24, WEEK):
        both = k[-1] - k[-1 - n]
        mean = np.nanmean(both) if np.isfinite(both).any() else np.nan
        row[f"relative_{n}"] = np.clip((c[-1] - c[-1 - n] - mean) / (s * n**0.5), -8, 8)
    market = np.array([np.nanmean(one) if np.isfinite(one).any() else np.nan for one in moves[-WEEK:]])
    own = np.diff(c)[-WEEK:]
    known = np.isfinite(market)
    row["beta_168"] = np.clip((own * market)[known].sum() / (market[known] ** 2).sum(), -4, 4)
    return row


@pytest.mark.parametrize("n", [200, 263, 400])
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_features_equal_the_definition_read_naively(n, missing):
    columns = market(n, missing=missing)
    assert named(replay(columns).row) == pytest.approx(naive(columns), nan_ok=True, rel=1e-9)


def test_features_bar_by_bar_equal_features_over_the_whole_history():
    columns = market()
    rows = cross_matrix(*columns)
    assert rows.shape == (len(columns[0]), CROSS_COUNT)
    features = CrossFeatures()
    for k, (start, close, scale, references) in enumerate(zip(*columns, strict=True)):
        features.update(close, scale, references, int(start))
        assert np.array_equal(features.row, rows[k], equal_nan=True)


@given(st.integers(CROSS_WARM_UP, 399), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_no_feature_changes_when_the_future_does(now, seed):
    columns, other = market(), market(seed=seed)
    changed = [np.concatenate([a[: now + 1], b[now + 1 :]]) for a, b in zip(columns, other, strict=True)]
    rows, again = cross_matrix(*columns), cross_matrix(*changed)
    assert np.array_equal(rows[: now + 1], again[: now + 1], equal_nan=True)


@pytest.mark.parametrize("replayed", [CROSS_WARM_UP, CROSS_WARM_UP + 1, CROSS_WARM_UP + 100])
def test_a_restart_that_replays_the_warm_up_reaches_the_same_numbers(replayed):
    columns = market()
    again = replay(columns, first=len(columns[0]) - replayed)
    assert np.array_equal(again.row, replay(columns).row, equal_nan=True)


@pytest.mark.parametrize("factors", [(1e-6, 41.0, 0.3), (1e6, 1e-3, 7.0)])
def test_the_units_of_price_do_not_matter(factors):
    start, close, scale, references = market()
    scaled = cross_matrix(start, close * 3.0, scale, references * factors)
    np.testing.assert_allclose(scaled, cross_matrix(start, close, scale, references), rtol=0, atol=1e-8)


def test_a_reference_that_is_unknown_silences_its_own_features_alone():
    start, close, scale, references = market(missing=0.0)
    whole = named(cross_matrix(start, close, scale, references)[-1])
    references[:, REFERENCES.index("ETH")] = np.nan
    row = named(cross_matrix(start, close, scale, references)[-1])
    assert all(math.isnan(value) == name.startswith("eth_") for name, value in row.items())
    assert all(row[name] == whole[name] for name in row if name.startswith(("btc_", "xrp_")))


def test_without_references_nothing_is_known():
    start, close, scale, references = market()
    assert np.isnan(cross_matrix(start, close, scale, np.full_like(references, np.nan))).all()


def test_before_its_scale_is_known_only_the_references_speak():
    start, close, scale, references = market(missing=0.0)
    row = named(cross_matrix(start, close, np.full_like(scale, np.nan), references)[-1])
    assert [name for name, value in row.items() if math.isnan(value)] == [
        "relative_1", "relative_4", "relative_24", "relative_168",
    ]  # fmt: skip


def test_references_that_stand_still_give_no_beta():
    start, close, scale, references = market(missing=0.0)
    row = named(cross_matrix(start, close, scale, np.ones_like(references))[-1])
    assert math.isnan(row["beta_168"])
    assert row["btc_return_24"] == 0.0


@pytest.mark.parametrize(
    ("close", "references", "start", "problem"),
    [
        (0.0, (1, 1, 1), 0, "close of the bar"),
        (math.inf, (1, 1, 1), 0, "close of the bar"),
        (math.nan, (1, 1, 1), 0, "close of the bar"),
        (0.1, (1, -1, 1), 0, "close of ETH"),
        (0.1, (1, 1, math.inf), 0, "close of XRP"),
        (0.1, (1, 1), 0, "give BTC, ETH, XRP"),
        (0.1, (1, 1, 1), HOUR, "fill the hours without trades"),
        (0.1, (1, 1, 1), 60, "fill the hours without trades"),
    ],
)
def test_what_is_no_close_is_refused_and_changes_nothing(close, references, start, problem):
    columns = market()
    features, row = replay(columns), replay(columns).row
    with pytest.raises(ValueError, match=problem):
        features.update(close, 0.005, references, int(columns[0][-1]) + HOUR + start)
    assert features.bars == len(columns[0])
    assert np.array_equal(features.row, row, equal_nan=True)


def test_columns_must_have_one_length():
    start, close, scale, references = market()
    with pytest.raises(ValueError, match="one length"):
        cross_matrix(start, close, scale, references[:, :2])


def test_numbers_change_only_with_the_definition():
    """If this fails, models trained before would be fed other numbers: state it in `CROSS_DEFINITION`."""
    rows = np.round(cross_matrix(*market())[CROSS_WARM_UP:], 6).astype(np.float32)
    digest = hashlib.sha256(np.nan_to_num(rows, nan=99.0).tobytes()).hexdigest()[:8]
    assert (CROSS_SET_HASH, digest) == ("ab6653b0b880e405", "3aba3051")
