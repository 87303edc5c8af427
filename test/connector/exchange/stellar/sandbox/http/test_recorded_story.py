"""Horizon's answers, as a running Horizon recorded them, against the sandbox's after the same ledgers.

``test/golden/horizon`` holds a whole story on a private network. Every answer that was as of one ledger is
asked for again when the sandbox has lived through that ledger; names, order, kinds and values of all fields
must agree.
"""

import json
import re
from collections import Counter
from typing import Any

from yarl import URL

from .conftest import recorded

ELSEWHERE = ("/assets", "/health")
"""Families that the sandbox does not serve."""

NOT_BUILT = {"prev_hash", "header_xdr", "result_meta_xdr", "fee_meta_xdr"}
"""Hashes of ledgers are the network's own; the sandbox builds no meta."""

OUTSIDE = {
    "cursor=now": "the recorded server's idea of now was a moment old",
}

NOT_READY = 503
"""The recorded server took some seconds to know the offers that it finds paths over."""

RECORDED_AT = "http://127.0.0.1:28000"
HEADERS = ("Accept", "Last-Event-ID")
END = 242.2
"""Seconds into the story: later answers are about outages and limits."""


def answers() -> list[dict[str, Any]]:
    """Return the recorded answers that are as of one ledger, in the order of the ledgers."""
    found = [
        exchange
        for exchange in recorded("exchanges")
        if exchange["request"]["method"] == "GET"
        and not exchange.get("instance")
        and not exchange["request"]["path"].startswith(ELSEWHERE)
        and not any(part in exchange["request"]["path"] for part in OUTSIDE)
        and exchange["ledger_lo"] is not None
        and exchange["ledger_lo"] == exchange["ledger_hi"]
        and exchange["t"] <= END
        and exchange["response"]["status"] != NOT_READY
    ]
    return sorted(found, key=lambda exchange: exchange["ledger_lo"])


def plain(document: Any, base: str) -> Any:
    """Return a document without what cannot agree."""
    if isinstance(document, dict):
        kept = {name: plain(value, base) for name, value in document.items() if name not in NOT_BUILT}
        if "closed_at" in kept:  # a ledger
            del kept["id"], kept["hash"]
        return kept
    if isinstance(document, list):
        return [plain(value, base) for value in document]
    return document.replace(base, "") if isinstance(document, str) else document


def family_of(path: str) -> str:
    """Return a path with its ids left out."""
    path = re.sub(r"G[A-Z2-7]{55}|[0-9a-f]{64}", "ID", path.split("?")[0].rstrip("/"))
    return re.sub(r"/\d+", "/N", path)


async def test_answers_agree_with_a_running_horizon(story) -> None:
    told, http = story
    counts: Counter[str] = Counter()
    differences: list[str] = []
    for exchange in answers():
        path, response = exchange["request"]["path"], exchange["response"]
        told.tell(exchange["ledger_lo"])
        family = family_of(path)
        if family == "/" or family == "":
            continue  # versions
        if response["json"].get("last_ledger", str(exchange["ledger_lo"])) != str(exchange["ledger_lo"]):
            continue  # the recorded fee statistics were a ledger old
        headers = {name: value for name, value in exchange["request"]["headers"].items() if name in HEADERS}
        url = URL(path, encoded=True)
        async with http.get(url, headers=headers, skip_auto_headers=("Accept",)) as answer:
            text, status = await answer.text(), answer.status
        base = str(answer.url.origin())
        if status != response["status"]:
            differences.append(f"{exchange['n']} {path}: {status}, recorded {response['status']}")
            continue
        got = plain(json.loads(text), base)
        want = plain(response["json"], RECORDED_AT)
        counts[family] += 1
        if json.dumps(got) != json.dumps(want):
            differences.append(f"{exchange['n']} {path}")
    assert differences == []
    assert counts["/order_book"] == 518
    assert counts["/offers"] == 127
    assert counts["/accounts/ID/offers"] == 184
    assert counts["/paths/strict-send"] == 107
    assert counts["/paths/strict-receive"] == 102
    assert counts.total() > 2700, counts
    assert counts["/fee_stats"] >= 10
    for family in ("/trades", "/transactions/ID", "/transactions/ID/operations", "/accounts/ID/effects"):
        assert counts[family] >= 58, family


async def test_submissions_that_failed_are_explained_in_horizons_words() -> None:
    """Every recorded refusal: the codes, from the result's bytes alone."""
    from base64 import b64decode

    from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
    from hummingbot.connector.exchange.stellar.sandbox.http.result_codes import result_codes

    seen: set[str] = set()
    for exchange in recorded("exchanges"):
        if exchange["request"]["method"] != "POST" or exchange["response"]["status"] != 400:
            continue
        extras = exchange["response"]["json"].get("extras", {})
        if "result_codes" not in extras:
            continue
        result = decode_result(b64decode(extras["result_xdr"]))
        assert result_codes(result) == extras["result_codes"], exchange["step_name"]
        seen.update([extras["result_codes"]["transaction"], *extras["result_codes"].get("operations", [])])
    assert {
        "tx_bad_seq",
        "op_cross_self",
        "op_offer_not_found",
        "sell_not_authorized",
        "op_line_full",
    } <= seen
    assert len(seen) > 25
