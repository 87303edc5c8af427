"""Bugs put into a bot on purpose, to see that the judge finds them."""

from collections.abc import Callable
from typing import Final

from hummingbot.connector.exchange.stellar.transactions.sent import Sent
from hummingbot.connector.exchange.stellar.transactions.submission import Submission
from hummingbot.connector.exchange.stellar.transactions.verdict import Expired, Included, Refused, Verdict

__all__ = ["PLANTED"]


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


PLANTED: Final[dict[str, Callable[[], None]]] = {"resend-skipped": skip_resend}
