"""The guard's study."""

from .study import STUDY

__all__ = ["STUDY"]
