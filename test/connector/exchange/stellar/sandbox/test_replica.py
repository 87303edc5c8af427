"""A view of the network that is behind: the same entries, only older, and nothing of what came after."""

import inspect

from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.history import History
from hummingbot.connector.exchange.stellar.sandbox.history.trailing import TrailingHistory
from hummingbot.connector.exchange.stellar.sandbox.replica import Replica
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox

from .conftest import UNIT, Town

WRITING = {"append", "mark_traded", "own_before", "reap", "restore", "restore_own", "traded_pairs"}
"""What a view is never asked for."""


def entries(sandbox: Sandbox) -> set[str]:
    return {str(sorted(entry.to_dict().items(), key=str)) for entry in sandbox.network.state.entries()}


def test_a_trailing_history_looks_back_in_all_that_it_is_asked() -> None:
    def told(kind: type) -> dict[str, object]:
        return {name: value for name, value in vars(kind).items() if inspect.isfunction(value)}

    asked = {name for name in told(History) if not name.startswith("_")} - WRITING
    assert asked - told(TrailingHistory).keys() == set()
    for name in asked:
        assert inspect.signature(getattr(History, name)) == inspect.signature(getattr(TrailingHistory, name))


@settings(max_examples=25, deadline=None)
@given(
    behind=st.integers(0, 4),
    acts=st.lists(
        st.tuples(st.sampled_from(["alice", "bob", "carol"]), st.integers(0, 2), st.integers(1, 50)),
        max_size=12,
    ),
)
def test_a_replica_is_the_network_as_it_was(behind: int, acts: list[tuple[str, int, int]]) -> None:
    town = Town()
    town.settle("alice", "bob", "carol")
    sandbox = Sandbox(town.network)
    replica = Replica(sandbox, behind)
    past = [entries(sandbox)]
    for name, act, amount in acts:
        operation = (
            Payment(town.address("bob"), town.usd, amount * UNIT),
            ManageSellOffer(town.usd, NATIVE, amount * UNIT, 1, 2),
            ManageSellOffer(NATIVE, town.usd, amount * UNIT, 2, 1),
        )[act]
        town.submit(name, operation)
        sandbox.close_ledger()
        past.append(entries(sandbox))
        then = max(0, len(past) - 1 - behind)
        assert entries(replica) == past[then]
        assert replica.network.header.sequence == sandbox.network.header.sequence - (len(past) - 1 - then)
        for name in ("alice", "bob", "carol"):
            offers = {
                o.offer_id for o in replica.network.state.offers.values() if o.seller == town.address(name)
            }
            assert set(replica.ownership.offers(town.address(name))) == offers
        ids = [record.id for record in replica.history.transactions(0, 200, True, include_failed=True)]
        assert all(id >> 32 <= replica.network.header.sequence for id in ids)
