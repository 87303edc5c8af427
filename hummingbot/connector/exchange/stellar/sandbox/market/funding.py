"""How the actors come to be: accounts, trustlines and funds, by transactions of the root and the issuers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import batched
from typing import Final

from hummingbot.connector.exchange.stellar.ledger.amount import quantize_down
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Operation,
    Payment,
)

from .assets import issuer_key
from .pair_market import Actions, PairMarket
from .parameters import MarketParameters
from .quotes import units

__all__ = ["founding"]

LONGEST_TRANSACTION: Final = 100
ISSUER_BALANCE: Final = 10_000 * 10**7
LARGEST_LIMIT: Final = 2**63 - 1
LARGEST_PAYMENT: Final = LARGEST_LIMIT // 4


def founding(
    root: SigningKey, markets: Sequence[PairMarket], parameters: MarketParameters, time: int
) -> Iterator[list[Actions]]:
    """Yield, ledger by ledger, what founds the markets; each account appears once in a ledger.

    First the root creates issuers, makers and takers; then they open their trustlines; then the issuers pay
    them; last the makers open their ladders at the price of `time`.
    """
    actors = [
        (market, key, quantize_down(units(funds)))
        for market in markets
        for funds, keys in (
            (parameters.maker_funds, [desk.key for desk in market.desks]),
            (parameters.taker_funds, market.takers),
        )
        for key in keys
    ]
    issuers = {market.pair.quote: issuer_key(market.pair.quote.code) for market in markets}
    creations: list[Operation] = [CreateAccount(key.account, ISSUER_BALANCE) for key in issuers.values()]
    creations += [CreateAccount(key.account, funds) for _, key, funds in actors]
    for operations in batched(creations, LONGEST_TRANSACTION):
        yield [(root, list(operations))]
    yield [(key, [ChangeTrust(market.pair.quote, LARGEST_LIMIT)]) for market, key, _ in actors]
    prices = {market: Decimal(market.price(time)).as_integer_ratio() for market in markets}
    payments = {
        quote: list(
            batched(
                [
                    Payment(key.account, quote, _worth(funds, prices[market]))
                    for market, key, funds in actors
                    if market.pair.quote == quote
                ],
                LONGEST_TRANSACTION,
            )
        )
        for quote in issuers
    }
    for ledger in range(max(len(batches) for batches in payments.values())):
        yield [
            (issuers[quote], list(batches[ledger]))
            for quote, batches in payments.items()
            if ledger < len(batches)
        ]
    yield [actions for market in markets for actions in market.opening(time)]


def _worth(lumens: int, price: tuple[int, int]) -> int:
    """Return as many stroops of the other asset as lumens are worth, but what a trustline has room for."""
    n, d = price
    return min(lumens * n // d, LARGEST_PAYMENT)
