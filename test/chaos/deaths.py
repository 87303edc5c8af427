"""When a bot is killed: at any moment from outside, or by itself between two steps that belong together."""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hummingbot.connector.exchange.stellar.account_desk import AccountDesk
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal
from hummingbot.connector.exchange.stellar.transactions.order_events import Event, Filled
from hummingbot.connector.exchange.stellar.transactions.order_reports import OrderReports
from hummingbot.connector.exchange.stellar.transactions.recovery import Recovery

__all__ = ["BEFORE_FILL", "STARTING", "STEPS", "Death", "die_at", "draw_deaths"]

ANY_MOMENT: Final = "at any moment"
STARTING: Final = "while it starts"
BEFORE_FILL: Final = "between fill and journal"
UNDECIDED: Final = "in recovery, before it decides"


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the connector's work.

    Parameters
    ----------
    owner, method : type, str
    is_before : bool
        Whether it is before that method's work or after.
    within : (type, str) or None
        A method that must be under way.
    leaves_undecided : bool
        Whether a transaction without a verdict is in the journal then.
    most : int
        How often it may be passed before it is the last.
    counts : callable
        Takes the object whose method it is, and the method's arguments; tells whether it counts now.
    """

    owner: type
    method: str
    is_before: bool
    within: tuple[type, str] | None = None
    leaves_undecided: bool = False
    most: int = 5
    counts: Callable[..., bool] = lambda *arguments: True


def _several(journal: Journal, *arguments: Any) -> bool:
    """Tell whether transactions of several source accounts have no verdict: of one there is one at a time."""
    return len(journal.state.undecided) > 1


def _fills(journal: Journal, events: Sequence[Event], position: str) -> bool:
    """Tell whether there are fills among what happened."""
    return any(isinstance(event, Filled) for event in events)


STEPS: Final = {
    "before the journal": Step(Journal, "send", True),
    "between journal and send": Step(Journal, "send", False, leaves_undecided=True),
    "with channels under way": Step(Journal, "send", False, leaves_undecided=True, most=3, counts=_several),
    "between result and journal, beside channels": Step(
        Journal, "decided", True, leaves_undecided=True, most=3, counts=_several
    ),
    "between fee bump and send": Step(Journal, "bump", False, leaves_undecided=True, most=2),
    "between result and journal": Step(Journal, "decided", True, leaves_undecided=True),
    BEFORE_FILL: Step(Journal, "happened", True, counts=_fills),
    "between journal and report": Step(OrderReports, "_pass_on", True),
    "between report and its note": Step(Journal, "told", True),
    "in cancel_all": Step(Journal, "decided", True, (StellarExchange, "cancel_all"), True, 1),
    "in a pool operation": Step(Journal, "decided", True, (AccountDesk, "perform"), True, 1),
    "in recovery, as it takes up orders": Step(Recovery, "_take_up", False, most=1),
    UNDECIDED: Step(Recovery, "_decide", True, most=1),
}


@dataclass(frozen=True, slots=True)
class Death:
    """How a life of the bot ends.

    Parameters
    ----------
    when : str
        A step, `ANY_MOMENT` or `STARTING`.
    after : float
        Share of its part of the orders that it has asked for before.
    in_times : int
        How often the step is then reached.
    """

    when: str
    after: float
    in_times: int

    @property
    def is_from_outside(self) -> bool:
        """Whether the conductor kills it."""
        return self.when not in STEPS


def draw_deaths(chance: random.Random, kills: int) -> list[Death]:
    """Return that many deaths: every kind before one comes again, and recoveries that have to decide."""
    whens: list[str] = []
    deck: list[str] = []
    is_first = True
    while len(whens) < kills:
        if not deck:
            deck = [ANY_MOMENT, STARTING, *(name for name in STEPS if name != UNDECIDED)]
            chance.shuffle(deck)
        whens.append(deck.pop())
        step = STEPS.get(whens[-1])
        if step is not None and step.leaves_undecided and (is_first or chance.random() < 0.4):
            is_first = False
            whens.append(UNDECIDED)
    return [_draw(chance, when) for when in whens[:kills]]


def _draw(chance: random.Random, when: str) -> Death:
    is_early = when in (STARTING, UNDECIDED) or "recovery" in when
    after = 0.0 if is_early else chance.uniform(0.4, 1.0)
    return Death(when, after, chance.randint(1, STEPS[when].most) if when in STEPS else 1)


def die_at(step: Step, times: int, is_armed: Callable[[], bool]) -> None:
    """Let this process kill itself when the step is reached for the n-th time while armed."""
    left = times
    under_way = 0 if step.within else 1

    def pass_by(*arguments: Any) -> None:
        nonlocal left
        if under_way and step.counts(*arguments) and is_armed():
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    if step.within is not None:
        owner, name = step.within
        outer: Callable[..., Any] = getattr(owner, name)

        async def counted(*arguments: Any, **named: Any) -> Any:
            nonlocal under_way
            under_way += 1
            try:
                return await outer(*arguments, **named)
            finally:
                under_way -= 1

        setattr(owner, name, counted)
    work: Callable[..., Any] = getattr(step.owner, step.method)

    async def awaited(*arguments: Any, **named: Any) -> Any:
        if step.is_before:
            pass_by(*arguments)
        result = await work(*arguments, **named)
        if not step.is_before:
            pass_by(*arguments)
        return result

    def called(*arguments: Any, **named: Any) -> Any:
        if step.is_before:
            pass_by(*arguments)
        result = work(*arguments, **named)
        if not step.is_before:
            pass_by(*arguments)
        return result

    setattr(step.owner, step.method, awaited if asyncio.iscoroutinefunction(work) else called)
