"""A part is computed once for a program and its data, and anew for any other."""

import importlib
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.research.checkpoint import ROOMS, ROOT, Checkpoint, program

STUDIES = ("price", "volatility", "regime", "lstm")


class Counted:
    """What is computed, and how often."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return [self.times, 0.1]


@pytest.fixture
def package(tmp_path):
    """A package of the same rooms, small enough to be changed."""
    for room in ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / "predictors/volatility_fit.py").write_text("RIDGE = 1e-3\n")
    (tmp_path / "features/features.cpython-312.so").write_bytes(b"compiled")
    return tmp_path


def fresh(root: Path) -> str:
    program.cache_clear()
    return program(root)


def test_a_part_is_computed_once(tmp_path):
    compute = Counted()
    for _ in range(3):
        assert Checkpoint(tmp_path).once("volatility 2020", compute) == [1, 0.1]
    assert compute.times == 1
    assert Checkpoint(tmp_path).once("volatility 2021", compute) == [2, 0.1]


def test_nothing_is_kept_without_a_directory():
    compute = Counted()
    assert [Checkpoint().once("a", compute) for _ in range(2)] == [[1, 0.1], [2, 0.1]]


def test_a_part_of_another_program_is_computed_anew(tmp_path, package):
    compute = Counted()
    before = fresh(package)
    Checkpoint(tmp_path, before).once("volatility 2020", compute)
    (package / "predictors/volatility_fit.py").write_text("RIDGE = 1e-2\n")
    after = fresh(package)
    assert Checkpoint(tmp_path, after).once("volatility 2020", compute) == [2, 0.1]
    assert Checkpoint(tmp_path, before).once("volatility 2020", compute) == [1, 0.1]


def test_parts_go_once_the_whole_is_done(tmp_path):
    for code in ("before", "after"):
        Checkpoint(tmp_path / "parts", code).once("volatility 2020", Counted())
    Checkpoint(tmp_path / "parts").clear()
    assert not (tmp_path / "parts").exists()
    Checkpoint().clear()


@pytest.mark.parametrize("file", ["features/features.cpython-312.so", "research/noise.py", "market/bars.py"])
def test_any_code_that_fits_or_judges_is_the_program(package, file):
    before = fresh(package)
    (package / file).write_bytes(b"other")
    assert fresh(package) != before


def test_what_is_no_code_is_not(package):
    before = fresh(package)
    (package / "predictors/pretrained").mkdir()
    (package / "predictors/pretrained/card.md").write_text("a card")
    assert fresh(package) == before


@pytest.mark.parametrize("kind", STUDIES)
def test_every_module_that_a_study_loads_of_ours_is_in_a_room(kind):
    study = importlib.import_module(f"hummingbot.strategy.ai_stellar.research.{kind}.study")
    ours = {
        Path(module.__file__).resolve()
        for module in (importlib.import_module(one.__module__) for one in vars(study).values() if _ours(one))
    }
    assert ours
    assert all(file.relative_to(ROOT).parts[0] in ROOMS for file in ours)


def _ours(one):
    return str(getattr(one, "__module__", "")).startswith("hummingbot.strategy.ai_stellar.")
