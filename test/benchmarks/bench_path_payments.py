"""Path payments over books and pools, beside the same formulas in the plain way, and the search for paths."""

from itertools import pairwise

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer, PathPaymentStrictSend
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.entries import Account, Pool, Trustline
from hummingbot.connector.exchange.stellar.sandbox.operations import apply
from hummingbot.connector.exchange.stellar.sandbox.path_finding import Venues, paths_from
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState
from test.benchmarks.conftest import Promises

UNIT = 10_000_000
LIMIT = 2**63 - 1
BANK, MAKER, TAKER = (SigningKey(bytes([number] * 32)) for number in (1, 2, 3))
CHAIN = (NATIVE, *(Asset(code, BANK.account) for code in ("USD", "EUR", "GBP")))
PAYMENTS = 500
RESERVE = 10**14


def world(levels: int = 0) -> LedgerState:
    """Return a ledger with a pool for each hop of the chain and, beside it, a book of worse offers."""
    state = LedgerState(2)
    for key in (BANK, MAKER, TAKER):
        state.load(Account(key.account, 10**17, 0))
        if key is not BANK:
            for asset in CHAIN[1:]:
                state.load(Trustline(key.account, asset, 10**17, LIMIT))
    for one, other in pairwise(CHAIN):
        parameters = pool_of(one, other)
        share = PoolShare(pool_id(parameters))
        a, b = parameters.asset_a, parameters.asset_b
        state.load(Pool(share, a, b, reserve_a=RESERVE, reserve_b=RESERVE, total_shares=RESERVE))
        for level in range(levels):
            state.begin()
            apply(ManageSellOffer(other, one, UNIT, 1100 + level, 1000), MAKER.account, state)
            state.keep()
    return state


def naive_pools() -> list[list[int]]:
    return [[RESERVE, RESERVE] for _ in CHAIN[1:]]


def naive_send(pools: list[list[int]], amount: int) -> int:
    for pool in pools:
        got = 9970 * pool[1] * amount // (10_000 * pool[0] + 9970 * amount)
        pool[0] += amount
        pool[1] -= got
        amount = got
    return amount


PAYMENT = PathPaymentStrictSend(NATIVE, UNIT, TAKER.account, CHAIN[-1], 1, CHAIN[1:-1])


def pay(state: LedgerState) -> int:
    delivered = 0
    for _ in range(PAYMENTS):
        state.begin()
        result = apply(PAYMENT, TAKER.account, state)
        state.keep()
        assert result.delivery is not None
        delivered = result.delivery.amount
    return delivered


@pytest.mark.benchmark(group="500 path payments over three pools")
@pytest.mark.parametrize("levels", [0, 20], ids=["pools alone", "pools beside books"])
def test_engine(benchmark: BenchmarkFixture, promise: Promises, levels: int) -> None:
    last = benchmark.pedantic(pay, setup=lambda: ((world(levels),), {}), rounds=10)
    hops = PAYMENTS * (len(CHAIN) - 1)
    rate = hops / benchmark.stats.stats.median
    promise(f"path payments, {levels} offers beside", rate, "hops a second", least=20_000)
    pools = naive_pools()
    assert [naive_send(pools, UNIT) for _ in range(PAYMENTS)][-1] == last


@pytest.mark.benchmark(group="500 path payments over three pools")
def test_naive_formulas_alone(benchmark: BenchmarkFixture) -> None:
    def send(pools: list[list[int]]) -> int:
        return [naive_send(pools, UNIT) for _ in range(PAYMENTS)][-1]

    benchmark.pedantic(send, setup=lambda: ((naive_pools(),), {}), rounds=10)


@pytest.mark.benchmark(group="a search for paths")
def test_search(benchmark: BenchmarkFixture) -> None:
    state = world(200)
    assert benchmark(lambda: paths_from(Venues(state), NATIVE, 50 * UNIT, [CHAIN[-1]]))
