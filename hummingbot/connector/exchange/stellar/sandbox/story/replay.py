"""Telling a story again: its ledgers, requests and streams in their order, over HTTP, in time of its own."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from ..golden.recording import FileReport, GoldenError, Mismatch
from ..http.server import HorizonServer
from .exchange_replay import ExchangeReplay
from .nodes import host_of, make_nodes
from .recorded_sandbox import RecordedSandbox
from .recording import Story, read_story
from .schedule import asked_at, known_at
from .stream_replay import StreamReplay
from .untimed_streams import tell_untimed_streams
from .virtual_time import VirtualTimeLoop, virtual_loop

__all__ = ["StoryReport", "replay"]

REASON_WIDTH: Final = 160
PATIENCE_SECONDS: Final = 120.0
"""How long after the last recorded event whatever still waits is waited for."""

Event = tuple[float, int, int, Callable[[], Awaitable[None]]]
"""Second of the story, rank and number among what is due then, and what is to be done."""


@dataclass(slots=True)
class StoryReport:
    """What came of a story, by the part of it.

    Attributes
    ----------
    folder : str
    ledgers, requests, streams : FileReport
    """

    folder: str
    ledgers: FileReport
    requests: FileReport
    streams: FileReport

    @property
    def parts(self) -> tuple[FileReport, ...]:
        """The reports of its parts."""
        return self.ledgers, self.requests, self.streams

    @property
    def mismatches(self) -> list[Mismatch]:
        """Every difference."""
        return [mismatch for part in self.parts for mismatch in part.mismatches]

    @property
    def not_compared(self) -> Counter[str]:
        """Cases that could not be compared, by reason."""
        return sum((part.not_modelled for part in self.parts), Counter())

    def to_dict(self, differences: int = 20) -> dict[str, Any]:
        """Return the report as JSON-able data, with the first differences of each part."""
        return {
            "story": self.folder,
            "parts": {
                part.path: {
                    "cases": part.cases,
                    "compared": part.run,
                    "mismatches": len(part.mismatches),
                    "differences": [asdict(mismatch) for mismatch in part.mismatches[:differences]],
                }
                for part in self.parts
            },
            "not_compared": dict(self.not_compared.most_common()),
            "mismatches": len(self.mismatches),
        }


def replay(path: Path) -> StoryReport:
    """Tell a story to a sandbox of its own and compare all that can be compared.

    Parameters
    ----------
    path : Path
        The story's folder, or its ``story.json``.

    Raises
    ------
    GoldenError
        If it is not there, is damaged, or cannot be told.
    """
    story = read_story(path)
    report = StoryReport(
        str(story.folder), FileReport("ledgers"), FileReport("requests"), FileReport("streams")
    )
    try:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(_tell(story, report))
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        if isinstance(error, GoldenError):
            raise
        reason = f"{type(error).__name__} {error}".partition("\n")[0][:REASON_WIDTH]
        if not report.mismatches:
            raise GoldenError(
                f"story {story.folder} holds what does not fit ({reason}): record it again"
            ) from error
        # Once the engine and the story disagree, what follows may fit neither.
        going_on = Mismatch("what follows", "not told", "a story that goes on", reason)
        report.ledgers.mismatches.append(going_on)
    return report


async def _tell(story: Story, report: StoryReport) -> None:
    """Go through a story from its first ledger to its last event."""
    loop = virtual_loop()
    sandbox = RecordedSandbox(story, report.ledgers)
    nodes = make_nodes(story, sandbox)
    async with AsyncExitStack() as servers:
        ports = {}
        for about, node in nodes.items():
            server = await servers.enter_async_context(HorizonServer(sandbox, "127.0.0.1", 0, node=node))
            ports[about] = server.port
        exchanges = ExchangeReplay(sandbox, nodes, ports, report.requests)
        hosts = {host: ports[about] for host, about in host_of(story).items()}
        streams = StreamReplay(story, hosts, report.streams)
        events = sorted(_events(story, sandbox, exchanges, streams), key=lambda event: event[:3])
        start = events[0][0] if events else 0.0
        for at, _, _, act in events:
            await loop.advance(at - start)
            await act()
        await exchanges.ask_again(last=True)
        await loop.advance(loop.time() + PATIENCE_SECONDS)
        await exchanges.finish()
        await streams.compare()
    await tell_untimed_streams(story, sandbox, report.streams)


def _events(
    story: Story, sandbox: RecordedSandbox, exchanges: ExchangeReplay, streams: StreamReplay
) -> Iterator[Event]:
    """Yield all that is to be done."""
    known = known_at(story)

    async def close_ledger() -> None:
        sandbox.close_ledger()
        await virtual_loop().quiet()
        await exchanges.ask_again()

    for number, at in known.items():
        yield at, 0, number, close_ledger
    for number, (after, before, first) in enumerate(story.reaped):
        exchanges.expect_reaping(after, before)
        yield before, 1, number, partial(exchanges.reap, first)
    for exchange in story.exchanges:
        yield asked_at(exchange, known), 2, exchange.number, exchanges.asking(exchange)
    for number, (at, act) in enumerate(streams.actions(known)):
        yield at, 3, number, act
