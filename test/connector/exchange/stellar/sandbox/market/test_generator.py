"""The generator looks like XLM, and its constants are what XLM's history says."""

from pathlib import Path

import numpy as np
import pyarrow.parquet
import pytest
from numpy.typing import NDArray

from hummingbot.connector.exchange.stellar.sandbox.market import calibration as xlm
from hummingbot.connector.exchange.stellar.sandbox.market.bars import HOUR, Bars
from hummingbot.connector.exchange.stellar.sandbox.market.generator import INITIAL_PRICE, GeneratedHistory

START = 1_704_067_200
YEAR = 365 * 24


def year(seed: int) -> Bars:
    return GeneratedHistory(seed, "XLM/USDC", START).until(START + YEAR * HOUR)


def autocorrelation(series: NDArray[np.float64], lag: int) -> float:
    return float(np.corrcoef(series[:-lag], series[lag:])[0, 1])


@pytest.fixture(scope="module")
def paths() -> list[Bars]:
    return [year(seed) for seed in range(8)]


def test_the_same_seed_gives_the_same_bars_however_they_are_asked_for() -> None:
    at_once = year(3)
    step_by_step = GeneratedHistory(3, "XLM/USDC", START)
    for days in range(0, 360, 7):
        step_by_step.until(START + days * 24 * HOUR)
    again = step_by_step.until(START + YEAR * HOUR)
    for name in ("start", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(at_once, name), getattr(again, name))


def test_seeds_and_pairs_have_paths_of_their_own() -> None:
    base = year(3).close
    assert not np.allclose(base, year(4).close)
    assert not np.allclose(base, GeneratedHistory(3, "XLM/EURC", START).until(START + YEAR * HOUR).close)


def test_it_starts_at_the_initial_price_after_at_least_sixty_days() -> None:
    source = GeneratedHistory(1, "XLM/USDC", START)
    bars = source.until(START)
    assert bars.open[-1] == pytest.approx(INITIAL_PRICE)
    assert bars.start[-1] == START
    assert len(bars) - 1 >= 60 * 24


def test_bars_are_possible(paths: list[Bars]) -> None:
    for bars in paths:
        assert np.all(np.diff(bars.start) == HOUR)
        assert np.allclose(bars.open[1:], bars.close[:-1])
        assert np.all(bars.high >= np.maximum(bars.open, bars.close))
        assert np.all(bars.low <= np.minimum(bars.open, bars.close))
        assert np.all(bars.low > 0)
        assert np.all(bars.volume > 0)


def test_returns_have_fat_tails_clustered_volatility_and_no_memory_of_sign(paths: list[Bars]) -> None:
    returns = [np.diff(np.log(bars.close)) for bars in paths]
    kurtosis = [float(((r / r.std()) ** 4).mean()) for r in returns]
    assert min(kurtosis) > 5.0
    assert np.mean([autocorrelation(np.abs(r), 1) for r in returns]) > 0.15
    assert np.mean([autocorrelation(np.abs(r), 24) for r in returns]) > 0.08
    assert abs(np.mean([autocorrelation(r, 1) for r in returns])) < 0.03
    assert 0.5e-2 < np.median([r.std() for r in returns]) < 1.5e-2


def test_volume_follows_the_size_of_the_move(paths: list[Bars]) -> None:
    for bars in paths:
        moves = np.abs(np.log(bars.close / bars.open))
        assert np.corrcoef(moves, np.log(bars.volume))[0, 1] > 0.3


def test_the_constants_are_what_a_refit_on_xlm_gives(xlm_history: Path) -> None:
    from arch import arch_model

    # as the file has them: the hour missing on 2023-03-24 is left out, not a flat bar
    file = pyarrow.parquet.read_table(xlm_history)
    start = file["date"].cast("timestamp[s]").cast("int64").to_numpy()
    bars = Bars(start, *(file[name].to_numpy() for name in ("open", "high", "low", "close", "volume")))
    first, last = np.searchsorted(start, [1_640_995_200, START])
    returns = 100.0 * np.diff(np.log(bars.close[first - 1 : last]))
    fit = arch_model(returns, mean="Zero", vol="GARCH", p=1, q=1, dist="t").fit(disp="off", tol=1e-10)
    assert len(returns) == xlm.RETURNS
    assert fit.loglikelihood == pytest.approx(xlm.LOG_LIKELIHOOD, abs=0.5)
    expected = {"omega": xlm.OMEGA, "alpha[1]": xlm.ALPHA, "beta[1]": xlm.BETA, "nu": xlm.NU}
    for name, value in expected.items():
        assert fit.params[name] == pytest.approx(value, rel=0.02), name
        assert abs(fit.params[name] - value) < 0.2 * fit.std_err[name], name
    assert returns.std() == pytest.approx(xlm.SAMPLE_DEVIATION, rel=1e-3)
    check_wicks_and_volume(bars[first:last], np.asarray(fit.conditional_volatility) / 100.0)


def check_wicks_and_volume(bars: Bars, deviation: NDArray[np.float64]) -> None:
    open_, high, low, close = (np.log(getattr(bars, name)) for name in ("open", "high", "low", "close"))
    above = (high - np.maximum(open_, close)) / deviation
    below = (np.minimum(open_, close) - low) / deviation
    assert (above.mean() + below.mean()) / 2 == pytest.approx(xlm.WICK, abs=0.005)
    for wick in (above, below):
        assert wick.std() / wick.mean() == pytest.approx(1.0, abs=0.1)
    log_volume = np.log(bars.volume + 1.0)
    regressors = np.column_stack(
        [
            np.ones(len(bars) - 1),
            log_volume[:-1],
            np.log(deviation[1:]),
            np.abs(close - open_)[1:] / deviation[1:],
        ]
    )
    coefficients, *_ = np.linalg.lstsq(regressors, log_volume[1:], rcond=None)
    expected = (xlm.VOLUME_CONSTANT, xlm.VOLUME_PERSISTENCE, xlm.VOLUME_VOLATILITY, xlm.VOLUME_MOVE)
    assert coefficients == pytest.approx(expected, rel=0.02)
    assert (log_volume[1:] - regressors @ coefficients).std() == pytest.approx(xlm.VOLUME_NOISE, rel=0.02)
