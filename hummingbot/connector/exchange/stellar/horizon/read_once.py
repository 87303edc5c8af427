"""Records of a listing that is read in pieces: each is taken once, none is passed over."""

from bisect import insort
from typing import Final

from .errors import reading

__all__ = ["ReadOnce", "position_of"]

KEPT: Final = 16


def position_of(token: str) -> tuple[int, int]:
    """Split a paging token, such as ``141733924865-0``, into TOID and index.

    Raises
    ------
    HorizonUnavailable
        If it is none.
    """
    with reading("a paging token"):
        toid, _, index = token.partition("-")
        return int(toid), int(index or 0)


class ReadOnce:
    """Knows which records have been taken, and from where to read on.

    A stream that breaks off may have sent a record before an earlier one. So reading goes on some records
    before the last, and those that come again are left out.

    Parameters
    ----------
    cursor : str
        A paging token; records after it are wanted.

    Examples
    --------
    >>> once = ReadOnce("10")
    >>> [once.take(token) for token in ("11", "13", "12", "13", "9")]
    [True, True, True, False, False]
    >>> once.cursor
    '10'
    """

    def __init__(self, cursor: str) -> None:
        self._floor = position_of(cursor)
        self._cursor = cursor
        self._taken: list[tuple[tuple[int, int], str]] = []

    @property
    def cursor(self) -> str:
        """After which to read on."""
        return self._cursor

    def take(self, token: str) -> bool:
        """Tell whether a record is new, and count it as taken.

        Raises
        ------
        HorizonUnavailable
            If the token is none.
        """
        position = position_of(token)
        if position <= self._floor or any(position == taken for taken, _ in self._taken):
            return False
        insort(self._taken, (position, token))
        if len(self._taken) > KEPT:
            self._floor, self._cursor = self._taken.pop(0)
        return True
