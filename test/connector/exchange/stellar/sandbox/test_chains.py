"""The queue of protocol 19: an account's transactions wait one behind the other, and leave together."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import BumpSequence, Operation, Payment
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_fee_bump
from hummingbot.connector.exchange.stellar.sandbox.closed import Submission
from hummingbot.connector.exchange.stellar.sandbox.network import Network

from .conftest import Town

RESERVE = 2 * 5_000_000


@pytest.fixture
def old() -> Town:
    """A network with the older queue, and a ledger of five operations."""
    town = Town(queue_protocol=19, max_tx_set_size=5, protocol=19)
    for name in ("alice", "bob", "carol", "dave"):
        town.settle(name, dollars=0)
    return town


def pay(town: Town, operations: int = 1) -> list[Operation]:
    return [Payment(town.address("root"), NATIVE, 1)] * operations


def offer(town: Town, name: str, ahead: int = 0, operations: int = 1, rate: int = 100) -> Submission:
    """Submit a transaction `ahead` of the account's next sequence number, at a bid an operation."""
    sequence = town.account(name).sequence + 1 + ahead
    return town.submit(name, *pay(town, operations), sequence=sequence, fee=rate * operations)


def price(submission: Submission) -> int:
    assert submission.result is not None
    assert submission.result.code == "txINSUFFICIENT_FEE"
    return submission.result.fee_charged


def code(submission: Submission) -> str:
    assert submission.result is not None
    return submission.result.code


class TestChain:
    def test_transactions_in_sequence_wait_together_and_are_applied_in_order(self, old: Town) -> None:
        assert [offer(old, "alice", ahead).status for ahead in range(3)] == ["PENDING"] * 3
        first = old.account("alice").sequence + 1
        applied = old.close().transactions
        assert [t.envelope.tx.sequence for t in applied] == [first, first + 1, first + 2]

    def test_the_first_of_all_accounts_come_before_any_second(self, old: Town) -> None:
        for name in ("alice", "bob"):
            for ahead in range(2):
                offer(old, name, ahead)
        sources = [t.envelope.tx.source for t in old.close().transactions]
        assert len(set(sources[:2])) == len(set(sources[2:])) == 2

    def test_a_gap_and_a_taken_number_are_refused(self, old: Town) -> None:
        offer(old, "alice")
        assert code(offer(old, "alice", 2)) == "txBAD_SEQ"
        assert code(offer(old, "alice", 0, 2)) == "txBAD_SEQ"

    def test_a_range_of_sequence_numbers_bridges_a_gap(self, old: Town) -> None:
        offer(old, "alice")
        leap = Preconditions(minimum_sequence=0)
        sequence = old.account("alice").sequence + 7
        assert old.submit("alice", *pay(old), sequence=sequence, preconditions=leap).status == "PENDING"

    def test_only_the_first_may_ask_for_an_age(self, old: Town) -> None:
        aged = Preconditions(minimum_sequence_age=1)
        offer(old, "alice")
        sequence = old.account("alice").sequence + 2
        behind = old.submit("alice", *pay(old), sequence=sequence, preconditions=aged)
        assert behind.status == "TRY_AGAIN_LATER"
        assert old.submit("bob", *pay(old), preconditions=aged).status == "PENDING"

    def test_the_account_has_to_afford_all_of_them(self, old: Town) -> None:
        old.settle("erin", lumens=RESERVE + 1_000, dollars=0)
        assert offer(old, "erin", rate=850).status == "PENDING"
        assert code(offer(old, "erin", 1, rate=151)) == "txINSUFFICIENT_BALANCE"
        assert offer(old, "erin", 1, rate=150).status == "PENDING"

    def test_a_number_that_was_jumped_over_takes_its_followers_along(self, old: Town) -> None:
        offer(old, "alice")
        offer(old, "alice", 1)
        high = old.account("alice").sequence + 50
        jump = BumpSequence(high, source=old.address("alice"))
        assert old.submit("bob", jump, *pay(old, 4), fee=5_000, signers=("bob", "alice")).status == "PENDING"
        assert len(old.close().transactions) == 1
        assert old.network.queue.waiting == {}

    def test_a_saved_queue_goes_on(self, old: Town) -> None:
        for ahead in range(3):
            offer(old, "alice", ahead)
        saved = old.network.to_dict()
        old.network = Network.from_dict(saved)
        assert old.network.to_dict() == saved
        assert offer(old, "alice", 3).status == "PENDING"
        assert len(old.close().transactions) == 4


