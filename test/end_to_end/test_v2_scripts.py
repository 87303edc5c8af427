"""V2 scripts and controllers of Hummingbot as a user starts them in an instance, on the sandbox."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
]

SOURCES = Path(__file__).with_name("v2")


@pytest.fixture(scope="module")
def trader(playground: Any) -> Any:
    """The playground, with its key in Hummingbot's store."""
    assert playground.connect(playground.key.reveal()).returncode == 0
    return playground


@pytest.fixture
def start(trader: Any) -> Iterator[Callable[..., None]]:
    """Starts a configuration, and ends it by force should the test not have stopped it."""

    def begin(*words: str) -> None:
        started = trader.hbot("start", *words)
        assert started.returncode == 0, started

    yield begin
    trader.hbot("stop", "--force", "--timeout", "0")


def configure(trader: Any, **settings: Any) -> None:
    """Write the controller, the script that runs it, and a configuration of each."""
    generic = trader.instance / "controllers" / "generic"
    generic.mkdir(exist_ok=True)
    shutil.copyfile(SOURCES / "candle_floor.py", generic / "candle_floor.py")
    shutil.copyfile(SOURCES / "run_controllers.py", trader.instance / "scripts" / "run_controllers.py")
    named = {"id": "floor", "controller_name": "candle_floor", "controller_type": "generic"}
    (trader.instance / "conf" / "controllers" / "floor.yml").write_text(yaml.safe_dump({**named, **settings}))
    (trader.instance / "conf" / "scripts" / "floors.yml").write_text(
        yaml.safe_dump({"script_file_name": "run_controllers.py", "controllers_config": ["floor.yml"]})
    )


def test_a_shipped_script_is_created_started_shown_and_stopped(trader: Any, start: Any) -> None:
    created = trader.hbot(
        "create", "stellar_ladder", "--name", "ladder.yml", "--set", "levels=2", "--set", "pause=1"
    )
    assert created.returncode == 0, created
    start("ladder.yml")
    trader.until(lambda: len(trader.offers()) == 4, "the ladder in the ledger")
    status = trader.hbot("status").stdout
    assert "stellar_local" in status
    stopped = trader.hbot("stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert trader.offers() == []


def test_a_controller_trades_by_candles_of_the_sandbox(trader: Any, start: Any) -> None:
    configure(trader, interval="1h")
    start("floors.yml")

    (offer,) = trader.until(trader.offers, "a bid in the ledger")
    shown = re.search(r"lowest of 23 candles from (\d+): ([0-9.]+)", trader.hbot("status").stdout)
    assert shown is not None
    begin, floor = int(shown[1]), float(shown[2])
    page = trader.stage.node.get(
        "/trade_aggregations", base_asset_type="native", counter_asset_type="credit_alphanum4",
        counter_asset_code="USDC", counter_asset_issuer=offer["selling"]["asset_issuer"],
        resolution=3_600_000, start_time=begin * 1000, end_time=(begin + 23 * 3600) * 1000,
        limit=30,
    )  # fmt: skip
    lows = [hour["low_r"] for hour in page["_embedded"]["records"]]
    assert floor == min(int(low["n"]) / int(low["d"]) for low in lows)
    assert 1 / float(offer["price"]) == pytest.approx(0.98 * floor, abs=1e-6)

    stopped = trader.hbot("stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert trader.offers() == []
    log = (trader.instance / "logs" / "logs_floors.log").read_text()
    assert [line for line in log.splitlines() if " - ERROR - " in line] == []


def test_an_interval_that_the_ledger_does_not_have_is_told(trader: Any) -> None:
    configure(trader, interval="3m")
    started = trader.hbot("start", "floors.yml")
    assert started.returncode == 1
    assert "stellar_local has no candles of 3m: choose one of 1m, 5m, 15m, 1h, 1d, 1w" in started.stderr
