"""Fee bumps in the words of Horizon: one transaction, two hashes, two payers."""

from base64 import b64encode

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_fee_bump

XLM = 10_000_000


async def test_found_by_either_hash(sandbox) -> None:
    (alice, bob) = sandbox.fund("alice", "bob")
    inner = sandbox.sign(alice, Payment(bob.account, NATIVE, XLM))
    outer = sign_fee_bump(inner, bob.account, 100_000, sandbox.sandbox.network.network_id, [bob])
    status, record = await sandbox.post_and_close(outer.envelope_xdr)
    assert status == 200
    assert (record["hash"], record["inner_transaction"]["hash"]) == (outer.hash.hex(), inner.hash.hex())
    assert (record["source_account"], record["fee_account"]) == (alice.account, bob.account)
    assert (record["fee_charged"], record["max_fee"], record["operation_count"]) == ("200", "100000", 1)
    inside = await sandbox.get(f"/transactions/{inner.hash.hex()}")
    assert inside["hash"] == inner.hash.hex()
    assert inside["signatures"] == record["inner_transaction"]["signatures"]
    assert inside["fee_bump_transaction"] == record["fee_bump_transaction"]
    page = await sandbox.get(f"/transactions/{inner.hash.hex()}/operations")
    assert [operation["to"] for operation in page["_embedded"]["records"]] == [bob.account]


async def test_who_sends_the_transaction_inside_is_told_of_that_one(sandbox) -> None:
    (alice, bob) = sandbox.fund("alice", "bob")
    for amount in (XLM, 10**17):
        inner = sandbox.sign(alice, Payment(bob.account, NATIVE, amount))
        outer = sign_fee_bump(inner, bob.account, 100_000, sandbox.sandbox.network.network_id, [bob])
        await sandbox.post_and_close(outer.envelope_xdr)
        status, answer = await sandbox.post_and_close(inner.envelope_xdr)
        if amount == XLM:
            assert (status, answer["hash"]) == (200, inner.hash.hex())
        else:
            codes = {"transaction": "tx_failed", "operations": ["op_underfunded"]}
            assert (status, answer["extras"]["result_codes"]) == (400, codes)
            assert answer["extras"]["envelope_xdr"] == b64encode(inner.envelope_xdr).decode()


async def test_failure_inside_is_told_in_two_words(sandbox) -> None:
    (alice, bob) = sandbox.fund("alice", "bob")
    inner = sandbox.sign(alice, Payment(bob.account, NATIVE, 10**17))
    outer = sign_fee_bump(inner, bob.account, 100_000, sandbox.sandbox.network.network_id, [bob])
    status, problem = await sandbox.post_and_close(outer.envelope_xdr)
    assert status == 400
    assert problem["extras"]["result_codes"] == {
        "transaction": "tx_fee_bump_inner_failed",
        "inner_transaction": "tx_failed",
        "operations": ["op_underfunded"],
    }


async def test_payer_has_it_among_its_transactions(sandbox) -> None:
    (alice, carol) = sandbox.fund("alice", "carol")
    inner = sandbox.sign(alice, Payment(alice.account, NATIVE, XLM))
    outer = sign_fee_bump(inner, carol.account, 100_000, sandbox.sandbox.network.network_id, [carol])
    await sandbox.post_and_close(outer.envelope_xdr)
    stats = await sandbox.get("/fee_stats")
    assert stats["fee_charged"]["min"] == "100"
    assert stats["max_fee"]["max"] == "50000"
    page = await sandbox.get(f"/accounts/{carol.account}/transactions?order=desc&limit=1")
    assert [record["hash"] for record in page["_embedded"]["records"]] == [outer.hash.hex()]
