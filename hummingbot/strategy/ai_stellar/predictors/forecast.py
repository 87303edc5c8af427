"""What the predictors say about one pair at one time."""

from typing import Final, NamedTuple

__all__ = ["HORIZONS", "QUANTILES", "VOLATILITY_HORIZONS", "Forecast", "HorizonForecast"]

HOUR: Final = 3600
HORIZONS: Final = (HOUR, 4 * HOUR, 24 * HOUR)
"""Seconds ahead for which returns are forecast."""
VOLATILITY_HORIZONS: Final = (HOUR, 4 * HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR)
"""Seconds ahead for which volatility is forecast."""
QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Levels at which the distribution of a return is stated."""


class HorizonForecast(NamedTuple):
    """The distribution of a pair's return over one horizon.

    Attributes
    ----------
    horizon : int
        Seconds ahead.
    probability_up : float
        Probability that the price is higher at the horizon, given that it is not the same; 0 to 1.
    expected_return : float
        Expected log-return over the horizon.
    quantiles : tuple of float
        Log-returns at `QUANTILES`, ascending.
    """

    horizon: int
    probability_up: float
    expected_return: float
    quantiles: tuple[float, ...]


class Forecast(NamedTuple):
    """A statement about the coming return of a pair.

    Attributes
    ----------
    pair : str
        Trading pair as Hummingbot names it.
    time : int
        Ledger time at which it was made: the end of the last bar it knows, seconds since 1970.
    horizon : int
        Seconds ahead, of what styles trade on.
    probability_up : float
        Probability that the price is higher at the horizon, given that it is not the same; 0 to 1.
    expected_return : float
        Expected log-return over the horizon.
    model_id : str
        What made it, as the manifests name it.
    horizons : tuple of HorizonForecast
        The same and more, for each of `HORIZONS`.
    volatility : tuple of float
        Standard deviation of the log-return over each of `VOLATILITY_HORIZONS`; empty where unknown.
    value_at_risk : tuple of float
        Loss over a day, as a positive log-return, that is exceeded with probability 5 and 1 %; empty where
        unknown.
    regime : tuple of float
        Probability of each regime, calmest first; empty where unknown.
    abstain : str or None
        Why nothing should be traded on this forecast.
    """

    pair: str
    time: int
    horizon: int
    probability_up: float
    expected_return: float
    model_id: str
    horizons: tuple[HorizonForecast, ...] = ()
    volatility: tuple[float, ...] = ()
    value_at_risk: tuple[float, ...] = ()
    regime: tuple[float, ...] = ()
    abstain: str | None = None
