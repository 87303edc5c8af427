"""What an operation did that its bytes do not tell, out of the entries that it changed."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from ...ledger.liquidity_pool import PoolShare
from ...ledger.operations import Operation, SetOptions
from ...ledger.results import OperationResult
from ..claimable_balance import ClaimableBalance
from ..closed import Change
from ..data_entry import DataEntry
from ..entries import Account, Trustline
from .account_effects import account_effects
from .records import NotedEffect, Outcome
from .reserve_effects import reserve_effects

__all__ = ["outcome_of"]


def outcome_of(
    position: int, operation: Operation, source: str, result: OperationResult, changes: tuple[Change, ...]
) -> Outcome | None:
    """Return what has to be remembered of a successful operation beside its bytes; None if nothing.

    `position` is its place in the transaction, from 1.
    """
    effects = tuple(
        chain(
            account_effects(operation, source, result, changes),
            reserve_effects(operation, source, changes),
            sponsorship_effects(source, changes),
        )
    )
    balances = tuple(
        entry.balance_id for pair in changes if isinstance(entry := pair[1] or pair[0], ClaimableBalance)
    )
    outcome = Outcome(position, effects, sponsor_in(operation, changes), balances)
    return outcome if effects or outcome.sponsor is not None or balances else None


def sponsor_in(operation: Operation, changes: tuple[Change, ...]) -> str | None:
    """Return who pays the reserve of the signer or the first entry that an operation created."""
    signer = operation.signer.key if isinstance(operation, SetOptions) and operation.signer else None
    for before, after in changes:
        if signer is not None and isinstance(after, Account):
            old = sponsors_of_signers(before).get(signer)
            new = sponsors_of_signers(after).get(signer)
            if new is not None and new != old:
                return new
        if before is None and after is not None and after.sponsor is not None:
            return after.sponsor
    return None


def sponsorship_effects(source: str, changes: tuple[Change, ...]) -> Iterator[NotedEffect]:
    """Yield the changes of who pays for entries and signers."""
    for before, after in changes:
        entry = after or before
        if isinstance(entry, Account | Trustline | DataEntry | ClaimableBalance):
            old = None if before is None else before.sponsor
            new = None if after is None else after.sponsor
            account, kind, details = described(entry, source)
            yield from sponsorship_effect(account, kind, details, old, new)
        if isinstance(entry, Account):
            old_signers, new_signers = sponsors_of_signers(before), sponsors_of_signers(after)
            for key in sorted({*old_signers, *new_signers}):
                details = {"signer": key}
                yield from sponsorship_effect(
                    entry.account, "signer", details, old_signers.get(key), new_signers.get(key)
                )


def described(
    entry: Account | Trustline | DataEntry | ClaimableBalance, source: str
) -> tuple[str, str, dict[str, Any]]:
    """Return whom the sponsorship of an entry concerns, the kind of entry, and what names it."""
    match entry:
        case Account():
            return entry.account, "account", {}
        case Trustline():
            asset = entry.asset
            if isinstance(asset, PoolShare):
                named = {"asset_type": "liquidity_pool", "liquidity_pool_id": asset.pool_id}
            else:
                named = {"asset_type": asset.type, "asset": str(asset)}
            return entry.account, "trustline", named
        case DataEntry():
            return source, "data", {"data_name": entry.name}
        case ClaimableBalance():
            return source, "claimable_balance", {"balance_id": entry.balance_id}


def sponsorship_effect(
    account: str, kind: str, details: dict[str, Any], old: str | None, new: str | None
) -> Iterator[NotedEffect]:
    """Yield the effect of a change of sponsor, if it is one."""
    if old == new:
        return
    if old is None:
        yield account, f"{kind}_sponsorship_created", {**details, "sponsor": new}
    elif new is None:
        yield account, f"{kind}_sponsorship_removed", {**details, "former_sponsor": old}
    else:
        yield account, f"{kind}_sponsorship_updated", {**details, "former_sponsor": old, "new_sponsor": new}


def sponsors_of_signers(entry: object) -> dict[str, str]:
    """Return who pays for each sponsored signer of an account."""
    signers = entry.signers if isinstance(entry, Account) else ()
    return {key: sponsor for key, _, sponsor in signers if sponsor is not None}
