"""Result codes in Horizon's words: ``tx_bad_seq``, ``op_cross_self``, ``op_underfunded`` …"""

from typing import Any, Final

from ...ledger.results import OperationResult, TransactionResult

__all__ = ["operation_code", "result_codes", "transaction_code"]

TRANSACTION: Final = {
    "txNO_ACCOUNT": "tx_no_source_account",
    "txBAD_MIN_SEQ_AGE_OR_GAP": "tx_bad_minseq_age_or_gap",
}

OUTER: Final = {"opNO_ACCOUNT": "op_no_source_account"}

EXCEPTIONS: Final = {
    "CREATE_ACCOUNT_ALREADY_EXIST": "op_already_exists",
    "MANAGE_SELL_OFFER_NOT_FOUND": "op_offer_not_found",
    "MANAGE_SELL_OFFER_SELL_NOT_AUTHORIZED": "sell_not_authorized",
    "MANAGE_SELL_OFFER_BUY_NOT_AUTHORIZED": "buy_not_authorized",
    "MANAGE_SELL_OFFER_BUY_NO_ISSUER": "buy_no_issuer",
    "MANAGE_BUY_OFFER_NOT_FOUND": "op_offer_not_found",
    "MANAGE_BUY_OFFER_SELL_NOT_AUTHORIZED": "sell_not_authorized",
    "MANAGE_BUY_OFFER_BUY_NOT_AUTHORIZED": "buy_not_authorized",
    "MANAGE_BUY_OFFER_BUY_NO_ISSUER": "buy_no_issuer",
    "CHANGE_TRUST_NOT_AUTH_MAINTAIN_LIABILITIES": "op_not_aut_maintain_liabilities",
    "PATH_PAYMENT_STRICT_RECEIVE_OFFER_CROSS_SELF": "op_cross_self",
    "PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX": "op_over_source_max",
    "PATH_PAYMENT_STRICT_SEND_OFFER_CROSS_SELF": "op_cross_self",
    "PATH_PAYMENT_STRICT_SEND_UNDER_DESTMIN": "op_under_dest_min",
    "ALLOW_TRUST_NO_TRUST_LINE": "op_no_trust",
    "ALLOW_TRUST_TRUST_NOT_REQUIRED": "op_not_required",
    "SET_TRUST_LINE_FLAGS_NO_TRUST_LINE": "op_no_trust",
    "ACCOUNT_MERGE_SEQNUM_TOO_FAR": "op_seq_num_too_far",
    "MANAGE_DATA_NAME_NOT_FOUND": "op_data_name_not_found",
    "MANAGE_DATA_INVALID_NAME": "op_data_invalid_name",
    "CLAWBACK_CLAIMABLE_BALANCE_NOT_ISSUER": "op_no_issuer",
}
"""Where Horizon's word is not the code in small letters."""


def transaction_code(code: str) -> str:
    """Translate a transaction's code: ``txBAD_SEQ`` to ``tx_bad_seq``."""
    return TRANSACTION.get(code) or "tx_" + code.removeprefix("tx").lower()


def operation_code(result: OperationResult) -> str:
    """Translate an operation's code: ``MANAGE_SELL_OFFER_CROSS_SELF`` to ``op_cross_self``."""
    code = result.code
    if code.startswith("op"):
        return OUTER.get(code) or "op_" + code.removeprefix("op").lower()
    if code in EXCEPTIONS:
        return EXCEPTIONS[code]
    return "op_" + code.removeprefix(result.operation.upper() + "_").lower()


def result_codes(result: TransactionResult, inside: bool = False) -> dict[str, Any]:
    """Return ``extras.result_codes`` of a failed transaction, or of the one `inside` a fee bump."""
    code = result.code if inside else result.outer_code
    codes: dict[str, Any] = {"transaction": transaction_code(code)}
    if result.inner_hash is not None and not inside:
        codes["inner_transaction"] = transaction_code(result.code)
    if result.operations:
        codes["operations"] = [operation_code(operation) for operation in result.operations]
    return codes
