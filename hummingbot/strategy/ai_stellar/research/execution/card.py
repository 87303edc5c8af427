"""The execution policy's card."""

from collections.abc import Mapping
from typing import Any, Final

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_rows, markdown_table

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

Sells (or, as a mirror image, buys) a parent order within {ledgers} ledgers of {seconds:.0f} s:
each ledger it waits, rests at or before the best offer, or crosses some slices. Learnt by fitted Q-iteration
with LightGBM from {samples:,} ledgers of orders handled at random.

## In markets it has not seen

Paths: stationary bootstrap of XLM's hourly returns of {year}, each scaled to a ledger (*assumed*); training
ends before. Markets: {unknown} sets of parameters of the sandbox's market, none of them trained on. Means
over {paths:,} paths; brackets: 95 % intervals over paths, {resamples} resamples, a path's markets together
and compared on the same path, order and chance. *Passive TWAP* rests ahead of all and crosses what is a slice
late; *Almgren–Chriss* has a half-life of half the time, the cheapest in the known markets; *policy without
signal* is the same policy told nothing of flow, imbalance and last return. The policy minds the mean, not the
deviation. A smaller run of the same recipe was judged on this year before, by which nothing was chosen.

{table}

![Shortfall by seller](shortfall.svg)

What is left as time goes by, the mean over orders:

{left}

![Share left by ledger](inventory.svg)

Gain over TWAP when buying: {buying}. On paths of coins that were not trained on: {elsewhere}.

## Through the whole sandbox

{orders} orders, half of them to buy, each a path of its own ({coins}) on a sandbox of its own,
where every child order is a signed transaction among those of makers and takers. Markets: all {combinations}
combinations of a low and a high value of {ranges}; none was trained on.

{sandbox}

Gain over TWAP by parameter, bp:

{by}

The simulator that the policy learns in, on the same orders:

{agreement}

## Null control

What the signal gains, bp: {seen} where takers are informed and quotes late; {unseen} where the reference is a
random walk, nobody is informed and quotes are not late{null}. There the whole policy gains {over} over TWAP.

## What it cannot do

Every figure above is of simulated or sandbox books; what recorded ones say stands below, if they were read.
Most parameters are assumed, and what the policy gains depends on how late the makers' quotes are
(`maker_latency`, 10 to 25 s of 30 here): where quotes are never late, expect the null control's. All markets
were written down by hand. Told nothing, the policy mostly waits. What the simulator leaves out stands in its
docstring.

Nor does it know how fast a book refills, which takes minutes in all markets trained on. Gain over TWAP where
what is taken comes back sooner, bp: {refilled}.

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
        left=_left(figures["left"]),
        refilled=", ".join(
            f"{_shown(one)} {f'within {lag} s' if float(lag) else 'at once'}"
            for lag, one in figures["refilled"].items()
        ),
        buying=_shown(figures["buying"]),
        **_sandbox(figures["sandbox"], metrics, manifest["markets"]["grid"]),
        elsewhere=", ".join(f"{coin} {_shown(one)}" for coin, one in figures["elsewhere"].items()) or "none",
        seen=_shown(control["with signal"]),
        unseen=_shown(control["without signal"]),
        over=_shown(control["over TWAP without signal"]),
        null=null,
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def _left(left: Mapping[str, list[float]]) -> str:
    """Return a table of the share left after some of the ledgers."""
    last = len(next(iter(left.values()))) - 1
    ledgers = sorted({round(last * share) for share in (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)})
    heads = ["share left after ledger", *map(str, ledgers)]
    return markdown_rows(
        heads, [[name, *(f"{one[ledger]:.2f}" for ledger in ledgers)] for name, one in left.items()]
    )


def _sandbox(
    figures: Mapping[str, Any], metrics: Mapping[str, Metric], grid: Mapping[str, list[float]]
) -> dict[str, Any]:
    """Return what the card says of the whole sandbox."""
    more = figures["quick market charges more"]
    return {
        "orders": figures["orders"],
        "coins": ", ".join(figures["coins"]),
        "combinations": 2 ** len(grid),
        "ranges": ", ".join(f"`{name}` ({low:g}, {high:g})" for name, (low, high) in grid.items()),
        "sandbox": markdown_table(
            metrics, {name: scores_from(one) for name, one in figures["table"].items()}
        ),
        "by": markdown_rows(
            ["", "low", "high"],
            [
                [f"{name} {' and '.join(one)}", *(_shown(gain) for gain in one.values())]
                for name, one in figures["gain over TWAP"].items()
            ],
        ),
        "agreement": markdown_rows(
            ["", *more],
            [
                ["charges more by (bp)", *(_shown(one[:3]) for one in more.values())],
                ["correlation over orders", *(f"{one[3]:.2f}" for one in more.values())],
            ],
        ),
    }


def _shown(figures: list[float]) -> str:
    value, low, high = figures
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
