"""The regime model's card."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.regime import WARM_UP

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_rows, markdown_table
from .judgement import verdict

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

The probability of each of {states} regimes, calmest first, after every hourly bar of a pair: a hidden
Markov model with Gaussian observations (logs of the size of the return and of Parkinson's volatility of
the hour; full covariances), fitted by hmmlearn, filtered forwards: at no time does it know what comes
after.

{regimes}

## Out of sample

{target}, {first} to {last}: for each year it is fitted on what was known {embargo} h before it. The
number of regimes is the one with the largest likelihood of the training part's last year, fitted before
that. *One Gaussian* never changes; *rolling Gaussian* takes log volatility from its last hour and its
last day, and the size of the return from the same hour's volatility. Brackets: 95 % intervals by the
stationary bootstrap, {resamples} resamples, mean block {block} h.

{scores}

Diebold–Mariano statistics (below −1.96 the model is likelier): {against}.

{chosen}

What came after each regime, out of sample, in the years tested with as many ({pooled}); each year's fit
orders its own, so a regime here is a rank, not one level of volatility:

{volatility}

![Price by regime](regimes.svg)

## Training data

Hours to {until} of the file below. Prices are facts of Binance's spot market, read from files of the
repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

## What it cannot do

A regime says how far prices move, not where to. Regimes are those of one coin on a centralised exchange.
Two filters that began differently agree to 10⁻⁹ after {warm_up} bars: so many are replayed after a restart.

Libraries: {libraries}. Licence: Apache-2.0, as the project.
"""


def render_card(manifest: dict[str, Any], metrics: Mapping[str, Metric]) -> str:
    """Write the card of a regime model from its manifest."""
    figures, training, regimes = manifest["metrics"], manifest["training"], manifest["regimes"]
    years = figures["years"]
    return TEMPLATE.format(
        summary=f"Out of sample, {years[0]} to {years[-1]}, it {verdict(figures['against'])}.",
        model_id=manifest["model_id"],
        states=len(regimes),
        regimes=markdown_rows(
            ["regime", "median volatility of an hour (%)", "hours it lasts"],
            [
                [str(k + 1), f"{one['volatility']:.2f}", f"{one['hours']:.1f}"]
                for k, one in enumerate(regimes)
            ],
        ),
        target=training["target"].split("_")[0],
        first=years[0],
        last=years[-1],
        embargo=figures["embargo"] // HOUR,
        resamples=figures["bootstrap"]["resamples"],
        block=figures["bootstrap"]["mean_block"],
        scores=markdown_table(metrics, {name: scores_from(one) for name, one in figures["table"].items()}),
        against=", ".join(f"{name} {statistic:.1f}" for name, statistic in figures["against"].items()),
        chosen=markdown_rows(
            ["tested on", "regimes", *(f"likelihood with {k}" for k in manifest["choice"]["likelihood"])],
            [
                [str(one["year"]), str(one["states"]), *map(_known, one["likelihood"].values())]
                for one in figures["chosen"]
            ],
        ),
        pooled=", ".join(
            str(one["year"]) for one in figures["chosen"] if one["states"] == manifest["choice"]["states"]
        )
        or "none",
        volatility=markdown_rows(
            ["regime", "share of hours", "volatility of the coming day (%)"],
            [
                [str(k + 1), f"{one['share']:.0%}", _interval(one)]
                for k, one in enumerate(figures["volatility"])
            ],
        ),
        warm_up=WARM_UP,
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def _interval(one: dict[str, float | None]) -> str:
    if one["volatility"] is None:
        return "–"
    return f"{one['volatility']:.2f} [{one['low']:.2f}, {one['high']:.2f}]"


def _known(likelihood: float | None) -> str:
    return "not fitted" if likelihood is None else f"{likelihood:.4f}"
