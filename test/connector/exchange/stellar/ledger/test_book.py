"""The order in which offers are taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.book import Book

prices = st.tuples(st.integers(1, 5), st.integers(1, 5))


@given(st.lists(st.tuples(st.booleans(), prices), max_size=200))
def test_best_price_first_then_the_older_offer(steps: list[tuple[bool, tuple[int, int]]]) -> None:
    book, resting = Book(), dict[int, tuple[int, int]]()
    for offer_id, (removes, (n, d)) in enumerate(steps, start=1):
        if removes and resting:
            oldest = min(resting)
            book.remove(*resting.pop(oldest), oldest)
        else:
            book.insert(n, d, offer_id)
            resting[offer_id] = (n, d)
        assert list(book) == sorted(resting, key=lambda i: (resting[i][0] / resting[i][1], i))
        assert len(book) == len(resting)


def test_fractions_that_doubles_cannot_tell_apart_go_by_age() -> None:
    """Recorded: a worse exact price with a lower id goes first."""
    n, d = 2**31 - 1, 2**31 - 3
    book = Book()
    book.insert(n, d, 2)
    book.insert(n, d, 1)
    assert list(book) == [1, 2]


def test_removing_what_is_not_there_is_an_error() -> None:
    book = Book()
    book.insert(1, 2, 7)
    with pytest.raises(KeyError, match="offer 7 is not in this book at 1/3"):
        book.remove(1, 3, 7)
    with pytest.raises(KeyError, match="offer 8"):
        book.remove(1, 2, 8)
    assert list(book) == [7]
