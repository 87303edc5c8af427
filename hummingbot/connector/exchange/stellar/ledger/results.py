"""What a transaction did, as plain data: the parts of ``TransactionResult`` that trading needs.

Codes are names of the protocol's XDR enums: ``txSUCCESS``, ``MANAGE_SELL_OFFER_CROSS_SELF`` and so on.
"""

from dataclasses import dataclass
from itertools import takewhile

from .asset import Asset

__all__ = ["ClaimAtom", "Delivery", "OfferRecord", "OperationResult", "TransactionResult"]


@dataclass(frozen=True, slots=True)
class ClaimAtom:
    """One resting offer, or pool, that a taker exchanged with. Amounts are stroops, seen from the maker.

    `seller` is the maker's account and `offer_id` its offer; for a liquidity pool `seller` is the pool id in
    hex and `offer_id` is 0.
    """

    seller: str
    offer_id: int
    sold: Asset
    amount_sold: int
    bought: Asset
    amount_bought: int
    is_pool: bool = False


@dataclass(frozen=True, slots=True)
class OfferRecord:
    """An offer as it rests in the ledger: sells `amount` of `selling` at n/d units of `buying` each."""

    seller: str
    offer_id: int
    selling: Asset
    buying: Asset
    amount: int
    price_n: int
    price_d: int
    passive: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a path payment brought to its destination (``SimplePaymentResult``): an amount in stroops."""

    destination: str
    asset: Asset
    amount: int


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The outcome of one operation.

    `operation` is the XDR operation name in snake case (``manage_sell_offer``), `code` the result code. For
    offers that succeeded, `claims` lists the trades, `effect` is CREATED, UPDATED or DELETED, and `offer` is
    what rests. An AccountMerge that succeeded tells in `merged_balance` how many stroops it gave away, a
    CreateClaimableBalance in `balance_id` what it created, as Horizon writes it. Path payments that succeeded
    have claims too, in the order of the path, and a `delivery`; `no_issuer` is the asset that one of before
    protocol 13 could have failed for.
    """

    operation: str
    code: str
    claims: tuple[ClaimAtom, ...] = ()
    effect: str | None = None
    offer: OfferRecord | None = None
    merged_balance: int | None = None
    balance_id: str | None = None
    delivery: Delivery | None = None
    no_issuer: Asset | None = None

    @property
    def amount_sent(self) -> int:
        """What a path payment took from its source, in stroops: what it paid on the first hop."""
        if not self.claims:
            return self.delivery.amount if self.delivery is not None else 0
        sent = self.claims[0].bought
        return sum(
            claim.amount_bought for claim in takewhile(lambda claim: claim.bought == sent, self.claims)
        )


@dataclass(frozen=True, slots=True)
class TransactionResult:
    """The outcome of one transaction; `operations` is empty when it failed before any operation ran.

    If it came in a fee bump that was itself valid, `code` and `operations` are its own, `fee_charged` is what
    the bump paid, `inner_hash` names the transaction and `inner_fee` is what it would have paid itself.
    """

    fee_charged: int
    code: str
    operations: tuple[OperationResult, ...] = ()
    inner_hash: bytes | None = None
    inner_fee: int = 0

    @property
    def outer_code(self) -> str:
        """The code of the whole: of a fee bump, whether what is in it succeeded."""
        if self.inner_hash is None:
            return self.code
        return f"txFEE_BUMP_INNER_{'SUCCESS' if self.code == 'txSUCCESS' else 'FAILED'}"