class TestFeeBump:
    def bump(self, town: Town, ahead: int, fee: int) -> Submission:
        sequence = town.account("alice").sequence + 1 + ahead
        inner = town.sign("alice", *pay(town), sequence=sequence)
        bumped = sign_fee_bump(inner, town.address("bob"), fee, town.network.network_id, [town.key("bob")])
        return town.network.submit(bumped.envelope_xdr)

    def test_it_takes_the_place_of_any_link_for_ten_times_the_rate(self, old: Town) -> None:
        for ahead in range(3):
            offer(old, "alice", ahead)
        assert price(self.bump(old, 1, 1_999)) == 2_000
        assert self.bump(old, 1, 2_000).status == "PENDING"
        assert self.bump(old, 1, 2_000).status == "DUPLICATE"
        applied = old.close().transactions
        assert [t.envelope.fee_bump is not None for t in applied] == [False, True, False]

    def test_it_can_be_the_next_link_but_no_later_one(self, old: Town) -> None:
        offer(old, "alice")
        assert code(self.bump(old, 2, 200)) == "txBAD_SEQ"
        assert self.bump(old, 1, 200).status == "PENDING"

    def test_what_is_in_it_is_a_duplicate(self, old: Town) -> None:
        assert self.bump(old, 0, 200).status == "PENDING"
        assert offer(old, "alice").status == "DUPLICATE"


class TestFullQueue:
    """Ten operations wait at the most: two ledgers of five."""

    @pytest.fixture
    def full(self, old: Town) -> Town:
        """Alice bids 100 and 300, bob 200 and carol 400, for ten operations in all."""
        for name, ahead, operations, rate in (
            ("alice", 0, 2, 100),
            ("alice", 1, 1, 300),
            ("bob", 0, 4, 200),
            ("carol", 0, 3, 400),
        ):
            assert offer(old, name, ahead, operations, rate).status == "PENDING"
        return old

    def test_the_price_of_a_place_is_named(self, full: Town) -> None:
        assert price(offer(full, "dave", rate=100)) == 101
        assert price(offer(full, "dave", operations=3, rate=100)) == 301
        assert price(offer(full, "dave", operations=5, rate=200)) == 1_001

    def test_the_worst_goes_and_its_followers_with_it(self, full: Town) -> None:
        gone = full.sign("alice", *pay(full, 2), fee=200)
        assert offer(full, "dave", rate=101).status == "PENDING"
        queue = full.network.queue
        assert set(queue.waiting) == {full.address(name) for name in ("bob", "carol", "dave")}
        assert queue.operations == 8
        assert full.network.submit(gone.envelope_xdr).status == "TRY_AGAIN_LATER"
        assert code(offer(full, "alice", 1, 1, 500)) == "txBAD_SEQ"

    def test_until_the_next_ledger_no_one_comes_in_for_less_than_was_turned_out(self, full: Town) -> None:
        assert offer(full, "dave", rate=101).status == "PENDING"
        assert price(offer(full, "alice", rate=100)) == 101
        full.close()
        assert offer(full, "alice", operations=3, rate=100).status == "PENDING"

    def test_what_was_turned_out_or_refused_is_banned(self, full: Town) -> None:
        offer(full, "dave", rate=101)
        offer(full, "alice", rate=100)
        full.close()
        assert offer(full, "alice", operations=2, rate=100).status == "TRY_AGAIN_LATER"
        assert offer(full, "alice", rate=100).status == "TRY_AGAIN_LATER"

    def test_no_account_turns_out_its_own(self, full: Town) -> None:
        assert offer(full, "alice", 2, rate=500).status == "TRY_AGAIN_LATER"

    def test_what_never_fits_is_put_off(self, old: Town) -> None:
        assert offer(old, "alice", operations=11, rate=1_000).status == "TRY_AGAIN_LATER"

    def test_a_dear_link_waits_behind_a_cheap_head(self, full: Town) -> None:
        closed = full.close()
        assert {t.envelope.tx.source: t.fee_charged for t in closed.transactions} == {
            full.address("carol"): 300,
            full.address("alice"): 200,
        }
        assert set(full.network.queue.waiting) == {full.address("alice"), full.address("bob")}


class TestAge:
    def test_four_ledgers_without_room_end_the_wait_of_all_its_links(self, old: Town) -> None:
        envelopes = [
            old.sign("alice", *pay(old), sequence=old.account("alice").sequence + 1 + ahead)
            for ahead in (0, 1)
        ]
        for envelope in envelopes:
            assert old.network.submit(envelope.envelope_xdr).status == "PENDING"
        for _ in range(4):
            assert offer(old, "bob", operations=5, rate=500).status == "PENDING"
            assert len(old.close().transactions) == 1
        assert old.network.queue.waiting == {}
        for envelope in envelopes:
            assert old.network.submit(envelope.envelope_xdr).status == "TRY_AGAIN_LATER"

    def test_every_link_that_is_applied_gives_the_others_new_time(self, old: Town) -> None:
        for ahead in range(3):
            offer(old, "alice", ahead, operations=2)
        for _ in range(3):
            offer(old, "bob", operations=4, rate=500)
            old.close()
        offer(old, "carol", operations=3, rate=500)
        assert len(old.close().transactions) == 2
        assert old.network.queue.waiting[old.address("alice")].age == 1

    def test_what_was_applied_is_not_banned(self, old: Town) -> None:
        envelope = old.sign("alice", *pay(old)).envelope_xdr
        old.network.submit(envelope)
        old.close()
        assert code(old.network.submit(envelope)) == "txBAD_SEQ"
