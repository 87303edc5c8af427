"""The recurrent price model's card, with the trees' figures beside its own."""

import json
from pathlib import Path
from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..price.card import horizon_section, series_table
from ..price.verdict import missed, verdict
from ..price.walk import MODEL

__all__ = ["render_card"]

BESIDE: Final = "LightGBM"
TEMPLATE: Final = """{summary}

# {model_id}

A long short-term memory network of {hidden} units over the {features} unit-free features of consecutive
hours, its state carried from bar to bar. For 1, 4 and 24 hours: the probability that the price is
higher, the expected log-return, and its 5, 25, 50, 75 and 95 % quantiles. One network gives the log-odds
of up and the log of the size of a move for all three; slope, tilt and residual quantiles as in the
LightGBM price model.

## Out of sample

{target}, {first} to {last}. Walk-forward: for each year a network of every setting is fitted on what was
known {embargo} h and a label before it, on the pooled coins below. Setting, slope, tilt and residual
quantiles of a year come from the forecasts so made of the years before it ({warm_up} is forecast for
that alone). Brackets: 95 % intervals by the stationary bootstrap, {resamples} resamples. Trials:
{trials} settings were compared on data to {last}. *{beside}* is the shipped LightGBM price model's walk-
forward on the same hours, which knows BTC, ETH and XRP besides. The cost of 10 bp a side is a stress,
not a measurement.
{horizons}
## Training data

{copies} times the target, once each of the others, seen through noise like that of another venue but for
the target's first; hours to {until}. Prices are facts of Binance's spot market, read from files of the
repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

## How it was fitted

{settings}. Windows begin from an empty state, the loss of the first 24 hours is left out, and of each
window a share of the features is dropped. Adam, cosine schedule. Libraries: {libraries}. `ai-stellar
train lstm` repeats all of it; JAX is needed for that alone.

## What it cannot do

It knows the pair's own hourly bars and nothing else. Two states that began differently agree to 10⁻⁹
after 720 bars: so many are replayed after a restart.

Licence: Apache-2.0, as the project.
"""


def render_card(manifest: dict[str, Any], beside: Path) -> str:
    """Write the card from a manifest; ``beside`` is the folder of the LightGBM model to compare with."""
    metrics, training = manifest["metrics"], manifest["training"]
    first, last = metrics["years"][0], metrics["years"][-1]
    trees = _trees(beside, manifest)
    horizons = {
        horizon: {**one, "table": _beside(one["table"], trees.get(horizon))}
        for horizon, one in metrics["horizons"].items()
    }
    return TEMPLATE.format(
        summary=_summary(manifest, trees),
        model_id=manifest["model_id"],
        hidden=manifest["settings"]["hidden"],
        features=len(manifest["features"]["names"]),
        target=training["target"].split("_")[0],
        first=first,
        last=last,
        warm_up=first - 1,
        embargo=metrics["embargo"] // HOUR,
        resamples=metrics["bootstrap"]["resamples"],
        trials=manifest["trials"],
        beside=BESIDE,
        horizons="".join(horizon_section(one) for one in horizons.values()),
        copies=training["copies_of_target"],
        until=training["until"],
        series=series_table(training["series"]),
        settings=", ".join(f"{name} {value}" for name, value in manifest["settings"].items()),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def _summary(manifest: dict[str, Any], trees: dict[str, Any]) -> str:
    horizons = manifest["metrics"]["horizons"]
    short = [one for horizon, figures in horizons.items() for one in missed(int(horizon), figures["table"])]
    told = f"Not reached: {', '.join(short)}." if short else "Every figure to reach is reached."
    sentence = verdict(
        {horizon: figures["table"] for horizon, figures in horizons.items()},
        {horizon: figures["against_linear"] for horizon, figures in horizons.items()},
    )
    behind = [
        f"{int(horizon) // HOUR} h"
        for horizon, figures in horizons.items()
        if horizon in trees and figures["table"][MODEL]["log_loss"][0] >= trees[horizon]["log_loss"][0]
    ]
    rest = f" The LightGBM price model has the lower log-loss at {', '.join(behind)}." if behind else ""
    years = manifest["metrics"]["years"]
    return f"{told} Out of sample, {years[0]} to {years[-1]}: {sentence}.{rest}"


def _trees(beside: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the LightGBM model's figures by horizon, if it was judged on the same hours."""
    path = beside / "manifest.json"
    if not path.is_file():
        return {}
    other = json.loads(path.read_text())
    same = (
        other["training"]["series"][0]["fingerprint"] == manifest["training"]["series"][0]["fingerprint"]
        and other["metrics"].get("years") == manifest["metrics"]["years"]
    )
    found = {horizon: one["table"][MODEL] for horizon, one in other["metrics"]["horizons"].items()}
    return found if same else {}


def _beside(table: dict[str, Any], other: dict[str, Any] | None) -> dict[str, Any]:
    if other is None:
        return table
    return {MODEL: table[MODEL], BESIDE: other, **{name: one for name, one in table.items() if name != MODEL}}
