"""What each operation does to the ledger, one file an operation, in stellar-core's order of checks.

An operation's module has two functions. ``check`` says what is wrong with the operation as such, whatever the
ledger (None if nothing): the network asks it at submission. ``apply`` carries it out on the ledger and
returns its result; of what it changed, the caller keeps the steps that succeeded and takes back those that
failed.
"""

from collections.abc import Callable
from typing import Any

from ...ledger.operations import Operation
from ...ledger.results import OperationResult
from ...ledger.xdr import UnsupportedXdr
from ..state import LedgerState
from . import (
    change_trust,
    create_account,
    create_passive_sell_offer,
    liquidity_pool_deposit,
    liquidity_pool_withdraw,
    manage_buy_offer,
    manage_sell_offer,
    path_payment_strict_receive,
    path_payment_strict_send,
    payment,
)

__all__ = ["apply", "check", "check_built", "untouched"]

Check = Callable[[Any, str], OperationResult | None]
Apply = Callable[[Any, str, LedgerState], OperationResult]

RULES: dict[str, tuple[Check, Apply, OperationResult]] = {
    "ChangeTrust": (change_trust.check, change_trust.apply, change_trust.SUCCESS),
    "CreateAccount": (create_account.check, create_account.apply, create_account.SUCCESS),
    "CreatePassiveSellOffer": (
        create_passive_sell_offer.check,
        create_passive_sell_offer.apply,
        manage_sell_offer.UNTOUCHED,
    ),
    "LiquidityPoolDeposit": (
        liquidity_pool_deposit.check,
        liquidity_pool_deposit.apply,
        liquidity_pool_deposit.SUCCESS,
    ),
    "LiquidityPoolWithdraw": (
        liquidity_pool_withdraw.check,
        liquidity_pool_withdraw.apply,
        liquidity_pool_withdraw.SUCCESS,
    ),
    "ManageBuyOffer": (manage_buy_offer.check, manage_buy_offer.apply, manage_buy_offer.UNTOUCHED),
    "ManageSellOffer": (manage_sell_offer.check, manage_sell_offer.apply, manage_sell_offer.UNTOUCHED),
    "PathPaymentStrictReceive": (
        path_payment_strict_receive.check,
        path_payment_strict_receive.apply,
        path_payment_strict_receive.UNTOUCHED,
    ),
    "PathPaymentStrictSend": (
        path_payment_strict_send.check,
        path_payment_strict_send.apply,
        path_payment_strict_send.UNTOUCHED,
    ),
    "Payment": (payment.check, payment.apply, payment.SUCCESS),
}


def check_built(operation: Operation) -> None:
    """Refuse an operation that this sandbox does not build.

    Raises
    ------
    UnsupportedXdr
        Naming it.
    """
    kind = type(operation).__name__
    if kind not in RULES:
        raise UnsupportedXdr(f"operation {kind} is not modelled")


def check(operation: Operation, source: str) -> OperationResult | None:
    """Return the result that refuses an operation as malformed, or None."""
    return RULES[type(operation).__name__][0](operation, source)


def apply(operation: Operation, source: str, state: LedgerState) -> OperationResult:
    """Carry an operation of `source` out on the ledger."""
    return RULES[type(operation).__name__][1](operation, source, state)


def untouched(operation: Operation) -> OperationResult:
    """Return the result that the network reports for an operation it never got to: a success of zeros."""
    return RULES[type(operation).__name__][2]
