"""Names of assets at Hummingbot's border: one name for each asset (code and issuer), stable for ever.

A code alone names nothing on Stellar: anyone can issue another ``USDC``. So a name without a dot is either
XLM, one of the curated assets below, or one the user has defined; every other asset appears as ``CODE.GABC``,
with the first characters of its issuer.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from itertools import permutations
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.strkey import decode_account

__all__ = ["AssetTable", "UnknownAsset", "curated_assets", "read_credit"]

NAME: Final = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+)*")

PUBLIC: Final = (
    Asset("USDC", "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"),  # Circle
    Asset("EURC", "GDHU6WRG4IEQXM5NZ4BMPKOXHW76MZM4Y2IEMFDVXBSDP6SJY4ITNPP2"),  # Circle
    Asset("AQUA", "GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA"),  # aqua.network
    Asset("yXLM", "GARDNV3Q7YGT4AKSDF25LT32YSCCW4EV22Y2TV3I2PU2MMXJTEDL5T55"),  # ultracapital.xyz
    Asset("yUSDC", "GDGTVWSM4MGS4T7Z6W4RPWOCHE2I6RDFCIFZGS3DOA63LWQTRNZNTTFF"),  # ultracapital.xyz
    Asset("yBTC", "GBUVRNH4RW4VLHP4C5MOF46RRIRZLAVHYGX45MVSTKA2F6TMR7E7L6NW"),  # ultracapital.xyz
    Asset("yETH", "GDYQNEF2UWTK4L6HITMT53MZ6F5QWO3Q4UVE6SCGC4OMEQIZQQDERQFD"),  # ultracapital.xyz
    Asset("BTC", "GDPJALI4AZKUU2W426U5WKMAT6CN3AJRPIIRYR2YM54TL2GDWO5O2MZM"),  # ultracapital.xyz
    Asset("ETH", "GBFXOHVAS43OIWNIO7XLRJAHT3BICFEIKOJLZVXNT572MISM4CMGSOCC"),  # ultracapital.xyz
    Asset("SHX", "GDSTRSHXHGJ7ZIVRBXEYE5Q74XUVCUSEKEBR7UCHEUUEK72N7I7KJ6JH"),  # stronghold.co
    Asset("PYUSD", "GDQE7IXJ4HUHV6RQHIUPRJSEZE4DRS5WY577O2FY6YQ5LVWZ7JZTU2V5"),  # Paxos
    Asset("BLND", "GDJEHTBE6ZHUXSWFI642DCGLUOECLHPF3KSXHPXTSTJ7E3JF6MQ5EZYY"),  # blend.capital
)
"""Issuers as in Soroswap's public token list, each checked against a second public source."""

TESTNET: Final = (
    Asset("USDC", "GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5"),  # Circle, test network
    Asset("EURC", "GB3Q6QDZYTHWT7E5PVS3W7FUT5GVAFC5KSZFFLPU25GO7VTC3NM2ZTVO"),  # Circle, test network
)


def curated_assets(domain: str) -> tuple[Asset, ...]:
    """Return the assets whose names this project vouches for; on the sandbox they have its own issuers."""
    if domain == CONSTANTS.DEFAULT_DOMAIN:
        return PUBLIC
    if domain == CONSTANTS.TESTNET:
        return TESTNET
    return tuple(Asset(asset.code, _sandbox_issuer(asset.code)) for asset in PUBLIC)


def _sandbox_issuer(code: str) -> str:
    return SigningKey(sha256(b"stellar sandbox issuer " + code.encode()).digest()).account


class UnknownAsset(ConfigurationError):
    """A name that stands for no asset here."""


