"""The guard's card."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_table

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

Refuses hours whose features are further from the training data than {share:.0%} of hours like it: then
the forecast abstains, and the strategy holds. The distance is Mahalanobis' over {features} features
(root of the mean square along the data's own axes, 5 % of the mean variance added to each).

## False alarms

{target}, {first} to {last}: for each year the training data end {embargo} h before it, and the limit is
the distance that {share:.0%} of its last year, held out, exceeded. Brackets: 95 % interval by the
stationary bootstrap, mean block {block} h.

{scores}

{years}

The shipped limit, {limit:.3f}, is what {share:.0%} of all coins' hours of these years exceeded, each
measured from the years before.

## What it catches

{caught} of the last year's.

It cannot catch what looks ordinary: a feed that is late, or another coin's.

## Training data

Every seventh hour to {until} of the files below. Prices are facts of Binance's spot market, read from
files of the repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

Libraries: {libraries}. Licence: Apache-2.0, as the project.
"""


def render_card(manifest: dict[str, Any], metrics: Mapping[str, Metric]) -> str:
    """Write the card of a guard from its manifest."""
    figures, training = manifest["metrics"], manifest["training"]
    years, share = figures["years"], manifest["false_alarms"]
    alarms, low, high = figures["table"]["model"]["alarms"]
    caught = ", ".join(f"{one:.0%} of {name}" for name, one in figures["caught"].items())
    rows = [f"| {one['year']} | {one['limit']:.3f} | {one['alarms']:.2%} |" for one in figures["by_year"]]
    return TEMPLATE.format(
        summary=(
            f"Out of sample, {years[0]} to {years[-1]}, it refuses {alarms:.2%} [{low:.2%}, {high:.2%}] of "
            f"hours where {share:.0%} is meant; of broken feeds of {years[-1]}, which it knows, {caught}."
        ),
        model_id=manifest["model_id"],
        share=share,
        features=len(manifest["features"]["names"]),
        target=training["target"].split("_")[0],
        first=years[0],
        last=years[-1],
        embargo=figures["embargo"] // HOUR,
        block=figures["bootstrap"]["mean_block"],
        scores=markdown_table(metrics, {name: scores_from(one) for name, one in figures["table"].items()}),
        years="\n".join(["| year | limit | refused |", "| --- | --- | --- |", *rows]),
        limit=manifest["limit"],
        caught=caught,
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )
