"""Ledgers whose book nobody saw are counted, and no others."""

import pytest

from hummingbot.strategy.ai_stellar.research.collection.continuity import Continuity

STREAM, POLL = True, False


@pytest.mark.parametrize(
    ("known", "looks", "missed"),
    [
        (None, [(5, None, POLL)], 0),
        (None, [(5, 0, STREAM), (6, 0, STREAM), (40, 0, STREAM)], 0),
        (None, [(5, 0, POLL), (6, 1, POLL), (6, 0, POLL), (7, 1, POLL), (7, 0, POLL)], 0),
        (None, [(5, 0, POLL), (6, 1, POLL), (7, 2, POLL), (8, 0, POLL)], 2),
        (None, [(5, 0, STREAM), (6, 1, POLL), (6, 0, STREAM)], 0),
        (None, [(5, 0, STREAM), (9, 4, POLL), (12, 0, STREAM)], 6),
        (None, [(5, 0, STREAM), (9, 0, STREAM), (9, 4, POLL), (9, 0, POLL)], 3),
        (4, [(5, None, POLL), (5, 0, STREAM)], 0),
        (4, [(9, 0, STREAM)], 4),
        (4, [(4, 0, STREAM)], 0),
    ],
    ids=[
        "nothing was heard", "a quiet stream", "a poll a ledger", "polls three ledgers apart",
        "a stream taken up within a ledger", "a stream lost for some",
        "a stream dead before it was lost",
        "a new run in the next ledger", "a new run later", "a new run in the same ledger",
    ],
)  # fmt: skip
def test_missed(known, looks, missed):
    book = Continuity(known)
    for look in looks:
        book.look(*look)
    assert book.missed == missed
    assert book.take() == missed
    assert book.take() == 0
