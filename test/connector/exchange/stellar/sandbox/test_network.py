"""What the network answers at submission, and what it takes into a ledger."""

import json
from dataclasses import replace

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope
from hummingbot.connector.exchange.stellar.ledger.operations import (
    CreateAccount,
    ManageSellOffer,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import (
    UnsupportedXdr,
    XdrError,
    decode_envelope,
    decode_result,
    encode_envelope,
)
from hummingbot.connector.exchange.stellar.sandbox.entries import Account
from hummingbot.connector.exchange.stellar.sandbox.network import Network

from .conftest import UNIT, Town


def pay(town: Town, name: str, amount: int = UNIT) -> Payment:
    return Payment(town.address(name), NATIVE, amount)


class TestGenesis:
    def test_root_holds_all_lumens(self) -> None:
        network = Network.genesis("a passphrase", 1_000)
        (root,) = network.state.accounts.values()
        assert (root.account, root.balance) == (network.root_key().account, 10**18)
        assert network.header.sequence == 1
        assert network.header.total_coins == 10**18

    def test_root_is_the_public_networks_way_of_naming_it(self) -> None:
        network = Network.genesis("Standalone Network ; February 2017", 1_000)
        assert network.root_key().account == "GBZXN7PIRZGNMHGA7MUUUF4GWPY5AYPV6LY4UV2GL6VJGIQRXFDNMADI"


class TestRefusals:
    """A refused transaction costs nothing and is on no ledger."""

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"fee": 99}, "txINSUFFICIENT_FEE"),
            ({"sequence": 5}, "txBAD_SEQ"),
            ({"signers": ()}, "txBAD_AUTH"),
            ({"signers": ("bob",)}, "txBAD_AUTH"),
            ({"signers": ("alice", "bob")}, "txBAD_AUTH_EXTRA"),
            ({"signers": ("alice", "alice")}, "txBAD_AUTH_EXTRA"),
            ({"max_time": 1_700_000_000}, "txTOO_LATE"),
            ({"min_time": 1_800_000_000}, "txTOO_EARLY"),
            ({"fee": 2**32 - 1, "poor": True}, "txINSUFFICIENT_BALANCE"),
        ],
    )
    def test_codes(self, town: Town, options: dict[str, object], code: str) -> None:
        if options.pop("poor", False):
            town.apply("alice", pay(town, "bob", 9_998 * UNIT))
        before = town.network.to_dict()["entries"]
        submission = town.submit("alice", pay(town, "bob"), **options)
        assert submission.status == "ERROR"
        assert submission.result is not None
        assert submission.result_xdr is not None
        assert submission.result.code == code
        assert decode_result(submission.result_xdr) == submission.result
        assert town.close().transactions == ()
        assert town.network.to_dict()["entries"] == before

    def test_fee_of_a_refusal_is_what_it_would_have_cost(self, town: Town) -> None:
        submission = town.submit("alice", pay(town, "bob"), pay(town, "bob"), fee=100)
        assert submission.result is not None
        assert submission.result.fee_charged == 200

    def test_no_operations(self, town: Town) -> None:
        submission = town.submit("alice", fee=100)
        assert submission.result is not None
        assert submission.result.code == "txMISSING_OPERATION"

    def test_no_account(self, town: Town) -> None:
        submission = town.submit("nobody", pay(town, "bob"))
        assert submission.result is not None
        assert submission.result.code == "txNO_ACCOUNT"

    def test_altered_transaction_has_no_signature(self, town: Town) -> None:
        envelope = decode_envelope(town.sign("alice", pay(town, "bob", 1)).envelope_xdr)
        other = decode_envelope(town.sign("alice", pay(town, "bob", 2)).envelope_xdr)
        forged = encode_envelope(Envelope(other.tx, other.tx_xdr, envelope.signatures))
        submission = town.network.submit(forged)
        assert submission.result is not None
        assert submission.result.code == "txBAD_AUTH"

    def test_signature_for_another_network_is_worth_nothing(self, town: Town) -> None:
        other, alice = Network.genesis("another network", 1_000), town.account("alice")
        other.state.load(Account(alice.account, alice.balance, alice.sequence))
        submission = other.submit(town.sign("alice", pay(town, "bob")).envelope_xdr)
        assert submission.result is not None
        assert submission.result.code == "txBAD_AUTH"

    def test_operation_of_someone_who_did_not_sign(self, town: Town) -> None:
        theirs = replace(pay(town, "alice"), source=town.address("bob"))
        submission = town.submit("alice", pay(town, "bob"), theirs)
        assert submission.result is not None
        assert submission.result.code == "txFAILED"
        assert [r.code for r in submission.result.operations] == ["PAYMENT_SUCCESS", "opBAD_AUTH"]

    def test_an_old_envelope_goes_on_as_a_new_one(self, town: Town) -> None:
        """As ``CommandHandler::tx`` does since protocol 13."""
        signed = town.sign("alice", pay(town, "bob"))
        old = signed.envelope_xdr[:3] + b"\0" + signed.envelope_xdr[8:]
        assert town.network.submit(old).status == "PENDING"
        assert town.network.submit(signed.envelope_xdr).status == "DUPLICATE"
        (applied,) = town.close().transactions
        assert (applied.hash, applied.envelope_xdr) == (signed.hash, signed.envelope_xdr)
        assert applied.result.code == "txSUCCESS"

    def test_bytes_that_are_no_envelope(self, town: Town) -> None:
        with pytest.raises((XdrError, UnsupportedXdr)):
            town.network.submit(b"\0\0\0\2")


