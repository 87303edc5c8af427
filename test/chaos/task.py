"""What a bot is told to do."""

from dataclasses import dataclass
from typing import Final

__all__ = ["DATABASE", "Task"]

DATABASE: Final = "chaos"
"""Name of Hummingbot's database in the bot's data folder."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the bot is to do.

    Parameters
    ----------
    secret, url : str
        Its account's key, its node.
    seed : int
    orders : int
        After as many it asks for no more.
    planted : str
        The bug to have; empty for none.
    """

    secret: str
    url: str
    seed: int
    orders: int
    planted: str = ""
