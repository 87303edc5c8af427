"""Recorded ledgers: what the network leaves to chance is told as recorded."""

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.sandbox.golden.ledgers import as_recorded

UNIT = 10_000_000


def test_changes_are_told_in_the_recorded_order(town) -> None:
    applied = town.apply("alice", Payment(town.address("bob"), NATIVE, UNIT))
    (changes,) = applied.operation_changes
    assert len(changes) == 2
    for order in (changes, changes[::-1]):
        touched = [{"before": before.to_dict(), "after": after.to_dict()} for before, after in order]
        assert as_recorded(applied, touched).operation_changes == (order,)
    assert as_recorded(applied, []) == applied
