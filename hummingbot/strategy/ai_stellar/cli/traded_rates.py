"""Exchange rates for ``hbot history``: the sandbox's own where the trades to be shown are the sandbox's."""

import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Final

import yaml  # type: ignore[import-untyped,unused-ignore]
from hummingbot.cli import bot
from hummingbot.core.rate_oracle.rate_oracle import RateOracle
from hummingbot.core.rate_oracle.sources.rate_source_base import RateSourceBase

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.own_assets import own_assets
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.connector.exchange.stellar.stellar_rate_source import StellarRateSource

__all__ = ["TradedRates"]

SANDBOX: Final = "stellar_local"
SANDBOX_MARKETS: Final = ("stellar_local", "stellar_local_PaperTrade")
"""As Hummingbot's trade records name them."""


class TradedRates(RateSourceBase):  # type: ignore[misc]
    """The sandbox's order books if every recorded trade is the sandbox's, and else what Hummingbot would ask.

    It looks at the trades when it is asked, which is after Hummingbot has read them: a running bot may make
    its first one between the start of the command and that.

    Parameters
    ----------
    database : callable
        Returns the path of the trades to be shown, or None while there are none.
    otherwise : RateSourceBase
        Hummingbot's source.
    """

    def __init__(self, database: Callable[[], str | None], otherwise: RateSourceBase) -> None:
        self._database, self._otherwise = database, otherwise

    @classmethod
    def install(cls, names: Sequence[str]) -> None:
        """Make Hummingbot ask it, about the first named bot that has traded or else the current one."""
        oracle = RateOracle.get_instance()

        def database() -> str | None:
            named = (bot.db_path_for(name) for name in names)
            path = next(filter(None, named), None) or bot.resolve_db_path()
            return str(path) if path else None

        oracle.source = cls(database, oracle.source)

    @property
    def name(self) -> str:
        """Name shown by Hummingbot."""
        return str(self._otherwise.name)

    async def get_prices(self, quote_token: str | None = None) -> dict[str, Decimal]:
        """Return the rate by pair."""
        database = self._database()
        pairs = _traded_pairs(Path(database)) if database else set()
        source = _books_of(pairs) if pairs else None
        prices: dict[str, Decimal] = await (source or self._otherwise).get_prices(quote_token=quote_token)
        return prices


def _books_of(pairs: set[str]) -> StellarRateSource | None:
    """Return the sandbox's books of the pairs whose assets are known; None if own assets cannot be read."""
    entered = _entered_assets()
    try:
        known = set(AssetTable(SANDBOX, own_assets(SANDBOX, entered)).names)
        readable = sorted(pair for pair in pairs if known.issuperset(pair.split("-")))
        connector = StellarExchange(
            stellar_assets=entered, trading_pairs=readable, trading_required=False, domain=SANDBOX
        )
    except ConfigurationError as error:
        print(f"The rates of own assets are not known: {error}.", file=sys.stderr)
        return None
    return StellarRateSource(connector)


def _entered_assets() -> str:
    """Return the own assets that the user entered at `connect`."""
    try:
        keys = yaml.safe_load(Path(f"conf/connectors/{SANDBOX}.yml").read_text())
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return ""
    return str(keys.get(f"{SANDBOX}_assets") or "") if isinstance(keys, dict) else ""


def _traded_pairs(database: Path) -> set[str]:
    """Return the pairs traded on the sandbox; none if anything was traded elsewhere."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            traded = connection.execute("SELECT DISTINCT market, symbol FROM TradeFill").fetchall()
    except sqlite3.Error:
        return set()
    return {pair for _, pair in traded} if all(market in SANDBOX_MARKETS for market, _ in traded) else set()
