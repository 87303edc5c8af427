"""What a collection is of: network, pairs, depth and where it began; written once, held against every run."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Self

__all__ = ["VERSION", "CollectionError", "Manifest", "Market", "put"]

FORMAT: Final = "hummingbot-stellar collection"
VERSION: Final = 1
FILE: Final = "manifest.json"
KIND: Final = ("format", "version")


class CollectionError(ValueError):
    """A folder that cannot be collected into, or read; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Market:
    """One pair of the collection.

    Attributes
    ----------
    base, quote : str
        Assets: ``native`` or ``CODE:ISSUER``.
    """

    base: str
    quote: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a collection is of.

    Attributes
    ----------
    domain, passphrase : str
        The network.
    levels : int
        Of each side of a book, at most.
    ledger : int
        The last one closed when the collection began; trades of later ones are in it.
    hash : str
        That ledger's. It tells networks of the same passphrase apart: test networks are begun anew at times.
    markets : dict of str to Market
        By trading pair.
    """

    domain: str
    passphrase: str
    levels: int
    ledger: int
    hash: str
    markets: dict[str, Market]

    @classmethod
    def read(cls, directory: Path) -> Self | None:
        """Read a folder's manifest; None where it has none.

        Raises
        ------
        CollectionError
            If it is of another format.
        """
        file = directory / FILE
        try:
            given = json.loads(file.read_bytes())
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise CollectionError(f"{file} cannot be read ({error}): name another folder") from None
        kind, version = (given.pop(name, None) if isinstance(given, dict) else None for name in KIND)
        if kind != FORMAT or version != VERSION:
            raise CollectionError(
                f"{file} is of {kind or 'no format'} {version or ''}".rstrip()
                + f", and not of {FORMAT} {VERSION}: name another folder"
            )
        try:
            markets = {pair: Market(**market) for pair, market in given.pop("markets").items()}
            made = cls(**given, markets=markets)
            if not (made.levels > 0 and made.ledger >= 0 and markets):
                raise ValueError("numbers below 1, or no pair")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise CollectionError(f"{file} lacks something ({error}): name another folder") from None
        return made

    def write(self, directory: Path) -> None:
        """Put it in its place whole."""
        text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(self)}, indent=1)
        put(directory / FILE, lambda part: part.write_text(f"{text}\n"))

    def check(self, wanted: "Manifest", directory: Path) -> None:
        """Refuse what would not belong to the rest of the folder.

        Raises
        ------
        CollectionError
            Naming the first difference.
        """
        for what, held, asked in (
            ("the network", self.passphrase, wanted.passphrase),
            ("pairs", ", ".join(sorted(self.markets)), ", ".join(sorted(wanted.markets))),
            *(
                (f"{pair} of", f"{mine.base} and {mine.quote}", f"{other.base} and {other.quote}")
                for pair, mine in self.markets.items()
                if (other := wanted.markets.get(pair)) is not None
            ),
            ("levels", self.levels, wanted.levels),
        ):
            if held != asked:
                raise CollectionError(
                    f"{directory} holds {what} {held}, not {asked}: ask for the same, or name another folder"
                )

    def of(self, table: str, pair: str) -> dict[str, str]:
        """Return what each file of a table says of itself."""
        market = self.markets[pair]
        return {
            "format": FORMAT,
            "version": str(VERSION),
            "table": table,
            "pair": pair,
            "base": market.base,
            "quote": market.quote,
            "network": self.passphrase,
            "levels": str(self.levels),
        }


def put(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then move it there: what cuts this off leaves no half of it."""
    part = file.with_name(f"{file.name}.part")
    write(part)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.replace(file)
    directory = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
