"""The features read naively off their definition: to test and to time the compiled ones against."""

import numpy as np
import pandas as pd

BASIS_POINT = 1e-4


def features_in_pandas(start, high, low, close, volume) -> pd.DataFrame:
    """All features of whole arrays of hourly bars; NaN while a window is not full."""
    c = np.log(pd.Series(close))
    r = c.diff()
    g = np.log(pd.Series(high) / pd.Series(low))
    size, square = r.abs(), r**2
    sigma = {n: np.sqrt(square.rolling(n).mean()) for n in (6, 24, 72, 168)}
    s = np.sqrt((sigma[24] ** 2 + sigma[168] ** 2) / 2).clip(lower=1e-3)
    v = pd.Series(volume)
    q = v.rolling(168).rank() / 168 - 0.5 / 168
    q[v == 0] = 0.0

    def per_scale(x):
        return (x / s).clip(-8, 8)

    def ratio(a, b):
        return np.log(a.clip(lower=BASIS_POINT) / b.clip(lower=BASIS_POINT))

    out = {}
    for n in (1, 2, 3, 4, 6, 9, 12, 24, 48, 72, 168):
        out[f"return_{n}"] = per_scale((c - c.shift(n)) / np.sqrt(n))
    out["return_lag_1"], out["return_lag_2"] = per_scale(r.shift(1)), per_scale(r.shift(2))
    out["return_same_hour"] = per_scale(sum(r.shift(24 * k - 1) for k in range(1, 8)) / 7 * np.sqrt(7))
    mean = {n: c.rolling(n).mean() for n in (6, 12, 24, 72, 168)}
    for n in mean:
        out[f"deviation_{n}"] = per_scale((c - mean[n]) / np.sqrt(n))
    out["trend_6_24"] = per_scale((mean[6] - mean[24]) / np.sqrt(24))
    out["trend_24_168"] = per_scale((mean[24] - mean[168]) / np.sqrt(168))
    for n in (6, 12, 24, 72):
        out[f"oscillator_{n}"] = r.rolling(n).sum() / size.rolling(n).sum()
    for n in (12, 24, 72, 168):
        lowest, highest = c.rolling(n).min(), c.rolling(n).max()
        out[f"position_{n}"] = (c - lowest) / (highest - lowest)
    out["volatility"] = np.log(s)
    out["volatility_6_24"] = ratio(sigma[6], sigma[24])
    out["volatility_24_168"] = ratio(sigma[24], sigma[168])
    out["range_3_168"] = ratio(g.rolling(3).mean(), g.rolling(168).mean())
    out["range_to_return_24"] = ratio(g.rolling(24).mean(), size.rolling(24).mean())
    fall = square.where(r < 0, 0.0)
    for n in (24, 168):
        out[f"downside_{n}"] = fall.rolling(n).sum() / square.rolling(n).sum()
    out["jump_24"] = per_scale(size.rolling(24).max())
    out["skew_72"] = ((r**3).rolling(72).mean() / sigma[72] ** 3).clip(-8, 8)
    for n in (24, 168):
        product = (r * r.shift(1)).rolling(n).sum()
        out[f"autocorrelation_{n}"] = (product / square.rolling(n).sum()).clip(-1, 1)
    out["volume_rank_3"], out["volume_rank_24"] = q.rolling(3).mean(), q.rolling(24).mean()
    out["flow_12"] = (r * q).rolling(12).sum() / size.rolling(12).sum()
    coming = pd.to_datetime(pd.Series(start) + 3600, unit="s", utc=True).dt
    for name, hour, period in (
        ("hour", coming.hour, 24),
        ("week", coming.hour + 24 * coming.dayofweek, 168),
    ):
        out[f"{name}_sin"] = np.sin(2 * np.pi * hour / period)
        out[f"{name}_cos"] = np.cos(2 * np.pi * hour / period)
    return pd.DataFrame(out)
