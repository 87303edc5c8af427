"""Effects of operations on claimable balances, in the words and the order of Horizon."""

from collections.abc import Iterator
from typing import Any

from ...ledger.amount import format_stroops
from ...ledger.claimable_balances import Claimant
from ...ledger.operations import (
    ClaimClaimableBalance,
    ClawbackClaimableBalance,
    CreateClaimableBalance,
    Operation,
)
from ...ledger.xdr import asset_xdr
from ..claimable_balance import ClaimableBalance
from ..closed import Change
from ..entries import Pool
from .effects import asset_fields
from .pools import amount_of, pool_fields
from .predicates import render_predicate
from .records import NotedEffect, PoolChange

__all__ = ["reserve_effects", "revocation_effects"]


def reserve_effects(operation: Operation, source: str, changes: tuple[Change, ...]) -> Iterator[NotedEffect]:
    """Yield the effects of an operation of this family; nothing for another."""
    match operation:
        case CreateClaimableBalance():
            for _, balance in changes:
                if isinstance(balance, ClaimableBalance):
                    # The claimants as they were asked for: the ledger holds absolute times only.
                    yield from _creation_effects(source, balance, operation.claimants)
                    yield source, "account_debited", _amount(balance)
        case ClaimClaimableBalance():
            for balance, _ in changes:
                if isinstance(balance, ClaimableBalance):
                    yield source, "claimable_balance_claimed", _named(balance)
                    yield source, "account_credited", _amount(balance)
        case ClawbackClaimableBalance():
            yield source, "claimable_balance_clawed_back", {"balance_id": operation.balance_id}
            for balance, _ in changes:
                if isinstance(balance, ClaimableBalance):
                    yield source, "account_credited", _amount(balance)


def revocation_effects(source: str, changes: tuple[Change, ...]) -> Iterator[NotedEffect]:
    """Yield what became of the pool shares of an account that lost its authorization.

    Of several pools Horizon shows the first alone.
    """
    balances = sorted(
        (after for before, after in changes if before is None and isinstance(after, ClaimableBalance)),
        key=lambda balance: asset_xdr(balance.asset),
    )
    for before, after in changes:
        if isinstance(before, Pool) and isinstance(after, Pool | None) and balances:
            for balance in balances:
                yield from _creation_effects(source, balance, balance.claimants)
            change = PoolChange(0, before, after)
            yield source, "liquidity_pool_revoked", _revoked(change, balances)
            return


def _revoked(change: PoolChange, balances: list[ClaimableBalance]) -> dict[str, Any]:
    pool, (a, b, shares) = change.pool, change.gained
    ids = {balance.asset: balance.balance_id for balance in balances}
    return {
        "liquidity_pool": pool_fields(pool),
        "reserves_revoked": [
            {**amount_of(asset, -amount), "claimable_balance_id": ids[asset]}
            for asset, amount in ((pool.asset_a, a), (pool.asset_b, b))
            if asset in ids
        ],
        "shares_revoked": format_stroops(-shares),
    }


def _creation_effects(
    source: str, balance: ClaimableBalance, claimants: tuple[Claimant, ...]
) -> Iterator[NotedEffect]:
    """Yield the effects of a balance's creation, on its source and on each claimant."""
    yield source, "claimable_balance_created", _named(balance)
    for claimant in claimants:
        predicate = render_predicate(claimant.predicate)
        details = {**_named(balance), "predicate": predicate}
        yield claimant.destination, "claimable_balance_claimant_created", details


def _named(balance: ClaimableBalance) -> dict[str, str]:
    return {
        "asset": str(balance.asset),
        "balance_id": balance.balance_id,
        "amount": format_stroops(balance.amount),
    }


def _amount(balance: ClaimableBalance) -> dict[str, str]:
    return {**asset_fields(balance.asset), "amount": format_stroops(balance.amount)}
