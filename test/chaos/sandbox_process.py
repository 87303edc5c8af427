"""A sandbox in a process of its own, whose ledgers are fast and small."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from .bot_process import environment
from .outcome import Run

__all__ = ["LEDGER_INTERVAL", "start_sandbox"]

LEDGER_INTERVAL: Final = 0.15
MARKET_SECONDS: Final = 60
LEDGER_SIZE: Final = 100
"""Operations: with the market's 40 little is needed to fill it."""


def start_sandbox(instance: Path, folder: Path, run: Run) -> tuple[subprocess.Popen[str], list[str]]:
    """Begin a sandbox for a run, which keeps state and log in a folder; return it with its nodes' URLs.

    It has one node more than the bot is told of, the last.
    """
    options: dict[str, object] = {
        "port": 0,
        "nodes": run.nodes + 1,
        "ledger-interval": LEDGER_INTERVAL,
        "market-seconds": MARKET_SECONDS,
        "ledger-size": LEDGER_SIZE,
        "seed": run.seed,
        "state": folder / "sandbox.state",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with (folder / "sandbox.log").open("ab") as log:
        sandbox = subprocess.Popen(
            [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox", *words],
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment(instance),
            text=True,
        )
    assert sandbox.stdout is not None
    return sandbox, [sandbox.stdout.readline().split()[-1] for _ in range(run.nodes + 1)]
