"""The same market seen on another venue: bars rebuilt with bid–ask bounce and another share of the volume."""

from dataclasses import dataclass, replace

import numpy as np

from .history import History

__all__ = ["TRAINING_NOISE", "VENUE_NOISE", "VenueNoise", "seen_elsewhere"]


@dataclass(frozen=True, slots=True)
class VenueNoise:
    """How far bars built from one venue's own trades stray from another venue's.

    Attributes
    ----------
    bounce : float
        Half-spread that trade prices bounce by, log units (assumed: 8 bp, the half-spread of the sandbox's
        book).
    reach : float
        Standard deviation by which highs and lows are missed or exceeded, log units (assumed: 8 bp).
    volume : float
        Standard deviation of the log of the volume's factor (assumed: 0.3).
    """

    bounce: float = 8e-4
    reach: float = 8e-4
    volume: float = 0.3


VENUE_NOISE = VenueNoise()
TRAINING_NOISE = VenueNoise(bounce=30e-4)
"""What models are trained through: more than is expected, so that they lean less on small moves. It brings
forecasts from clean and from noisy bars closer together than training through 8 bp does."""


def seen_elsewhere(history: History, seed: int, noise: VenueNoise = VENUE_NOISE) -> History:
    """Return ``history`` as another venue would have printed it.

    Opens and closes move by plus or minus `VenueNoise.bounce` at random, highs and lows by a normal error
    (and still enclose them), volumes by a lognormal factor; hours without trades stay flat.
    """
    rng = np.random.default_rng(seed)
    n = len(history)
    side = rng.choice((-1.0, 1.0), size=(2, n)) * noise.bounce
    error = rng.standard_normal((3, n))
    close = history.close * np.exp(side[0])
    previous = np.concatenate([close[:1], close[:-1]])
    close = np.where(history.traded, close, previous)
    open_ = np.where(history.traded, history.open * np.exp(side[1]), close)
    high = np.where(history.traded, history.high * np.exp(noise.reach * error[0]), close)
    low = np.where(history.traded, history.low * np.exp(noise.reach * error[1]), close)
    return replace(
        history,
        open=open_,
        high=np.maximum.reduce([high, open_, close]),
        low=np.minimum.reduce([low, open_, close]),
        close=close,
        volume=history.volume * np.exp(noise.volume * error[2]),
    )
