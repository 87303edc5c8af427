"""Whatever computes, the results are the same and in order."""

import sys

import pytest

from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price_fit import Shape
from hummingbot.strategy.ai_stellar.research import engine as module
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.price.folds import FoldTask, fold_loss
from hummingbot.strategy.ai_stellar.research.walk_forward import year_begin
from test.strategy.ai_stellar.research.walks import write_walk


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    """The price model's own fits, small: LightGBM, one a horizon."""
    directory = write_walk(tmp_path_factory.mktemp("walk"), 0.2, "2019", "2021")
    begin, end = year_begin(2020), year_begin(2021)
    return [
        (
            FoldTask(str(directory), "target.parquet", (), horizon, begin, end, begin, (Shape(4, 20),)),
            {"leaves": 4, "trees": 20},
        )
        for horizon in HORIZONS
    ]


@pytest.fixture(scope="module")
def alone(tasks):
    return Engine().map(fold_loss, tasks)


def test_two_processes_find_what_one_does(tasks, alone):
    assert len(set(alone)) == len(tasks)
    assert Engine(2).map(fold_loss, tasks) == alone


def test_two_workers_of_dask_find_what_one_process_does(tasks, alone):
    assert Engine(2, "dask").map(fold_loss, tasks) == alone


def test_a_scheduler_that_runs_already_is_used_and_left_running(tasks, alone):
    from distributed import LocalCluster

    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        engine = Engine(name="dask", address=cluster.scheduler_address)
        assert engine.map(fold_loss, tasks[:1]) == alone[:1]
        assert engine.map(fold_loss, tasks[1:2]) == alone[1:2]


def test_results_come_in_order_and_nothing_gives_nothing():
    assert Engine(2).map(divmod, [(k, 7) for k in range(20)]) == [divmod(k, 7) for k in range(20)]
    assert Engine().map(divmod, []) == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((1, "abacus"), "no engine 'abacus': name one of local, dask, ray"),
        ((0,), "0 workers compute nothing: name 1 or more"),
        ((1, "local", "tcp://127.0.0.1:1"), "engine local has no scheduler at tcp://127.0.0.1:1"),
    ],
)
def test_an_engine_that_cannot_be_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        Engine(*arguments)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1)
    with pytest.raises(ValueError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1 "):
        Engine(name="dask", address="tcp://127.0.0.1:1").map(divmod, [(1, 1)])


def test_an_old_msgpack_in_dasks_place_is_one_sentence(monkeypatch):
    monkeypatch.setattr("msgpack.version", (0, 5, 6))
    with pytest.raises(ValueError, match="pip install --force-reinstall --no-deps 'msgpack"):
        Engine(name="dask").map(divmod, [(1, 1)])


@pytest.mark.parametrize(("name", "library"), [("dask", "distributed"), ("ray", "ray")])
def test_a_library_that_is_missing_is_one_sentence(monkeypatch, name, library):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ValueError, match=rf"engine {name} is not installed: pip install"):
        Engine(name=name).map(divmod, [(1, 1)])
