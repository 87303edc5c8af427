"""When each ledger of a story was known to its Horizon, as far as what was answered tells."""

import re
from typing import Final

from ..history.toid import ledger_of
from .recording import Connection, Exchange, Story

__all__ = ["asked_at", "known_at", "opened_at"]

EVENT_ID: Final = re.compile(r"^id: (\d+)", re.MULTILINE)
MODIFIED: Final = re.compile(r'"last_modified_ledger":(\d+)')
INSTANT: Final = 1e-3
INGESTION_SECONDS: Final = 0.45
"""About how long after its close time a ledger was known."""


def known_at(story: Story) -> dict[int, float]:
    """Return the second of the story in which each ledger after genesis became known.

    It was before every answer that is known to be of that ledger or a later one, before every event of the
    ledger, and after every request whose answer was still of an earlier one; between these, about half a
    second after it closed.
    """
    before, after = _bounds(story)
    known: dict[int, float] = {}
    next_one = float("inf")
    for ledger in reversed(story.ledgers[1:]):
        number = int(ledger["ledger"])
        latest = min(before.get(number, float("inf")), next_one)
        expected = float(ledger["close_time"]) - story.began + INGESTION_SECONDS
        known[number] = next_one = min(max(expected, after[number]), latest)
    return known


def asked_at(exchange: Exchange, known: dict[int, float]) -> float:
    """Return the second in which a request is to be made again.

    It is that of the recording, but before the next ledger is known, and for answers that their server had
    ready after the ledger was that they name.
    """
    at, highest = exchange.at, exchange.highest
    if exchange.path.startswith("/fee_stats") and exchange.status == 200:
        highest = int(exchange.document["last_ledger"])
        at = max(at, known.get(highest, at))
    return at if highest is None else min(at, known.get(highest + 1, at) - INSTANT)


def opened_at(connection: Connection, known: dict[int, float]) -> float:
    """Return the second in which a connection is to be opened again.

    One that begins with what comes next, and got an event, was opened before that event's ledger was known;
    its server's idea of that was a moment old.
    """
    assert connection.opened is not None
    first = EVENT_ID.search("".join(text for _, text in connection.chunks))
    if first is None or "cursor=now" not in connection.request or "Last-Event-ID" in connection.request:
        return connection.opened
    return min(connection.opened, known[ledger_of(int(first[1]))] - INSTANT)


def _bounds(story: Story) -> tuple[dict[int, float], dict[int, float]]:
    """Return by ledger the earliest second at which it was known, and the latest at which it was not."""
    before: dict[int, float] = {}
    after: dict[int, float] = {}
    for exchange in story.exchanges:
        if exchange.lowest is not None:
            before[exchange.lowest] = min(before.get(exchange.lowest, exchange.at), exchange.at)
        if exchange.highest is not None and exchange.method == "GET":
            after[exchange.highest + 1] = max(after.get(exchange.highest + 1, exchange.at), exchange.at)
    for transcript in story.streams:
        for connection in transcript.connections:
            for seconds, text in connection.chunks if connection.opened is not None else ():
                at = (connection.opened or 0.0) + seconds
                named = [ledger_of(int(token)) for token in EVENT_ID.findall(text)]
                for ledger in (*named, *map(int, MODIFIED.findall(text))):
                    before[ledger] = min(before.get(ledger, at), at)
    latest = float("-inf")
    for number in range(1, len(story.ledgers) + 1):
        after[number] = latest = max(after.get(number, latest), latest)
    return before, after
