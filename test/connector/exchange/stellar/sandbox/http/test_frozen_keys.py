"""``/sandbox/frozen_keys``: what is frozen is seen, replaced and thawed while the network runs."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings, load, save

PATH = "/sandbox/frozen_keys"


@pytest.fixture
def protocol():
    return 26


async def put(sandbox, body, status=200):
    async with sandbox.http.put(PATH, json=body) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json(content_type=None)


async def test_frozen_keys_are_put_shown_and_thawed(sandbox):
    (alice,) = sandbox.fund("alice", usdc=100)
    keys = [{"account": alice.account}, {"account": alice.account, "asset": str(sandbox.usdc)}]
    assert await put(sandbox, keys) == await sandbox.get(PATH)
    assert sandbox.sandbox.network.state.frozen == {alice.account, (alice.account, sandbox.usdc)}

    signed = sandbox.sign(alice, Payment(alice.account, NATIVE, 1))
    status, problem = await sandbox.post(signed.envelope_xdr)
    assert status == 400
    assert problem["extras"]["result_codes"] == {"transaction": "tx_frozen_key_accessed"}

    assert await put(sandbox, []) == []
    status, _ = await sandbox.post_and_close(signed.envelope_xdr)
    assert status == 200


@pytest.mark.parametrize(
    "body",
    [
        "x",
        {},
        [1],
        [{}],
        [{"account": "G"}],
        [{"account": "{a}", "asset": "native"}],
        [{"asset": "{u}"}],
        [{"account": "{a}", "x": 1}],
        [{"account": "{a}", "asset": "USDC"}],
    ],
)
async def test_what_names_no_key_is_refused_and_changes_nothing(sandbox, body):
    (alice,) = sandbox.fund("alice", usdc=0)
    (frozen,) = await put(sandbox, [{"account": alice.account}])
    if isinstance(body, list) and body and isinstance(body[0], dict):
        body = [{k: str(v).format(a=alice.account, u=sandbox.usdc) for k, v in body[0].items()}]
    problem = await put(sandbox, body, 400)
    assert problem["detail"]
    assert await sandbox.get(PATH) == [frozen]


@pytest.mark.parametrize("protocol", [23])
async def test_an_older_protocol_says_that_it_freezes_nothing(sandbox, protocol):
    (alice,) = sandbox.fund("alice")
    problem = await put(sandbox, [{"account": alice.account}], 400)
    assert "protocol 23 freezes nothing" in problem["detail"]


def test_a_saved_sandbox_keeps_its_protocol_and_what_is_frozen(tmp_path):
    settings = Settings(1, 1_704_067_200, (), None, 5, protocol=26)
    sandbox = settings.found()
    root = sandbox.network.root_key().account
    sandbox.network.freeze([root])
    save(sandbox, settings, tmp_path / "state")
    again, read = load(tmp_path / "state")
    assert read.protocol == again.network.header.protocol == again.network.state.protocol == 26
    assert again.network.state.frozen == {root}
