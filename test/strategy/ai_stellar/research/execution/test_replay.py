"""Parent orders in recorded books."""

import math

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE, ExecutionPolicy
from hummingbot.strategy.ai_stellar.research.execution.environment import ExecutionEnvironment
from hummingbot.strategy.ai_stellar.research.execution.recorded import judge_recorded, work_recorded
from hummingbot.strategy.ai_stellar.research.execution.recording import Recording
from hummingbot.strategy.ai_stellar.research.execution.replay import Replay, recorded
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from test.strategy.ai_stellar.research.execution.recorded_books import BEGIN, still, wandering

WAIT, JOIN, IMPROVE, SLICE, ALL = (
    ACTIONS.index(name) for name in ("wait", "join", "improve", "cross a slice", "cross all")
)
START = 40
"""Moment at which orders begin: 20 s."""


def replay(recording, quantity=20.0, buying=False, ledgers=10, **more):
    return Replay(recording, np.array([START]), np.array([quantity]), buying, 0, ledgers, **more)


def act(orders, *actions):
    for action in actions:
        orders.step(np.array([action]))
    return orders


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return Recording.read(still(tmp_path_factory.mktemp("quiet") / "quiet_binance.gz"))


@pytest.fixture(scope="module")
def lively(tmp_path_factory):
    directory = tmp_path_factory.mktemp("lively")
    wandering(directory / "one_binance.gz", seed=1)
    wandering(directory / "two_binance.gz", seed=2)
    return directory


@pytest.mark.parametrize(("buying", "mean"), [(False, 98.99), (True, 101.01)])
def test_crossing_takes_the_recorded_levels(quiet, buying, mean):
    orders = act(replay(quiet, 30.0, buying), ALL)
    assert orders.left[0] == 0.0
    assert orders.shortfall[0] == pytest.approx(abs(mean - 100.0) * 100.0)


def test_what_was_taken_is_missing_until_it_comes_back(quiet):
    costs = {
        lag: -float(act(replay(quiet, refill_lag=lag), SLICE).step(np.array([ALL]))[0])
        for lag in (0.0, 10.0, math.inf)
    }
    assert costs[0.0] < costs[10.0] < costs[math.inf]
    assert costs[0.0] == pytest.approx(0.5 * 100.0 + 0.4 * 101.0)
    # 2 are gone for good: 8 at 99.00, and 10 at 98.99
    assert costs[math.inf] == pytest.approx(0.4 * 100.0 + 0.5 * 101.0)


def test_beyond_the_recorded_levels_the_price_is_twice_as_far(quiet):
    orders = act(replay(quiet, 500.0, ledgers=1), ALL)
    fill = np.mean([99.0 - 0.01 * k for k in range(40)])
    beyond = 2.0 * (99.0 - 0.39) - 100.0
    assert orders.shortfall[0] == pytest.approx(100.0 * (100.0 - (400.0 * fill + 100.0 * beyond) / 500.0))


def test_what_is_left_is_crossed_in_the_last_ledger(quiet):
    orders = act(replay(quiet, 10.0), *[WAIT] * 10)
    assert orders.left[0] == 0.0
    assert orders.shortfall[0] == pytest.approx(100.0)
    with pytest.raises(ValueError, match="all 10 ledgers are closed"):
        act(orders, WAIT)


def takers(tmp_path, amount, price, sold):
    return Recording.read(still(tmp_path / "x_binance.gz", trades=[(24.9, price, amount, sold)]))


@pytest.mark.parametrize(("buying", "price"), [(False, 101.0), (True, 99.0)])
def test_who_improves_is_filled_before_others_and_who_joins_behind_them(tmp_path, buying, price):
    recording = takers(tmp_path, 14.0, price, sold=buying)
    improved, joined = (act(replay(recording, 20.0, buying), action) for action in (IMPROVE, JOIN))
    assert improved.left[0] == pytest.approx(6.0)
    assert joined.left[0] == pytest.approx(16.0)
    inside = 101.0 * (1 - 1e-4) if not buying else 99.0 * (1 + 1e-4)
    assert improved.shortfall[0] == pytest.approx(-0.7 * abs(inside - 100.0) * 100.0)
    assert joined.shortfall[0] == pytest.approx(-0.2 * 100.0)


