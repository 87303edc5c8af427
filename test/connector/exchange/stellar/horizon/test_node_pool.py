"""Requests go to the best node that is ours, to another when it fails, and back when it does well again."""

import pytest

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonRefused,
    HorizonUnavailable,
    WrongNetwork,
)
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.horizon.transport import name_of
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment

LEDGERS = {"order": "desc", "limit": 1}


async def newest(nodes, as_of=0):
    """The newest ledger that the answering node shows."""
    answer = await nodes.horizon.get("/ledgers", LEDGERS, as_of)
    return answer.records[0]["sequence"]


async def test_the_first_node_is_used_while_it_does_well(nodes):
    for _ in range(5):
        await newest(nodes)

    assert nodes.states == ["in use", "untried", "untried"]


async def test_a_node_that_fails_is_passed_over_and_taken_back_when_it_answers_again(nodes):
    nodes.run(nodes.horizon.pool.watch())
    await nodes.until(lambda: nodes.states == ["in use", "ready", "ready"])

    nodes.fail("drop", 1)
    assert await newest(nodes) == nodes.sandbox.sandbox.history.latest
    assert nodes.states[:2] == ["resting", "in use"]
    nodes.heal()

    await nodes.until(lambda: nodes.states[0] == "in use" and not nodes.trouble)


@pytest.mark.parametrize("kind", ["rate_limited", "unavailable", "timeout", "html", "half", "drop"])
async def test_whatever_is_no_answer_sends_the_request_to_the_next_node(nodes, kind):
    nodes.fail(kind, 1, path="/ledgers")

    assert await newest(nodes) == nodes.sandbox.sandbox.history.latest
    assert nodes.occurred(kind) >= 1
    assert nodes.states[:2] == ["resting", "in use"]


async def test_what_horizon_refuses_is_an_answer(nodes):
    with pytest.raises(HorizonRefused, match="404"):
        await nodes.horizon.get("/transactions/" + "0" * 64)
    assert nodes.states == ["in use", "untried", "untried"]


async def test_when_all_nodes_fail_each_is_named_with_its_trouble(nodes):
    nodes.fail("drop", 1, 2)
    nodes.fail("html", 3, path="/ledgers")

    with pytest.raises(HorizonUnavailable) as error:
        await newest(nodes)

    text = str(error.value)
    assert text.startswith("none of the 3 nodes of stellar_local has an answer: ")
    assert all(url in text for url in nodes.urls[:2])
    assert "Horizon answered 502" in text


async def test_a_slow_node_comes_after_faster_ones_and_is_still_there_when_they_fail(nodes):
    nodes.fail("delay", 1, seconds=0.4)
    nodes.run(nodes.horizon.pool.watch())
    await nodes.until(lambda: nodes.states == ["slow", "in use", "ready"])

    nodes.fail("drop", 2, 3)

    assert await newest(nodes) == nodes.sandbox.sandbox.history.latest
    assert nodes.states == ["in use", "resting", "resting"]


async def test_a_node_that_fails_often_comes_after_reliable_ones(nodes):
    nodes.fail("drop", 1)
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.horizon.pool.statuses()[0].failed > 0.3)
        nodes.heal()
        await nodes.until(lambda: nodes.states[0] != "resting")

        assert nodes.states[:2] == ["unreliable", "in use"]
        await nodes.until(lambda: nodes.states[0] == "in use")


async def test_a_node_that_falls_behind_comes_last_until_it_has_caught_up(nodes):
    await nodes.sandbox.close(10)
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.states == ["in use", "ready", "ready"] and nodes.streams[0] == 1)

        nodes.fail("stale", 1, ledgers=8)
        nodes.fail("stream_cut", 1, count=1)
        await nodes.until(lambda: nodes.states[0] == "behind" and nodes.streams[0] == 0)
        assert nodes.horizon.pool.statuses()[0].ledgers_behind > 2
        assert await newest(nodes) == nodes.sandbox.sandbox.history.latest
        nodes.heal()

        await nodes.until(lambda: nodes.states[0] == "in use")


@pytest.mark.parametrize("kind", ["lag", "stale"])
async def test_a_proof_comes_from_a_node_that_has_reached_the_ledger(nodes, kind):
    nodes.fail(kind, 1, 2, ledgers=4)
    await nodes.sandbox.close(10)
    latest = nodes.sandbox.sandbox.history.latest

    assert await newest(nodes, latest - 4) == latest - 4
    assert await newest(nodes, latest) == latest
    with pytest.raises(HorizonUnavailable, match=f"has not reached ledger {latest + 1} yet"):
        await newest(nodes, latest + 1)


async def test_a_node_that_lies_about_its_ledger_proves_nothing(nodes):
    (key,) = nodes.sandbox.fund("someone")
    await nodes.sandbox.close(5)
    latest = nodes.sandbox.sandbox.history.latest
    nodes.fail("latest_ledger", ledgers=7)
    path = f"/accounts/{key.account}"

    for as_of in (0, latest + 7):
        with pytest.raises(HorizonUnavailable, match=f"has not reached ledger {latest + 7} yet"):
            await nodes.horizon.get(path, as_of=as_of)


