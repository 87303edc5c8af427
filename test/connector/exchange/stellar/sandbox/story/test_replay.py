"""A recorded story told again: whole and in agreement; and whatever differs is found and named."""

import gzip
import json
import re
import shutil
from base64 import b64encode
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import CreateAccount, Payment, Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.golden.recording import GoldenError
from hummingbot.connector.exchange.stellar.sandbox.network import Network
from hummingbot.connector.exchange.stellar.sandbox.story.replay import replay

from .conftest import GOLDEN, read, write

XLM = 10_000_000


def test_the_whole_recorded_story_agrees() -> None:
    report = replay(GOLDEN)
    assert report.mismatches == []
    ledgers, requests, streams = report.parts
    assert (ledgers.cases, ledgers.run) == (165, 165)
    assert (requests.cases, requests.run) == (3840, 3840)
    assert (streams.cases, streams.run) == (124, 124)
    assert not report.not_compared


def test_its_beginning_agrees(beginning) -> None:
    report = replay(beginning / "story.json")
    assert report.mismatches == []
    assert report.requests.run > 300
    assert report.streams.run >= 5


def find(records, method, part, status=200):
    """Return the last recorded exchange of a kind."""
    return [
        e
        for e in records
        if e["request"]["method"] == method
        and part in e["request"]["path"]
        and e["response"]["status"] == status
    ][-1]


def first_amount(records) -> None:
    book = [
        e
        for e in records
        if e["request"]["path"].startswith("/order_book") and e["response"]["json"].get("asks")
    ][-1]
    book["response"]["json"]["asks"][0]["amount"] = "1.0000001"


def key_order(records) -> None:
    accounts = [e for e in records if re.fullmatch("/accounts/G[A-Z0-9]{55}", e["request"]["path"])]
    document = accounts[-1]["response"]["json"]
    document["id"] = document.pop("id")


def extra_field(records) -> None:
    find(records, "GET", "/fee_stats")["response"]["json"]["more"] = 1


def status(records) -> None:
    find(records, "GET", "/ledgers")["response"]["status"] = 404


def header(records) -> None:
    find(records, "GET", "/offers")["response"]["headers"]["Content-Type"] = "application/json"


def kind(records) -> None:
    document = find(records, "GET", "/transactions/")["response"]["json"]
    name = "ledger" if "ledger" in document else "_embedded"
    document[name] = str(document[name])


def submission(records) -> None:
    find(records, "POST", "/transactions")["response"]["json"]["fee_charged"] = "101"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (first_amount, "asks[0].amount"),
        (key_order, "order of fields"),
        (extra_field, "more"),
        (status, "status"),
        (header, "header content-type"),
        (kind, ""),
        (submission, "fee_charged"),
    ],
)
def test_an_answer_that_differs_is_a_mismatch(altered, change, field) -> None:
    report = replay(altered("exchanges.jsonl.gz", change))
    assert report.mismatches
    assert len({mismatch.case for mismatch in report.mismatches}) == 1
    assert field in {mismatch.field for mismatch in report.mismatches} or not field


def in_chunks(records, old: str, new: str) -> None:
    """Change the first place where a text comes in what a stream sent; chunk sizes stay."""
    assert len(old) == len(new)
    for connection in records[1:]:
        for chunk in connection["chunks"]:
            if old in chunk["raw"]:
                chunk["raw"] = chunk["raw"].replace(old, new, 1)
                return
    raise AssertionError(f"no {old!r} in the stream")


@pytest.mark.parametrize(
    ("stream", "old", "new", "where"),
    [
        ("ledgers_limit3", "retry: 1000", "retry: 2000", "event 0 retry"),
        ("ledgers_limit3", "event: close", "event: clone", "events"),
        ("ledgers_limit3", '"operation_count":0', '"operation_count":9', "operation_count"),
        ("order_book_xlm_a", "data: {", "date: {", "lines"),
        ("order_book_xlm_a", '"bids":[]', '"bids":{}', "bids"),
        ("trades_all_cursor_now", "id: ", "ib: ", "lines"),
        ("trades_all_cursor_now", "text/event-stream", "text/event-streak", "header content-type"),
    ],
)
def test_a_stream_that_differs_is_a_mismatch(altered, stream, old, new, where) -> None:
    report = replay(altered(f"sse/{stream}.jsonl.gz", lambda records: in_chunks(records, old, new)))
    assert report.mismatches
    assert all(stream in mismatch.case for mismatch in report.mismatches)
    assert any(where in mismatch.field for mismatch in report.mismatches)