class TestTimeBounds:
    def test_minimum_equal_to_the_last_close_is_taken(self, town: Town) -> None:
        now = town.network.header.close_time
        assert town.submit("alice", pay(town, "bob"), min_time=now).status == "PENDING"
        later = town.submit("bob", pay(town, "alice"), min_time=now + 1)
        assert later.result is not None
        assert later.result.code == "txTOO_EARLY"

    def test_transaction_that_expires_while_it_waits_is_dropped_free_of_charge(self, town: Town) -> None:
        now, balance = town.network.header.close_time, town.account("alice").balance
        assert town.submit("alice", pay(town, "bob"), max_time=now + 4).status == "PENDING"
        assert town.close(5).transactions == ()
        assert town.account("alice").balance == balance

    def test_maximum_equal_to_the_close_time_is_applied(self, town: Town) -> None:
        now = town.network.header.close_time
        assert town.submit("alice", pay(town, "bob"), max_time=now + 5).status == "PENDING"
        assert len(town.close(5).transactions) == 1

    def test_time_has_to_move_on(self, town: Town) -> None:
        with pytest.raises(ValueError, match="give a later time"):
            town.close(0)


class TestQueue:
    def test_one_transaction_an_account(self, town: Town) -> None:
        sequence = town.account("alice").sequence
        first = town.sign("alice", pay(town, "bob"))
        assert town.network.submit(first.envelope_xdr).status == "PENDING"
        assert town.network.submit(first.envelope_xdr).status == "DUPLICATE"
        assert town.submit("alice", pay(town, "bob", 2)).status == "TRY_AGAIN_LATER"
        assert town.submit("alice", pay(town, "bob"), sequence=sequence + 2).status == "TRY_AGAIN_LATER"
        stale = town.submit("alice", pay(town, "bob"), sequence=sequence)
        assert stale.result is not None
        assert stale.result.code == "txBAD_SEQ"

    def test_other_accounts_do_not_wait(self, town: Town) -> None:
        for name in ("alice", "bob", "carol"):
            assert town.submit(name, pay(town, "bob")).status == "PENDING"
        assert len(town.close().transactions) == 3

    def test_applied_bytes_are_banned_for_ten_ledgers_then_stale(self, town: Town) -> None:
        envelope = town.sign("alice", pay(town, "bob")).envelope_xdr
        town.network.submit(envelope)
        town.close()
        for _ in range(9):
            assert town.network.submit(envelope).status == "TRY_AGAIN_LATER"
            town.close()
        submission = town.network.submit(envelope)
        assert submission.result is not None
        assert submission.result.code == "txBAD_SEQ"


