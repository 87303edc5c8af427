"""Features of the bars seen so far: one definition for training and for live trading."""

from .bar_features import Features, feature_matrix
from .cross_definition import (
    CROSS_COUNT,
    CROSS_DEFINITION,
    CROSS_NAMES,
    CROSS_SET_HASH,
    CROSS_WARM_UP,
    REFERENCES,
)
from .cross_features import CrossFeatures, cross_matrix
from .definition import DEFINITION, FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH, WARM_UP

__all__ = [
    "CROSS_COUNT",
    "CROSS_DEFINITION",
    "CROSS_NAMES",
    "CROSS_SET_HASH",
    "CROSS_WARM_UP",
    "DEFINITION",
    "FEATURE_COUNT",
    "FEATURE_NAMES",
    "FEATURE_SET_HASH",
    "REFERENCES",
    "WARM_UP",
    "CrossFeatures",
    "Features",
    "cross_matrix",
    "feature_matrix",
]
