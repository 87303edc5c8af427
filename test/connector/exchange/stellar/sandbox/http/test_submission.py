"""POST /transactions: waiting for a ledger, and what is said when there is none."""

import asyncio
from base64 import b64encode

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment

XLM = 10_000_000


async def test_a_post_waits_for_its_ledger_and_shows_the_transaction(sandbox):
    (alice, bob) = sandbox.fund("alice", "bob")
    signed = sandbox.sign(alice, Payment(bob.account, NATIVE, XLM))
    status, record = await sandbox.post_and_close(signed.envelope_xdr)
    assert status == 200
    assert record["hash"] == signed.hash.hex()
    assert record["successful"] is True
    assert record["ledger"] == sandbox.sandbox.history.latest
    assert record == await sandbox.get(f"/transactions/{signed.hash.hex()}")


async def test_an_applied_failure_is_400_with_its_codes_and_stays_on_the_ledger(sandbox):
    (alice,) = sandbox.fund("alice", usdc=0)
    offer = ManageSellOffer(sandbox.usdc, NATIVE, XLM, 10, 1)
    signed = sandbox.sign(alice, offer)
    status, problem = await sandbox.post_and_close(signed.envelope_xdr)
    assert status == 400
    assert problem["type"] == "https://stellar.org/horizon-errors/transaction_failed"
    assert problem["extras"]["result_codes"] == {"transaction": "tx_failed", "operations": ["op_underfunded"]}
    assert problem["extras"]["envelope_xdr"] == b64encode(signed.envelope_xdr).decode()
    record = await sandbox.get(f"/transactions/{signed.hash.hex()}")
    assert record["successful"] is False
    assert record["result_xdr"] == problem["extras"]["result_xdr"]


async def test_a_refused_transaction_costs_nothing_and_is_on_no_ledger(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM), fee=1)
    status, problem = await sandbox.post(signed.envelope_xdr)
    assert status == 400
    assert problem["extras"]["result_codes"] == {"transaction": "tx_insufficient_fee"}
    await sandbox.close()
    await sandbox.problem(f"/transactions/{signed.hash.hex()}", 404)


async def test_the_same_bytes_again_give_the_old_record(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    first = await sandbox.post_and_close(signed.envelope_xdr)
    assert await sandbox.post(signed.envelope_xdr) == first


async def test_the_same_bytes_twice_at_once_are_both_answered(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    first, second = await asyncio.gather(
        sandbox.post_and_close(signed.envelope_xdr), sandbox.post(signed.envelope_xdr)
    )
    assert first == second
    assert first[0] == 200


async def test_a_second_transaction_of_an_account_in_one_ledger_times_out(sandbox):
    (alice,) = sandbox.fund("alice")
    native = NATIVE
    first = sandbox.sign(alice, Payment(alice.account, native, XLM))
    second = sandbox.sign(alice, Payment(alice.account, native, 2 * XLM))
    assert sandbox.sandbox.submit(first.envelope_xdr).status == "PENDING"
    status, problem = await sandbox.post_and_close(second.envelope_xdr)
    assert status == 504
    assert problem["title"] == "Transaction Submission Timeout"
    assert problem["extras"]["hash"] == second.hash.hex()


async def test_whoever_posts_again_waits_for_as_many_ledgers_as_the_first(sandbox):
    async def wait() -> "asyncio.Task[bool]":
        waiting = asyncio.create_task(sandbox.sandbox.wait_for_transaction(bytes(32), 6, 60.0))
        await asyncio.sleep(0)
        return waiting

    first = await wait()
    await sandbox.close(3)
    second = await wait()
    await sandbox.close(3)
    assert first.result() is False
    assert not second.done()
    await sandbox.close(3)
    assert second.result() is False


async def test_a_gap_in_the_sequence_is_held_and_then_refused(sandbox):
    (alice,) = sandbox.fund("alice")
    sequence = sandbox.sandbox.network.state.accounts[alice.account].sequence
    payment = Payment(alice.account, NATIVE, XLM)
    early = sandbox.sign(alice, payment, sequence=sequence + 3)
    before = sandbox.sandbox.history.latest
    status, problem = await sandbox.post_and_close(early.envelope_xdr)
    assert status == 400
    assert problem["extras"]["result_codes"] == {"transaction": "tx_bad_seq"}
    assert sandbox.sandbox.history.latest - before >= 2


@pytest.mark.parametrize("text", ["", "notbase64!!", "AAAA", "AAAAAgAAAAAp8uj8sXnueXhPc7 ThP8m1Kx7Y"])
async def test_what_is_no_envelope_is_malformed_and_echoed(sandbox, text):
    async with sandbox.http.post("/transactions", data={"tx": text}) as response:
        problem = await response.json()
    assert response.status == 400
    assert problem["type"].endswith("transaction_malformed")
    assert problem["extras"] == {"envelope_xdr": text}


PART = b'--a\r\nContent-Disposition: form-data; name="tx"\r\n'


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", PART + b"\r\nAAAA\r\n--a--\r\n"),
        ("multipart/form-data; boundary=a", b"--a\r\nno header\r\n\r\nAAAA\r\n--a--\r\n"),
        (
            "multipart/form-data; boundary=a",
            PART + b"Content-Type: text/plain; charset=x\r\n\r\nAA\r\n--a--\r\n",
        ),
        ("multipart/form-data; boundary=a", PART + b"Content-Transfer-Encoding: x\r\n\r\nAA\r\n--a--\r\n"),
        ("multipart/form-data; boundary=a", PART + b"\r\n\xff\r\n--a--\r\n"),
    ],
    ids=["no boundary", "broken header", "unknown charset", "unknown encoding", "not text"],
)
@pytest.mark.parametrize(
    ("path", "field"), [("/transactions", "envelope_xdr"), ("/friendbot", "invalid_field")]
)
async def test_a_body_that_is_no_form_has_no_fields(sandbox, path, field, kind, body):
    async with sandbox.http.post(path, data=body, headers={"Content-Type": kind}) as response:
        problem = await response.json()
    assert response.status == 400
    assert problem["extras"][field] == {"envelope_xdr": "", "invalid_field": "addr"}[field]


async def test_a_body_of_no_declared_type_has_no_fields(sandbox):
    async with sandbox.http.post(
        "/transactions", data=b"tx=AAAA", skip_auto_headers=["Content-Type"]
    ) as response:
        assert (await response.json())["extras"] == {"envelope_xdr": ""}


async def test_an_envelope_may_come_as_multipart(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    with aiohttp.MultipartWriter("form-data") as form:
        form.append(b64encode(signed.envelope_xdr).decode()).set_content_disposition("form-data", name="tx")
    async with sandbox.ticking(), sandbox.http.post("/transactions", data=form) as response:
        assert response.status == 200


async def test_json_is_not_taken(sandbox):
    async with sandbox.http.post("/transactions", json={"tx": "AAAA"}) as response:
        assert response.status == 415
        assert (await response.json())["type"].endswith("unsupported_media_type")


async def test_the_envelope_may_stand_in_the_query(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    text = b64encode(signed.envelope_xdr).decode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with (
        sandbox.ticking(),
        sandbox.http.post("/transactions", params={"tx": text}, headers=form) as response,
    ):
        assert response.status == 200