@pytest.mark.parametrize(
    ("old", "new"),
    [("problem: rate_limit_exceeded", "problem: rate_limit_exceeding"), ("event: error", "event: close")],
)
def test_the_end_of_a_stream_without_tokens_is_compared_in_form(beginning, tmp_path, old, new) -> None:
    folder, name = tmp_path / "story", "extra_midstream_rate_limit_ledgers.jsonl.gz"
    shutil.copytree(beginning, folder)
    records = read(GOLDEN / "sse" / name)
    write(folder / "sse" / name, records)
    assert replay(folder).mismatches == []
    new = new[: len(old)].ljust(len(old), "X")
    in_chunks(records, old, new)
    write(folder / "sse" / name, records)
    assert [mismatch.field for mismatch in replay(folder).mismatches] == ["events"]


def test_an_event_that_does_not_come_is_a_mismatch(altered) -> None:
    def add_connection(records) -> None:
        records[1]["chunks"][-1]["raw"] = "0\r\n\r\n"
        chunks = [chunk for chunk in records[1]["chunks"] if "byebye" not in chunk["raw"]]
        records[1]["chunks"] = chunks

    report = replay(altered("sse/ledgers_limit3.jsonl.gz", add_connection))
    assert [mismatch.field for mismatch in report.mismatches] == ["events"]


