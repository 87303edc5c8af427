"""An account's fills, counted again with stellar-sdk from the results of all transactions on the ledger."""

from collections.abc import Container, Iterable
from typing import Any

from stellar_sdk import StrKey, xdr

__all__ = ["recount"]

RESULTS = (
    "manage_sell_offer_result",
    "manage_buy_offer_result",
    "create_passive_sell_offer_result",
    "path_payment_strict_receive_result",
    "path_payment_strict_send_result",
)


def recount(
    transactions: Iterable[dict[str, Any]], account: str, channels: Container[str] = ()
) -> dict[str, tuple[int, int]]:
    """Return lumens and credit of each fill in stroops, by trade id.

    Parameters
    ----------
    transactions : iterable of mapping
        Horizon's records of all successful transactions.
    account : str
        Whose fills, as maker or taker.
    channels : container of str
        Accounts whose transactions carry its operations.
    """
    fills = {}
    for record in transactions:
        result = xdr.TransactionResult.from_xdr(record["result_xdr"]).result
        inner = result.inner_result_pair
        operations = (inner.result.result.results if inner else result.results) or []
        for index, operation in enumerate(operations, 1):
            toid = int(record["paging_token"]) + index
            for number, claim in enumerate(_claims(operation)):
                is_taker = record["source_account"] == account or record["source_account"] in channels
                if is_taker or _seller(claim) == account:
                    sold, bought = claim.amount_sold.int64, claim.amount_bought.int64
                    is_native = claim.asset_sold.type == xdr.AssetType.ASSET_TYPE_NATIVE
                    if sold or bought:
                        fills[f"{toid}-{number}"] = (sold, bought) if is_native else (bought, sold)
    return fills


def _claims(operation: xdr.OperationResult) -> list[Any]:
    for name in RESULTS:
        result = getattr(operation.tr, name, None)
        success = getattr(result, "success", None)
        if success is not None:
            claimed = success.offers if hasattr(success, "offers") else success.offers_claimed
            return [atom.order_book or atom.liquidity_pool for atom in claimed]
    return []


def _seller(claim: xdr.ClaimOfferAtom | xdr.ClaimLiquidityAtom) -> str:
    if isinstance(claim, xdr.ClaimLiquidityAtom):
        return ""
    return StrKey.encode_ed25519_public_key(claim.seller_id.account_id.ed25519.uint256)
