"""What is particular to operations on accounts, by issuers, and on reserves, as Horizon shows them."""

from base64 import b64encode
from typing import Any, Final

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.ledger_keys import (
    AccountKey,
    ClaimableBalanceKey,
    DataKey,
    LedgerKey,
    OfferKey,
    SignerKey,
    TrustlineKey,
)
from ...ledger.liquidity_pool import PoolShare
from ...ledger.operations import (
    AccountMerge,
    AllowTrust,
    BeginSponsoringFutureReserves,
    BumpSequence,
    ClaimClaimableBalance,
    Clawback,
    ClawbackClaimableBalance,
    CreateClaimableBalance,
    EndSponsoringFutureReserves,
    ManageData,
    Operation,
    RevokeSponsorship,
    SetOptions,
    SetTrustLineFlags,
)
from ..history import OperationRecord
from ..history.effects import asset_fields
from ..history.muxed import muxed_fields
from ..history.predicates import render_claimants

__all__ = ["account_details"]

ACCOUNT_FLAGS: Final = {
    1: "auth_required",
    2: "auth_revocable",
    4: "auth_immutable",
    8: "auth_clawback_enabled",
}
LINE_FLAGS: Final = {1: "authorized", 2: "authorized_to_maintain_liabilites", 4: "clawback_enabled"}
"""The second is misspelt as in Horizon."""


def account_details(record: OperationRecord) -> dict[str, Any]:
    """Return the fields of an operation of this family that other kinds do not have; none of another."""
    operation, source = record.operation, record.source
    match operation:
        case SetTrustLineFlags():
            return {
                **asset_fields(operation.asset),
                "trustor": operation.trustor,
                **_flags("set", operation.set_flags, LINE_FLAGS),
                **_flags("clear", operation.clear_flags, LINE_FLAGS),
            }
        case AllowTrust():
            return {
                **asset_fields(Asset(operation.code, source)),
                "trustee": source,
                **muxed_fields("trustee", source, record.source_id),
                "trustor": operation.trustor,
                "authorize": bool(operation.authorize & 1),
                # Who is authorized may keep liabilities, too.
                "authorize_to_maintain_liabilities": bool(operation.authorize & 3),
            }
        case Clawback():
            return {
                **asset_fields(operation.asset),
                "from": operation.holder,
                **muxed_fields("from", operation.holder, operation.holder_id),
                "amount": format_stroops(operation.amount),
            }
        case AccountMerge():
            return {
                "account": source,
                **muxed_fields("account", source, record.source_id),
                "into": operation.destination,
                **muxed_fields("into", operation.destination, operation.destination_id),
            }
        case SetOptions():
            return _options(operation)
        case ManageData():
            value = "" if operation.value is None else b64encode(operation.value).decode()
            return {"name": operation.name, "value": value}
        case BumpSequence():
            return {"bump_to": str(operation.bump_to)}
        case _:
            return _reserve_details(record, operation)


def _reserve_details(record: OperationRecord, operation: Operation) -> dict[str, Any]:
    """Return what is particular to claimable balances and sponsored reserves."""
    match operation:
        case CreateClaimableBalance():
            return {
                "asset": str(operation.asset),
                "amount": format_stroops(operation.amount),
                "claimants": render_claimants(operation.claimants),
            }
        case ClaimClaimableBalance():
            return {
                "balance_id": operation.balance_id,
                "claimant": record.source,
                **muxed_fields("claimant", record.source, record.source_id),
            }
        case ClawbackClaimableBalance():
            return {"balance_id": operation.balance_id}
        case BeginSponsoringFutureReserves():
            return {"sponsored_id": operation.sponsored}
        case EndSponsoringFutureReserves():
            if record.begin_sponsor is None:
                return {}
            sponsor, number = record.begin_sponsor
            return {"begin_sponsor": sponsor, **muxed_fields("begin_sponsor", sponsor, number)}
        case RevokeSponsorship():
            return _target(operation.target)
        case _:
            return {}


def _options(options: SetOptions) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "home_domain": options.home_domain or None,
        "inflation_dest": options.inflation_destination,
        "master_key_weight": options.master_weight,
        "signer_key": options.signer and options.signer.key,
        "signer_weight": options.signer and options.signer.weight,
        **_flags("set", options.set_flags or 0, ACCOUNT_FLAGS),
        **_flags("clear", options.clear_flags or 0, ACCOUNT_FLAGS),
        "low_threshold": options.low_threshold,
        "med_threshold": options.medium_threshold,
        "high_threshold": options.high_threshold,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _flags(verb: str, flags: int, names: dict[int, str]) -> dict[str, Any]:
    """Return the flags that are set or cleared, as numbers and as words; nothing where there are none."""
    found = [flag for flag in names if flags & flag]
    return {f"{verb}_flags": found, f"{verb}_flags_s": [names[flag] for flag in found]} if found else {}


def _target(target: LedgerKey | SignerKey) -> dict[str, Any]:
    """Return what a sponsorship is revoked of."""
    match target:
        case AccountKey(account):
            return {"account_id": account}
        case ClaimableBalanceKey(balance_id):
            return {"claimable_balance_id": balance_id}
        case DataKey(account, name):
            return {"data_account_id": account, "data_name": name}
        case OfferKey(_, offer_id):
            return {"offer_id": str(offer_id)}
        case SignerKey(account, key):
            return {"signer_account_id": account, "signer_key": key}
        case TrustlineKey(account, PoolShare(pool_id)):
            return {"trustline_account_id": account, "trustline_liquidity_pool_id": pool_id}
        case TrustlineKey(account, asset):
            return {"trustline_account_id": account, "trustline_asset": str(asset)}
