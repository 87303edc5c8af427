"""What the demo plays on: a sandbox process, a Hummingbot instance with a funded key, and a bot in it."""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey

from ..account import fund
from ..instance import build_instance
from ..node import Node

__all__ = ["DemoError", "Setting", "Stage"]

CONNECTOR: Final = "stellar_local"
CONFIGURATION: Final = "conf_ai_stellar.yml"
STOP_SECONDS: Final = 40


class DemoError(RuntimeError):
    """A step of the demo failed; the message says which, and what it printed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the demo is run with.

    Attributes
    ----------
    directory : Path
        Holds the instance, the logs and the report; made anew.
    seconds : float
        Wall seconds to watch.
    history : Path or None
        Hourly bars to replay; the fitted generator without.
    start : str
        First day of the market, as ``2024-01-01``.
    seed : int
        Of the market.
    pair : str
        Hummingbot's trading pair.
    ledger_interval : float
        Wall seconds a ledger.
    market_seconds : int
        Market seconds a ledger.
    quote_amount : Decimal
        USDC given to the account by the sandbox's issuer.
    """

    directory: Path
    seconds: float
    history: Path | None
    start: str
    seed: int = 1
    pair: str = "XLM-USDC"
    ledger_interval: float = 0.05
    market_seconds: int = 300
    quote_amount: Decimal = Decimal(1000)


