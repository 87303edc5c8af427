"""What a network has frozen is not touched: by no transaction, and by no trade (CAP-77)."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    Claimant,
    ClaimClaimableBalance,
    CreateClaimableBalance,
    Unconditional,
)
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import AccountKey, SignerKey, TrustlineKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BumpSequence,
    ChangeTrust,
    Clawback,
    CreateAccount,
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageData,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of, sign_fee_bump
from hummingbot.connector.exchange.stellar.sandbox.network import Network
from hummingbot.connector.exchange.stellar.sandbox.operations.manage_offer import MAX_CROSSINGS

from .conftest import LIMIT, UNIT, Town
from .test_path_payments import ANY_PRICE, pour, stack

FROZEN = "txFROZEN_KEY_ACCESSED"


@pytest.fixture
def town() -> Town:
    """A network of protocol 26 with alice, bob and carol, 10,000 XLM and 10,000 USD each."""
    town = Town(protocol=26)
    town.settle("alice", "bob", "carol")
    return town


def freeze(town: Town, *names: str, lines: str = "") -> None:
    """Freeze the accounts of these names and the USD lines of those in `lines`, and nothing else."""
    accounts = [town.address(name) for name in names]
    town.network.freeze([*accounts, *((town.address(name), town.usd) for name in lines.split())])


def refusal(town: Town, name: str, operation: object) -> str:
    """How the network answers a transaction at once."""
    submission = town.submit(name, operation)  # type: ignore[arg-type]
    return submission.result.code if submission.result else submission.status


class TestTransactions:
    def test_nothing_is_frozen_before_protocol_26(self) -> None:
        town = Town(protocol=25)
        town.settle("alice")
        with pytest.raises(ValueError, match="protocol 25 freezes nothing"):
            freeze(town, "alice")
        freeze(town)

    def test_a_frozen_account_sends_nothing_until_it_is_thawed(self, town: Town) -> None:
        bump = BumpSequence(0)
        freeze(town, "alice")
        assert refusal(town, "alice", bump) == FROZEN
        assert refusal(town, "bob", bump) == "PENDING"
        freeze(town)
        assert refusal(town, "alice", bump) == "PENDING"

    def test_what_waits_and_touches_a_frozen_key_is_dropped_and_costs_nothing(self, town: Town) -> None:
        before = town.account("alice").balance, town.account("alice").sequence
        assert refusal(town, "alice", BumpSequence(0)) == "PENDING"
        freeze(town, "alice")
        assert not town.close().transactions
        assert (town.account("alice").balance, town.account("alice").sequence) == before

    def test_a_frozen_account_pays_for_no_fee_bump(self, town: Town) -> None:
        inner = town.sign("bob", BumpSequence(0))
        bumped = sign_fee_bump(
            inner, town.address("alice"), 400, town.network.network_id, [town.key("alice")]
        )
        freeze(town, "alice")
        submission = town.network.submit(bumped.envelope_xdr)
        assert submission.result is not None
        assert submission.result.code == FROZEN

    def test_each_operation_is_refused_for_the_keys_that_it_touches(self, town: Town) -> None:
        usd, alice, carol = town.usd, town.address("alice"), town.address("carol")
        nobody = town.address("nobody")
        claimant = Claimant(carol, Unconditional())
        account, line, destination, other_line = (("bob",), ""), ((), "bob"), (("carol",), ""), ((), "carol")
        touched = {
            BumpSequence(0): [account],
            ManageData("name", b"value"): [account],
            SetOptions(home_domain="x"): [account],
            ChangeTrust(usd, LIMIT): [account, line],
            ChangeTrust(pool_of(NATIVE, usd), LIMIT): [account],
            ManageSellOffer(usd, NATIVE, UNIT, 1, 1): [account, line],
            ManageSellOffer(NATIVE, usd, UNIT, 1, 1): [account, line],
            ManageBuyOffer(NATIVE, usd, UNIT, 1, 1): [account, line],
            CreatePassiveSellOffer(usd, NATIVE, UNIT, 1, 1): [account, line],
            Payment(carol, NATIVE, UNIT): [account, destination],
            Payment(carol, usd, UNIT): [account, line, other_line],
            PathPaymentStrictSend(usd, UNIT, carol, NATIVE, 1): [account, line, destination],
            PathPaymentStrictReceive(NATIVE, UNIT, carol, usd, 1): [account, other_line],
            CreateAccount(nobody, UNIT): [account, (("nobody",), "")],
            AccountMerge(carol): [account, destination],
            CreateClaimableBalance(usd, UNIT, (claimant,)): [account, line],
            CreateClaimableBalance(NATIVE, UNIT, (claimant,)): [account],
            RevokeSponsorship(AccountKey(carol)): [account, destination],
            RevokeSponsorship(TrustlineKey(carol, usd)): [account, other_line],
            RevokeSponsorship(SignerKey(carol, alice)): [account, destination],
        }
        everything = [account, line, destination, other_line, (("nobody",), "")]
        for operation, forbidden in touched.items():
            for accounts, lines in everything:
                freeze(town, *accounts, lines=lines)
                is_refused = refusal(town, "bob", operation) == FROZEN
                assert is_refused is ((accounts, lines) in forbidden), (operation, accounts, lines)
                freeze(town)
                town.close()

    def test_an_issuer_does_not_touch_a_frozen_line(self, town: Town) -> None:
        usd, carol = town.usd, town.address("carol")
        freeze(town, lines="carol")
        for operation in (
            SetTrustLineFlags(carol, usd, 0, 1),
            AllowTrust(carol, "USD", 1),
            Clawback(usd, carol, 1),
            Payment(carol, usd, 1),
        ):
            assert refusal(town, "bank", operation) == FROZEN

    def test_only_the_source_of_an_operation_is_touched_by_it(self, town: Town) -> None:
        freeze(town, lines="carol")
        ours = ManageSellOffer(town.usd, NATIVE, UNIT, 1, 1)
        theirs = ManageSellOffer(town.usd, NATIVE, UNIT, 1, 1, source=town.address("carol"))
        assert town.submit("bob", ours, theirs, signers=("bob", "carol")).result.code == FROZEN  # type: ignore[union-attr]
        assert town.submit("bob", ours).status == "PENDING"


class TestTrades:
    def test_a_frozen_makers_offer_leaves_the_book_untraded_and_the_next_is_taken(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 1, 1))
        town.apply("carol", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 2, 1))
        before = town.account("alice"), town.line("alice")
        freeze(town, lines="alice")
        (result,) = town.apply("bob", ManageBuyOffer(NATIVE, town.usd, 10 * UNIT, 3, 1)).result.operations
        assert [claim.seller for claim in result.claims] == [town.address("carol")]
        assert not town.offers("alice")
        after = town.account("alice"), town.line("alice")
        assert [one.balance for one in after] == [one.balance for one in before]
        assert [one.selling_liabilities for one in after] == [0, 0]
        assert [one.buying_liabilities for one in after] == [0, 0]
        assert after[0].subentries == before[0].subentries - 1

    @pytest.mark.parametrize("side", ["account", "line"])
    def test_a_path_payment_passes_frozen_offers_over(self, town: Town, side: str) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 1, 1))
        if side == "line":
            freeze(town, lines="alice")
        else:
            freeze(town, "alice")
        pay = PathPaymentStrictSend(NATIVE, UNIT, town.address("carol"), town.usd, 1)
        assert town.codes("bob", pay) == ["PATH_PAYMENT_STRICT_SEND_TOO_FEW_OFFERS"]
        assert len(town.offers("alice")) == 1  # the payment failed, and all that it did is undone

    def test_a_worse_price_than_the_limit_ends_the_search_before_frozen_offers(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 5, 1))
        freeze(town, lines="alice")
        town.apply("bob", ManageBuyOffer(NATIVE, town.usd, UNIT, 3, 1))
        assert len(town.offers("alice")) == 1

    def test_offers_cleared_away_do_not_count_as_crossed(self, town: Town) -> None:
        stack(town, "alice", town.usd, NATIVE, MAX_CROSSINGS - 1, 1)
        town.apply("carol", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 2, 1))
        freeze(town, lines="alice")
        (result,) = town.apply("bob", ManageBuyOffer(NATIVE, town.usd, UNIT, 3, 1)).result.operations
        assert len(result.claims) == 1
        assert not town.offers("alice")

    def test_what_the_pool_gives_better_leaves_frozen_offers_where_they_are(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 1, 1))
        pour(town, "carol", NATIVE, town.usd, 1000 * UNIT, 2000 * UNIT)
        freeze(town, lines="alice")
        pay = PathPaymentStrictSend(NATIVE, UNIT, town.address("carol"), town.usd, 1)
        (result,) = town.apply("bob", pay).result.operations
        assert [claim.is_pool for claim in result.claims] == [True]
        assert len(town.offers("alice")) == 1


class TestWhatShowsWhenApplied:
    def test_pools_take_and_give_nothing_over_a_frozen_line(self, town: Town) -> None:
        pour(town, "alice", NATIVE, town.usd, 1000 * UNIT, 1000 * UNIT)
        share = PoolShare(pool_id(pool_of(NATIVE, town.usd)))
        shares = town.network.state.trustlines[town.address("alice"), share].balance
        freeze(town, lines="alice")
        deposit = LiquidityPoolDeposit(share.pool_id, UNIT, UNIT, *ANY_PRICE)
        assert town.codes("alice", deposit) == ["LIQUIDITY_POOL_DEPOSIT_TRUSTLINE_FROZEN"]
        withdraw = LiquidityPoolWithdraw(share.pool_id, shares, 0, 0)
        assert town.codes("alice", withdraw) == ["LIQUIDITY_POOL_WITHDRAW_TRUSTLINE_FROZEN"]
        freeze(town)
        assert town.codes("alice", withdraw) == ["LIQUIDITY_POOL_WITHDRAW_SUCCESS"]

    def test_a_balance_is_not_claimed_into_a_frozen_line(self, town: Town) -> None:
        town.apply(
            "alice", CreateClaimableBalance(town.usd, UNIT, (Claimant(town.address("bob"), Unconditional()),))
        )
        (key,) = town.network.state.claimable_balances
        freeze(town, lines="bob")
        claim = ClaimClaimableBalance(key.balance_id)
        assert town.codes("bob", claim) == ["CLAIM_CLAIMABLE_BALANCE_TRUSTLINE_FROZEN"]


def test_what_is_frozen_is_saved(town: Town) -> None:
    freeze(town, "alice", lines="bob")
    saved = town.network.to_dict()
    assert Network.from_dict(saved).state.frozen == {town.address("alice"), (town.address("bob"), town.usd)}
