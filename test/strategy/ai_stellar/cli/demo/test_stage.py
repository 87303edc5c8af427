"""The demo's stage: whatever goes wrong is one message, and the bot ends before its network does."""

import subprocess
from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.cli.demo.stage import DemoError, Setting, Stage

RECORDS_ITS_CALLS = """#!/bin/sh
cd "$(dirname "$0")"
network=$(kill -0 $(cat network.pid) && echo up || echo down)
echo "$* ($network)" >> calls
case "$*" in *--force*) rm data/bot/bot.pid; exit 0;; esac
"""
DOES_NOT_STOP = (
    """echo "Error: the bot did not stop within 30s (use --force to SIGKILL) (code 5)" >&2; exit 5"""
)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    made = Stage(Setting(tmp_path, 10, None, "2024-01-01"))
    (made.instance / "data" / "bot").mkdir(parents=True)
    (made.instance / "data" / "bot" / "bot.pid").write_text("1")
    return made


def pretend_hbot(stage: Stage, script: str) -> None:
    """Put a script in the place of Hummingbot's command line."""
    hbot = stage.instance / "hbot"
    hbot.write_text(script)
    hbot.chmod(0o755)


def start(stage: Stage) -> None:
    """Let a network and a bot run."""
    stage._sandbox = subprocess.Popen(["sleep", "100"], text=True)
    (stage.instance / "network.pid").write_text(str(stage._sandbox.pid))
    stage.start_bot()


def calls(stage: Stage) -> list[str]:
    return (stage.instance / "calls").read_text().splitlines()


def test_a_command_that_hangs_is_told(stage: Stage) -> None:
    pretend_hbot(stage, "#!/bin/sh\nexec sleep 100\n")
    with pytest.raises(DemoError, match=r"^hbot status did not end within 0.2 s$"):
        stage.hbot("status", timeout=0.2)


def test_a_command_that_fails_is_told_with_what_it_printed(stage: Stage) -> None:
    pretend_hbot(stage, f"#!/bin/sh\n{DOES_NOT_STOP}\n")
    with pytest.raises(DemoError, match=r"hbot stop failed:\nError: the bot did not stop within 30s"):
        stage.hbot("stop")


def test_leaving_stops_the_bot_before_the_network(stage: Stage) -> None:
    pretend_hbot(stage, RECORDS_ITS_CALLS)
    with stage:
        start(stage)
    assert calls(stage) == ["start conf_ai_stellar.yml (up)", "stop (up)"]
    assert not stage.sandbox_alive()


def play(stage: Stage, failing: type[BaseException] | None = None) -> None:
    with stage:
        start(stage)
        if failing is not None:
            raise failing
        stage.stop_bot()


def test_a_bot_that_does_not_stop_is_killed_before_the_network_ends(stage: Stage) -> None:
    pretend_hbot(stage, RECORDS_ITS_CALLS + f'case "$1" in stop) {DOES_NOT_STOP};; esac\n')
    with pytest.raises(DemoError, match=r"(?s)did not stop within 30s.*its orders may be left"):
        play(stage)
    assert calls(stage) == [
        "start conf_ai_stellar.yml (up)",
        "stop (up)",
        "stop --force --timeout 0 (up)",
    ]
    assert not stage.sandbox_alive()


def test_ctrl_c_does_not_hide_that_the_bot_did_not_stop(stage: Stage) -> None:
    pretend_hbot(stage, RECORDS_ITS_CALLS + f'case "$1" in stop) {DOES_NOT_STOP};; esac\n')
    with pytest.raises(DemoError, match="its orders may be left"):
        play(stage, KeyboardInterrupt)
