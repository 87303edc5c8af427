"""Server-sent events as the lines they are made of."""

import json
from collections.abc import Iterator
from typing import Any

from .comparison import differences

__all__ = ["Event", "event_differences", "events_in", "name_of"]

Event = list[tuple[str, str]]
"""Its lines: name and value."""


def events_in(body: bytes) -> list[Event]:
    """Return the events of a stream's body."""
    return [
        [(name, value) for name, _, value in (line.partition(": ") for line in block.split("\n"))]
        for block in body.decode().split("\n\n")
        if block
    ]


def name_of(event: Event) -> str:
    """Return what an event is: its kind or its id, or the names of its lines."""
    fields = dict(event)
    return str(fields.get("event") or fields.get("id") or ",".join(fields))


def event_differences(path: str, expected: Event, got: Event) -> Iterator[tuple[str, Any, Any]]:
    """Yield where an event of the stream at a path differs from the recorded one."""
    if [name for name, _ in expected] != [name for name, _ in got]:
        yield "lines", [name for name, _ in expected], [name for name, _ in got]
        return
    for (name, first), (_, second) in zip(expected, got, strict=True):
        if name == "data" and first.startswith("{") and second.startswith("{"):
            yield from differences(path, json.loads(first), json.loads(second))
        elif first != second:
            yield name, first, second
