"""A MARKET order as a path payment to oneself: the exact amount of base against quote, within a cap, or not
at all.

A buy receives the amount exactly and sends at most what the cap price allows; a sell sends it exactly and
gets at least that. The ledger takes book or pool, whichever is better, hop by hop; nothing ever rests.
"""

from decimal import Decimal

from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import (
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from hummingbot.connector.exchange.stellar.ledger.results import OperationResult

__all__ = ["MarketPayment", "market_payment", "payment_obligations", "payment_totals"]

MarketPayment = PathPaymentStrictReceive | PathPaymentStrictSend


def market_payment(
    account: str,
    base: Asset,
    quote: Asset,
    is_buy: bool,
    amount: int,
    cap: Decimal,
    hops: tuple[Asset, ...] = (),
) -> MarketPayment:
    """Return the payment of a MARKET order for `amount` stroops of base, at no worse price than `cap`.

    Parameters
    ----------
    cap : Decimal
        Quote per base. What it comes to is rounded to the order's safe side.
    hops : tuple of Asset
        Assets to go over, from the one that is sent to the one that is received.

    Raises
    ------
    ValueError
        If the amount is worth less than a stroop at that price, or more than the ledger holds.
    """
    numerator, denominator = cap.as_integer_ratio()
    worth, rest = divmod(amount * numerator, denominator)
    if not 0 < worth < INT64_MAX:
        raise ValueError(f"{amount} stroops at {cap} are worth {worth} stroops of the other asset")
    if is_buy:
        return PathPaymentStrictReceive(quote, worth, account, base, amount, hops)
    return PathPaymentStrictSend(base, amount, account, quote, worth + (rest > 0), hops)


def payment_obligations(payment: MarketPayment) -> tuple[int, int]:
    """Return the most that it can take from the account, and the least that it brings, in stroops."""
    if isinstance(payment, PathPaymentStrictReceive):
        return payment.send_max, payment.dest_amount
    return payment.send_amount, payment.dest_min


def payment_totals(payment: MarketPayment, result: OperationResult) -> tuple[int, int]:
    """Return what a payment that succeeded brought, and what it took, in stroops."""
    if isinstance(payment, PathPaymentStrictReceive):
        return payment.dest_amount, result.amount_sent
    return result.delivery.amount if result.delivery is not None else 0, payment.send_amount
