"""POST /transactions_async: the network's first word, at once."""

from base64 import b64decode, b64encode

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
from hummingbot.connector.exchange.stellar.sandbox.queue import BAN_LEDGERS

XLM = 10_000_000


async def post(sandbox, envelope_xdr):
    form = {"tx": b64encode(envelope_xdr).decode()}
    async with sandbox.http.post("/transactions_async", data=form) as response:
        return response.status, await response.json()


async def test_a_transaction_is_pending_and_its_copy_a_duplicate(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    hash = signed.hash.hex()
    assert await post(sandbox, signed.envelope_xdr) == (201, {"tx_status": "PENDING", "hash": hash})
    assert await post(sandbox, signed.envelope_xdr) == (409, {"tx_status": "DUPLICATE", "hash": hash})
    await sandbox.close()
    assert (await sandbox.get(f"/transactions/{hash}"))["successful"]


async def test_a_second_one_of_an_account_is_to_come_again(sandbox):
    (alice,) = sandbox.fund("alice")
    first = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    second = sandbox.sign(alice, Payment(alice.account, NATIVE, 2 * XLM))
    assert (await post(sandbox, first.envelope_xdr))[0] == 201
    status, answer = await post(sandbox, second.envelope_xdr)
    assert (status, answer) == (503, {"tx_status": "TRY_AGAIN_LATER", "hash": second.hash.hex()})


async def test_what_is_refused_says_why_in_the_result(sandbox):
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM), fee=1)
    status, answer = await post(sandbox, signed.envelope_xdr)
    assert status == 400
    assert list(answer) == ["error_result_xdr", "tx_status", "hash"]
    assert (answer["tx_status"], answer["hash"]) == ("ERROR", signed.hash.hex())
    assert decode_result(b64decode(answer["error_result_xdr"])).code == "txINSUFFICIENT_FEE"


async def test_what_is_on_the_ledger_already_is_not_looked_up(sandbox):
    """Unlike in /transactions. The network bans what it applied; later its number is spent."""
    (alice,) = sandbox.fund("alice")
    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    await post(sandbox, signed.envelope_xdr)
    await sandbox.close()
    assert (await post(sandbox, signed.envelope_xdr))[0] == 503
    await sandbox.close(BAN_LEDGERS)
    status, answer = await post(sandbox, signed.envelope_xdr)
    assert (status, answer["tx_status"]) == (400, "ERROR")
    assert decode_result(b64decode(answer["error_result_xdr"])).code == "txBAD_SEQ"


async def test_what_is_no_envelope_is_malformed(sandbox):
    async with sandbox.http.post("/transactions_async", data={"tx": "AAAA"}) as response:
        assert response.status == 400
        problem = await response.json(content_type=None)
    assert problem["type"].endswith("transaction_malformed")
    assert problem["extras"]["envelope_xdr"] == "AAAA"
