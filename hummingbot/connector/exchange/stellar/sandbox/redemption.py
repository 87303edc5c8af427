"""Pool shares of an account that may no longer hold one of the pool's assets: turned into claimable balances.

References
----------
stellar-core, ``src/transactions/TransactionUtils.cpp`` (``removeOffersAndPoolShareTrustLines``).
"""

from ..ledger.asset import Asset
from ..ledger.claimable_balances import Claimant
from ..ledger.liquidity_pool import PoolShare
from ..ledger.pool import withdrawn_amount
from ..ledger.xdr import revocation_balance_id
from .claimable_balance import ClaimableBalance
from .crossing import remove_subentry
from .entries import Pool, Trustline
from .pool_shares import SHARE_RESERVES, leave_pool
from .sponsorship import Refusal, reserves_of, sponsor_balance
from .state import LedgerState

__all__ = ["redeem_pool_shares"]

LINE_CLAWBACK_ENABLED = 4


def redeem_pool_shares(state: LedgerState, account: str, asset: Asset) -> Refusal:
    """Redeem the account's shares of every pool of an asset, and remove their lines; return what forbids it.

    The account gets the amounts as balances that it can claim, but not those of credits it issues itself.
    Whoever paid for the line pays for them.
    """
    shares = [
        trusted
        for holder, trusted in state.trustlines
        if holder == account and isinstance(trusted, PoolShare) and is_of(state.pools[trusted], asset)
    ]
    for share in shares:
        line = state.touch_trustline(account, share)
        if line is not None:
            refused = redeem(state, line)
            if refused is not None:
                return refused
    return None


def is_of(pool: Pool, asset: Asset) -> bool:
    """Tell whether a pool is of an asset."""
    return asset in (pool.asset_a, pool.asset_b)


def redeem(state: LedgerState, line: Trustline) -> Refusal:
    """Redeem the shares of one pool."""
    assert isinstance(line.asset, PoolShare)
    pool = state.touch_pool(line.asset)
    if pool is None:
        raise ArithmeticError(f"the pool of {line!r} is not on the ledger")
    remove_subentry(state, line.account, line.sponsor, SHARE_RESERVES)
    amount_a = withdrawn_amount(line.balance, pool.total_shares, pool.reserve_a) if line.balance else 0
    amount_b = withdrawn_amount(line.balance, pool.total_shares, pool.reserve_b) if line.balance else 0
    for asset, amount in ((pool.asset_a, amount_a), (pool.asset_b, amount_b)):
        if amount and asset.issuer != line.account:
            refused = set_aside(state, line, asset, amount)
            if refused is not None:
                return refused
    pool.total_shares -= line.balance
    pool.reserve_a -= amount_a
    pool.reserve_b -= amount_b
    leave_pool(state, line)
    return None


def set_aside(state: LedgerState, shares: Trustline, asset: Asset, amount: int) -> Refusal:
    """Make one claimable balance of what shares were worth."""
    assert isinstance(shares.asset, PoolShare)
    line = state.trustlines.get((shares.account, asset))
    balance = ClaimableBalance(
        revocation_balance_id(*state.origin, shares.asset.pool_id, asset),
        asset,
        amount,
        (Claimant(shares.account),),
        clawback_enabled=line is not None and bool(line.flags & LINE_CLAWBACK_ENABLED),
    )
    backer = shares.sponsor or shares.account
    if backer in state.sponsorships:
        refused = sponsor_balance(state, backer, balance)
        if refused is not None:
            return refused
    else:
        # It takes over the reserve of the line, even where the base reserve has been raised since.
        paying = state.touch_account(backer)
        if paying is None:
            raise KeyError(f"account {backer} is not on the ledger")
        paying.sponsoring += reserves_of(balance)
        balance.sponsor = backer
    state.add_entry(balance)
    return None
