"""The ledger's own time: which ledger closed last, when, and how fast ledgers come."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from statistics import median
from typing import Any, Final, Protocol

from .answer import Answer
from .errors import HorizonRefused, HorizonUnavailable, reading

__all__ = ["LedgerClock", "LedgerHeader", "Staleness", "close_time_of"]

REMEMBERED: Final = 256
INTERVALS: Final = 16
TIME_BOUND_LEAST: Final = 30
TIME_BOUND_INTERVALS: Final = 6
USUAL_INTERVAL: Final = 5.0
RETRY: Final = 1.0
CLAIMS_KEPT: Final = 4
"""Ledgers for which a claim that there is a newer one is believed."""


def close_time_of(text: str) -> int:
    """Read Horizon's ``2026-11-22T10:49:40Z`` as unix seconds."""
    return int(datetime.fromisoformat(text).timestamp())


@dataclass(frozen=True, slots=True)
class LedgerHeader:
    """A closed ledger.

    Parameters
    ----------
    sequence : int
    close_time : int
        Unix seconds, by the network's own clock.
    base_fee, base_reserve : int
        Stroops an operation, and a subentry.
    hash : str
        In hex; it stands for the whole history up to this ledger.
    """

    sequence: int
    close_time: int
    base_fee: int
    base_reserve: int
    hash: str = ""

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "LedgerHeader":
        """Read a record of ``/ledgers``."""
        with reading("a ledger"):
            return cls(
                int(record["sequence"]),
                close_time_of(record["closed_at"]),
                int(record["base_fee_in_stroops"]),
                int(record["base_reserve_in_stroops"]),
                str(record.get("hash", "")),
            )


@dataclass(frozen=True, slots=True)
class Staleness:
    """How far our view may lie behind the network.

    Parameters
    ----------
    ledgers : int
        Ledgers between the last one seen and the newest one any answer has named.
    seconds : float
        Wall time since a ledger arrived.
    """

    ledgers: int
    seconds: float


class ListsLedgers(Protocol):
    """What the clock asks."""

    async def get(self, path: str, params: Mapping[str, str | int]) -> Answer:
        """Read a page of ``/ledgers``."""


class LedgerClock:
    """Ticks once a ledger. Time bounds and expiry are counted here, never on a wall clock.

    Attributes
    ----------
    header : LedgerHeader or None
        The last closed ledger, None before the first one arrived.
    arrived_at : float
        When it arrived here, on the monotonic wall clock (s).
    """

    def __init__(self) -> None:
        self.header: LedgerHeader | None = None
        self.arrived_at = 0.0
        self._close_times: OrderedDict[int, int] = OrderedDict()
        self._intervals: deque[int] = deque(maxlen=INTERVALS)
        self._arrivals: deque[float] = deque(maxlen=INTERVALS)
        self._claims: deque[int] = deque([0], maxlen=CLAIMS_KEPT)
        self._ticked = asyncio.Event()

    @property
    def sequence(self) -> int:
        """Number of the last closed ledger, 0 before the first one."""
        return self.header.sequence if self.header else 0

    @property
    def close_time(self) -> int:
        """Its close time in unix seconds, 0 before the first one."""
        return self.header.close_time if self.header else 0

    @property
    def median_interval(self) -> float:
        """Median distance of the last close times, in seconds of ledger time."""
        return float(median(self._intervals)) if self._intervals else USUAL_INTERVAL

    @property
    def median_arrival(self) -> float:
        """Median distance between arrivals, in seconds of wall time."""
        return median(self._arrivals) if self._arrivals else USUAL_INTERVAL

    @property
    def toid(self) -> int:
        """The position (TOID) just after everything in the last closed ledger."""
        return ((self.sequence + 1) << 32) - 1

    def time_bound(self) -> int:
        """Return the last close time at which a transaction made now may still be applied."""
        return self.close_time + max(TIME_BOUND_LEAST, ceil(TIME_BOUND_INTERVALS * self.median_interval))

    def behind(self, now: float | None = None) -> Staleness:
        """Return how stale the clock is at the monotonic time `now` (default: this moment)."""
        moment = time.monotonic() if now is None else now
        waited = moment - self.arrived_at if self.header else float("inf")
        return Staleness(max(0, max(self._claims) - self.sequence), waited)

    def observe(self, header: LedgerHeader, arrived_at: float | None = None) -> None:
        """Take a closed ledger; one already seen, or older than the last, changes nothing."""
        last = self.header
        if last is not None and header.sequence <= last.sequence:
            return
        moment = time.monotonic() if arrived_at is None else arrived_at
        if last is not None:
            ledgers = header.sequence - last.sequence
            self._intervals.append((header.close_time - last.close_time) // ledgers)
            if self.arrived_at and moment > self.arrived_at:
                self._arrivals.append((moment - self.arrived_at) / ledgers)
        self.header, self.arrived_at = header, moment
        self._claims.append(0)
        self._close_times[header.sequence] = header.close_time
        while len(self._close_times) > REMEMBERED:
            self._close_times.popitem(last=False)
        self._ticked.set()
        self._ticked = asyncio.Event()

    def learn_of(self, sequence: int) -> None:
        """Note that a ledger of this number exists, as an answer's ``Latest-Ledger`` says.

        It is only a claim: a few ledgers later it is forgotten, unless it is made again.
        """
        self._claims[-1] = max(self._claims[-1], sequence)

    def is_later(self, sequence: int, moment: int) -> bool:
        """Tell whether the ledger of that number surely closed after `moment` (unix seconds)."""
        return any(number <= sequence and closed > moment for number, closed in self._close_times.items())

    async def tick(self, most: float) -> None:
        """Wait for the next ledger, at most `most` seconds of wall time."""
        ticked = self._ticked
        try:
            await asyncio.wait_for(ticked.wait(), most)
        except TimeoutError:
            return

    async def passed(self, moment: int) -> None:
        """Wait until a ledger later than `moment` (unix seconds of ledger time) has closed."""
        while self.close_time <= moment:
            await self._ticked.wait()

    async def read(self, horizon: ListsLedgers) -> None:
        """Ask the network for its last ledgers.

        Raises
        ------
        HorizonUnavailable, HorizonRefused
            If it does not answer.
        """
        limit = INTERVALS if self.header is None else 1
        answer = await horizon.get("/ledgers", {"order": "desc", "limit": limit})
        headers = [LedgerHeader.read(record) for record in reversed(answer.records)]
        for header in headers[:-1]:
            self.observe(header, arrived_at=0.0)
        for header in headers[-1:]:
            self.observe(header)

    def take(self, record: Mapping[str, Any]) -> None:
        """Take a record of ``/ledgers``.

        Raises
        ------
        HorizonUnavailable
            If it cannot be read.
        """
        self.observe(LedgerHeader.read(record))

    async def read_until_known(self, horizon: ListsLedgers) -> None:
        """Ask for the last ledgers until there is an answer."""
        while self.header is None:
            try:
                await self.read(horizon)
            except (HorizonUnavailable, HorizonRefused):
                await asyncio.sleep(RETRY)
