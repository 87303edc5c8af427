"""A challenger takes over only when it is better beyond noise, and the one before can always come back."""

import json
from pathlib import Path

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.artifact import read_artifact, read_manifest
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.bootstrap import interval, stationary_counts
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.scores import Score
from hummingbot.strategy.ai_stellar.research.study import Trained
from hummingbot.strategy.ai_stellar.research.succession import (
    approve,
    champion,
    contend,
    rollback,
    settle,
)

DAY, START = 24 * 3600, 1_704_067_200
KIND = "level"


class LevelStudy:
    """A model that says one number for ever; its loss is the squared error. One observation a day."""

    kind, fewest_days = KIND, 10

    def span(self, data):
        return START, START + len(np.load(data)) * DAY

    def refit(self, data, until, engine, step):
        past = np.load(data)[: (until - START) // DAY]
        return trained(float(past[-60:].mean()), until)

    def compare(self, first, second, data, begin, end):
        judged = np.load(data)[(begin - START) // DAY : (end - START) // DAY]
        a, b = ((judged - level(path)) ** 2 for path in (first, second))
        counts = stationary_counts(len(judged), 300, 5)
        return Score(float((a - b).mean()), *interval(counts @ (a - b) / len(judged)))


def trained(value, until):
    manifest = {
        "kind": KIND,
        "model_id": f"level-{value:.3f}",
        "features": {"names": [], "definition": ""},
        "training": {"until": np.datetime64(until, "s").item().isoformat() + "+00:00"},
    }
    return Trained(manifest, {"level.json": json.dumps(value)}, "One number.\n")


def level(directory):
    return json.loads(read_artifact(directory, KIND).text("level.json"))


@pytest.fixture
def models(tmp_path):
    """A directory whose champion was trained on the first 100 days, at level 0."""
    models = tmp_path / "models"
    publish(models / KIND, trained(0.0, START + 100 * DAY), own_key())
    return models


def write(tmp_path, later):
    """Write 300 days at level 0, then 300 at another."""
    rng = np.random.default_rng(3)
    path = tmp_path / "days.npy"
    np.save(path, np.concatenate([np.zeros(300), np.full(300, later)]) + rng.standard_normal(600))
    return path


def test_too_few_days_decide_nothing_and_nothing_is_trained_for_them(models, tmp_path):
    steps = []
    with pytest.raises(HistoryError, match="9 days cannot decide which level is better: judge 10 or more"):
        contend(LevelStudy(), models, write(tmp_path, later=2.0), own_key(), judged_days=9, step=steps.append)
    assert steps == []
    assert contend(LevelStudy(), models, tmp_path / "days.npy", own_key(), judged_days=10).better


def test_a_better_challenger_takes_over_and_the_old_one_stays_for_a_rollback(models, tmp_path):
    contest = contend(LevelStudy(), models, write(tmp_path, later=2.0), own_key())
    assert (contest.outcome, contest.better) == ("promoted", True)
    assert contest.low > 0
    assert level(champion(models, KIND)) == pytest.approx(2.0, abs=0.5)
    assert "takes over from level-0.000" in contest.sentence
    assert rollback(models, KIND)["model_id"] == "level-0.000"
    assert level(champion(models, KIND)) == 0.0
    assert rollback(models, KIND)["model_id"] == contest.challenger


def test_a_challenger_that_is_not_better_beyond_noise_is_dropped(models, tmp_path):
    contest = contend(LevelStudy(), models, write(tmp_path, later=0.0), own_key())
    assert (contest.outcome, contest.better) == ("kept", False)
    assert level(champion(models, KIND)) == 0.0
    assert sorted(path.name for path in models.iterdir()) == [KIND]


def test_neither_model_has_seen_the_days_that_decide(models, tmp_path):
    contest = contend(
        LevelStudy(), models, write(tmp_path, later=2.0), own_key(), judged_days=60, purge=3 * DAY
    )
    assert contest.end - contest.begin == 60 * DAY
    until = read_manifest(champion(models, KIND))["training"]["until"]
    assert np.datetime64(until[:19], "s").astype(int) == contest.begin - 3 * DAY


def test_where_a_person_must_approve_the_challenger_waits(models, tmp_path):
    contest = contend(LevelStudy(), models, write(tmp_path, later=2.0), own_key(), needs_approval=True)
    assert contest.outcome == "waiting"
    assert level(champion(models, KIND)) == 0.0
    assert approve(models, KIND)["model_id"] == contest.challenger
    assert level(champion(models, KIND)) == pytest.approx(2.0, abs=0.5)
    with pytest.raises(ModelError, match="no challenger of level waits"):
        approve(models, KIND)


def test_days_that_the_champion_was_trained_on_decide_nothing(models, tmp_path):
    data = write(tmp_path, later=2.0)
    for known, until, remedy in ((580, "2025-08-03", ", or judge 20 days"), (600, "2025-08-23", "")):
        publish(models / KIND, trained(0.0, START + known * DAY), own_key())
        said = rf"90 days cannot be judged, as level-0\.000 was trained to {until}; fetch newer bars{remedy}$"
        with pytest.raises(HistoryError, match=said):
            contend(LevelStudy(), models, data, own_key())


def test_too_short_a_history_is_refused(models, tmp_path):
    path = tmp_path / "days.npy"
    np.save(path, np.zeros(200))
    with pytest.raises(HistoryError, match="too late to train"):
        contend(LevelStudy(), models, path, own_key(), judged_days=99, purge=200 * DAY)


def test_there_must_be_something_to_roll_back_to(tmp_path):
    with pytest.raises(ModelError, match="holds no level to roll back: the shipped model is in use"):
        rollback(tmp_path, KIND)


def test_an_altered_challenger_is_not_approved(models, tmp_path):
    contend(LevelStudy(), models, write(tmp_path, later=2.0), own_key(), needs_approval=True)
    path = models / f"{KIND}.challenger" / "manifest.json"
    path.write_text(path.read_text().replace("level-", "Level-"))
    with pytest.raises(ModelError, match="its signature does not hold"):
        approve(models, KIND)
    assert level(champion(models, KIND)) == 0.0


@pytest.mark.parametrize("renames", [1, 2, 3])
def test_a_change_that_is_interrupted_leaves_a_champion(models, tmp_path, monkeypatch, renames):
    """The process dies at each rename in turn, of a promotion and of a roll-back."""
    data, whole = write(tmp_path, later=2.0), Path.rename
    contend(LevelStudy(), models, data, own_key(), needs_approval=True)
    for change in (approve, rollback):
        left = [renames]

        def dying(path, target, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt
            return whole(path, target)

        monkeypatch.setattr(Path, "rename", dying)
        try:
            change(models, KIND)
        except KeyboardInterrupt:
            monkeypatch.setattr(Path, "rename", whole)
        settle(models, KIND)
        assert level(models / KIND) in (0.0, pytest.approx(2.0, abs=0.5))
        others = {path.name for path in models.iterdir() if path.is_dir()} - {KIND}
        (other,) = others
        assert other in (f"{KIND}.challenger", f"{KIND}.before")
        monkeypatch.setattr(Path, "rename", whole)
        if other == f"{KIND}.challenger":
            approve(models, KIND)


def test_a_challenger_that_was_altered_does_not_take_over(models, tmp_path):
    publish(models / f"{KIND}.challenger", trained(1.0, START + 120 * DAY), own_key())
    (models / f"{KIND}.challenger" / "level.json").write_text("9.0")
    with pytest.raises(ModelError, match=r"level\.json"):
        approve(models, KIND)
    assert level(models / KIND) == 0.0


def test_a_model_from_before_that_was_altered_does_not_come_back(models):
    publish(models / f"{KIND}.before", trained(1.0, START + 50 * DAY), own_key())
    (models / f"{KIND}.before" / "level.json").write_text("9.0")
    with pytest.raises(ModelError, match=r"level\.json"):
        rollback(models, KIND)
    assert level(models / KIND) == 0.0
