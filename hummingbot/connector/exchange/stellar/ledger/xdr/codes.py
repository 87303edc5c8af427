"""Names of the protocol's result codes, as its XDR enums spell them (``Stellar-transaction.x``, protocol 26).

Within an enum the codes run 0, -1, -2 … without a gap, so each is a tuple indexed by the negated code.
"""

from typing import Final

__all__ = ["OPERATIONS", "OPERATION_CODES", "RESULT_CODES", "TRANSACTION_CODES"]

TRANSACTION_CODES: Final = (
    "txFEE_BUMP_INNER_SUCCESS",
    "txSUCCESS",
    "txFAILED",
    "txTOO_EARLY",
    "txTOO_LATE",
    "txMISSING_OPERATION",
    "txBAD_SEQ",
    "txBAD_AUTH",
    "txINSUFFICIENT_BALANCE",
    "txNO_ACCOUNT",
    "txINSUFFICIENT_FEE",
    "txBAD_AUTH_EXTRA",
    "txINTERNAL_ERROR",
    "txNOT_SUPPORTED",
    "txFEE_BUMP_INNER_FAILED",
    "txBAD_SPONSORSHIP",
    "txBAD_MIN_SEQ_AGE_OR_GAP",
    "txMALFORMED",
    "txSOROBAN_INVALID",
    "txFROZEN_KEY_ACCESSED",
)
"""From code 1 downwards: ``txFEE_BUMP_INNER_SUCCESS`` is 1, ``txSUCCESS`` 0, ``txFAILED`` -1."""

OPERATION_CODES: Final = (
    "opINNER",
    "opBAD_AUTH",
    "opNO_ACCOUNT",
    "opNOT_SUPPORTED",
    "opTOO_MANY_SUBENTRIES",
    "opEXCEEDED_WORK_LIMIT",
    "opTOO_MANY_SPONSORING",
)
"""Outcomes of an operation before its own arm: ``opINNER`` (0) has one."""

