"""The matching engine, beside the same rules as one would write them first.

The naive way has fractions for prices, a sorted list for the book and dictionaries for balances; it makes the
same trades to the stroop. It has no rollback, results or snapshots, which the engine's time includes.
"""

from base64 import b64encode
from bisect import insort
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

import pytest
import stellar_sdk
from pytest_benchmark.fixture import BenchmarkFixture

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.results import ClaimAtom
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.entries import Account, Trustline
from hummingbot.connector.exchange.stellar.sandbox.network import Network
from hummingbot.connector.exchange.stellar.sandbox.operations import apply
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState
from test.benchmarks.conftest import Promises, quiet_median

MAKERS, LEVELS = 50, 20
UNIT = 10_000_000
LIMIT = 2**63 - 1
KEYS = [SigningKey(index.to_bytes(32, "big")) for index in range(1, MAKERS + 3)]
BANK, TAKER, *MAKER_KEYS = KEYS
USD = Asset("USD", BANK.account)


def asks() -> list[tuple[str, int, int, int]]:
    """One thousand resting offers: seller, amount, price n/d."""
    return [
        (key.account, UNIT + level, 1000 + 7 * level + index % 7, 10_000)
        for index, key in enumerate(MAKER_KEYS)
        for level in range(LEVELS)
    ]


def funded_state() -> LedgerState:
    state = LedgerState(2)
    for key in KEYS:
        state.load(Account(key.account, 10**15, 0))
        if key is not BANK:
            state.load(Trustline(key.account, USD, 10**15, LIMIT))
    for seller, amount, n, d in asks():
        state.begin()
        apply(ManageSellOffer(NATIVE, USD, amount, n, d), seller, state)
        state.keep()
    return state


@dataclass(order=True)
class NaiveOffer:
    price: Fraction
    number: int
    seller: str = field(compare=False)
    amount: int = field(compare=False)


def naive_exchange(
    price: Fraction, wheat_send: int, wheat_receive: int, sheep_send: int, sheep_receive: int
) -> tuple[int, int, bool]:
    wheat_value = min(wheat_send * price, Fraction(sheep_receive))
    sheep_value = min(wheat_receive * price, Fraction(sheep_send))
    stays = wheat_value > sheep_value
    value = min(wheat_value, sheep_value)
    if price > 1:
        wheat = floor(value / price)
        sheep = ceil(wheat * price) if stays else floor(wheat * price)
    else:
        sheep = floor(value)
        wheat = floor(sheep / price) if stays else ceil(sheep / price)
    if not wheat or not sheep or abs(Fraction(sheep, wheat) - price) * 100 > price:
        return 0, 0, stays
    return wheat, sheep, stays


class NaiveMarket:
    """The same rules in the plain way: fractions, a sorted list, dictionaries."""

    def __init__(self) -> None:
        self.offers: list[NaiveOffer] = []
        self.lumens = {key.account: 10**15 for key in KEYS}
        self.dollars = {key.account: 10**15 for key in KEYS}
        self.selling = dict.fromkeys(self.lumens, 0)
        self.buying = dict.fromkeys(self.lumens, 0)
        for number, (seller, amount, n, d) in enumerate(asks(), start=1):
            offer = NaiveOffer(Fraction(n, d), number, seller, 0)
            offer.amount, _, _ = naive_exchange(offer.price, amount, LIMIT, LIMIT, LIMIT)
            insort(self.offers, offer)
            self.owe(offer, 1)

    def owe(self, offer: NaiveOffer, sign: int) -> None:
        selling, buying, _ = naive_exchange(offer.price, offer.amount, LIMIT, LIMIT, LIMIT)
        self.selling[offer.seller] += sign * selling
        self.buying[offer.seller] += sign * buying

    def adjust(self, offer: NaiveOffer) -> None:
        free = self.lumens[offer.seller] - self.selling[offer.seller] - 30 * UNIT
        room = LIMIT - self.dollars[offer.seller] - self.buying[offer.seller]
        offer.amount, _, _ = naive_exchange(offer.price, min(offer.amount, free), LIMIT, LIMIT, room)

    def buy(self, amount: int, funds: int, limit: Fraction) -> list[tuple[int, int, int]]:
        trades = []
        while amount and funds and self.offers and self.offers[0].price <= limit:
            best = self.offers[0]
            self.owe(best, -1)
            self.adjust(best)
            room = LIMIT - self.dollars[best.seller] - self.buying[best.seller]
            wheat, sheep, stays = naive_exchange(best.price, best.amount, amount, funds, room)
            self.lumens[best.seller] -= wheat
            self.dollars[best.seller] += sheep
            trades.append((best.number, wheat, sheep))
            amount, funds = amount - wheat, funds - sheep
            if stays:
                best.amount -= wheat
                self.adjust(best)
                self.owe(best, 1)
                break
            self.offers.pop(0)
        return trades


