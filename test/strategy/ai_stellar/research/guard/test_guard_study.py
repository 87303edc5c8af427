"""The guard's study: false alarms as stated where nothing changes, more where something does."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.guard import GuardPredictor
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.guard.study import GuardStudy, bad_prints, four_hourly
from hummingbot.strategy.ai_stellar.research.history import HistoryError, read_history
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
from test.strategy.ai_stellar.research.walks import write_walk

STUDY = GuardStudy(target="target.parquet", peers=(), years=(2020,), resamples=50)


@pytest.fixture(scope="module")
def steady(tmp_path_factory):
    directory, steps = write_walk(tmp_path_factory.mktemp("steady"), 0.0, "2018-01"), []
    return directory, STUDY.train(directory, Engine(), Checkpoint(), steps.append), steps


@pytest.fixture
def model(steady, tmp_path):
    publish(tmp_path / "guard", steady[1], own_key())
    return tmp_path / "guard"


def test_where_nothing_changes_false_alarms_are_as_stated(steady):
    alarms = steady[1].manifest["metrics"]["table"]["model"]["alarms"][0]
    assert alarms == pytest.approx(0.01, abs=0.008)


def test_a_feed_of_four_hours_for_one_is_caught(steady):
    metrics = steady[1].manifest["metrics"]
    assert metrics["caught"]["hours that are four"] > 5 * metrics["table"]["model"]["alarms"][0]
    assert metrics["caught"]["hours within a day after a bad print"] > 0.1


def test_every_step_is_reported(steady):
    assert steady[2] == [
        "reading price histories",
        "measuring before 2020, testing on it",
        "measuring to the end of 2020",
    ]


def test_an_evaluation_says_how_often_it_refuses(steady, model):
    begin = year_begin(2020)
    report = STUDY.evaluate(model, steady[0] / "target.parquet", begin, begin + 60 * 24 * HOUR)
    assert report.observations == 60 * 24
    assert report.seen_in_training
    assert report.table["model"]["alarms"].value < 0.03
    assert report.verdict.startswith("On these hours it refuses ")
    assert GuardPredictor.load(model).limit == steady[1].manifest["limit"]


def test_too_short_a_span_is_refused(steady, model):
    begin = year_begin(2020)
    with pytest.raises(HistoryError, match="needs 240 hours at least"):
        STUDY.evaluate(model, steady[0] / "target.parquet", begin, begin + 9 * HOUR)


def test_broken_feeds_are_what_their_names_say(steady):
    history = read_history(steady[0] / "target.parquet").between(0, year_begin(2018) + 101 * HOUR)
    four = four_hourly(history)
    assert len(four) == 25
    assert four.close[0] == history.close[3]
    assert four.high[1] == history.high[4:8].max()
    assert (np.diff(four.start) == HOUR).all()
    wrong = bad_prints(history)
    changed = wrong.close != history.close
    assert 0 < changed.sum() < 10
    assert wrong.close[changed] == pytest.approx(1.1 * history.close[changed])
