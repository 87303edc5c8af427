"""Walk-forward validation: train on the past, test on the year that follows, with what overlaps left out."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from .history import History, HistoryError, days
from .report import day

__all__ = ["EMBARGO", "Fold", "check_length", "year_begin", "year_of", "yearly_fold"]

EMBARGO = 24 * HOUR
"""Seconds left out before each test part beyond the label's own length."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A training part and the test part after it.

    A training sample is *purged* when its outcome, a horizon after its decision, would be known only within
    `EMBARGO` of the test part's begin or later (López de Prado, Advances in Financial Machine Learning, 2018,
    chapter 7).

    Attributes
    ----------
    begin, end : int
        The test part ``[begin, end)``, seconds since 1970.
    horizon : int
        Length of the label, seconds.
    """

    begin: int
    end: int
    horizon: int = HOUR

    @property
    def train_end(self) -> int:
        """Decisions before this time may be trained on."""
        return self.begin - EMBARGO - self.horizon

    def trains(self, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each decision time belongs to the training part."""
        return time < self.train_end

    def tests(self, time: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each decision time belongs to the test part."""
        return (time >= self.begin) & (time < self.end)


def year_begin(year: int) -> int:
    """Return when a year begins, UTC, seconds since 1970."""
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def year_of(time: int) -> int:
    """Return the year of an instant, UTC."""
    return datetime.fromtimestamp(time, UTC).year


def yearly_fold(year: int, horizon: int = HOUR) -> Fold:
    """Return the fold that tests one calendar year, of labels as long as ``horizon``, seconds."""
    return Fold(year_begin(year), year_begin(year + 1), horizon)


def check_length(target: History, hours: int, train_end: int, last: int) -> None:
    """Refuse a target that begins less than ``hours`` hours before ``train_end``, or ends before ``last``.

    Parameters
    ----------
    target : History
        What a model is judged on.
    hours : int
        To warm up and to fit on in the first training part.
    train_end, last : int
        End of the first training part, and an hour that the target must still have, seconds since 1970.

    Raises
    ------
    HistoryError
        With what is held and what is needed; or if its price never moves.
    """
    target.check_moves()
    begin = train_end - hours * HOUR
    if not len(target) or target.start[0] >= begin or target.start[-1] < last:
        raise HistoryError(
            f"{target.name} begins too late or ends too early: it holds {days(*target.held)}, and hours are "
            f"needed from {day(begin)} or before to {day(last)}"
        )
