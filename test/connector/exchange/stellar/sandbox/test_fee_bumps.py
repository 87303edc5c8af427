"""Fee bumps: another account pays for a transaction that is already signed."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result, sign_fee_bump
from hummingbot.connector.exchange.stellar.sandbox.network import Network, Submission

from .conftest import UNIT, Town


def pay(town: Town, amount: int = UNIT) -> Payment:
    return Payment(town.address("bob"), NATIVE, amount)


def bump(
    town: Town,
    inner: SignedTransaction,
    fee: int,
    payer: str = "carol",
    signers: tuple[str, ...] = ("carol",),
) -> Submission:
    keys = [town.key(name) for name in signers]
    outer = sign_fee_bump(inner, town.address(payer), fee, town.network.network_id, keys)
    return town.network.submit(outer.envelope_xdr)


def code(submission: Submission) -> str:
    return submission.status if submission.result is None else submission.result.outer_code


class TestOnTheLedger:
    def test_payer_pays_for_one_operation_more_and_the_sender_nothing(self, town: Town) -> None:
        alice, carol = town.account("alice").balance, town.account("carol").balance
        inner = town.sign("alice", pay(town), fee=0)
        submission = bump(town, inner, 1_000)
        assert submission.status == "PENDING"
        (applied,) = town.close().transactions
        assert (applied.hash, applied.inner_hash) == (submission.hash, inner.hash)
        assert (applied.result.outer_code, applied.result.code) == ("txFEE_BUMP_INNER_SUCCESS", "txSUCCESS")
        assert decode_result(applied.result_xdr) == applied.result
        assert (applied.fee_charged, applied.result.inner_fee) == (200, 0)
        assert town.account("carol").balance == carol - 200
        assert town.account("alice").balance == alice - UNIT

    def test_failure_inside_is_told_and_paid(self, town: Town) -> None:
        carol, sequence = town.account("carol").balance, town.account("alice").sequence
        bump(town, town.sign("alice", pay(town, 10**15), fee=100), 1_000)
        (applied,) = town.close().transactions
        assert (applied.result.outer_code, applied.result.code) == ("txFEE_BUMP_INNER_FAILED", "txFAILED")
        assert [result.code for result in applied.result.operations] == ["PAYMENT_UNDERFUNDED"]
        assert applied.result.inner_fee == 100
        assert town.account("carol").balance == carol - 200
        assert town.account("alice").sequence == sequence + 1

    def test_since_protocol_25_it_reports_no_fee_of_the_transaction_itself(self) -> None:
        town = Town(protocol=25)
        town.settle("alice", "bob", "carol")
        bump(town, town.sign("alice", pay(town), fee=100), 1_000)
        (applied,) = town.close().transactions
        assert (applied.fee_charged, applied.result.inner_fee) == (200, 0)

    def test_account_may_bump_its_own(self, town: Town) -> None:
        alice = town.account("alice").balance
        bump(town, town.sign("alice", pay(town), fee=100), 1_000, "alice", ("alice",))
        town.close()
        assert town.account("alice").balance == alice - UNIT - 200


class TestRefusals:
    @pytest.mark.parametrize(
        ("fee", "own_fee", "least", "expected"),
        [
            (199, 0, 200, "txINSUFFICIENT_FEE"),
            (200, 100, 0, "PENDING"),
            (399, 200, 400, "txINSUFFICIENT_FEE"),
            (400, 200, 0, "PENDING"),
        ],
    )
    def test_bid_is_for_one_operation_more_at_no_lower_rate(
        self, town: Town, fee: int, own_fee: int, least: int, expected: str
    ) -> None:
        submission = bump(town, town.sign("alice", pay(town), fee=own_fee), fee)
        assert code(submission) == expected
        if submission.result is not None:
            assert submission.result.fee_charged == least

    @pytest.mark.parametrize(
        ("payer", "signers", "expected"),
        [
            ("nobody", ("nobody",), "txNO_ACCOUNT"),
            ("carol", (), "txBAD_AUTH"),
            ("carol", ("alice",), "txBAD_AUTH"),
            ("carol", ("carol", "bob"), "txBAD_AUTH_EXTRA"),
        ],
    )
    def test_payer_has_to_exist_and_sign(
        self, town: Town, payer: str, signers: tuple[str, ...], expected: str
    ) -> None:
        assert code(bump(town, town.sign("alice", pay(town)), 1_000, payer, signers)) == expected

    def test_what_is_wrong_inside_is_told_as_such(self, town: Town) -> None:
        submission = bump(town, town.sign("alice", pay(town), sequence=5), 1_000)
        assert submission.result is not None
        assert (code(submission), submission.result.code) == ("txFEE_BUMP_INNER_FAILED", "txBAD_SEQ")
        assert (submission.result.fee_charged, submission.result.inner_fee) == (200, 0)

    def test_payer_cannot_promise_more_than_it_has(self, town: Town) -> None:
        half = (town.account("carol").balance - UNIT) // 2
        assert code(bump(town, town.sign("alice", pay(town)), min(half, 2**62))) == "PENDING"
        assert code(town.submit("carol", pay(town), fee=2**32 - 1)) == "PENDING"
        assert code(bump(town, town.sign("bob", pay(town)), half)) == "txINSUFFICIENT_BALANCE"


class TestReplacement:
    def test_takes_the_place_of_what_waits_for_ten_times_its_rate(self, town: Town) -> None:
        inner = town.sign("alice", pay(town), fee=100)
        assert town.network.submit(inner.envelope_xdr).status == "PENDING"
        short = bump(town, inner, 1_999)
        assert short.result is not None
        assert (code(short), short.result.fee_charged) == ("txINSUFFICIENT_FEE", 2_000)
        enough = bump(town, inner, 2_000)
        assert enough.status == "PENDING"
        assert town.network.submit(inner.envelope_xdr).status == "DUPLICATE"
        assert [applied.hash for applied in town.close().transactions] == [enough.hash]
        assert (town.network.queue.operations, town.network.queue.promised) == (0, {})

    @pytest.mark.parametrize(
        ("alices_bid", "bobs_bid", "status"), [(150, 200, "TRY_AGAIN_LATER"), (200, 150, "PENDING")]
    )
    def test_in_a_full_queue_another_has_to_go_for_its_one_operation_more(
        self, alices_bid: int, bobs_bid: int, status: str
    ) -> None:
        """If the first to go is the one to be replaced, there is no place (``canFitWithEviction``)."""
        town = Town(max_tx_set_size=1)
        for name in ("alice", "bob", "carol"):
            town.settle(name, dollars=0)
        inner = town.sign("alice", pay(town), fee=alices_bid)
        assert town.network.submit(inner.envelope_xdr).status == "PENDING"
        assert town.submit("bob", pay(town), fee=bobs_bid).status == "PENDING"
        assert bump(town, inner, 10_000).status == status
        waiting = {"TRY_AGAIN_LATER": {"alice", "bob"}, "PENDING": {"alice"}}[status]
        assert set(town.network.queue.waiting) == {town.address(name) for name in waiting}

    def test_of_another_sequence_number_waits_for_later(self, town: Town) -> None:
        town.submit("alice", pay(town))
        later = town.sign("alice", pay(town), sequence=town.account("alice").sequence + 2)
        assert bump(town, later, 10_000).status == "TRY_AGAIN_LATER"

    def test_is_still_there_after_a_restart(self, town: Town) -> None:
        submission = bump(town, town.sign("alice", pay(town), fee=0), 1_000)
        restored = Network.from_dict(town.network.to_dict())
        assert restored.queue.promised == {town.address("carol"): 1_000}
        (applied,) = restored.close(restored.header.close_time + 5).transactions
        assert applied.hash == submission.hash
