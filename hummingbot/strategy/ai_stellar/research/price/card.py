"""The price model's card: what it is, what it was trained on, and how good it was on what it had not seen."""

from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..report import markdown_rows, markdown_table
from ..scores import Score
from .labels import METRIC_LABELS
from .verdict import missed, verdict
from .walk import MODEL

__all__ = ["horizon_section", "render_card", "scores_from", "series_table", "summary"]

TEMPLATE: Final = """{summary}

# {model_id}

Forecasts the return over the next 1, 4 and 24 hours from the hourly bars of one pair and, where they are
known, the closes of BTC, ETH and XRP: the probability that the price is higher, the expected log-return,
and its 5, 25, 50, 75 and 95 % quantiles. Two LightGBM models a horizon: *direction* (binary log-loss;
outcomes in which the price did not move are left out) and *size* (absolute return over the features'
scale of volatility). Log-odds are multiplied by a slope; expected return = tilt · (2p − 1) · size · scale
· √hours; quantiles = expected return + residual quantile · size · scale · √hours.

## Out of sample

{target}, {first} to {last}. Walk-forward: for each year the models are fitted on what was known {embargo}
h and a label before it, on the pooled coins below. Shape, slope, tilt and residual quantiles of a year
come from the forecasts that were so made of the years before it ({warm_up} is forecast for that alone).
Brackets: 95 % intervals by the stationary bootstrap, {resamples} resamples, mean block {blocks} h at 1, 4
and 24 h. Trials: {trials} configurations were compared on data to {last}. Hours overlap at 4 and 24 h.
The edge takes every close as a price one could trade at; the cost of 10 bp a side is a stress, not a
measurement. *Without references*: the same models, told nothing of BTC, ETH and XRP.
{horizons}
*Elsewhere*: correlation of forecasts with those on bars as another venue would print them (closes and opens
±{bounce:.0f} bp at random, highs and lows missed by {reach:.0f} bp, volume times a lognormal factor of
σ {volume}).

## Training data

{samples:,} hourly samples to {until} of the files below: the target {copies} times (once as it is), the
others once; of them every {strides} hour at 1, 4 and 24 h, as neighbouring outcomes overlap. All but the
one as it is are seen through noise like the above, with closes and opens moved by ±{training_bounce:.0f}
bp. All references are blanked in 15 % of the fortnights, one of them in another 15 %. Missing hours are
flat bars, and no sample's outcome touches one. Prices are facts of Binance's spot market, read from files
of the repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

## Features

{features} features, definition `{definition}` (`features/definition.py`, `features/cross_definition.py`):
unit-free, of the last 193 bars. Largest shares of gain in *direction*:

{importance}

## How it was fitted

{fits}

Libraries: {libraries}. `ai-stellar train price` repeats all of it.

## What it cannot do

It knows hourly bars and nothing else: no order book, no news. It was trained on a centralised exchange;
on Stellar's, prices follow with their own spread. The edge is small, and at one hour halves when an hour
is lost. A quantile and a probability of one horizon come from different parts of the model and may
disagree slightly.

Licence: Apache-2.0, as the project.
"""
HORIZON: Final = """
### {hours} h

{judged:,} hours.

{scores}

The model's excess over the linear baseline: {excess}.{alone}

{sharpe}

{years}

![Reliability at {hours} h](reliability_{hours}h.svg)

{reliability}
"""


