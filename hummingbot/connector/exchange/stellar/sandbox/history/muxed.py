"""Muxed accounts ``M…`` beside the accounts they belong to, as Horizon shows them."""

from ...ledger.operations import (
    AccountMerge,
    Clawback,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from ...ledger.strkey import encode_muxed
from .records import OperationRecord

__all__ = ["affected_id", "muxed_fields"]


def muxed_fields(role: str, account: str, number: int | None) -> dict[str, str]:
    """Return ``<role>_muxed`` and ``<role>_muxed_id``; nothing for an account written without a number.

    The number 0 is left out, as Horizon does.
    """
    if number is None:
        return {}
    muxed = {f"{role}_muxed": encode_muxed(account, number)}
    return muxed | {f"{role}_muxed_id": str(number)} if number else muxed


def affected_id(record: OperationRecord, account: str, kind: str) -> int | None:
    """Return the number by which an operation names the account that it has an effect on.

    Horizon shows that of the source and of who is paid or clawed back from, never that of accounts that the
    operation names in other roles, or that only the ledger does.

    Parameters
    ----------
    kind : str
        Of the effect.
    """
    operation = record.operation
    match operation, kind:
        case (
            (Payment() | PathPaymentStrictReceive() | PathPaymentStrictSend() | AccountMerge()),
            "account_credited",
        ):
            return operation.destination_id
        case Clawback(), "account_debited":
            return operation.holder_id
        case _, "claimable_balance_claimant_created":
            return None
        case _ if kind.startswith(("account_sponsorship", "trustline_sponsorship", "signer_sponsorship")):
            return None
    return record.source_id if account == record.source else None
