"""The execution policy's study, and the books it sells into."""

from .study import STUDY

__all__ = ["STUDY"]
