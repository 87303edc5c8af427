"""The first witness: what a Horizon node shows of the ledger."""

import json
import urllib.request
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

__all__ = ["Horizon", "Json", "asset_of", "stroops"]

Json = dict[str, Any]
PAGE = 200


class Horizon:
    """A node's answers."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def get(self, path: str) -> Json:
        """Return a document."""
        with urllib.request.urlopen(self._url + path, timeout=30) as answer:
            document: Json = json.load(answer)
        return document

    def all(self, path: str) -> Iterator[Json]:
        """Yield the records of all pages, oldest first."""
        cursor = ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(f"{path}{joint}limit={PAGE}&order=asc&cursor={cursor}")["_embedded"]["records"]
            yield from page
            if len(page) < PAGE:
                return
            cursor = page[-1]["paging_token"]


def stroops(text: str) -> int:
    """Return an amount of Horizon's as an integer."""
    return int(Decimal(text).scaleb(7))


def asset_of(record: Json, prefix: str = "") -> str:
    """Name the asset of a record as the journal does; pool shares by their pool."""
    kind = record[f"{prefix}asset_type"]
    if kind == "native":
        return "native"
    if kind == "liquidity_pool_shares":
        return str(record["liquidity_pool_id"])
    return f"{record[f'{prefix}asset_code']}:{record[f'{prefix}asset_issuer']}"
