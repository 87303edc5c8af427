from dataclasses import dataclass

from .memo import Memo
from .operations import Operation
from .preconditions import Preconditions

@dataclass(frozen=True)
class Transaction:
    source: str
    fee: int
    sequence: int
    operations: tuple[Operation, ...]
    min_time: int = 0
    max_time: int = 0
    memo: Memo | None = None
    has_time_bounds: bool = True
    preconditions: Preconditions | None = None
    source_id: int | None = None
