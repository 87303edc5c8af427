"""The compiled search finds what a plain sort finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.memory.nearest import nearest


@given(
    seed=st.integers(0, 10_000), points=st.integers(0, 60), count=st.integers(0, 80), now=st.integers(0, 5)
)
def test_it_agrees_with_a_sort(seed: int, points: int, count: int, now: int) -> None:
    rng = np.random.default_rng(seed)
    places, known_at = rng.normal(size=(points, 3)), rng.integers(0, 6, points)
    asked = rng.normal(size=3)
    found, squares = nearest(places, known_at, asked, now, count)
    distances = ((places - asked) ** 2).sum(axis=1)
    expected = [i for i in np.argsort(distances, kind="stable") if known_at[i] <= now][:count]
    assert found.tolist() == expected
    assert squares == pytest.approx(distances[expected])


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="2 points of 3 coordinates do not fit 1 times and 3 asked"):
        nearest(np.zeros((2, 3)), np.zeros(1, dtype=np.int64), np.zeros(3), 0, 1)
