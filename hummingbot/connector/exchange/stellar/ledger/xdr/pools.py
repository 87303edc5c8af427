"""Ids of liquidity pools: the hash of their parameters' XDR, with the assets in the protocol's order."""

from functools import lru_cache
from hashlib import sha256

from ..asset import Asset
from ..liquidity_pool import FEE_BP, PoolParameters
from .wire import asset_xdr

__all__ = ["is_valid_pool", "pool_id", "pool_of"]

CONSTANT_PRODUCT = bytes(4)


@lru_cache(maxsize=1024)
def pool_id(parameters: PoolParameters) -> str:
    """Return the 64 hexadecimal digits that name a pool."""
    a, b, fee = parameters.asset_a, parameters.asset_b, parameters.fee_bp
    xdr = CONSTANT_PRODUCT + asset_xdr(a) + asset_xdr(b) + fee.to_bytes(4, "big", signed=True)
    return sha256(xdr).hexdigest()


def pool_of(asset: Asset, other: Asset) -> PoolParameters:
    """Return the pool of two assets.

    The protocol orders assets by type, code and the issuer's key, which is how their XDR sorts; the
    issuer's address sorts otherwise.
    """
    a, b = sorted((asset, other), key=asset_xdr)
    return PoolParameters(a, b)


def is_valid_pool(parameters: PoolParameters) -> bool:
    """Tell whether the network has pools with these parameters: two assets in order, and the one fee."""
    return asset_xdr(parameters.asset_a) < asset_xdr(parameters.asset_b) and parameters.fee_bp == FEE_BP
