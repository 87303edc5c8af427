"""Bugs put into a bot on purpose, to see that the judge finds them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hummingbot.connector.exchange.stellar.horizon.trades import LAST
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal
from hummingbot.connector.exchange.stellar.transactions.recovery import Recovery
from hummingbot.connector.exchange.stellar.transactions.sent import Sent
from hummingbot.connector.exchange.stellar.transactions.submission import Submission
from hummingbot.connector.exchange.stellar.transactions.verdict import Expired, Included, Refused, Verdict

from .deaths import BEFORE_FILL

__all__ = ["PLANTED", "Bug"]


@dataclass(frozen=True, slots=True)
class Bug:
    """A bug, and how a bot must die for it to be met: not at all if it shows in a single life.

    Parameters
    ----------
    plant : callable
        Puts it into this process.
    deaths : tuple of str
        When the bot is killed.
    """

    plant: Callable[[], None]
    deaths: tuple[str, ...] = ()


def skip_resend() -> None:
    """Take a transaction without an answer for one that never happened, instead of sending it again."""
    decide = Submission.decide

    async def decide_at_once(self: Submission, sent: Sent, was_sent: bool = False) -> Verdict:
        answer = await self._send(sent, self._clock.sequence + 1000)
        if isinstance(answer, Included):
            return answer
        if isinstance(answer, Refused):
            return await decide(self, sent, was_sent)
        return Expired()

    Submission.decide = decide_at_once  # type: ignore[method-assign]


def miss_fills() -> None:
    """Begin to read trades at the present ledger, not where the last run stopped reading."""
    take_up = Recovery._take_up

    def take_up_from_now(self: Recovery) -> None:
        take_up(self)
        self._desk.trades._position = (self._clock.toid, LAST)

    Recovery._take_up = take_up_from_now  # type: ignore[method-assign]


def forget_undecided() -> None:
    """Start without the transactions that an earlier run left undecided."""
    begin = Journal.begin

    def begin_afresh(self: Journal, network: str) -> None:
        begin(self, network)
        self.state.undecided.clear()

    Journal.begin = begin_afresh  # type: ignore[method-assign]


PLANTED: Final = {
    "resend-skipped": Bug(skip_resend),
    "fills-missed": Bug(miss_fills, (BEFORE_FILL,)),
    "order-forgotten": Bug(forget_undecided, ("between result and journal",)),
}
