"""Why an order does not come to the ledger."""

from typing import Final

from hummingbot.connector.exchange.stellar.errors import StellarError

__all__ = ["JournalError", "OperationRefused", "OrderRejected", "TransactionError", "explain"]


class TransactionError(StellarError):
    """Base of all errors of this package."""


class OrderRejected(TransactionError):
    """An order that was refused, before it was sent or by the ledger, and surely does not exist."""


class OperationRefused(TransactionError):
    """What is no order was refused, before it was sent or by the ledger, and surely did not happen."""


class JournalError(TransactionError):
    """The journal of what was sent cannot be used; nothing is sent then."""


EXPLANATIONS: Final = {
    "SELL_NO_TRUST": "the account has no trustline for the asset it sells: run ai-stellar trustline open",
    "BUY_NO_TRUST": "the account has no trustline for the asset it buys: run ai-stellar trustline open",
    "SRC_NO_TRUST": "the account has no trustline for the asset it sells: run ai-stellar trustline open",
    "NO_TRUST": "the account has no trustline for the asset it buys: run ai-stellar trustline open",
    "SELL_NOT_AUTHORIZED": "the issuer has not authorized the account to hold the asset it sells",
    "BUY_NOT_AUTHORIZED": "the issuer has not authorized the account to hold the asset it buys",
    "SRC_NOT_AUTHORIZED": "the issuer has not authorized the account to hold the asset it sells",
    "NOT_AUTHORIZED": "the issuer has not authorized the account to hold the asset it buys",
    "LINE_FULL": "the trustline's limit leaves no room for what the order would buy: raise the limit",
    "UNDERFUNDED": "the available balance does not cover the order: lower the amount or cancel other orders",
    "CROSS_SELF": "it would trade with the account's own order: cancel that one first",
    "OVER_SENDMAX": "it would have cost more than its slippage cap allows: lower the amount or try again",
    "UNDER_DESTMIN": "it would have brought less than its slippage cap allows: lower the amount or try again",
    "TOO_FEW_OFFERS": "books and pools together cannot fill it: lower the amount",
    "LOW_RESERVE": "the account cannot lock up the reserve of one more offer: add XLM or cancel orders",
    "NOT_FOUND": "the offer no longer rests on the ledger",
    "MALFORMED": "the network does not accept its amount or price",
    "opTOO_MANY_SUBENTRIES": "the account has as many offers and trustlines as the network allows (1000)",
    "opEXCEEDED_WORK_LIMIT": "it would cross more than 1000 offers at once: lower the amount",
    "BAD_AUTH": "the key may not sign for this account, or not alone: check its weight and the thresholds",
    "txNO_ACCOUNT": "the account is not funded",
    "txINSUFFICIENT_BALANCE": "the account cannot pay the network fee: add XLM",
    "txINSUFFICIENT_FEE": (
        "the network asks for more than the cap on fees: raise the cap at connect, or try again later"
    ),
    "txFROZEN_KEY_ACCESSED": (
        "the network has frozen the account, or a trustline that it trades with: its validators can undo that"
    ),
    "TRUSTLINE_FROZEN": "the network has frozen a trustline of the account: its validators can undo that",
    "txTOO_LATE": "ledgers closed faster than the transaction could be sent: try again",
    "txBAD_SEQ": "another program uses the same account at the same time: try again",
    "not passed on": "the node would not take the transaction: check its URL or choose another node",
    "txINTERNAL_ERROR": "the network could not process it: try again",
}


def explain(code: str) -> str:
    """Say a result code (``MANAGE_SELL_OFFER_UNDERFUNDED``, ``txBAD_SEQ``) in a sentence, with the code."""
    for ending, text in EXPLANATIONS.items():
        if code.endswith(ending):
            return f"{text} ({code})"
    return f"the network refused it ({code})"
