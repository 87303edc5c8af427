from typing import Literal

__all__ = ["adjust_offer", "bid_liabilities", "crosses", "exchange_v10", "offer_liabilities"]

def exchange_v10(
    n: int,
    d: int,
    max_wheat_send: int,
    max_wheat_receive: int,
    max_sheep_send: int,
    max_sheep_receive: int,
    rounding: Literal["normal", "strict_send", "strict_receive"] = "normal",
) -> tuple[int, int, bool]: ...
def adjust_offer(n: int, d: int, max_wheat_send: int, max_sheep_receive: int) -> int: ...
def offer_liabilities(n: int, d: int, amount: int) -> tuple[int, int]: ...
def bid_liabilities(n: int, d: int, buy_amount: int) -> tuple[int, int]: ...
def crosses(n: int, d: int, taker_n: int, taker_d: int, passive: bool = False) -> bool: ...
