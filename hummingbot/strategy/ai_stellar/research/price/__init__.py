"""The price model: its study as the commands ask for it."""

from .study import STUDY

__all__ = ["STUDY"]
