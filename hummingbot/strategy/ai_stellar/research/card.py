"""A model's card: what it is, what it was trained on, and how good it was on data it had not seen."""

from datetime import UTC, datetime
from typing import Any, Final

__all__ = ["METRIC_NAMES", "format_score", "render_card", "score_table", "verdict"]

METRIC_NAMES: Final = {
    "auc": "AUC",
    "accuracy": "accuracy",
    "log_loss": "log-loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "r2": "R² of expected return (%)",
    "gross_edge": "gross edge a trade (bp)",
    "gross_edge_delayed": "… entered an hour late (bp)",
    "gross_edge_strongest": "… strongest tenth (bp)",
    "net_edge_strongest": "… strongest tenth, net at 10 bp a side (bp)",
}
PERCENT: Final = ("r2",)
BASIS_POINTS: Final = ("gross_edge", "gross_edge_delayed", "gross_edge_strongest", "net_edge_strongest")

TEMPLATE: Final = """{summary}

# {model_id}

Forecasts the return of the next hour from the hourly bars of one pair: the probability that it closes higher,
and the expected log-return. Two LightGBM models: *direction* (binary log-loss; hours in which the price did
not move are left out) and *size* (absolute return over the features' scale of volatility). Expected return
= {tilt:.3f} · (2p − 1) · size · scale.

## Out of sample

{target}, {first} to {last}, {hours:,} hours. Walk-forward: for each year, shape and tilt are chosen inside
its training part (on that part's last year), then the model is fitted on all of it and tested on the year.
Training samples whose outcome is known less than {embargo} h before the test part are purged. Brackets: 95
% intervals by the stationary bootstrap (mean block {mean_block} h, {resamples} resamples). Trials: {trials}
configurations were compared on data to {last}. The edge takes every close as a price one could trade at;
the cost of 10 bp a side is a stress, not a measurement.

{scores}

The model's excess over the linear baseline: {excess}.

By year, model / linear:

{folds}

*Elsewhere*: correlation of forecasts with those on bars as another venue would print them (closes and opens
±{bounce:.0f} bp at random, highs and lows missed by {reach:.0f} bp, volume times a lognormal factor of
σ {volume}).

### Reliability

{reliability}
{evaluations}
## Training data

{samples:,} hourly samples to {until} of the files below: the target {copies} times (once as it is), the
others once. All but the one as it is are seen through noise like the above, with closes and opens moved by
±{training_bounce:.0f} bp. Missing hours are flat bars, and no sample's outcome touches one. Prices are facts
of Binance's spot market, read from files of the repository Roshan7869/algotrading (GPL-3.0); none of that
data is part of this project.

{series}

## Features

{features} features, definition `{definition}` (`features/definition.py`): unit-free, of the last 193 bars.
Largest shares of gain in *direction*: {importance}.

## How it was fitted

*direction*: {shape[trees]} trees of {shape[leaves]} leaves; *size*: {size_shape[trees]} of
{size_shape[leaves]}. Parameters: {parameters}. Libraries: {libraries}. `ai-stellar train price` repeats all
of it.

## What it cannot do

It knows one pair's hourly bars and nothing else: no order book, no news, no other coin. It was trained on a
centralised exchange; on Stellar's, prices follow with their own spread. The edge is small and halves when
an hour is lost.

Licence: Apache-2.0, as the project.
"""
EVALUATION: Final = """
## Read once: {begin} to {end}

The shipped model on {file} (`{fingerprint}`), {hours:,} hours, beside the baselines fitted on its training
data. Nothing was chosen on it.{seen}

{scores}

The model's excess over the linear baseline: {excess}.

{reliability}
"""


def verdict(table: dict[str, Any], against_linear: dict[str, Any]) -> str:
    """Say in a clause whether the model beats its baselines, and whether that pays."""
    gap, edge, net = (
        against_linear["log_loss"],
        against_linear["gross_edge"],
        table["model"]["net_edge_strongest"],
    )
    best = min((scores["log_loss"][0], name) for name, scores in table.items())[1]
    if best != "model":
        beats = f"does **not** beat its baselines in log-loss ({best} is better)"
    elif gap[2] < 0:
        beats = "beats every baseline in log-loss, the linear one by more than noise"
    else:
        beats = "is ahead of every baseline in log-loss, of the linear one **not** by more than noise"
    exceeds = "exceeds" if edge[1] is not None and edge[1] > 0 else "does **not** exceed"
    pays = "pays" if net[1] is not None and net[1] > 0 else "does **not** pay"
    return (
        f"this model {beats}; its edge a trade {exceeds} the linear one's by more than noise, and {pays} for "
        "taking liquidity at 10 bp a side"
    )


def summary(manifest: dict[str, Any]) -> str:
    """Say for the card's first line how good the model is, on the walk-forward and wherever read once."""
    metrics = manifest["metrics"]
    years = f"{metrics['years'][0]} to {metrics['years'][-1]}"
    parts = [f"Out of sample, {years}, {verdict(metrics['table'], metrics['against_linear'])}."]
    for one in manifest["evaluations"]:
        begin, end = _dates(one)
        parts.append(f"From {begin} to {end}, read once, {verdict(one['table'], one['against_linear'])}.")
    return " ".join(parts)


