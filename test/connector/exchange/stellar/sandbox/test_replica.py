"""A view of the network that is behind: the same entries, only older, and nothing of what came after."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, Payment
from hummingbot.connector.exchange.stellar.sandbox.history import History, toid
from hummingbot.connector.exchange.stellar.sandbox.replica import Replica
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox

from .conftest import UNIT, Town


def entries(sandbox: Sandbox) -> set[str]:
    return {str(sorted(entry.to_dict().items(), key=str)) for entry in sandbox.network.state.entries()}


def told(history: History, *accounts: str) -> list[object]:
    """All that a history tells, from both ends."""
    ends = ((True, 0), (False, 1 << 62))
    return [
        history.latest,
        history.traded_pairs(),
        *(history.ledgers(cursor, 200, ascending) for ascending, cursor in ends),
        *(
            page
            for account in (None, *accounts)
            for ascending, cursor in ends
            for page in (
                history.transactions(cursor, 200, ascending, account=account, include_failed=True),
                history.operations(cursor, 200, ascending, account=account, include_failed=True),
                history.operations(cursor, 200, ascending, account=account, payments_only=True),
                history.effects((cursor, 0), 200, ascending, account=account),
                history.trades((cursor, 0), 200, ascending, account=account),
            )
        ),
    ]


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
    accounts = [town.address(name) for name in ("alice", "bob", "carol")]
    past = [entries(sandbox)]
    stories = [told(sandbox.history, *accounts)]
    for name, act, amount in acts:
        operation = (
            Payment(town.address("bob"), town.usd, amount * UNIT),
            ManageSellOffer(town.usd, NATIVE, amount * UNIT, 1, 2),
            ManageSellOffer(NATIVE, town.usd, amount * UNIT, 2, 1),
        )[act]
        town.submit(name, operation)
        sandbox.close_ledger()
        past.append(entries(sandbox))
        stories.append(told(sandbox.history, *accounts))
        then = max(0, len(past) - 1 - behind)
        assert entries(replica) == past[then]
        assert replica.network.header.sequence == sandbox.network.header.sequence - (len(past) - 1 - then)
        for name in ("alice", "bob", "carol"):
            offers = {
                o.offer_id for o in replica.network.state.offers.values() if o.seller == town.address(name)
            }
            assert set(replica.ownership.offers(town.address(name))) == offers
        assert told(replica.history, *accounts) == stories[then]
        newer = sandbox.history.transactions(toid(replica.history.latest + 1), 200, True)
        assert [replica.history.transaction(record.hash) for record in newer] == [None] * len(newer)
        assert [replica.history.operation(record.id + 1) for record in newer] == [None] * len(newer)
