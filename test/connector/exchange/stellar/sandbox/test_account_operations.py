"""What an account can do about itself: signers and flags, data, its sequence number, its end."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    BumpSequence,
    ChangeTrust,
    CreateAccount,
    ManageData,
    Operation,
    Payment,
    SetOptions,
    Signer,
)
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.strkey import decode_account, encode_signer

from .conftest import LIMIT, UNIT, Town, key_of

KEY_ONE, KEY_TWO = key_of("key one").account, key_of("key two").account


def refusal(town: Town, name: str, *operations: Operation, **options: object) -> str:
    """Return the code with which a transaction is refused at once, of its first operation if it has one."""
    submission = town.submit(name, *operations, **options)
    assert submission.status == "ERROR"
    assert submission.result is not None
    results = submission.result.operations
    return results[0].code if results else submission.result.code


class TestSetOptions:
    def test_what_is_not_named_stays(self, town: Town) -> None:
        town.apply("alice", SetOptions(home_domain="a.example", low_threshold=1))
        town.apply("alice", SetOptions(high_threshold=3, inflation_destination=town.address("bob")))
        alice = town.account("alice")
        assert (alice.home_domain, alice.thresholds) == ("a.example", (1, 1, 0, 3))
        assert alice.inflation_destination == town.address("bob")

    def test_signers_stand_by_kind_and_key_and_count_as_subentries(self, town: Town) -> None:
        hashes = encode_signer("X", b"\1" * 32), encode_signer("T", b"\2" * 32)
        for key in (*hashes, KEY_ONE, KEY_TWO):
            town.apply("alice", SetOptions(signer=Signer(key, 1)))
        alice = town.account("alice")
        by_key = sorted((KEY_ONE, KEY_TWO), key=decode_account)
        assert [key for key, _, _ in alice.signers] == [*by_key, hashes[1], hashes[0]]
        assert alice.subentries == 5
        town.apply("alice", SetOptions(signer=Signer(hashes[0], 0)))
        town.apply("alice", SetOptions(signer=Signer(KEY_ONE, 7)))
        alice = town.account("alice")
        assert (len(alice.signers), alice.subentries) == (3, 4)
        assert (KEY_ONE, 7, None) in alice.signers

    def test_signers_of_payloads_of_one_key_stand_by_what_they_sign(self, town: Town) -> None:
        """A payload sorts as bytes, not by its length."""
        key = decode_account(KEY_ONE)
        longer = encode_signer("P", key + (5).to_bytes(4) + b"aaaaa\0\0\0")
        shorter = encode_signer("P", key + (1).to_bytes(4) + b"b\0\0\0")
        for signer in (shorter, longer):
            town.apply("alice", SetOptions(signer=Signer(signer, 1)))
        assert [signer for signer, _, _ in town.account("alice").signers] == [longer, shorter]

    def test_a_twenty_first_signer_is_one_too_many(self, town: Town) -> None:
        keys = [encode_signer("X", bytes([number]) * 32) for number in range(21)]
        twenty = [SetOptions(signer=Signer(key, 1)) for key in keys[:20]]
        assert set(town.codes("alice", *twenty)) == {"SET_OPTIONS_SUCCESS"}
        assert town.codes("alice", SetOptions(signer=Signer(keys[20], 1))) == ["SET_OPTIONS_TOO_MANY_SIGNERS"]

    def test_signers_and_thresholds_need_the_high_threshold_all_else_the_medium(self, town: Town) -> None:
        town.apply("alice", SetOptions(signer=Signer(KEY_ONE, 2), medium_threshold=2, high_threshold=3))
        by_one = {"signers": ("key one",)}
        assert town.codes("alice", SetOptions(home_domain="x"), **by_one) == ["SET_OPTIONS_SUCCESS"]
        assert refusal(town, "alice", SetOptions(low_threshold=0), **by_one) == "opBAD_AUTH"
        assert refusal(town, "alice", SetOptions(signer=Signer(KEY_TWO, 1)), **by_one) == "opBAD_AUTH"
        both = {"signers": ("key one", "alice")}
        assert town.codes("alice", SetOptions(low_threshold=0), **both) == ["SET_OPTIONS_SUCCESS"]

    def test_a_changed_threshold_counts_from_the_next_transaction_on(self, town: Town) -> None:
        raised = SetOptions(medium_threshold=5)
        assert town.codes("alice", raised, Payment(town.address("bob"), NATIVE, 1))[1] == "PAYMENT_SUCCESS"
        assert refusal(town, "alice", Payment(town.address("bob"), NATIVE, 1)) == "opBAD_AUTH"

    def test_an_immutable_account_keeps_its_flags_and_stays(self, town: Town) -> None:
        town.apply("alice", SetOptions(set_flags=4))
        assert town.codes("alice", SetOptions(set_flags=1)) == ["SET_OPTIONS_CANT_CHANGE"]
        assert town.codes("alice", SetOptions(clear_flags=4)) == ["SET_OPTIONS_CANT_CHANGE"]
        assert town.codes("alice", SetOptions(clear_flags=0)) == ["SET_OPTIONS_SUCCESS"]
        assert town.codes("alice", AccountMerge(town.address("bob"))) == ["ACCOUNT_MERGE_IMMUTABLE_SET"]

    def test_clawback_goes_with_revocation_only(self, town: Town) -> None:
        assert town.codes("bank", SetOptions(set_flags=8)) == ["SET_OPTIONS_AUTH_REVOCABLE_REQUIRED"]
        assert town.codes("bank", SetOptions(set_flags=8 | 2)) == ["SET_OPTIONS_SUCCESS"]
        assert town.codes("bank", SetOptions(clear_flags=2)) == ["SET_OPTIONS_AUTH_REVOCABLE_REQUIRED"]

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            (SetOptions(set_flags=16), "UNKNOWN_FLAG"),
            (SetOptions(set_flags=3, clear_flags=1), "BAD_FLAGS"),
            (SetOptions(master_weight=256), "THRESHOLD_OUT_OF_RANGE"),
            (SetOptions(signer=Signer(key_of("alice").account, 1)), "BAD_SIGNER"),
            (SetOptions(signer=Signer(KEY_ONE, 256)), "BAD_SIGNER"),
            (SetOptions(signer=Signer(encode_signer("P", bytes(36)), 1)), "BAD_SIGNER"),
            (SetOptions(home_domain="tab\t"), "INVALID_HOME_DOMAIN"),
            (SetOptions(home_domain="münchen"), "INVALID_HOME_DOMAIN"),
        ],
    )
    def test_what_cannot_be_is_refused_at_once(self, town: Town, options: SetOptions, code: str) -> None:
        assert refusal(town, "alice", options) == f"SET_OPTIONS_{code}"

    def test_inflation_can_go_to_an_account_only(self, town: Town) -> None:
        nobody = SetOptions(inflation_destination=key_of("nobody").account)
        assert town.codes("alice", nobody) == ["SET_OPTIONS_INVALID_INFLATION"]


class TestManageData:
    def test_a_value_is_set_changed_and_removed(self, town: Town) -> None:
        def value() -> bytes | None:
            found = {key.name: entry.value for key, entry in town.network.state.data.items()}
            return found.get("colour")

        town.apply("alice", ManageData("colour", b"red"))
        assert (value(), town.account("alice").subentries) == (b"red", 2)
        town.apply("alice", ManageData("colour", b"blue"))
        assert (value(), town.account("alice").subentries) == (b"blue", 2)
        town.apply("alice", ManageData("colour", None))
        assert (value(), town.account("alice").subentries) == (None, 1)
        assert town.codes("alice", ManageData("colour", None)) == ["MANAGE_DATA_NAME_NOT_FOUND"]

    @pytest.mark.parametrize("name", ["", "new\nline", "größe", "\udcff"])
    def test_names_are_printable_ascii(self, town: Town, name: str) -> None:
        assert refusal(town, "alice", ManageData(name, b"1")) == "MANAGE_DATA_INVALID_NAME"

    def test_a_value_takes_a_reserve(self, town: Town) -> None:
        town.apply("root", CreateAccount(key_of("dave").account, UNIT + 100))
        assert town.codes("dave", ManageData("a", b"1")) == ["MANAGE_DATA_LOW_RESERVE"]


class TestBumpSequence:
    def test_it_only_goes_up_and_leaves_its_mark_either_way(self, town: Town) -> None:
        high = town.account("alice").sequence + 1_000
        town.apply("alice", BumpSequence(high))
        assert town.account("alice").sequence == high
        town.apply("alice", BumpSequence(5))
        alice, header = town.account("alice"), town.network.header
        assert (alice.sequence, alice.sequence_ledger) == (high + 1, header.sequence)
        assert alice.sequence_time == header.close_time
        assert refusal(town, "alice", BumpSequence(-1)) == "BUMP_SEQUENCE_BAD_SEQ"

    def test_of_another_account_it_marks_that_account(self, town: Town) -> None:
        town.apply("bob", BumpSequence(0, source=town.address("alice")), signers=("bob", "alice"))
        assert town.account("alice").sequence_ledger == town.network.header.sequence

    def test_the_low_threshold_is_enough(self, town: Town) -> None:
        town.apply("alice", SetOptions(signer=Signer(KEY_ONE, 1), medium_threshold=2, high_threshold=2))
        assert town.codes("alice", BumpSequence(0), signers=("key one",)) == ["BUMP_SEQUENCE_SUCCESS"]


class TestAccountMerge:
    def test_all_lumens_move_and_the_account_is_gone(self, town: Town) -> None:
        town.apply("root", CreateAccount(key_of("dave").account, 5 * UNIT))
        town.apply("dave", SetOptions(signer=Signer(KEY_ONE, 1)))
        before = town.account("bob").balance
        applied = town.apply("dave", AccountMerge(town.address("bob")))
        assert applied.result.operations[0].merged_balance == 5 * UNIT - 200
        assert town.account("bob").balance == before + 5 * UNIT - 200
        assert town.address("dave") not in town.network.state.accounts

    def test_who_owns_anything_stays(self, town: Town) -> None:
        assert town.codes("alice", AccountMerge(town.address("bob"))) == ["ACCOUNT_MERGE_HAS_SUB_ENTRIES"]

    def test_nobody_is_no_heir_and_oneself_neither(self, town: Town) -> None:
        assert town.codes("alice", AccountMerge(key_of("nobody").account)) == ["ACCOUNT_MERGE_NO_ACCOUNT"]
        assert refusal(town, "alice", AccountMerge(town.address("alice"))) == "ACCOUNT_MERGE_MALFORMED"

    def test_an_account_of_this_ledger_would_come_back_with_spent_numbers(self, town: Town) -> None:
        dave = key_of("dave").account
        merge = AccountMerge(town.address("bob"), source=dave)
        codes = town.codes("root", CreateAccount(dave, 2 * UNIT), merge, signers=("root", "dave"))
        assert codes == ["CREATE_ACCOUNT_SUCCESS", "ACCOUNT_MERGE_SEQNUM_TOO_FAR"]

    def test_so_it_would_with_a_high_number_spent_in_the_same_ledger(self, town: Town) -> None:
        """Whichever of the two is applied first."""
        town.apply("root", CreateAccount(key_of("dave").account, 5 * UNIT))
        high = (town.network.header.sequence + 1 << 32) + 1
        leap = Preconditions(minimum_sequence=0)
        assert town.submit("dave", BumpSequence(0), sequence=high, preconditions=leap).status == "PENDING"
        merge = AccountMerge(town.address("bob"), source=town.address("dave"))
        assert town.submit("alice", merge, signers=("alice", "dave")).status == "PENDING"
        codes = {t.result.operations[0].code for t in town.close().transactions}
        assert codes == {"BUMP_SEQUENCE_SUCCESS", "ACCOUNT_MERGE_SEQNUM_TOO_FAR"}

    def test_what_comes_after_it_in_the_transaction_has_no_account(self, town: Town) -> None:
        town.apply("root", CreateAccount(key_of("dave").account, 5 * UNIT))
        codes = town.codes("dave", AccountMerge(town.address("bob")), Payment(town.address("bob"), NATIVE, 1))
        assert codes == ["ACCOUNT_MERGE_SUCCESS", "opNO_ACCOUNT"]
        assert town.address("dave") in town.network.state.accounts

    def test_the_high_threshold_is_asked_for(self, town: Town) -> None:
        town.apply("alice", ChangeTrust(town.usd, LIMIT), SetOptions(high_threshold=2))
        assert refusal(town, "alice", AccountMerge(town.address("bob"))) == "opBAD_AUTH"
