from collections.abc import Sequence

__all__ = ["merged_levels"]

def merged_levels(
    offers: Sequence[tuple[int, int, int]],
    reserve_in: int,
    reserve_out: int,
    sends: bool,
    is_whole: bool = True,
) -> list[tuple[int, int]]: ...
