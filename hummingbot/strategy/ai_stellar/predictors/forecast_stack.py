"""All models of one pair, told each closed bar once, and what they say together."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from hummingbot.strategy.ai_stellar.features import WARM_UP as FEATURES_WARM_UP

from .artifact import MANIFEST
from .combiner import Combiner
from .drift import Drift
from .errors import ModelError
from .forecast import HORIZONS, Forecast
from .guard import GuardPredictor
from .lstm import WARM_UP as LSTM_WARM_UP
from .lstm import LstmPredictor
from .price import PricePredictor
from .protocol import Observation
from .regime import RegimePredictor
from .volatility import VolatilityPredictor

__all__ = ["PERIOD", "WARM_UP", "ForecastStack", "Models"]

HOUR: Final = 3600
PERIOD: Final = 720
"""Hours after which the weights of the price models start anew."""
WARM_UP: Final = FEATURES_WARM_UP + LSTM_WARM_UP + PERIOD
"""Bars after which a restart has the numbers of a run that never stopped: those that the network needs, then
one period of weights."""
STEPS: Final = tuple(horizon // HOUR for horizon in HORIZONS)


@dataclass(frozen=True, slots=True)
class Models:
    """The models that are consulted, each loaded once and shared by all pairs.

    Attributes
    ----------
    price : PricePredictor
        Boosted trees.
    lstm : LstmPredictor or None
        The recurrent network; without it the trees alone are asked for returns.
    volatility : VolatilityPredictor or None
    regime : RegimePredictor or None
    guard : GuardPredictor or None
    """

    price: PricePredictor
    lstm: LstmPredictor | None = None
    volatility: VolatilityPredictor | None = None
    regime: RegimePredictor | None = None
    guard: GuardPredictor | None = None

    @classmethod
    def load(cls, directory: Path | None = None) -> Self:
        """Load and verify every model.

        Parameters
        ----------
        directory : Path, optional
            Where one's own are: a directory with one below it for each kind, as ``retrain`` makes it, or the
            directory of a price model. The shipped ones take the place of those that are not there.

        Raises
        ------
        ModelError
            If a model is missing, cut off or altered, or there is none in the directory.
        """
        kinds = ("price", "lstm", "volatility", "regime", "guard")
        own: dict[str, Path] = {}
        if directory is not None:
            own = {kind: directory / kind for kind in kinds if (directory / kind / MANIFEST).is_file()}
            if not own:  # then it must be a price model itself, or it says what is wrong
                own = {"price": directory}
        return cls(
            PricePredictor.load(own.get("price")),
            LstmPredictor.load(own.get("lstm")),
            VolatilityPredictor.load(own.get("volatility")),
            RegimePredictor.load(own.get("regime")),
            GuardPredictor.load(own.get("guard")),
        )

    @property
    def model_id(self) -> str:
        """The models, as their manifests name them."""
        every = (self.price, self.lstm, self.volatility, self.regime, self.guard)
        return ", ".join(one.model_id for one in every if one is not None)


class ForecastStack:
    """What is foreseen of one pair.

    Both price models forecast each horizon; probabilities, expected returns and quantiles are averaged with
    the weights that `Combiner` gives them by their loss of late. Volatility and regime stand beside. Where
    the guard finds the hour unlike the training data, or forecasts or features have drifted, the forecast
    abstains.

    Parameters
    ----------
    pair : str
        Trading pair as Hummingbot names it.
    models : Models
        Of which this takes fresh ones.
    """

    __slots__ = (
        "_closes", "_combiners", "_drift", "_forecast", "_guard", "_pair", "_price", "_regime", "_returns",
        "_volatility", "model_id",
    )  # fmt: skip

    def __init__(self, pair: str, models: Models) -> None:
        self._pair = pair
        self._price = models.price.fresh()
        self._returns: list[PricePredictor | LstmPredictor] = [self._price]
        if models.lstm is not None:
            self._returns.append(models.lstm.fresh())
        self._volatility = None if models.volatility is None else models.volatility.fresh()
        self._regime = None if models.regime is None else models.regime.fresh()
        self._guard = None if models.guard is None else models.guard.fresh()
        self._drift = Drift()
        self._combiners = [Combiner(len(self._returns), steps, PERIOD) for steps in STEPS]
        self._closes: deque[float] = deque(maxlen=max(STEPS) + 1)
        self._forecast: Forecast | None = None
        self.model_id = ", ".join(model.model_id for model in self._returns)

    def update(self, observation: Observation) -> None:
        """Take one closed bar and the features after it, and forecast anew.

        A model that forecasts no number abstains, and the reason says which.
        """
        self._closes.append(observation.bar.close)
        try:
            self._forecast = self._after(observation)
        except (ModelError, ArithmeticError) as error:
            self._forecast = Forecast(
                self._pair,
                observation.time,
                0,
                0.5,
                0.0,
                self.model_id,
                abstain=f"a model is damaged: {error}",
            )

    def forecast(self) -> Forecast | None:
        """Return what is foreseen after the last bar; None until the features are known."""
        return self._forecast

    def contributions(self) -> list[tuple[str, float]]:
        """Return what each feature adds to the trees' log-odds of up, largest in size first; for displays."""
        return self._price.contributions()

    def weights(self, number: int) -> list[tuple[float, ...]]:
        """Return the weights of the price models by horizon, for the hour of that number since 1970."""
        return [combiner.weights(number) for combiner in self._combiners]

    def _after(self, observation: Observation) -> Forecast | None:
        for returns in self._returns:
            returns.update(observation)
        if self._volatility is not None:
            self._volatility.update(observation)
        if self._regime is not None:
            self._regime.update(observation)
        said = [model.forecast() for model in self._returns]
        number = observation.time // HOUR
        combined = [
            combiner.combine(number, [None if one is None else one[k] for one in said], self._rose(STEPS[k]))
            for k, combiner in enumerate(self._combiners)
        ]
        first = combined[0]
        if said[0] is None or first is None:  # without the trees, what the network says is only learnt from
            return None
        volatility = None if self._volatility is None else self._volatility.forecast()
        regime = None if self._regime is None else self._regime.forecast()
        reason = distance = None
        if self._guard is not None:
            self._guard.update(observation)
            reason, distance = self._guard.forecast(), self._guard.distance
        self._drift.update(observation.time, self._rose(1), first.probability_up, distance)
        return Forecast(
            self._pair,
            observation.time,
            first.horizon,
            first.probability_up,
            first.expected_return,
            self.model_id,
            tuple(one for one in combined if one is not None),
            () if volatility is None else volatility.sigma,
            () if volatility is None else volatility.value_at_risk,
            regime or (),
            reason or self._drift.reason(),
        )

    def _rose(self, steps: int) -> float | None:
        """Whether the price rose in the last ``steps`` hours, 1 or 0; None where it stayed or is unknown."""
        if len(self._closes) <= steps:
            return None
        change = self._closes[-1] - self._closes[-1 - steps]
        return None if change == 0.0 else float(change > 0.0)
