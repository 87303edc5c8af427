"""A sandbox process with its market and a Hummingbot instance on it, as `ai-stellar demo` makes them."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.strategy.ai_stellar.cli.account import fund
from hummingbot.strategy.ai_stellar.cli.demo.stage import Setting, Stage
from hummingbot.strategy.ai_stellar.cli.instance import build_instance


class Playground:
    """One sandbox, one instance, one funded account.

    Attributes
    ----------
    stage : Stage
    key : SigningKey
        Of the account, which Hummingbot does not have yet.
    """

    def __init__(self, stage: Stage, key: SigningKey) -> None:
        self.stage = stage
        self.key = key

    @property
    def instance(self) -> Path:
        return self.stage.instance

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"HBOT_PASSWORD": self.stage._password}

    def hbot(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in the instance; nothing a user sees may be a traceback."""
        done = subprocess.run(
            [self.instance / "hbot", *words],
            input=given,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done
        return done

    def connect(self, secret: str) -> subprocess.CompletedProcess[str]:
        fields = {
            "stellar_local_secret_key": secret,
            "stellar_local_horizon_url": self.stage.node.url,
            "stellar_local_assets": "",
        }
        return self.hbot("connect", "stellar_local", "--keys-stdin", given=json.dumps(fields))

    def offers(self) -> list[dict[str, Any]]:
        """Return the account's offers in the ledger."""
        page = self.stage.node.get(f"/accounts/{self.stage.account}/offers", limit=200)
        offers: list[dict[str, Any]] = page["_embedded"]["records"]
        return offers

    def trades(self) -> list[dict[str, Any]]:
        """Return the account's first trades in the ledger."""
        page = self.stage.node.get(f"/accounts/{self.stage.account}/trades", limit=10)
        trades: list[dict[str, Any]] = page["_embedded"]["records"]
        return trades

    def balances(self) -> dict[str, Decimal]:
        """Return the account's balances in the ledger."""
        account = self.stage.node.get(f"/accounts/{self.stage.account}")
        return {line.get("asset_code", "XLM"): Decimal(line["balance"]) for line in account["balances"]}

    def until(self, done: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
        """Wait for something that ledgers to come will bring about; return it."""
        deadline = time.monotonic() + seconds
        while not (found := done()):
            assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
            time.sleep(0.05)
        return found


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A sandbox of twelve ledgers a market hour, ten ledgers a second, and an instance without a key."""
    directory = tmp_path_factory.mktemp("playground")
    setting = Setting(directory / "demo", 600, None, "2024-01-01", seed=3, ledger_interval=0.1)
    with Stage(setting) as stage:
        stage.make_directory()
        stage.start_sandbox()
        build_instance(stage.instance, horizon_url=stage.node.url)
        key = SigningKey.generate()
        stage.account = key.account
        fund(stage.node, key)
        fund(stage.node, key, "USDC", Decimal(1000))
        yield Playground(stage, key)