@dataclass(slots=True)
class Stage:
    """The processes and files of one demo; leaving the context stops the bot, then the network.

    Attributes
    ----------
    setting : Setting
    node : Node
        The sandbox's Horizon.
    account : str
        The bot's address.
    """

    setting: Setting
    node: Node = field(init=False, repr=False)
    account: str = field(init=False, default="")
    _sandbox: subprocess.Popen[str] | None = field(init=False, default=None)
    _password: str = field(init=False, default_factory=lambda: secrets.token_hex(16), repr=False)
    _bot_started: bool = field(init=False, default=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._bot_started:
                self.stop_bot()
        except DemoError:
            if error is None or isinstance(error, KeyboardInterrupt):
                raise  # else what went wrong first is what is told
        finally:
            self.stop_sandbox()

    @property
    def instance(self) -> Path:
        """Hummingbot's working directory."""
        return self.setting.directory / "instance"

    @property
    def memory_file(self) -> Path:
        """The strategy's memory."""
        return self.instance / "data" / f"ai_stellar_{Path(CONFIGURATION).stem}.sqlite"

    def make_directory(self) -> None:
        """Clear the demo's directory, which holds nothing but what earlier demos wrote."""
        directory = self.setting.directory
        if directory.exists() and not (directory / "instance").exists() and any(directory.iterdir()):
            raise DemoError(
                f"{directory} holds other things than a demo: name another directory by --directory"
            )
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)

    def start_sandbox(self) -> None:
        """Start the network and wait until its Horizon answers."""
        setting = self.setting
        command = [
            "sandbox", "--port", "0", "--seed", str(setting.seed), "--start", setting.start,
            "--ledger-interval", str(setting.ledger_interval),
            "--market-seconds", str(setting.market_seconds),
            "--seconds", str(setting.seconds + 300),
            *(["--history", str(setting.history)] if setting.history else []),
        ]  # fmt: skip
        log = setting.directory / "sandbox.log"
        with log.open("w") as output:
            self._sandbox = subprocess.Popen(
                [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", *command],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                # Arrow's other allocators keep 14 MB of what reading a history took for a moment.
                env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system"},
                text=True,
                start_new_session=True,  # Ctrl-C is ours: the bot cancels its orders first
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ready = re.search(r"Stellar sandbox at (\S+)", log.read_text())
            if ready is not None:
                self.node = Node(ready[1])
                return
            if self._sandbox.poll() is not None:
                *_, last = ["it said nothing", *log.read_text().strip().splitlines()]
                raise DemoError(f"the sandbox did not start: {last}")
            time.sleep(0.1)
        raise DemoError(f"the sandbox did not answer within 60 s, see {log}")

    def make_instance(self) -> None:
        """Build the instance and fund a new key for it, which goes to Hummingbot's keystore alone."""
        build_instance(self.instance, horizon_url=self.node.url)
        key = SigningKey.generate()
        self.account = key.account
        fund(self.node, key)
        fund(self.node, key, self.setting.pair.split("-")[1], self.setting.quote_amount)
        fields = {
            f"{CONNECTOR}_secret_key": key.reveal(),
            f"{CONNECTOR}_horizon_url": self.node.url,
            f"{CONNECTOR}_assets": "",
        }
        self.hbot("connect", CONNECTOR, "--keys-stdin", given=json.dumps(fields))

    def create_strategy(self, settings: Sequence[str]) -> None:
        """Make the strategy's configuration as a user would, by ``hbot create``."""
        values = [f"exchange={CONNECTOR}", f"markets={self.setting.pair}", *settings]
        self.hbot("create", "ai_stellar", "--name", CONFIGURATION, *(f"--set={value}" for value in values))

    def start_bot(self) -> None:
        """Start the strategy and wait until Hummingbot says that it runs."""
        self._bot_started = True
        self.hbot("start", CONFIGURATION)

    def stop_bot(self) -> None:
        """Stop the strategy by ``hbot stop``, which cancels its orders.

        Raises
        ------
        DemoError
            If it does not stop. It is killed then: no bot outlives its network.
        """
        try:
            self.hbot("stop", timeout=STOP_SECONDS)
        except DemoError as error:
            told = str(error)
            if self._bot_pid() is not None:
                self.hbot("stop", "--force", "--timeout", "0")
                told += "\nThe bot was killed; its orders may be left in the ledger."
            self._bot_started = False
            raise DemoError(told) from None
        self._bot_started = False

    def _bot_pid(self) -> int | None:
        file = self.instance / "data" / "bot" / "bot.pid"
        return int(file.read_text()) if file.exists() else None

    def stop_sandbox(self) -> None:
        """End the network."""
        if self._sandbox is not None and self._sandbox.poll() is None:
            self._sandbox.send_signal(signal.SIGTERM)
            try:
                self._sandbox.wait(10)
            except subprocess.TimeoutExpired:
                self._sandbox.kill()

    def peak_memory(self) -> dict[str, float | None]:
        """Return the most memory each process has held of its own, in MB; None where the system is silent.

        Pages of library files are left out: processes share them, and how many are resident is up to how far
        ahead the kernel maps a file.
        """
        network = None if self._sandbox is None else self._sandbox.pid
        return {"sandbox": _peak(network), "strategy": _peak(self._bot_pid())}

    def sandbox_alive(self) -> bool:
        """Tell whether the network still runs."""
        return self._sandbox is not None and self._sandbox.poll() is None

    def hbot(self, *arguments: str, given: str = "", timeout: float = 180) -> str:
        """Run one of Hummingbot's commands in the instance; return what it printed.

        Raises
        ------
        DemoError
            If it fails, its last lines are in the message; or if it does not end in time.
        """
        try:
            result = subprocess.run(
                [self.instance / "hbot", *arguments],
                input=given,
                env=os.environ | {"HBOT_PASSWORD": self._password},
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise DemoError(f"hbot {arguments[0]} did not end within {timeout:g} s") from None
        if result.returncode != 0:
            printed = (result.stdout + result.stderr).strip().splitlines()[-12:]
            raise DemoError(f"hbot {arguments[0]} failed:\n" + "\n".join(printed))
        return result.stdout


def _peak(pid: int | None) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if pid is None or not status.exists():
        return None
    kilobytes = dict(re.findall(r"(VmHWM|RssFile):\s+(\d+) kB", status.read_text()))
    return (int(kilobytes["VmHWM"]) - int(kilobytes["RssFile"])) / 1024 if len(kilobytes) == 2 else None
