"""Whether two answers say the same, but for what differs from one running of a network to the next."""

import json
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final
from urllib.parse import parse_qs

__all__ = ["Difference", "differences", "same_headers"]

Difference = tuple[str, Any, Any]
"""Where two documents differ, what was recorded, and what was got."""

NOT_COMPARED: Final = {"prev_hash", "header_xdr", "result_meta_xdr", "fee_meta_xdr", "core_latest_ledger"}
"""Hashes of ledgers are the network's own, the sandbox builds no meta, and is no ledger behind its core."""

ROOT_NOT_COMPARED: Final = {
    "horizon_version",
    "core_version",
    "ingest_latest_ledger",
    "history_latest_ledger_closed_at",
    "history_elder_ledger",
}
FEES_NOT_COMPARED: Final = {"last_ledger", "ledger_capacity_usage"}

HEADERS_NOT_COMPARED: Final = {"connection", "content-length", "date", "etag", "transfer-encoding"}
HEADERS_OF_THE_MOMENT: Final = {
    "latest-ledger",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
}
"""They have to be there, or not, as recorded; what they say differs."""

ORIGIN: Final = re.compile(r"^https?://[^/{]*")
MOST: Final = 20


def differences(path: str, expected: Any, got: Any) -> list[Difference]:
    """Return where the document at a path differs from the recorded one: in names, order, kinds or values."""
    expected, got = _plain(path, expected), _plain(path, got)
    if json.dumps(expected) == json.dumps(got):
        return []
    if _may_turn(path):
        expected, got = _turned(expected), _turned(got)
    if path.startswith("/paths"):
        expected, got = _sorted_paths(expected), _sorted_paths(got)
    if _is_of_the_moment(path):
        expected, got = _shape(expected), _shape(got)
    found = []
    for difference in _walk("", expected, got):
        found.append(difference)
        if len(found) == MOST:
            break
    return found


def same_headers(expected: dict[str, str], got: dict[str, str]) -> list[Difference]:
    """Return the headers that differ. Names are compared without regard to case."""
    first, second = _by_name(expected), _by_name(got)
    return [
        (f"header {name}", first.get(name), second.get(name))
        for name in sorted((first.keys() | second.keys()) - HEADERS_NOT_COMPARED)
        if first.get(name) != second.get(name)
    ]


def _by_name(headers: dict[str, str]) -> dict[str, str]:
    named = {name.lower(): value for name, value in headers.items()}
    return {name: "…" if name in HEADERS_OF_THE_MOMENT else value for name, value in named.items()}


def _plain(path: str, document: Any) -> Any:
    """Return a document without what is never compared."""
    if isinstance(document, list):
        return [_plain(path, value) for value in document]
    if not isinstance(document, dict):
        return document
    if not path.strip("/") and "horizon_version" in document:
        document = {name: value for name, value in document.items() if name not in ROOT_NOT_COMPARED}
    elif path.startswith("/fee_stats"):
        document = {name: value for name, value in document.items() if name not in FEES_NOT_COMPARED}
    own = {"id", "hash"} if {"closed_at", "header_xdr"} <= document.keys() else set()
    return {
        name: ORIGIN.sub("", value) if name == "href" and isinstance(value, str) else _plain("…", value)
        for name, value in document.items()
        if name not in NOT_COMPARED and name not in own
    }


def _query(path: str) -> dict[str, list[str]]:
    return parse_qs(path.partition("?")[2], keep_blank_values=True)


def _may_turn(path: str) -> bool:
    """Tell whether trades come in an orientation that nothing but Horizon's database gives them."""
    return path.partition("?")[0].rstrip("/").endswith("/trades") and "base_asset_type" not in _query(path)


def _is_of_the_moment(path: str) -> bool:
    return path.startswith("/ledgers?") and _query(path).get("order") == ["desc"]


def _turned(document: Any) -> Any:
    """Return trades in one orientation, whichever they came in."""
    if isinstance(document, list):
        return [_turned(value) for value in document]
    if not isinstance(document, dict):
        return document
    if "base_is_seller" not in document:
        return {name: _turned(value) for name, value in document.items()}
    turned = _other_way(document)
    return min(dict(sorted(document.items())), turned, key=lambda trade: json.dumps(_sides(trade)))


def _sides(trade: dict[str, Any]) -> list[Any]:
    return [trade.get(f"base_asset_{part}") for part in ("type", "code", "issuer")]


def _other_way(trade: dict[str, Any]) -> dict[str, Any]:
    turned: dict[str, Any] = {}
    for name, value in trade.items():
        match name:
            case "base_is_seller":
                turned[name] = not value
            case "price":
                turned[name] = {"n": value["d"], "d": value["n"]}
            case "_links":
                turned[name] = {**value, "base": value["counter"], "counter": value["base"]}
            case _ if name.startswith("base_"):
                turned[name.replace("base_", "counter_", 1)] = value
            case _ if name.startswith("counter_"):
                turned[name.replace("counter_", "base_", 1)] = value
            case _:
                turned[name] = value
    return dict(sorted(turned.items()))


def _sorted_paths(document: Any) -> Any:
    """Return paths with those of equal cost in one order."""
    try:
        records = document["_embedded"]["records"]
        ordered = [
            record for _, alike in groupby(records, key=_cost) for record in sorted(alike, key=json.dumps)
        ]
    except (KeyError, TypeError):
        return document
    return {**document, "_embedded": {"records": ordered}}


def _cost(record: dict[str, Any]) -> tuple[str, str]:
    return record["source_amount"], record["destination_amount"]


def _shape(document: Any) -> Any:
    """Return a document's names and kinds."""
    if isinstance(document, dict):
        return {name: _shape(value) for name, value in document.items()}
    if isinstance(document, list):
        return [_shape(value) for value in document]
    return type(document).__name__


def _walk(at: str, expected: Any, got: Any) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(got, dict):
        names = [*expected, *(name for name in got if name not in expected)]
        for name in names:
            where = f"{at}.{name}" if at else name
            if name not in got or name not in expected:
                yield where, expected.get(name, "nothing"), got.get(name, "nothing")
            else:
                yield from _walk(where, expected[name], got[name])
        if expected.keys() == got.keys() and list(expected) != list(got):
            yield f"order of {at or 'fields'}", list(expected), list(got)
    elif isinstance(expected, list) and isinstance(got, list):
        if len(expected) != len(got):
            yield f"number of {at}", len(expected), len(got)
        for index, (first, second) in enumerate(zip(expected, got, strict=False)):
            yield from _walk(f"{at}[{index}]", first, second)
    elif expected != got or type(expected) is not type(got):
        yield at or "body", expected, got
