"""The execution policy's study, small: on made-up hours, published, loaded and judged."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, read_manifest
from hummingbot.strategy.ai_stellar.predictors.execution import ACTIONS, STATE, ExecutionPolicy, FitSettings
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.execution.judgement import mean_score, verdict
from hummingbot.strategy.ai_stellar.research.execution.study import ExecutionStudy
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.scores import Score
from hummingbot.strategy.ai_stellar.research.tuning import search

SMALL = ExecutionStudy(year=2021, orders=800, judged=60, whole=64, resamples=100)
TARGET = "XLMUSDT_1h_binance_spot"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    directory = tmp_path_factory.mktemp("data")
    start = np.arange("2020-09-01", "2022-01-01", dtype="datetime64[h]")
    close = 0.1 * np.exp(np.cumsum(np.random.default_rng(1).normal(0.0, 0.008, len(start))))
    import pyarrow as pa
    import pyarrow.parquet

    columns = dict.fromkeys(("open", "high", "low", "close"), close)
    table = pa.table({"date": start.astype("datetime64[s]"), **columns, "volume": np.ones(len(start))})
    pyarrow.parquet.write_table(table, directory / f"{TARGET}.parquet")
    return directory


@pytest.fixture(scope="module")
def trained(data):
    return SMALL.train(data, Engine(), Checkpoint(), lambda text: None)


@pytest.fixture
def published(trained, tmp_path):
    publish(tmp_path / "execution", trained, own_key())
    return tmp_path / "execution"


def test_the_card_begins_with_what_was_found_and_tells_of_the_control(trained):
    assert trained.card.startswith("In simulated markets it had not seen, on returns of 2021, it ")
    assert "## Null control" in trained.card
    assert all(trained.plots[name].startswith(b"<?xml") for name in ("shortfall.svg", "inventory.svg"))


def test_the_card_tells_of_the_whole_sandbox_and_of_buying(trained):
    figures = trained.manifest["metrics"]
    assert "## Through the whole sandbox" in trained.card
    assert "64 orders, half of them to buy" in trained.card
    assert list(figures["sandbox"]["gain over TWAP"]["half_spread"]) == ["3.5", "9"]
    assert figures["sandbox"]["quick market charges more"]["TWAP"][3] > 0.9
    assert len(figures["buying"]) == 3
    assert list(figures["refilled"]) == ["0", "60"]
    assert "at once, " in trained.card
    assert figures["left"]["TWAP"] == pytest.approx(np.linspace(1.0, 0.0, 21), abs=1e-6)


def test_a_published_policy_is_judged_on_another_span(published, data):
    report = SMALL.evaluate(published, data / f"{TARGET}.parquet", None, None)
    assert report.seen_in_training
    assert list(report.table)[:3] == ["policy", "policy without signal", "TWAP"]
    assert report.verdict.startswith("On paths of these hours it ")
    assert set(report.details["control"]) == {"with signal", "without signal", "over TWAP without signal"}


def test_a_span_too_short_to_draw_paths_from_is_refused(published, data):
    found = "has 100 hours to draw paths from in 2021-01-01 to 2021-01-05: needs 240 hours at least"
    with pytest.raises(HistoryError, match=found):
        SMALL.evaluate(published, data / f"{TARGET}.parquet", 1609459200, 1609459200 + 360_000)


def test_intervals_are_over_paths_not_markets():
    of_path = np.random.default_rng(2).normal(size=400)
    once, often = (mean_score(np.tile(of_path, (k, 1)), 500) for k in (1, 9))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    assert once.low < of_path.mean() < once.high


def test_a_verdict_begins_with_what_is_not_beaten():
    table = {
        "policy": {},
        "TWAP": {"gain": Score(2.0, 1.0, 3.0)},
        "immediate": {"gain": Score(0.1, -0.2, 0.4)},
    }
    assert verdict(table) == (
        "does **not** beat immediate (gain 0.10 bp [-0.20, 0.40]); it sells with less shortfall than "
        "TWAP (gain 2.00 bp [1.00, 3.00])"
    )


def test_the_shipped_policy_beats_twap_as_its_card_says():
    policy = ExecutionPolicy.load()
    _, low, _ = read_manifest(PRETRAINED / "execution")["metrics"]["table"]["TWAP"]["gain"]
    assert low > 0.0
    assert 0 <= policy.act(np.zeros(len(STATE))) < len(ACTIONS)
    assert len(policy.text) < 2e6


def test_settings_are_searched_inside_the_training_part(data, tmp_path):
    found = search(SMALL, data, tmp_path / "log", 2, Engine())
    assert found.trials == 2
    assert 0.0 < found.loss < 60.0
    assert FitSettings(**found.parameters).trees == found.parameters["trees"]


def test_a_year_that_is_judged_on_is_not_searched_on(data, tmp_path):
    import pyarrow as pa
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(data / f"{TARGET}.parquet")
    known = table.filter(pa.compute.less(table["date"], pa.scalar(np.datetime64("2021-01-01", "s"))))
    pyarrow.parquet.write_table(known, tmp_path / f"{TARGET}.parquet")
    losses = [SMALL.objective({}, directory, Engine()) for directory in (data, tmp_path)]
    assert losses[0] == losses[1]