_SUFFIXES: Final = (
    ("create_account", "CREATE_ACCOUNT", "SUCCESS MALFORMED UNDERFUNDED LOW_RESERVE ALREADY_EXIST"),
    (
        "payment",
        "PAYMENT",
        "SUCCESS MALFORMED UNDERFUNDED SRC_NO_TRUST SRC_NOT_AUTHORIZED NO_DESTINATION NO_TRUST "
        "NOT_AUTHORIZED LINE_FULL NO_ISSUER",
    ),
    (
        "path_payment_strict_receive",
        "PATH_PAYMENT_STRICT_RECEIVE",
        "SUCCESS MALFORMED UNDERFUNDED SRC_NO_TRUST SRC_NOT_AUTHORIZED NO_DESTINATION NO_TRUST "
        "NOT_AUTHORIZED LINE_FULL NO_ISSUER TOO_FEW_OFFERS OFFER_CROSS_SELF OVER_SENDMAX",
    ),
    (
        "manage_sell_offer",
        "MANAGE_SELL_OFFER",
        "SUCCESS MALFORMED SELL_NO_TRUST BUY_NO_TRUST SELL_NOT_AUTHORIZED BUY_NOT_AUTHORIZED "
        "LINE_FULL UNDERFUNDED CROSS_SELF SELL_NO_ISSUER BUY_NO_ISSUER NOT_FOUND LOW_RESERVE",
    ),
    (
        "create_passive_sell_offer",
        "MANAGE_SELL_OFFER",
        "SUCCESS MALFORMED SELL_NO_TRUST BUY_NO_TRUST SELL_NOT_AUTHORIZED BUY_NOT_AUTHORIZED "
        "LINE_FULL UNDERFUNDED CROSS_SELF SELL_NO_ISSUER BUY_NO_ISSUER NOT_FOUND LOW_RESERVE",
    ),
    (
        "set_options",
        "SET_OPTIONS",
        "SUCCESS LOW_RESERVE TOO_MANY_SIGNERS BAD_FLAGS INVALID_INFLATION CANT_CHANGE UNKNOWN_FLAG "
        "THRESHOLD_OUT_OF_RANGE BAD_SIGNER INVALID_HOME_DOMAIN AUTH_REVOCABLE_REQUIRED",
    ),
    (
        "change_trust",
        "CHANGE_TRUST",
        "SUCCESS MALFORMED NO_ISSUER INVALID_LIMIT LOW_RESERVE SELF_NOT_ALLOWED TRUST_LINE_MISSING "
        "CANNOT_DELETE NOT_AUTH_MAINTAIN_LIABILITIES",
    ),
    (
        "allow_trust",
        "ALLOW_TRUST",
        "SUCCESS MALFORMED NO_TRUST_LINE TRUST_NOT_REQUIRED CANT_REVOKE SELF_NOT_ALLOWED LOW_RESERVE",
    ),
    (
        "account_merge",
        "ACCOUNT_MERGE",
        "SUCCESS MALFORMED NO_ACCOUNT IMMUTABLE_SET HAS_SUB_ENTRIES SEQNUM_TOO_FAR DEST_FULL IS_SPONSOR",
    ),
    ("inflation", "INFLATION", "SUCCESS NOT_TIME"),
    ("manage_data", "MANAGE_DATA", "SUCCESS NOT_SUPPORTED_YET NAME_NOT_FOUND LOW_RESERVE INVALID_NAME"),
    ("bump_sequence", "BUMP_SEQUENCE", "SUCCESS BAD_SEQ"),
    (
        "manage_buy_offer",
        "MANAGE_BUY_OFFER",
        "SUCCESS MALFORMED SELL_NO_TRUST BUY_NO_TRUST SELL_NOT_AUTHORIZED BUY_NOT_AUTHORIZED "
        "LINE_FULL UNDERFUNDED CROSS_SELF SELL_NO_ISSUER BUY_NO_ISSUER NOT_FOUND LOW_RESERVE",
    ),
    (
        "path_payment_strict_send",
        "PATH_PAYMENT_STRICT_SEND",
        "SUCCESS MALFORMED UNDERFUNDED SRC_NO_TRUST SRC_NOT_AUTHORIZED NO_DESTINATION NO_TRUST "
        "NOT_AUTHORIZED LINE_FULL NO_ISSUER TOO_FEW_OFFERS OFFER_CROSS_SELF UNDER_DESTMIN",
    ),
    (
        "create_claimable_balance",
        "CREATE_CLAIMABLE_BALANCE",
        "SUCCESS MALFORMED LOW_RESERVE NO_TRUST NOT_AUTHORIZED UNDERFUNDED",
    ),
    (
        "claim_claimable_balance",
        "CLAIM_CLAIMABLE_BALANCE",
        "SUCCESS DOES_NOT_EXIST CANNOT_CLAIM LINE_FULL NO_TRUST NOT_AUTHORIZED TRUSTLINE_FROZEN",
    ),
    (
        "begin_sponsoring_future_reserves",
        "BEGIN_SPONSORING_FUTURE_RESERVES",
        "SUCCESS MALFORMED ALREADY_SPONSORED RECURSIVE",
    ),
    ("end_sponsoring_future_reserves", "END_SPONSORING_FUTURE_RESERVES", "SUCCESS NOT_SPONSORED"),
    (
        "revoke_sponsorship",
        "REVOKE_SPONSORSHIP",
        "SUCCESS DOES_NOT_EXIST NOT_SPONSOR LOW_RESERVE ONLY_TRANSFERABLE MALFORMED",
    ),
    ("clawback", "CLAWBACK", "SUCCESS MALFORMED NOT_CLAWBACK_ENABLED NO_TRUST UNDERFUNDED"),
    (
        "clawback_claimable_balance",
        "CLAWBACK_CLAIMABLE_BALANCE",
        "SUCCESS DOES_NOT_EXIST NOT_ISSUER NOT_CLAWBACK_ENABLED",
    ),
    (
        "set_trust_line_flags",
        "SET_TRUST_LINE_FLAGS",
        "SUCCESS MALFORMED NO_TRUST_LINE CANT_REVOKE INVALID_STATE LOW_RESERVE",
    ),
    (
        "liquidity_pool_deposit",
        "LIQUIDITY_POOL_DEPOSIT",
        "SUCCESS MALFORMED NO_TRUST NOT_AUTHORIZED UNDERFUNDED LINE_FULL BAD_PRICE POOL_FULL "
        "TRUSTLINE_FROZEN",
    ),
    (
        "liquidity_pool_withdraw",
        "LIQUIDITY_POOL_WITHDRAW",
        "SUCCESS MALFORMED NO_TRUST UNDERFUNDED LINE_FULL UNDER_MINIMUM TRUSTLINE_FROZEN",
    ),
    (
        "invoke_host_function",
        "INVOKE_HOST_FUNCTION",
        "SUCCESS MALFORMED TRAPPED RESOURCE_LIMIT_EXCEEDED ENTRY_ARCHIVED INSUFFICIENT_REFUNDABLE_FEE",
    ),
    (
        "extend_footprint_ttl",
        "EXTEND_FOOTPRINT_TTL",
        "SUCCESS MALFORMED RESOURCE_LIMIT_EXCEEDED INSUFFICIENT_REFUNDABLE_FEE",
    ),
    (
        "restore_footprint",
        "RESTORE_FOOTPRINT",
        "SUCCESS MALFORMED RESOURCE_LIMIT_EXCEEDED INSUFFICIENT_REFUNDABLE_FEE",
    ),
)

OPERATIONS: Final = tuple(name for name, _, _ in _SUFFIXES)
"""Operation types in the order of ``OperationType``, in snake case."""

RESULT_CODES: Final = tuple(
    tuple(f"{prefix}_{suffix}" for suffix in suffixes.split()) for _, prefix, suffixes in _SUFFIXES
)
"""Result codes of each type; a passive offer reports by the codes of ``ManageSellOfferResult``."""
