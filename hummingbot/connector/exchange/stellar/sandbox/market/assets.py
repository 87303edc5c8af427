"""Assets and pairs of the sandbox, and the keys of everyone who lives there."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey

from .errors import MarketError

__all__ = ["Pair", "actor_key", "issuer_key", "parse_pairs", "root_key", "sandbox_asset"]


@dataclass(frozen=True, slots=True)
class Pair:
    """What is traded (`base`) for what (`quote`)."""

    base: Asset
    quote: Asset

    @property
    def name(self) -> str:
        """Codes of both: ``XLM/USDC``."""
        return f"{self.base.code}/{self.quote.code}"


def issuer_key(code: str) -> SigningKey:
    """Return the key that issues `code` on every sandbox: the same address for every seed and network."""
    return SigningKey(hashlib.sha256(b"stellar sandbox issuer " + code.encode()).digest())


def sandbox_asset(code: str) -> Asset:
    """Return the sandbox's asset of that code; ``XLM`` is the native one."""
    return NATIVE if code == "XLM" else Asset(code, issuer_key(code).account)


def root_key(passphrase: str) -> SigningKey:
    """Return the key of the account that holds all lumens when a standalone network begins."""
    return SigningKey(hashlib.sha256(passphrase.encode()).digest())


def actor_key(seed: int, name: str) -> SigningKey:
    """Return the key of a market actor: the same name and seed give the same account."""
    return SigningKey(hashlib.sha256(f"stellar sandbox actor {seed} {name}".encode()).digest())


def parse_pairs(names: Iterable[str]) -> tuple[Pair, ...]:
    """Read pairs such as ``XLM/USDC``, ``XLM-USDC`` or just ``USDC``.

    Raises
    ------
    MarketError
        If a pair does not trade XLM for a credit, is given twice, or none is given.
    """
    pairs: list[Pair] = []
    for name in names:
        base, separator, quote = name.strip().replace("-", "/").partition("/")
        if not separator:
            base, quote = "XLM", base
        if base != "XLM" or quote == "XLM":
            raise MarketError(f"sandbox pair {name!r}: write XLM and another code, such as XLM/USDC")
        try:
            pair = Pair(NATIVE, sandbox_asset(quote))
        except ValueError as error:
            raise MarketError(f"sandbox pair {name!r}: {error}") from None
        if pair in pairs:
            raise MarketError(f"sandbox pair {pair.name} is given twice: name each once")
        pairs.append(pair)
    if not pairs:
        raise MarketError("no sandbox pair is given: name at least one, such as XLM/USDC")
    return tuple(pairs)
