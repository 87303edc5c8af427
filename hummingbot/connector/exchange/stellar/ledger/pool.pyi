from typing import Literal

__all__ = ["deposit_amounts", "deposit_refusal", "pool_receives", "pool_sends", "withdrawn_amount"]

def pool_sends(reserve_in: int, reserve_out: int, amount_in: int) -> int | None: ...
def pool_receives(reserve_in: int, reserve_out: int, amount_out: int) -> int | None: ...
def deposit_amounts(
    reserve_a: int, reserve_b: int, total_shares: int, max_amount_a: int, max_amount_b: int
) -> tuple[int, int, int]: ...
def deposit_refusal(
    amounts: tuple[int, int, int],
    reserves: tuple[int, int, int],
    available: tuple[int, int],
    share_room: int,
    min_price: tuple[int, int],
    max_price: tuple[int, int],
) -> Literal["UNDERFUNDED", "BAD_PRICE", "LINE_FULL", "POOL_FULL"] | None: ...
def withdrawn_amount(shares: int, total_shares: int, reserve: int) -> int: ...
