"""What a calibrated model says of a return: its probability of up, expectation and quantiles."""

from libc.math cimport isfinite, sqrt, tanh

from .artifact import retrain
from .errors import ModelError
from .forecast import QUANTILES, HorizonForecast

__all__ = ["ReturnDistribution"]

cdef double HOUR = 3600.0


cdef class ReturnDistribution:
    """The distribution of a return over one horizon, by a model's log-odds of up and size of a move.

    With slope ``b``, tilt ``t`` and residual quantiles ``z``::

        p = 1 / (1 + exp(-b · log-odds))
        expected return = t · (2 p - 1) · size · scale · √hours
        quantiles = expected return + z · size · scale · √hours

    Parameters
    ----------
    kind, model_id : str
        Whose it is, as errors name it.
    horizon : int
        Seconds ahead.
    slope, tilt : float
        0 to 1.
    residuals : sequence of float
        Ascending, at `forecast.QUANTILES`.

    Raises
    ------
    ValueError
        If a number is none of these.
    """

    cdef readonly str kind, model_id
    cdef readonly long horizon
    cdef readonly double slope, tilt
    cdef readonly tuple residuals
    cdef double _unit

    def __init__(self, str kind, str model_id, long horizon, double slope, double tilt, residuals):
        self.kind, self.model_id = kind, model_id
        self.horizon, self.slope, self.tilt = horizon, slope, tilt
        self.residuals = tuple(map(float, residuals))
        if not (0.0 <= slope <= 1.0 and 0.0 <= tilt <= 1.0):
            raise ValueError(f"slope {slope} or tilt {tilt} is not from 0 to 1")
        if len(self.residuals) != len(QUANTILES) or list(self.residuals) != sorted(self.residuals):
            raise ValueError(f"residuals {self.residuals} are not {len(QUANTILES)} that ascend")
        self._unit = sqrt(horizon / HOUR)

    def of(self, double log_odds, double size, double scale):
        """Return it as a `HorizonForecast`.

        Parameters
        ----------
        log_odds : float
            Of up, before calibration.
        size : float
            Expected absolute log-return, in units of ``scale · √hours``.
        scale : float
            `Features.scale`: hourly volatility, log-return units.

        Raises
        ------
        ModelError
            If that gives a number that is not finite, or certainty: the model is damaged.
        """
        cdef double lean = tanh(0.5 * self.slope * log_odds)  # 2 p - 1
        cdef double move = size * scale * self._unit
        cdef double expected = self.tilt * lean * move
        cdef double residual
        if not (-1.0 < lean < 1.0 and isfinite(move)):
            raise ModelError(
                f"{self.kind} model {self.model_id} forecasts no return over {self.horizon} s (log-odds {log_odds:.3g}, "
                f"size {size:.3g} at scale {scale:.3g}): {retrain(self.kind)}"
            )
        quantiles = tuple([expected + residual * move for residual in self.residuals])
        return HorizonForecast(self.horizon, 0.5 + 0.5 * lean, expected, quantiles)
