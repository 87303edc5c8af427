"""Another USDC beside the known one, through `connect`, `balance`, `create`, `start` and `history`."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import yaml

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, ManageSellOffer, Payment
from hummingbot.strategy.ai_stellar.cli.account import fund, submit_operations

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
]

UNIT = 10_000_000


class Namesake:
    """An asset called USDC that is not the USDC: its issuer makes a market in it around 0.5 a lumen."""

    def __init__(self, playground: Any) -> None:
        self._node = playground.stage.node
        self._issuer = SigningKey.generate()
        self.asset = Asset("USDC", self._issuer.account)
        self.name = f"USDC.{self._issuer.account[:4]}"
        fund(self._node, self._issuer)
        submit_operations(self._node, playground.key, ChangeTrust(self.asset, 2**63 - 1))
        self._submit(
            Payment(playground.key.account, self.asset, 1000 * UNIT),
            ManageSellOffer(NATIVE, self.asset, 1000 * UNIT, 51, 100),
            ManageSellOffer(self.asset, NATIVE, 490 * UNIT, 100, 49),
        )

    def _submit(self, *operations: Any) -> None:
        submit_operations(self._node, self._issuer, *operations)

    def take(self) -> None:
        """Buy five lumens from who asks less than the issuer itself."""
        self._submit(ManageSellOffer(self.asset, NATIVE, 5 * UNIT // 2, 200, 101))


@pytest.fixture
def namesake(playground: Any) -> Iterator[Namesake]:
    yield Namesake(playground)
    playground.hbot("stop", "--force", "--timeout", "0")


def test_two_assets_of_one_code_are_connected_held_traded_and_shown_apart(
    playground: Any, namesake: Namesake
) -> None:
    fields = {
        "stellar_local_secret_key": playground.key.reveal(),
        "stellar_local_horizon_url": playground.stage.node.url,
        "stellar_local_assets": f"USDC:{namesake.asset.issuer}",
    }
    connected = playground.hbot("connect", "stellar_local", "--keys-stdin", given=json.dumps(fields))
    assert connected.returncode == 0, connected

    answer = json.loads(playground.hbot("balance", "--json").stdout)
    (connector,) = answer["connectors"].values()
    held = {line["asset"]: line["total"] for line in connector["assets"]}
    assert (held["USDC"], held[namesake.name]) == (1000, 1000)

    pair = f"XLM-{namesake.name}"
    created = playground.hbot(
        "create", "stellar_ladder", "--name", "namesake.yml", "--set", f"trading_pair={pair}",
        "--set", "levels=1", "--set", "pause=60",
    )  # fmt: skip
    assert created.returncode == 0, created
    written = yaml.safe_load((playground.instance / "conf" / "scripts" / "namesake.yml").read_text())
    assert written["trading_pair"] == pair
    started = playground.hbot("start", "namesake.yml")
    assert started.returncode == 0, started

    playground.until(lambda: len(playground.offers()) == 2, "an offer on each side")
    traded = {
        offer[side].get("asset_issuer") for offer in playground.offers() for side in ("selling", "buying")
    }
    assert traded == {None, namesake.asset.issuer}
    namesake.take()
    playground.until(playground.trades, "a trade in the ledger")
    shown = playground.until(
        lambda: pair in (told := playground.hbot("history")).stdout and told, "the trade in the history"
    )
    assert re.search(rf"stellar_local +\| {re.escape(pair)}", shown.stdout)
    assert "XLM-USDC " not in shown.stdout
    assert shown.stderr == ""  # rates came from the sandbox's own books

    stopped = playground.hbot("stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert playground.offers() == []
    lines = playground.stage.node.get(f"/accounts/{playground.key.account}")["balances"]
    left = {line.get("asset_issuer"): Decimal(line["balance"]) for line in lines}
    assert left[namesake.asset.issuer] > 1000
    assert min(left.values()) == 1000  # the known USDC
