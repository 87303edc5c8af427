"""One step of the regime filter, beside hmmlearn's own pass over the same hours."""

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.strategy.ai_stellar.predictors.forward_filter import ForwardFilter
from hummingbot.strategy.ai_stellar.predictors.regime import RegimePredictor
from test.benchmarks.conftest import Promises, quiet_median

GROUP = "regime: one hour"
SEEN = np.array([-5.5, -5.2])


@pytest.mark.benchmark(group=GROUP)
def test_step(benchmark: BenchmarkFixture, promise: Promises) -> None:
    known = RegimePredictor.load().parameters
    model = ForwardFilter(*(known[name] for name in ("start", "transitions", "means", "covariances")))
    benchmark.pedantic(model.step, args=(SEEN,), rounds=2000, iterations=100)
    promise("HMM step, median", quiet_median(benchmark) * 1e6, "µs", most=1)


@pytest.mark.benchmark(group=GROUP)
def test_pass_with_hmmlearn(benchmark: BenchmarkFixture) -> None:
    """What hmmlearn offers for one more hour: its forward-backward pass over the last 480."""
    known = RegimePredictor.load().parameters
    model = GaussianHMM(len(known["start"]), "full")
    model.startprob_, model.transmat_ = np.array(known["start"]), np.array(known["transitions"])
    model.means_, model.covars_ = np.array(known["means"]), np.array(known["covariances"])
    seen = np.tile(SEEN, (480, 1))
    benchmark(lambda: model.predict_proba(seen)[-1])
