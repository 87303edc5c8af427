"""Starting: a user's mistake is told in one sentence, no traceback, and nothing trades."""

import logging
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from hummingbot.client.config.client_config_map import ClientConfigMap
from hummingbot.client.config.config_helpers import load_strategy_config_map_from_file
from hummingbot.core.trading_core import TradingCore

from hummingbot.strategy.ai_stellar.ai_stellar_config_map_pydantic import ConfigurationError
from hummingbot.strategy.ai_stellar.memory.store import MemoryStore
from hummingbot.strategy.ai_stellar.predictors.price import PRETRAINED
from hummingbot.strategy.ai_stellar.start import memory_path


class Starting:
    """A configuration file, and Hummingbot's core to start it with."""

    def __init__(self, directory: Path, caplog: pytest.LogCaptureFixture) -> None:
        self.directory = directory
        self.memory = directory / "memory.sqlite"
        self.caplog = caplog

    def configure(self, **fields: Any) -> Path:
        path = self.directory / "conf.yml"
        content = {
            "strategy": "ai_stellar",
            "exchange": "stellar_local",
            "markets": ["XLM-USDC"],
            "memory_file": str(self.memory),
            **fields,
        }
        path.write_text(yaml.safe_dump(content))
        return path

    async def refusal(self, **fields: Any) -> str:
        """Start, which must fail, and return what was said."""
        core = TradingCore(ClientConfigMap())
        core.strategy_config_map = await load_strategy_config_map_from_file(self.configure(**fields))
        with self.caplog.at_level(logging.ERROR):
            assert not await core.start_strategy("ai_stellar", core.strategy_config_map, "conf.yml")
        core.gateway_monitor.stop_monitor()
        assert core.strategy is None
        assert core.connectors == {}
        errors = [record for record in self.caplog.records if record.levelno >= logging.ERROR]
        assert all(record.exc_info is None for record in errors)
        message = errors[-1].getMessage()
        assert message.startswith("Failed to start strategy ai_stellar: ")
        assert "\n" not in message
        return message


@pytest.fixture
def starting(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Starting:
    return Starting(tmp_path, caplog)


async def test_a_missing_model(starting: Starting) -> None:
    assert "no model at" in await starting.refusal(model=str(starting.directory / "nowhere"))
    assert not starting.memory.exists()


async def test_an_altered_model(starting: Starting) -> None:
    copy = starting.directory / "model"
    shutil.copytree(PRETRAINED, copy)
    with (copy / "direction.txt").open("a") as file:
        file.write(" ")
    assert "direction.txt" in await starting.refusal(model=str(copy))


async def test_a_memory_in_use(starting: Starting) -> None:
    store = MemoryStore(starting.memory)
    refusal = await starting.refusal()
    store.close()
    assert f"the memory file {starting.memory} is in use by another process" in refusal


async def test_a_memory_locked_by_another_program(starting: Starting) -> None:
    MemoryStore(starting.memory).close()
    with closing(sqlite3.connect(starting.memory, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "is in use by another process" in await starting.refusal()


async def test_a_corrupt_memory(starting: Starting) -> None:
    starting.memory.write_bytes(b"rubbish " * 1000)
    assert f"the memory file {starting.memory} cannot be read" in await starting.refusal()
    assert starting.memory.read_bytes() == b"rubbish " * 1000


async def test_no_key_lets_the_memory_go_again(starting: Starting) -> None:
    assert "API keys required for live trading connector 'stellar_local'" in await starting.refusal()
    MemoryStore(starting.memory).close()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"max_ordre": 1}, "unknown field max_ordre"), ({"max_order": float("nan")}, "max_order is nan")],
)
async def test_a_configuration_that_cannot_be_used(
    starting: Starting, fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        await load_strategy_config_map_from_file(starting.configure(**fields))


async def test_the_memory_is_named_after_the_configuration(starting: Starting) -> None:
    config = (await load_strategy_config_map_from_file(starting.configure(memory_file=""))).hb_config
    assert memory_path(config, "conf/strategies/demo.yml").name == "ai_stellar_demo.sqlite"
    assert memory_path(config, "demo.yml").parent.name == "data"


async def test_an_exchange_without_candles_starts_nothing(starting: Starting) -> None:
    said = await starting.refusal(references="nowhere")
    assert "references: Hummingbot has no candles of nowhere: name one of " in said
