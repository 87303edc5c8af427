"""A story's streams: each connection opened when it was, read as it came, and compared event by event."""

import json
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from ..golden.recording import FileReport
from .comparison import differences, same_headers
from .events import event_differences, events_in, name_of
from .recording import Connection, Story, Transcript
from .schedule import opened_at
from .virtual_time import virtual_loop
from .wire import OpenStream, read_answer

__all__ = ["StreamReplay"]


class StreamReplay:
    """The streams of a story of which it is known when they were opened.

    Parameters
    ----------
    story : Story
    ports : dict of str to int
        Where the nodes listen, by the hosts that were asked.
    report : FileReport
    """

    def __init__(self, story: Story, ports: dict[str, int], report: FileReport) -> None:
        self._report = report
        self._streams = [
            (transcript, connection, ports.get(connection.host, 0), OpenStream())
            for transcript in story.streams
            for connection in transcript.connections
            if connection.opened is not None
        ]
        report.cases += len(self._streams)

    def actions(self, known: dict[int, float]) -> Iterator[tuple[float, Callable[[], Awaitable[None]]]]:
        """Yield what is to be done, each with its second of the story.

        Parameters
        ----------
        known : dict of int to float
            The second in which each ledger is known.
        """
        for _, connection, port, stream in self._streams:
            yield opened_at(connection, known), partial(self._open, connection, port, stream)
            if connection.closed_by_client and connection.opened is not None:
                yield connection.opened + connection.seconds, stream.close

    async def _open(self, connection: Connection, port: int, stream: OpenStream) -> None:
        await stream.open(port, connection.request)
        await virtual_loop().until(lambda: bool(stream.raw))

    async def compare(self) -> None:
        """Compare what came with what was recorded."""
        for transcript, connection, _, stream in self._streams:
            await stream.close()
            self._report.run += 1
            self._compare(transcript, connection, bytes(stream.raw))

    def _compare(self, transcript: Transcript, connection: Connection, raw: bytes) -> None:
        case = f"stream {transcript.name}, connection {connection.number}"
        try:
            got = read_answer(raw)
        except ValueError as error:
            self._report.compare(case, "answer", "an HTTP answer", str(error))
            return
        expected = read_answer(connection.raw)
        found = [("status", expected.status, got.status)] if expected.status != got.status else []
        found = found or same_headers(expected.headers, got.headers)
        for where, first, second in found:
            self._report.compare(case, where, first, second)
        if found:
            return
        if "event-stream" not in expected.headers.get("Content-Type", ""):
            documents = json.loads(expected.body), json.loads(got.body)
            for where, first, second in differences(transcript.path, *documents):
                self._report.compare(case, where, first, second)
            return
        ours, theirs = events_in(got.body), events_in(expected.body)
        self._report.compare(case, "events", [name_of(e) for e in theirs], [name_of(e) for e in ours])
        for index, (first_event, second_event) in enumerate(zip(theirs, ours, strict=False)):
            for where, first, second in event_differences(transcript.path, first_event, second_event):
                self._report.compare(case, f"event {index} {where}", first, second)
