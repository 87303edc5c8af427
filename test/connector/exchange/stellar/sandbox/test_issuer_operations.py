"""What an issuer can do to who holds its credit, and what goes with a line that loses its authorization."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import Claimant
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AllowTrust,
    BeginSponsoringFutureReserves,
    ChangeTrust,
    Clawback,
    CreateAccount,
    EndSponsoringFutureReserves,
    LiquidityPoolDeposit,
    ManageSellOffer,
    Operation,
    Payment,
    SetOptions,
    SetTrustLineFlags,
    Signer,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

from .conftest import LIMIT, UNIT, Town, key_of

ACCOUNT_RESERVE, BASE_RESERVE = 10_000_000, 5_000_000


def flags(town: Town, name: str, *, set: int = 0, clear: int = 0) -> SetTrustLineFlags:
    return SetTrustLineFlags(town.address(name), town.usd, clear, set)


@pytest.fixture
def strict(town: Town) -> Town:
    """The town, with a bank that can revoke what it lent."""
    town.apply("bank", SetOptions(set_flags=1 | 2))
    return town


class TestSetTrustLineFlags:
    def test_new_lines_wait_for_their_authorization(self, strict: Town) -> None:
        strict.apply("root", CreateAccount(key_of("dave").account, 10 * UNIT))
        strict.apply("dave", ChangeTrust(strict.usd, LIMIT))
        pay = Payment(strict.address("dave"), strict.usd, UNIT)
        assert strict.codes("bank", pay) == ["PAYMENT_NOT_AUTHORIZED"]
        strict.apply("bank", flags(strict, "dave", set=1))
        assert strict.codes("bank", pay) == ["PAYMENT_SUCCESS"]

    def test_only_a_bank_that_may_revoke_can(self, town: Town) -> None:
        assert town.codes("bank", flags(town, "alice", clear=1)) == ["SET_TRUST_LINE_FLAGS_CANT_REVOKE"]
        lessened = flags(town, "alice", clear=1, set=2)
        assert town.codes("bank", lessened) == ["SET_TRUST_LINE_FLAGS_CANT_REVOKE"]
        assert town.codes("bank", flags(town, "alice", clear=2, set=1)) == ["SET_TRUST_LINE_FLAGS_SUCCESS"]

    def test_a_line_has_one_authorization(self, strict: Town) -> None:
        both = flags(strict, "alice", set=2)
        assert strict.codes("bank", both) == ["SET_TRUST_LINE_FLAGS_INVALID_STATE"]

    def test_nobodys_line_has_no_flags(self, strict: Town) -> None:
        assert strict.codes("bank", flags(strict, "root", set=1)) == ["SET_TRUST_LINE_FLAGS_NO_TRUST_LINE"]

    @pytest.mark.parametrize(
        ("name", "set_flags", "clear_flags"),
        [("alice", 1, 1), ("alice", 3, 0), ("alice", 4, 0), ("alice", 0, 8), ("bank", 1, 0)],
    )
    def test_what_cannot_be_is_malformed(
        self, town: Town, name: str, set_flags: int, clear_flags: int
    ) -> None:
        submission = town.submit("bank", flags(town, name, set=set_flags, clear=clear_flags))
        assert submission.result is not None
        assert submission.result.operations[0].code == "SET_TRUST_LINE_FLAGS_MALFORMED"

    def test_the_low_threshold_is_enough(self, strict: Town) -> None:
        one = Signer(key_of("key one").account, 1)
        strict.apply("bank", SetOptions(signer=one, medium_threshold=2, high_threshold=2))
        applied = strict.apply("bank", flags(strict, "alice", clear=1, set=2), signers=("key one",))
        assert applied.result.code == "txSUCCESS"


class TestOffersOfTheUnauthorized:
    def test_who_may_keep_liabilities_keeps_offers_but_makes_no_more(self, strict: Town) -> None:
        sell = ManageSellOffer(strict.usd, NATIVE, UNIT, 1, 1)
        strict.apply("alice", sell)
        strict.apply("bank", flags(strict, "alice", clear=1, set=2))
        assert len(strict.offers("alice")) == 1
        assert strict.codes("alice", sell) == ["MANAGE_SELL_OFFER_SELL_NOT_AUTHORIZED"]
        strict.apply("bob", ManageSellOffer(NATIVE, strict.usd, UNIT, 1, 1))
        assert strict.offers("alice") == []
        assert strict.line("alice").balance == 9_999 * UNIT

    def test_who_may_not_loses_the_offers_in_that_credit_alone(self, strict: Town) -> None:
        other = ChangeTrust(Asset("EUR", strict.bank.account), LIMIT)
        strict.apply("bank", SetOptions(clear_flags=1))
        strict.apply("alice", other)
        strict.apply("bank", Payment(strict.address("alice"), other.asset, 10 * UNIT))
        for selling, buying in ((strict.usd, NATIVE), (NATIVE, strict.usd), (other.asset, NATIVE)):
            strict.apply("alice", ManageSellOffer(selling, buying, UNIT, 2, 1))
        strict.apply("bank", flags(strict, "alice", clear=1))
        assert [offer.selling for offer in strict.offers("alice")] == [other.asset]
        line, alice = strict.line("alice"), strict.account("alice")
        assert (line.flags, line.selling_liabilities, line.buying_liabilities) == (0, 0, 0)
        assert (alice.subentries, alice.selling_liabilities) == (3, 0)
        assert alice.buying_liabilities == 2 * UNIT

    def test_a_sponsor_of_such_an_offer_gets_its_reserve_back(self, strict: Town) -> None:
        alice = strict.address("alice")
        sandwich: tuple[Operation, ...] = (
            BeginSponsoringFutureReserves(alice),
            ManageSellOffer(strict.usd, NATIVE, UNIT, 1, 1, source=alice),
            EndSponsoringFutureReserves(source=alice),
        )
        strict.apply("bob", *sandwich, signers=("bob", "alice"))
        assert (strict.account("bob").sponsoring, strict.account("alice").sponsored) == (1, 1)
        strict.apply("bank", flags(strict, "alice", clear=1))
        assert (strict.account("bob").sponsoring, strict.account("alice").sponsored) == (0, 0)


class TestPoolSharesOfTheUnauthorized:
    @pytest.fixture
    def pooled(self, strict: Town) -> Town:
        pool = pool_of(NATIVE, strict.usd)
        deposit = LiquidityPoolDeposit(pool_id(pool), 300 * UNIT, 100 * UNIT, 1, 10, 10, 1)
        for name in ("alice", "bob"):
            strict.apply(name, ChangeTrust(pool, LIMIT), deposit)
        return strict

    def test_they_become_balances_to_claim_whose_reserve_the_holder_pays(self, pooled: Town) -> None:
        lumens, dollars = pooled.account("alice").balance, pooled.line("alice").balance
        pooled.apply("bank", flags(pooled, "alice", clear=1))
        alice, state = pooled.account("alice"), pooled.network.state
        balances = {str(one.asset): one for one in state.claimable_balances.values()}
        assert {name: one.amount for name, one in balances.items()} == {
            "native": 300 * UNIT,
            str(pooled.usd): 100 * UNIT,
        }
        assert {one.sponsor for one in balances.values()} == {alice.account}
        assert {one.claimants for one in balances.values()} == {(Claimant(alice.account),)}
        assert (alice.subentries, alice.sponsoring) == (1, 2)
        assert (alice.balance, pooled.line("alice").balance) == (lumens, dollars)
        (pool,) = state.pools.values()
        assert (pool.reserve_a, pool.reserve_b, pool.trustlines) == (300 * UNIT, 100 * UNIT, 1)

    def test_the_last_holders_pool_is_gone(self, pooled: Town) -> None:
        for name in ("alice", "bob"):
            pooled.apply("bank", flags(pooled, name, clear=1))
        assert pooled.network.state.pools == {}
        assert len(pooled.network.state.claimable_balances) == 4

    def test_a_bank_that_could_claw_back_still_can(self, strict: Town) -> None:
        strict.apply("bank", SetOptions(set_flags=8, clear_flags=1))
        strict.apply("root", CreateAccount(key_of("dave").account, 100 * UNIT))
        strict.apply("dave", ChangeTrust(strict.usd, LIMIT))
        strict.apply("bank", Payment(strict.address("dave"), strict.usd, 20 * UNIT))
        pool = pool_of(NATIVE, strict.usd)
        deposit = LiquidityPoolDeposit(pool_id(pool), 10 * UNIT, 10 * UNIT, 1, 10, 10, 1)
        strict.apply("dave", ChangeTrust(pool, LIMIT), deposit)
        strict.apply("bank", flags(strict, "dave", clear=1))
        found = {
            str(one.asset): one.clawback_enabled for one in strict.network.state.claimable_balances.values()
        }
        assert found == {"native": False, str(strict.usd): True}

    def test_a_poor_sponsor_of_the_sponsor_stops_it_all(self, pooled: Town) -> None:
        """Who pays for the balances is whoever sponsors the holder at that moment."""
        alice = pooled.address("alice")
        pooled.apply("root", CreateAccount(key_of("dave").account, ACCOUNT_RESERVE + BASE_RESERVE + 500))
        batch: tuple[Operation, ...] = (
            BeginSponsoringFutureReserves(alice, source=pooled.address("dave")),
            flags(pooled, "alice", clear=1),
            EndSponsoringFutureReserves(source=alice),
        )
        codes = pooled.codes("bank", *batch, signers=("bank", "dave", "alice"))
        assert codes[1] == "SET_TRUST_LINE_FLAGS_LOW_RESERVE"
        assert pooled.network.state.claimable_balances == {}
        assert pooled.line("alice").flags == 1


class TestAllowTrust:
    def allow(self, town: Town, name: str, authorize: int) -> AllowTrust:
        return AllowTrust(town.address(name), "USD", authorize)

    def test_it_sets_the_authorization_as_a_whole(self, strict: Town) -> None:
        for authorize in (2, 0, 1):
            strict.apply("bank", self.allow(strict, "alice", authorize))
            assert strict.line("alice").flags == authorize

    def test_a_bank_that_may_not_revoke_can_only_authorize(self, town: Town) -> None:
        assert town.codes("bank", self.allow(town, "alice", 0)) == ["ALLOW_TRUST_CANT_REVOKE"]
        assert town.codes("bank", self.allow(town, "alice", 2)) == ["ALLOW_TRUST_CANT_REVOKE"]
        assert town.codes("bank", self.allow(town, "alice", 1)) == ["ALLOW_TRUST_SUCCESS"]
        assert town.codes("bank", self.allow(town, "root", 1)) == ["ALLOW_TRUST_NO_TRUST_LINE"]

    @pytest.mark.parametrize(("name", "authorize"), [("alice", 3), ("alice", 4), ("bank", 1)])
    def test_what_cannot_be_is_malformed(self, town: Town, name: str, authorize: int) -> None:
        submission = town.submit("bank", self.allow(town, name, authorize))
        assert submission.result is not None
        assert submission.result.operations[0].code == "ALLOW_TRUST_MALFORMED"


class TestClawback:
    @pytest.fixture
    def lent(self, town: Town) -> Town:
        """The town, where dave holds dollars that the bank can take back."""
        town.apply("bank", SetOptions(set_flags=2 | 8))
        town.apply("root", CreateAccount(key_of("dave").account, 100 * UNIT))
        town.apply("dave", ChangeTrust(town.usd, LIMIT))
        town.apply("bank", Payment(town.address("dave"), town.usd, 20 * UNIT))
        return town

    def test_it_destroys_what_no_offer_has_promised(self, lent: Town) -> None:
        lent.apply("dave", ManageSellOffer(lent.usd, NATIVE, 15 * UNIT, 1, 1))
        take = Clawback(lent.usd, lent.address("dave"), 5 * UNIT)
        assert lent.codes("bank", take) == ["CLAWBACK_SUCCESS"]
        assert lent.line("dave").balance == 15 * UNIT
        assert lent.codes("bank", take) == ["CLAWBACK_UNDERFUNDED"]

    def test_authorized_or_not(self, lent: Town) -> None:
        lent.apply("bank", flags(lent, "dave", clear=1))
        assert lent.codes("bank", Clawback(lent.usd, lent.address("dave"), UNIT)) == ["CLAWBACK_SUCCESS"]

    def test_only_from_lines_opened_on_that_condition_and_not_given_up(self, lent: Town) -> None:
        older = Clawback(lent.usd, lent.address("alice"), UNIT)
        assert lent.codes("bank", older) == ["CLAWBACK_NOT_CLAWBACK_ENABLED"]
        lent.apply("bank", flags(lent, "dave", clear=4))
        given_up = Clawback(lent.usd, lent.address("dave"), UNIT)
        assert lent.codes("bank", given_up) == ["CLAWBACK_NOT_CLAWBACK_ENABLED"]
        assert lent.codes("bank", Clawback(lent.usd, lent.address("root"), 1)) == ["CLAWBACK_NO_TRUST"]

    @pytest.mark.parametrize(
        ("by", "holder", "amount"), [("bank", "dave", 0), ("bank", "bank", 1), ("alice", "dave", 1)]
    )
    def test_what_cannot_be_is_malformed(self, lent: Town, by: str, holder: str, amount: int) -> None:
        submission = lent.submit(by, Clawback(lent.usd, lent.address(holder), amount))
        assert submission.result is not None
        assert submission.result.operations[0].code == "CLAWBACK_MALFORMED"