async def test_an_account_that_is_not_there_is_believed_of_a_late_node_only(nodes):
    nodes.fail("lag", 1, ledgers=3)
    (key,) = nodes.sandbox.fund("someone")
    created = nodes.sandbox.sandbox.history.latest
    await nodes.sandbox.close()
    path = f"/accounts/{key.account}"

    with pytest.raises(HorizonRefused, match="404"):
        await nodes.horizon.get(path)
    assert (await nodes.horizon.get(path, as_of=created)).body["id"] == key.account


async def test_a_node_of_another_network_is_refused_by_name_and_asked_nothing_else(nodes, foreign_node):
    url, requests = foreign_node
    clock = LedgerClock()
    horizon = stellar_web_utils.build_horizon("stellar_local", [nodes.urls[0], url], clock)
    (key,) = nodes.sandbox.fund("someone")
    payment = nodes.sandbox.sign(key, Payment(nodes.root, NATIVE, 1))

    await clock.read(horizon)
    async with nodes.sandbox.ticking():
        assert (await horizon.submit(payment.envelope_xdr)).body["successful"]
        nodes.run(horizon.pool.watch())
        await nodes.until(lambda: horizon.pool.statuses()[1].state == "refused")
        nodes.fail("drop", 1)
        with pytest.raises(HorizonUnavailable):
            await horizon.get("/ledgers", LEDGERS)

    assert set(requests) == {"GET /"}
    status = horizon.pool.statuses()[1]
    assert status.trouble == (
        f"the node {url} belongs to the network 'Elsewhere', not to stellar_local: choose another URL"
    )


async def test_a_lone_node_of_another_network_is_named_at_every_request(foreign_node):
    url, requests = foreign_node
    horizon = stellar_web_utils.build_horizon("stellar_testnet", [url], LedgerClock())

    for _ in range(3):
        with pytest.raises(WrongNetwork, match="belongs to the network 'Elsewhere', not to stellar_testnet"):
            await horizon.get("/ledgers")

    assert set(requests) == {"GET /"}


async def test_a_node_that_names_another_network_is_left_at_once_and_taken_back_when_it_names_ours(nodes):
    nodes.follow()
    async with nodes.sandbox.ticking():
        await nodes.until(lambda: nodes.states == ["in use", "ready", "ready"] and nodes.streams[0] == 1)
        nodes.fail("passphrase", 1)
        await nodes.until(lambda: nodes.states[:2] == ["refused", "in use"] and nodes.streams[:2] == [0, 1])
        nodes.heal()

        await nodes.until(lambda: nodes.states[0] == "in use")


async def test_a_node_must_prove_the_network_it_names_where_none_is_known(nodes, sandbox):
    (key,) = sandbox.fund("someone")
    sandbox.submit(key, Payment(nodes.root, NATIVE, 1))
    nodes.fail("passphrase", 1, count=1)
    horizon = stellar_web_utils.build_horizon("stellar_local", nodes.urls[:1], LedgerClock())

    with pytest.raises(HorizonUnavailable, match="its newest transaction belongs to another"):
        await horizon.get("/ledgers", LEDGERS)

    assert await horizon.pool.passphrase() == sandbox.sandbox.network.passphrase


async def test_a_transaction_whose_fate_at_one_node_is_unknown_is_not_sent_to_another(nodes):
    (key,) = nodes.sandbox.fund("someone")
    signed = nodes.sandbox.sign(key, Payment(nodes.root, NATIVE, 1))
    nodes.fail("drop", 1, method="POST", when="after")
    nodes.fail("repeat", 2, method="POST")

    async with nodes.sandbox.ticking():
        with pytest.raises(HorizonUnavailable):
            await nodes.horizon.submit(signed.envelope_xdr)

    assert nodes.occurred("repeat") == 0
    assert nodes.states[0] == "resting"


async def test_a_transaction_that_a_node_never_got_goes_to_the_next(nodes, unused_tcp_port_factory):
    down = f"http://127.0.0.1:{unused_tcp_port_factory()}"
    horizon = stellar_web_utils.build_horizon("stellar_local", [down, nodes.urls[0]], LedgerClock())
    (key,) = nodes.sandbox.fund("someone")
    signed = nodes.sandbox.sign(key, Payment(nodes.root, NATIVE, 1))

    async with nodes.sandbox.ticking():
        assert (await horizon.submit(signed.envelope_xdr)).body["successful"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://user:password@horizon.example", "https://horizon.example"),
        ("https://horizon.example/v1/0123456789abcdef?key=secret", "https://horizon.example/…"),
    ],
)
def test_what_may_be_secret_in_an_address_is_not_shown(url, name):
    assert name_of(url) == name
