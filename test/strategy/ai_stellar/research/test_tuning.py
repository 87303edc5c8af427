"""A search of hyper-parameters goes on where it stopped, and finds what the data say."""

import optuna
import pytest
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.price.study import PriceStudy
from hummingbot.strategy.ai_stellar.research.tuning import search
from test.strategy.ai_stellar.research.walks import write_walk


class Parabola:
    """A study whose best parameter is known: x near 3."""

    kind = "parabola"

    def __init__(self, breaks_at=None):
        self.asked, self.breaks_at = 0, breaks_at

    def space(self, trial):
        return {"x": trial.suggest_float("x", 0, 10), "y": trial.suggest_categorical("y", ["a", "b"])}

    def objective(self, parameters, data, engine):
        self.asked += 1
        if self.asked == self.breaks_at:
            raise KeyboardInterrupt
        return (parameters["x"] - 3) ** 2 + (parameters["y"] == "b")


def test_it_finds_what_is_best(tmp_path):
    told = []
    found = search(Parabola(), tmp_path, tmp_path / "log", 60, Engine(), lambda *one: told.append(one))
    assert found.trials == 60
    assert abs(found.parameters["x"] - 3) < 0.5
    assert found.parameters["y"] == "a"
    assert [number for number, *_ in told] == list(range(1, 61))
    assert [best for *_, best in told] == sorted((best for *_, best in told), reverse=True)
    assert found.loss == min(loss for _, loss, *_ in told)


def test_a_search_that_was_cut_off_goes_on(tmp_path):
    first = Parabola(breaks_at=8)
    with pytest.raises(KeyboardInterrupt):
        search(first, tmp_path, tmp_path / "log", 20, Engine())
    second, told = Parabola(), []
    found = search(second, tmp_path, tmp_path / "log", 20, Engine(), lambda *one: told.append(one))
    assert (second.asked, found.trials) == (13, 20)
    assert told[0][0] == 8
    third = Parabola()
    assert search(third, tmp_path, tmp_path / "log", 20, Engine()) == found
    assert third.asked == 0


def test_the_same_search_finds_the_same(tmp_path):
    one, other = (search(Parabola(), tmp_path, tmp_path / name, 15, Engine()) for name in ("a", "b"))
    assert one == other


def test_the_price_model_is_searched_on_inner_folds(tmp_path):
    write_walk(tmp_path, 0.2, "2016-06", "2021")
    study = PriceStudy(target="target.parquet", peers=(), years=(2019, 2020, 2021))
    losses = []
    found = search(study, tmp_path, tmp_path / "log", 2, Engine(), lambda _, loss, *rest: losses.append(loss))
    assert set(found.parameters) == {
        "leaves", "trees", "learning_rate", "min_data_in_leaf", "lambda_l2", "feature_fraction",
    }  # fmt: skip
    assert found.loss == min(losses) < 0.6935


def test_a_journal_that_is_none_is_refused(tmp_path):
    (tmp_path / "log").write_text("no journal\n" * 3)
    with pytest.raises(ValueError, match=r"log cannot be read"):
        search(Parabola(), tmp_path, tmp_path / "log", 2, Engine())


def test_a_loss_that_is_no_number_ends_the_search(tmp_path):
    study = Parabola()
    study.objective = lambda parameters, data, engine: float("nan")
    with pytest.raises(ValueError, match="parabola has a loss of nan with"):
        search(study, tmp_path, tmp_path / "log", 3, Engine())


def test_no_trials_are_refused(tmp_path):
    with pytest.raises(ValueError, match="0 trials find nothing"):
        search(Parabola(), tmp_path, tmp_path / "log", 0, Engine())


def test_data_that_are_missing_are_named(tmp_path):
    with pytest.raises(HistoryError, match="no price file at"):
        search(PriceStudy(), tmp_path, tmp_path / "log", 1, Engine())


@pytest.mark.parametrize("wrong", [KeyboardInterrupt, HistoryError("too short")])
def test_a_trial_that_could_not_be_judged_is_not_left_open(tmp_path, wrong):
    study = Parabola()

    def objective(*_):
        raise wrong

    study.objective = objective
    with pytest.raises((KeyboardInterrupt, HistoryError)):
        search(study, tmp_path, tmp_path / "log", 3, Engine())
    storage = JournalStorage(JournalFileBackend(str(tmp_path / "log")))
    (trial,) = optuna.load_study(study_name="parabola", storage=storage).trials
    assert trial.state == optuna.trial.TrialState.FAIL