def render_card(manifest: dict[str, Any]) -> str:
    """Write the card of a price model from its manifest."""
    metrics, training = manifest["metrics"], manifest["training"]
    bootstrap, noise = metrics["bootstrap"], training["venue_noise"]
    return TEMPLATE.format(
        summary=summary(manifest),
        model_id=manifest["model_id"],
        tilt=manifest["tilt"],
        target=training["target"].split("_")[0],
        first=metrics["years"][0],
        last=metrics["years"][-1],
        hours=metrics["hours"],
        embargo=metrics["embargo"] // 3600,
        mean_block=bootstrap["mean_block"],
        resamples=bootstrap["resamples"],
        trials=metrics["trials"],
        scores=score_table(metrics["table"]),
        excess=_excess(metrics["against_linear"]),
        folds=_fold_table(metrics["folds"]),
        bounce=noise["bounce"] * 1e4,
        training_bounce=training["training_noise"]["bounce"] * 1e4,
        reach=noise["reach"] * 1e4,
        volume=noise["volume"],
        reliability=_reliability_table(metrics["reliability"]),
        evaluations="".join(_evaluation(one) for one in manifest["evaluations"]),
        samples=training["samples"],
        until=training["until"],
        copies=training["copies_of_target"],
        series=_series_table(training["series"]),
        features=len(manifest["features"]["names"]),
        definition=manifest["features"]["definition"],
        importance=", ".join(f"{name} {share:.0%}" for name, share in manifest["importance"].items()),
        shape=manifest["shape"],
        size_shape=manifest["size_shape"],
        parameters=", ".join(f"`{name}={value}`" for name, value in manifest["parameters"].items()),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


def format_score(name: str, figures: list[float | None]) -> str:
    """Format ``[value, low, high]`` of one metric."""
    if any(figure is None for figure in figures):
        return "–"
    value, low, high = (float(figure or 0.0) for figure in figures)
    if name in PERCENT:
        return f"{value * 100:.2f} [{low * 100:.2f}, {high * 100:.2f}]"
    if name in BASIS_POINTS:
        return f"{value:.2f} [{low:.2f}, {high:.2f}]"
    return f"{value:.4f} [{low:.4f}, {high:.4f}]"


def score_table(table: dict[str, Any]) -> str:
    """Lay out scores as a markdown table, a row a metric."""
    columns = list(table)
    return _table(
        ["", *columns],
        [
            [label, *(format_score(name, table[column][name]) for column in columns)]
            for name, label in METRIC_NAMES.items()
        ],
    )


def _excess(against: dict[str, Any]) -> str:
    return ", ".join(
        f"{METRIC_NAMES[name]} {format_score(name, figures)}" for name, figures in against.items()
    )


def _fold_table(folds: list[dict[str, Any]]) -> str:
    rows = []
    for fold in folds:
        model, linear = fold["figures"]["model"], fold["figures"]["linear"]
        rows.append(
            [
                str(fold["year"]),
                f"{fold['shape']['trees']} × {fold['shape']['leaves']}",
                f"{fold['tilt']:.2f}",
                f"{model['auc']:.4f} / {linear['auc']:.4f}",
                f"{model['log_loss']:.5f} / {linear['log_loss']:.5f}",
                f"{model['r2'] * 100:.2f} / {linear['r2'] * 100:.2f}",
                f"{_number(model['gross_edge'], 2)} / {_number(linear['gross_edge'], 2)}",
                ", ".join(_number(one, 3) for one in fold["elsewhere"].values()),
            ]
        )
    heads = [
        "year",
        "trees × leaves",
        "tilt",
        "AUC",
        "log-loss",
        "R² (%)",
        "gross edge (bp)",
        "elsewhere: p, return",
    ]
    return _table(heads, rows)


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _reliability_table(rows: list[list[float]]) -> str:
    return _table(
        ["forecast", *(f"{mean:.3f}" for mean, _, _ in rows)],
        [
            ["rose", *(f"{rose:.3f}" for _, rose, _ in rows)],
            ["hours", *(f"{number:,}" for _, _, number in rows)],
        ],
    )


def _series_table(series: list[dict[str, Any]]) -> str:
    return _table(
        ["file", "bars", "missing", "from", "to", "fingerprint"],
        [
            [
                one["file"], f"{one['bars']:,}", str(one["missing"]), one["from"], one["to"],
                f"`{one['fingerprint'][:12]}`",
            ]
            for one in series
        ],
    )  # fmt: skip


def _dates(evaluation: dict[str, Any]) -> tuple[str, str]:
    begin, end = (
        datetime.fromtimestamp(evaluation[name], UTC).strftime("%Y-%m-%d") for name in ("begin", "end")
    )
    return begin, end


def _evaluation(evaluation: dict[str, Any]) -> str:
    begin, end = _dates(evaluation)
    return EVALUATION.format(
        begin=begin,
        end=end,
        file=evaluation["file"],
        fingerprint=evaluation["fingerprint"][:12],
        hours=evaluation["hours"],
        seen=" **Part of this span was trained on.**" if evaluation["seen_in_training"] else "",
        scores=score_table(evaluation["table"]),
        excess=_excess(evaluation["against_linear"]),
        reliability=_reliability_table(evaluation["reliability"]),
    )


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
