"""What Hummingbot calls to start the strategy; what is wrong is said before anything trades."""

import time
from pathlib import Path
from typing import Any

from hummingbot.strategy.market_trading_pair_tuple import MarketTradingPairTuple

from hummingbot import data_path  # type: ignore[attr-defined]

from .ai_stellar import AiStellarStrategy
from .ai_stellar_config_map_pydantic import AiStellarConfigMap, ConfigurationError
from .decision_path import DecisionPath
from .features import REFERENCES
from .market.candles import CandlesError
from .market.reference_feed import ReferenceFeed
from .memory.journal import Journal
from .memory.location import memory_file
from .memory.store import MemoryStore
from .predictors.forecast_stack import ForecastStack, Models
from .risk.gate import gates_of

__all__ = ["memory_path", "start"]

PAPER = "_paper_trade"


def memory_path(config: AiStellarConfigMap, name: str) -> Path:
    """Return the memory file of a configuration of that name."""
    return memory_file(config.memory_file, name, Path(data_path()))


async def start(self: Any) -> None:
    """Put the strategy together; ``self`` is Hummingbot's TradingCore.

    Models and memory come first: if either cannot be used, no connector is made and nothing trades.

    Raises
    ------
    ModelError
        If the model is missing, cut off or altered.
    ConfigurationError
        If there are no candles of the exchange that is to tell of other coins.
    MemoryFileError
        If the memory file is in use, damaged or not writable.
    """
    config: AiStellarConfigMap = getattr(self.strategy_config_map, "hb_config", self.strategy_config_map)
    references = _references(config)
    models = Models.load(Path(config.model) if config.model else None)
    store = MemoryStore(memory_path(config, self.strategy_file_name or "ai_stellar"))
    try:
        await self.initialize_markets([(config.exchange, list(config.markets))])
        connector = self.markets[config.exchange]
        infos = [MarketTradingPairTuple(connector, pair, *pair.split("-")) for pair in config.markets]
        self.market_trading_pair_tuples = infos
        limits = {pair: config.limits(pair) for pair in config.markets}
        gates = gates_of(limits)
        style, sizing = config.trading_style(), config.sizing_rule()
        strategy = AiStellarStrategy()
        strategy.init_params(
            market_infos=infos,
            model_id=models.model_id,
            paths={
                pair: DecisionPath(
                    pair, ForecastStack(pair, models), style, sizing, gates[pair], time.perf_counter_ns
                )
                for pair in config.markets
            },
            limits=limits,
            journal=Journal(store, config.exchange),
            account=_account(connector, config.exchange),
            references=references,
            configuration={name: str(value) for name, value in config.model_dump().items()},
        )
    except BaseException:
        store.close()
        raise
    self.strategy = strategy


def _references(config: AiStellarConfigMap) -> ReferenceFeed | None:
    """Return what tells of other coins, if one is configured.

    Raises
    ------
    ConfigurationError
        If Hummingbot has no candles of that exchange.
    """
    if not config.references:
        return None
    try:
        return ReferenceFeed(config.references, REFERENCES, config.reference_quote)
    except CandlesError as error:
        raise ConfigurationError(f"configuration of ai_stellar: references: {error}") from None


def _account(connector: Any, exchange: str) -> str:
    """Return whose equity it is: an address, or for paper money this run's own account."""
    if exchange.endswith(PAPER):
        return f"paper {time.time_ns()}"
    return str(connector.authenticator.account)