@pytest.mark.benchmark(group="1000 offers crossed by one order")
def test_engine(benchmark: BenchmarkFixture, promise: Promises) -> None:
    order = ManageBuyOffer(USD, NATIVE, 10**12, 10, 1)

    def take(state: LedgerState) -> tuple[ClaimAtom, ...]:
        state.begin()
        result = apply(order, TAKER.account, state)
        state.keep()
        return result.claims

    claims = benchmark.pedantic(take, setup=lambda: ((funded_state(),), {}), rounds=20)
    assert len(claims) == MAKERS * LEVELS
    promise("engine", len(claims) / quiet_median(benchmark, batch=5), "crossings a second", least=100_000)
    trades = NaiveMarket().buy(10**12, 10**15, Fraction(10))
    assert trades == [(claim.offer_id, claim.amount_sold, claim.amount_bought) for claim in claims]


@pytest.mark.benchmark(group="1000 offers crossed by one order")
def test_naive_fractions_in_a_list(benchmark: BenchmarkFixture) -> None:
    trades = benchmark.pedantic(
        lambda market: market.buy(10**12, 10**15, Fraction(10)),
        setup=lambda: ((NaiveMarket(),), {}),
        rounds=20,
    )
    assert len(trades) == MAKERS * LEVELS


class Bourse:
    """A network whose accounts each send one signed operation a ledger."""

    def __init__(self, accounts: int) -> None:
        self.network = Network.genesis("benchmark", 1_700_000_000)
        self.keys = [SigningKey(index.to_bytes(32, "big")) for index in range(1, accounts + 1)]
        self.usd = Asset("USD", self.keys[0].account)
        root = self.network.root_key()
        for start in range(0, accounts, 100):
            self.close(root, *(CreateAccount(k.account, 10**12) for k in self.keys[start : start + 100]))
        for key in self.keys[1:]:
            self.network.submit(self.envelope(key, ChangeTrust(self.usd, LIMIT)))
        self.network.close(self.network.header.close_time + 5)
        for start in range(1, accounts, 100):
            paid = self.keys[start : start + 100]
            self.close(self.keys[0], *(Payment(k.account, self.usd, 10**12) for k in paid))

    def envelope(self, key: SigningKey, *operations: Operation) -> bytes:
        sequence = self.network.state.accounts[key.account].sequence + 1
        tx = Transaction(key.account, 100 * len(operations), sequence, operations)
        return sign_transaction(tx, self.network.network_id, [key]).envelope_xdr

    def close(self, key: SigningKey, *operations: Operation) -> None:
        self.network.submit(self.envelope(key, *operations))
        self.network.close(self.network.header.close_time + 5)

    def orders(self) -> list[bytes]:
        """One order an account, half of them crossing the other half."""
        return [
            self.envelope(
                key,
                ManageSellOffer(NATIVE, self.usd, UNIT, 100 + i % 5, 1000)
                if i % 2
                else ManageSellOffer(self.usd, NATIVE, UNIT // 10, 1000, 100 + i % 5),
            )
            for i, key in enumerate(self.keys[1:])
        ]


@pytest.mark.benchmark(group="500 signed transactions: submit, close one ledger")
def test_submit_and_close(benchmark: BenchmarkFixture) -> None:
    bourse = Bourse(501)

    def ledger(envelopes: list[bytes]) -> int:
        for envelope in envelopes:
            bourse.network.submit(envelope)
        return len(bourse.network.close(bourse.network.header.close_time + 5).transactions)

    applied = benchmark.pedantic(ledger, setup=lambda: ((bourse.orders(),), {}), rounds=5)
    assert applied == 500


@pytest.mark.benchmark(group="500 signed transactions: submit, close one ledger")
def test_stellar_sdk_reading_and_checking_signatures_alone(benchmark: BenchmarkFixture) -> None:
    bourse = Bourse(501)
    envelopes = [b64encode(envelope).decode() for envelope in bourse.orders()]

    def check() -> int:
        for text in envelopes:
            envelope = stellar_sdk.TransactionEnvelope.from_xdr(text, "benchmark")
            signature = envelope.signatures[0].signature
            stellar_sdk.Keypair.from_public_key(envelope.transaction.source.account_id).verify(
                envelope.hash(), signature
            )
        return len(envelopes)

    assert benchmark.pedantic(check, rounds=3) == 500
