"""Forecasts on bars rebuilt from the sandbox's trades are those on the history that its market follows."""

from pathlib import Path

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.market import open_market
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE, Sandbox
from hummingbot.strategy.ai_stellar.features import Features
from hummingbot.strategy.ai_stellar.market.bars import HOUR, Bar, BarBuilder
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.protocol import Observation
from hummingbot.strategy.ai_stellar.research.history import parse_date, read_history

XLM = Path(__file__).resolve().parents[4].parent / "shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet"
START = parse_date("2023-10-01")
BEFORE, HOURS = 240, 10 * 24
MARKET_SECONDS = 300
STROOPS = 10_000_000
LEAST = dict(zip(HORIZONS, (0.95, 0.93, 0.93), strict=True))
"""Correlation by horizon; styles trade on the first."""


@pytest.fixture
def walk(tmp_path):
    """A random walk as calm as XLM was in 2023, as a price file."""
    rng = np.random.default_rng(8)
    n = BEFORE + HOURS + 2
    close = 0.1 * np.exp(np.cumsum(rng.standard_t(4, n) * 0.005))
    before = np.concatenate([close[:1], close[:-1]])
    high, low = np.maximum(before, close) * 1.001, np.minimum(before, close) * 0.999
    time = np.datetime64(START, "s") + (np.arange(n) - BEFORE) * np.timedelta64(1, "h")
    rows = zip(time, before, high, low, close, rng.lognormal(12, 1, n), strict=True)
    file = tmp_path / "walk.csv"
    file.write_text("date,open,high,low,close,volume\n" + "\n".join(",".join(map(str, row)) for row in rows))
    return file


def bars_of_the_sandbox(file):
    """Let the market trade along a history, and build bars from nothing but its trades."""
    market = open_market(7, PASSPHRASE, history=file, start=START)
    sandbox = Sandbox.found(START, market, market_seconds=MARKET_SECONDS)
    (pair,) = market.pairs
    builder, cursor, bars = BarBuilder(), (0, 0), []
    while len(bars) < HOURS:
        sandbox.close_ledger()
        for trade in sandbox.history.trades(cursor, 10_000, True, pair=(pair.base, pair.quote)):
            builder.add_trade(trade.closed_at, trade.price_n / trade.price_d, trade.base_amount / STROOPS)
            cursor = trade.key
        bars += builder.close_until(sandbox.network.header.close_time)
    assert builder.ignored == 0
    return bars


def forecasts(bars):
    """Forecast after each bar but those before."""
    features, predictor, made = Features(), PricePredictor.load(), []
    for number, bar in enumerate(bars):
        features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        if features.ready:
            predictor.update(Observation(bar.start + HOUR, bar, features.row, features.scale))
        if number >= BEFORE:
            made.append(predictor.forecast())
    return made


@pytest.mark.slow
@pytest.mark.parametrize("history", ["a random walk", "XLM in October 2023"])
def test_forecasts_correlate(history, request):
    if history == "a random walk":
        file = request.getfixturevalue("walk")
    elif XLM.exists():
        file = XLM
    else:
        pytest.skip("needs ../shared/data/ohlcv")
    bars = bars_of_the_sandbox(file)
    past = read_history(file).between(START - BEFORE * HOUR, START + HOURS * HOUR)
    columns = zip(past.start, past.open, past.high, past.low, past.close, past.volume, strict=True)
    written = [Bar(int(start), *map(float, prices), 1) for start, *prices in columns]
    assert bars[-1].start == written[-1].start
    on_history, on_sandbox = forecasts(written), forecasts(written[:BEFORE] + bars)
    for k, horizon in enumerate(HORIZONS):
        for name in ("probability_up", "expected_return"):
            one, other = ([getattr(made[k], name) for made in view] for view in (on_history, on_sandbox))
            assert np.corrcoef(one, other)[0, 1] >= LEAST[horizon], (horizon, name)
