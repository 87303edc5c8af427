"""What a transaction can ask of the ledger and of its account, and what it can say without consequence."""

from hashlib import sha256

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.memo import Memo, MemoHash, MemoId, MemoReturn
from hummingbot.connector.exchange.stellar.ledger.operations import Payment
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.strkey import encode_signer

from .conftest import UNIT, Town


def pay(town: Town) -> Payment:
    return Payment(town.address("bob"), NATIVE, UNIT)


def outcome(town: Town, preconditions: Preconditions, **options: object) -> str:
    """Submit a payment of alice's under preconditions and return PENDING or the code of its refusal."""
    submission = town.submit("alice", pay(town), preconditions=preconditions, **options)
    return submission.status if submission.result is None else submission.result.code


class TestLedgerBounds:
    @pytest.mark.parametrize(
        ("first", "end", "expected"),
        [
            (0, 0, "PENDING"),
            (1, 2, "PENDING"),
            (2, 0, "txTOO_EARLY"),
            (0, 1, "txTOO_LATE"),
            (1, 0, "PENDING"),
        ],
    )
    def test_next_ledger_has_to_be_between_them(
        self, town: Town, first: int, end: int, expected: str
    ) -> None:
        following = town.network.header.sequence + 1
        bounds = (first and following + first - 1, end and following + end - 1)
        assert outcome(town, Preconditions(bounds)) == expected


class TestMinimumSequence:
    @pytest.mark.parametrize(("lead", "expected"), [(1, "PENDING"), (7, "PENDING"), (0, "txBAD_SEQ")])
    def test_numbers_may_be_left_out_down_to_it(self, town: Town, lead: int, expected: str) -> None:
        now = town.account("alice").sequence
        assert outcome(town, Preconditions(minimum_sequence=now), sequence=now + lead) == expected

    def test_account_below_it_is_refused(self, town: Town) -> None:
        now = town.account("alice").sequence
        assert outcome(town, Preconditions(minimum_sequence=now + 1), sequence=now + 2) == "txBAD_SEQ"

    def test_account_has_the_transactions_number_afterwards(self, town: Town) -> None:
        now = town.account("alice").sequence
        town.apply("alice", pay(town), sequence=now + 9, preconditions=Preconditions(None, 0))
        assert town.account("alice").sequence == now + 9


class TestAgeOfTheSequence:
    def test_seconds_since_the_last_are_counted_to_the_last_ledger(self, town: Town) -> None:
        town.apply("alice", pay(town))
        assert outcome(town, Preconditions(minimum_sequence_age=5)) == "txBAD_MIN_SEQ_AGE_OR_GAP"
        town.close(seconds=5)
        assert outcome(town, Preconditions(minimum_sequence_age=6)) == "txBAD_MIN_SEQ_AGE_OR_GAP"
        assert outcome(town, Preconditions(minimum_sequence_age=5)) == "PENDING"

    def test_ledgers_since_the_last_are_counted_to_the_next_ledger(self, town: Town) -> None:
        town.apply("alice", pay(town))
        assert outcome(town, Preconditions(minimum_sequence_ledger_gap=2)) == "txBAD_MIN_SEQ_AGE_OR_GAP"
        assert outcome(town, Preconditions(minimum_sequence_ledger_gap=1)) == "PENDING"

    @pytest.mark.parametrize(
        "beyond", [{"minimum_sequence_age": 2**64 - 1}, {"minimum_sequence_ledger_gap": 2**32 - 1}]
    )
    def test_more_than_the_network_is_old(self, town: Town, beyond: dict[str, int]) -> None:
        assert outcome(town, Preconditions(**beyond)) == "txBAD_MIN_SEQ_AGE_OR_GAP"


class TestExtraSigners:
    def test_each_has_to_sign(self, town: Town) -> None:
        wanted = Preconditions(extra_signers=(town.address("bob"), town.address("carol")))
        assert outcome(town, wanted) == "txBAD_AUTH"
        assert outcome(town, wanted, signers=("alice", "bob")) == "txBAD_AUTH"
        assert outcome(town, wanted, signers=("alice", "bob", "carol")) == "PENDING"

    @pytest.mark.parametrize(
        "signers",
        [
            (encode_signer("X", sha256(b"a secret").digest()),) * 2,
            (encode_signer("P", bytes(32) + bytes(4)),),
        ],
    )
    def test_the_same_twice_and_nothing_to_sign_are_malformed(
        self, town: Town, signers: tuple[str, ...]
    ) -> None:
        assert outcome(town, Preconditions(extra_signers=signers)) == "txMALFORMED"

    def test_without_operations_it_is_malformed_first(self, town: Town) -> None:
        twice = Preconditions(extra_signers=(town.address("bob"),) * 2)
        submission = town.submit("alice", fee=100, preconditions=twice)
        assert submission.result is not None
        assert submission.result.code == "txMALFORMED"


class TestWhatHasNoConsequence:
    @pytest.mark.parametrize(
        "memo", [None, "text", b"\xff\0x", MemoId(2**64 - 1), MemoHash(bytes(32)), MemoReturn(b"r" * 32)]
    )
    def test_memos_of_all_kinds(self, town: Town, memo: Memo | None) -> None:
        before = town.account("bob").balance
        applied = town.apply("alice", pay(town), memo=memo)
        assert applied.envelope.tx.memo == memo
        assert town.account("bob").balance == before + UNIT

    def test_numbers_of_muxed_accounts(self, town: Town) -> None:
        alice, bob = town.account("alice").balance, town.account("bob").balance
        payment = Payment(town.address("bob"), NATIVE, UNIT, town.address("alice"), 7, 2**64 - 1)
        applied = town.apply("alice", payment, source_id=5)
        assert applied.result.code == "txSUCCESS"
        assert town.account("alice").balance == alice - UNIT - 100
        assert town.account("bob").balance == bob + UNIT

    def test_muxed_and_plain_are_one_account_in_the_queue(self, town: Town) -> None:
        assert town.submit("alice", pay(town), source_id=5).status == "PENDING"
        assert town.submit("alice", pay(town)).status == "TRY_AGAIN_LATER"
