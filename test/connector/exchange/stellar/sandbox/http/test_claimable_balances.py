"""``/claimable_balances``: who finds which, in which order, and what became of each."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Not,
    Or,
)
from hummingbot.connector.exchange.stellar.ledger.operations import (
    Claimant,
    ClaimClaimableBalance,
    CreateClaimableBalance,
)

XLM = 10_000_000


@pytest.fixture
def people(sandbox):
    """Alice sets 3 XLM aside for bob, and a ledger later 4 USDC for bob and carol; bob 5 XLM for carol."""
    alice, bob, carol = sandbox.fund("alice", "bob", "carol", usdc=10 * XLM)
    sandbox.submit(alice, CreateClaimableBalance(NATIVE, 3 * XLM, (Claimant(bob.account),)))
    both = (Claimant(bob.account), Claimant(carol.account))
    sandbox.submit(alice, CreateClaimableBalance(sandbox.usdc, 4 * XLM, both))
    sandbox.submit(bob, CreateClaimableBalance(NATIVE, 5 * XLM, (Claimant(carol.account),)))
    return alice, bob, carol


async def listed(sandbox, **parameters):
    page = await sandbox.get("/claimable_balances", **parameters)
    return page["_embedded"]["records"]


def amounts(records):
    return [record["amount"] for record in records]


async def test_they_are_found_by_asset_sponsor_and_claimant(sandbox, people):
    alice, bob, carol = (key.account for key in people)
    three, four, five = "3.0000000", "4.0000000", "5.0000000"
    assert amounts(await listed(sandbox)) == [three, four, five]
    assert amounts(await listed(sandbox, order="desc")) == [five, four, three]
    assert amounts(await listed(sandbox, asset="native")) == [three, five]
    assert amounts(await listed(sandbox, asset=sandbox.usdc)) == [four]
    assert amounts(await listed(sandbox, sponsor=alice)) == [three, four]
    assert amounts(await listed(sandbox, claimant=bob)) == [three, four]
    assert amounts(await listed(sandbox, claimant=carol, asset="native")) == [five]
    assert amounts(await listed(sandbox, claimant=alice)) == []


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_pages_join_up(sandbox, people, order):
    whole = await listed(sandbox, order=order)
    walked, cursor = [], ""
    for _ in whole:
        (record,) = await listed(sandbox, order=order, limit=1, cursor=cursor)
        walked.append(record)
        cursor = record["paging_token"]
    assert walked == whole
    assert await listed(sandbox, order=order, cursor=cursor) == []
    ledger, _, id = cursor.partition("-")
    every = await listed(sandbox, order=order)
    assert await listed(sandbox, order=order, cursor=f"0-{id}") == every
    assert (int(ledger), id) == (whole[-1]["last_modified_ledger"], whole[-1]["id"])


async def test_a_balance_is_shown_whole(sandbox, people):
    alice, bob, carol = (key.account for key in people)
    (balance,) = await listed(sandbox, asset=sandbox.usdc)
    assert await sandbox.get(f"/claimable_balances/{balance['id']}") == balance
    closed = await sandbox.get(f"/ledgers/{balance['last_modified_ledger']}")
    assert balance["last_modified_time"] == closed["closed_at"]
    assert balance["asset"] == str(sandbox.usdc)
    assert balance["sponsor"] == alice
    assert balance["flags"] == {"clawback_enabled": False}
    assert balance["claimants"] == [
        {"destination": bob, "predicate": {"unconditional": True}},
        {"destination": carol, "predicate": {"unconditional": True}},
    ]


async def test_conditions_are_shown_with_absolute_times(sandbox, people):
    alice, bob, _ = people
    time = 1_900_000_000
    condition = And((Not(BeforeAbsoluteTime(time)), Or((BeforeRelativeTime(60), BeforeAbsoluteTime(time)))))
    sandbox.submit(alice, CreateClaimableBalance(NATIVE, XLM, (Claimant(bob.account, condition),)))
    (balance,) = await listed(sandbox, order="desc", limit=1)
    ends = sandbox.sandbox.network.header.close_time + 60
    at_time = {"abs_before": "2030-03-17T17:46:40Z", "abs_before_epoch": str(time)}
    shown = balance["claimants"][0]["predicate"]
    assert shown["and"][0] == {"not": at_time}
    assert shown["and"][1]["or"][0]["abs_before_epoch"] == str(ends)
    assert shown["and"][1]["or"][1] == at_time
    (operation,) = (await sandbox.get("/operations", order="desc", limit=1))["_embedded"]["records"]
    assert operation["claimants"][0]["predicate"]["and"][1]["or"][0] == {"rel_before": "60"}


async def test_what_was_claimed_is_gone_but_remembered(sandbox, people):
    alice, _, carol = people
    (balance,) = await listed(sandbox, asset=sandbox.usdc)
    path = f"/claimable_balances/{balance['id']}"
    sandbox.submit(carol, ClaimClaimableBalance(balance["id"]))
    await sandbox.problem(path, 404)
    operations = (await sandbox.get(f"{path}/operations"))["_embedded"]["records"]
    assert [operation["type"] for operation in operations] == [
        "create_claimable_balance",
        "claim_claimable_balance",
    ]
    transactions = (await sandbox.get(f"{path}/transactions"))["_embedded"]["records"]
    assert [one["source_account"] for one in transactions] == [alice.account, carol.account]
    effects = (await sandbox.get(f"/operations/{operations[1]['id']}/effects"))["_embedded"]["records"]
    assert [effect["type"] for effect in effects] == [
        "claimable_balance_claimed",
        "account_credited",
        "claimable_balance_sponsorship_removed",
    ]
    assert effects[2]["former_sponsor"] == alice.account


async def test_what_cannot_be_answered_is_a_problem_that_says_why(sandbox, people):
    unknown = "0" * 72
    await sandbox.problem(f"/claimable_balances/{unknown}", 404)
    await sandbox.problem(f"/claimable_balances/{unknown}/operations", 404)
    await sandbox.problem(f"/claimable_balances/{unknown}/transactions", 404)
    for parameters, field in (
        ({"cursor": f"5-{unknown[1:]}"}, "cursor"),
        ({"cursor": f"five-{unknown}"}, "cursor"),
        ({"asset": "USDC"}, "asset"),
        ({"sponsor": "G"}, "sponsor"),
        ({"claimant": "G"}, "claimant"),
    ):
        problem = await sandbox.problem("/claimable_balances", 400, **parameters)
        assert problem["extras"]["invalid_field"] == field
    problem = await sandbox.problem("/claimable_balances/abc", 400)
    assert problem["extras"]["invalid_field"] == "id"
