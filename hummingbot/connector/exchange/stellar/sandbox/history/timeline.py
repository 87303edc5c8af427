"""Ascending ids of which the oldest are forgotten: the index behind every page that Horizon serves."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

__all__ = ["Timeline"]


class Timeline:
    """Ids in the order they came, eight bytes each.

    Examples
    --------
    >>> line = Timeline([4, 8, 15])
    >>> list(line.walk(4, ascending=True)), list(line.walk(15, ascending=False))
    ([8, 15], [8, 4])
    """

    __slots__ = ("_ids",)

    def __init__(self, ids: list[int] | None = None) -> None:
        self._ids = array("q", ids or ())

    def __len__(self) -> int:
        return len(self._ids)

    def append(self, id: int) -> None:
        """Add an id that is not below the last; the last itself is not added twice."""
        if not self._ids or self._ids[-1] != id:
            self._ids.append(id)

    def walk(self, cursor: int, ascending: bool) -> Iterator[int]:
        """Yield the ids beyond `cursor`, which itself is left out."""
        ids = self._ids
        indices = (
            range(bisect_right(ids, cursor), len(ids))
            if ascending
            else range(bisect_left(ids, cursor) - 1, -1, -1)
        )
        for index in indices:
            yield ids[index]

    def forget_before(self, id: int) -> bool:
        """Drop the ids below `id`; tell whether any are left."""
        count = bisect_left(self._ids, id)
        if count:
            del self._ids[:count]
        return bool(self._ids)
