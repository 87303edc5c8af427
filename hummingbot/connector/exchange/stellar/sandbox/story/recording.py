"""A recorded story as it lies in its folder: ledgers, exchanges and streams."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from ..closed import LedgerHeader
from ..golden.recording import GoldenError, read_records
from ..golden.replay import header_of

__all__ = ["Connection", "Exchange", "Story", "Transcript", "read_story"]

Record = dict[str, Any]

STORY: Final = "story.json"
LEDGERS: Final = "ledgers.jsonl.gz"
EXCHANGES: Final = "exchanges.jsonl.gz"
STREAMS: Final = "sse"
NUMBERS: Final = tuple(f.name for f in fields(LedgerHeader) if f.type is int)
NEWEST: Final = "history_latest_ledger"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what a running Horizon answered.

    Parameters
    ----------
    number : int
    step : str
        What was going on in the story.
    at : float
        When the request was made, in seconds of the story.
    method, path, body : str
    request_headers, headers : dict of str to str
        Of the request, and of the answer.
    status : int
    document : Any
        The answer's JSON, or its text.
    lowest, highest : int or None
        Ledgers between which the answer stands; None where that is not known.
    instance : str
        Another node that was asked; empty for the first.
    note : str
    """

    number: int
    step: str
    at: float
    method: str
    path: str
    request_headers: dict[str, str]
    body: str
    status: int
    headers: dict[str, str]
    document: Any
    lowest: int | None
    highest: int | None
    instance: str
    note: str

    @property
    def case(self) -> str:
        """Its name in a report."""
        return f"exchange {self.number} {self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection of a stream.

    Parameters
    ----------
    number : int
    request : str
        The head that was sent.
    opened : float or None
        Seconds of the story; None if it was not told.
    seconds : float
        How long it was open.
    closed_by_client : bool
    chunks : tuple of (float, str)
        Bytes as they came, each with the seconds since the connection opened.
    """

    number: int
    request: str
    opened: float | None
    seconds: float
    closed_by_client: bool
    chunks: tuple[tuple[float, str], ...]

    @property
    def host(self) -> str:
        """Which server it went to."""
        lines = [line for line in self.request.split("\r\n") if line.startswith("Host:")]
        return lines[0].removeprefix("Host:").strip() if lines else ""

    @property
    def raw(self) -> bytes:
        """All that came."""
        return "".join(text for _, text in self.chunks).encode()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A stream over all its connections."""

    name: str
    path: str
    note: str
    connections: tuple[Connection, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """A whole story.

    Parameters
    ----------
    folder : Path
    passphrase : str
    began : float
        Unix time of the story's second 0.
    ledgers : list of dict
        From genesis, with their transactions in apply order.
    exchanges : tuple of Exchange
        By the time of the request.
    streams : tuple of Transcript
    """

    folder: Path
    passphrase: str
    began: float
    ledgers: list[Record]
    exchanges: tuple[Exchange, ...]
    streams: tuple[Transcript, ...]

    @property
    def elders(self) -> list[tuple[float, int]]:
        """The first ledger that its Horizon told of, each time it was asked: second and ledger."""
        return [
            (exchange.at, int(exchange.document["history_elder_ledger"]))
            for exchange in self.exchanges
            if exchange.path == "/" and exchange.status == 200
        ]

    @property
    def reaped(self) -> list[tuple[float, float, int]]:
        """When history was deleted: after one second, before another, up to a ledger."""
        return [(before, at, ledger) for (before, old), (at, ledger) in pairwise(self.elders) if ledger > old]

    @property
    def instances(self) -> list[str]:
        """The other nodes that were asked, as they are described."""
        return list(dict.fromkeys(e.instance for e in self.exchanges if e.instance))


def read_story(path: Path) -> Story:
    """Read a story's folder, or the folder of a ``story.json``.

    Raises
    ------
    GoldenError
        If it is not there, or damaged; the message says what and where.
    """
    folder = path.parent if path.name == STORY else path
    if not (folder / STORY).is_file():
        raise GoldenError(f"there is no story at {path}: give a folder with {STORY} in it")
    try:
        about = json.loads((folder / STORY).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise GoldenError(f"story {folder / STORY} cannot be read ({error}): record it again") from None
    return Story(
        folder,
        *_checked(folder / STORY, lambda: (str(about["network_passphrase"]), float(about["t0"]))),
        _ledgers(folder / LEDGERS),
        tuple(sorted(_read(folder / EXCHANGES, _exchange), key=lambda exchange: exchange.at)),
        tuple(_transcript(file) for file in sorted((folder / STREAMS).glob("*.jsonl.gz"))),
    )


def _checked[T](path: Path, read: Callable[[], T]) -> T:
    """Return what `read` does, with one sentence for whatever is wrong."""
    try:
        return read()
    except KeyError as error:
        raise GoldenError(f"story {path} lacks the field {error}: record it again") from None
    except (TypeError, ValueError, AttributeError) as error:
        if isinstance(error, GoldenError):
            raise
        raise GoldenError(f"story {path} holds what does not fit ({error}): record it again") from None


def _read[T](path: Path, parse: Callable[[Record], T]) -> list[T]:
    records = list(read_records(path))
    return _checked(path, lambda: [parse(record) for record in records])


def _ledgers(path: Path) -> list[Record]:
    ledgers = list(read_records(path))
    headers = _checked(path, lambda: [header_of(ledger) for ledger in ledgers])
    for header in headers:
        for name in NUMBERS:
            if not isinstance(getattr(header, name), int):
                raise GoldenError(
                    f"story {path}: {name} of ledger {header.sequence} is not a number: record it again"
                )
    if not headers or [header.sequence for header in headers] != list(range(1, len(headers) + 1)):
        raise GoldenError(f"story {path} does not tell every ledger from 1 on: record it again")
    return ledgers


def _exchange(record: Record) -> Exchange:
    request, response = record["request"], record["response"]
    lowest, highest = record.get("ledger_lo"), record.get("ledger_hi")
    if lowest is None:
        lowest = highest = _named_ledger(response)
    return Exchange(
        int(record["n"]),
        str(record.get("step_name") or ""),
        float(record["t"]),
        str(request["method"]),
        str(request["path"]),
        dict(request["headers"]),
        str(request["body"] or ""),
        int(response["status"]),
        dict(response["headers"]),
        response["json"] if "json" in response else response.get("text", ""),
        lowest,
        highest,
        str(record.get("instance") or ""),
        str(record.get("note") or ""),
    )


def _named_ledger(response: Record) -> int | None:
    """Return the ledger that an answer says it is of."""
    document = response.get("json")
    fields = document if isinstance(document, dict) else {}
    named = response["headers"].get("Latest-Ledger") or fields.get(NEWEST)
    named = named or fields.get("extras", {}).get(NEWEST)
    return None if named is None else int(named)


def _transcript(path: Path) -> Transcript:
    records = list(read_records(path))

    def read() -> Transcript:
        head, rest = records[0], records[1:]
        name = str(head.get("name") or path.name.partition(".")[0])
        connections = tuple(_connection(number, record) for number, record in enumerate(rest, 1))
        return Transcript(name, str(head["path"]), str(head.get("note") or ""), connections)

    if not records:
        raise GoldenError(f"story {path} is empty: record it again")
    return _checked(path, read)


def _connection(number: int, record: Record) -> Connection:
    opened = record["opened_t"]
    chunks: Iterable[Record] = record["chunks"]
    return Connection(
        number,
        str(record["request"]),
        None if opened is None else float(opened),
        float(record["closed_ms"]) / 1000,
        str(record["closed_by"]).startswith("client"),
        tuple((float(chunk["ms"]) / 1000, str(chunk["raw"])) for chunk in chunks),
    )
