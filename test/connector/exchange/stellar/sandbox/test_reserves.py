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
    CreatePassiveSellOffer,
    EndSponsoringFutureReserves,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageData,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
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
    assert_books_are_not_crossed,
    assert_books_hold_the_offers,
    assert_liabilities_are_those_of_the_offers,
    assert_pools_belong_to_their_lines,
    assert_reserves_are_counted,
    credit_of,
    lumens_of,
)

PEOPLE = ("bank", "alice", "bob", "carol", "erin")
NAMES = {key_of(name).account: name for name in (*PEOPLE, "dave")}
BANK, DAVE = key_of("bank").account, key_of("dave").account
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

    Erin holds lumens alone. The bank can revoke and claw back.
    """
    town = Town()
    town.apply("root", CreateAccount(BANK, 20 * UNIT))
    town.apply("bank", SetOptions(set_flags=2 | 8))
    town.settle("alice", "bob", "carol", lumens=9 * UNIT, dollars=30 * UNIT)
    shares = LiquidityPoolDeposit(pool_id(POOL), UNIT, UNIT, 1, 10, 10, 1)
    for name in ("alice", "bob"):
        town.apply(name, ChangeTrust(POOL, LIMIT), shares, ManageSellOffer(NATIVE, USD, UNIT, 2, 1))
    town.settle("erin", lumens=5 * UNIT, dollars=0)
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
    balances = st.sampled_from(_balance_ids(state, source))
    offers = [offer.offer_id for offer in state.offers.values() if offer.seller == source]
    flags = st.sampled_from(((1, 0), (3, 0), (1, 2), (2, 1), (4, 0)))
    kinds: list[st.SearchStrategy[Operation]] = [
        st.one_of(_trades(NATIVE, USD, offers), _trades(USD, NATIVE, offers)),
        st.builds(Payment, anyone, st.sampled_from(ASSETS), amounts),
        st.builds(CreateAccount, st.just(DAVE), st.sampled_from((0, UNIT, 2 * UNIT))),
        st.builds(ChangeTrust, st.sampled_from((USD, POOL)), st.sampled_from((0, LIMIT, LIMIT))),
        st.builds(ManageData, names, st.none() | st.just(b"value")),
        st.builds(SetOptions, signer=st.builds(Signer, signers, st.integers(0, 1))),
        st.builds(BumpSequence, st.integers(0, 2**34)),
        st.builds(CreateClaimableBalance, st.sampled_from(ASSETS), amounts, _claimants()),
        st.builds(ClaimClaimableBalance, balances),
        st.builds(AccountMerge, anyone),
        st.builds(RevokeSponsorship, _targets(source, state)),
    ]
    if (source, PoolShare(pool_id(POOL))) in state.trustlines:
        kinds += [
            st.builds(
                LiquidityPoolDeposit, st.just(pool_id(POOL)), amounts, amounts, *map(st.just, (1, 99, 99, 1))
            ),
            st.builds(LiquidityPoolWithdraw, st.just(pool_id(POOL)), amounts, st.just(0), st.just(0)),
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
        st.builds(ClawbackClaimableBalance, st.sampled_from(_balance_ids(state, None))),
    )
    return st.one_of(issuing, issuing, st.one_of(kinds))


def _trades(sold: Asset, bought: Asset, own: list[int]) -> st.SearchStrategy[Operation]:
    """Return what trades one asset for another at prices that meet, own offers among it."""
    pair = st.just(sold), st.just(bought)
    price, offers = (st.integers(9, 11), st.just(10)), st.sampled_from([0, *own])
    return st.one_of(
        st.builds(ManageSellOffer, *pair, amounts, *price, offers),
        st.builds(ManageSellOffer, *pair, st.just(0), *price, st.sampled_from(own or [7])),
        st.builds(ManageBuyOffer, *pair, amounts, *price, offers),
        st.builds(CreatePassiveSellOffer, *pair, amounts, *price),
        st.builds(PathPaymentStrictSend, pair[0], amounts, people, pair[1], st.just(1)),
        st.builds(PathPaymentStrictReceive, pair[0], st.just(LIMIT), people, pair[1], amounts),
    )


def _balance_ids(state: LedgerState, claimant: str | None) -> list[str]:
    """Return claimable balances, of a claimant or all."""
    found = [
        balance.balance_id
        for balance in state.claimable_balances.values()
        if claimant is None or any(one.destination == claimant for one in balance.claimants)
    ]
    return found or ["00" * 36]


def _claimants() -> st.SearchStrategy[tuple[Claimant, ...]]:
    return st.lists(st.builds(Claimant, anyone), min_size=1, max_size=3).map(tuple)


def _targets(source: str, state: LedgerState) -> st.SearchStrategy[Any]:
    """Return what there is, first of all what the source pays for, its own or another's."""
    keys: list[Any] = [AccountKey(name) for name in state.accounts if name in NAMES]
    keys += [TrustlineKey(account, asset) for account, asset in state.trustlines]
    keys += [OfferKey(offer.seller, offer.offer_id) for offer in state.offers.values()]
    keys += [SignerKey(one.account, key) for one in state.accounts.values() for key, _, _ in one.signers]
    keys += [*state.data, *state.claimable_balances]
    paid = [key for key in keys if payer_of(key, state) == source]
    return st.sampled_from(paid or keys) | st.sampled_from([*keys, DataKey(source, "a")])


def payer_of(key: Any, state: LedgerState) -> str | None:
    """Return who pays for an entry or a signer."""
    owner = getattr(key, "account", None) or getattr(key, "seller", None)
    if isinstance(key, SignerKey):
        account = state.accounts[key.account]
        return next(sponsor for signer, _, sponsor in account.signers if signer == key.key) or owner
    found = {
        AccountKey: lambda: state.accounts.get(key.account),
        TrustlineKey: lambda: state.trustlines.get((key.account, key.asset)),
        OfferKey: lambda: state.offers.get(key.offer_id),
        DataKey: lambda: state.data.get(key),
        ClaimableBalanceKey: lambda: state.claimable_balances.get(key),
    }[type(key)]()
    return None if found is None else found.sponsor or owner


@st.composite
def transactions(draw: st.DrawFn, state: LedgerState) -> tuple[str, list[Operation]]:
    """Return a source and its operations; some of others, some of whose reserves the source pays."""
    living = st.sampled_from([name for name in NAMES if name in state.accounts])
    source = draw(living)
    batch: list[Operation] = []
    for _ in range(draw(st.sampled_from((1, 1, 2, 3)))):
        actor = draw(st.just(source) | living)
        operation = sent(draw(operations(actor, state)), actor, source)
        if draw(st.integers(0, 2)):
            batch.append(operation)
            continue
        sponsored = DAVE if isinstance(operation, CreateAccount) else draw(st.just(actor) | living)
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
        assert_books_are_not_crossed(town.network, ASSETS)
        assert_only_the_authorized_trade(state)
