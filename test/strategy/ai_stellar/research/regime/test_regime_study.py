"""The study finds regimes where there are some, and chooses their number without knowing the test years."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors.regime import RegimePredictor, RegimeTraining, observed
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError, parse_date, read_history
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.regime.judgement import Judged, judge
from hummingbot.strategy.ai_stellar.research.regime.rivals import Rivals, observations_of
from hummingbot.strategy.ai_stellar.research.regime.study import RegimeStudy
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
from test.strategy.ai_stellar.research.walks import write_changing, write_walk

STUDY = RegimeStudy(target="target.parquet", years=(2020,), states=(2, 3), resamples=50)


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    directory, steps = write_changing(tmp_path_factory.mktemp("changing")), []
    return directory, STUDY.train(directory, Engine(), Checkpoint(), steps.append), steps


@pytest.fixture
def model(changing, tmp_path):
    publish(tmp_path / "regime", changing[1], own_key())
    return tmp_path / "regime"


def test_regimes_of_a_volatility_that_wanders_are_found(changing):
    metrics = changing[1].manifest["metrics"]
    assert metrics["against"]["one Gaussian"] < -5
    days = metrics["volatility"]
    assert days[0]["high"] < days[-1]["low"]
    assert sum(one["share"] for one in days) == pytest.approx(1.0)
    volatility = [one["volatility"] for one in changing[1].manifest["regimes"]]
    assert volatility == sorted(volatility)


def test_the_number_of_regimes_is_chosen_inside_the_training_part(changing):
    chosen = changing[1].manifest["metrics"]["chosen"][0]
    assert chosen["year"] == 2020
    best = max(chosen["likelihood"], key=chosen["likelihood"].get)
    assert chosen["states"] == int(best)


def test_regimes_of_fits_with_another_number_are_not_pooled(changing):
    history = read_history(changing[0] / "target.parquet").between(0, year_begin(2019))
    seen, time = observations_of(history), history.start[1:] + HOUR
    change = np.diff(np.log(history.close))
    rivals, begin = Rivals.fit(seen[:2000]), 2000
    two, three = (
        judge(RegimePredictor.fit(RegimeTraining(seen[:2000], k)), rivals, time, seen, change, begin)
        for k in (2, 3)
    )
    joined = Judged.join([two, three], 3)
    assert (joined.regime[: len(two.regime)] == -1).all()
    assert (joined.regime[len(two.regime) :] == three.regime).all()
    assert len(joined.likelihood["model"]) == 2 * len(two.time)
    assert [one["share"] for one in STUDY._volatility(joined)] == pytest.approx(
        [one["share"] for one in STUDY._volatility(three)]
    )
    assert STUDY._volatility(Judged.join([two], 3)) == []


def test_where_nothing_changes_a_regime_says_nothing_of_the_day_after(tmp_path):
    trained = replace(STUDY, states=(2,)).train(
        write_walk(tmp_path, 0.0, "2018-06"), Engine(), Checkpoint(), lambda _: None
    )
    days = trained.manifest["metrics"]["volatility"]
    assert days[-1]["volatility"] == pytest.approx(days[0]["volatility"], rel=0.06)


def test_what_the_study_sees_is_what_the_live_model_sees(changing):
    history = read_history(changing[0] / "target.parquet").between(0, year_begin(2019))
    seen = observations_of(history)
    for k in (1, 100, len(seen)):
        prices = (history.open[k], history.high[k], history.low[k], history.close[k])
        bar = Bar(int(history.start[k]), *map(float, prices), 1.0, 1)
        assert observed(bar, float(history.close[k - 1])) == pytest.approx(tuple(seen[k - 1]), abs=1e-12)


def test_rivals_survive_a_manifest_and_integrate_to_one():
    rng = np.random.default_rng(1)
    seen = rng.normal([-6, -5], [1.0, 0.5], (5000, 2))
    rivals = Rivals.fit(seen)
    assert Rivals.from_dict(asdict(rivals)) == rivals
    entropy = 0.5 * np.log((2 * np.pi * np.e) ** 2 * 1.0 * 0.25)
    for one in rivals.likelihood(seen).values():
        assert one.mean() == pytest.approx(-entropy, abs=0.02)


def test_every_step_is_reported(changing):
    assert changing[2] == [
        "reading the price history",
        "fitting before 2020, testing on it",
        "fitting to the end of 2020",
    ]


def test_an_evaluation_says_what_is_beaten(changing, model):
    begin = year_begin(2020)
    report = STUDY.evaluate(model, changing[0] / "target.parquet", begin, begin + 90 * 24 * HOUR)
    assert report.observations == 90 * 24
    assert report.seen_in_training
    assert list(report.table) == ["model", "one Gaussian", "rolling Gaussian"]
    assert report.verdict.startswith("On these hours it is likelier than one Gaussian")


def test_too_short_a_span_is_refused(changing, model):
    begin = year_begin(2020)
    with pytest.raises(HistoryError, match="needs 60 days at least"):
        STUDY.evaluate(model, changing[0] / "target.parquet", begin, begin + 20 * 24 * HOUR)


def test_models_are_compared_by_the_likelihood_of_hours_that_neither_saw(changing, model, tmp_path):
    history = read_history(changing[0] / "target.parquet")
    seen, time = observations_of(history), history.start[1:] + HOUR
    other = RegimePredictor.fit(RegimeTraining(seen[:3000], 2))
    publish(tmp_path / "other", replace(changing[1], files=other.files()), own_key())
    begin, end = year_begin(2020), year_begin(2020) + 60 * 24 * HOUR
    until, change, rivals = int(np.sum(time <= end)), np.zeros(len(time)), Rivals.fit(seen[:3000])
    first = int(np.sum(time < begin))
    likelihood = [
        judge(one, rivals, time[:until], seen[:until], change[:until], first).likelihood["model"].mean()
        for one in (RegimePredictor.load(model), other)
    ]
    score = STUDY.compare(tmp_path / "other", model, changing[0], begin, end)
    assert score.value == pytest.approx(likelihood[0] - likelihood[1], rel=1e-6)
    assert score.low < score.value < score.high
    assert STUDY.compare(model, model, changing[0], begin, end).value == 0.0


@pytest.mark.parametrize(
    ("until", "fits_without_the_last_year"), [("2025-01-01", True), ("2025-07-01", False)]
)
def test_a_number_of_regimes_that_cannot_be_fitted_is_not_chosen(tmp_path, until, fits_without_the_last_year):
    """In a walk whose volatility never changes, five regimes leave one without an hour."""
    directory, end = write_walk(tmp_path, -0.2, "2023-01", "2025-07", 3), parse_date(until)
    choice = replace(STUDY, states=(2, 5)).refit(directory, end, Engine(), lambda _: None).manifest["choice"]
    two, five = choice["likelihood"].values()
    assert choice["states"] == 2
    assert five > two if fits_without_the_last_year else five is None
    with pytest.raises(ValueError, match=r"none of \(5,\) regimes can be fitted"):
        replace(STUDY, states=(5,)).refit(directory, end, Engine(), lambda _: None)
