"""What a user enters at `connect`, and what is wrong with it. Light: Hummingbot reads it at every start."""

from typing import Final
from urllib.parse import urlsplit

from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.strkey import decode_account, decode_secret
from hummingbot.connector.exchange.stellar.stellar_constants import FEE_CAP

__all__ = ["check_account", "check_fee_cap", "check_merged_book", "check_secret_key", "check_urls"]

FEE_CAP_LEAST: Final = 100
FEE_CAP_MOST: Final = 10_000_000


def check_secret_key(secret: str, network: str) -> str:
    """Return a secret key without the blanks around it.

    Raises
    ------
    ConfigurationError
        If it is none. The message says what it looks like instead, and never repeats it.
    """
    secret = secret.strip()
    try:
        decode_secret(secret)
    except ValueError:
        pass
    else:
        return secret
    if not secret:
        problem = "is empty"
    elif secret.startswith("G") and len(secret) == 56:
        problem = "is a public address (G…)"
    elif secret.startswith("S") and len(secret) == 56:
        problem = "has a typing error (its checksum is wrong)"
    elif len(secret.split()) >= 12:
        problem = "is a recovery phrase"
    else:
        problem = f"has {len(secret)} characters and is not a Stellar secret key"
    raise ConfigurationError(
        f"the secret key for {network} {problem}: it must be S and 55 more characters, as a wallet exports it"
    )


def check_account(text: str, domain: str) -> str:
    """Return an account's address without the blanks around it; empty for an empty text.

    Raises
    ------
    ConfigurationError
        If it is none. The message does not repeat it: it may be a secret in the wrong place.
    """
    text = text.strip()
    if not text:
        return ""
    try:
        decode_account(text)
    except ValueError:
        pass
    else:
        return text
    problem = "is not an address"
    if text.startswith("S") and len(text) == 56:
        problem = "is a secret key (S…)"
    elif text.startswith("M") and len(text) == 69:
        problem = "is a muxed address (M…)"
    elif text.startswith("G") and len(text) == 56:
        problem = "has a typing error (its checksum is wrong)"
    raise ConfigurationError(
        f"the account to trade on for {domain} {problem}: enter G and 55 more characters, or nothing for the "
        "key's own account"
    )


def check_fee_cap(text: str, domain: str) -> int:
    """Return the cap on fees, in stroops an operation; the default for an empty text.

    Raises
    ------
    ConfigurationError
        If it is no whole number from 100 (the least that the network takes) to 10,000,000 (1 XLM).
    """
    text = text.strip()
    if not text:
        return FEE_CAP
    if not (text.isascii() and text.isdigit()) or not FEE_CAP_LEAST <= int(text) <= FEE_CAP_MOST:
        raise ConfigurationError(
            f"the cap on fees of {domain}, {text!r}, is not a whole number of stroops an operation from "
            f"{FEE_CAP_LEAST} to {FEE_CAP_MOST}: enter one, or nothing for {FEE_CAP}"
        )
    return int(text)


def check_merged_book(text: str, domain: str) -> bool:
    """Return whether books are to show liquidity pools; no for an empty text.

    Raises
    ------
    ConfigurationError
        If it is neither yes nor no.
    """
    answer = text.strip().lower()
    if answer not in ("", "yes", "no"):
        raise ConfigurationError(
            f"whether {domain} shows liquidity pools in its order books, {text!r}, is neither yes nor no: "
            "enter one of them, or nothing for no"
        )
    return answer == "yes"


def check_urls(text: str, what: str) -> tuple[str, ...]:
    """Return addresses that are separated by commas, without trailing slashes.

    Parameters
    ----------
    text : str
        May be empty.
    what : str
        Such as ``Horizon URL of stellar``.

    Raises
    ------
    ConfigurationError
        If one is not an address of http or https, or is there twice.
    """
    urls = [url.strip() for url in text.split(",") if url.strip()]
    for url in urls:
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise ConfigurationError(
                f"{what}: {url!r} is not an address: write http://HOST:PORT or https://HOST"
            )
    urls = [url.rstrip("/") for url in urls]
    twice = next((url for url in urls if urls.count(url) > 1), None)
    if twice is not None:
        raise ConfigurationError(f"{what}: {twice!r} is there twice: name each node once")
    return tuple(urls)
