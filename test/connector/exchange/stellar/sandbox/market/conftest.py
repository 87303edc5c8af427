"""A network with a market on it, moved by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.closed import ClosedLedger
from hummingbot.connector.exchange.stellar.sandbox.market.assets import actor_key, issuer_key
from hummingbot.connector.exchange.stellar.sandbox.market.market import Market, open_market
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import BookView
from hummingbot.connector.exchange.stellar.sandbox.network import Network

PASSPHRASE = "market test network"
START = 1_704_067_200


class Venue:
    """A founded market, and a ledger that closes every `seconds` of market time."""

    def __init__(self, market: Market, start: int = START, seconds: int = 300) -> None:
        self.market = market
        self.pair = market.pairs[0]
        self.seconds = seconds
        self.network = Network.genesis(PASSPHRASE, start - 10)
        self.founding: list[ClosedLedger] = []
        for number, envelopes in enumerate(market.genesis(self.network), start=1):
            for envelope in envelopes:
                assert self.network.submit(envelope).status == "PENDING"
            self.founding.append(self.network.close(start - 10 + number))
            market.observe(self.founding[-1])

    @property
    def now(self) -> int:
        return self.network.header.close_time

    @property
    def book(self) -> BookView:
        return BookView.of(self.network, self.pair)

    def submit(self, key: SigningKey, *operations: Operation) -> None:
        sequence = self.network.state.accounts[key.account].sequence + 1
        transaction = Transaction(key.account, 1000 * len(operations), sequence, operations)
        envelope = sign_transaction(transaction, self.network.network_id, (key,)).envelope_xdr
        assert self.network.submit(envelope).status == "PENDING"

    def close(self, act: bool = True) -> ClosedLedger:
        """Close a ledger, with the market's actors in it or without."""
        closing = self.now + self.seconds
        if act:
            for envelope in self.market.step(self.network, closing):
                assert self.network.submit(envelope).status == "PENDING"
        closed = self.network.close(closing)
        self.market.observe(closed)
        return closed

    def run(self, ledgers: int) -> Iterator[ClosedLedger]:
        for _ in range(ledgers):
            yield self.close()

    def third_party(self, lumens: int = 1_000_000, credits: int = 1_000_000) -> SigningKey:
        """Fund an account that trades beside the market."""
        key = actor_key(0, "third party")
        quote = self.pair.quote
        self.submit(self.network.root_key(), CreateAccount(key.account, lumens * 10**7))
        self.close(act=False)
        self.submit(key, ChangeTrust(quote, 2**63 - 1))
        self.close(act=False)
        self.submit(issuer_key(quote.code), Payment(key.account, quote, credits * 10**7))
        self.close(act=False)
        return key


@pytest.fixture
def venue() -> Callable[..., Venue]:
    """Return how to open a market on a network of its own."""

    def open_venue(
        seed: int = 1,
        *,
        seconds: int = 300,
        start: int = START,
        history: Path | None = None,
        pairs: tuple[str, ...] = ("XLM/USDC",),
        **parameters: float,
    ) -> Venue:
        market = open_market(
            seed,
            PASSPHRASE,
            pairs=pairs,
            history=history,
            start=start,
            parameters=MarketParameters(**parameters),  # type: ignore[arg-type]
        )
        return Venue(market, start, seconds)

    return open_venue


@pytest.fixture
def xlm_history() -> Path:
    """Return the file of hourly XLM prices, or skip."""
    path = Path(__file__).parents[6].parent / "shared" / "data" / "ohlcv" / "XLMUSDT_1h_binance_spot.parquet"
    if not path.is_file():
        pytest.skip("needs ../shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet")
    return path
