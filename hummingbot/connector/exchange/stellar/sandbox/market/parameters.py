"""Everything the sandbox's market assumes, by name, with unit and source."""

from dataclasses import dataclass, field, fields
from typing import Any

from .errors import MarketError

__all__ = ["MarketParameters"]


def _parameter(default: float, unit: str, source: str, meaning: str, low: float, high: float) -> Any:
    return field(
        default=default,
        metadata={"unit": unit, "source": source, "meaning": meaning, "low": low, "high": high},
    )


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """How the market's actors behave. `report` lists each value with its unit and where it comes from.

    No public record of the depth and flow of XLM/USDC on the Stellar DEX was at hand, so most values are
    assumed. They are chosen so that making markets is not flattered: with ledgers 30 s of market time
    apart, one who joins the best quotes on both sides loses about 0.5 bp of what is traded when nobody is
    informed, 2.6 bp at the default share and 4.6 bp at a share of 0.8 (generator, five seeds, marked to the
    reference at each fill). What is measured in seconds is market time: where a ledger stands for five
    minutes, every quote stands alone for five minutes of price, and one who rests at the touch pays
    15 bp or more a fill, informed or not.

    Raises
    ------
    MarketError
        If a value lies outside its range.
    """

    makers: int = _parameter(4, "a pair", "assumed", "market makers; each trades from two accounts", 1, 40)
    takers: int = _parameter(
        16, "accounts a pair", "assumed", "takers; each trades at most once a ledger (protocol 20)", 1, 90
    )
    levels: int = _parameter(
        5, "offers a side", "Kelp, sample_buysell.cfg: five levels", "length of a maker's ladder", 1, 20
    )
    half_spread: float = _parameter(
        5.0,
        "bp",
        "assumed",
        "distance of the best maker's first level from its view of the price",
        0.1,
        1000.0,
    )
    maker_spacing: float = _parameter(
        1.5, "bp", "assumed", "how much further out each next maker quotes than the one before", 0.0, 1000.0
    )
    level_spacing: float = _parameter(
        8.0, "bp", "assumed", "distance between the levels of one maker", 0.1, 1000.0
    )
    level_amount: float = _parameter(5_000.0, "XLM", "assumed", "amount of a maker's first level", 1.0, 1e7)
    level_growth: float = _parameter(
        1.7, "ratio", "assumed", "amount of each further level relative to the one before", 0.1, 10.0
    )
    maker_latency: float = _parameter(
        5.0,
        "s of market time",
        "one ledger of the public network, which closes about every 5 s",
        "age of the first maker's view of the price when the ledger with its quotes closes; "
        "each next maker's is this much older",
        0.0,
        3600.0,
    )
    requote_tolerance: float = _parameter(
        3.0,
        "bp",
        "assumed; Kelp, sample_buysell.cfg: PRICE_TOLERANCE 10 bp",
        "move of a maker's view beyond which it moves its ladder",
        0.0,
        1000.0,
    )
    maker_patience: float = _parameter(
        60.0,
        "bp",
        "assumed",
        "how far on the wrong side of a maker's view an offer must lie for the maker to take it; "
        "until then the maker stays behind it",
        0.0,
        1000.0,
    )
    refill_lag: float = _parameter(
        600.0, "s of market time", "assumed", "time from a fill to the offer that replaces it", 0.0, 86_400.0
    )
    arrivals: float = _parameter(
        90.0,
        "takers an hour",
        "assumed",
        "takers in an hour of average volume; scales with the square root of the hour's volume",
        0.0,
        10_000.0,
    )
    clustering: float = _parameter(
        0.5,
        "followers a taker",
        "assumed; 0.3 to 0.7 of the moves of E-mini futures are endogenous (Filimonov & Sornette 2012)",
        "branching ratio of the Hawkes process of arrivals",
        0.0,
        0.95,
    )
    cluster_time: float = _parameter(
        120.0, "s of market time", "assumed", "mean time from a taker to a follower", 1.0, 86_400.0
    )
    order_size: float = _parameter(
        200.0,
        "XLM",
        "assumed",
        "median of an order in an hour of average volume; scales with the square root of the hour's volume",
        0.001,
        1e6,
    )
    order_spread: float = _parameter(
        1.2,
        "standard deviation of ln(size)",
        "assumed; 1.89 in 12,477 XRP/ETH trades of 2019-10-11 (freqtrade's test data), by fill",
        "spread of order sizes",
        0.0,
        4.0,
    )
    largest_order: float = _parameter(20_000.0, "XLM", "assumed", "orders are cut there", 1.0, 1e7)
    slippage: float = _parameter(
        50.0, "bp", "assumed", "how far beyond the best price an uninformed taker goes", 0.0, 1000.0
    )
    informed: float = _parameter(
        0.3,
        "share of takers",
        "assumed",
        "takers who know the price as they come, and trade only with offers on its wrong side",
        0.0,
        1.0,
    )
    informed_edge: float = _parameter(
        1.0, "bp", "assumed", "least gain for which an informed taker trades", 0.0, 1000.0
    )
    informed_size: float = _parameter(
        4.0, "ratio", "assumed", "an informed taker's order relative to an uninformed one's", 0.01, 1000.0
    )
    impact: float = _parameter(
        1.0,
        "daily volatilities at one day's volume",
        "of order one: Tóth et al. 2011, Phys. Rev. X 1, 021006; the law holds for bitcoin: "
        "Donier & Bonart 2015, arXiv:1412.4503",
        "Y in the square-root law: move = Y · daily volatility · √(net volume / daily volume), "
        "volatility and daily volume of the reference venue; net volume counts up to a day's",
        0.0,
        100.0,
    )
    impact_half_life: float = _parameter(
        1800.0,
        "s of market time",
        "assumed; uninformed flow's impact decays almost completely (Donier & Bonart 2015)",
        "time in which the move decays to half, on top of the history's price, which it never changes",
        1.0,
        1e6,
    )
    lowest_volume: float = _parameter(
        0.2, "ratio", "assumed", "bound on an hour's volume relative to the 30 days before", 0.01, 1.0
    )
    highest_volume: float = _parameter(
        5.0, "ratio", "assumed", "bound on an hour's volume relative to the 30 days before", 1.0, 100.0
    )
    maker_funds: float = _parameter(
        50e6,
        "XLM an account, and as much again in the other asset",
        "assumed",
        "so that no maker runs out",
        1e6,
        1e9,
    )
    taker_funds: float = _parameter(
        10e6,
        "XLM an account, and as much again in the other asset",
        "assumed",
        "so that no taker runs out",
        1e5,
        1e9,
    )

    def __post_init__(self) -> None:
        for parameter in fields(self):
            value = getattr(self, parameter.name)
            low, high = parameter.metadata["low"], parameter.metadata["high"]
            if not low <= value <= high:
                raise MarketError(
                    f"market parameter {parameter.name} is {value!r}: give {low:g} to {high:g} "
                    f"({parameter.metadata['unit']})"
                )
        if (
            self.half_spread + (self.makers - 1) * self.maker_spacing + self.levels * self.level_spacing
            > 5000.0
        ):
            raise MarketError(
                "the makers' ladders reach beyond half the price: lower spreads, spacings or levels"
            )

    def report(self) -> dict[str, dict[str, Any]]:
        """Return each parameter's value, unit, source and meaning."""
        return {
            parameter.name: {
                "value": getattr(self, parameter.name),
                "unit": parameter.metadata["unit"],
                "source": parameter.metadata["source"],
                "meaning": parameter.metadata["meaning"],
            }
            for parameter in fields(self)
        }
