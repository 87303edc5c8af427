"""Whether losses exceed a value at risk as often, and as independently, as they should.

References
----------
Kupiec, Techniques for verifying the accuracy of risk measurement models, Journal of Derivatives 3(2), 1995
Christoffersen, Evaluating interval forecasts, International Economic Review 39(4), 1998
Basel Committee on Banking Supervision, Supervisory framework for the use of backtesting, 1996
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import binom, chi2

__all__ = ["Backtest", "acceptance", "backtest", "christoffersen", "kupiec", "traffic_light"]

BASEL_DAYS: Final = 250
YELLOW: Final = 0.95
RED: Final = 0.9999


@dataclass(frozen=True, slots=True)
class Backtest:
    """How a value at risk did.

    Attributes
    ----------
    days, violations : int
        Days judged, and those whose loss exceeded it.
    expected : float
        Violations to be expected.
    coverage, independence, conditional : float
        p-values: of the number of violations (Kupiec), of their independence from the day before
        (Christoffersen), of both together.
    zones : dict of str to int
        Basel's colour of each run of 250 days that ends on a day, counted.
    """

    days: int
    violations: int
    expected: float
    coverage: float
    independence: float
    conditional: float
    zones: dict[str, int]

    @property
    def rejected(self) -> bool:
        """Whether coverage or conditional coverage is rejected at 5 %."""
        return min(self.coverage, self.conditional) < 0.05


def kupiec(violations: int, days: int, level: float) -> float:
    """Return the p-value that violations occur with probability ``level``.

    Raises
    ------
    ValueError
        If there is no day, or more violations than days.
    """
    if not 0 <= violations <= days or days < 1:
        raise ValueError(f"{violations} violations in {days} days cannot be: count days that were judged")
    return float(chi2.sf(_coverage_ratio(violations, days, level), 1))


def acceptance(days: int, level: float) -> tuple[int, int]:
    """Return the fewest and the most violations that Kupiec's test does not reject at 5 %."""
    kept = [count for count in range(days + 1) if kupiec(count, days, level) > 0.05]
    return kept[0], kept[-1]


def christoffersen(
    violated: NDArray[np.bool_], level: float, known: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Return the p-values of independence, and of coverage and independence together.

    Parameters
    ----------
    violated : ndarray of bool, shape (n,)
        By consecutive day.
    level : float
        Probability of a violation.
    known : ndarray of bool, shape (n,), optional
        Whether a day was judged, by default all were; a day whose day before was not says nothing of
        independence.
    """
    known = np.ones(len(violated), bool) if known is None else known
    paired = known[:-1] & known[1:]
    before, after, judged = violated[:-1][paired], violated[1:][paired], violated[known]
    counts = np.array([[np.sum(~before & ~after), np.sum(~before & after)],
                       [np.sum(before & ~after), np.sum(before & after)]], dtype=np.float64)  # fmt: skip
    rows = counts.sum(axis=1)
    rate = counts[:, 1].sum() / max(rows.sum(), 1.0)
    rates = counts[:, 1] / np.maximum(rows, 1.0)
    alone = float(np.sum(xlogy(counts[:, 1], rate) + xlogy(counts[:, 0], 1.0 - rate)))
    chained = float(np.sum(xlogy(counts[:, 1], rates) + xlogy(counts[:, 0], 1.0 - rates)))
    ratio = max(2.0 * (chained - alone), 0.0)
    both = ratio + _coverage_ratio(int(judged.sum()), len(judged), level)
    return float(chi2.sf(ratio, 1)), float(chi2.sf(both, 2))


def traffic_light(violations: int, days: int = BASEL_DAYS, level: float = 0.01) -> str:
    """Return Basel's zone: yellow from where the cumulative probability reaches 95 %, red from 99.99 %."""
    likely = float(binom.cdf(violations, days, level))
    return "green" if likely < YELLOW else "yellow" if likely < RED else "red"


def backtest(loss: NDArray[np.float64], at_risk: NDArray[np.float64], level: float) -> Backtest:
    """Judge a value at risk.

    Parameters
    ----------
    loss, at_risk : ndarray, shape (n,)
        Loss of each consecutive day, NaN where unknown, and the loss that was to be exceeded with
        probability ``level``.
    level : float
        0.05 or 0.01, or another.
    """
    known = np.isfinite(loss)
    violated = loss > at_risk
    count, days = int(violated.sum()), int(known.sum())
    total = np.concatenate([[0], np.cumsum(violated[known])])
    runs = total[BASEL_DAYS:] - total[:-BASEL_DAYS] if days >= BASEL_DAYS else np.zeros(0, np.int64)
    colours = [traffic_light(int(one), BASEL_DAYS, level) for one in runs]
    independence, conditional = christoffersen(violated, level, known)
    return Backtest(
        days, count, level * days, kupiec(count, days, level), independence, conditional,
        {zone: colours.count(zone) for zone in ("green", "yellow", "red")},
    )  # fmt: skip


def _coverage_ratio(violations: int, days: int, level: float) -> float:
    rate = violations / days
    given = xlogy(violations, level) + xlogy(days - violations, 1.0 - level)
    found = xlogy(violations, rate) + xlogy(days - violations, 1.0 - rate)
    return max(2.0 * float(found - given), 0.0)
