"""What is to happen in a run, and what has."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Outcome", "Run"]


@dataclass(frozen=True, slots=True)
class Run:
    """What is to happen.

    Parameters
    ----------
    seed, orders, kills : int
    planted : str
        A bug that the bot is to have; empty for none. It then dies as the bug needs, not `kills` times.
    nodes : int
        Horizon nodes that the sandbox has.
    """

    seed: int
    orders: int
    kills: int
    planted: str = ""
    nodes: int = 3


@dataclass(slots=True)
class Outcome:
    """What has happened.

    Attributes
    ----------
    asked : int
        Orders asked for, as far as the bot lived to say so.
    deaths : Counter of str
        How often it was killed, by when.
    outages : Counter of int
        How often each node, numbered from 1, answered nothing for a life of the bot.
    faults : Counter of str
        How often each kind of fault occurred.
    transactions : dict of str to int
        How many came about in each of the ways that the judge tells of.
    rpc_reads : int
        Reads by RPC that were met by a fault of theirs.
    is_agreed : bool
    verdict : str
        What the judge says.
    complaints : list of str
        What else is wrong with the run.
    """

    asked: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    outages: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    transactions: dict[str, int] = field(default_factory=dict)
    rpc_reads: int = 0
    is_agreed: bool = False
    verdict: str = ""
    complaints: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How often the bot was killed."""
        return self.deaths.total()

    @property
    def is_good(self) -> bool:
        """Whether the run shows what it is to show."""
        return self.is_agreed and not self.complaints
