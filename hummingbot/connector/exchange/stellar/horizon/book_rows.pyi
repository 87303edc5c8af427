from collections.abc import Mapping, Sequence
from typing import Any

from hummingbot.core.data_type.order_book_row import OrderBookRow

def ask_rows(levels: Sequence[Mapping[str, Any]], update_id: int) -> list[OrderBookRow]: ...
def bid_rows(levels: Sequence[Mapping[str, Any]], update_id: int) -> list[OrderBookRow]: ...
