"""The combination is never much worse than the best model, whatever an adversary makes of the losses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.predictors.combiner import Combiner, Hedge, brier
from hummingbot.strategy.ai_stellar.predictors.forecast import QUANTILES, HorizonForecast

ROUNDS = st.integers(1, 120)


def bound(rounds, experts):
    return math.sqrt(rounds * math.log(experts) / 2)


def stated(probability, expected=0.0):
    """Return a forecast of one hour with that probability of up."""
    return HorizonForecast(3600, probability, expected, tuple(expected + level for level in QUANTILES))


def combine(combiner, number, probabilities, outcome):
    """Return the combined probability of up."""
    said = [None if one is None else stated(one) for one in probabilities]
    made = combiner.combine(number, said, outcome)
    return made and made.probability_up


def regret(hedge, rounds):
    """Return the combination's loss above the best model's, both cumulative."""
    own, each = 0.0, np.zeros(len(hedge.weights))
    for losses in rounds:
        own += hedge.update(losses)
        each += losses
    return own - each.min()


@given(st.integers(1, 6), ROUNDS, st.data())
def test_the_bound_holds_for_any_losses(experts, rounds, data):
    loss = st.floats(0, 1)
    losses = data.draw(
        st.lists(st.lists(loss, min_size=experts, max_size=experts), min_size=rounds, max_size=rounds)
    )
    assert regret(Hedge(experts, rounds), losses) <= bound(rounds, experts) + 1e-9


@pytest.mark.parametrize("experts", [2, 3, 8])
@pytest.mark.parametrize("rounds", [1, 10, 1000])
@pytest.mark.parametrize("hurt", ["heaviest", "all but the lightest", "by turns"])
def test_the_bound_holds_against_an_adversary_that_sees_the_weights(experts, rounds, hurt):
    hedge, own, each = Hedge(experts, rounds), 0.0, np.zeros(experts)
    for k in range(rounds):
        weights = np.array(hedge.weights)
        if hurt == "heaviest":
            losses = (np.arange(experts) == weights.argmax()).astype(float)
        elif hurt == "all but the lightest":
            losses = (np.arange(experts) != weights.argmin()).astype(float)
        else:
            losses = (np.arange(experts) % 2 == k % 2).astype(float)
        own += hedge.update(losses.tolist())
        each += losses
    assert own - each.min() <= bound(rounds, experts) + 1e-9


def test_the_bound_is_not_loose_by_an_order_of_magnitude():
    """Random losses alone cost a good part of it: another, smaller promise would be false."""
    rng = np.random.default_rng(1)
    worst = max(regret(Hedge(8, 400), rng.integers(0, 2, (400, 8)).astype(float).tolist()) for _ in range(50))
    assert 0.3 * bound(400, 8) < worst < bound(400, 8)


def test_a_better_model_gains_weight_and_equal_ones_keep_it():
    hedge = Hedge(3, 100)
    for _ in range(50):
        hedge.update([0.2, 0.25, 0.25])
    assert hedge.weights[0] > hedge.weights[1] == hedge.weights[2]
    assert sum(hedge.weights) == pytest.approx(1.0)


def test_a_model_that_abstains_is_charged_what_the_others_lost():
    hedge = Hedge(3, 100)
    assert hedge.update([0.25, 0.75, None]) == 0.5
    best, worst, absent = hedge.weights
    assert best > absent > worst
    assert absent**2 == pytest.approx(best * worst)


@given(ROUNDS, st.data())
def test_the_bound_holds_for_models_that_abstain_at_times(rounds, data):
    hedge, own, each = Hedge(3, rounds), 0.0, np.zeros(3)
    for _ in range(rounds):
        losses = data.draw(st.tuples(*[st.none() | st.floats(0, 1)] * 3))
        mine = hedge.update(losses)
        if mine is None:
            assert losses == (None, None, None)
            continue
        own += mine
        each += [mine if loss is None else loss for loss in losses]
    assert own - each.min() <= bound(rounds, 3) + 1e-9


@pytest.mark.parametrize("losses", [[0.1, math.nan], [0.1, -0.1], [1.5, 0.0], [math.inf, 0.0]])
def test_losses_out_of_range_are_refused_and_change_nothing(losses):
    hedge = Hedge(2, 10)
    with pytest.raises(ValueError, match="not all between 0 and 1"):
        hedge.update(losses)
    assert hedge.weights == (0.5, 0.5)


@pytest.mark.parametrize(("experts", "rounds"), [(0, 10), (2, 0)])
def test_there_must_be_a_model_and_a_round(experts, rounds):
    with pytest.raises(ValueError, match="cannot be combined"):
        Hedge(experts, rounds)


def test_a_period_shorter_than_the_delay_is_refused():
    with pytest.raises(ValueError, match="24 rounds later do not fit into a period of 12"):
        Combiner(2, 24, 12)


def play(combiner, numbers, seed=7):
    """Let one good and one poor model forecast coin throws that the good one half sees."""
    rng = np.random.default_rng(seed)
    rose = rng.integers(0, 2, 5000)
    made = []
    for number in numbers:
        outcome = float(rose[number - combiner.delay]) if number >= combiner.delay else None
        good = 0.7 if rose[number] else 0.3
        made.append(combine(combiner, number, [good, 0.9], outcome))
    return made


@pytest.mark.parametrize("delay", [1, 4, 24])
def test_weights_move_to_the_better_model_though_outcomes_come_late(delay):
    combiner = Combiner(2, delay, 720)
    play(combiner, range(720))
    for number in range(delay):
        good, poor = combiner.weights(number)
        assert good > poor


@pytest.mark.parametrize("delay", [1, 4, 24])
def test_each_of_the_combinations_that_take_turns_keeps_its_bound(delay):
    period, rng = 480, np.random.default_rng(2)
    combiner, rose = Combiner(3, delay, period), rng.integers(0, 2, period)
    own, each = np.zeros(delay), np.zeros((delay, 3))
    for number in range(period):
        probabilities = rng.uniform(0, 1, 3).tolist()
        outcome = float(rose[number - delay]) if number >= delay else None
        combined = combine(combiner, number, probabilities, outcome)
        own[number % delay] += brier(combined, rose[number])
        each[number % delay] += [brier(one, rose[number]) for one in probabilities]
    assert (own - each.min(axis=1) <= bound(period / delay, 3) + 1e-9).all()


def test_a_restart_that_replays_the_period_reaches_the_same_numbers():
    whole, again = Combiner(2, 4, 720), Combiner(2, 4, 720)
    through = play(whole, range(2000))
    replayed = play(again, range(1440, 2000))
    assert replayed[4:] == through[1444:]
    assert [again.weights(k) for k in range(4)] == [whole.weights(k) for k in range(4)]


def test_a_round_that_was_left_out_teaches_nothing_wrong():
    combiner = Combiner(2, 1, 100)
    combine(combiner, 3, [0.9, 0.1], None)
    combine(combiner, 5, [0.9, 0.1], 1.0)  # what round 3 foresaw came in round 4, which nobody saw
    assert combiner.weights(6) == (0.5, 0.5)


def test_an_unchanged_price_teaches_nothing():
    combiner = Combiner(2, 1, 100)
    combine(combiner, 3, [0.9, 0.1], None)
    combine(combiner, 4, [0.9, 0.1], None)
    assert combiner.weights(5) == (0.5, 0.5)


def test_where_every_model_abstains_so_does_the_combination():
    combiner = Combiner(2, 1, 100)
    assert combine(combiner, 3, [None, None], None) is None
    assert combine(combiner, 4, [None, 0.6], 1.0) == 0.6


def test_one_model_is_its_own_combination():
    combiner = Combiner(1, 1, 10)
    assert [combine(combiner, k, [0.1 * k], 1.0) for k in range(5)] == [0.1 * k for k in range(5)]


def test_expected_returns_and_quantiles_are_averaged_with_the_same_weights():
    combiner = Combiner(3, 1, 100)
    for number in range(30):
        combine(combiner, number, [0.9, 0.5, None], 1.0)
    first, second, _ = combiner.weights(30)
    share = first / (first + second)
    assert 0.5 < share < 1.0
    made = combiner.combine(30, [stated(0.9, 0.01), stated(0.5, -0.02), None], None)
    expected = 0.01 * share - 0.02 * (1 - share)
    assert made.horizon == 3600
    assert made.probability_up == pytest.approx(0.9 * share + 0.5 * (1 - share), abs=1e-15)
    assert made.expected_return == pytest.approx(expected, abs=1e-15)
    assert made.quantiles == pytest.approx([expected + level for level in QUANTILES], abs=1e-15)


@pytest.mark.parametrize(
    "wrong",
    [
        [stated(0.5)],
        [stated(0.5), stated(math.nan)],
        [stated(0.5), stated(1.01)],
        [stated(0.5), stated(0.5)._replace(quantiles=(0.0,))],
    ],
    ids=["too few", "no number", "no probability", "quantiles"],
)
def test_what_is_no_forecast_is_refused_and_teaches_nothing(wrong):
    combiner = Combiner(2, 1, 100)
    combine(combiner, 3, [0.9, 0.1], None)
    with pytest.raises(ValueError, match=r"cannot be combined|are not one of 2 models each"):
        combiner.combine(4, wrong, 1.0)
    assert combiner.weights(5) == (0.5, 0.5)
