"""What the issuer of an asset says about it: ``stellar.toml`` on its home domain (SEP-1).

An account names a home domain, and the domain lists the assets it stands for, with their issuers. Only where
each names the other is the one behind a domain the one behind an asset; a code alone proves nothing.

References
----------
https://github.com/stellar/stellar-protocol/blob/master/ecosystem/sep-0001.md
"""

import asyncio
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import StellarError
from hummingbot.connector.exchange.stellar.ledger.asset import Asset

__all__ = ["UnverifiedIssuer", "linked_files", "lists_asset", "parse", "toml_url", "verify"]

PATH: Final = "/.well-known/stellar.toml"
LARGEST: Final = 100 * 1024
"""Bytes; SEP-1 allows no more."""
DEEPEST: Final = 64
"""Dots of a key; parsing more of them takes time with their square."""
LINKS: Final = 10
REDIRECTS: Final = 3
TIMEOUT: Final = 10.0
DOMAIN_NAME: Final = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I)
LOOPBACK: Final = re.compile(r"(127\.0\.0\.1|localhost):[0-9]{1,5}")
UNREACHABLE: Final = (aiohttp.ClientError, asyncio.TimeoutError, OSError, ValueError)


class UnverifiedIssuer(StellarError):
    """Nobody outside the ledger vouches for an asset, or what vouches for it cannot be read."""


async def verify(
    asset: Asset, home_domain: str, network: str, passphrase: str, session: aiohttp.ClientSession
) -> None:
    """Make sure that the home domain of an asset's issuer lists the asset.

    Parameters
    ----------
    asset : Asset
        A credit.
    home_domain : str
        As the issuer's account names it, ``""`` if it names none.
    network : str
        The domain of the connector; only the sandbox's may be a loopback address.
    passphrase : str
        Of the network: a domain may list the assets of another one.
    session : aiohttp.ClientSession

    Raises
    ------
    UnverifiedIssuer
        If it does not, with one sentence that says what is wrong.
    """
    if not home_domain:
        raise UnverifiedIssuer("its issuer names no home domain that would vouch for it")
    url = toml_url(home_domain, network)
    document = parse(await _fetch(url, network, session), home_domain)
    known = document.get("NETWORK_PASSPHRASE")
    if isinstance(known, str) and known and known != passphrase:
        raise UnverifiedIssuer(f"stellar.toml of {home_domain} is of another network, {known[:60]!r}")
    if lists_asset(document, asset):
        return
    for link in linked_files(document, url)[:LINKS]:
        with suppress(UnverifiedIssuer):
            if lists_asset({"CURRENCIES": [parse(await _fetch(link, network, session), link)]}, asset):
                return
    raise UnverifiedIssuer(
        f"stellar.toml of {home_domain}, its issuer's home domain, does not list it: it may be an imitation"
    )


def toml_url(home_domain: str, network: str) -> str:
    """Return where a home domain keeps its ``stellar.toml``.

    Raises
    ------
    UnverifiedIssuer
        If it is not the name of a domain: an issuer can write anything there, an address of this machine's
        own network too.
    """
    if network == CONSTANTS.LOCAL and LOOPBACK.fullmatch(home_domain):
        return f"http://{home_domain}{PATH}"
    if not DOMAIN_NAME.fullmatch(home_domain):
        raise UnverifiedIssuer(f"its issuer's home domain {home_domain!r} is not the name of a domain")
    return f"https://{home_domain}{PATH}"


def parse(raw: bytes, source: str) -> dict[str, Any]:
    """Read a ``stellar.toml``.

    Parameters
    ----------
    raw : bytes
    source : str
        Whose it is, for messages.

    Raises
    ------
    UnverifiedIssuer
        If it is longer than SEP-1 allows or is not TOML.
    """
    if len(raw) > LARGEST:
        raise UnverifiedIssuer(f"stellar.toml of {source} is longer than the {LARGEST} bytes of SEP-1")
    try:
        text = raw.decode()
        if any(_depth(line) > DEEPEST for line in text.split("\n")):
            raise ValueError(f"a key of more than {DEEPEST} parts")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        reason = "its tables are nested too deep" if isinstance(error, RecursionError) else str(error)
        raise UnverifiedIssuer(f"stellar.toml of {source} cannot be read ({reason})") from None


def lists_asset(document: Mapping[str, Any], asset: Asset) -> bool:
    """Tell whether the currencies of a ``stellar.toml`` have the asset, by its code and issuer both."""
    return any(
        entry.get("issuer") == asset.issuer
        and (entry.get("code") == asset.code or _fits(entry.get("code_template"), asset.code))
        for entry in _currencies(document)
    )


def linked_files(document: Mapping[str, Any], url: str) -> list[str]:
    """Return the files of single currencies to which a ``stellar.toml`` links, on its own host alone."""
    links = [urljoin(url, entry["toml"]) for entry in _currencies(document) if _is_link(entry.get("toml"))]
    return [link for link in links if urlsplit(link)[:2] == urlsplit(url)[:2]]


def _currencies(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entries = document.get("CURRENCIES")
    if isinstance(entries, list):
        yield from (entry for entry in entries if isinstance(entry, dict))


def _is_link(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable() and not {"[", "]"} & set(value)


def _is_outside(url: str, network: str) -> bool:
    """Whether a URL leads out of this machine's own network, or, for the sandbox, to its loopback."""
    parts = urlsplit(url)
    if network == CONSTANTS.LOCAL and parts.scheme == "http":
        return LOOPBACK.fullmatch(parts.netloc) is not None
    return parts.scheme == "https" and DOMAIN_NAME.fullmatch(parts.netloc) is not None


def _fits(template: Any, code: str) -> bool:
    """Whether a code has the form of a template, in which ``?`` stands for any character."""
    if not isinstance(template, str) or len(template) != len(code):
        return False
    return all(form in ("?", character) for form, character in zip(template, code, strict=True))


def _depth(line: str) -> int:
    """Return the most dots that a key of the line can have."""
    head = line if line.lstrip().startswith("[") else line.rpartition("=")[0]
    return head.count(".")


async def _fetch(url: str, network: str, session: aiohttp.ClientSession) -> bytes:
    """Read a file whole, or one byte more than is allowed."""
    where = urlsplit(url).netloc
    try:
        async with asyncio.timeout(TIMEOUT):
            for _ in range(REDIRECTS + 1):
                async with session.get(url, allow_redirects=False) as response:
                    if response.status not in (301, 302, 303, 307, 308):
                        if response.status != 200:
                            raise UnverifiedIssuer(f"{where} answers {response.status} for its stellar.toml")
                        return await _read(response.content)
                    url = urljoin(url, response.headers.get("Location", ""))
                    if not _is_outside(url, network):
                        raise UnverifiedIssuer(f"stellar.toml of {where} is said to be at {url[:100]!r}")
    except UNREACHABLE as error:
        reason = "time-out" if isinstance(error, TimeoutError) else str(error).strip() or type(error).__name__
        raise UnverifiedIssuer(f"stellar.toml of {where} cannot be fetched ({reason})") from None
    raise UnverifiedIssuer(f"stellar.toml of {where} is behind more than {REDIRECTS} redirects")


async def _read(content: aiohttp.StreamReader) -> bytes:
    raw = b""
    while len(raw) <= LARGEST:
        chunk = await content.read(LARGEST + 1 - len(raw))
        if not chunk:
            break
        raw += chunk
    return raw
