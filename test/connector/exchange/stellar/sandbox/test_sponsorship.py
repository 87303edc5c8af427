"""Reserves that another account pays: begun and ended in one transaction, revoked or passed on later."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import Claimant
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    BeginSponsoringFutureReserves,
    ChangeTrust,
    CreateAccount,
    CreateClaimableBalance,
    EndSponsoringFutureReserves,
    ManageData,
    ManageSellOffer,
    Operation,
    Payment,
    RevokeSponsorship,
    SetOptions,
    Signer,
)
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction

from .conftest import LIMIT, UNIT, Town, key_of

DAVE, KEY_ONE = key_of("dave").account, key_of("key one").account
BASE_RESERVE = 5_000_000


def sponsor(town: Town, by: str, of: str, *operations: Operation) -> AppliedTransaction:
    """Let one account pay the reserves of another's operations."""
    begin, end = (
        BeginSponsoringFutureReserves(town.address(of)),
        EndSponsoringFutureReserves(town.address(of)),
    )
    return town.apply(by, begin, *operations, end, signers=(by, of))


def counts(town: Town, name: str) -> tuple[int, int, int]:
    """Return an account's subentries, and how many reserves it pays for others and others for it."""
    account = town.account(name)
    return account.subentries, account.sponsoring, account.sponsored


class TestSandwich:
    def test_an_account_with_nothing_can_be_opened(self, town: Town) -> None:
        applied = sponsor(town, "alice", "dave", CreateAccount(DAVE, 0))
        assert applied.result.code == "txSUCCESS"
        assert (town.account("dave").balance, town.account("dave").sponsor) == (0, town.address("alice"))
        assert (counts(town, "dave"), counts(town, "alice")) == ((0, 0, 2), (1, 2, 0))

    def test_every_kind_of_entry_is_paid_for(self, town: Town) -> None:
        sponsor(town, "alice", "dave", CreateAccount(DAVE, 0))
        entries = (
            ChangeTrust(town.usd, LIMIT, DAVE),
            ManageData("name", b"value", DAVE),
            SetOptions(signer=Signer(KEY_ONE, 1), source=DAVE),
        )
        assert sponsor(town, "bob", "dave", *entries).result.code == "txSUCCESS"
        bob = town.address("bob")
        assert town.line("dave").sponsor == bob
        assert town.network.state.data[DataKey(DAVE, "name")].sponsor == bob
        assert town.account("dave").signers == ((KEY_ONE, 1, bob),)
        assert (counts(town, "dave"), counts(town, "bob")) == ((3, 0, 5), (1, 3, 0))

    def test_removing_them_gives_the_reserve_back_to_who_paid(self, town: Town) -> None:
        entries = (
            ManageData("name", b"value", town.address("carol")),
            SetOptions(signer=Signer(KEY_ONE, 1), source=town.address("carol")),
            ManageSellOffer(NATIVE, town.usd, UNIT, 9, 1, source=town.address("carol")),
        )
        sponsor(town, "bob", "carol", *entries)
        assert counts(town, "bob") == (1, 3, 0)
        town.apply("carol", ManageData("name", None), SetOptions(signer=Signer(KEY_ONE, 0)))
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 9 * UNIT, 1, 9))
        assert town.offers("carol") == []
        assert (counts(town, "bob"), counts(town, "carol")) == ((1, 0, 0), (1, 0, 0))

    def test_a_poor_sponsor_cannot(self, town: Town) -> None:
        town.apply("root", CreateAccount(DAVE, 2 * BASE_RESERVE + 10_000))
        refused = sponsor(town, "dave", "alice", ManageData("name", b"1", town.address("alice")))
        assert refused.result.operations[1].code == "MANAGE_DATA_LOW_RESERVE"
        refused = sponsor(town, "dave", "erin", CreateAccount(key_of("erin").account, 0))
        assert refused.result.operations[1].code == "CREATE_ACCOUNT_LOW_RESERVE"

    def test_one_left_open_fails_the_whole_without_any_result(self, town: Town) -> None:
        before, alice = town.account("bob").balance, town.account("alice")
        begin = BeginSponsoringFutureReserves(town.address("bob"))
        applied = town.apply("alice", begin, Payment(town.address("bob"), NATIVE, UNIT))
        assert (applied.result.code, applied.result.operations) == ("txBAD_SPONSORSHIP", ())
        assert town.account("bob").balance == before
        assert town.account("alice").balance == alice.balance - 200
        assert town.account("alice").sequence == alice.sequence + 1
        assert town.codes("alice", ManageData("a", b"1")) == ["MANAGE_DATA_SUCCESS"]
        assert town.network.state.data[DataKey(town.address("alice"), "a")].sponsor is None

    def test_a_failed_beginning_begins_nothing(self, town: Town) -> None:
        bob = town.address("bob")
        twice = (BeginSponsoringFutureReserves(bob), BeginSponsoringFutureReserves(bob))
        codes = town.codes("alice", *twice, EndSponsoringFutureReserves(bob), signers=("alice", "bob"))
        assert codes[1:] == [
            "BEGIN_SPONSORING_FUTURE_RESERVES_ALREADY_SPONSORED",
            "END_SPONSORING_FUTURE_RESERVES_SUCCESS",
        ]

    def test_sponsors_are_not_sponsored(self, town: Town) -> None:
        alice, bob, carol = (town.address(name) for name in ("alice", "bob", "carol"))
        recursive = "BEGIN_SPONSORING_FUTURE_RESERVES_RECURSIVE"
        up = (BeginSponsoringFutureReserves(bob), BeginSponsoringFutureReserves(carol, bob))
        assert town.codes("alice", *up, signers=("alice", "bob"))[1] == recursive
        down = (BeginSponsoringFutureReserves(bob), BeginSponsoringFutureReserves(alice, carol))
        assert town.codes("alice", *down, signers=("alice", "carol"))[1] == recursive

    def test_oneself_is_malformed_and_an_end_without_beginning_fails(self, town: Town) -> None:
        submission = town.submit("alice", BeginSponsoringFutureReserves(town.address("alice")))
        assert submission.result is not None
        assert submission.result.operations[0].code == "BEGIN_SPONSORING_FUTURE_RESERVES_MALFORMED"
        ended = town.codes("alice", EndSponsoringFutureReserves())
        assert ended == ["END_SPONSORING_FUTURE_RESERVES_NOT_SPONSORED"]

    def test_sponsors_cannot_leave(self, town: Town) -> None:
        town.apply("root", CreateAccount(DAVE, 10 * UNIT))
        sponsor(town, "dave", "alice", ManageData("name", b"1", town.address("alice")))
        assert town.codes("dave", AccountMerge(town.address("bob"))) == ["ACCOUNT_MERGE_IS_SPONSOR"]

    def test_the_sponsored_can_and_give_all_reserves_back(self, town: Town) -> None:
        sponsor(town, "alice", "dave", CreateAccount(DAVE, UNIT))
        sponsor(town, "bob", "dave", SetOptions(signer=Signer(KEY_ONE, 1), source=DAVE))
        assert town.codes("dave", AccountMerge(town.address("bob"))) == ["ACCOUNT_MERGE_SUCCESS"]
        assert (counts(town, "alice"), counts(town, "bob")) == ((1, 0, 0), (1, 0, 0))


