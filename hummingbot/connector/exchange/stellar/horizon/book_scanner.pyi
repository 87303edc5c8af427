from hummingbot.core.data_type.order_book_row import OrderBookRow

def scan_book(data: bytes, update_id: int) -> tuple[list[OrderBookRow], list[OrderBookRow]] | None:
    """Return the rows of bids and of asks, as `book_rows` makes them of the same book read as JSON.

    None for bytes that are written in another way than Horizon does, or are no book at all.
    """
