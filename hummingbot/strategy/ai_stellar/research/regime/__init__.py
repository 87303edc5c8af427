"""The regime model's study."""

from .study import STUDY

__all__ = ["STUDY"]
