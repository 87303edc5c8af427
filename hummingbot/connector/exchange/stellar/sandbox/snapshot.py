"""A sandbox in a file: ledger, market and enough history to go on as if nothing had happened."""

import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from errno import EISDIR
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

import orjson

from .errors import SandboxError
from .history import history_from_dict, history_to_dict
from .market.errors import MarketError
from .market.market import Market, open_market
from .network import LEDGER_SIZE, PROTOCOL, Network
from .queue import ONE_AN_ACCOUNT
from .sandbox import PASSPHRASE, Sandbox

__all__ = [
    "EARLIEST_PROTOCOL",
    "EARLIEST_START",
    "LATEST_PROTOCOL",
    "LATEST_START",
    "MOST_MARKET_SECONDS",
    "Settings",
    "check_writable",
    "load",
    "save",
]

FORMAT: Final = "stellar sandbox 2"

EARLIEST_START: Final = int(datetime(1971, 1, 1, tzinfo=UTC).timestamp())
LATEST_START: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp())
"""Unix seconds. Dates are written with four digits of the year and times are not negative: from 1971 there is
room for a generated history before the start, up to 2100 for the longest run after it."""

LARGEST_SEED: Final = 2**63 - 1
EARLIEST_PROTOCOL: Final = 19
LATEST_PROTOCOL: Final = 27
MOST_MARKET_SECONDS: Final = 86_400
"""A day a ledger."""

SMALLEST_LEDGER: Final = 100
"""Operations that one transaction may have."""

LARGEST_LEDGER: Final = 1_000_000

DAMAGES: Final = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, IndexError)


@dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox was begun with; a saved one goes on with the same.

    Parameters
    ----------
    seed : int
        Of the market.
    start : int
        Market time of the first ledger, unix seconds.
    pairs : tuple of str
        ``XLM/USDC`` …; empty for no market.
    history : str or None
        File of hourly bars for the first pair; None for the generator.
    market_seconds : int
        Market time between two ledgers.
    queue_protocol : int
        20: an account has one transaction pending; 19: it may have several, one after another.
    protocol : int
        Of the network's rules.
    ledger_size : int
        Most operations that a ledger takes.

    Raises
    ------
    SandboxError
        If one of them is out of its range.
    """

    seed: int
    start: int
    pairs: tuple[str, ...]
    history: str | None
    market_seconds: int
    queue_protocol: int = ONE_AN_ACCOUNT
    protocol: int = PROTOCOL
    ledger_size: int = LEDGER_SIZE

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("seed", self.seed, 0, LARGEST_SEED),
            ("start", self.start, EARLIEST_START, LATEST_START),
            ("market seconds", self.market_seconds, 1, MOST_MARKET_SECONDS),
            ("protocol", self.protocol, EARLIEST_PROTOCOL, LATEST_PROTOCOL),
            ("queue protocol", self.queue_protocol, ONE_AN_ACCOUNT - 1, ONE_AN_ACCOUNT),
            ("ledger size", self.ledger_size, SMALLEST_LEDGER, LARGEST_LEDGER),
        ):
            if type(value) is not int or not low <= value <= high:
                raise SandboxError(f"{name} {value!r} is not a whole number from {low} to {high}: give one")
        if not all(isinstance(pair, str) for pair in self.pairs):
            raise SandboxError(f"pairs {self.pairs!r} are not names: give some such as XLM/USDC")
        if not isinstance(self.history, str | None):
            raise SandboxError(f"history {self.history!r} is not the name of a file: give one, or none")

    def open_market(self) -> Market | None:
        """Set up the market as these settings say.

        Raises
        ------
        MarketError
            If they cannot be met.
        """
        if not self.pairs:
            return None
        history = Path(self.history) if self.history is not None else None
        return open_market(self.seed, PASSPHRASE, pairs=self.pairs, history=history, start=self.start)

    def found(self) -> Sandbox:
        """Begin a new sandbox."""
        return Sandbox.found(
            self.start,
            self.open_market(),
            market_seconds=self.market_seconds,
            protocol=self.protocol,
            queue_protocol=self.queue_protocol,
            ledger_size=self.ledger_size,
        )

    def having(self, **changes: Any) -> Self:
        """Return the settings with some of them changed."""
        return replace(self, **changes)


def save(sandbox: Sandbox, settings: Settings, path: Path) -> None:
    """Write a sandbox to a file, all or nothing.

    Raises
    ------
    SandboxError
        If the file cannot be written.
    """
    document = {
        "settings": asdict(settings),
        "network": sandbox.network.to_dict(),
        "market": sandbox.market.state() if sandbox.market is not None else None,
        "history": history_to_dict(sandbox.history),
    }
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS)
    head = orjson.dumps({"format": FORMAT, "sha256": sha256(body).hexdigest()})
    part = _part(path)
    try:
        with part.open("wb") as file:
            file.write(head + b"\n" + body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _unwritable(path, error) from None


def check_writable(path: Path) -> None:
    """Try whether a sandbox could be saved to a file, and leave no trace.

    Raises
    ------
    SandboxError
        If it could not.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a directory")
        part = _part(path)
        part.touch()
        part.unlink()
    except OSError as error:
        raise _unwritable(path, error) from None


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _unwritable(path: Path, error: OSError) -> SandboxError:
    return SandboxError(
        f"state file {path} cannot be written ({error.strerror or error}): name a file in a folder that "
        f"exists and is yours"
    )


