"""The allocation model's card."""

from collections.abc import Mapping
from typing import Any, Final

from hummingbot.strategy.ai_stellar.market.bars import HOUR

from ..price.card import scores_from, series_table
from ..report import Metric, markdown_rows, markdown_table
from .figures import METRICS, verdict

__all__ = ["render_card"]

TEMPLATE: Final = """{summary}

# {model_id}

Which share of an account to hold in each of several coins for the coming day: Black and Litterman's model,
by skfolio. The prior is the equilibrium of a market that holds each coin by its turnover of {market_days}
days; on top of it there is a view on each coin, as a deviation from the prior:
{slope:.3f} · (2 p - 1) · sigma, by the price model's probability p and the volatility model's sigma.
The covariance is the correlation of {window} days (Ledoit–Wolf) at those sigmas. Weights have the most
utility within limits: no short sale, {largest_weight:.0%} in one coin, {largest_turnover:.0%} of the account
traded a day, and {cost:.2%} of what is traded is counted as its cost.

That slope, and the confidence in views ({confidence:.3f}: the share of the slope that is not noise), come
from years that the views' models had not been trained on.

## Out of sample

{coins} coins, {first} to {last}, {days:,} days: for each year, the views' models and the confidence come from
what was known {embargo} h before it. Every portfolio begins in the quote and pays {cost:.2%} of a trade.
*Without views* is the same model told no forecast of a return; *market* are the prior's weights, taken anew
every day or bought once and held; *HRP* is hierarchical risk parity, weekly; *target* is {target}. Brackets:
95 % intervals by the stationary bootstrap, {resamples} resamples, mean block {block} days.

{scores}

By how much the model exceeds each:

{against}

Deflated Sharpe ratio, the probability that the true one is above that of the luckiest of {trials} settings
without skill: {deflated_model} of the model, {deflated_views} of what views add to it.

{learnt}

![Growth by portfolio](growth.svg)

![Weights](weights.svg)

## Training data

Hours to {until} of the files below. Prices are facts of Binance's spot market, read from files of the
repository Roshan7869/algotrading (GPL-3.0); none of that data is part of this project.

{series}

## What it cannot do

The coins were chosen knowing which of them are still traded: a portfolio of that time would have held others
too, and grown less; the rivals hold the same coins. Days end at midnight UTC, and weights are had at that
price: one who is slower, or larger than the book, pays more. The turnover of one exchange stands for the
market's weights. The model trades no more than its limit a day, so it takes days to be invested, and its
rivals begin at once. Views on coins that move together are trusted more in what they share, and less in how
they differ, than the confidence says of one alone. 2024 was read twice: the first reading showed that the
price model's expected returns are far smaller than those of the walk-forward's own boosters, which hourly
decisions had not calibrated; views are made of probabilities since, and the walk-forward was made anew.

Libraries: {libraries}. Licence: Apache-2.0, as the project.
"""


def render_card(manifest: Mapping[str, Any], parameters: Mapping[str, float]) -> str:
    """Write the card of an allocation model from its manifest and parameters."""
    figures, training = manifest["metrics"], manifest["training"]
    years, deflated = figures["years"], figures["deflated_sharpe"]
    return TEMPLATE.format(
        **parameters,
        summary=f"Out of sample, {years[0]} to {years[-1]}, it {verdict(figures['against'])}.",
        model_id=manifest["model_id"],
        coins=len(manifest["coins"]),
        target=manifest["coins"][0],
        first=years[0],
        last=years[-1],
        days=figures["days"],
        embargo=figures["embargo"] // HOUR,
        resamples=figures["bootstrap"]["resamples"],
        block=figures["bootstrap"]["mean_block"],
        scores=markdown_table(METRICS, {name: scores_from(one) for name, one in figures["table"].items()}),
        against=markdown_rows(
            ["", "growth a year (log, %)", "Sharpe ratio"],
            [
                [name, GROWTH.text(one["growth"]), METRICS["sharpe"].text(one["sharpe"])]
                for name, one in figures["against"].items()
            ],
        ),
        trials=manifest["trials"],
        deflated_model=_probability(deflated["model"]),
        deflated_views=_probability(deflated["views"]),
        learnt=markdown_rows(
            ["carried through", "slope of views", "confidence"],
            [
                [str(one["year"]), f"{one['slope']:.3f}", f"{one['confidence']:.3f}"]
                for one in figures["learnt"]
            ],
        ),
        until=training["until"],
        series=series_table(training["series"]),
        libraries=", ".join(f"{name} {number}" for name, number in manifest["libraries"].items()),
    )


GROWTH: Final = Metric("", 1, 100.0)


def _probability(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.2f}"
