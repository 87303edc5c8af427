from collections.abc import Sequence

from .forecast import HorizonForecast

class ReturnDistribution:
    horizon: int
    slope: float
    tilt: float
    residuals: tuple[float, ...]
    def __init__(self, horizon: int, slope: float, tilt: float, residuals: Sequence[float]) -> None: ...
    def of(self, log_odds: float, size: float, scale: float) -> HorizonForecast: ...