class TestSurge:
    """More operations than a ledger holds: the best bids go in, and all pay the lowest of them."""

    def test_lowest_included_bid_is_the_price(self) -> None:
        town = Town(max_tx_set_size=2)
        for name in ("alice", "bob", "carol"):
            town.settle(name, dollars=0)
        for name, fee in (("alice", 500), ("bob", 300), ("carol", 200)):
            assert town.submit(name, pay(town, "bob"), fee=fee).status == "PENDING"
        closed = town.close()
        sources = {t.envelope.tx.source for t in closed.transactions}
        assert sources == {town.address("alice"), town.address("bob")}
        assert {t.fee_charged for t in closed.transactions} == {300}
        assert [t.fee_charged for t in town.close().transactions] == [100]

    def test_four_ledgers_without_room_end_the_wait(self) -> None:
        town = Town(max_tx_set_size=1)
        for name in ("alice", "bob"):
            town.settle(name, dollars=0)
        cheap = town.sign("alice", pay(town, "bob"), fee=100)
        assert town.network.submit(cheap.envelope_xdr).status == "PENDING"
        for _ in range(4):
            assert town.submit("bob", pay(town, "alice"), fee=200).status == "PENDING"
            assert [t.envelope.tx.source for t in town.close().transactions] == [town.address("bob")]
        assert town.network.submit(cheap.envelope_xdr).status == "TRY_AGAIN_LATER"
        assert town.close().transactions == ()

    def test_full_queue_takes_only_better_bids_and_names_the_price(self) -> None:
        town = Town(max_tx_set_size=1)
        for name in ("alice", "bob", "carol", "dave"):
            town.settle(name, dollars=0)
        for name, fee in (("alice", 150), ("bob", 200)):
            assert town.submit(name, pay(town, "bob"), fee=fee).status == "PENDING"
        low = town.submit("carol", pay(town, "bob"), fee=150)
        assert low.result is not None
        assert (low.result.code, low.result.fee_charged) == ("txINSUFFICIENT_FEE", 151)
        assert town.submit("carol", pay(town, "bob"), fee=151).status == "PENDING"
        again = town.submit("dave", pay(town, "bob"), fee=150)
        assert again.result is not None
        assert again.result.fee_charged == 151
        assert set(town.network.queue.waiting) == {town.address("bob"), town.address("carol")}


class TestClosing:
    def test_all_fees_are_paid_before_any_transaction(self, town: Town) -> None:
        for name in ("alice", "bob", "carol"):
            town.submit(name, pay(town, "bob"))
        pool = town.network.header.fee_pool
        closed = town.close()
        assert closed.header.fee_pool == pool + 300
        for transaction in closed.transactions:
            ((before, after),) = transaction.fee_changes
            assert before is not None
            assert after is not None
            assert before.balance - after.balance == 100
            assert before.sequence == after.sequence

    def test_fee_is_the_base_fee_whatever_was_bid(self, town: Town) -> None:
        assert town.apply("alice", pay(town, "bob"), fee=5_000).fee_charged == 100

    def test_order_is_a_shuffle_that_repeats(self) -> None:
        def orders() -> list[list[str]]:
            town = Town()
            names = [f"trader {i}" for i in range(8)]
            town.settle(*names, dollars=0)
            found = []
            for _ in range(3):
                for name in names:
                    town.submit(name, pay(town, "bank"))
                found.append([t.envelope.tx.source for t in town.close().transactions])
            return found

        first = orders()
        assert first == orders()
        assert first[0] != first[1] or first[1] != first[2]

    def test_ledgers_chain_by_hash(self, town: Town) -> None:
        before = town.network.header
        after = town.close().header
        assert after.sequence == before.sequence + 1
        assert after.previous_hash == before.hash
        assert after.hash not in (before.hash, bytes(32))


