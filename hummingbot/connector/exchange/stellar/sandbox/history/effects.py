"""Effects: what an operation changed, account by account, in the words and the order of Horizon."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.liquidity_pool import PoolParameters, PoolShare
from ...ledger.operations import (
    ChangeTrust,
    CreateAccount,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from ...ledger.results import ClaimAtom
from .muxed import affected_id, muxed_fields
from .pools import amount_of, pool_fields, reserves, share_fields
from .records import OperationRecord
from .toid import operation_of

__all__ = ["EFFECT_TYPES", "Effect", "affected_accounts", "asset_fields", "effects_of"]

EFFECT_TYPES: Final = {
    "account_created": 0,
    "account_removed": 1,
    "account_credited": 2,
    "account_debited": 3,
    "account_thresholds_updated": 4,
    "account_home_domain_updated": 5,
    "account_flags_updated": 6,
    "account_inflation_destination_updated": 7,
    "signer_created": 10,
    "signer_removed": 11,
    "signer_updated": 12,
    "trustline_created": 20,
    "trustline_removed": 21,
    "trustline_updated": 22,
    "trustline_authorized": 23,
    "trustline_deauthorized": 24,
    "trustline_authorized_to_maintain_liabilities": 25,
    "trustline_flags_updated": 26,
    "trade": 33,
    "data_created": 40,
    "data_removed": 41,
    "data_updated": 42,
    "sequence_bumped": 43,
    "claimable_balance_created": 50,
    "claimable_balance_claimant_created": 51,
    "claimable_balance_claimed": 52,
    "account_sponsorship_created": 60,
    "account_sponsorship_updated": 61,
    "account_sponsorship_removed": 62,
    "trustline_sponsorship_created": 63,
    "trustline_sponsorship_updated": 64,
    "trustline_sponsorship_removed": 65,
    "data_sponsorship_created": 66,
    "data_sponsorship_updated": 67,
    "data_sponsorship_removed": 68,
    "claimable_balance_sponsorship_created": 69,
    "claimable_balance_sponsorship_updated": 70,
    "claimable_balance_sponsorship_removed": 71,
    "signer_sponsorship_created": 72,
    "signer_sponsorship_updated": 73,
    "signer_sponsorship_removed": 74,
    "claimable_balance_clawed_back": 80,
    "liquidity_pool_deposited": 90,
    "liquidity_pool_withdrew": 91,
    "liquidity_pool_trade": 92,
    "liquidity_pool_created": 93,
    "liquidity_pool_removed": 94,
    "liquidity_pool_revoked": 95,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect. `details` holds what is particular to its type, as Horizon writes it.

    `account_id` is the number of the account where the operation wrote it as a muxed account ``M…``.
    """

    operation_id: int
    order: int
    closed_at: int
    account: str
    type: str
    details: dict[str, Any]
    account_id: int | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands among all effects."""
        return self.operation_id, self.order

    @property
    def paging_token(self) -> str:
        """``operation-order``; the order runs from 1."""
        return f"{self.operation_id}-{self.order}"


def asset_fields(asset: Asset | PoolShare | PoolParameters, prefix: str = "") -> dict[str, str]:
    """Return an asset as Horizon spreads it: its type, and for a credit its code and issuer."""
    if not isinstance(asset, Asset):
        return share_fields(asset)
    if asset.is_native:
        return {f"{prefix}asset_type": "native"}
    return {
        f"{prefix}asset_type": asset.type,
        f"{prefix}asset_code": asset.code,
        f"{prefix}asset_issuer": asset.issuer,
    }


def effects_of(record: OperationRecord) -> list[Effect]:
    """Return the effects of an operation; none if its transaction failed."""
    if not record.transaction.successful:
        return []
    closed_at = record.transaction.closed_at
    noted = () if record.outcome is None else record.outcome.effects
    effects = chain(_effects(record), noted, _pool_lives(record))
    return [
        Effect(record.id, order, closed_at, account, type, details, affected_id(record, account, type))
        for order, (account, type, details) in enumerate(effects, 1)
    ]


def affected_accounts(record: OperationRecord) -> set[str]:
    """Return the accounts that `effects_of` names, without making the effects."""
    if not record.transaction.successful:
        return set()
    operation = record.operation
    named = set() if record.outcome is None else {account for account, _, _ in record.outcome.effects}
    if isinstance(operation, CreateAccount | Payment):
        return {operation.destination, record.source, *named}
    if isinstance(operation, ChangeTrust):
        position = operation_of(record.id)
        return {record.source for index, _ in record.transaction.trustlines if index == position} | named
    if isinstance(operation, LiquidityPoolDeposit | LiquidityPoolWithdraw):
        return {record.source}
    if isinstance(operation, PathPaymentStrictReceive | PathPaymentStrictSend):
        named |= {operation.destination, record.source}
    if record.result is not None:
        for claim in record.result.claims:
            if claim.amount_sold or claim.amount_bought:
                named |= {record.source} if claim.is_pool else {record.source, claim.seller}
    return named


def _effects(record: OperationRecord) -> Iterator[tuple[str, str, dict[str, Any]]]:
    operation, source = record.operation, record.source
    if isinstance(operation, CreateAccount):
        amount = format_stroops(operation.starting_balance)
        yield operation.destination, "account_created", {"starting_balance": amount}
        yield source, "account_debited", {"asset_type": "native", "amount": amount}
        key = operation.destination
        yield key, "signer_created", {"weight": 1, "public_key": key, "key": ""}
    elif isinstance(operation, Payment):
        details = {**asset_fields(operation.asset), "amount": format_stroops(operation.amount)}
        yield operation.destination, "account_credited", details
        yield source, "account_debited", details
    elif isinstance(operation, ChangeTrust):
        position = operation_of(record.id)
        for index, outcome in record.transaction.trustlines:
            if index == position:
                limit = format_stroops(operation.limit)
                yield source, f"trustline_{outcome}", {**asset_fields(operation.asset), "limit": limit}
    elif isinstance(operation, LiquidityPoolDeposit | LiquidityPoolWithdraw):
        yield from _share_trades(record)
    elif record.result is not None:
        delivery = record.result.delivery
        if delivery is not None:
            got = {**asset_fields(delivery.asset), "amount": format_stroops(delivery.amount)}
            yield delivery.destination, "account_credited", got
        if isinstance(operation, PathPaymentStrictReceive | PathPaymentStrictSend):
            paid = format_stroops(record.result.amount_sent)
            yield source, "account_debited", {**asset_fields(operation.send_asset), "amount": paid}
        for claim in record.result.claims:
            if claim.is_pool:
                yield source, "liquidity_pool_trade", _pool_view(claim, record)
            elif claim.amount_sold or claim.amount_bought:
                yield source, "trade", _taker_view(claim)
                yield claim.seller, "trade", _maker_view(claim, record)


def _pool_lives(record: OperationRecord) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield the making of a pool, with the first line of its shares, and its end, with the last."""
    for change in record.pools:
        if change.before is None:
            yield record.source, "liquidity_pool_created", {"liquidity_pool": pool_fields(change.pool)}
        elif change.after is None:
            id = change.pool.share.pool_id
            yield record.source, "liquidity_pool_removed", {"liquidity_pool_id": id}


