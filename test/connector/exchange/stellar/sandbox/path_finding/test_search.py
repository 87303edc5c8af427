"""Paths that are found are those that a search of every combination finds, and they can be paid."""

from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.xdr import encode_account, pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.entries import Offer, Pool
from hummingbot.connector.exchange.stellar.sandbox.hop import receive_exactly, send_exactly
from hummingbot.connector.exchange.stellar.sandbox.path_finding import Venues, paths_from, paths_to
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

BANK, MAKER, PAYER = (encode_account(bytes([number] * 32)) for number in (1, 2, 3))
ASSETS = (NATIVE, *(Asset(code, BANK) for code in ("A", "B", "C", "LONGER")))

pairs = st.permutations(ASSETS).map(lambda assets: tuple(assets[:2]))
sizes = st.integers(1_000, 1_000_000)


def world(offers: list[tuple], pools: list[tuple]) -> LedgerState:
    """Return a ledger of offers and pools; the makers are the bank, which can sell any credit."""
    state = LedgerState()
    for offer_id, ((selling, buying), amount, n, d, mine) in enumerate(offers, 1):
        state.load(Offer(PAYER if mine else BANK, offer_id, selling, buying, amount, n, d))
    for (one, other), amount, n in pools:
        parameters = pool_of(one, other)
        share = PoolShare(pool_id(parameters))
        state.load(
            Pool(share, parameters.asset_a, parameters.asset_b, reserve_a=amount, reserve_b=amount * n // 7)
        )
    return state


worlds = st.builds(
    world,
    st.lists(
        st.tuples(
            pairs, sizes, st.integers(5, 12), st.integers(5, 12), st.sampled_from((False, False, True))
        ),
        max_size=14,
    ),
    st.lists(st.tuples(pairs, sizes, st.integers(4, 12)), max_size=5),
)


def all_paths(start: Asset, end: Asset) -> list[tuple[Asset, ...]]:
    """Every way over other assets from one to another."""
    between = [asset for asset in ASSETS if asset not in (start, end)]
    return [(start, *path, end) for count in range(len(between) + 1) for path in permutations(between, count)]


@settings(max_examples=200)
@given(worlds, pairs, sizes)
def test_no_single_path_gives_more_than_the_best_that_is_found(
    state: LedgerState, ends: tuple[Asset, Asset], amount: int
) -> None:
    venues, (source, destination) = Venues(state), ends
    found = paths_from(venues, source, amount, [destination])
    assert found == sorted(found, key=lambda one: -one.destination_amount)
    for one in found:
        got = amount
        for sent, received in zip((source, *one.path), (*one.path, destination), strict=True):
            got = venues.received(sent, got, received)
        assert got == one.destination_amount
    if source not in venues.assets or destination not in venues.assets:
        assert found == []
        return
    direct = venues.received(source, amount, destination)
    assert bool(direct) <= bool(found)
    if found:
        assert found[0].destination_amount >= direct
    for path in all_paths(source, destination):
        if len(path) == 3:
            middle = venues.received(path[0], amount, path[1])
            last = venues.received(path[1], middle, path[2]) if middle else 0
            assert not last or found[0].destination_amount >= last


@settings(max_examples=200)
@given(worlds, pairs, sizes)
def test_no_single_path_costs_less_than_the_cheapest_that_is_found(
    state: LedgerState, ends: tuple[Asset, Asset], amount: int
) -> None:
    venues, (source, destination) = Venues(state), ends
    found = paths_to(venues, destination, amount, {source: None}, PAYER)
    assert found == sorted(found, key=lambda one: one.source_amount)
    for one in found:
        cost = amount
        for sent, received in list(zip((source, *one.path), (*one.path, destination), strict=True))[::-1]:
            cost = venues.cost(received, cost, sent, PAYER)
        assert cost == one.source_amount
    if source in venues.assets and destination in venues.assets:
        direct = venues.cost(destination, amount, source, PAYER)
        assert not direct or found[0].source_amount <= direct
    if found:
        dear = paths_to(venues, destination, amount, {source: found[0].source_amount - 1}, PAYER)
        assert found[0] not in dear
        assert found[0] in paths_to(venues, destination, amount, {source: found[0].source_amount}, PAYER)


@settings(max_examples=200)
@given(worlds, pairs, sizes)
def test_what_a_pool_alone_promises_is_what_the_ledger_gives(
    state: LedgerState, ends: tuple[Asset, Asset], amount: int
) -> None:
    """Where only pools exchange, the promise is exact; with offers it may be off by their rounding."""
    for offer in list(state.offers.values()):
        state.drop(offer)
    if not state.pools:
        return
    source, destination = ends
    for one in paths_from(Venues(state), source, amount, [destination]):
        state.begin()
        got, left = amount, 1000
        for sent, received in zip((source, *one.path), (*one.path, destination), strict=True):
            failure, got, _, used = send_exactly(state, PAYER, sent, got, received, left)
            assert failure is None
            left -= used
        state.undo()
        assert got == one.destination_amount
    for one in paths_to(Venues(state), destination, amount, {source: None}, PAYER):
        state.begin()
        cost = amount
        for sent, received in list(zip((source, *one.path), (*one.path, destination), strict=True))[::-1]:
            failure, cost, _, _ = receive_exactly(state, PAYER, sent, received, cost, 1000)
            assert failure is None
        state.undo()
        assert cost == one.source_amount


def test_a_path_has_at_most_three_exchanges_unless_more_are_asked_for_and_visits_no_asset_twice() -> None:
    chain = [Asset(f"S{number}", BANK) for number in range(8)]
    state = LedgerState()
    for offer_id, (buying, selling) in enumerate(pairwise(chain), 1):
        state.load(Offer(BANK, offer_id, selling, buying, 10**9, 1, 1))
    venues = Venues(state)
    found = paths_from(venues, chain[0], 100, chain)
    assert {one.destination: len(one.path) for one in found} == {
        chain[0]: 0,
        **{asset: index for index, asset in enumerate(chain[1:4])},
    }
    assert paths_from(venues, chain[0], 100, [chain[4]]) == []
    assert paths_to(venues, chain[4], 100, {chain[0]: None}) == []
    (longer,) = paths_from(venues, chain[0], 100, [chain[5]], hops=5)
    assert longer.path == tuple(chain[1:5])
    assert [one.path for one in paths_to(venues, chain[3], 100, {chain[0]: None})] == [tuple(chain[1:3])]


def test_at_most_five_paths_an_asset_are_told() -> None:
    middles = [Asset(f"M{number}", BANK) for number in range(9)]
    wanted = Asset("END", BANK)
    state = LedgerState()
    for index, middle in enumerate(middles):
        state.load(Offer(BANK, 2 * index + 1, middle, NATIVE, 10**9, 1, 1))
        state.load(Offer(BANK, 2 * index + 2, wanted, middle, 10**9, 100 - index, 100))
    found = paths_from(Venues(state), NATIVE, 1_000, [wanted])
    assert len(found) == 5
    assert found[0].path == (middles[-1],)


def test_the_payers_own_offers_do_not_count_where_it_is_known() -> None:
    state = world([((NATIVE, ASSETS[1]), 1_000, 1, 1, True), ((NATIVE, ASSETS[1]), 1_000, 2, 1, False)], [])
    venues = Venues(state)
    (own,) = paths_to(venues, NATIVE, 10, {ASSETS[1]: None}, PAYER)
    (other,) = paths_to(venues, NATIVE, 10, {ASSETS[1]: None})
    assert (own.source_amount, other.source_amount) == (20, 10)


def test_more_than_an_amount_can_be_is_no_path() -> None:
    huge = 2**62
    state = world([((NATIVE, ASSETS[1]), huge, 4, 1, False), ((NATIVE, ASSETS[1]), huge, 4, 1, False)], [])
    venues = Venues(state)
    assert paths_to(venues, NATIVE, huge, {ASSETS[1]: None}) == []
    assert paths_to(venues, NATIVE, huge // 4, {ASSETS[1]: None})[0].source_amount == huge
    assert paths_from(venues, ASSETS[1], 3, [NATIVE]) == []
