"""A bot in a process of its own, which can be killed."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from .task import Task

__all__ = ["PATIENCE", "BotProcess", "environment"]

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE: Final = 60.0


def environment(instance: Path) -> dict[str, str]:
    """Return the environment of a process whose Hummingbot is an instance's."""
    return os.environ | {"PYTHONPATH": f"{instance}{os.pathsep}{ROOT}"}


class BotProcess:
    """A bot in a process of its own, with what it says; it has imported all by the time it is to begin."""

    def __init__(self, instance: Path, log: Path) -> None:
        self._log = log.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "test.chaos.bot"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            cwd=instance,
            env=environment(instance),
            text=True,
        )
        self._said: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def begin(self, task: Task) -> None:
        """Let it do its task."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.close()

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any] | None:
        """Return the next thing it says; None once it has killed itself.

        Raises
        ------
        RuntimeError
            If it says nothing in that time, or has ended otherwise.
        """
        with suppress(queue.Empty):
            said = self._said.get(timeout=seconds)
            if said is not None:
                return said
            code = self._process.wait()
            if code == -signal.SIGKILL:
                return None
            raise RuntimeError(f"the bot ended by itself with code {code}: see {self._log.name}")
        raise RuntimeError(f"the bot has said nothing for {seconds:g} s: see {self._log.name}")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, and what it holds."""
        self._process.kill()
        self._process.wait()
        self._log.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))
        self._said.put(None)
