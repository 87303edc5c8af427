"""Which operations of a failed transaction are to blame, and who is told."""

from collections.abc import Sequence
from typing import Final

from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult

from .asked import Outcome, Step, resolve
from .errors import explain
from .instructions import cancellation_in

__all__ = ["BAD_SIGNATURE", "blame", "blames_signature"]

BAD_SIGNATURE: Final = "opBAD_AUTH"


def blames_signature(result: TransactionResult) -> bool:
    """Tell whether a transaction was refused, or failed, for who signed it."""
    return result.code == "txBAD_AUTH" or any(
        operation.code == BAD_SIGNATURE for operation in result.operations
    )


def blame(steps: Sequence[Step], result: TransactionResult, ledger: int) -> set[str]:
    """Reject what failed; the rest, which the ledger rolled back, can be sent again.

    An order that failed behind a cancel or change that failed may lack only what that would have freed: it is
    sent again. Where the result blames no operation, or the signature, all of them are rejected.

    Returns
    -------
    set of str
        Client order ids of those whose offers are not there any more.
    """
    gone: set[str] = set()
    codes = [operation.code for operation in result.operations]
    is_unsigned, blames_none = blames_signature(result), all(code.endswith("_SUCCESS") for code in codes)
    if is_unsigned or blames_none or len(codes) != len(steps):
        code = BAD_SIGNATURE if is_unsigned else result.code
        resolve((asked for step in steps for asked in step.asked), Outcome(explain(code), code, ledger))
        return gone
    has_not_freed = False
    for step, code in zip(steps, codes, strict=True):
        cancellation = cancellation_in(step.instruction)
        is_gone = code.endswith("NOT_FOUND")
        if code.endswith("_SUCCESS") or (has_not_freed and not is_gone):
            continue
        step.fail(Outcome(explain(code), code, ledger))
        if cancellation is not None:
            has_not_freed = True
            if is_gone:
                gone.add(cancellation.client_order_id)
    return gone
