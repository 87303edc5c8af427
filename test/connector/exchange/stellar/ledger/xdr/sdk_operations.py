"""Operations as stellar-sdk's own XDR objects, field by field."""

from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger.ledger_keys import LedgerKey, SignerKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    BumpSequence,
    ChangeTrust,
    Claimant,
    ClaimClaimableBalance,
    Clawback,
    ClawbackClaimableBalance,
    CreateAccount,
    CreateClaimableBalance,
    CreatePassiveSellOffer,
    EndSponsoringFutureReserves,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageData,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
)

from .sdk_values import (
    account_id,
    asset_code,
    balance_id_of,
    line_wanted,
    muxed,
    pool_id_of,
    price_of,
    raw,
    sdk_asset,
    sdk_ledger_key,
    sdk_predicate,
    signer_key,
)

KINDS = sdk.OperationType


def sdk_operation(operation: Operation) -> sdk.Operation:
    source = None if operation.source is None else muxed(operation.source, operation.source_id)
    return sdk.Operation(source, sdk_body(operation))


def sdk_body(operation: Operation) -> sdk.OperationBody:
    body = payment_body(operation) or offer_or_pool_body(operation) or account_body(operation)
    body = body or issuer_body(operation) or reserve_body(operation)
    assert body is not None, operation
    return body


def payment_body(operation: Operation) -> sdk.OperationBody | None:
    match operation:
        case CreateAccount(destination, balance):
            create = sdk.CreateAccountOp(account_id(destination), sdk.Int64(balance))
            return sdk.OperationBody(KINDS.CREATE_ACCOUNT, create_account_op=create)
        case Payment(destination, asset, amount):
            receiver = muxed(destination, operation.destination_id)
            payment = sdk.PaymentOp(receiver, sdk_asset(asset), sdk.Int64(amount))
            return sdk.OperationBody(KINDS.PAYMENT, payment_op=payment)
        case PathPaymentStrictSend(send_asset, sent, destination, dest_asset, received, path):
            send = sdk.PathPaymentStrictSendOp(
                sdk_asset(send_asset),
                sdk.Int64(sent),
                muxed(destination, operation.destination_id),
                sdk_asset(dest_asset),
                sdk.Int64(received),
                [sdk_asset(asset) for asset in path],
            )
            return sdk.OperationBody(KINDS.PATH_PAYMENT_STRICT_SEND, path_payment_strict_send_op=send)
        case PathPaymentStrictReceive(send_asset, sent, destination, dest_asset, received, path):
            receive = sdk.PathPaymentStrictReceiveOp(
                sdk_asset(send_asset),
                sdk.Int64(sent),
                muxed(destination, operation.destination_id),
                sdk_asset(dest_asset),
                sdk.Int64(received),
                [sdk_asset(asset) for asset in path],
            )
            kind = KINDS.PATH_PAYMENT_STRICT_RECEIVE
            return sdk.OperationBody(kind, path_payment_strict_receive_op=receive)
    return None


def offer_or_pool_body(operation: Operation) -> sdk.OperationBody | None:
    match operation:
        case ManageSellOffer(selling, buying, amount, n, d, offer_id):
            pair = sdk_asset(selling), sdk_asset(buying)
            sell = sdk.ManageSellOfferOp(*pair, sdk.Int64(amount), price_of(n, d), sdk.Int64(offer_id))
            return sdk.OperationBody(KINDS.MANAGE_SELL_OFFER, manage_sell_offer_op=sell)
        case ManageBuyOffer(selling, buying, amount, n, d, offer_id):
            pair = sdk_asset(selling), sdk_asset(buying)
            buy = sdk.ManageBuyOfferOp(*pair, sdk.Int64(amount), price_of(n, d), sdk.Int64(offer_id))
            return sdk.OperationBody(KINDS.MANAGE_BUY_OFFER, manage_buy_offer_op=buy)
        case CreatePassiveSellOffer(selling, buying, amount, n, d):
            pair = sdk_asset(selling), sdk_asset(buying)
            passive = sdk.CreatePassiveSellOfferOp(*pair, sdk.Int64(amount), price_of(n, d))
            return sdk.OperationBody(KINDS.CREATE_PASSIVE_SELL_OFFER, create_passive_sell_offer_op=passive)
        case LiquidityPoolDeposit(pool_id, most_a, most_b, min_n, min_d, max_n, max_d):
            deposit = sdk.LiquidityPoolDepositOp(
                pool_id_of(pool_id),
                sdk.Int64(most_a),
                sdk.Int64(most_b),
                price_of(min_n, min_d),
                price_of(max_n, max_d),
            )
            return sdk.OperationBody(KINDS.LIQUIDITY_POOL_DEPOSIT, liquidity_pool_deposit_op=deposit)
        case LiquidityPoolWithdraw(pool_id, amount, least_a, least_b):
            withdraw = sdk.LiquidityPoolWithdrawOp(
                pool_id_of(pool_id), sdk.Int64(amount), sdk.Int64(least_a), sdk.Int64(least_b)
            )
            return sdk.OperationBody(KINDS.LIQUIDITY_POOL_WITHDRAW, liquidity_pool_withdraw_op=withdraw)
    return None


