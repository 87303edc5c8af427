"""What a predictor says about one pair at one time."""

from dataclasses import dataclass

__all__ = ["Forecast"]


@dataclass(frozen=True, slots=True)
class Forecast:
    """A statement about the return of a pair over the coming horizon.

    Attributes
    ----------
    pair : str
        Trading pair as Hummingbot names it.
    time : int
        Ledger time at which it was made: the end of the last bar it knows, seconds since 1970.
    horizon : int
        Seconds ahead.
    probability_up : float
        Probability that the price is higher at the horizon, given that it is not the same; 0 to 1.
    expected_return : float
        Expected log-return over the horizon; its sign is that of ``probability_up - 0.5``.
    model_id : str
        The model that made it, as its manifest names it.
    """

    pair: str
    time: int
    horizon: int
    probability_up: float
    expected_return: float
    model_id: str
