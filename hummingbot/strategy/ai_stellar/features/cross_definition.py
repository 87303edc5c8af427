"""Features of other assets: what a pair's return is beside those of the coins that lead the market.

Notation as in `definition`, and for each reference ``k``: ``c_k`` its log close, ``s_k = max(sqrt((σ24² +
σ168²) / 2), 10 bp)`` from those of its own returns that are known. ``m_n`` is the mean of ``c_k[t] -
c_k[t-n]`` over the references whose two closes are known. Where a close that is needed is missing the
feature is NaN, which the trees take as it is; so is everything of a reference of which less than half of the
24 or of the 168 returns are known.
"""

import hashlib
from typing import Final

__all__ = ["CROSS_COUNT", "CROSS_DEFINITION", "CROSS_NAMES", "CROSS_SET_HASH", "CROSS_WARM_UP", "REFERENCES"]

REFERENCES: Final = ("BTC", "ETH", "XRP")
"""The coins whose closes are taken, in this order."""
CROSS_WARM_UP: Final = 169
"""Bars after which nothing seen before them matters."""

CROSS_DEFINITION: Final[dict[str, str]] = {
    **{
        f"{coin.lower()}_return_{n}": f"(c_k[t] - c_k[t-{n}]) / (s_k * sqrt({n})), k = {coin}, clipped to ±8"
        for coin in REFERENCES
        for n in (1, 4, 24)
    },
    **{
        f"relative_{n}": f"(c[t] - c[t-{n}] - m_{n}) / (s * sqrt({n})), clipped to ±8"
        for n in (1, 4, 24, 168)
    },
    "beta_168": "sum of the last 168 r m_1 / sum of m_1², where m_1 is known (84 at least), limited to ±4",
}

CROSS_NAMES: Final[tuple[str, ...]] = tuple(CROSS_DEFINITION)
CROSS_COUNT: Final = len(CROSS_NAMES)
CROSS_SET_HASH: Final = hashlib.sha256(
    "\n".join(f"{name}: {formula}" for name, formula in CROSS_DEFINITION.items()).encode()
).hexdigest()[:16]
"""Identifies this definition."""
