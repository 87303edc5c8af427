"""What holds on every ledger, whatever people do: random transactions on a network with real signatures."""

from collections import Counter
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import offer_liabilities
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    CreatePassiveSellOffer,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    Payment,
)
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

from .conftest import LIMIT, UNIT, Town, key_of

PEOPLE = ("alice", "bob", "carol", "bank")
BANK = key_of("bank").account
ASSETS = (NATIVE, Asset("USD", BANK), Asset("EURO12", BANK))

people = st.sampled_from(PEOPLE)
addresses = people.map(lambda name: key_of(name).account)
pairs = st.permutations(ASSETS).map(lambda assets: assets[:2])
amounts = st.integers(1, 60 * UNIT) | st.integers(UNIT, 9 * UNIT) | st.integers(1, 30)
near, any_part = st.integers(97, 103), st.integers(1, 7) | st.integers(1, 2**31 - 1)
prices = st.tuples(near, near) | st.tuples(near, near) | st.tuples(any_part, any_part)
offer_ids = st.sampled_from((*[0] * 15, 1, 2, 3))


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """An operation that has a fair chance, and may be anything."""
    selling, buying = draw(pairs)
    (n, d), amount = draw(prices), draw(amounts)
    kind = draw(st.integers(-6, 11))
    if kind <= 4:
        return ManageSellOffer(selling, buying, amount, n, d, draw(offer_ids))
    if kind <= 7:
        return ManageBuyOffer(selling, buying, amount, n, d, draw(offer_ids))
    if kind == 8:
        return CreatePassiveSellOffer(selling, buying, amount, n, d)
    if kind == 9:
        return ManageSellOffer(selling, buying, 0, 1, 1, draw(st.integers(1, 4)))
    if kind == 10:
        return Payment(draw(addresses), selling, amount)
    return draw(
        st.builds(ChangeTrust, st.sampled_from(ASSETS[1:]), st.sampled_from((0, 70 * UNIT, LIMIT)))
        | st.builds(CreateAccount, st.just(key_of("dave").account), st.integers(UNIT - 1, 3 * UNIT))
    )


batches = st.lists(operations(), min_size=1, max_size=1) | st.lists(operations(), min_size=1, max_size=4)
steps = st.lists(st.tuples(people, batches), min_size=5, max_size=25)


def opened() -> Town:
    """A network where three people hold 60 of everything and the bank issues it."""
    town = Town()
    town.settle("alice", "bob", "carol", lumens=60 * UNIT, dollars=0)
    for asset in ASSETS[1:]:
        for name in ("alice", "bob", "carol"):
            town.apply(name, ChangeTrust(asset, 70 * UNIT if name == "carol" else LIMIT))
            town.apply("bank", Payment(town.address(name), asset, 60 * UNIT))
    return town


def lumens_of(town: Town) -> int:
    state, header = town.network.state, town.network.header
    return sum(account.balance for account in state.accounts.values()) + header.fee_pool


def issued(applied: AppliedTransaction) -> Counter[Asset]:
    """Return what the bank put into the world, by its own payments and sales (less what it took back)."""
    change: Counter[Asset] = Counter()
    tx = applied.envelope.tx
    for operation, result in zip(tx.operations, applied.result.operations, strict=True):
        if isinstance(operation, Payment) and not operation.asset.is_native:
            change[operation.asset] += operation.amount * (
                (tx.source == BANK) - (operation.destination == BANK)
            )
        for claim in result.claims:
            for asset, amount, giver, taker in (
                (claim.sold, claim.amount_sold, claim.seller, tx.source),
                (claim.bought, claim.amount_bought, tx.source, claim.seller),
            ):
                change[asset] += amount * ((giver == BANK) - (taker == BANK))
    del change[NATIVE]
    return change


def credit_of(state: LedgerState, asset: Asset) -> int:
    return sum(line.balance for line in state.trustlines.values() if line.asset == asset)


