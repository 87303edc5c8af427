"""Similar experience scales a size by the formula that is stated, and by nothing else."""

import math
from decimal import Decimal

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.features import FEATURE_NAMES
from hummingbot.strategy.ai_stellar.memory.experience import Experience, pnl_bp
from hummingbot.strategy.ai_stellar.memory.similarity import (
    SITUATION,
    SITUATION_FEATURES,
    Neighbours,
    SimilarityIndex,
)
from hummingbot.strategy.ai_stellar.memory.sizing import SizingRule

HERE = (0.0,) * len(SITUATION)


def experience(
    number: int, bp: float, situation: tuple[float, ...] = HERE, weight: float = 1.0, known_at: int = 100
) -> Experience:
    return Experience(
        number, "XLM-USDC", "buy", 0, situation, Decimal(10), Decimal(10) * Decimal(weight), Decimal("0.1"),
        known_at, 0.0, bp, weight,
    )  # fmt: skip


def neighbours(*outcomes: float, weight: float = 1.0) -> Neighbours:
    return Neighbours(np.array(outcomes), np.full(len(outcomes), weight))


def test_the_features_of_a_situation_exist() -> None:
    assert set(SITUATION_FEATURES) <= set(FEATURE_NAMES)


def test_the_scale_is_the_stated_formula() -> None:
    rule = SizingRule(minimum=2, gain=0.25, prior_count=5.0, prior_deviation_bp=80.0)
    insight = rule.insight(Neighbours(np.array([30.0, -10.0, 40.0]), np.array([1.0, 0.5, 0.25])))
    n = 1.75
    mean = (30 - 5 + 10) / n
    variance = ((30 - mean) ** 2 + 0.5 * (-10 - mean) ** 2 + 0.25 * (40 - mean) ** 2) / n
    t = (n * mean / (n + 5)) / math.sqrt((n * variance + 5 * 80.0**2) / (n + 5) / (n + 5))
    assert insight.neighbours == 3
    assert insight.evidence == pytest.approx(n)
    assert insight.mean_bp == pytest.approx(mean)
    assert insight.t == pytest.approx(t)
    assert insight.scale == pytest.approx(1 + 0.25 * t)


def test_opposite_outcomes_move_the_size_in_opposite_directions_by_as_much() -> None:
    good = SizingRule().insight(neighbours(20, 35, 10, 25, 30, 15))
    bad = SizingRule().insight(neighbours(-20, -35, -10, -25, -30, -15))
    assert good.scale > 1 > bad.scale
    assert good.scale - 1 == pytest.approx(1 - bad.scale)


def test_the_scale_stays_within_its_bounds() -> None:
    assert SizingRule().insight(neighbours(*[5000.0] * 20)).scale == 1.5
    assert SizingRule().insight(neighbours(*[-5000.0] * 20)).scale == 0.5


def test_too_few_neighbours_change_nothing() -> None:
    insight = SizingRule(minimum=5).insight(neighbours(500, 500, 500, 500))
    assert (insight.scale, insight.neighbours) == (1.0, 4)
    assert "too few" in insight.text
    assert SizingRule().insight(neighbours()).text == "no similar order in memory: size unchanged"


def test_a_gain_of_zero_turns_memory_off() -> None:
    assert SizingRule(gain=0.0).insight(neighbours(*[100.0] * 10)).scale == 1.0


def test_the_nearest_experiences_are_found_by_standardised_distance() -> None:
    index = SimilarityIndex()
    far = (0.0, 1000.0, *HERE[2:])  # a wide coordinate: a step in it is small in units of its deviation
    for number, (situation, bp) in enumerate([(HERE, 1.0), (far, 2.0), ((1.0, *HERE[1:]), 3.0)]):
        index.add(experience(number, bp, situation))
    found = index.nearest(HERE, now=100, count=1)
    assert found.outcomes.tolist() == [1.0]
    assert found.weights.tolist() == [1.0]
    both = index.nearest(HERE, now=100, count=3)
    assert sorted(both.outcomes.tolist()) == [1.0, 2.0, 3.0]
    # coordinates 0 and 1 differ by the same number of deviations
    weights = dict(zip(both.outcomes.tolist(), both.weights.tolist(), strict=True))
    assert weights[2.0] == pytest.approx(weights[3.0])
    distance = (1 / np.std([0, 0, 1])) ** 2 / len(SITUATION)
    assert weights[3.0] == pytest.approx(math.exp(-0.5 * distance))


def test_nothing_is_learnt_from_the_future() -> None:
    index = SimilarityIndex()
    index.add(experience(1, 50.0, known_at=200))
    assert len(index.nearest(HERE, now=199, count=5).outcomes) == 0
    assert len(index.nearest(HERE, now=200, count=5).outcomes) == 1


def test_the_filled_share_weighs_an_experience_and_an_unfilled_order_teaches_nothing() -> None:
    index = SimilarityIndex()
    index.add(experience(1, 50.0, weight=0.25))
    index.add(experience(2, 0.0, weight=0.0))
    assert index.nearest(HERE, now=100, count=5).weights.tolist() == [0.25]


def test_an_experience_written_again_replaces_its_former_self() -> None:
    index = SimilarityIndex()
    index.add(experience(1, 50.0))
    index.add(experience(1, 70.0))
    assert index.nearest(HERE, now=100, count=5).outcomes.tolist() == [70.0]


def test_a_full_index_forgets_the_oldest() -> None:
    index = SimilarityIndex(capacity=3)
    for number in range(5):
        index.add(experience(number, float(number)))
    assert sorted(index.nearest(HERE, now=100, count=9).outcomes.tolist()) == [2.0, 3.0, 4.0]


def test_a_situation_that_is_no_number_is_not_kept() -> None:
    index = SimilarityIndex()
    index.add(experience(1, 50.0, (float("nan"), *HERE[1:])))
    index.add(experience(2, float("inf")))
    assert len(index) == 0


def test_a_buy_gains_when_the_price_rises_and_a_sell_when_it_falls() -> None:
    assert pnl_bp("buy", Decimal(100), Decimal(101)) == pytest.approx(100)
    assert pnl_bp("sell", Decimal(100), Decimal(101)) == pytest.approx(-100)
