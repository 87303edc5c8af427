"""Amounts set aside: who can claim them, and until when."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    UNCONDITIONAL,
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Claimant,
    Not,
    Or,
    Predicate,
)
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import ClaimableBalanceKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ClaimClaimableBalance,
    ClawbackClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    Payment,
    SetOptions,
    SetTrustLineFlags,
)
from hummingbot.connector.exchange.stellar.sandbox.network import Network

from .conftest import UNIT, Town, key_of

DAVE = key_of("dave").account


def set_aside(town: Town, by: str, to: str, asset: Asset, predicate: Predicate = UNCONDITIONAL) -> str:
    """Set 5 units of an asset aside for one claimant and return the balance's id."""
    aside = CreateClaimableBalance(asset, 5 * UNIT, (Claimant(town.address(to), predicate),))
    (result,) = town.apply(by, aside).result.operations
    assert result.balance_id is not None
    return result.balance_id


class TestCreate:
    def test_the_creator_pays_amount_and_a_reserve_a_claimant(self, town: Town) -> None:
        before = town.line("alice").balance
        claimants = (Claimant(town.address("bob")), Claimant(town.address("carol")))
        (result,) = town.apply("alice", CreateClaimableBalance(town.usd, UNIT, claimants)).result.operations
        alice = town.account("alice")
        assert (town.line("alice").balance, alice.subentries, alice.sponsoring) == (before - UNIT, 1, 2)
        entry = town.network.state.claimable_balances[ClaimableBalanceKey(result.balance_id or "")]
        assert (entry.amount, entry.sponsor, entry.claimants) == (UNIT, alice.account, claimants)

    def test_what_cannot_be_paid_is_not_set_aside(self, town: Town) -> None:
        to_bob = (Claimant(town.address("bob")),)
        much = CreateClaimableBalance(town.usd, 10**15, to_bob)
        assert town.codes("alice", much) == ["CREATE_CLAIMABLE_BALANCE_UNDERFUNDED"]
        foreign = CreateClaimableBalance(Asset("EUR", town.bank.account), 1, to_bob)
        assert town.codes("alice", foreign) == ["CREATE_CLAIMABLE_BALANCE_NO_TRUST"]
        town.apply("root", CreateAccount(DAVE, 2 * UNIT))
        all_of_it = CreateClaimableBalance(NATIVE, UNIT - 100, to_bob)
        assert town.codes("dave", all_of_it) == ["CREATE_CLAIMABLE_BALANCE_LOW_RESERVE"]

    def test_the_unauthorized_cannot(self, town: Town) -> None:
        town.apply("bank", SetOptions(set_flags=2))
        town.apply("bank", SetTrustLineFlags(town.address("alice"), town.usd, 1, 2))
        aside = CreateClaimableBalance(town.usd, 1, (Claimant(town.address("bob")),))
        assert town.codes("alice", aside) == ["CREATE_CLAIMABLE_BALANCE_NOT_AUTHORIZED"]

    @pytest.mark.parametrize(
        "predicate",
        [
            And((UNCONDITIONAL,)),
            Or(()),
            Not(None),
            BeforeAbsoluteTime(-1),
            BeforeRelativeTime(-1),
            Not(Not(Not(Not(UNCONDITIONAL)))),
        ],
    )
    def test_conditions_that_cannot_be_are_malformed(self, town: Town, predicate: Predicate) -> None:
        aside = CreateClaimableBalance(NATIVE, 1, (Claimant(town.address("bob"), predicate),))
        submission = town.submit("alice", aside)
        assert submission.result is not None
        assert submission.result.operations[0].code == "CREATE_CLAIMABLE_BALANCE_MALFORMED"

    @pytest.mark.parametrize(("amount", "claimants"), [(0, ("bob",)), (1, ()), (1, ("bob", "bob"))])
    def test_nothing_for_anyone_or_all_for_no_one_is_malformed(
        self, town: Town, amount: int, claimants: tuple[str, ...]
    ) -> None:
        named = tuple(Claimant(town.address(name)) for name in claimants)
        submission = town.submit("alice", CreateClaimableBalance(NATIVE, amount, named))
        assert submission.result is not None
        assert submission.result.operations[0].code == "CREATE_CLAIMABLE_BALANCE_MALFORMED"


