"""How many ledgers of a book nobody saw."""

__all__ = ["Continuity"]


class Continuity:
    """Follows how far a book is surely known.

    A book that is streamed is known at each ledger; one that is polled, only as of its polls. After a failure
    it is known as far as something was last heard.

    Parameters
    ----------
    known : int or None
        The last ledger whose book an earlier run recorded; None if there was none.

    Examples
    --------
    >>> book = Continuity(None)
    >>> book.look(7, 0, True)
    >>> book.look(9, 2, False)
    >>> book.look(12, 0, True)
    >>> book.take(), book.take()
    (4, 0)
    """

    def __init__(self, known: int | None) -> None:
        self._known = known
        self._is_streamed = False
        self._missed = 0

    @property
    def missed(self) -> int:
        """Ledgers missed and not yet taken."""
        return self._missed

    def look(self, ledger: int, behind: int | None, is_streamed: bool) -> None:
        """Take note of how the book's feed stands.

        Parameters
        ----------
        ledger : int
            The last one known.
        behind : int or None
            Ledgers since the book was surely up to date; None before anything was heard.
        is_streamed : bool
        """
        if behind is None:
            return
        known = ledger - behind
        if self._known is not None and not self._is_streamed:
            self._missed += max(0, known - self._known - 1)
        self._known, self._is_streamed = known, is_streamed

    def take(self) -> int:
        """Return the ledgers missed since this was asked last."""
        missed, self._missed = self._missed, 0
        return missed
