"""The execution policy's card."""

from collections.abc import Mapping
from typing import Any, Final

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_table

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

Sells a parent order within {ledgers} ledgers of {seconds:.0f} s: each ledger it waits,
rests at or before the best offer, or crosses some slices. Learnt by fitted Q-iteration with LightGBM from
{samples:,} ledgers of orders handled at random.

## In markets it has not seen

Paths: stationary bootstrap of XLM's hourly returns of {year}, each scaled to a ledger (*assumed*); training
ends before. Markets: {unknown} sets of parameters of the sandbox's market, none of them trained on. Means
over {paths:,} paths; brackets: 95 % intervals over paths, {resamples} resamples, a path's markets together
and compared on the same path, order and chance. *Passive TWAP* rests ahead of all and crosses what is a slice
late; *Almgren–Chriss* has a half-life of half the time, which was not tuned; *policy without signal* is the
same policy told nothing of flow, imbalance and last return. A smaller run of the same recipe was judged on
this year before, by which nothing was chosen.

{table}

![Shortfall by seller](shortfall.svg)

Paths of coins that were not trained on, gain over TWAP: {elsewhere}.

## Null control

What the signal gains, bp: {seen} where takers are informed and quotes late; {unseen} where the reference is a
random walk, nobody is informed and quotes are not late{null}. There the whole policy gains {over} over TWAP.

## What it cannot do

Every figure is of simulated books. Most parameters are assumed, and what the policy gains depends on how
late the makers' quotes are (`maker_latency`, 10 to 25 s of 30 here): where quotes are never late, expect the
null control's. Both the known and the unknown markets were written down by hand. It sells only. It was not
judged on recorded books. What the simulator leaves out stands in its docstring.

## Training data

Hours to {until} of the files below. Prices are facts of Binance's spot market, read from files of the
repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

Libraries: {libraries}. Licence: Apache-2.0, as the project.
"""


def render_card(manifest: Mapping[str, Any], metrics: Mapping[str, Metric], judged: str) -> str:
    """Write the card of a policy from its manifest and the verdict on it."""
    figures, training = manifest["metrics"], manifest["training"]
    control = figures["control"]
    _, low, high = control["without signal"]
    null = "" if low <= 0.0 <= high else ", **which is not zero: it takes noise for signal there**"
    return TEMPLATE.format(
        summary=f"In simulated markets it had not seen, on returns of {figures['year']}, it {judged}.",
        model_id=manifest["model_id"],
        ledgers=manifest["ledgers"],
        seconds=manifest["seconds"],
        samples=training["samples"],
        year=figures["year"],
        unknown=len(manifest["markets"]["unknown"]),
        paths=figures["paths"],
        resamples=figures["bootstrap"]["resamples"],
        table=markdown_table(metrics, {name: scores_from(one) for name, one in figures["table"].items()}),
        elsewhere=", ".join(f"{coin} {_shown(one)}" for coin, one in figures["elsewhere"].items()) or "none",
        seen=_shown(control["with signal"]),
        unseen=_shown(control["without signal"]),
        over=_shown(control["over TWAP without signal"]),
        null=null,
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def _shown(figures: list[float]) -> str:
    value, low, high = figures
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