def render_card(manifest: dict[str, Any]) -> str:
    """Write the card of a price model from its manifest."""
    metrics, training = manifest["metrics"], manifest["training"]
    horizons, recipes = metrics["horizons"], manifest["recipes"]
    first, last = metrics["years"][0], metrics["years"][-1]
    return TEMPLATE.format(
        summary=summary(manifest),
        model_id=manifest["model_id"],
        target=training["target"].split("_")[0],
        first=first,
        last=last,
        warm_up=first - 1,
        embargo=metrics["embargo"] // HOUR,
        resamples=metrics["bootstrap"]["resamples"],
        blocks=", ".join(str(one["mean_block"]) for one in horizons.values()),
        trials=manifest["trials"],
        horizons="".join(horizon_section(one) for one in horizons.values()),
        bounce=training["venue_noise"]["bounce"] * 1e4,
        reach=training["venue_noise"]["reach"] * 1e4,
        volume=training["venue_noise"]["volume"],
        training_bounce=training["training_noise"]["bounce"] * 1e4,
        samples=training["samples"],
        until=training["until"],
        copies=training["copies_of_target"],
        strides=", ".join(f"{recipe['stride']}." for recipe in recipes.values()),
        series=series_table(training["series"]),
        features=len(manifest["features"]["names"]),
        definition=manifest["features"]["definition"],
        importance="\n".join(
            _importance(int(horizon), shares) for horizon, shares in manifest["importance"].items()
        ),
        fits="\n".join(_fit(horizon, manifest) for horizon in horizons),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def summary(manifest: dict[str, Any]) -> str:
    """Say for the card's first line which figures are not reached, and what the model beats."""
    metrics = manifest["metrics"]
    horizons = metrics["horizons"]
    short = [one for horizon, figures in horizons.items() for one in missed(int(horizon), figures["table"])]
    told = f"Not reached: {', '.join(short)}." if short else "Every figure to reach is reached."
    sentence = verdict(
        {horizon: figures["table"] for horizon, figures in horizons.items()},
        {horizon: figures["against_linear"] for horizon, figures in horizons.items()},
    )
    return f"{told} Out of sample, {metrics['years'][0]} to {metrics['years'][-1]}: {sentence}."


def horizon_section(figures: dict[str, Any]) -> str:
    """Return the section of a card about one horizon's walk-forward."""
    return HORIZON.format(
        hours=figures["horizon"],
        judged=figures["hours"],
        scores=markdown_table(
            METRIC_LABELS, {name: scores_from(one) for name, one in figures["table"].items()}
        ),
        excess=_excess(figures["against_linear"]),
        alone=_alone(figures.get("against_without")),
        sharpe=_sharpe(figures["deflated_sharpe"]),
        years=_years(figures["years"]),
        reliability=_reliability(figures["reliability"]),
    )


def scores_from(figures: dict[str, list[float | None]]) -> dict[str, Score]:
    """Read what `scores.plain` wrote."""

    def number(value: float | None) -> float:
        return float("nan") if value is None else value

    return {name: Score(*(number(value) for value in values)) for name, values in figures.items()}


def _excess(against: dict[str, list[float | None]]) -> str:
    return ", ".join(
        f"{METRIC_LABELS[name].label} {METRIC_LABELS[name].text(values)}" for name, values in against.items()
    )


def _alone(against: dict[str, list[float | None]] | None) -> str:
    if against is None:
        return ""
    return (
        f" Over itself without references: {_excess({name: against[name] for name in ('auc', 'log_loss')})}."
    )


def _sharpe(figures: dict[str, float | None]) -> str:
    gross, net = ("–" if one is None else f"{one:.3f}" for one in figures.values())
    return (
        "Probability that the strongest tenth's daily Sharpe ratio is above what the luckiest of so many "
        f"trials without skill would show (deflated Sharpe ratio): gross {gross}, net at 10 bp a side {net}."
    )


def _years(years: list[dict[str, Any]]) -> str:
    heads = [
        "year", "setting", "slope", "tilt", "AUC: model, linear", "log-loss: model, linear",
        "R² (%): model, linear", "elsewhere: p, return",
    ]  # fmt: skip
    return markdown_rows(heads, [_year(year) for year in years])


def _year(year: dict[str, Any]) -> list[str]:
    model, linear = year["figures"][MODEL], year["figures"]["linear"]
    alike = ", ".join("–" if one is None else f"{one:.3f}" for one in year["elsewhere"].values())
    return [
        str(year["year"]), ", ".join(f"{name} {value}" for name, value in year["setting"].items()),
        f"{year['slope']:.2f}", f"{year['tilt']:.2f}",
        f"{model['auc']:.4f}, {linear['auc']:.4f}", f"{model['log_loss']:.5f}, {linear['log_loss']:.5f}",
        f"{model['r2'] * 100:.2f}, {linear['r2'] * 100:.2f}", alike,
    ]  # fmt: skip


def _reliability(rows: list[list[float]]) -> str:
    heads = ["forecast", *(f"{mean:.3f}" for mean, _, _ in rows)]
    lines = [
        ["rose", *(f"{rose:.3f}" for _, rose, _ in rows)],
        ["hours", *(f"{number:,}" for _, _, number in rows)],
    ]
    return markdown_rows(heads, lines)


def series_table(series: list[dict[str, Any]]) -> str:
    """Return the table of the price histories that a model was trained on."""
    rows = []
    for one in series:
        rows.append(
            [
                one["file"], f"{one['bars']:,}", str(one["missing"]), one["from"], one["to"],
                f"`{one['fingerprint'][:12]}`",
            ]
        )  # fmt: skip
    return markdown_rows(["file", "bars", "missing", "from", "to", "fingerprint"], rows)


def _importance(horizon: int, shares: dict[str, float]) -> str:
    return f"- {horizon // HOUR} h: {', '.join(f'{name} {share:.0%}' for name, share in shares.items())}."


def _fit(horizon: str, manifest: dict[str, Any]) -> str:
    shape, recipe = manifest["shapes"][horizon], manifest["recipes"][horizon]
    known = manifest["calibrations"][horizon]
    parameters = ", ".join(f"`{name}={value}`" for name, value in recipe["parameters"].items())
    return (
        f"- {int(horizon) // HOUR} h: *direction* {shape['trees']} trees of {shape['leaves']} leaves, *size* "
        f"{recipe['size']['trees']} of {recipe['size']['leaves']}; slope {known['slope']:.3f}, tilt "
        f"{known['tilt']:.3f}, residual quantiles "
        f"{', '.join(f'{z:.3f}' for z in known['residuals'])}. {parameters}."
    )
