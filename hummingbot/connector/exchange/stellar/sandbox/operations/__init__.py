"""What each operation does to the ledger, one file an operation, in stellar-core's order of checks.

An operation's module has two functions. ``check`` says what is wrong with the operation as such, whatever the
ledger (None if nothing): the network asks it at submission. ``apply`` carries it out on the ledger and
returns its result; of what it changed, the caller keeps the steps that succeeded and takes back those that
failed.
"""

from collections.abc import Callable
from typing import Any

from ...ledger.operations import Operation, SetOptions
from ...ledger.results import OperationResult
from ..signatures import HIGH, LOW, MEDIUM
from ..state import LedgerState
from . import (
    account_merge,
    allow_trust,
    begin_sponsoring_future_reserves,
    bump_sequence,
    change_trust,
    claim_claimable_balance,
    clawback,
    clawback_claimable_balance,
    create_account,
    create_claimable_balance,
    create_passive_sell_offer,
    end_sponsoring_future_reserves,
    liquidity_pool_deposit,
    liquidity_pool_withdraw,
    manage_buy_offer,
    manage_data,
    manage_sell_offer,
    path_payment_strict_receive,
    path_payment_strict_send,
    payment,
    revoke_sponsorship,
    set_options,
    set_trust_line_flags,
)

__all__ = ["apply", "check", "threshold", "untouched"]

Check = Callable[[Any, str], OperationResult | None]
Apply = Callable[[Any, str, LedgerState], OperationResult]

RULES: dict[str, tuple[Check, Apply, OperationResult]] = {
    "AccountMerge": (account_merge.check, account_merge.apply, account_merge.UNTOUCHED),
    "AllowTrust": (allow_trust.check, allow_trust.apply, allow_trust.SUCCESS),
    "BeginSponsoringFutureReserves": (
        begin_sponsoring_future_reserves.check,
        begin_sponsoring_future_reserves.apply,
        begin_sponsoring_future_reserves.SUCCESS,
    ),
    "BumpSequence": (bump_sequence.check, bump_sequence.apply, bump_sequence.SUCCESS),
    "ChangeTrust": (change_trust.check, change_trust.apply, change_trust.SUCCESS),
    "ClaimClaimableBalance": (
        claim_claimable_balance.check,
        claim_claimable_balance.apply,
        claim_claimable_balance.SUCCESS,
    ),
    "Clawback": (clawback.check, clawback.apply, clawback.SUCCESS),
    "ClawbackClaimableBalance": (
        clawback_claimable_balance.check,
        clawback_claimable_balance.apply,
        clawback_claimable_balance.SUCCESS,
    ),
    "CreateAccount": (create_account.check, create_account.apply, create_account.SUCCESS),
    "CreatePassiveSellOffer": (
        create_passive_sell_offer.check,
        create_passive_sell_offer.apply,
        manage_sell_offer.UNTOUCHED,
    ),
    "CreateClaimableBalance": (
        create_claimable_balance.check,
        create_claimable_balance.apply,
        create_claimable_balance.UNTOUCHED,
    ),
    "EndSponsoringFutureReserves": (
        end_sponsoring_future_reserves.check,
        end_sponsoring_future_reserves.apply,
        end_sponsoring_future_reserves.SUCCESS,
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
    "ManageData": (manage_data.check, manage_data.apply, manage_data.SUCCESS),
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
    "RevokeSponsorship": (revoke_sponsorship.check, revoke_sponsorship.apply, revoke_sponsorship.SUCCESS),
    "SetOptions": (set_options.check, set_options.apply, set_options.SUCCESS),
    "SetTrustLineFlags": (
        set_trust_line_flags.check,
        set_trust_line_flags.apply,
        set_trust_line_flags.SUCCESS,
    ),
}

THRESHOLDS = {
    "AccountMerge": HIGH,
    "AllowTrust": LOW,
    "BumpSequence": LOW,
    "ClaimClaimableBalance": LOW,
    "SetTrustLineFlags": LOW,
}
"""Of the operations that need another than the medium threshold."""


def threshold(operation: Operation) -> int:
    """Return which of its account's thresholds an operation needs: low, medium or high."""
    if isinstance(operation, SetOptions) and set_options.needs_high_threshold(operation):
        return HIGH
    return THRESHOLDS.get(type(operation).__name__, MEDIUM)


def check(operation: Operation, source: str) -> OperationResult | None:
    """Return the result that refuses an operation as malformed, or None."""
    return RULES[type(operation).__name__][0](operation, source)


def apply(operation: Operation, source: str, state: LedgerState) -> OperationResult:
    """Carry an operation of `source` out on the ledger."""
    return RULES[type(operation).__name__][1](operation, source, state)


def untouched(operation: Operation) -> OperationResult:
    """Return the result that the network reports for an operation it never got to: a success of zeros."""
    return RULES[type(operation).__name__][2]
