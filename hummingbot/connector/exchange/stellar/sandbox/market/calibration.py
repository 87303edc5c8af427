"""What the generator knows of XLM, measured on its hourly history.

Sample: XLM/USDT, Binance spot, hourly bars from 2022-01-01 to 2023-12-31 (17,519 log-returns of closes), the
two years before the demonstrations begin. Earlier years push the persistence to its bound of one
(2018-05-31 to 2023-12-31: α + β = 1.000, log-likelihood −58,404.8 of 48,886 returns), which a generator
cannot use. `test_generator.py` fits all of it again.

GARCH(1,1) with Student-t innovations and zero mean, maximum likelihood by ``arch`` 8; log-returns r in
percent::

    r_t = σ_t z_t,   σ²_t = ω + α r²_{t−1} + β σ²_{t−1},   z ~ t(ν) scaled to variance one

Log-likelihood −16,323.39. Standard errors (Bollerslev–Wooldridge) stand beside each constant.

References
----------
Bollerslev (1987), A conditionally heteroskedastic time series model for speculative prices and rates of
return.
"""

from typing import Final

__all__ = [
    "ALPHA",
    "BETA",
    "LARGEST_MOVE",
    "LOG_LIKELIHOOD",
    "NU",
    "OMEGA",
    "RETURNS",
    "SAMPLE_DEVIATION",
    "VOLUME_CONSTANT",
    "VOLUME_MOVE",
    "VOLUME_NOISE",
    "VOLUME_PERSISTENCE",
    "VOLUME_VOLATILITY",
    "WICK",
]

RETURNS: Final = 17_519
"""Log-returns in the sample."""

LOG_LIKELIHOOD: Final = -16_323.39

OMEGA: Final = 0.003719
"""Percent squared; standard error 0.00089."""

ALPHA: Final = 0.06594
"""Standard error 0.0094."""

BETA: Final = 0.93200
"""Standard error 0.0093."""

NU: Final = 4.089
"""Degrees of freedom; standard error 0.134."""

SAMPLE_DEVIATION: Final = 0.7937
"""Standard deviation of the hourly log-return, percent: where the generator's volatility starts. The fit's
own unconditional one, √(ω / (1 − α − β)) = 1.34, is far above it because α + β = 0.998; a path of months
stays near its start (median standard deviation over 90 days 0.77, 5 to 95 percent 0.54 to 1.49)."""

LARGEST_MOVE: Final = 35.0
"""Percent. Log-returns are cut there: the largest hour of 2018-05-31 to 2023-12-31 was 34.9 (2021-05-19)."""

WICK: Final = 0.399
"""Mean of ln(high / max(open, close)) and ln(min(open, close) / low) in units of σ_t: 0.379 and 0.419.
Their standard deviations are 1.02 and 1.04 times their means, they are uncorrelated with the body (0.01,
0.09) and with each other (−0.03): drawn as independent exponentials."""

VOLUME_CONSTANT: Final = 9.800
"""ln V_t = constant + persistence · ln V_{t−1} + volatility · ln σ_t + move · |ln(close/open)| / σ_t +
noise; V in XLM, σ_t as a fraction; least squares, R² 0.61."""

VOLUME_PERSISTENCE: Final = 0.4930

VOLUME_VOLATILITY: Final = 0.5290

VOLUME_MOVE: Final = 0.3525

VOLUME_NOISE: Final = 0.4931
"""Standard deviation of the residual, drawn as normal (V log-normal)."""