class AssetTable:
    """The two-way table between assets and their Hummingbot names (``[A-Z0-9.]+``) of one domain.

    Parameters
    ----------
    domain : str
        ``stellar``, ``stellar_testnet`` or ``stellar_local``.
    own : str
        The user's assets: ``NAME=CODE:ISSUER`` or ``CODE:ISSUER``, separated by commas.

    Raises
    ------
    ConfigurationError
        If one of the user's assets cannot be read, or would take a name or an asset that already has its own.

    Examples
    --------
    >>> table = AssetTable("stellar", "GOLD=gold:GBNZILSTVQZ4R7IKQDGHYGY2QXL5QOFJYQMXPKWRRM5PAV7Y4M67AQUA")
    >>> table.asset("YXLM").code, table.asset("GOLD").code
    ('yXLM', 'gold')
    """

    def __init__(self, domain: str, own: str = "") -> None:
        self._domain = domain
        self._assets: dict[str, Asset] = {}
        self._names: dict[Asset, str] = {}
        self._enter("XLM", NATIVE)
        self._curated = curated_assets(domain)
        for asset in self._curated:
            self._enter(asset.code.upper(), asset)
        for entry in filter(None, (part.strip() for part in own.split(","))):
            self._add_own(entry)
        self._tradable = dict(self._assets)

    @property
    def names(self) -> tuple[str, ...]:
        """Names that can be traded: XLM, the curated and the user's own."""
        return tuple(self._tradable)

    @property
    def assets(self) -> Mapping[str, Asset]:
        """Asset by name, for those that can be traded."""
        return self._tradable

    def asset(self, name: str) -> Asset:
        """Return the asset of a name.

        Raises
        ------
        UnknownAsset
            If the table has no such name; the message says how to add it.
        """
        found = self._tradable.get(name)
        if found is None:
            raise UnknownAsset(
                f"asset {name} is not known on {self._domain} (known: {', '.join(self._tradable)}): "
                f"add it to {self._domain}_assets, or to conf/{CONSTANTS.ASSETS_FILE}, as {name}=CODE:ISSUER"
            )
        return found

    def pair(self, trading_pair: str) -> tuple[Asset, Asset]:
        """Return base and quote of a pair such as ``XLM-USDC``.

        Raises
        ------
        ConfigurationError
            If it is not BASE-QUOTE, or both are the same asset.
        UnknownAsset
            If one of them is not in the table.
        """
        base, dash, quote = trading_pair.partition("-")
        if not (dash and base and quote) or "-" in quote:
            raise ConfigurationError(f"trading pair {trading_pair!r} is not BASE-QUOTE, for example XLM-USDC")
        if base == quote:
            raise ConfigurationError(
                f"trading pair {trading_pair} names {base} twice: choose two different assets"
            )
        return self.asset(base), self.asset(quote)

    def is_curated(self, asset: Asset) -> bool:
        """Whether this project vouches for the asset."""
        return asset in self._curated

    def namesake(self, asset: Asset) -> Asset | None:
        """Return the curated asset whose code an asset of another issuer bears, in whatever case."""
        code = asset.code.upper()
        return next((known for known in self._curated if known.code.upper() == code and known != asset), None)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield every ordered pair of tradable names, as (base, quote)."""
        return permutations(self._tradable, 2)

    def name(self, asset: Asset) -> str:
        """Return the name of any asset; one seen for the first time gets ``CODE.GABC`` and keeps it."""
        known = self._names.get(asset)
        if known is not None:
            return known
        for name in _long_names(asset):
            if name not in self._assets:
                self._enter(name, asset)
                return name
        raise AssertionError("the last of an asset's long names is unique")

    def symbol(self, trading_pair: str) -> str:
        """Return the exchange's own notation of a pair: ``native/USDC:GA5Z…``."""
        base, quote = self.pair(trading_pair)
        return f"{base}/{quote}"

    def _enter(self, name: str, asset: Asset) -> None:
        self._assets[name] = asset
        self._names[asset] = name

    def _add_own(self, entry: str) -> None:
        name, equals, text = entry.partition("=")
        if not equals:
            name, text = "", entry
        name = name.strip()
        asset = read_credit(text.strip(), entry)
        if not name:
            self.name(asset)
            return
        if not NAME.fullmatch(name):
            raise ConfigurationError(
                f"asset name {name!r} in {entry!r} must be capital letters, digits and inner dots"
            )
        if self._assets.get(name, asset) != asset:
            raise ConfigurationError(
                f"asset name {name} already stands for {self._assets[name]}: choose another name for {asset}"
            )
        if self._names.get(asset, name) != name:
            raise ConfigurationError(
                f"asset {asset} is already called {self._names[asset]}: use that name instead of {name}"
            )
        self._enter(name, asset)


def read_credit(text: str, entry: str = "") -> Asset:
    """Read ``CODE:ISSUER``.

    Parameters
    ----------
    text : str
    entry : str, optional
        What the user wrote, if that is more; messages name it.

    Raises
    ------
    ConfigurationError
        If it is no such text, or the issuer no address.
    """
    entry = entry or text
    code, colon, issuer = text.partition(":")
    if not colon:
        raise ConfigurationError(f"asset {entry!r} is not NAME=CODE:ISSUER: the issuer is missing")
    try:
        decode_account(issuer)
        return Asset(code, issuer)
    except ValueError as error:
        raise ConfigurationError(f"asset {entry!r} cannot be used: {error}") from None


def _long_names(asset: Asset) -> Iterator[str]:
    code = asset.code.upper()
    for length in (4, 8, 56):
        yield f"{code}.{asset.issuer[:length]}"
    letters = "".join("1" if character.islower() else "0" for character in asset.code)
    yield f"{code}.{asset.issuer}.{letters}"
