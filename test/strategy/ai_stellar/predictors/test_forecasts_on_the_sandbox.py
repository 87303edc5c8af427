"""Forecasts on bars rebuilt from the sandbox's trades are those on the history that its market follows."""

from pathlib import Path

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.sandbox.market.market import open_market
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE, Sandbox
from hummingbot.strategy.ai_stellar.features import Features, feature_matrix
from hummingbot.strategy.ai_stellar.market.bars import HOUR, BarBuilder
from hummingbot.strategy.ai_stellar.predictors import PricePredictor
from hummingbot.strategy.ai_stellar.research.history import parse_date, read_history

XLM = Path(__file__).resolve().parents[4].parent / "shared/data/ohlcv/XLMUSDT_1h_binance_spot.parquet"
START = parse_date("2023-10-01")
BEFORE, HOURS = 240, 10 * 24
MARKET_SECONDS = 300
STROOPS = 10_000_000


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


@pytest.mark.slow
@pytest.mark.parametrize("history", ["a random walk", "XLM in October 2023"])
def test_forecasts_correlate_at_least_095(history, request):
    if history == "a random walk":
        file = request.getfixturevalue("walk")
    elif XLM.exists():
        file = XLM
    else:
        pytest.skip("needs ../shared/data/ohlcv")
    bars = bars_of_the_sandbox(file)
    past = read_history(file).between(START - BEFORE * HOUR, START + HOURS * HOUR)
    rows, _ = feature_matrix(past.start, past.open, past.high, past.low, past.close, past.volume)
    features = Features()
    for k in range(BEFORE):
        features.update(
            past.open[k], past.high[k], past.low[k], past.close[k], past.volume[k], int(past.start[k])
        )
    predictor, pairs = PricePredictor.load(), []
    for bar, row in zip(bars, rows[BEFORE:], strict=True):
        features.update(bar.open, bar.high, bar.low, bar.close, bar.volume, bar.start)
        pairs.append((predictor.forecast("", 0, row), predictor.forecast("", 0, features.row)))
    assert features.start == past.start[-1]
    for name in ("probability_up", "expected_return"):
        on_history, on_sandbox = np.array([[getattr(one, name) for one in pair] for pair in pairs]).T
        assert np.corrcoef(on_history, on_sandbox)[0, 1] >= 0.95, name