def assert_liabilities_are_those_of_the_offers(state: LedgerState) -> None:
    selling: Counter[tuple[str, Asset]] = Counter()
    buying: Counter[tuple[str, Asset]] = Counter()
    for offer in state.offers.values():
        to_sell, to_buy = offer_liabilities(offer.price_n, offer.price_d, offer.amount)
        selling[offer.seller, offer.selling] += to_sell
        buying[offer.seller, offer.buying] += to_buy
    for account in state.accounts.values():
        key = (account.account, NATIVE)
        assert (account.selling_liabilities, account.buying_liabilities) == (selling[key], buying[key])
    for key, line in state.trustlines.items():
        assert (line.selling_liabilities, line.buying_liabilities) == (selling[key], buying[key])
        assert 0 <= line.selling_liabilities <= line.balance <= line.limit - line.buying_liabilities


def assert_books_are_not_crossed(town: Town) -> None:
    """No one's best offer meets another's at a price that both would take, unless one of them is passive."""
    for one, other in ((a, b) for a in ASSETS for b in ASSETS if a != b):
        best, against = next(iter(town.network.book(one, other)), None), town.network.book(other, one)
        for offer in against:
            if best is None or best.passive or offer.passive or best.seller == offer.seller:
                continue
            assert Fraction(best.price_n, best.price_d) * Fraction(offer.price_n, offer.price_d) > 1


def assert_subentries_are_counted(state: LedgerState) -> None:
    counted: Counter[str] = Counter(offer.seller for offer in state.offers.values())
    counted.update(line.account for line in state.trustlines.values())
    for account in state.accounts.values():
        assert account.subentries == counted[account.account]
        assert account.balance >= (2 + account.subentries) * 5_000_000 - 100 * 4


def assert_books_hold_the_offers(state: LedgerState) -> None:
    listed = sorted(offer_id for book in state.books.values() for offer_id in book)
    assert listed == sorted(state.offers)
    for (selling, buying), book in state.books.items():
        ranked = [state.offers[offer_id] for offer_id in book]
        assert all((offer.selling, offer.buying) == (selling, buying) for offer in ranked)
        assert ranked == sorted(ranked, key=lambda o: (o.price_n / o.price_d, o.offer_id))


def by_name(entries: list[dict[str, Any]]) -> dict[tuple[object, ...], dict[str, Any]]:
    return {(e["type"], e.get("account"), e.get("asset"), e.get("offer_id")): e for e in entries}


def spent_only_fee_and_sequence(
    before: list[dict[str, Any]], applied: AppliedTransaction, town: Town
) -> None:
    tx = applied.envelope.tx
    entries = by_name(before)
    source = entries["account", tx.source, None, None]
    source["balance"] -= applied.fee_charged
    source["seq"] = tx.sequence
    source["seq_ledger"] = source["last_modified"] = town.network.header.sequence
    source["seq_time"] = town.network.header.close_time
    assert by_name(town.network.to_dict()["entries"]) == entries


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_ledger_stays_whole(steps: list[tuple[str, list[Operation]]]) -> None:
    town = opened()
    state = town.network.state
    supply = Counter({asset: credit_of(state, asset) for asset in ASSETS[1:]})
    for name, batch in steps:
        before = town.network.to_dict()["entries"]
        submission = town.submit(name, *batch)
        if submission.status == "ERROR":
            assert town.network.to_dict()["entries"] == before
            continue
        (applied,) = town.close().transactions
        assert applied.result.code in ("txSUCCESS", "txFAILED")
        if applied.result.code == "txSUCCESS":
            supply.update(issued(applied))
        else:
            spent_only_fee_and_sequence(before, applied, town)
        assert lumens_of(town) == town.network.header.total_coins
        assert {asset: credit_of(state, asset) for asset in ASSETS[1:]} == dict(supply)
        assert_liabilities_are_those_of_the_offers(state)
        assert_subentries_are_counted(state)
        assert_books_hold_the_offers(state)
        assert_books_are_not_crossed(town)
