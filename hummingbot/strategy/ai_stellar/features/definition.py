"""What each feature is: the one table that training, live trading, cards and explanations share.

Notation, for the bar that has just closed: ``c`` log close, ``r`` its change over one bar, ``g`` log(high /
low), ``s = max(sqrt((σ24² + σ168²) / 2), 10 bp)`` with ``σn`` the root mean square of the last ``n`` returns,
``q`` the mid-rank in (0, 1) of the bar's volume among the last 168 (0 when nothing traded). What is divided
by ``s`` is clipped to ±8. Nothing depends on the unit of price or volume, nor on anything but the last
`WARM_UP` bars.
"""

import hashlib
from typing import Final

__all__ = ["DEFINITION", "FEATURE_COUNT", "FEATURE_NAMES", "FEATURE_SET_HASH", "WARM_UP"]

WARM_UP: Final = 193
"""Bars needed before the first row; one page of Horizon's ``/trade_aggregations`` (200) holds them."""

DEFINITION: Final[dict[str, str]] = {
    # returns over several horizons, in units of their expected size
    **{
        f"return_{n}": f"(c[t] - c[t-{n}]) / (s * sqrt({n}))" for n in (1, 2, 3, 4, 6, 9, 12, 24, 48, 72, 168)
    },
    "return_lag_1": "r[t-1] / s",
    "return_lag_2": "r[t-2] / s",
    "return_same_hour": "mean over k=1..7 of r[t+1-24k], / s * sqrt(7): this coming hour on the days before",
    # distance from the mean, and between means
    **{f"deviation_{n}": f"(c[t] - mean of the last {n} c) / (s * sqrt({n}))" for n in (6, 12, 24, 72, 168)},
    "trend_6_24": "(mean of the last 6 c - mean of the last 24 c) / (s * sqrt(24))",
    "trend_24_168": "(mean of the last 24 c - mean of the last 168 c) / (s * sqrt(168))",
    # oscillators
    **{f"oscillator_{n}": f"sum of the last {n} r / sum of |r|: RSI on -1..1" for n in (6, 12, 24, 72)},
    **{
        f"position_{n}": f"(c[t] - min) / (max - min) of the last {n} c: %K on closes"
        for n in (12, 24, 72, 168)
    },
    # volatility and range
    "volatility": "log of s",
    "volatility_6_24": "log of (6-bar / 24-bar) root mean square r, each at least 1 bp",
    "volatility_24_168": "log of (24-bar / 168-bar) root mean square r, each at least 1 bp",
    "range_3_168": "log of (3-bar / 168-bar) mean g, each at least 1 bp",
    "range_to_return_24": "log of (mean g / mean |r|) over 24 bars, each at least 1 bp",
    "downside_24": "share of negative r in the sum of 24 r²",
    "downside_168": "share of negative r in the sum of 168 r²",
    "jump_24": "largest |r| of 24 / s",
    "skew_72": "mean of 72 r³ / σ72³",
    "autocorrelation_24": "sum of 24 r[i] r[i-1] / sum of 24 r², limited to ±1",
    "autocorrelation_168": "sum of 168 r[i] r[i-1] / sum of 168 r², limited to ±1",
    # volume, only as rank within the venue's own week
    "volume_rank_3": "mean of the last 3 q",
    "volume_rank_24": "mean of the last 24 q",
    "flow_12": "sum of the last 12 r q / sum of |r|",
    # calendar of the hour to come, UTC
    "hour_sin": "sin(2π hour / 24)",
    "hour_cos": "cos(2π hour / 24)",
    "week_sin": "sin(2π hour of week / 168)",
    "week_cos": "cos(2π hour of week / 168)",
}

FEATURE_NAMES: Final[tuple[str, ...]] = tuple(DEFINITION)
FEATURE_COUNT: Final = len(FEATURE_NAMES)
FEATURE_SET_HASH: Final = hashlib.sha256(
    "\n".join(f"{name}: {formula}" for name, formula in DEFINITION.items()).encode()
).hexdigest()[:16]
"""Identifies this definition; a model states the one it was trained on."""
