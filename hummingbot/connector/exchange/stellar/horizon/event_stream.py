"""Server-sent events, as Horizon writes them.

References
----------
https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from .errors import HorizonUnavailable

__all__ = ["Event", "EventParser"]

MOST_PENDING: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream.

    Parameters
    ----------
    kind : str
        ``message`` for data; Horizon also sends ``open``, ``close`` and ``error``.
    data : bytes
        JSON, or plain text in an ``error``.
    id : str
        The paging token to resume after, ``""`` where the stream has none.
    parsed : dict, optional
        The data, where it came parsed.
    """

    kind: str
    data: bytes
    id: str
    parsed: dict[str, Any] | None = None

    def record(self) -> dict[str, Any]:
        """Return the data as a JSON object.

        Raises
        ------
        HorizonUnavailable
            If it is none.
        """
        if self.parsed is not None:
            return self.parsed
        try:
            record = orjson.loads(self.data)
        except orjson.JSONDecodeError:
            record = None
        if not isinstance(record, dict):
            raise HorizonUnavailable("Horizon's stream sent something else than a JSON object")
        return record


class EventParser:
    """Cuts the bytes of one connection into events, however they are chunked.

    Examples
    --------
    >>> parser = EventParser()
    >>> parser.feed(b'id: 7\\nda'), parser.feed(b'ta: {}\\n\\n')
    ([], [Event(kind='message', data=b'{}', id='7')])
    """

    __slots__ = ("_data", "_id", "_kind", "_pending", "_size")

    def __init__(self) -> None:
        self._pending = b""
        self._data: list[bytes] = []
        self._size = 0
        self._kind = ""
        self._id = ""

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and return the events they complete.

        Raises
        ------
        HorizonUnavailable
            If one event grows beyond 16 MiB.
        """
        lines = (self._pending + chunk).split(b"\n")
        self._pending = lines.pop()
        events = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if line:
                self._take(line)
            elif self._data or self._kind:
                events.append(Event(self._kind or "message", b"\n".join(self._data), self._id))
                self._data, self._size, self._kind = [], 0, ""
        if self._size + len(self._pending) > MOST_PENDING:
            raise HorizonUnavailable("Horizon's stream sent an event of more than 16 MiB")
        return events

    def _take(self, line: bytes) -> None:
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
            self._size += len(value) + 1
        elif field == b"event":
            self._kind = value.decode("ascii", "replace")
        elif field == b"id":
            self._id = value.decode("ascii", "replace")
