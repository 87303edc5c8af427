"""What a ledger tells of itself explains it whole: fees first, then each transaction, then nothing else."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Operation
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_fee_bump
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction, Change, ClosedLedger
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

from .conftest import Town
from .test_reserves import NAMES, opened, set_aside, signed_by, transactions
from .whole import (
    assert_books_hold_the_offers,
    assert_liabilities_are_those_of_the_offers,
    assert_pools_belong_to_their_lines,
    assert_reserves_are_counted,
    lumens_of,
)

Entries = dict[Any, dict[str, Any]]
SPENT = {"seq", "seq_ledger", "seq_time", "last_modified"}


def submit(town: Town, source: str, batch: list[Operation], payer: str | None) -> None:
    """Offer a transaction, in a fee bump if another is to pay for it."""
    signed = town.sign(NAMES[source], *batch, signers=signed_by(source, batch))
    if payer is not None:
        fee = 10 * town.network.header.base_fee * (len(batch) + 1)
        signed = sign_fee_bump(signed, payer, fee, town.network.network_id, [town.key(NAMES[payer])])
    town.network.submit(signed.envelope_xdr)


def entries_of(state: LedgerState) -> Entries:
    return {state.key_of(entry): entry.to_dict() for entry in state.entries()}


def follow(entries: Entries, changes: tuple[Change, ...]) -> None:
    """Change entries as told; each was before what it is told to have been."""
    for before, after in changes:
        key = LedgerState.key_of(before or after)
        assert entries.get(key) == (before.to_dict() if before is not None else None)
        if after is None:
            del entries[key]
        else:
            entries[key] = after.to_dict()


def assert_changed_only(change: Change, names: set[str]) -> None:
    before, after = change
    assert before is not None
    assert after is not None
    was, now = before.to_dict(), after.to_dict()
    assert {name for name in was if was[name] != now[name]} <= names


def assert_it_explains_itself(entries: Entries, closed: ClosedLedger) -> None:
    """Follow a ledger's changes in their order; a failed transaction has fee and sequence number alone."""
    for applied in closed.transactions:
        follow(entries, applied.fee_changes)
        for change in applied.fee_changes:
            assert_changed_only(change, {"balance", "last_modified"})
    for applied in closed.transactions:
        follow(entries, applied.transaction_changes)
        for change in applied.transaction_changes:
            assert_changed_only(change, SPENT)
        assert_succeeded_or_left_no_trace(applied)
        for changes in applied.operation_changes:
            follow(entries, changes)


def assert_succeeded_or_left_no_trace(applied: AppliedTransaction) -> None:
    if applied.result.code == "txSUCCESS":
        assert len(applied.operation_changes) == len(applied.envelope.tx.operations)
    else:
        assert not applied.operation_changes


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_changes_explain_the_ledger(data: st.DataObject) -> None:
    town = opened()
    network, state = town.network, town.network.state
    for _ in range(data.draw(st.integers(1, 6))):
        for _ in range(data.draw(st.integers(1, 4))):
            source, batch = data.draw(transactions(state))
            living = [name for name in NAMES if name in state.accounts]
            payer = data.draw(st.none() | st.sampled_from(living))
            submit(town, source, batch, payer)
        entries, fee_pool = entries_of(state), network.header.fee_pool
        closed = town.close()
        assert_it_explains_itself(entries, closed)
        assert entries == entries_of(state)
        assert network.header.fee_pool - fee_pool == sum(one.fee_charged for one in closed.transactions)
        assert lumens_of(network) + set_aside(state, NATIVE) == network.header.total_coins
        assert_liabilities_are_those_of_the_offers(state)
        assert_reserves_are_counted(state)
        assert_pools_belong_to_their_lines(state)
        assert_books_hold_the_offers(state)