class TestAtomicity:
    def test_failed_operation_takes_all_back_but_fee_and_sequence(self, town: Town) -> None:
        sell = ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10)
        before = town.account("alice")
        applied = town.apply("alice", sell, pay(town, "nobody"), pay(town, "bob"))
        assert applied.result.code == "txFAILED"
        assert [r.code for r in applied.result.operations] == [
            "MANAGE_SELL_OFFER_SUCCESS",
            "PAYMENT_NO_DESTINATION",
            "PAYMENT_SUCCESS",
        ]
        assert applied.operation_changes == ()
        assert town.network.state.offers == {}
        assert town.network.header.id_pool == 0
        alice = town.account("alice")
        assert alice.balance == before.balance - 300
        assert alice.sequence == before.sequence + 1
        assert alice.sequence_ledger == town.network.header.sequence

    def test_ledger_that_contradicts_itself_costs_the_fee_and_changes_nothing(self, town: Town) -> None:
        """A maker whose liabilities are lost: stellar-core would throw, and report an internal error."""
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        broken = town.account("alice").copy()
        broken.selling_liabilities = 0
        town.network.state.load(broken)
        bob = town.account("bob")
        applied = town.apply("bob", pay(town, "carol"), ManageSellOffer(town.usd, NATIVE, UNIT, 1, 1))
        assert (applied.result.code, applied.result.operations) == ("txINTERNAL_ERROR", ())
        assert (town.account("bob").balance, town.account("bob").sequence) == (
            bob.balance - 200,
            bob.sequence + 1,
        )
        assert len(town.offers("alice")) == 1

    def test_later_operations_see_earlier_ones(self, town: Town) -> None:
        new = town.address("newcomer")
        applied = town.apply("alice", CreateAccount(new, 5 * UNIT), Payment(new, NATIVE, UNIT))
        assert applied.result.code == "txSUCCESS"
        assert town.account("newcomer").balance == 6 * UNIT

    def test_kept_entries_stay_what_they_were(self, town: Town) -> None:
        applied = town.apply("alice", pay(town, "bob", 1), pay(town, "bob", 2))
        first, second = applied.operation_changes
        balances = [
            [
                (before.balance, after.balance)
                for before, after in step
                if after.account == town.address("bob")
            ]
            for step in (first, second)
        ]
        start = balances[0][0][0]
        assert balances == [[(start, start + 1)], [(start + 1, start + 3)]]


class TestSaving:
    def test_restored_network_goes_on_identically(self) -> None:
        town = Town(max_tx_set_size=2)
        for name in ("alice", "bob", "carol"):
            town.settle(name)
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, 5 * UNIT, 1, 10))
        town.apply("bob", ManageSellOffer(NATIVE, town.usd, 5 * UNIT, 1, 11))
        for name in ("alice", "bob", "carol"):
            town.submit(name, pay(town, "bob"))
        town.close()
        saved = json.loads(json.dumps(town.network.to_dict()))
        twin = Network.from_dict(saved)
        assert twin.to_dict() == town.network.to_dict()
        for count in (1, 1):
            close_time = town.network.header.close_time + 5
            ours, theirs = town.network.close(close_time), twin.close(close_time)
            assert ours.header == theirs.header
            assert [t.result_xdr for t in ours.transactions] == [t.result_xdr for t in theirs.transactions]
            assert len(ours.transactions) == count
            envelope = town.sign("alice", ManageSellOffer(town.usd, NATIVE, UNIT, 9, 1)).envelope_xdr
            assert town.network.submit(envelope) == twin.submit(envelope)
        assert twin.to_dict() == town.network.to_dict()
        books = [
            [offer.offer_id for offer in network.book(NATIVE, town.usd)] for network in (town.network, twin)
        ]
        assert books[0] == books[1] != []

    @pytest.mark.parametrize("part", ["header", "entries", "waiting", "banned", "passphrase"])
    def test_damage_is_said_in_a_sentence(self, town: Town, part: str) -> None:
        saved = town.network.to_dict()
        del saved[part]
        with pytest.raises(ValueError, match="saved network is damaged"):
            Network.from_dict(saved)

    def test_another_format_is_refused(self, town: Town) -> None:
        with pytest.raises(ValueError, match="format 99"):
            Network.from_dict(town.network.to_dict() | {"format": 99})
