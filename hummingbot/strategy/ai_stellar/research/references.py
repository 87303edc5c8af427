"""Closes of the coins that lead the market, laid beside another coin's bars."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import REFERENCES

from .history import History, read_history

__all__ = ["align_references", "base_of", "beside", "references_beside", "unknown_references", "with_outages"]

Floats = NDArray[np.float64]

NAME: Final = re.compile(r"([A-Z0-9]+?)([-_]?(?:USDT|USDC|USD|EUR)(?:[^A-Z].*|))")
"""File names such as ``XLMUSDT_1h_binance_spot.parquet`` or ``XLM-USD.csv``: a coin, then its quote."""
OUTAGE: Final = 14 * 24
"""Hours for which references stay missing in training."""
ALL_MISSING: Final = 0.15
ONE_MISSING: Final = 0.15


def unknown_references(n: int) -> Floats:
    """Return ``n`` rows of no reference at all."""
    return np.full((n, len(REFERENCES)), np.nan)


def base_of(file: str) -> str:
    """Return the coin that a price file's name begins with, or nothing."""
    match = NAME.fullmatch(file)
    return match[1] if match else ""


def align_references(start: NDArray[np.int64], histories: Mapping[str, History], base: str = "") -> Floats:
    """Return the closes of `REFERENCES` at bars, NaN where unknown.

    Parameters
    ----------
    start : ndarray of int64, shape (n,)
        Starts of the bars, seconds since 1970.
    histories : dict of str to History
        By coin; those of others are not looked at.
    base : str
        The coin whose bars these are: it is no reference to itself.

    Returns
    -------
    ndarray of float64, shape (n, 3)
    """
    closes = unknown_references(len(start))
    for column, coin in enumerate(REFERENCES):
        history = histories.get(coin)
        if history is None or coin == base or not len(history):
            continue
        at = np.clip(np.searchsorted(history.start, start), 0, len(history) - 1)
        known = (history.start[at] == start) & history.traded[at]
        closes[known, column] = history.close[at[known]]
    return closes


def references_beside(file: Path) -> dict[str, History]:
    """Read the references' files that lie beside a price file under names like its own.

    Raises
    ------
    HistoryError
        If one of them cannot be used.
    """
    return beside(file, REFERENCES)


def beside(file: Path, coins: Iterable[str]) -> dict[str, History]:
    """Read the files of coins that lie beside another's under names like its own, by coin.

    Raises
    ------
    HistoryError
        If one of them cannot be used.
    """
    match = NAME.fullmatch(file.name)
    names = {coin: file.with_name(coin + match[2]) for coin in coins} if match else {}
    return {
        coin: read_history(path) for coin, path in names.items() if path.is_file() and path.name != file.name
    }


def with_outages(references: Floats, seed: int) -> Floats:
    """Return closes with fortnights in which all references are missing, and others in which one is.

    A model that is trained through it forecasts without references as well.
    """
    rng = np.random.default_rng(seed)
    n = -(-len(references) // OUTAGE)
    chance, which = rng.random(n), rng.integers(0, len(REFERENCES), n)
    missing = np.repeat((chance < ALL_MISSING)[:, None], len(REFERENCES), axis=1)
    one = (chance >= ALL_MISSING) & (chance < ALL_MISSING + ONE_MISSING)
    missing[one, which[one]] = True
    return np.where(np.repeat(missing, OUTAGE, axis=0)[: len(references)], np.nan, references)
