from collections.abc import Sequence

from .forecast import HorizonForecast

class ReturnDistribution:
    kind: str
    model_id: str
    horizon: int
    slope: float
    tilt: float
    residuals: tuple[float, ...]
    def __init__(
        self,
        kind: str,
        model_id: str,
        horizon: int,
        slope: float,
        tilt: float,
        residuals: Sequence[float],
    ) -> None: ...
    def of(self, log_odds: float, size: float, scale: float) -> HorizonForecast: ...
