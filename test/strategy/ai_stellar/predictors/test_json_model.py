"""A model of one JSON file is the same once saved and read, and refused where the file is none."""

import json
import shutil
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.predictors import ModelError
from hummingbot.strategy.ai_stellar.predictors.allocation import AllocationPredictor
from hummingbot.strategy.ai_stellar.predictors.artifact import PRETRAINED, parse_manifest, write_artifact
from hummingbot.strategy.ai_stellar.predictors.guard import GuardPredictor
from hummingbot.strategy.ai_stellar.predictors.regime import RegimePredictor
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.predictors.volatility import VolatilityPredictor
from hummingbot.strategy.ai_stellar.research.publication import sign_model

EVERY = (AllocationPredictor, GuardPredictor, RegimePredictor, VolatilityPredictor)


@pytest.mark.parametrize("model", EVERY)
def test_a_model_saved_is_the_same_model(model, tmp_path):
    shipped = model.load()
    shipped.save(tmp_path / "copy", shipped.manifest)
    sign_model(tmp_path / "copy", own_key())
    read = model.load(tmp_path / "copy")
    assert (read.parameters, read.model_id) == (shipped.parameters, shipped.model_id)
    original = json.loads((PRETRAINED / model.kind / model.file()).read_bytes())
    assert json.loads((tmp_path / "copy" / model.file()).read_bytes()) == original


@pytest.mark.parametrize("model", EVERY)
def test_a_file_that_is_no_json_is_refused(model, tmp_path):
    directory = Path(shutil.copytree(PRETRAINED / model.kind, tmp_path / model.kind))
    write_artifact(directory, parse_manifest(directory), {model.file(): "{"})
    sign_model(directory, own_key())
    with pytest.raises(ModelError, match=rf"{model.kind}\.json cannot be read"):
        model.load(directory)
