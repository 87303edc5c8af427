"""XDR codec of the transactions the DEX needs, byte for byte what the network and its SDKs write.

Bytes are packed by hand because this is the hot path of the sandbox and of every submission; accounts and
assets are interned in bounded caches.
"""

from .balance_ids import operation_balance_id, revocation_balance_id
from .pools import is_valid_pool, pool_id, pool_of
from .reserve_operations import claimants_xdr
from .results import decode_result, encode_result
from .transactions import (
    decode_envelope,
    encode_envelope,
    encode_transaction,
    fee_bump_hash,
    network_id,
    sign_fee_bump,
    sign_transaction,
    transaction_hash,
)
from .wire import UnsupportedXdr, XdrError, asset_xdr, decode_account, encode_account

__all__ = [
    "UnsupportedXdr",
    "XdrError",
    "asset_xdr",
    "claimants_xdr",
    "decode_account",
    "decode_envelope",
    "decode_result",
    "encode_account",
    "encode_envelope",
    "encode_result",
    "encode_transaction",
    "fee_bump_hash",
    "is_valid_pool",
    "network_id",
    "operation_balance_id",
    "pool_id",
    "pool_of",
    "revocation_balance_id",
    "sign_fee_bump",
    "sign_transaction",
    "transaction_hash",
]
