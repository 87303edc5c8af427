"""Streams of which no one knows when they were opened: told after the story's end, and compared in form.

They were recorded to show how a stream ends whose client has no token of its rate limit left when it wakes.
So are they told: opened after the last ledger, with no token left when they look for the second one after it.
"""

from typing import Any

from ..golden.recording import FileReport
from ..http.server import HorizonServer
from .comparison import same_headers
from .events import Event, events_in
from .nodes import make_node
from .recorded_sandbox import RecordedSandbox
from .recording import Connection, Story, Transcript
from .virtual_time import virtual_loop
from .wire import Answer, OpenStream, read_answer

__all__ = ["tell_untimed_streams"]

MOMENT = 0.1


async def tell_untimed_streams(story: Story, sandbox: RecordedSandbox, report: FileReport) -> None:
    """Tell the streams that the story does not say the time of, and compare their form."""
    for transcript in story.streams:
        for connection in transcript.connections:
            if connection.opened is None:
                report.cases += 1
                report.run += 1
                compare_form(report, transcript, connection, await tell(transcript, connection, sandbox))


async def tell(transcript: Transcript, connection: Connection, sandbox: RecordedSandbox) -> Answer:
    """Open a stream, let it see one ledger, and leave it without a token for the next."""
    sandbox.go_on()
    loop, node, stream = virtual_loop(), make_node(transcript.note, sandbox), OpenStream()
    async with HorizonServer(sandbox, "127.0.0.1", 0, node=node) as server:
        await stream.open(server.port, connection.request)
        await loop.until(lambda: bool(stream.raw))
        sandbox.close_empty_ledger()
        await loop.advance(loop.time() + node.look_seconds + MOMENT)
        sandbox.close_empty_ledger()
        await loop.advance(loop.time() + node.look_seconds - 2 * MOMENT)
        node.limit.leave("127.0.0.1", 0, loop.time())
        await loop.advance(loop.time() + 2 * MOMENT)
        await stream.close()
    return read_answer(bytes(stream.raw))


def compare_form(report: FileReport, transcript: Transcript, connection: Connection, got: Answer) -> None:
    """Compare head and events: what they are made of, and of those that are no data, what they say.

    What came after the recorded client had gone is left out.
    """
    case = f"stream {transcript.name}, connection {connection.number}"
    expected = read_answer(connection.raw)
    report.compare(case, "status", expected.status, got.status)
    for where, first, second in same_headers(expected.headers, got.headers):
        report.compare(case, where, first, second)
    theirs, ours = (list(map(form_of, events_in(answer.body))) for answer in (expected, got))
    if connection.closed_by_client:
        del ours[len(theirs) :]
    report.compare(case, "events", theirs, ours)


def form_of(event: Event) -> list[Any]:
    """Return an event with the names of its lines alone, if it is about the ledger."""
    told = any(name == "event" for name, _ in event)
    return [line if told else line[0] for line in event]
