"""A policy judged on recorded books."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.predictors.execution import ExecutionPolicy

from ..collection.manifest import Manifest
from ..history import HistoryError
from ..report import Metric, Report
from ..scores import Score, plain
from .collected_books import recordings_of
from .episodes import LEDGERS
from .judgement import Worked, table_of, verdict, work
from .recording import MOMENT, Recording, read_recordings
from .replay import CLOSE, LARGEST, REFILL_LAG, SMALLEST, WARM_UP, Replay

__all__ = ["FEWEST", "METRICS", "judge_recorded", "work_recorded"]

Floats = NDArray[np.float64]
METRICS: Final = {
    "shortfall": Metric("implementation shortfall (bp)", 2),
    "gain": Metric("the policy's is lower by (bp)", 2),
    "deviation": Metric("standard deviation (bp)", 1),
}
FEWEST: Final = 30
"""Spans below which a bootstrap's interval is too narrow to be believed."""
SIZES: Final = np.exp(np.linspace(math.log(SMALLEST), math.log(LARGEST), 5))
CHANCES: Final = 4
LAGS: Final = (0.0, REFILL_LAG, math.inf)
"""Refills that the figures are shown for beside the assumed one: at once, and never."""


def judge_recorded(
    policy: ExecutionPolicy, path: Path, begin: int | None, end: int | None, resamples: int
) -> Report:
    """Trade in recorded books, orders of five sizes on both sides, span after span without overlap.

    Parameters
    ----------
    path : Path
        A recording, a directory of them, or a folder that `ai-stellar data collect` has written.
    begin, end : int
        Seconds since 1970: spans in ``[begin, end)`` alone.

    Raises
    ------
    HistoryError, CollectionError
        If no recording is long enough in that time, or one cannot be read.
    """
    collected = path.is_dir() and Manifest.read(path) is not None
    recordings = recordings_of(path) if collected else read_recordings(path)
    if not recordings:
        raise HistoryError(
            f"no two books without a gap between them were collected in {path}: collect longer"
        )
    tables = {lag: _table(policy, recordings, begin, end, resamples, lag) for lag in LAGS}
    table, spans = tables[REFILL_LAG]
    first = min(one.begin for one in recordings)
    last = max(one.end for one in recordings)
    caution = (
        f" Only {spans} spans of {LEDGERS * CLOSE:.0f} s do not overlap: too few for these intervals to be "
        f"believed."
    )
    gains = {lag: one["TWAP"]["gain"] for lag, (one, _) in tables.items()}
    said = f"In recorded books it {verdict(table)}." + caution * (spans < FEWEST)
    return Report(
        policy.manifest["kind"],
        policy.model_id,
        path.name,
        "".join(one.fingerprint()[:12] for one in recordings),
        int(first) if begin is None else max(begin, int(first)),
        math.ceil(last) if end is None else min(end, math.ceil(last)),
        spans,
        False,
        METRICS,
        table,
        f"{said} Gain over TWAP where what is taken comes back at once: {_shown(gains[0.0])} bp; "
        f"where it never does: {_shown(gains[math.inf])} bp.",
        {
            "headline": said,
            "recordings": [one.name for one in recordings],
            "gain over TWAP by refill lag": {
                str(lag): plain({"gain": one})["gain"] for lag, one in gains.items()
            },
        },
    )


def work_recorded(
    policy: ExecutionPolicy,
    recordings: Sequence[Recording],
    begin: int | None = None,
    end: int | None = None,
    refill_lag: float = REFILL_LAG,
) -> dict[str, Worked]:
    """Work orders in each span by each seller; a shortfall has the shape (1, spans).

    All that begins within the same span, of whatever recording, size, side and chance, is one observation.

    Raises
    ------
    HistoryError
        If there is no span.
    """
    length = LEDGERS * CLOSE
    origin = min(one.begin for one in recordings) + WARM_UP * CLOSE
    by_span: dict[int, list[dict[str, Worked]]] = {}
    for one in recordings:
        first = max(one.begin + WARM_UP * CLOSE, begin or 0)
        last = min(one.end, end or math.inf)
        for span in range(math.ceil((first - origin) / length), math.floor((last - origin) / length)):
            moment = math.ceil((origin + span * length - one.begin) / MOMENT)
            if moment + round(length / MOMENT) >= len(one):
                continue
            quantity = np.tile(SIZES * one.first_level, CHANCES)
            where = np.full(len(quantity), moment)
            for buying in (False, True):
                by_span.setdefault(span, []).append(
                    work(
                        policy,
                        lambda one=one, where=where, quantity=quantity, buying=buying, span=span: Replay(  # type: ignore[misc]
                            one, where, quantity, buying, seed=span % 2**31, refill_lag=refill_lag
                        ),
                    )
                )
    if not by_span:
        raise HistoryError(
            f"no recording holds an order of {length:.0f} s after {WARM_UP * CLOSE:.0f} s in that time: "
            f"record longer or choose other dates"
        )
    made = list(by_span.values())
    return {
        name: Worked(
            np.array([[np.mean([part[name].shortfall for part in span]) for span in made]]),
            np.mean([part[name].left for span in made for part in span], axis=0),
        )
        for name in made[0][0]
    }


def _table(
    policy: ExecutionPolicy,
    recordings: Sequence[Recording],
    begin: int | None,
    end: int | None,
    resamples: int,
    lag: float,
) -> tuple[dict[str, dict[str, Score]], int]:
    made = work_recorded(policy, recordings, begin, end, lag)
    return table_of(made, resamples), next(iter(made.values())).shortfall.shape[1]


def _shown(score: Score) -> str:
    return f"{score.value:.2f} [{score.low:.2f}, {score.high:.2f}]"
