"""Trades out of results: who exchanged what with whose resting offer or which pool, and at which price."""

from collections.abc import Iterator, Sequence

from ...ledger.asset import Asset
from ...ledger.results import ClaimAtom, OperationResult
from ..closed import Change
from ..entries import Offer
from .pools import is_off_price
from .records import PoolChange, TradeRecord
from .toid import SYNTHETIC_OFFER

__all__ = ["is_base", "trades_of"]


def is_base(asset: Asset, other: Asset) -> bool:
    """Tell whether `asset` is the base of the pair in this history's own order: the canonical names' order.

    Horizon's own order, by the ids its database gave out, is as arbitrary: whoever needs one orientation asks
    for the pair.
    """
    return str(asset) < str(other)


def trades_of(
    operation_id: int,
    closed_at: int,
    taker: str,
    result: OperationResult,
    changes: tuple[Change, ...],
    pools: Sequence[PoolChange] = (),
) -> Iterator[TradeRecord]:
    """Yield the trades of one successful operation, in the order of its claims.

    Claims of zeros are offers that the network swept away, not trades; they count for the order all the same.
    The price is the resting offer's, as it stood before the operation; of a pool it is what was exchanged.

    Parameters
    ----------
    changes : tuple of Change
        Of the operation.
    pools : sequence of PoolChange
        Those of them that are of pools.
    """
    if not result.claims:
        return
    prices: dict[int, tuple[int, int]] = {}
    for before, _ in changes:
        if isinstance(before, Offer):
            prices.setdefault(before.offer_id, (before.price_n, before.price_d))
    taker_offer = result.offer.offer_id if result.offer is not None else operation_id | SYNTHETIC_OFFER
    sends = result.operation == "path_payment_strict_send"
    for order, claim in enumerate(result.claims):
        if claim.amount_sold == 0 and claim.amount_bought == 0:
            continue
        off_price = claim.is_pool and _is_off_price(claim, pools, sends)
        n, d = (claim.amount_bought, claim.amount_sold) if claim.is_pool else prices[claim.offer_id]
        maker = (claim.seller, claim.offer_id, claim.amount_sold)
        counterparty = (taker, taker_offer, claim.amount_bought)
        place, how = (operation_id, order, closed_at), (claim.is_pool, off_price)
        if is_base(claim.sold, claim.bought):
            yield TradeRecord(*place, claim.sold, *maker, claim.bought, *counterparty, n, d, True, *how)
        else:
            yield TradeRecord(*place, claim.bought, *counterparty, claim.sold, *maker, d, n, False, *how)


def _is_off_price(claim: ClaimAtom, pools: Sequence[PoolChange], sends: bool) -> bool:
    change = next(change for change in pools if change.pool.share.pool_id == claim.seller)
    return is_off_price(change, claim.sold, claim.amount_sold, claim.amount_bought, sends)
