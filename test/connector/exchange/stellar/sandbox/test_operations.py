"""What operations do, in cases a trader meets. The recordings of ``golden`` cover the rest."""

from dataclasses import replace

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
    Payment,
)

from .conftest import LIMIT, UNIT, Town

RESERVE = 5_000_000


class TestCreateAccount:
    def test_sequence_number_starts_at_the_ledgers(self, town: Town) -> None:
        town.apply("alice", CreateAccount(town.address("dave"), 5 * UNIT))
        dave = town.account("dave")
        assert dave.balance == 5 * UNIT
        assert dave.sequence == town.network.header.sequence << 32

    def test_codes(self, town: Town) -> None:
        new, there = town.address("dave"), town.address("bob")
        assert town.codes("alice", CreateAccount(new, 2 * RESERVE - 1)) == ["CREATE_ACCOUNT_LOW_RESERVE"]
        assert town.codes("alice", CreateAccount(there, UNIT)) == ["CREATE_ACCOUNT_ALREADY_EXIST"]
        assert town.codes("alice", CreateAccount(new, 10_000 * UNIT)) == ["CREATE_ACCOUNT_UNDERFUNDED"]


class TestPayment:
    def test_reserve_cannot_be_spent(self, town: Town) -> None:
        alice = town.account("alice")
        free = alice.balance - 100 - (2 + alice.subentries) * RESERVE
        bob = town.address("bob")
        assert town.codes("alice", Payment(bob, NATIVE, free + 1)) == ["PAYMENT_UNDERFUNDED"]
        assert town.codes("alice", Payment(bob, NATIVE, free - 100)) == ["PAYMENT_SUCCESS"]

    def test_what_an_offer_sells_cannot_be_spent(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 4_000 * UNIT, 10, 1))
        bob = town.address("bob")
        assert town.codes("alice", Payment(bob, town.usd, 6_000 * UNIT + 1)) == ["PAYMENT_UNDERFUNDED"]
        assert town.codes("alice", Payment(bob, town.usd, 6_000 * UNIT)) == ["PAYMENT_SUCCESS"]

    def test_more_than_one_owns_can_be_paid_to_oneself(self, town: Town) -> None:
        """Recorded: the destination is credited before the source is debited."""
        huge = LIMIT - town.line("alice").balance
        assert town.codes("alice", Payment(town.address("alice"), town.usd, huge)) == ["PAYMENT_SUCCESS"]

    def test_issuer_pays_from_nothing_and_takes_back(self, town: Town) -> None:
        alice, bank = town.address("alice"), town.bank.account
        before = town.line("alice").balance
        assert town.codes("bank", Payment(alice, town.usd, 5)) == ["PAYMENT_SUCCESS"]
        assert town.codes("alice", Payment(bank, town.usd, 7)) == ["PAYMENT_SUCCESS"]
        assert town.line("alice").balance == before - 2

    def test_codes(self, town: Town) -> None:
        town.apply("bob", ChangeTrust(town.usd, town.line("bob").balance + 5))
        other = Asset("EUR", town.bank.account)
        cases = (
            (Payment(town.address("nobody"), NATIVE, 1), "PAYMENT_NO_DESTINATION"),
            (Payment(town.address("bob"), other, 1), "PAYMENT_NO_TRUST"),
            (Payment(town.bank.account, other, 1), "PAYMENT_SRC_NO_TRUST"),
            (Payment(town.address("bob"), town.usd, 6), "PAYMENT_LINE_FULL"),
        )
        for operation, code in cases:
            assert town.codes("alice", operation) == [code]


class TestChangeTrust:
    def test_line_costs_a_reserve_and_gives_it_back(self, town: Town) -> None:
        euro = Asset("EURO", town.bank.account)
        before = town.account("alice").subentries
        town.apply("alice", ChangeTrust(euro, LIMIT))
        assert town.account("alice").subentries == before + 1
        town.apply("alice", ChangeTrust(euro, 0))
        assert town.account("alice").subentries == before
        assert (town.address("alice"), euro) not in town.network.state.trustlines

    def test_codes(self, town: Town) -> None:
        unknown = Asset("EUR", town.address("nobody"))
        cases = (
            (ChangeTrust(unknown, 1), "CHANGE_TRUST_NO_ISSUER"),
            (ChangeTrust(unknown, 0), "CHANGE_TRUST_INVALID_LIMIT"),
            (ChangeTrust(town.usd, 0), "CHANGE_TRUST_INVALID_LIMIT"),
            (ChangeTrust(town.usd, town.line("alice").balance - 1), "CHANGE_TRUST_INVALID_LIMIT"),
        )
        for operation, code in cases:
            assert town.codes("alice", operation) == [code]

    def test_limit_holds_what_offers_may_buy(self, town: Town) -> None:
        town.apply("alice", ManageBuyOffer(NATIVE, town.usd, 50 * UNIT, 1, 1))
        least = town.line("alice").balance + 50 * UNIT
        assert town.codes("alice", ChangeTrust(town.usd, least - 1)) == ["CHANGE_TRUST_INVALID_LIMIT"]
        assert town.codes("alice", ChangeTrust(town.usd, least)) == ["CHANGE_TRUST_SUCCESS"]

    @pytest.mark.parametrize(("issuer_flags", "line_flags"), [(0, 1), (1, 0), (8, 5), (11, 4)])
    def test_issuers_flags_decide_authorization_and_clawback(
        self, town: Town, issuer_flags: int, line_flags: int
    ) -> None:
        issuer = town.account("bank").copy()
        issuer.flags = issuer_flags
        town.network.state.load(issuer)
        euro = Asset("EURO", town.bank.account)
        town.apply("alice", ChangeTrust(euro, LIMIT))
        assert town.network.state.trustlines[town.address("alice"), euro].flags == line_flags