class TestClaim:
    def test_a_claimant_takes_it_once_and_the_reserve_returns(self, town: Town) -> None:
        claim = ClaimClaimableBalance(set_aside(town, "alice", "bob", town.usd))
        before = town.line("bob").balance
        assert town.codes("carol", claim) == ["CLAIM_CLAIMABLE_BALANCE_CANNOT_CLAIM"]
        assert town.codes("bob", claim) == ["CLAIM_CLAIMABLE_BALANCE_SUCCESS"]
        assert (town.line("bob").balance, town.account("alice").sponsoring) == (before + 5 * UNIT, 0)
        assert town.codes("bob", claim) == ["CLAIM_CLAIMABLE_BALANCE_DOES_NOT_EXIST"]

    def test_who_cannot_hold_it_cannot_claim_it(self, town: Town) -> None:
        town.apply("root", CreateAccount(DAVE, 10 * UNIT))
        claim = ClaimClaimableBalance(set_aside(town, "alice", "dave", town.usd))
        assert town.codes("dave", claim) == ["CLAIM_CLAIMABLE_BALANCE_NO_TRUST"]

    @pytest.mark.parametrize(
        ("predicate", "first", "later"),
        [
            (BeforeRelativeTime(9), True, False),
            (Not(BeforeRelativeTime(9)), False, True),
            (BeforeAbsoluteTime(2**62), True, True),
            (And((UNCONDITIONAL, BeforeRelativeTime(9))), True, False),
            (Or((BeforeAbsoluteTime(0), Not(BeforeRelativeTime(9)))), False, True),
        ],
    )
    def test_conditions_hold_as_the_ledger_closes(
        self, town: Town, predicate: Predicate, first: bool, later: bool
    ) -> None:
        """A ledger closes every five seconds: one claim comes after five, one after fifteen."""
        codes = {True: "CLAIM_CLAIMABLE_BALANCE_SUCCESS", False: "CLAIM_CLAIMABLE_BALANCE_CANNOT_CLAIM"}
        claim = ClaimClaimableBalance(set_aside(town, "alice", "bob", NATIVE, predicate))
        assert town.codes("bob", claim) == [codes[first]]
        claim = ClaimClaimableBalance(set_aside(town, "alice", "bob", NATIVE, predicate))
        for _ in range(2):
            town.close()
        assert town.codes("bob", claim) == [codes[later]]


class TestClawback:
    def test_the_issuer_can_destroy_what_it_gave_on_that_condition(self, town: Town) -> None:
        kept = set_aside(town, "bank", "bob", town.usd)
        town.apply("bank", SetOptions(set_flags=2 | 8))
        taken = set_aside(town, "bank", "bob", town.usd)
        lumens = set_aside(town, "bank", "bob", NATIVE)
        codes = [
            town.codes(name, ClawbackClaimableBalance(balance_id))[0].removeprefix(
                "CLAWBACK_CLAIMABLE_BALANCE_"
            )
            for name, balance_id in (
                ("bank", kept),
                ("bank", lumens),
                ("bob", taken),
                ("bank", taken),
                ("bank", taken),
            )
        ]
        assert codes == ["NOT_CLAWBACK_ENABLED", "NOT_ISSUER", "NOT_ISSUER", "SUCCESS", "DOES_NOT_EXIST"]
        assert town.account("bank").sponsoring == 2


def test_a_saved_network_keeps_data_balances_and_who_pays(town: Town) -> None:
    predicate = Or((Not(BeforeRelativeTime(60)), And((UNCONDITIONAL, BeforeAbsoluteTime(2**40)))))
    balance_id = set_aside(town, "alice", "bob", town.usd, predicate)
    saved = town.network.to_dict()
    town.network = Network.from_dict(saved)
    assert town.network.to_dict() == saved
    for _ in range(12):
        town.close()
    assert town.codes("bob", ClaimClaimableBalance(balance_id)) == ["CLAIM_CLAIMABLE_BALANCE_SUCCESS"]
    assert town.codes("alice", Payment(town.address("bob"), NATIVE, 1)) == ["PAYMENT_SUCCESS"]