def test_a_ledger_that_differs_is_a_mismatch(altered) -> None:
    def costlier(records) -> None:
        next(ledger for ledger in records if ledger["txs"])["txs"][0]["fee_charged"] += 1

    report = replay(altered("ledgers.jsonl.gz", costlier))
    assert [mismatch.field for mismatch in report.ledgers.mismatches] == ["fee_charged"]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A story of a network with another name, reserve and beginning, told by an engine of this project."""
    passphrase, began = "Some Other Network ; May 2031", 1_935_000_000
    network = Network.genesis(passphrase, 0, base_reserve=20_000_000, protocol=19, queue_protocol=19)
    root = network.root_key()
    destination = Network.genesis("someone", 0).root_key().account
    ledgers = [line(network.header, ())]
    operations = ((), (CreateAccount(destination, 90 * XLM),), (Payment(destination, NATIVE, XLM),), ())
    envelopes = []
    for number, wanted in enumerate(operations, 1):
        if wanted:
            sequence = network.state.accounts[root.account].sequence + 1
            tx = Transaction(root.account, 100, sequence, wanted)
            envelopes.append(sign_transaction(tx, network.network_id, (root,)))
            network.submit(envelopes[-1].envelope_xdr)
        closed = network.close(began + number)
        ledgers.append(line(closed.header, closed.transactions))
    paid = {"hash": envelopes[-1].hash.hex()}
    (tmp_path / "story.json").write_text(json.dumps({"network_passphrase": passphrase, "t0": began}))
    write(tmp_path / "ledgers.jsonl.gz", ledgers)
    write(
        tmp_path / "exchanges.jsonl.gz",
        [
            get(1, 2.7, "/ledgers/2", 3, {"sequence": 2, "base_reserve_in_stroops": 20_000_000}),
            get(2, 4.7, f"/transactions/{paid['hash']}", 5, {**paid, "ledger": 4, "fee_charged": "100"}),
            get(3, 4.8, f"/accounts/{destination}", 5, {"account_id": destination}),
        ],
    )
    return tmp_path


def line(header, transactions):
    """Write a ledger as stories do."""
    names = ("close_time", "protocol", "base_fee", "base_reserve", "max_tx_set_size", "id_pool", "fee_pool")
    return {
        "ledger": header.sequence,
        **{name: getattr(header, name) for name in (*names, "total_coins")},
        "upgrades": [],
        "txs": [
            {
                "step": 1,
                "hash": applied.hash.hex(),
                "apply_order": applied.apply_order,
                "envelope_xdr": b64encode(applied.envelope_xdr).decode(),
                "result_xdr": b64encode(applied.result_xdr).decode(),
                "result_code": applied.result.outer_code,
                "inner_code": None,
                "op_codes": [result.code for result in applied.result.operations],
                "fee_charged": applied.fee_charged,
                "fee_changes": changes(applied.fee_changes),
                "touched": changes(
                    [*applied.transaction_changes, *(c for cs in applied.operation_changes for c in cs)]
                ),
            }
            for applied in transactions
        ],
    }


def changes(pairs):
    """Write changes as recordings do: of each entry, before the first and after the last."""
    found = {}
    for before, after in pairs:
        first, last = (entry and entry.to_dict() for entry in (before, after))
        key = (last or first)["account"]
        found[key] = {"before": found[key]["before"] if key in found else first, "after": last}
    return list(found.values())


def get(number, second, path, ledger, document):
    """Write an exchange, with some of the fields of its answer."""
    return {
        "n": number,
        "t": second,
        "step_name": "",
        "elapsed_ms": 1.0,
        "request": {"method": "GET", "path": path, "headers": {"Accept": "application/json"}, "body": None},
        "response": {"status": 200, "headers": {}, "json": document},
        "ledger_lo": ledger,
        "ledger_hi": ledger,
    }


def test_a_story_of_another_network_is_told_by_its_own_name_and_numbers(elsewhere) -> None:
    report = replay(elsewhere)
    assert report.ledgers.mismatches == []
    assert (report.ledgers.run, report.requests.run, report.streams.cases) == (2, 3, 0)
    told = [m for m in report.requests.mismatches if m.expected not in ("nothing", None)]
    assert told == []  # the story tells some fields of its answers only


def test_a_story_under_a_wrong_name_does_not_agree(elsewhere) -> None:
    about = json.loads((elsewhere / "story.json").read_text())
    (elsewhere / "story.json").write_text(json.dumps(about | {"network_passphrase": "Nowhere"}))
    assert any(mismatch.field == "hash" for mismatch in replay(elsewhere).mismatches)


def test_what_is_no_story_is_one_sentence(tmp_path) -> None:
    with pytest.raises(GoldenError, match=r"there is no story at .*: give a folder with story\.json in it"):
        replay(tmp_path / "missing")


@pytest.mark.parametrize("name", ["story.json", "ledgers.jsonl.gz", "exchanges.jsonl.gz"])
def test_a_story_that_is_cut_off_is_one_sentence(beginning, tmp_path, name) -> None:
    folder = tmp_path / "story"
    shutil.copytree(beginning, folder)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(GoldenError, match=f"{name} cannot be read"):
        replay(folder)


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("exchanges.jsonl.gz", lambda records: records[3].pop("t"), "lacks the field 't'"),
        ("exchanges.jsonl.gz", lambda records: records[3].update(t="soon"), "holds what does not fit"),
        ("ledgers.jsonl.gz", lambda records: records.pop(7), "does not tell every ledger from 1 on"),
        ("ledgers.jsonl.gz", lambda records: records[9].pop("close_time"), "lacks the field 'close_time'"),
        (
            "ledgers.jsonl.gz",
            lambda records: records[30].update(base_fee="x"),
            "ledger 31 is not a number",
        ),
        ("ledgers.jsonl.gz", lambda records: records[21]["txs"][0].pop("fee_changes"), "does not fit"),
        ("sse/ledgers_limit3.jsonl.gz", lambda records: records[1].pop("chunks"), "lacks the field 'chunks'"),
        ("sse/ledgers_limit3.jsonl.gz", lambda records: records.clear(), "is empty"),
    ],
)
def test_a_damaged_story_is_one_sentence(altered, name, change, sentence) -> None:
    with pytest.raises(GoldenError, match=sentence) as refused:
        replay(altered(name, lambda records: change(records)))
    assert "\n" not in str(refused.value)


def test_what_is_not_gzip_is_one_sentence(beginning, tmp_path) -> None:
    folder = tmp_path / "story"
    shutil.copytree(beginning, folder)
    (folder / "ledgers.jsonl.gz").write_bytes(gzip.decompress((folder / "ledgers.jsonl.gz").read_bytes()))
    with pytest.raises(GoldenError, match="cannot be read"):
        replay(folder)
