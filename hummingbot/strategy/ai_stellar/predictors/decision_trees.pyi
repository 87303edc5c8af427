from collections.abc import Mapping, Sequence
from typing import NamedTuple

from numpy import float64
from numpy.typing import NDArray

class Tree(NamedTuple):
    split_feature: Sequence[int]
    threshold: Sequence[float]
    decision_type: Sequence[int]
    left_child: Sequence[int]
    right_child: Sequence[int]
    leaf_value: Sequence[float]

class DecisionTrees:
    features: int
    def __init__(self, features: int, models: Mapping[str, Sequence[Tree]]) -> None: ...
    def sums(self, row: NDArray[float64]) -> list[float]: ...
