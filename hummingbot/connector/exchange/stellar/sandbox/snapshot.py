"""A sandbox in a file: ledger, market and enough history to go on as if nothing had happened."""

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

import orjson

from .errors import SandboxError
from .history import history_from_dict, history_to_dict
from .market.market import Market, open_market
from .network import Network
from .sandbox import PASSPHRASE, Sandbox

__all__ = ["Settings", "load", "save"]

FORMAT: Final = "stellar sandbox 1"


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
    """

    seed: int
    start: int
    pairs: tuple[str, ...]
    history: str | None
    market_seconds: int

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
        return Sandbox.found(self.start, self.open_market(), market_seconds=self.market_seconds)

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
        "format": FORMAT,
        "settings": asdict(settings),
        "network": sandbox.network.to_dict(),
        "market": sandbox.market.state() if sandbox.market is not None else None,
        "history": history_to_dict(sandbox.history),
    }
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SandboxError(f"state file {path} cannot be written: {error.strerror or error}") from None


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
        If the file is not a whole snapshot of this format.
    MarketError
        If its market cannot be set up: the history file is missing or another.
    """
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SandboxError(f"state file {path} cannot be read: {error.strerror or error}") from None
    except orjson.JSONDecodeError:
        raise SandboxError(f"state file {path} is not a saved sandbox, or is cut off: name another") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise SandboxError(f"state file {path} is of format {found!r}: this version reads {FORMAT!r}")
    try:
        settings = Settings(**{**document["settings"], "pairs": tuple(document["settings"]["pairs"])})
        if market_seconds is not None:
            settings = settings.having(market_seconds=market_seconds)
        network = Network.from_dict(document["network"])
        history = history_from_dict(document["history"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SandboxError(f"state file {path} is damaged ({error!r}): name another") from None
    market = settings.open_market()
    if market is not None:
        market.restore(document["market"])
    return Sandbox(network, market, history, market_seconds=settings.market_seconds), settings
