"""Effects of operations on accounts and by issuers, in the words, the order and the gaps of Horizon."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from ...ledger.amount import format_stroops
from ...ledger.asset import NATIVE, Asset
from ...ledger.operations import (
    AccountMerge,
    AllowTrust,
    BumpSequence,
    Clawback,
    ManageData,
    Operation,
    SetOptions,
    SetTrustLineFlags,
)
from ...ledger.results import OperationResult
from ..closed import Change
from ..data_entry import DataEntry
from ..entries import Account
from .effects import asset_fields
from .records import NotedEffect
from .reserve_effects import revocation_effects

__all__ = ["account_effects"]

AUTHORIZED, MAINTAINS_LIABILITIES, CLAWBACK_ENABLED = 1, 2, 4
AUTH_REQUIRED = 1


def account_effects(
    operation: Operation, source: str, result: OperationResult, changes: tuple[Change, ...]
) -> Iterator[NotedEffect]:
    """Yield the effects of an operation of this family; nothing for another."""
    match operation:
        case SetOptions():
            yield from _options_effects(operation, source, changes)
        case SetTrustLineFlags():
            yield _flags_effect(
                source, operation.trustor, operation.asset, operation.set_flags, operation.clear_flags
            )
            yield from revocation_effects(source, changes)
        case AllowTrust():
            yield from _authorization_effects(operation, source)
            yield from revocation_effects(source, changes)
        case AccountMerge():
            moved = {**asset_fields(NATIVE), "amount": format_stroops(result.merged_balance or 0)}
            yield source, "account_debited", moved
            yield operation.destination, "account_credited", moved
            yield source, "account_removed", {}
        case Clawback():
            taken = {**asset_fields(operation.asset), "amount": format_stroops(operation.amount)}
            yield source, "account_credited", taken
            yield operation.holder, "account_debited", taken
        case ManageData():
            yield from _data_effects(operation, source, changes)
        case BumpSequence():
            for before, after in changes:
                if isinstance(before, Account) and isinstance(after, Account):
                    if before.sequence != after.sequence:
                        yield source, "sequence_bumped", {"new_seq": str(after.sequence)}
                    break


def _options_effects(options: SetOptions, source: str, changes: tuple[Change, ...]) -> Iterator[NotedEffect]:
    if options.home_domain is not None:
        yield source, "account_home_domain_updated", {"home_domain": options.home_domain}
    thresholds = (options.low_threshold, options.medium_threshold, options.high_threshold)
    if any(threshold is not None for threshold in thresholds):
        names = ("low_threshold", "med_threshold", "high_threshold")
        shown = {name: value or 0 for name, value in zip(names, thresholds, strict=True)}
        yield source, "account_thresholds_updated", shown
    if options.set_flags or options.clear_flags:
        # Of the four flags Horizon shows this one alone: the others it seeks under other names than it wrote.
        details: dict[str, Any] = {}
        if (options.set_flags or 0) & AUTH_REQUIRED:
            details["auth_required_flag"] = True
        if (options.clear_flags or 0) & AUTH_REQUIRED:
            details["auth_required_flag"] = False
        yield source, "account_flags_updated", details
    if options.inflation_destination is not None:
        yield source, "account_inflation_destination_updated", {}
    for before, after in changes:
        if isinstance(before, Account) and isinstance(after, Account):
            yield from _signer_effects(source, _weights(before), _weights(after))


def _signer_effects(source: str, old: dict[str, int], new: dict[str, int]) -> Iterator[NotedEffect]:
    for key in sorted(old):
        if key not in new:
            yield source, "signer_removed", {"weight": 0, "public_key": key, "key": ""}
        elif new[key] != old[key]:
            yield source, "signer_updated", {"weight": new[key], "public_key": key, "key": ""}
    for key in sorted(new.keys() - old.keys()):
        yield source, "signer_created", {"weight": new[key], "public_key": key, "key": ""}


def _weights(account: Account) -> dict[str, int]:
    """Return what each key of an account weighs; a master key without weight is none."""
    master = account.thresholds[0]
    weights = {account.account: master} if master else {}
    return weights | {key: weight for key, weight, _ in account.signers}


def _authorization_effects(operation: AllowTrust, source: str) -> Iterator[NotedEffect]:
    asset = Asset(operation.code, source)
    details = {"trustor": operation.trustor, "asset_type": asset.type, "asset_code": asset.code}
    if operation.authorize & AUTHORIZED:
        yield source, "trustline_authorized", details
        yield _flags_effect(source, operation.trustor, asset, AUTHORIZED, 0)
    elif operation.authorize & MAINTAINS_LIABILITIES:
        yield source, "trustline_authorized_to_maintain_liabilities", details
        yield _flags_effect(source, operation.trustor, asset, MAINTAINS_LIABILITIES, 0)
    else:
        yield source, "trustline_deauthorized", details
        yield _flags_effect(source, operation.trustor, asset, 0, AUTHORIZED | MAINTAINS_LIABILITIES)


def _flags_effect(source: str, trustor: str, asset: Asset, set_flags: int, clear_flags: int) -> NotedEffect:
    """Return the effect on a line's flags; that on keeping liabilities is not shown, as in Horizon."""
    details: dict[str, Any] = {**asset_fields(asset), "trustor": trustor}
    for flag, name in ((AUTHORIZED, "authorized_flag"), (CLAWBACK_ENABLED, "clawback_enabled_flag")):
        if clear_flags & flag:
            details[name] = False
        elif set_flags & flag:
            details[name] = True
    return source, "trustline_flags_updated", details


def _data_effects(operation: ManageData, source: str, changes: tuple[Change, ...]) -> Iterator[NotedEffect]:
    for before, after in changes:
        if isinstance(after, DataEntry):
            outcome = "created" if before is None else "updated"
            value = b64encode(after.value).decode()
            yield source, f"data_{outcome}", {"name": operation.name, "value": value}
        elif isinstance(before, DataEntry):
            yield source, "data_removed", {"name": operation.name}
