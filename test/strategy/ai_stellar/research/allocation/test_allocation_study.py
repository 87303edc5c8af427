"""Portfolios are carried as the arithmetic says, no day knows the next, and the rivals are the published."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hummingbot.strategy.ai_stellar.features import Features
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationPredictor
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from hummingbot.strategy.ai_stellar.predictors.volatility_fit import VolatilityParameters
from hummingbot.strategy.ai_stellar.research.allocation.backtest import carry, choose_by
from hummingbot.strategy.ai_stellar.research.allocation.days import DAY, Days, day_sigma, prices_of
from hummingbot.strategy.ai_stellar.research.allocation.figures import against, deflated, table_of, verdict
from hummingbot.strategy.ai_stellar.research.allocation.rivals import risk_parity
from hummingbot.strategy.ai_stellar.research.allocation.study import AllocationStudy
from hummingbot.strategy.ai_stellar.research.allocation.views import final_views
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError, parse_date, read_history
from hummingbot.strategy.ai_stellar.research.publication import publish
from test.strategy.ai_stellar.research.walks import write_walk

REFERENCE = Path(__file__).resolve().parents[5].parent / "shared/data/reference/pypfopt"
FILES = tuple(f"{coin}USDT_walk.parquet" for coin in ("XLM", "AAA", "BBB"))
STUDY = AllocationStudy(FILES[0], FILES[1:], years=(2020,), grid=(Shape(4, 20),), resamples=50)
BEGIN = parse_date("2020-01-01")
SETTINGS = {
    "slope": 1.0, "confidence": 0.5, "risk_aversion": 2.5, "tau": 0.05, "largest_weight": 0.6,
    "largest_turnover": 0.3, "cost": 0.001, "window": 40, "fewest": 20, "market_days": 10,
}  # fmt: skip


def model(**changes):
    return AllocationPredictor({**SETTINGS, **changes}, {"model_id": "an allocation"})


def some_days(n=60, coins=3, seed=1):
    rng = np.random.default_rng(seed)
    closes = np.exp(np.cumsum(0.03 * rng.standard_normal((n, coins)), axis=0))
    time = BEGIN + DAY * np.arange(n)
    return Days(time, closes, rng.uniform(1, 2, (n, coins)), rng.uniform(0.2, 0.8, (n, coins)),
                np.full((n, coins), 0.03))  # fmt: skip


@pytest.fixture(scope="module")
def walks(tmp_path_factory):
    directory = tmp_path_factory.mktemp("walks")
    for seed, name in enumerate(FILES):
        write_walk(directory, 0.0, "2018-06", "2021", seed, name)
    return directory


@pytest.fixture(scope="module")
def trained(walks):
    steps = []
    return STUDY.train(walks, Engine(), Checkpoint(walks / "parts"), steps.append), steps


def test_costs_come_off_the_account_and_weights_drift_with_prices():
    change = np.array([[0.10, -0.05], [0.0, 0.0], [0.2, 0.1]])
    wanted = [np.array([0.5, 0.3]), np.array([0.5, 0.3]), np.zeros(2)]
    seen = []

    def choose(k, held):
        seen.append(held)
        return wanted[k]

    made = carry(change, choose, cost=0.01)
    assert made.change[0] == pytest.approx((1 - 0.01 * 0.8) * (1 + 0.05 - 0.015) - 1)
    grown = np.array([0.5 * 1.1, 0.3 * 0.95]) / 1.035
    assert seen[0] == pytest.approx([0, 0])
    assert seen[1] == pytest.approx(grown)
    assert made.turnover == pytest.approx([0.8, np.abs(wanted[1] - grown).sum(), 0.8])
    assert made.change[1] == pytest.approx(-0.01 * made.turnover[1])
    assert made.change[2] == pytest.approx(-0.01 * 0.8)


def test_no_day_knows_the_next():
    days = some_days()
    later = np.arange(len(days)) > 45
    other = Days(days.time, *(np.where(later[:, None], 0.9 * one + 0.01, one) for one in
                              (days.closes, days.turnover, days.probability, days.sigma)))  # fmt: skip
    made = []
    for one in (days, other):
        choose, _ = choose_by({0: model()}, one, 30)
        made.append(carry(one.change[30:], choose).weights)
    assert np.array_equal(made[0][:16], made[1][:16])
    assert not np.array_equal(made[0][16], made[1][16])


def test_each_year_is_carried_by_the_model_fitted_before_it():
    days = some_days()
    from_45 = int(days.time[45])
    bold = model(confidence=1.0)
    both = {0: model(confidence=0.0), from_45: bold}
    weights = {
        name: carry(days.change[30:], choose_by(models, days, 30)[0]).weights
        for name, models in {"both": both, "first": {0: both[0]}}.items()
    }
    assert np.array_equal(weights["both"][:15], weights["first"][:15])
    assert not np.allclose(weights["both"][15], weights["first"][15], atol=1e-3)


def test_prices_of_a_midnight_are_those_of_the_hour_before_it(walks):
    history = read_history(walks / FILES[0])
    made = prices_of([history], BEGIN, BEGIN + 2 * DAY)
    at = int(np.searchsorted(history.start, BEGIN))
    assert made.time.tolist() == [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY]
    assert made.closes[0, 0] == history.close[at - 1]
    traded = history.close * history.volume
    assert made.turnover[1, 0] == pytest.approx(traded[at : at + 24].sum())
    early = prices_of([history], int(history.start[0]) - 2 * DAY, int(history.start[0]) + DAY)
    assert np.isnan(early.closes[:2, 0]).all()
    assert early.turnover[:2].tolist() == [[0.0], [0.0]]


def test_views_and_sigmas_are_those_of_the_live_models(walks):
    begin, end = parse_date("2020-06-01"), parse_date("2020-06-05")
    coins = [read_history(walks / name) for name in FILES]
    price, volatility = PricePredictor.load(), VolatilityPredictor.load()
    parameters = VolatilityParameters.from_dict(volatility.manifest["beside"])
    views = final_views(price, parameters, coins, begin, end)
    for number, history in enumerate(coins):
        live, sigma, features = price.fresh(), volatility.fresh(), Features()
        bars = history.between(begin - 1600 * HOUR, end)
        for start, *values in zip(
            bars.start, bars.open, bars.high, bars.low, bars.close, bars.volume, strict=True
        ):
            bar = Bar(int(start), *map(float, values), 1)
            features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
            seen = Observation(bar.start + HOUR, bar, features.row, features.scale)
            sigma.update(seen)
            live.update(seen)
            row = (bar.start + HOUR - begin) // DAY
            if bar.start + HOUR >= begin and (bar.start + HOUR) % DAY == 0 and row < len(views.time):
                assert views.probability[row, number] == pytest.approx(
                    live.forecast()[2].probability_up, rel=1e-6
                )
                assert views.sigma[row, number] == pytest.approx(sigma.forecast().sigma[2], rel=1e-6)
    assert np.isfinite(views.probability).all()


def test_a_sigma_is_unknown_before_the_model_is_warm(walks):
    history = read_history(walks / FILES[0])
    parameters = VolatilityParameters.from_dict(VolatilityPredictor.load().manifest["beside"])
    begin = int(history.start[0])
    made = day_sigma(parameters, history, begin, begin + 60 * DAY)
    assert np.isnan(made[:20]).all()
    assert np.isfinite(made[-1])


def test_risk_parity_is_the_published_one():
    if not REFERENCE.is_dir():
        pytest.skip("needs ../shared/data/reference/pypfopt")
    prices = pd.read_csv(REFERENCE / "stock_prices.csv", index_col=0, parse_dates=True)
    returns = prices.pct_change(fill_method=None).dropna(how="all")
    known = pd.read_csv(REFERENCE / "weights_hrp.csv", index_col=0)["0"][returns.columns]
    made = risk_parity(returns.cov().to_numpy(), returns.corr().to_numpy())
    assert made == pytest.approx(known.to_numpy(), abs=1e-9)


def test_on_random_walks_nothing_is_claimed(trained):
    made, steps = trained
    metrics = made.manifest["metrics"]
    assert metrics["days"] == 366
    assert set(metrics["table"]) == {
        "model", "without views", "market daily", "market held", "equal", "HRP", "target held", "cash",
    }  # fmt: skip
    assert "beyond noise" not in made.card.split(";")[0] or "**not** beyond noise" in made.card
    assert metrics["table"]["cash"]["growth"] == [0.0, 0.0, 0.0]
    assert metrics["table"]["model"]["turnover"][0] <= 0.2
    assert made.plots.keys() == {"growth.svg", "weights.svg"}
    assert any("2020" in step for step in steps)


def test_it_evaluates_on_the_files_that_lie_beside(walks, trained, tmp_path):
    publish(tmp_path / "m", trained[0], own_key())
    report = STUDY.evaluate(tmp_path / "m", walks / FILES[0], BEGIN, parse_date("2020-04-01"))
    assert report.observations == 91
    assert report.seen_in_training
    assert report.details["coins"] == ["XLM", "AAA", "BBB"]
    assert report.table["cash"]["growth"].value == 0.0
    assert "drawdown" in report.table["model"]


def test_what_cannot_be_judged_is_said(walks, trained, tmp_path):
    publish(tmp_path / "m", trained[0], own_key())
    with pytest.raises(HistoryError, match="has 9 days to judge in"):
        STUDY.evaluate(tmp_path / "m", walks / FILES[0], BEGIN, BEGIN + 9 * DAY)
    with pytest.raises(HistoryError, match=r"fewer than two coins .*: begin on 2018-08-01 or later"):
        STUDY.evaluate(tmp_path / "m", walks / FILES[0], None, parse_date("2018-08-15"))
    alone = tmp_path / FILES[0]
    alone.write_bytes((walks / FILES[0]).read_bytes())
    with pytest.raises(HistoryError, match="has the files of 0 other coins beside it"):
        STUDY.evaluate(tmp_path / "m", alone, BEGIN, None)
    with pytest.raises(HistoryError, match="has 1 price files of known names: an allocation needs 3"):
        STUDY.train(tmp_path, Engine(), Checkpoint(), lambda _: None)
    with pytest.raises(HistoryError, match="begins too late or ends too early"):
        replace(STUDY, years=(2019,)).train(walks, Engine(), Checkpoint(), lambda _: None)


def test_the_sentence_tells_better_from_luck():
    rng = np.random.default_rng(1)
    base = 0.02 * rng.standard_normal(900)

    def portfolio(extra):
        change = np.column_stack([base + extra])
        return carry(change, lambda k, held: np.ones(1), cost=0.0)

    carried = {
        "model": portfolio(0.001),
        "without views": portfolio(0.0),
        "equal": portfolio(0.0009 + 0.01 * rng.standard_normal(900)),
        "HRP": portfolio(0.002),
        "cash": carry(np.zeros((900, 1)), lambda k, held: np.zeros(1)),
    }
    said = verdict(against(carried, 200))
    assert said.startswith(
        "has a better Sharpe ratio than without views beyond noise; is ahead of equal, **not**"
    )
    assert "is **not** better than HRP" in said
    table = table_of(carried, 200)
    assert table["model"]["growth"].value == pytest.approx(365 * np.log1p(base + 0.001).mean())
    wealth = np.concatenate([[1.0], np.cumprod(1 + base + 0.001)])
    fall = max(1 - wealth[k] / wealth[: k + 1].max() for k in range(len(wealth)))
    assert table["model"]["drawdown"].value == pytest.approx(fall)
    sharpe = (base + 0.001).mean() / (base + 0.001).std() * 365**0.5
    assert table["model"]["sharpe"].value == pytest.approx(sharpe)
    few, many = deflated(carried, 1), deflated(carried, 100)
    assert few["model"] > many["model"]
    assert few["views"] is None  # the same every day


def test_a_resumed_study_reads_what_it_had_forecast(walks, trained):
    parts = {path: path.stat().st_mtime_ns for path in (walks / "parts").glob("*.json")}
    again = STUDY.train(walks, Engine(), Checkpoint(walks / "parts"), lambda _: None)
    assert len(parts) == 2
    assert {path: path.stat().st_mtime_ns for path in (walks / "parts").glob("*.json")} == parts
    assert again.files == trained[0].files
    assert again.card == trained[0].card
