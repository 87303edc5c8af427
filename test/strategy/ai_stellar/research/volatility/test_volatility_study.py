"""The study's figures are the live model's, and say no more than the data do."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors.forecast import VOLATILITY_HORIZONS
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import (
    VolatilityParameters,
    VolatilityTraining,
    fit_parameters,
)
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError, parse_date, read_history
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.volatility.comparison import bars_of, compare
from hummingbot.strategy.ai_stellar.research.volatility.study import VolatilityStudy
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
from test.strategy.ai_stellar.research.walks import write_changing, write_walk

XLM = Path(__file__).resolve().parents[5].parent / "shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet"
PRICES = ("high", "low", "close")
STUDY = VolatilityStudy(target="target.parquet", peers=(), years=(2020,), resamples=50)


@pytest.fixture(scope="module")
def changing(tmp_path_factory):
    directory, steps = write_changing(tmp_path_factory.mktemp("changing")), []
    return directory, STUDY.train(directory, Engine(), Checkpoint(), steps.append), steps


@pytest.fixture
def model(changing, tmp_path):
    publish(tmp_path / "volatility", changing[1], own_key())
    return tmp_path / "volatility"


def test_a_volatility_that_changes_is_forecast_better_than_by_persistence(changing):
    metrics = changing[1].manifest["metrics"]
    for horizon in ("1h", "4h", "24h"):
        table = metrics["table"]
        assert table["model"][f"qlike_{horizon}"][0] < table["persistence"][f"qlike_{horizon}"][0]
        assert metrics["diebold_mariano"][horizon]["persistence"] < -1.96


def test_value_at_risk_is_exceeded_about_as_often_as_it_says(changing):
    tests = changing[1].manifest["metrics"]["value_at_risk"]
    assert set(tests) == {"95%", "99%"}
    assert tests["95%"]["days"] >= 360
    assert tests["95%"]["coverage"] > 0.01


def test_where_nothing_changes_nothing_is_claimed(tmp_path):
    trained = STUDY.train(write_walk(tmp_path, 0.0, "2018-06"), Engine(), Checkpoint(), lambda _: None)
    assert trained.card.startswith("Not reached: ")
    assert max(trained.manifest["metrics"]["diebold_mariano"]["24h"].values()) > -1.96


def test_what_comes_after_the_training_part_does_not_change_what_is_fitted(changing):
    bars = bars_of(read_history(changing[0] / "target.parquet"))
    end = year_begin(2020)
    until = {horizon: end - horizon for horizon in VOLATILITY_HORIZONS}
    later = bars.start >= end
    other = replace(
        bars,
        **{name: np.where(later, 3.0 * getattr(bars, name) ** 2, getattr(bars, name)) for name in PRICES},
    )
    one, again = (fit_parameters(VolatilityTraining([some], until)) for some in (bars, other))
    assert one == again


def test_what_is_judged_is_what_the_live_model_says(changing, model):
    directory, trained, _ = changing
    history = read_history(directory / "target.parquet").between(0, year_begin(2019))
    parameters = VolatilityParameters.from_dict(trained.manifest["beside"])
    judged = compare(parameters, bars_of(history), 0, year_begin(2019))
    live, said = VolatilityPredictor.load(model).fresh(), {}
    for start, *prices in zip(
        history.start, history.open, history.high, history.low, history.close, strict=True
    ):
        bar = Bar(int(start), *map(float, prices), 1.0, 1)
        live.update(Observation(bar.start + HOUR, bar, np.zeros(1), 0.01))
        said[bar.start + HOUR] = live.forecast()
    sigma = np.array([said[int(time)].sigma for time in judged.time])
    at_risk = np.array([said[int(time)].value_at_risk for time in judged.time])
    assert np.sqrt(judged.variance["model"]) == pytest.approx(sigma, rel=1e-9)
    assert judged.at_risk == pytest.approx(at_risk, rel=1e-9)


def test_every_step_is_reported(changing):
    assert changing[2] == [
        "reading price histories",
        "fitting before 2020, testing on it",
        "scoring",
        "fitting to the end of 2020",
    ]


def test_an_evaluation_says_what_is_beaten(changing, model):
    begin = year_begin(2020)
    report = STUDY.evaluate(model, changing[0] / "target.parquet", begin, begin + 120 * 24 * HOUR)
    assert report.observations == 120 * 24
    assert report.seen_in_training
    assert list(report.table) == ["model", "GARCH", "GARCH-t", "GJR-t", "HAR", "persistence"]
    assert report.verdict.startswith("On these hours it beats ")
    assert set(report.details["value_at_risk"]) == {"95%", "99%"}


def test_too_short_a_span_is_refused(changing, model):
    begin = year_begin(2020)
    with pytest.raises(HistoryError, match="needs 60 days at least"):
        STUDY.evaluate(model, changing[0] / "target.parquet", begin, begin + 20 * 24 * HOUR)


def test_models_are_compared_by_the_losses_of_what_they_say(changing, model, tmp_path):
    directory, trained, _ = changing
    beside = trained.manifest["beside"]
    rows = {horizon: [row[0] + math.log(2.0), *row[1:]] for horizon, row in beside["weights"].items()}
    doubled = VolatilityParameters.from_dict({**beside, "weights": rows})
    files = VolatilityPredictor(doubled.plain(), trained.manifest).files()
    publish(tmp_path / "doubled", replace(trained, files=files), own_key())
    begin, end = year_begin(2020), year_begin(2020) + 90 * 24 * HOUR
    bars = bars_of(read_history(directory / "target.parquet").between(0, end))
    judged = compare(VolatilityParameters.from_dict(beside), bars, begin, end)
    known = np.isfinite(judged.realised).all(axis=1)
    assert known.sum() == 90 * 24 - 167  # a week's outcome is known by the end
    ratio = (judged.realised / judged.variance["model"])[known]
    expected = math.log(2.0) - 0.5 * ratio.mean()
    score = STUDY.compare(tmp_path / "doubled", model, directory, begin, end)
    assert score.value == pytest.approx(expected)
    assert score.low < expected < score.high
    assert STUDY.compare(model, model, directory, begin, end).value == 0.0


@pytest.mark.skipif(not XLM.exists(), reason="needs ../shared/data/ohlcv")
def test_har_on_xlm_is_as_good_as_published():
    """HAR on the log of realised variance, day by day: R² against the expanding mean, and a random walk."""
    history = read_history(XLM).between(0, parse_date("2024-01-01"))
    change = np.diff(np.log(history.close), prepend=np.log(history.close[0]))
    first = -(history.start[0] // HOUR) % 24
    days = (len(change) - first) // 24
    variance = np.log(
        np.maximum((change[first : first + 24 * days].reshape(days, 24) ** 2).sum(axis=1), 1e-8)
    )
    week, month = (np.convolve(variance, np.ones(n) / n)[:days] for n in (7, 30))
    x = np.column_stack([np.ones(days), variance, week, month])[30:-1]
    y, last = variance[31:], variance[30:-1]
    errors = {"har": [], "mean": [], "walk": []}
    for k in range(500, len(y)):
        if k % 20 == 0 or k == 500:
            beta = np.linalg.lstsq(x[:k], y[:k], rcond=None)[0]
        errors["har"].append(y[k] - x[k] @ beta)
        errors["mean"].append(y[k] - y[:k].mean())
        errors["walk"].append(y[k] - last[k])
    square = {name: float(np.square(one).mean()) for name, one in errors.items()}
    assert 1 - square["har"] / square["mean"] == pytest.approx(0.53, abs=0.06)
    assert 1 - square["har"] / square["walk"] == pytest.approx(0.24, abs=0.05)
