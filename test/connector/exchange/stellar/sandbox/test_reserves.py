"""What holds on every ledger, whatever people do with each other's reserves, credits, pools and accounts."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    BumpSequence,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    Clawback,
    ClawbackClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    EndSponsoringFutureReserves,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageData,
    ManageSellOffer,
    Operation,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
    Signer,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

from .conftest import LIMIT, UNIT, Town, key_of
from .test_invariants import spent_only_fee_and_sequence
from .whole import (
    assert_books_hold_the_offers,
    assert_liabilities_are_those_of_the_offers,
    assert_pools_belong_to_their_lines,
    assert_reserves_are_counted,
    credit_of,
    lumens_of,
)

PEOPLE = ("bank", "alice", "bob", "carol")
NAMES = {key_of(name).account: name for name in (*PEOPLE, "dave")}
BANK = key_of("bank").account
USD = Asset("USD", BANK)
ASSETS = (NATIVE, USD)
POOL = pool_of(NATIVE, USD)

people = (st.just("bank") | st.sampled_from(PEOPLE)).map(lambda name: key_of(name).account)
anyone = st.sampled_from(list(NAMES))
amounts = st.integers(1, 3 * UNIT) | st.integers(1, 30)
names = st.sampled_from(("a", "b"))
signers = st.sampled_from([key_of(name).account for name in ("key one", "key two")])


def opened() -> Town:
    """A network where three people hold lumens, dollars, offers and shares; alice pays for some of carol's.

    The bank can revoke and claw back.
    """
    town = Town()
    town.apply("root", CreateAccount(BANK, 20 * UNIT))
    town.apply("bank", SetOptions(set_flags=2 | 8))
    town.settle("alice", "bob", "carol", lumens=9 * UNIT, dollars=30 * UNIT)
    shares = LiquidityPoolDeposit(pool_id(POOL), UNIT, UNIT, 1, 10, 10, 1)
    for name in ("alice", "bob"):
        town.apply(name, ChangeTrust(POOL, LIMIT), shares, ManageSellOffer(NATIVE, USD, UNIT, 2, 1))
    carol = town.address("carol")
    town.apply(
        "alice",
        BeginSponsoringFutureReserves(carol),
        ManageData("a", b"value", source=carol),
        ManageSellOffer(USD, NATIVE, UNIT, 2, 1, source=carol),
        SetOptions(signer=Signer(key_of("key one").account, 1), source=carol),
        EndSponsoringFutureReserves(source=carol),
        CreateClaimableBalance(USD, UNIT, (Claimant(carol), Claimant(BANK))),
        signers=("alice", "carol"),
    )
    return town


def operations(source: str, state: LedgerState) -> st.SearchStrategy[Operation]:
    """Return operations of an account that have a fair chance on a ledger."""
    balances = st.sampled_from([key.balance_id for key in state.claimable_balances] or ["00" * 36])
    offers = st.sampled_from([*state.offers, 0])
    flags = st.sampled_from(((1, 0), (3, 0), (1, 2), (2, 1), (4, 0)))
    kinds: list[st.SearchStrategy[Operation]] = [
        st.builds(Payment, anyone, st.sampled_from(ASSETS), amounts),
        st.builds(CreateAccount, st.just(key_of("dave").account), st.integers(0, 3 * UNIT)),
        st.builds(ChangeTrust, st.sampled_from((USD, POOL)), st.sampled_from((0, LIMIT, LIMIT))),
        st.builds(ManageSellOffer, *_pair(), amounts, st.integers(9, 11), st.just(10), offers),
        st.builds(PathPaymentStrictSend, st.just(NATIVE), amounts, people, st.just(USD), st.just(1)),
        st.builds(
            LiquidityPoolDeposit, st.just(pool_id(POOL)), amounts, amounts, *map(st.just, (1, 99, 99, 1))
        ),
        st.builds(LiquidityPoolWithdraw, st.just(pool_id(POOL)), amounts, st.just(0), st.just(0)),
        st.builds(ManageData, names, st.none() | st.just(b"value")),
        st.builds(SetOptions, signer=st.builds(Signer, signers, st.integers(0, 1))),
        st.builds(BumpSequence, st.integers(0, 2**34)),
        st.builds(CreateClaimableBalance, st.sampled_from(ASSETS), amounts, _claimants()),
        st.builds(ClaimClaimableBalance, balances),
        st.builds(AccountMerge, anyone),
        st.builds(RevokeSponsorship, _targets(source, state)),
    ]
    if source != BANK:
        return st.one_of(kinds)
    holders = st.sampled_from([account for account, asset in state.trustlines if asset == USD] or [BANK])
    issuing = st.one_of(
        flags.flatmap(
            lambda pair: st.builds(
                SetTrustLineFlags, holders, st.just(USD), st.just(pair[0]), st.just(pair[1])
            )
        ),
        st.builds(AllowTrust, holders, st.just("USD"), st.integers(0, 2)),
        st.builds(Clawback, st.just(USD), holders, amounts),
        st.builds(ClawbackClaimableBalance, balances),
    )
    return st.one_of(issuing, issuing, st.one_of(kinds))


def _pair() -> tuple[st.SearchStrategy[Asset], st.SearchStrategy[Asset]]:
    return st.just(NATIVE), st.just(USD)


def _claimants() -> st.SearchStrategy[tuple[Claimant, ...]]:
    return st.lists(st.builds(Claimant, anyone), min_size=1, max_size=3).map(tuple)


def _targets(source: str, state: LedgerState) -> st.SearchStrategy[Any]:
    """Return what there is, first of all what the source pays for."""
    keys: list[Any] = [AccountKey(name) for name in state.accounts if name in NAMES]
    keys += [TrustlineKey(account, asset) for account, asset in state.trustlines]
    keys += [OfferKey(offer.seller, offer.offer_id) for offer in state.offers.values()]
    keys += [SignerKey(one.account, key) for one in state.accounts.values() for key, _, _ in one.signers]
    keys += [*state.data, *state.claimable_balances, DataKey(source, "a"), ClaimableBalanceKey("00" * 36)]
    paid = [key for key in keys if sponsor_of(key, state) == source]
    return st.sampled_from(paid or keys) | st.sampled_from(keys)


def sponsor_of(key: Any, state: LedgerState) -> str | None:
    """Return who pays for an entry or a signer."""
    if isinstance(key, SignerKey):
        account = state.accounts[key.account]
        return next(sponsor for signer, _, sponsor in account.signers if signer == key.key)
    found = {
        AccountKey: lambda: state.accounts.get(key.account),
        TrustlineKey: lambda: state.trustlines.get((key.account, key.asset)),
        OfferKey: lambda: state.offers.get(key.offer_id),
        DataKey: lambda: state.data.get(key),
        ClaimableBalanceKey: lambda: state.claimable_balances.get(key),
    }[type(key)]()
    return None if found is None else found.sponsor


@st.composite
def transactions(draw: st.DrawFn, state: LedgerState) -> tuple[str, list[Operation]]:
    """Return a source and its operations; some of others, some of whose reserves the source pays."""
    source = draw(people)
    batch: list[Operation] = []
    for _ in range(draw(st.integers(1, 3))):
        actor = draw(st.just(source) | anyone)
        operation = sent(draw(operations(actor, state)), actor, source)
        if draw(st.integers(0, 2)):
            batch.append(operation)
            continue
        sponsored = draw(st.just(actor) | st.just(key_of("dave").account))
        batch += [BeginSponsoringFutureReserves(sponsored), operation]
        if draw(st.integers(0, 9)):
            batch.append(sent(EndSponsoringFutureReserves(), sponsored, source))
    return source, batch


def sent(operation: Operation, actor: str, source: str) -> Operation:
    """Return an operation with its own source, if that is not the transaction's."""
    return operation if actor == source else replace(operation, source=actor)


