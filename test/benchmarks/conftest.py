"""States what is promised of speed and memory beside what was measured, and fails where it is not kept."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from timeit import timeit

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

STATED = pytest.StashKey[list["Promise"]]()


@dataclass(frozen=True, slots=True)
class Promise:
    """One figure, and the bound it has to keep."""

    what: str
    measured: float
    bound: float
    unit: str
    is_most: bool

    @property
    def is_kept(self) -> bool:
        return self.measured <= self.bound if self.is_most else self.measured >= self.bound

    def __str__(self) -> str:
        word, mark = ("most" if self.is_most else "least"), ("✓" if self.is_kept else "✗")
        return f"{mark} {self.what}: {self.measured:,.4g} {self.unit} (at {word} {self.bound:,g})"


Promises = Callable[..., None]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[STATED] = []


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Promises:
    """Takes ``promise(what, measured, unit, most=…)`` or ``least=…``, to be shown at the end."""

    def state(
        what: str, measured: float, unit: str, *, most: float | None = None, least: float | None = None
    ) -> None:
        bound = most if most is not None else least
        assert bound is not None
        request.config.stash[STATED].append(Promise(what, measured, bound, unit, most is not None))

    return state


def quiet_median(benchmark: BenchmarkFixture, batch: int = 50) -> float:
    """Return the median of a benchmark's quietest stretch, in seconds: others may use the machine, too."""
    rounds = benchmark.stats.stats.data
    return min(
        median(rounds[first : first + batch]) for first in range(0, max(1, len(rounds) - batch), batch)
    )


def times_as_fast(ours: Callable[[], object], peers: Callable[[], object]) -> float:
    """Return how many times as long `peers` takes: both in turn, so that a busy machine slows both."""
    calls = max(1, int(0.002 / timeit(ours, number=5) * 5))
    peer_calls = max(1, int(0.002 / timeit(peers, number=5) * 5))
    return median(
        timeit(peers, number=peer_calls) / peer_calls / (timeit(ours, number=calls) / calls)
        for _ in range(101)
    )


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if exitstatus == pytest.ExitCode.OK and not all(kept.is_kept for kept in session.config.stash[STATED]):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.stash[STATED]:
        terminalreporter.section("what is promised")
        for stated in config.stash[STATED]:
            terminalreporter.write_line(str(stated))
