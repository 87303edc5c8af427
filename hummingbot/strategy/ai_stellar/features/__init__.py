"""Features of the bars seen so far: one definition for training and for live trading."""

from .bar_features import Features, feature_matrix
from .definition import DEFINITION, FEATURE_COUNT, FEATURE_NAMES, FEATURE_SET_HASH, WARM_UP

__all__ = [
    "DEFINITION",
    "FEATURE_COUNT",
    "FEATURE_NAMES",
    "FEATURE_SET_HASH",
    "WARM_UP",
    "Features",
    "feature_matrix",
]
