"""Training the LSTM with JAX; nothing that trades imports this.

Windows of consecutive hours of many series begin from an empty state; the loss of their first hours is left
out, as are forecasts from a state that young. Of each window some features are dropped for all its hours.
The optimiser is Adam with a cosine schedule.

References
----------
Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015
Gal and Ghahramani, A theoretically grounded application of dropout in recurrent neural networks, NIPS 2016
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from .forecast import HORIZONS, QUANTILES
from .lstm import INPUT_LIMIT, SETTLED, LstmWeights

__all__ = ["LstmSettings", "LstmTraining", "Series", "fit_weights", "outputs"]

LARGEST_SIZE: Final = 8.0
SIZE_SHARE: Final = 0.1
"""Weight of the size's loss beside the direction's."""
WARMING_STEPS: Final = 50
LAST_RATE: Final = 0.02
MOMENTUM, SQUARES, SMALL = 0.9, 0.99, 1e-8

Floats = NDArray[np.float64]
Weights = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Series:
    """Consecutive hours of one price series.

    Attributes
    ----------
    rows : ndarray, shape (n, inputs)
        Feature rows, all finite.
    ratio : ndarray, shape (n, len(HORIZONS))
        Log-return over each horizon in units of scale · √hours; NaN where it is unknown or comes too late.
    """

    rows: NDArray[Any]
    ratio: Floats


@dataclass(frozen=True, slots=True)
class LstmTraining:
    """What a network is trained on.

    Attributes
    ----------
    series : tuple of Series
        Price series, of any lengths.
    """

    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class LstmSettings:
    """How a network is trained.

    Attributes
    ----------
    hidden : int
        Units.
    epochs : int
        Passes over all windows.
    dropout : float
        Share of features dropped.
    rate : float
        Largest learning rate.
    window : int
        Hours in a window.
    batch : int
        Windows in a step.
    seed : int
        Of everything random.
    """

    hidden: int = 24
    epochs: int = 5
    dropout: float = 0.5
    rate: float = 2e-3
    window: int = 144
    batch: int = 64
    seed: int = 1


def fit_weights(training: LstmTraining, settings: LstmSettings) -> LstmWeights:
    """Train a network; calibration is left neutral: slope 1, tilt and residuals 0.

    Raises
    ------
    ValueError
        If no series is as long as a window.
    """
    rows = np.concatenate([one.rows for one in training.series]).astype(np.float64)
    center, deviation = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    inputs = [_standardised(one.rows, center, deviation) for one in training.series]
    ratios = [one.ratio.astype(np.float32) for one in training.series]
    windows = sum(max(len(one) - settings.window + 1, 0) for one in inputs)
    if windows == 0:
        raise ValueError(f"no series has {settings.window} hours: give longer ones or smaller windows")
    weights = _initial(rows.shape[1], settings)
    first = second = jax.tree.map(jnp.zeros_like, weights)
    rng = np.random.default_rng(settings.seed)
    epochs = [list(_batches(inputs, settings, rng)) for _ in range(settings.epochs)]
    batches = [batch for epoch in epochs for batch in epoch]
    for done, batch in enumerate(batches, 1):
        x = np.stack([inputs[k][at : at + settings.window] for k, at in batch], axis=1)
        y = np.stack([ratios[k][at + SETTLED : at + settings.window] for k, at in batch], axis=1)
        share = min(1.0, done / WARMING_STEPS) * (0.5 * (1 + np.cos(np.pi * done / len(batches))) + LAST_RATE)
        weights, first, second = _descend(
            weights, first, second, done, x, y, jax.random.key(done), settings.rate * share, settings.dropout
        )
    heads = len(HORIZONS)
    return {
        "center": center,
        "deviation": deviation,
        **{name: np.asarray(array, np.float64) for name, array in weights.items()},
        "slope": np.ones(heads),
        "tilt": np.zeros(heads),
        "residuals": np.zeros((heads, len(QUANTILES))),
    }


def outputs(weights: LstmWeights, rows: NDArray[Any]) -> Floats:
    """Return log-odds and log-sizes of a series from an empty state, before calibration.

    Parameters
    ----------
    weights : mapping of str to ndarray
        As `fit_weights` returns them.
    rows : ndarray, shape (n, inputs)
        Consecutive feature rows.

    Returns
    -------
    ndarray of float64, shape (n, 2 * len(HORIZONS))
    """
    x = _standardised(rows, weights["center"], weights["deviation"])[:, None]
    network = {name: jnp.asarray(weights[name], jnp.float32) for name in _initial(1, LstmSettings())}
    return np.asarray(_run(network, x)[:, 0], dtype=np.float64)


def _standardised(rows: NDArray[Any], center: Floats, deviation: Floats) -> NDArray[np.float32]:
    return np.clip((rows - center) / deviation, -INPUT_LIMIT, INPUT_LIMIT).astype(np.float32)


def _initial(inputs: int, settings: LstmSettings) -> Weights:
    keys, n = jax.random.split(jax.random.key(settings.seed), 3), settings.hidden
    return {
        "input_weights": 0.5 / np.sqrt(inputs) * jax.random.normal(keys[0], (inputs, 4 * n)),
        "recurrent_weights": 0.5 / np.sqrt(n) * jax.random.normal(keys[1], (n, 4 * n)),
        "bias": jnp.zeros(4 * n).at[n : 2 * n].set(1.0),  # remember at first
        "head_weights": 0.01 * jax.random.normal(keys[2], (n, 2 * len(HORIZONS))),
        "head_bias": jnp.zeros(2 * len(HORIZONS)),
    }


def _batches(
    inputs: list[NDArray[np.float32]], settings: LstmSettings, rng: np.random.Generator
) -> Iterator[list[tuple[int, int]]]:
    """Yield batches of (series, first hour): windows whose judged hours cover each series once, shuffled."""
    stride, found = settings.window - SETTLED, []
    for k, series in enumerate(inputs):
        last = len(series) - settings.window
        if last >= 0:
            found += [(k, at) for at in range(int(rng.integers(0, min(stride, last + 1))), last + 1, stride)]
    order = rng.permutation(len(found))
    size = min(settings.batch, len(found))
    for at in range(0, len(found) - size + 1, size):
        yield [found[k] for k in order[at : at + size]]


def _run(weights: Weights, x: Any) -> Any:
    """Return the outputs of windows (hours, windows, inputs) from an empty state."""
    empty = jnp.zeros((x.shape[1], weights["recurrent_weights"].shape[0]))

    def step(state: tuple[Any, Any], z: Any) -> tuple[tuple[Any, Any], Any]:
        hidden, cell = state
        take, keep, candidate, show = jnp.split(z + hidden @ weights["recurrent_weights"], 4, axis=-1)
        cell = jax.nn.sigmoid(keep) * cell + jax.nn.sigmoid(take) * jnp.tanh(candidate)
        hidden = jax.nn.sigmoid(show) * jnp.tanh(cell)
        return (hidden, cell), hidden

    _, hidden = jax.lax.scan(step, (empty, empty), x @ weights["input_weights"] + weights["bias"])
    return hidden @ weights["head_weights"] + weights["head_bias"]


def _loss(weights: Weights, x: Any, ratio: Any, key: Any, dropout: float) -> Any:
    """Log-loss of the direction, and exponential likelihood of the size."""
    kept = jax.random.bernoulli(key, 1 - dropout, (1, x.shape[1], x.shape[2])) / (1 - dropout)
    out = _run(weights, x * kept)[SETTLED:]
    log_odds, log_size = jnp.split(out, 2, axis=-1)
    known = jnp.isfinite(ratio)
    ratio = jnp.where(known, ratio, 0.0)
    moved = ratio != 0.0
    direction = jnp.logaddexp(0.0, -jnp.sign(ratio) * log_odds)
    size = jnp.minimum(jnp.abs(ratio), LARGEST_SIZE) * jnp.exp(-log_size) + log_size
    return jnp.sum(direction * moved) / jnp.maximum(jnp.sum(moved), 1) + SIZE_SHARE * jnp.sum(
        size * known
    ) / jnp.maximum(jnp.sum(known), 1)


@partial(jax.jit, static_argnames="dropout")
def _descend(
    weights: Weights, first: Weights, second: Weights, done: int, x: Any, ratio: Any, key: Any, rate: float,
    dropout: float,
) -> tuple[Weights, Weights, Weights]:  # fmt: skip
    """Take one step of Adam."""
    slope = jax.grad(_loss)(weights, x, ratio, key, dropout)
    first = jax.tree.map(lambda m, g: MOMENTUM * m + (1 - MOMENTUM) * g, first, slope)
    second = jax.tree.map(lambda v, g: SQUARES * v + (1 - SQUARES) * g * g, second, slope)
    unbias, unbias_squares = 1 - MOMENTUM**done, 1 - SQUARES**done
    weights = jax.tree.map(
        lambda w, m, v: w - rate * (m / unbias) / (jnp.sqrt(v / unbias_squares) + SMALL),
        weights,
        first,
        second,
    )
    return weights, first, second
