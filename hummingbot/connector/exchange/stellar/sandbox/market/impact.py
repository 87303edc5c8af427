"""How executed volume moves the price: by its square root, for a while."""

import math
from dataclasses import dataclass

from .reference import Conditions

__all__ = ["Impact"]


@dataclass(slots=True)
class Impact:
    """The market's own push on the reference price.

    The signed volume that takers executed (bought positive), discounted exponentially, moves the price by the
    square-root law::

        ln(price / reference) = sign(F) · Y · σ_day · √(|F| / V_day)

    A parent order of any length in many parts so has the impact of its whole, not the larger sum of its
    parts'. The law is known for volumes up to about a day's, so the move grows no further beyond V_day. F
    decays with half of `half_life`, therefore the move with `half_life`. All takers count, third parties and
    informed ones too. The history itself is never changed: the move sits on top of it and dies away.

    Parameters
    ----------
    coefficient : float
        Y.
    half_life : float
        Seconds of market time.
    volume : float
        F, base units, as of `time`.
    time : float
        Unix seconds.
    """

    coefficient: float
    half_life: float
    volume: float = 0.0
    time: float = 0.0

    def add(self, signed_volume: float, time: float) -> None:
        """Record what takers bought (base units; sold negative) in the ledger closed at `time`."""
        self.volume = self._discounted(time) + signed_volume
        self.time = time

    def move(self, time: float, conditions: Conditions) -> float:
        """Return ln(price / reference) at `time`."""
        volume = self._discounted(time)
        if volume == 0.0 or conditions.daily_volume <= 0.0:
            return 0.0
        size = math.sqrt(min(abs(volume) / conditions.daily_volume, 1.0))
        return math.copysign(self.coefficient * conditions.daily_volatility * size, volume)

    def _discounted(self, time: float) -> float:
        return self.volume * math.exp2(-2.0 * max(time - self.time, 0.0) / self.half_life)
