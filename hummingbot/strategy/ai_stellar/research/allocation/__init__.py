"""How the allocation model is trained and judged."""

from .study import STUDY

__all__ = ["STUDY"]
