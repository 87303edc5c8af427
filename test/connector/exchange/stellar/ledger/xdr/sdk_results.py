"""Results as stellar-sdk's own XDR objects, field by field."""

from typing import Any

from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger.results import (
    ClaimAtom,
    OfferRecord,
    OperationResult,
    TransactionResult,
)

from .sdk_values import account_id, balance_id_of, pool_id_of, price_of, sdk_asset

ENUMS = {name.lower(): value for name, value in vars(sdk).items()}
OFFERS = ("manage_sell_offer", "manage_buy_offer", "create_passive_sell_offer")


def sdk_result(result: TransactionResult) -> sdk.TransactionResult:
    fee, outer = sdk.Int64(result.fee_charged), sdk.TransactionResultExt(0)
    operations = [sdk_operation_result(one) for one in result.operations]
    code = sdk.TransactionResultCode[result.code]
    listed = operations if result.code in ("txSUCCESS", "txFAILED") else None
    if result.inner_hash is None:
        return sdk.TransactionResult(fee, sdk.TransactionResultResult(code, results=listed), outer)
    inner = sdk.InnerTransactionResult(
        sdk.Int64(result.inner_fee),
        sdk.InnerTransactionResultResult(code, listed),
        sdk.InnerTransactionResultExt(0),
    )
    pair = sdk.InnerTransactionResultPair(sdk.Hash(result.inner_hash), inner)
    outcome = sdk.TransactionResultResult(sdk.TransactionResultCode[result.outer_code], pair)
    return sdk.TransactionResult(fee, outcome, outer)


def sdk_operation_result(result: OperationResult) -> sdk.OperationResult:
    if result.code.startswith("op"):
        return sdk.OperationResult(sdk.OperationResultCode[result.code])
    name = result.operation
    family = "manage_sell_offer" if name == "create_passive_sell_offer" else name
    kind = ENUMS[family.replace("_", "") + "result"]
    code = ENUMS[family.replace("_", "") + "resultcode"][result.code]
    tr = sdk.OperationResultTr(sdk.OperationType[name.upper()])
    arm = "bump_seq_result" if name == "bump_sequence" else f"{name}_result"
    setattr(tr, arm, kind(code, **payload(result)))
    return sdk.OperationResult(sdk.OperationResultCode.opINNER, tr)


def payload(result: OperationResult) -> dict[str, Any]:
    if result.no_issuer is not None:
        return {"no_issuer": sdk_asset(result.no_issuer)}
    if not result.code.endswith("_SUCCESS"):
        return {}
    if result.operation in OFFERS:
        return {"success": sdk_offer_success(result)}
    if result.delivery is not None:
        claims = [sdk_claim(claim) for claim in result.claims]
        receiver, asset = account_id(result.delivery.destination), sdk_asset(result.delivery.asset)
        last = sdk.SimplePaymentResult(receiver, asset, sdk.Int64(result.delivery.amount))
        return {"success": ENUMS[f"{result.operation.replace('_', '')}resultsuccess"](claims, last)}
    if result.operation == "account_merge":
        return {"source_account_balance": sdk.Int64(result.merged_balance)}
    if result.operation == "create_claimable_balance":
        return {"balance_id": balance_id_of(result.balance_id)}
    return {}


def sdk_offer_success(result: OperationResult) -> sdk.ManageOfferSuccessResult:
    effect = sdk.ManageOfferEffect[f"MANAGE_OFFER_{result.effect}"]
    offer = None if result.offer is None else sdk_offer(result.offer)
    left = sdk.ManageOfferSuccessResultOffer(effect, offer)
    return sdk.ManageOfferSuccessResult([sdk_claim(claim) for claim in result.claims], left)


def sdk_offer(offer: OfferRecord) -> sdk.OfferEntry:
    return sdk.OfferEntry(
        account_id(offer.seller),
        sdk.Int64(offer.offer_id),
        sdk_asset(offer.selling),
        sdk_asset(offer.buying),
        sdk.Int64(offer.amount),
        price_of(offer.price_n, offer.price_d),
        sdk.Uint32(int(offer.passive)),
        sdk.OfferEntryExt(0),
    )


def sdk_claim(claim: ClaimAtom) -> sdk.ClaimAtom:
    kinds = sdk.ClaimAtomType
    exchanged = (
        sdk_asset(claim.sold),
        sdk.Int64(claim.amount_sold),
        sdk_asset(claim.bought),
        sdk.Int64(claim.amount_bought),
    )
    if claim.is_pool:
        pool = sdk.ClaimLiquidityAtom(pool_id_of(claim.seller), *exchanged)
        return sdk.ClaimAtom(kinds.CLAIM_ATOM_TYPE_LIQUIDITY_POOL, liquidity_pool=pool)
    book = sdk.ClaimOfferAtom(account_id(claim.seller), sdk.Int64(claim.offer_id), *exchanged)
    return sdk.ClaimAtom(kinds.CLAIM_ATOM_TYPE_ORDER_BOOK, order_book=book)
