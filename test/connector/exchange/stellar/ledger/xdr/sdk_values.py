"""Accounts, assets, predicates and ledger keys as stellar-sdk's own XDR objects, field by field."""

import stellar_sdk
from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.claimable_balances import (
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Not,
    Or,
    Predicate,
)
from hummingbot.connector.exchange.stellar.ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    LedgerKey,
    OfferKey,
    TrustlineKey,
)
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare


def account_id(account: str) -> sdk.AccountID:
    return stellar_sdk.Keypair.from_public_key(account).xdr_account_id()


def muxed(account: str, number: int | None = None) -> sdk.MuxedAccount:
    return stellar_sdk.MuxedAccount(account, number).to_xdr_object()


def signer_key(signer: str) -> sdk.SignerKey:
    return stellar_sdk.SignerKey.from_encoded_signer_key(signer).to_xdr_object()


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def price_of(n: int, d: int) -> sdk.Price:
    return sdk.Price(sdk.Int32(n), sdk.Int32(d))


def pool_id_of(pool_id: str) -> sdk.PoolID:
    return sdk.PoolID(sdk.Hash(bytes.fromhex(pool_id)))


def balance_id_of(balance_id: str) -> sdk.ClaimableBalanceID:
    return sdk.ClaimableBalanceID.from_xdr_bytes(bytes.fromhex(balance_id))


def sdk_asset(asset: Asset) -> sdk.Asset:
    if asset.is_native:
        return sdk.Asset(sdk.AssetType.ASSET_TYPE_NATIVE)
    issuer, code = account_id(asset.issuer), asset.code.encode()
    if len(code) <= 4:
        short = sdk.AlphaNum4(sdk.AssetCode4(code.ljust(4, b"\0")), issuer)
        return sdk.Asset(sdk.AssetType.ASSET_TYPE_CREDIT_ALPHANUM4, alpha_num4=short)
    long = sdk.AlphaNum12(sdk.AssetCode12(code.ljust(12, b"\0")), issuer)
    return sdk.Asset(sdk.AssetType.ASSET_TYPE_CREDIT_ALPHANUM12, alpha_num12=long)


def asset_code(code: str) -> sdk.AssetCode:
    kinds, written = sdk.AssetType, code.encode()
    if len(written) <= 4:
        return sdk.AssetCode(kinds.ASSET_TYPE_CREDIT_ALPHANUM4, sdk.AssetCode4(written.ljust(4, b"\0")))
    long = sdk.AssetCode12(written.ljust(12, b"\0"))
    return sdk.AssetCode(kinds.ASSET_TYPE_CREDIT_ALPHANUM12, asset_code12=long)


def line_wanted(asset: Asset | PoolParameters) -> sdk.ChangeTrustAsset:
    if isinstance(asset, Asset):
        line = sdk_asset(asset)
        return sdk.ChangeTrustAsset(line.type, line.alpha_num4, line.alpha_num12)
    parameters = sdk.LiquidityPoolConstantProductParameters(
        sdk_asset(asset.asset_a), sdk_asset(asset.asset_b), sdk.Int32(asset.fee_bp)
    )
    kind = sdk.LiquidityPoolType.LIQUIDITY_POOL_CONSTANT_PRODUCT
    pool = sdk.LiquidityPoolParameters(kind, parameters)
    return sdk.ChangeTrustAsset(sdk.AssetType.ASSET_TYPE_POOL_SHARE, liquidity_pool=pool)


def line_held(asset: Asset | PoolShare) -> sdk.TrustLineAsset:
    if isinstance(asset, Asset):
        line = sdk_asset(asset)
        return sdk.TrustLineAsset(line.type, line.alpha_num4, line.alpha_num12)
    kind = sdk.AssetType.ASSET_TYPE_POOL_SHARE
    return sdk.TrustLineAsset(kind, liquidity_pool_id=pool_id_of(asset.pool_id))


def sdk_predicate(predicate: Predicate) -> sdk.ClaimPredicate:
    kinds = sdk.ClaimPredicateType
    match predicate:
        case And(parts):
            both = [sdk_predicate(part) for part in parts]
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_AND, and_predicates=both)
        case Or(parts):
            both = [sdk_predicate(part) for part in parts]
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_OR, or_predicates=both)
        case Not(part):
            inner = None if part is None else sdk_predicate(part)
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_NOT, not_predicate=inner)
        case BeforeAbsoluteTime(time):
            moment = sdk.Int64(time)
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME, abs_before=moment)
        case BeforeRelativeTime(seconds):
            span = sdk.Int64(seconds)
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME, rel_before=span)
        case _:
            return sdk.ClaimPredicate(kinds.CLAIM_PREDICATE_UNCONDITIONAL)


def sdk_ledger_key(key: LedgerKey) -> sdk.LedgerKey:
    kinds = sdk.LedgerEntryType
    match key:
        case AccountKey(account):
            return sdk.LedgerKey(kinds.ACCOUNT, account=sdk.LedgerKeyAccount(account_id(account)))
        case TrustlineKey(account, asset):
            line = sdk.LedgerKeyTrustLine(account_id(account), line_held(asset))
            return sdk.LedgerKey(kinds.TRUSTLINE, trust_line=line)
        case OfferKey(seller, offer_id):
            offer = sdk.LedgerKeyOffer(account_id(seller), sdk.Int64(offer_id))
            return sdk.LedgerKey(kinds.OFFER, offer=offer)
        case DataKey(account, name):
            data = sdk.LedgerKeyData(account_id(account), sdk.String64(raw(name)))
            return sdk.LedgerKey(kinds.DATA, data=data)
        case ClaimableBalanceKey(balance_id):
            named = sdk.LedgerKeyClaimableBalance(balance_id_of(balance_id))
            return sdk.LedgerKey(kinds.CLAIMABLE_BALANCE, claimable_balance=named)