class TestOffers:
    def test_offer_rests_with_its_liabilities(self, town: Town) -> None:
        applied = town.apply("alice", ManageSellOffer(NATIVE, town.usd, 30 * UNIT, 1, 10))
        (result,) = applied.result.operations
        assert result.effect == "CREATED"
        assert result.offer is not None
        assert result.offer.offer_id == town.network.header.id_pool == 1
        assert town.account("alice").selling_liabilities == 30 * UNIT
        assert town.line("alice").buying_liabilities == 3 * UNIT

    def test_taker_gets_the_makers_price(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, 30 * UNIT, 1, 10))
        before = town.line("bob").balance
        (result,) = town.apply("bob", ManageBuyOffer(town.usd, NATIVE, 10 * UNIT, 1, 2)).result.operations
        (claim,) = result.claims
        assert (claim.amount_sold, claim.amount_bought) == (10 * UNIT, UNIT)
        assert (result.effect, result.offer) == ("DELETED", None)
        assert before - town.line("bob").balance == UNIT
        assert [offer.amount for offer in town.offers("alice")] == [20 * UNIT]

    def test_best_price_then_oldest_offer_is_taken_first(self, town: Town) -> None:
        for name, n in (("alice", 12), ("bob", 11), ("alice", 11), ("bob", 10)):
            town.apply(name, ManageSellOffer(NATIVE, town.usd, UNIT, n, 100))
        (result,) = town.apply("carol", ManageBuyOffer(town.usd, NATIVE, 4 * UNIT, 1, 1)).result.operations
        assert [claim.offer_id for claim in result.claims] == [4, 2, 3, 1]

    def test_rest_of_a_taker_stays_in_the_book(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        bought = ManageBuyOffer(town.usd, NATIVE, 5 * UNIT, 1, 10)
        (result,) = town.apply("bob", bought).result.operations
        assert result.effect == "CREATED"
        assert result.offer is not None
        assert (result.offer.price_n, result.offer.price_d) == (10, 1)
        assert result.offer.amount == 4 * UNIT // 10

    def test_one_does_not_trade_with_oneself(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        bid = ManageBuyOffer(town.usd, NATIVE, UNIT, 1, 10)
        assert town.codes("alice", bid) == ["MANAGE_BUY_OFFER_CROSS_SELF"]

    def test_retreating_side_goes_first(self, town: Town) -> None:
        """A ladder that moves up: the ask has to leave before the bid comes, in one transaction."""
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 10, 100))
        moved = ManageSellOffer(NATIVE, town.usd, UNIT, 12, 100, offer_id=1)
        bid = ManageBuyOffer(town.usd, NATIVE, UNIT, 11, 100)
        assert town.codes("alice", bid, moved)[0] == "MANAGE_BUY_OFFER_CROSS_SELF"
        assert town.codes("alice", moved, bid) == ["MANAGE_SELL_OFFER_SUCCESS", "MANAGE_BUY_OFFER_SUCCESS"]

    def test_passive_offer_leaves_an_equal_price_alone(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        (result,) = town.apply("bob", CreatePassiveSellOffer(town.usd, NATIVE, UNIT, 10, 1)).result.operations
        assert result.claims == ()
        assert result.offer is not None
        assert result.offer.passive
        (result,) = town.apply(
            "bob", CreatePassiveSellOffer(town.usd, NATIVE, UNIT, 99, 10)
        ).result.operations
        assert len(result.claims) == 1

    def test_dust_succeeds_and_is_gone(self, town: Town) -> None:
        (result,) = town.apply("alice", ManageSellOffer(NATIVE, town.usd, 3, 11, 100)).result.operations
        assert (result.code, result.effect, result.claims) == ("MANAGE_SELL_OFFER_SUCCESS", "DELETED", ())
        assert town.offers("alice") == []

    def test_update_keeps_the_id_and_delete_ignores_the_rest(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        (result,) = town.apply(
            "alice", ManageSellOffer(NATIVE, town.usd, 2 * UNIT, 1, 8, offer_id=1)
        ).result.operations
        assert result.effect == "UPDATED"
        assert [(o.offer_id, o.amount) for o in town.offers("alice")] == [(1, 2 * UNIT)]
        nonsense = Asset("NONE", town.address("nobody"))
        delete = ManageSellOffer(nonsense, NATIVE, 0, 77, 1, offer_id=1)
        assert town.codes("alice", delete) == ["MANAGE_SELL_OFFER_SUCCESS"]
        assert town.offers("alice") == []
        assert town.account("alice").selling_liabilities == 0

    def test_only_ones_own_offer_can_be_changed(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        delete = ManageSellOffer(NATIVE, town.usd, 0, 1, 10, offer_id=1)
        assert town.codes("bob", delete) == ["MANAGE_SELL_OFFER_NOT_FOUND"]

    def test_codes(self, town: Town) -> None:
        euro = Asset("EUR", town.bank.account)
        town.apply("bob", ChangeTrust(town.usd, town.line("bob").balance + UNIT))
        cases = (
            ("alice", ManageSellOffer(euro, NATIVE, UNIT, 1, 1), "SELL_NO_TRUST"),
            ("alice", ManageSellOffer(NATIVE, euro, UNIT, 1, 1), "BUY_NO_TRUST"),
            ("alice", ManageSellOffer(town.usd, NATIVE, 10_001 * UNIT, 1, 1), "UNDERFUNDED"),
            ("bob", ManageSellOffer(NATIVE, town.usd, 2 * UNIT, 1, 1), "LINE_FULL"),
        )
        for name, operation, code in cases:
            assert town.codes(name, operation) == [f"MANAGE_SELL_OFFER_{code}"]

    def test_reserve_is_checked_before_funds(self, town: Town) -> None:
        alice = town.account("alice")
        free = alice.balance - 200 - (2 + alice.subentries) * RESERVE
        town.apply("alice", Payment(town.address("bob"), NATIVE, free - RESERVE + 1))
        offer = ManageSellOffer(town.usd, NATIVE, 99_999 * UNIT, 1, 1)
        assert town.codes("alice", offer) == ["MANAGE_SELL_OFFER_LOW_RESERVE"]

    @pytest.mark.parametrize(
        "operation",
        [
            ManageSellOffer(NATIVE, NATIVE, 1, 1, 1),
            ManageBuyOffer(NATIVE, NATIVE, 1, 1, 1),
            CreatePassiveSellOffer(NATIVE, NATIVE, 1, 1, 1),
        ],
    )
    def test_equal_assets_are_malformed(self, town: Town, operation: ManageSellOffer) -> None:
        submission = town.submit("alice", operation)
        assert submission.result is not None
        (result,) = submission.result.operations
        assert result.code.endswith("_MALFORMED")

    def test_not_authorized_line_cannot_trade(self, town: Town) -> None:
        line = town.line("alice").copy()
        line.flags = 2
        town.network.state.load(line)
        sell = ManageSellOffer(town.usd, NATIVE, UNIT, 1, 1)
        buy = ManageSellOffer(NATIVE, town.usd, UNIT, 1, 1)
        assert town.codes("alice", sell) == ["MANAGE_SELL_OFFER_SELL_NOT_AUTHORIZED"]
        assert town.codes("alice", buy) == ["MANAGE_SELL_OFFER_BUY_NOT_AUTHORIZED"]

    def test_sponsor_gets_the_reserve_of_a_taken_offer_back(self, town: Town) -> None:
        state = town.network.state
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10))
        (offer,) = town.offers("alice")
        offer, alice, bob = offer.copy(), town.account("alice").copy(), town.account("bob").copy()
        offer.sponsor, alice.sponsored, bob.sponsoring = bob.account, 1, 1
        for entry in (offer, alice, bob):
            state.load(entry)
        town.apply("carol", ManageBuyOffer(town.usd, NATIVE, UNIT, 1, 1))
        assert (town.account("alice").sponsored, town.account("bob").sponsoring) == (0, 0)


class TestSources:
    def test_operation_of_another_account_with_its_signature(self, town: Town) -> None:
        bid = replace(ManageSellOffer(NATIVE, town.usd, UNIT, 1, 10), source=town.address("bob"))
        applied = town.apply("alice", bid, signers=("alice", "bob"))
        assert applied.result.code == "txSUCCESS"
        assert len(town.offers("bob")) == 1
        assert applied.fee_charged == 100

    def test_source_that_does_not_exist_fails_when_applied(self, town: Town) -> None:
        ghost = replace(Payment(town.address("bob"), NATIVE, 1), source=town.address("ghost"))
        assert town.codes("alice", ghost, signers=("alice", "ghost")) == ["opNO_ACCOUNT"]
