"""What a watcher of the demo sees: a screen on a terminal, a line now and then elsewhere."""

import io
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from hummingbot.strategy.ai_stellar.cli.demo import live_view
from hummingbot.strategy.ai_stellar.cli.demo.live_view import watch
from hummingbot.strategy.ai_stellar.cli.demo.stage import DemoError, Setting, Stage
from hummingbot.strategy.ai_stellar.research.run_record import RunRecord

WriteRun = Callable[[Path, int], None]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage whose network lives, and whose strategy has not made its memory yet."""
    made = Stage(Setting(tmp_path, 0.7, None, "2024-01-01"))
    made.memory_file.parent.mkdir(parents=True)
    made._sandbox = subprocess.Popen(["sleep", "100"], text=True)
    yield made
    made.stop_sandbox()


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=130, height=50, color_system=None)


def printed(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_the_screen_shows_market_decisions_and_fills(stage: Stage, write_run: WriteRun) -> None:
    write_run(stage.memory_file, 12)
    record = RunRecord.read(stage.memory_file, "XLM-USDC")
    screen = console(terminal=True)
    screen.print(live_view._screen(stage, record, 0.0))
    shown = printed(screen)
    assert "XLM-USDC on a local Stellar network" in shown
    assert "of 1 s" in shown  # the time of the demo, rounded
    assert "0.11200 USDC" in shown  # the last mid
    assert "1012.00 USDC" in shown  # the last equity
    assert "▁" in shown
    assert "█" in shown
    assert shown.count("max_order") == 8  # the last eight decisions
    assert "2024-01-01 12:01" in shown
    assert "12 fills: bought 75.0, sold 75.0 XLM" in shown
    assert shown.count("12.5000001") == 5
    lines = [line for line in shown.splitlines() if "reduced" in line]
    assert all(word in lines[-1] for word in ("+4.00", "sell", "500.0", "1.10", "42"))


def test_before_the_first_decision_the_screen_says_what_is_waited_for(stage: Stage) -> None:
    screen = console(terminal=True)
    screen.print(live_view._screen(stage, RunRecord("XLM-USDC", (), (), ()), 0.0))
    assert "The strategy warms up on the market's history" in printed(screen)


def test_a_terminal_is_redrawn_until_the_time_is_over(stage: Stage, write_run: WriteRun) -> None:
    write_run(stage.memory_file, 3)
    screen = console(terminal=True)
    assert len(watch(stage, screen).decisions) == 3
    assert "3 fills: bought" in printed(screen)


def test_elsewhere_a_line_says_how_it_stands(stage: Stage, write_run: WriteRun) -> None:
    write_run(stage.memory_file, 3)
    log = console(terminal=False)
    watch(stage, log)
    assert printed(log) == "2024-01-01 03:01  mid 0.10300  3 decisions, 3 fills, worth 1003.00 USDC\n"


def test_a_memory_that_is_not_there_yet_is_waited_for(stage: Stage) -> None:
    assert watch(stage, console(terminal=True)).decisions == ()


def test_a_network_that_ended_early_is_told(stage: Stage) -> None:
    stage.stop_sandbox()
    with pytest.raises(DemoError, match=r"the sandbox ended early, see .*sandbox\.log"):
        watch(stage, console(terminal=True))