def signed_by(source: str, batch: list[Operation]) -> tuple[str, ...]:
    """Return who has to sign."""
    return tuple(NAMES[one] for one in dict.fromkeys([source, *(op.source or source for op in batch)]))


def set_aside(state: LedgerState, asset: Asset) -> int:
    """Return how much of an asset waits in claimable balances."""
    return sum(balance.amount for balance in state.claimable_balances.values() if balance.asset == asset)


def dollars_of(state: LedgerState) -> int:
    """Return all dollars, wherever they are."""
    return credit_of(state, USD) + set_aside(state, USD)


def involves_the_bank(applied: AppliedTransaction) -> bool:
    """Tell whether a transaction could make or destroy dollars."""
    tx = applied.envelope.tx
    return any(
        BANK in (operation.source or tx.source, getattr(operation, "destination", None))
        or any(claim.seller == BANK for claim in result.claims)
        for operation, result in zip(tx.operations, applied.result.operations, strict=True)
    )


def assert_only_the_authorized_trade(state: LedgerState) -> None:
    allowed = {
        account for (account, asset), line in state.trustlines.items() if line.flags & 3 and asset == USD
    }
    assert {offer.seller for offer in state.offers.values()} <= allowed | {BANK}
    holders = {account for account, asset in state.trustlines if isinstance(asset, PoolShare)}
    assert holders <= allowed | {BANK}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_nothing_is_made_or_lost_and_every_reserve_has_a_payer(data: st.DataObject) -> None:
    town = opened()
    state = town.network.state
    dollars = dollars_of(state)
    for _ in range(data.draw(st.integers(3, 14))):
        source, batch = data.draw(transactions(state))
        before = town.network.to_dict()["entries"]
        if source not in state.accounts:
            continue
        submission = town.submit(NAMES[source], *batch, signers=signed_by(source, batch))
        if submission.status == "ERROR":
            assert town.network.to_dict()["entries"] == before
            continue
        (applied,) = town.close().transactions
        assert applied.result.code in ("txSUCCESS", "txFAILED", "txBAD_SPONSORSHIP")
        if applied.result.code != "txSUCCESS":
            spent_only_fee_and_sequence(before, applied, town)
        elif involves_the_bank(applied):
            dollars = dollars_of(state)
        assert state.sponsorships == {} or applied.result.code != "txSUCCESS"
        assert lumens_of(town.network) + set_aside(state, NATIVE) == town.network.header.total_coins
        assert dollars_of(state) == dollars
        assert_liabilities_are_those_of_the_offers(state)
        assert_reserves_are_counted(state)
        assert_pools_belong_to_their_lines(state)
        assert_books_hold_the_offers(state)
        assert_only_the_authorized_trade(state)