def _share_trades(record: OperationRecord) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for change in record.pools:
        pool, (a, b, shares) = change.pool, change.gained
        details: dict[str, Any] = {"liquidity_pool": pool_fields(pool)}
        if isinstance(record.operation, LiquidityPoolDeposit):
            details["reserves_deposited"] = reserves(pool, a, b)
            details["shares_received"] = format_stroops(shares)
            yield record.source, "liquidity_pool_deposited", details
        else:
            details["reserves_received"] = reserves(pool, -a, -b)
            details["shares_redeemed"] = format_stroops(-shares)
            yield record.source, "liquidity_pool_withdrew", details


def _pool_view(claim: ClaimAtom, record: OperationRecord) -> dict[str, Any]:
    pool = next(change.pool for change in record.pools if change.pool.share.pool_id == claim.seller)
    return {
        "liquidity_pool": pool_fields(pool),
        "sold": amount_of(claim.sold, claim.amount_sold),
        "bought": amount_of(claim.bought, claim.amount_bought),
    }


def _taker_view(claim: ClaimAtom) -> dict[str, Any]:
    return {
        "seller": claim.seller,
        "offer_id": str(claim.offer_id),
        "sold_amount": format_stroops(claim.amount_bought),
        **asset_fields(claim.bought, "sold_"),
        "bought_amount": format_stroops(claim.amount_sold),
        **asset_fields(claim.sold, "bought_"),
    }


def _maker_view(claim: ClaimAtom, record: OperationRecord) -> dict[str, Any]:
    return {
        "seller": record.source,
        **muxed_fields("seller", record.source, record.source_id),
        "offer_id": str(claim.offer_id),
        "sold_amount": format_stroops(claim.amount_sold),
        **asset_fields(claim.sold, "sold_"),
        "bought_amount": format_stroops(claim.amount_bought),
        **asset_fields(claim.bought, "bought_"),
    }