def account_body(operation: Operation) -> sdk.OperationBody | None:
    match operation:
        case SetOptions():
            return sdk.OperationBody(KINDS.SET_OPTIONS, set_options_op=sdk_options(operation))
        case ChangeTrust(asset, limit):
            trust = sdk.ChangeTrustOp(line_wanted(asset), sdk.Int64(limit))
            return sdk.OperationBody(KINDS.CHANGE_TRUST, change_trust_op=trust)
        case ManageData(name, value):
            data = None if value is None else sdk.DataValue(value)
            manage = sdk.ManageDataOp(sdk.String64(raw(name)), data)
            return sdk.OperationBody(KINDS.MANAGE_DATA, manage_data_op=manage)
        case BumpSequence(bump_to):
            bump = sdk.BumpSequenceOp(sdk.SequenceNumber(sdk.Int64(bump_to)))
            return sdk.OperationBody(KINDS.BUMP_SEQUENCE, bump_sequence_op=bump)
        case AccountMerge(destination):
            receiver = muxed(destination, operation.destination_id)
            return sdk.OperationBody(KINDS.ACCOUNT_MERGE, destination=receiver)
    return None


def sdk_options(options: SetOptions) -> sdk.SetOptionsOp:
    heir, domain, signer = options.inflation_destination, options.home_domain, options.signer
    return sdk.SetOptionsOp(
        None if heir is None else account_id(heir),
        optional(options.clear_flags),
        optional(options.set_flags),
        optional(options.master_weight),
        optional(options.low_threshold),
        optional(options.medium_threshold),
        optional(options.high_threshold),
        None if domain is None else sdk.String32(raw(domain)),
        None if signer is None else sdk.Signer(signer_key(signer.key), sdk.Uint32(signer.weight)),
    )


def optional(number: int | None) -> sdk.Uint32 | None:
    return None if number is None else sdk.Uint32(number)


def issuer_body(operation: Operation) -> sdk.OperationBody | None:
    match operation:
        case SetTrustLineFlags(trustor, asset, clear, set_):
            flags = sdk.SetTrustLineFlagsOp(
                account_id(trustor), sdk_asset(asset), sdk.Uint32(clear), sdk.Uint32(set_)
            )
            return sdk.OperationBody(KINDS.SET_TRUST_LINE_FLAGS, set_trust_line_flags_op=flags)
        case AllowTrust(trustor, code, authorize):
            allow = sdk.AllowTrustOp(account_id(trustor), asset_code(code), sdk.Uint32(authorize))
            return sdk.OperationBody(KINDS.ALLOW_TRUST, allow_trust_op=allow)
        case Clawback(asset, holder, amount):
            holder_of = muxed(holder, operation.holder_id)
            back = sdk.ClawbackOp(sdk_asset(asset), holder_of, sdk.Int64(amount))
            return sdk.OperationBody(KINDS.CLAWBACK, clawback_op=back)
        case ClawbackClaimableBalance(balance_id):
            taken = sdk.ClawbackClaimableBalanceOp(balance_id_of(balance_id))
            return sdk.OperationBody(KINDS.CLAWBACK_CLAIMABLE_BALANCE, clawback_claimable_balance_op=taken)
    return None


def reserve_body(operation: Operation) -> sdk.OperationBody | None:
    match operation:
        case CreateClaimableBalance(asset, amount, claimants):
            receivers = [sdk_claimant(one) for one in claimants]
            create = sdk.CreateClaimableBalanceOp(sdk_asset(asset), sdk.Int64(amount), receivers)
            return sdk.OperationBody(KINDS.CREATE_CLAIMABLE_BALANCE, create_claimable_balance_op=create)
        case ClaimClaimableBalance(balance_id):
            claim = sdk.ClaimClaimableBalanceOp(balance_id_of(balance_id))
            return sdk.OperationBody(KINDS.CLAIM_CLAIMABLE_BALANCE, claim_claimable_balance_op=claim)
        case BeginSponsoringFutureReserves(sponsored):
            begin = sdk.BeginSponsoringFutureReservesOp(account_id(sponsored))
            kind = KINDS.BEGIN_SPONSORING_FUTURE_RESERVES
            return sdk.OperationBody(kind, begin_sponsoring_future_reserves_op=begin)
        case EndSponsoringFutureReserves():
            return sdk.OperationBody(KINDS.END_SPONSORING_FUTURE_RESERVES)
        case RevokeSponsorship(target):
            revoke = sdk_revocation(target)
            return sdk.OperationBody(KINDS.REVOKE_SPONSORSHIP, revoke_sponsorship_op=revoke)
    return None


def sdk_claimant(claimant: Claimant) -> sdk.Claimant:
    v0 = sdk.ClaimantV0(account_id(claimant.destination), sdk_predicate(claimant.predicate))
    return sdk.Claimant(sdk.ClaimantType.CLAIMANT_TYPE_V0, v0)


def sdk_revocation(target: LedgerKey | SignerKey) -> sdk.RevokeSponsorshipOp:
    kinds = sdk.RevokeSponsorshipType
    if isinstance(target, SignerKey):
        signer = sdk.RevokeSponsorshipOpSigner(account_id(target.account), signer_key(target.key))
        return sdk.RevokeSponsorshipOp(kinds.REVOKE_SPONSORSHIP_SIGNER, signer=signer)
    entry = sdk_ledger_key(target)
    return sdk.RevokeSponsorshipOp(kinds.REVOKE_SPONSORSHIP_LEDGER_ENTRY, ledger_key=entry)
