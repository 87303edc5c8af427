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
        Its account's key, its nodes.
    channels, rpc : str
        The file with the keys of its channel accounts, its nodes of RPC; empty for none.
    seed : int
    orders : int
        After as many it asks for no more.
    planted : str
        The bug to have; empty for none.
    dies_at : str
        The step of its own at which it kills itself; empty for none.
    dies_after, dies_in : int
        Orders it has asked for before that step counts, and how often it then is reached.
    """

    secret: str
    url: str
    channels: str
    rpc: str
    seed: int
    orders: int
    planted: str = ""
    dies_at: str = ""
    dies_after: int = 0
    dies_in: int = 1