def load(path: Path, market_seconds: int | None = None) -> tuple[Sandbox, Settings]:
    """Read a sandbox back.

    Parameters
    ----------
    path : Path
    market_seconds : int, optional
        Replaces the saved one.

    Raises
    ------
    SandboxError
        If the file is not a whole snapshot of this format, or was altered since it was saved.
    MarketError
        If its market cannot be set up: the history file is missing or another.
    """
    document = _read(path)
    try:
        settings = Settings(**{**document["settings"], "pairs": tuple(document["settings"]["pairs"])})
        network = Network.from_dict(document["network"])
        history = history_from_dict(document["history"])
        if history.latest != network.header.sequence:
            raise ValueError(f"its history ends at ledger {history.latest}, not {network.header.sequence}")
    except DAMAGES as error:
        raise _damaged(path, error) from None
    if market_seconds is not None:
        settings = settings.having(market_seconds=market_seconds)
    market = settings.open_market()
    try:
        if market is not None:
            market.restore(document["market"])
        return Sandbox(network, market, history, market_seconds=settings.market_seconds), settings
    except MarketError:
        raise
    except DAMAGES as error:
        raise _damaged(path, error) from None


def _read(path: Path) -> dict[str, Any]:
    """Return what a file holds, if it is what was saved."""
    try:
        head, _, body = path.read_bytes().partition(b"\n")
    except OSError as error:
        raise SandboxError(
            f"state file {path} cannot be read ({error.strerror or error}): name another"
        ) from None
    try:
        title = orjson.loads(head)
    except orjson.JSONDecodeError:
        title = None
    if not isinstance(title, dict) or "format" not in title:
        raise SandboxError(f"state file {path} is not a saved sandbox: name another")
    if title["format"] != FORMAT:
        raise SandboxError(
            f"state file {path} is of format {title['format']!r}: this version reads {FORMAT!r}"
        )
    if title.get("sha256") != sha256(body).hexdigest():
        raise SandboxError(
            f"state file {path} is cut off or was altered since it was saved (its contents do not have its "
            f"checksum): name another"
        )
    document: dict[str, Any] = orjson.loads(body)
    return document


def _damaged(path: Path, error: Exception) -> SandboxError:
    reason = str(error) if isinstance(error, ValueError) else repr(error)
    return SandboxError(f"state file {path} is damaged ({reason}): name another")
