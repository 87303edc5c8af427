"""A forecaster for tests of what comes after it."""

import numpy as np

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.predictors.forecast import Forecast
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation


class Trend:
    """Believes in the last return."""

    abstain: str | None = None

    def __init__(self, pair: str = "XLM-USDC") -> None:
        self.pair, self.time, self.return_1 = pair, 0, 0.0

    def update(self, observation: Observation) -> None:
        self.time, self.return_1 = observation.time, float(observation.row[0])

    def forecast(self) -> Forecast | None:
        probability = 0.5 + 0.05 * float(np.tanh(self.return_1))
        return Forecast(self.pair, self.time, HOUR, probability, 0.0, "trend", abstain=self.abstain)

    def contributions(self) -> list[tuple[str, float]]:
        return [("return_1", self.return_1)]
