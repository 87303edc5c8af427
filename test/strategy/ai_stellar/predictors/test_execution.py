"""The policy that sells parent orders."""

import subprocess
import sys

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from hummingbot.strategy.ai_stellar.predictors.execution import (
    ACTIONS,
    STATE,
    ExecutionPolicy,
    Transitions,
)
from hummingbot.strategy.ai_stellar.predictors.signature import own_key
from hummingbot.strategy.ai_stellar.research.publication import publish
from hummingbot.strategy.ai_stellar.research.study import Trained

N = 4_000
WAIT, ALL = 0, len(ACTIONS) - 1
FLOW, TIME = STATE.index("flow"), STATE.index("share of time left")


def stage(time, reward, over, seed):
    random = np.random.default_rng(seed)
    state = random.normal(size=(N, len(STATE)))
    state[:, TIME] = time
    action = random.integers(0, len(ACTIONS), N)
    following = state.copy()
    following[:, TIME] = time - 0.5
    return Transitions(state, action, reward(state, action), following, over(action))


def never(action):
    return np.zeros(len(action), dtype=bool)


@pytest.fixture(scope="module")
def patient():
    """A policy where crossing all costs 5 now, and what is left costs 1 later, or 9 in a bad flow."""
    now = stage(1.0, lambda s, a: np.where(a == ALL, -5.0, 0.0), lambda a: a == ALL, 1)
    later = stage(0.5, lambda s, a: np.where(s[:, FLOW] > 0, -1.0, -9.0) + 0.0 * a, never, 2)
    return ExecutionPolicy.fit([now, later])


def state(flow, time=1.0):
    made = np.zeros(len(STATE))
    made[FLOW], made[TIME] = flow, time
    return made


def test_what_comes_later_decides_now(patient):
    assert patient.act(state(1.0)) != ALL
    assert patient.act(state(-1.0)) == ALL


def test_nothing_comes_after_the_end_of_an_order():
    now = stage(1.0, lambda s, a: np.where(a == ALL, -1.0, 0.0), lambda a: a == ALL, 1)
    later = stage(0.5, lambda s, a: np.full(N, -3.0), never, 2)
    assert ExecutionPolicy.fit([now, later]).act(state(0.0)) == ALL


def test_one_decision_is_that_of_many(patient):
    states = np.random.default_rng(5).normal(size=(200, len(STATE)))
    assert [patient.act(one) for one in states] == patient.act_all(states).tolist()


def test_the_same_transitions_teach_the_same(patient):
    again = stage(1.0, lambda s, a: np.where(a == ALL, -5.0, 0.0), lambda a: a == ALL, 1)
    later = stage(0.5, lambda s, a: np.where(s[:, FLOW] > 0, -1.0, -9.0) + 0.0 * a, never, 2)
    assert ExecutionPolicy.fit([again, later]).text == patient.text


def test_a_saved_policy_decides_as_before(patient, tmp_path):
    manifest = {
        "kind": "execution",
        "model_id": "patient",
        "features": {"names": [], "definition": ""},
    }
    publish(tmp_path, Trained(manifest, patient.files(), "# patient\n"), own_key())
    loaded = ExecutionPolicy.load(tmp_path)
    assert loaded.model_id == "patient"
    assert [loaded.act(state(flow)) for flow in (-1.0, 1.0)] == [patient.act(state(f)) for f in (-1.0, 1.0)]

    loaded.save(tmp_path, loaded.manifest)
    with pytest.raises(ModelError, match="sign"):
        ExecutionPolicy.load(tmp_path)


def test_a_state_that_is_no_number_is_refused(patient):
    with pytest.raises(
        ModelError, match=r"the state of an order is no number \(flow\): wait for a whole book"
    ):
        patient.act(state(np.nan))


def test_deciding_needs_neither_gymnasium_nor_the_lightgbm_package():
    code = (
        "import sys, hummingbot.strategy.ai_stellar.predictors.execution; "
        "print([name for name in ('gymnasium', 'lightgbm') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
