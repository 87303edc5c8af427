"""Operations of a transaction, as plain data.

Amounts are stroops, prices are fractions n/d, accounts are ``G…``. Every operation may name its own source
account; ``None`` means the transaction's source.
"""

from dataclasses import dataclass

from .account_operations import AccountMerge, BumpSequence, ManageData, SetOptions, Signer
from .asset import Asset
from .claimable_balances import Claimant, ClaimClaimableBalance, CreateClaimableBalance
from .issuer_operations import AllowTrust, Clawback, ClawbackClaimableBalance, SetTrustLineFlags
from .liquidity_pool import LiquidityPoolDeposit, LiquidityPoolWithdraw, PoolParameters
from .memo import Memo
from .offer_operations import CreatePassiveSellOffer, ManageBuyOffer, ManageSellOffer
from .path_payments import PathPaymentStrictReceive, PathPaymentStrictSend
from .preconditions import Preconditions
from .sponsorship_operations import (
    BeginSponsoringFutureReserves,
    EndSponsoringFutureReserves,
    RevokeSponsorship,
)

__all__ = [
    "AccountMerge",
    "AllowTrust",
    "BeginSponsoringFutureReserves",
    "BumpSequence",
    "ChangeTrust",
    "ClaimClaimableBalance",
    "Claimant",
    "Clawback",
    "ClawbackClaimableBalance",
    "CreateAccount",
    "CreateClaimableBalance",
    "CreatePassiveSellOffer",
    "EndSponsoringFutureReserves",
    "LiquidityPoolDeposit",
    "LiquidityPoolWithdraw",
    "ManageBuyOffer",
    "ManageData",
    "ManageSellOffer",
    "Operation",
    "PathPaymentStrictReceive",
    "PathPaymentStrictSend",
    "Payment",
    "RevokeSponsorship",
    "SetOptions",
    "SetTrustLineFlags",
    "Signer",
    "Transaction",
]


@dataclass(frozen=True, slots=True)
class CreateAccount:
    """Create and fund an account (threshold: medium)."""

    destination: str
    starting_balance: int
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Send an asset to an account (threshold: medium).

    `destination_id` names one of several customers behind one account: the receiver of a muxed ``M…``.
    """

    destination: str
    asset: Asset
    amount: int
    source: str | None = None
    source_id: int | None = None
    destination_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeTrust:
    """Open, change or (limit 0) remove a trustline (threshold: medium).

    `asset` is a credit, or the parameters of the pool whose shares are to be held.
    """

    asset: Asset | PoolParameters
    limit: int
    source: str | None = None
    source_id: int | None = None


Operation = (
    CreateAccount
    | Payment
    | ChangeTrust
    | ManageSellOffer
    | ManageBuyOffer
    | CreatePassiveSellOffer
    | PathPaymentStrictReceive
    | PathPaymentStrictSend
    | LiquidityPoolDeposit
    | LiquidityPoolWithdraw
    | SetOptions
    | ManageData
    | BumpSequence
    | AccountMerge
    | SetTrustLineFlags
    | AllowTrust
    | Clawback
    | ClawbackClaimableBalance
    | CreateClaimableBalance
    | ClaimClaimableBalance
    | BeginSponsoringFutureReserves
    | EndSponsoringFutureReserves
    | RevokeSponsorship
)


@dataclass(frozen=True, slots=True)
class Transaction:
    """1 to 100 operations that are applied all or none.

    Parameters
    ----------
    source : str
        Pays the fee and spends the sequence number.
    fee : int
        The most that the whole transaction may cost, in stroops.
    sequence : int
        The source's sequence number plus one.
    operations : tuple of Operation
    min_time, max_time : int
        Bounds on the close time of the ledger, unix seconds; 0 means no bound. Both 0 with
        `has_time_bounds` false is an envelope without preconditions.
    memo : Memo or None
        Text of up to 28 bytes, a number, or a hash.
    has_time_bounds : bool
        False where there are none at all, which is not the same bytes as two bounds of 0.
    preconditions : Preconditions or None
        Those beside the time bounds.
    source_id : int or None
        Where the source was written as a muxed account ``M…``: the number in it. Nothing on the ledger
        depends on it; operations have it too.
    """

    source: str
    fee: int
    sequence: int
    operations: tuple[Operation, ...]
    min_time: int = 0
    max_time: int = 0
    memo: Memo | None = None
    has_time_bounds: bool = True
    preconditions: Preconditions | None = None
    source_id: int | None = None
