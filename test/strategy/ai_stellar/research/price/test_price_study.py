"""The study finds what is there, finds nothing where nothing is, and repeats itself."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import read_manifest
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.price import STUDY as SHIPPED
from hummingbot.strategy.ai_stellar.research.price.study import PriceStudy
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.succession import contend
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
from test.strategy.ai_stellar.research.walks import write_walk

DATA = Path(__file__).resolve().parents[5].parent / "shared/data/ohlcv"
STUDY = PriceStudy(
    target="target.parquet",
    peers=("absent.parquet",),
    years=(2020,),
    grid=(Shape(4, 40), Shape(8, 40)),
    resamples=100,
)
ONE = str(HOUR)


def run(directory, checkpoint=None, steps=None):
    step = (lambda _: None) if steps is None else steps.append
    return STUDY.train(directory, Engine(), checkpoint or Checkpoint(), step)


@pytest.fixture(scope="module")
def reverting(tmp_path_factory):
    directory = write_walk(tmp_path_factory.mktemp("reverting"), reversal=0.2)
    steps = []
    parts = tmp_path_factory.mktemp("parts")
    return directory, run(directory, Checkpoint(parts), steps=steps), steps, parts


@pytest.fixture
def model(reverting, tmp_path):
    publish(tmp_path / "price", reverting[1], own_key())
    return tmp_path / "price"


def figures(trained, horizon=ONE):
    return trained.manifest["metrics"]["horizons"][horizon]


def test_a_signal_that_is_there_is_found_and_outlives_noise(reverting):
    found = figures(reverting[1])
    assert found["table"]["model"]["auc"][1] > 0.54
    assert found["table"]["model"]["r2"][1] > 0
    assert found["table"]["model"]["gross_edge"][1] > 0
    assert found["years"][0]["elsewhere"]["probability_up"] > 0.9
    assert found["deflated_sharpe"]["gross"] > 0.99 > found["deflated_sharpe"]["net"]


def test_a_random_walk_has_no_signal_to_find(tmp_path):
    """The null control: a leak anywhere from features to scores would show here."""
    trained = run(write_walk(tmp_path, reversal=0.0))
    for horizon in map(str, HORIZONS):
        found = figures(trained, horizon)
        table = found["table"]
        assert table["model"]["auc"][1] <= 0.5 <= table["model"]["auc"][2]
        assert table["model"]["log_loss"][0] > table["zero"]["log_loss"][0] - 1e-3
        assert table["model"]["r2"][1] <= 0.0
        assert found["deflated_sharpe"]["gross"] is None or found["deflated_sharpe"]["gross"] < 0.95
    first = trained.card.splitlines()[0]
    assert first.startswith("Not reached: 1 h AUC")
    assert "does **not** pay" in first


def test_the_same_data_give_the_same_bytes_and_an_interrupted_training_goes_on(reverting):
    directory, trained, _, parts = reverting
    finished = sorted(parts.iterdir())
    assert len(finished) == 2
    finished[0].write_text("{cut o")
    again = run(directory, Checkpoint(parts))
    assert again.files == trained.files
    assert again.manifest == trained.manifest
    assert again.plots == trained.plots


def test_two_processes_find_what_one_does(reverting):
    directory, trained, *_ = reverting
    again = STUDY.train(directory, Engine(2), Checkpoint(), lambda _: None)
    assert (again.files, again.manifest) == (trained.files, trained.manifest)


def test_the_manifest_names_what_was_used_and_not_what_was_absent(reverting):
    training = reverting[1].manifest["training"]
    assert [one["file"] for one in training["series"]] == ["target.parquet"]
    assert training["until"] == "2021-01-01T00:00Z"
    assert len(training["series"][0]["fingerprint"]) == 64
    assert reverting[1].manifest["trials"] > len(STUDY.grid)


def test_every_step_is_reported(reverting):
    assert reverting[2] == [
        "reading price histories",
        "fitting before 2019, testing on it",
        "fitting before 2020, testing on it",
        "scoring",
        "fitting to the end of 2020",
    ]


def test_a_written_model_loads_and_is_judged_by_the_way_it_trades(reverting, model):
    begin, end = year_begin(2020), year_begin(2020) + 60 * 24 * HOUR
    report = STUDY.evaluate(model, reverting[0] / "target.parquet", begin, end)
    assert report.seen_in_training
    assert report.observations == 60 * 24
    assert report.table["model"]["auc_1h"].value > 0.54
    assert report.verdict.startswith("On these hours, at 1 h it ")
    assert not report.details["references"]
    json.dumps(report.to_dict())


def test_references_beside_the_file_are_used(model, tmp_path):
    for seed, coin in enumerate(("XLM", "BTC", "ETH")):
        write_walk(tmp_path, 0.2, begin="2020-01", end="2020-04", seed=seed)
        (tmp_path / "target.parquet").rename(tmp_path / f"{coin}USDT_1h.parquet")
    report = STUDY.evaluate(model, tmp_path / "XLMUSDT_1h.parquet", None, None)
    assert report.details["references"]
    assert list(report.table)[:2] == ["model", "without references"]
    assert "It was not told of XRP: no files of theirs lie beside" in report.verdict


def test_too_short_a_span_is_refused(reverting, model):
    begin = year_begin(2020)
    with pytest.raises(HistoryError, match="needs 240 hours at least"):
        STUDY.evaluate(model, reverting[0] / "target.parquet", begin, begin + 9 * HOUR)


def test_hyper_parameters_are_judged_inside_the_training_part(tmp_path):
    """What comes after the years of the objective does not change it."""
    study = replace(STUDY, years=(2019, 2020, 2021))
    parameters = {"leaves": 4, "trees": 20, "learning_rate": 0.1}
    losses = []
    for end in ("2021", "2020-12"):
        write_walk(tmp_path, 0.2, "2017-06", end)
        losses.append(study.objective(parameters, tmp_path, Engine()))
    assert losses[0] == pytest.approx(losses[1], abs=3e-4)
    assert 0.6 < losses[0] < np.log(2)


def test_a_challenger_without_the_champions_ignorance_wins(reverting, tmp_path):
    """The signal turns round; who was trained before does not know."""
    publish(tmp_path / "models/price", reverting[1], own_key())
    data = write_walk(tmp_path, -0.2, "2019", "2021-07")
    assert STUDY.span(data) == (year_begin(2019), int(np.datetime64("2021-07", "s").astype(int)))
    contest = contend(STUDY, tmp_path / "models", data, own_key(), judged_days=60)
    assert contest.better
    assert (
        PricePredictor.load(tmp_path / "models/price").model_id == contest.challenger == "price-to-2021-04-30"
    )
    assert (tmp_path / "models/price/card.md").read_text().startswith("Not judged out of sample")


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/ohlcv")
def test_the_shipped_model_was_trained_on_the_files_that_its_manifest_names():
    manifest = read_manifest(PRETRAINED)
    from hummingbot.strategy.ai_stellar.research.price.data import PriceData

    prices = PriceData.read(DATA, SHIPPED.target, SHIPPED.peers, SHIPPED.until)
    assert [one["fingerprint"] for one in manifest["training"]["series"]] == [
        history.fingerprint() for history in (prices.target, *prices.peers)
    ]
