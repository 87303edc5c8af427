"""The short form of ``make soak``, and a planted bug that the judge must find."""

from pathlib import Path

import pytest

from .conductor import Conductor
from .outcome import Run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(480),
]


def test_every_order_ends_as_the_ledger_says_under_all_faults_and_kills(tmp_path: Path) -> None:
    run = Run(seed=11, orders=300, kills=6)
    outcome = Conductor(run, tmp_path).conduct()
    assert outcome.is_good, (run, outcome.complaints, outcome.verdict)
    assert outcome.kills == run.kills


@pytest.mark.parametrize(
    ("planted", "sentence"),
    [
        ("resend-skipped", "the journal says expired, on the ledger it is"),
        ("fills-missed", "the journal has the fills"),
        ("order-forgotten", "the journal says nothing, on the ledger it is"),
    ],
)
def test_a_planted_bug_is_found(tmp_path: Path, planted: str, sentence: str) -> None:
    """The bot dies where the bug hurts; faults may hide it all the same, so several runs are tried."""
    for seed in range(11, 15):
        run = Run(seed=seed, orders=120, kills=0, planted=planted)
        outcome = Conductor(run, tmp_path / str(seed)).conduct()
        if not outcome.is_agreed:
            break
    assert not outcome.is_agreed
    assert sentence in outcome.verdict
