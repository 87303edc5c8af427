"""The volatility model's card."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_rows, markdown_table
from .comparison import BESIDE
from .figures import missed, verdict

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

Forecasts the standard deviation of a pair's log-return over 1 hour, 4 hours, 1, 3 and 7 days from its
hourly bars, and the loss over a day that is exceeded with probability 5 and 1 %.

Returns are divided by the hour of day's share of volatility. The log of the mean hourly variance is then
a blend of three: a regression, fitted by QLIKE on all coins below together, on the log of GARCH's
forecast, of mean Parkinson variances over 1 to 720 hours, of mean squared returns and of the share of
falls; HAR on the log of variance; and GJR-GARCH(1, 1) with t shocks (shares: {blend}). Value at risk:
the forecast sigma of a day times quantiles of the past days' returns over theirs.

## Out of sample

{target}, {first} to {last}: for each year everything is fitted on what was known {embargo} h and a
horizon before it. QLIKE is the mean of log f + v / f, v the sum of squared hourly returns; lower is
better. Brackets: 95 % intervals by the stationary bootstrap, {resamples} resamples, mean block three
horizons. {trials} blends and regressions were compared on these years: the figures are of a procedure
that was chosen knowing them. *Persistence* is the variance of the last day, or of the last horizon if
longer.

{scores}

Diebold–Mariano statistics against each (Newey–West over two horizons; below −1.96 the model is better):

{statistics}

![Forecast and realised volatility](forecast.svg)

## Value at risk of a day

{at_risk}

p-values of Kupiec's test of coverage, Christoffersen's of independence, and of both together; Basel's
zones of each run of 250 days (defined for 99 %).

![Value at risk](value_at_risk.svg)

## Training data

Hours to {until} of the files below. Prices are facts of Binance's spot market, read from files of the
repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

## What it cannot do

The hours of day and GARCH's parameters are the target's, and serve every pair. The start is forgotten
after 721 bars; before, the longer windows hold what there is. Stellar's own spread and gaps are not in
the data.

Libraries: {libraries}. Licence: Apache-2.0, as the project.
"""


def render_card(manifest: dict[str, Any], metrics: Mapping[str, Metric]) -> str:
    """Write the card of a volatility model from its manifest."""
    figures, training = manifest["metrics"], manifest["training"]
    short = missed(figures)
    told = f"Not reached: {'; '.join(short)}." if short else "Every figure to reach is reached."
    years = figures["years"]
    return TEMPLATE.format(
        summary=f"{told} Out of sample, {years[0]} to {years[-1]}, it {verdict(figures).partition(';')[0]}.",
        model_id=manifest["model_id"],
        blend="½, ¼, ¼ to a day; ½, ½, 0 beyond",
        target=training["target"].split("_")[0],
        first=years[0],
        last=years[-1],
        embargo=figures["embargo"] // HOUR,
        resamples=figures["bootstrap"]["resamples"],
        trials=manifest["trials"],
        scores=markdown_table(metrics, {name: scores_from(one) for name, one in figures["table"].items()}),
        statistics=markdown_rows(
            ["", *BESIDE],
            [
                [horizon, *(f"{row[name]:.2f}" for name in BESIDE)]
                for horizon, row in figures["diebold_mariano"].items()
            ],
        ),
        at_risk=markdown_rows(
            ["", "days", "violations", "expected", "coverage", "independence", "both", "zones"],
            [_test(level, test) for level, test in figures["value_at_risk"].items()],
        ),
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def _test(level: str, test: dict[str, Any]) -> list[str]:
    zones = ", ".join(f"{zone} {count}" for zone, count in test["zones"].items())
    values = [f"{test[name]:.3f}" for name in ("coverage", "independence", "conditional")]
    return [level, str(test["days"]), str(test["violations"]), f"{test['expected']:.1f}", *values, zones]
