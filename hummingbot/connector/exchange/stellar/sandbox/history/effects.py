"""Effects: what an operation changed, account by account, in the words and the order of Horizon."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.operations import ChangeTrust, CreateAccount, Payment
from ...ledger.results import ClaimAtom
from .records import OperationRecord
from .toid import operation_of

__all__ = ["EFFECT_TYPES", "Effect", "affected_accounts", "asset_fields", "effects_of"]

EFFECT_TYPES: Final = {
    "account_created": 0,
    "account_credited": 2,
    "account_debited": 3,
    "signer_created": 10,
    "trustline_created": 20,
    "trustline_removed": 21,
    "trustline_updated": 22,
    "trade": 33,
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect. `details` holds what is particular to its type, as Horizon writes it."""

    operation_id: int
    order: int
    closed_at: int
    account: str
    type: str
    details: dict[str, Any]

    @property
    def key(self) -> tuple[int, int]:
        """Where it stands among all effects."""
        return self.operation_id, self.order

    @property
    def paging_token(self) -> str:
        """``operation-order``; the order runs from 1."""
        return f"{self.operation_id}-{self.order}"


def asset_fields(asset: Asset, prefix: str = "") -> dict[str, str]:
    """Return an asset as Horizon spreads it: its type, and for a credit its code and issuer."""
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
    return [
        Effect(record.id, order, closed_at, account, type, details)
        for order, (account, type, details) in enumerate(_effects(record), 1)
    ]


def affected_accounts(record: OperationRecord) -> set[str]:
    """Return the accounts that `effects_of` names, without making the effects."""
    if not record.transaction.successful:
        return set()
    operation = record.operation
    if isinstance(operation, CreateAccount | Payment):
        return {operation.destination, record.source}
    if isinstance(operation, ChangeTrust):
        position = operation_of(record.id)
        return {record.source for index, _ in record.transaction.trustlines if index == position}
    if record.result is None or not record.result.claims:
        return set()
    makers = {claim.seller for claim in record.result.claims if claim.amount_sold or claim.amount_bought}
    return makers | {record.source} if makers else makers


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
    elif record.result is not None:
        for claim in record.result.claims:
            if claim.amount_sold or claim.amount_bought:
                yield source, "trade", _taker_view(claim)
                yield claim.seller, "trade", _maker_view(claim, source)


def _taker_view(claim: ClaimAtom) -> dict[str, Any]:
    return {
        "seller": claim.seller,
        "offer_id": str(claim.offer_id),
        "sold_amount": format_stroops(claim.amount_bought),
        **asset_fields(claim.bought, "sold_"),
        "bought_amount": format_stroops(claim.amount_sold),
        **asset_fields(claim.sold, "bought_"),
    }


def _maker_view(claim: ClaimAtom, taker: str) -> dict[str, Any]:
    return {
        "seller": taker,
        "offer_id": str(claim.offer_id),
        "sold_amount": format_stroops(claim.amount_sold),
        **asset_fields(claim.sold, "sold_"),
        "bought_amount": format_stroops(claim.amount_bought),
        **asset_fields(claim.bought, "bought_"),
    }
