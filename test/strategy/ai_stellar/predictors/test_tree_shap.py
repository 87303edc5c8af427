"""LightGBM's library, which tells what moved a forecast: one sentence where it does not load."""

import importlib.util
import re
from types import SimpleNamespace

import pytest

from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.tree_shap import TreeShap, lightgbm_library


@pytest.fixture
def installed(monkeypatch):
    """Let a test say where LightGBM is installed, None for nowhere."""

    def at(place):
        spec = place and SimpleNamespace(submodule_search_locations=[str(place)])
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)

    lightgbm_library.cache_clear()
    yield at
    lightgbm_library.cache_clear()


def test_a_library_that_is_not_installed_is_named(installed):
    installed(None)
    with pytest.raises(ModelError, match=re.escape("is not installed: pip install 'lightgbm>=4.7,<5'")):
        lightgbm_library()


def test_a_library_that_does_not_load_is_named_with_the_remedy(installed, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/lib_lightgbm.so").write_text("no library")
    installed(tmp_path)
    with pytest.raises(ModelError, match=r"lib_lightgbm\.so cannot be loaded \(.*\): install libgomp1"):
        lightgbm_library()


def test_a_text_that_lightgbm_rejects_is_named():
    with pytest.raises(ModelError, match=r"LightGBM rejects direction\.txt \(.+\): install the version"):
        TreeShap("no tree\n", "direction.txt")