class TestRevoke:
    @pytest.fixture
    def paid(self, town: Town) -> Town:
        """The town, where bob pays for carol's line, data, offer and signer."""
        carol = town.address("carol")
        sponsor(
            town,
            "bob",
            "carol",
            ManageData("name", b"value", carol),
            ManageSellOffer(NATIVE, town.usd, UNIT, 9, 1, source=carol),
            SetOptions(signer=Signer(KEY_ONE, 1), source=carol),
        )
        return town

    def targets(self, town: Town) -> list[DataKey | OfferKey | SignerKey]:
        carol = town.address("carol")
        (offer,) = town.offers("carol")
        return [DataKey(carol, "name"), OfferKey(carol, offer.offer_id), SignerKey(carol, KEY_ONE)]

    def test_what_is_revoked_the_owner_pays(self, paid: Town) -> None:
        for left, target in zip((2, 1, 0), self.targets(paid), strict=True):
            assert paid.codes("bob", RevokeSponsorship(target)) == ["REVOKE_SPONSORSHIP_SUCCESS"]
            assert (counts(paid, "bob"), counts(paid, "carol")) == ((1, left, 0), (4, 0, left))
        assert paid.offers("carol")[0].sponsor is None
        assert paid.account("carol").signers == ((KEY_ONE, 1, None),)

    def test_what_the_owner_owns_alone_another_can_come_to_pay(self, town: Town) -> None:
        line = RevokeSponsorship(TrustlineKey(town.address("carol"), town.usd), town.address("carol"))
        account = RevokeSponsorship(AccountKey(town.address("carol")), town.address("carol"))
        assert sponsor(town, "bob", "carol", line, account).result.code == "txSUCCESS"
        assert town.line("carol").sponsor == town.account("carol").sponsor == town.address("bob")
        assert (counts(town, "bob"), counts(town, "carol")) == ((1, 3, 0), (1, 0, 3))

    def test_one_sponsor_can_follow_another(self, paid: Town) -> None:
        revocations = [RevokeSponsorship(target, paid.address("bob")) for target in self.targets(paid)]
        assert sponsor(paid, "alice", "bob", *revocations).result.code == "txSUCCESS"
        assert (counts(paid, "alice"), counts(paid, "bob")) == ((1, 3, 0), (1, 0, 0))
        assert counts(paid, "carol") == (4, 0, 3)
        assert paid.offers("carol")[0].sponsor == paid.address("alice")

    def test_an_owner_whose_count_stays_is_not_modified(self, paid: Town) -> None:
        """``updateLedgerEntrySponsorship`` loads the owner only to change how many reserves others pay."""
        carol = paid.account("carol")
        data, offer, _ = self.targets(paid)
        passed_on = [RevokeSponsorship(target, paid.address("bob")) for target in (data, offer)]
        line = RevokeSponsorship(TrustlineKey(paid.address("carol"), paid.usd), paid.address("carol"))
        assert sponsor(paid, "alice", "bob", *passed_on).result.code == "txSUCCESS"
        assert paid.apply("alice", line, signers=("alice", "carol")).result.code == "txSUCCESS"
        assert paid.account("carol").last_modified == carol.last_modified
        assert paid.line("carol").last_modified == paid.network.header.sequence

    def test_an_owner_who_sponsors_the_sponsor_pays_for_itself(self, paid: Town) -> None:
        revocation = RevokeSponsorship(self.targets(paid)[0], paid.address("bob"))
        assert sponsor(paid, "carol", "bob", revocation).result.code == "txSUCCESS"
        assert (counts(paid, "carol"), counts(paid, "bob")) == ((4, 0, 2), (1, 2, 0))

    def test_only_the_sponsor_can_or_the_owner_of_what_no_one_sponsors(self, paid: Town) -> None:
        target = self.targets(paid)[0]
        for name in ("alice", "carol"):
            assert paid.codes(name, RevokeSponsorship(target)) == ["REVOKE_SPONSORSHIP_NOT_SPONSOR"]
        signer = RevokeSponsorship(self.targets(paid)[2])
        assert paid.codes("alice", signer) == ["REVOKE_SPONSORSHIP_NOT_SPONSOR"]
        line = RevokeSponsorship(TrustlineKey(paid.address("carol"), paid.usd))
        assert paid.codes("bob", line) == ["REVOKE_SPONSORSHIP_NOT_SPONSOR"]
        assert paid.codes("carol", line) == ["REVOKE_SPONSORSHIP_SUCCESS"]

    def test_an_owner_too_poor_to_pay_keeps_its_sponsor(self, town: Town) -> None:
        sponsor(town, "alice", "dave", CreateAccount(DAVE, 0))
        revocation = RevokeSponsorship(AccountKey(DAVE))
        assert town.codes("alice", revocation) == ["REVOKE_SPONSORSHIP_LOW_RESERVE"]
        town.apply("bob", Payment(DAVE, NATIVE, 2 * BASE_RESERVE))
        assert town.codes("alice", revocation) == ["REVOKE_SPONSORSHIP_SUCCESS"]
        assert (counts(town, "alice"), counts(town, "dave")) == ((1, 0, 0), (0, 0, 0))

    def test_a_claimable_balance_always_has_a_sponsor(self, town: Town) -> None:
        aside = CreateClaimableBalance(NATIVE, UNIT, (Claimant(town.address("bob")),))
        applied = town.apply("alice", aside)
        key = ClaimableBalanceKey(applied.result.operations[0].balance_id or "")
        revocation = RevokeSponsorship(key, town.address("alice"))
        assert town.codes("alice", revocation) == ["REVOKE_SPONSORSHIP_ONLY_TRANSFERABLE"]
        sponsor(town, "carol", "alice", revocation)
        assert (counts(town, "alice"), counts(town, "carol")) == ((1, 0, 0), (1, 1, 0))
        assert town.network.state.claimable_balances[key].sponsor == town.address("carol")

    @pytest.mark.parametrize(
        "key", [AccountKey(DAVE), OfferKey(DAVE, 7), DataKey(DAVE, "a"), SignerKey(DAVE, KEY_ONE)]
    )
    def test_what_is_not_there_has_no_sponsor(self, town: Town, key: AccountKey) -> None:
        assert town.codes("alice", RevokeSponsorship(key)) == ["REVOKE_SPONSORSHIP_DOES_NOT_EXIST"]

    @pytest.mark.parametrize(
        "key", [TrustlineKey(DAVE, NATIVE), OfferKey(DAVE, 0), DataKey(DAVE, ""), DataKey(DAVE, "\n")]
    )
    def test_what_cannot_be_there_is_malformed(self, town: Town, key: DataKey) -> None:
        submission = town.submit("alice", RevokeSponsorship(key))
        assert submission.result is not None
        assert submission.result.operations[0].code == "REVOKE_SPONSORSHIP_MALFORMED"