def test_takers_of_the_other_side_or_of_better_prices_fill_nothing(tmp_path):
    for price, sold in ((99.0, True), (100.9, False)):
        assert act(replay(takers(tmp_path, 50.0, price, sold)), JOIN).left[0] == 20.0


def test_a_place_in_the_queue_is_kept_while_the_price_stands(tmp_path):
    recording = takers(tmp_path, 4.0, 101.0, sold=False)
    orders = act(replay(recording), JOIN)
    queue = STATE.index("queue")
    assert orders.state()[0, queue] == pytest.approx(math.log1p(6.0 / (20.0 / 9)))
    assert act(orders, WAIT).state()[0, queue] == -1.0


@pytest.mark.parametrize(("buying", "sign"), [(False, 1.0), (True, -1.0)])
def test_a_buyer_sees_the_mirror_image(lively, buying, sign):
    recording = Recording.read(lively / "one_binance.gz")
    state = dict(zip(STATE, act(replay(recording, buying=buying), WAIT).state()[0], strict=True))
    now = START + 10
    assert state["return"] == pytest.approx(
        sign * 1e4 * math.log(recording.mid[now] / recording.mid[now - 10])
    )
    side = recording.bids if not buying else recording.asks
    assert state["touch"] == pytest.approx(math.log1p(side[now, 0, 1] / (20.0 / 9)))
    seconds = recording.trades[:, 0] - BEGIN
    recent = recording.trades[(seconds >= 20.0) & (seconds < 25.0)]
    flow = np.sum(recent[:, 1] * recent[:, 3]) / np.sum(recent[:, 3])
    assert state["flow"] == pytest.approx(sign * flow)


def test_rewards_sum_to_minus_the_shortfall(lively):
    orders = replay(Recording.read(lively / "one_binance.gz"))
    total = sum(orders.step(np.array([action]))[0] for action in (IMPROVE, JOIN, SLICE, *[JOIN] * 7))
    assert total == pytest.approx(-orders.shortfall[0])
    assert orders.left[0] == 0.0


def test_orders_outside_the_recording_are_refused(quiet):
    with pytest.raises(ValueError, match="begin from moment 40 to 199, not from 39 to 39"):
        Replay(quiet, np.array([39]), np.array([1.0]), False, 0)


def test_the_environment_over_recorded_books_is_one_of_gymnasium(lively, tmp_path):
    begin = recorded([Recording.read(lively / "one_binance.gz")])
    check_env(ExecutionEnvironment(begin), skip_render_check=True)
    short = Recording.read(still(tmp_path / "short_binance.gz", 60))
    with pytest.raises(HistoryError, match="is 60 s long: an order needs 120 s and more"):
        recorded([short])


def test_recordings_of_the_same_time_are_one_observation(lively):
    recordings = [Recording.read(file) for file in sorted(lively.iterdir())]
    policy = ExecutionPolicy.load()
    both, one = work_recorded(policy, recordings), work_recorded(policy, recordings[:1])
    assert both["TWAP"].shortfall.shape == one["TWAP"].shortfall.shape == (1, 3)
    assert both["TWAP"].left == pytest.approx(np.linspace(1.0, 0.0, 21), abs=1e-9)
    assert one["immediate"].left[1:].tolist() == [0.0] * 20


def test_a_report_on_recorded_books_says_when_they_are_too_few(lively):
    report = judge_recorded(ExecutionPolicy.load(), lively, None, None, 200)
    assert report.observations == 3
    assert (
        "Only 3 spans of 100 s do not overlap: too few for these intervals to be believed." in report.verdict
    )
    assert report.details["recordings"] == ["one_binance.gz", "two_binance.gz"]
    assert set(report.table) == {
        "policy", "policy without signal", "TWAP", "passive TWAP", "immediate", "Almgren–Chriss"
    }  # fmt: skip
    assert judge_recorded(ExecutionPolicy.load(), lively, None, BEGIN + 230, 200).observations == 2
    with pytest.raises(HistoryError, match="no recording holds an order of 100 s"):
        judge_recorded(ExecutionPolicy.load(), lively, BEGIN + 300, None, 200)
