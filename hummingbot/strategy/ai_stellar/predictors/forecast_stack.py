"""All models of one pair, told each closed bar once, and what they say together."""

from .errors import ModelError
from .forecast import Forecast
from .price import PricePredictor
from .protocol import Observation

__all__ = ["ForecastStack"]


class ForecastStack:
    """What is foreseen of one pair.

    It holds the state that models carry from bar to bar; the models themselves are shared.

    Parameters
    ----------
    pair : str
        Trading pair as Hummingbot names it.
    price : PricePredictor
        The price model, of which this takes a fresh one.
    """

    __slots__ = ("_pair", "_price", "_time", "model_id")

    def __init__(self, pair: str, price: PricePredictor) -> None:
        self.model_id = price.model_id
        self._pair = pair
        self._price = price.fresh()
        self._time = 0

    def update(self, observation: Observation) -> None:
        """Take one closed bar and the features after it."""
        self._time = observation.time
        self._price.update(observation)

    def forecast(self) -> Forecast | None:
        """Return what is foreseen now; None until the features are known.

        A model that forecasts no number abstains, and the reason says which.
        """
        try:
            horizons = self._price.forecast()
        except ModelError as error:
            return Forecast(
                self._pair, self._time, 0, 0.5, 0.0, self.model_id, abstain=f"a model is damaged: {error}"
            )
        if horizons is None:
            return None
        first = horizons[0]
        return Forecast(
            self._pair, self._time, first.horizon, first.probability_up, first.expected_return, self.model_id,
            horizons,
        )  # fmt: skip

    def contributions(self) -> list[tuple[str, float]]:
        """Return what each feature adds to the log-odds of up, largest in size first; for displays."""
        return self._price.contributions()
