"""``ai-stellar demo``: the whole chain on a local network, watched live, checked and reported."""

from .command import register

__all__ = ["register"]
