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

from .conftest import Story, recorded

ELSEWHERE = ("/claimable_balances", "/assets", "/health")
"""Families that the sandbox does not serve."""

NOT_BUILT = {"prev_hash", "header_xdr", "result_meta_xdr", "fee_meta_xdr"}
"""Hashes of ledgers are the network's own; the sandbox builds no meta."""

OUTSIDE = {
    "data/bot": "account data",
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
        if "balances" in kept:
            del kept["data"]
        return kept
    if isinstance(document, list):
        return [plain(value, base) for value in document]
    return document.replace(base, "") if isinstance(document, str) else document


def family_of(path: str) -> str:
    """Return a path with its ids left out."""
    path = re.sub(r"G[A-Z2-7]{55}|[0-9a-f]{64}", "ID", path.split("?")[0].rstrip("/"))
    return re.sub(r"/\d+", "/N", path)


def built_operation(story: Story, id: str) -> bool:
    """Tell whether an operation is of a transaction that the engine applied."""
    record = story.sandbox.history.operation(int(id))
    return record is not None and record.transaction.hash.hex() in story.built


def is_built(story: Story, record: dict[str, Any]) -> bool:
    """Tell whether a record comes from a transaction that the engine applied."""
    if "envelope_xdr" in record:
        return record["hash"] in story.built
    if "transaction_hash" in record:
        return record["transaction_hash"] in story.built
    token = record.get("paging_token", "")
    if "-" in token:
        return built_operation(story, token.split("-")[0])
    if "closed_at" in record:  # a ledger counts what was not built too
        ledger = story.sandbox.history.ledger(record["sequence"])
        assert ledger is not None
        return all(transaction.hash.hex() in story.built for transaction in ledger.transactions)
    return True


def compare(story: Story, got: Any, want: Any) -> str:
    """Return ``whole`` or ``records`` for what agrees, ``other`` for what is not built, or ``different``."""
    if json.dumps(got) == json.dumps(want):
        return "whole"
    if isinstance(want, dict) and "envelope_xdr" in want and not is_built(story, want):
        return "other"
    if isinstance(want, dict) and "transaction_hash" in want and not is_built(story, want):
        return "other"
    if isinstance(want, dict) and "sequence" in want and "closed_at" in want and not is_built(story, want):
        return "other"
    records = want.get("_embedded", {}).get("records") if isinstance(want, dict) else None
    if not records:
        return "different"
    mine = {record.get("paging_token"): record for record in got["_embedded"]["records"]}
    built = [record for record in records if is_built(story, record)]
    if len(built) == len(records):
        return "different"
    agree = all(json.dumps(mine.get(record["paging_token"])) == json.dumps(record) for record in built)
    return "records" if agree else "different"


async def test_answers_agree_with_a_running_horizon(story) -> None:
    told, http = story
    counts: dict[str, Counter[str]] = {}
    differences: list[str] = []
    for exchange in answers():
        path, response = exchange["request"]["path"], exchange["response"]
        told.tell(exchange["ledger_lo"])
        family = family_of(path)
        if family == "/" or family == "":
            continue  # versions
        if family == "/fee_stats" and response["status"] == 200:
            continue  # they count transactions that are not built
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
        verdict = compare(told, got, want)
        counts.setdefault(family, Counter())[verdict] += 1
        if verdict == "different":
            differences.append(f"{exchange['n']} {path}")
    assert differences == []
    assert counts["/order_book"] == {"whole": 518}
    assert counts["/offers"] == {"whole": 127}
    assert counts["/accounts/ID/offers"] == {"whole": 184}
    assert counts["/paths/strict-send"] == {"whole": 107}
    assert counts["/paths/strict-receive"] == {"whole": 102}
    assert sum(counter["whole"] for counter in counts.values()) > 2700, counts
    assert sum(counter["records"] for counter in counts.values()) > 70
    for family in ("/trades", "/transactions/ID", "/transactions/ID/operations", "/accounts/ID/effects"):
        assert counts[family]["whole"] >= 58, family


async def test_submissions_that_failed_are_explained_in_horizons_words() -> None:
    """Every recorded refusal of built operations: the codes, from the result's bytes alone."""
    from base64 import b64decode

    from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
    from hummingbot.connector.exchange.stellar.sandbox.http.result_codes import result_codes

    built = {
        "create_account",
        "payment",
        "path_payment_strict_receive",
        "path_payment_strict_send",
        "manage_sell_offer",
        "manage_buy_offer",
        "change_trust",
        "liquidity_pool_deposit",
        "liquidity_pool_withdraw",
        "",
    }
    seen: set[str] = set()
    for exchange in recorded("exchanges"):
        if exchange["request"]["method"] != "POST" or exchange["response"]["status"] != 400:
            continue
        extras = exchange["response"]["json"].get("extras", {})
        if "result_codes" not in extras:
            continue
        result = decode_result(b64decode(extras["result_xdr"]))
        if {operation.operation for operation in result.operations} <= built:
            assert result_codes(result) == extras["result_codes"], exchange["step_name"]
            seen.update(
                [extras["result_codes"]["transaction"], *extras["result_codes"].get("operations", [])]
            )
    assert {
        "tx_bad_seq",
        "op_cross_self",
        "op_offer_not_found",
        "sell_not_authorized",
        "op_line_full",
    } <= seen
    assert len(seen) > 25
