"""The folder of a collection: one a run, one network, the same pairs and depth for good."""

import fcntl
import os
from pathlib import Path
from typing import Final

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerHeader
from hummingbot.connector.exchange.stellar.public_source import PublicSource

from .manifest import CollectionError, Manifest, Market

__all__ = ["LEVELS", "MOST_LEVELS", "Folder"]

LEVELS: Final = 20
MOST_LEVELS: Final = 200
"""Of each side; Horizon shows no more."""
LOCK: Final = ".lock"
NOT_FOUND: Final = 404
GONE: Final = 410


class Folder:
    """A folder that this process holds until `close`.

    Attributes
    ----------
    directory : Path
    manifest : Manifest
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise CollectionError(
                f"{directory} is being collected into by another run: stop that one, or name another folder"
            ) from None

    @classmethod
    async def open(
        cls, directory: Path, source: PublicSource, domain: str, pairs: list[str], levels: int | None
    ) -> "Folder":
        """Take hold of a folder, for pairs of the network that the source is of.

        Parameters
        ----------
        directory : Path
            Made where absent.
        source : PublicSource
        domain : str
        pairs : list of str
        levels : int or None
            Of each side of a book; None: those of the folder, or 20.

        Raises
        ------
        CollectionError
            If it holds something else, or another run holds it.
        ConfigurationError
            If a pair is none here.
        HorizonUnavailable, HorizonRefused
            If no node answers.
        OSError
            If it cannot be written.
        """
        markets = {pair: Market(*map(str, source.assets.pair(pair))) for pair in pairs}
        if levels is not None and not 0 < levels <= MOST_LEVELS:
            raise CollectionError(f"{levels} levels cannot be had: ask for 1 to {MOST_LEVELS} of each side")
        passphrase = await source.horizon.pool.passphrase()
        await source.data.read_ledger_clock()
        newest = source.data.ledger_clock.header
        assert newest is not None
        folder = cls(directory)
        try:
            held = Manifest.read(directory)
            depth = levels or (held.levels if held else LEVELS)
            wanted = Manifest(domain, passphrase, depth, newest.sequence, newest.hash, markets)
            if held is None:
                _check_empty(directory)
                wanted.write(directory)
            else:
                held.check(wanted, directory)
                await _same_network(source, held, newest.sequence, directory)
            folder.manifest = held or wanted
        except BaseException:
            folder.close()
            raise
        return folder

    manifest: Manifest

    def table(self, pair: str, table: str) -> Path:
        """Return where the files of a pair's table are."""
        return self.directory / pair / table

    def close(self) -> None:
        """Let go of it."""
        os.close(self._lock)


def _check_empty(directory: Path) -> None:
    strange = next((one for one in directory.iterdir() if one.name != LOCK), None)
    if strange is not None:
        raise CollectionError(f"{directory} holds {strange.name} and no collection: name another folder")


async def _same_network(source: PublicSource, held: Manifest, newest: int, directory: Path) -> None:
    """Refuse a network that was begun anew since: its ledgers have the numbers of others."""
    try:
        answer = await source.horizon.get(f"/ledgers/{held.ledger}")
    except HorizonRefused as error:
        if error.status not in (NOT_FOUND, GONE):
            raise
        if newest >= held.ledger:
            return  # so old that no node keeps it
        found = ""
    else:
        found = LedgerHeader.read(answer.body).hash
    if found != held.hash:
        raise CollectionError(
            f"{directory} began at ledger {held.ledger} of a network that was begun anew since: "
            "name another folder"
        )
