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
from .offer_operations import CreatePassiveSellOffer, ManageBuyOffer, ManageSellOffer
from .path_payments import PathPaymentStrictReceive, PathPaymentStrictSend
from .sponsorship_operations import (
    BeginSponsoringFutureReserves,
    EndSponsoringFutureReserves,
    RevokeSponsorship,
)
from .transaction import Transaction

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
