"""The story that was recorded on a real network, told again to the sandbox, ledger by ledger."""

import gzip
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.sandbox.closing import apply_ledger, effective_base_fee
from hummingbot.connector.exchange.stellar.sandbox.golden_replay import header_of
from hummingbot.connector.exchange.stellar.sandbox.history import History
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.network import Network
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.transaction import Candidate

RECORDING = Path(__file__).parents[6] / "test" / "golden" / "horizon"
ELDER = 8


def recorded(name: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a recording."""
    with gzip.open(RECORDING / f"{name}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


class Story:
    """A sandbox that lives through the recorded ledgers, in the recorded order.

    Attributes
    ----------
    sandbox : Sandbox
    """

    def __init__(self) -> None:
        passphrase = json.loads((RECORDING / "story.json").read_text())["network_passphrase"]
        self._ledgers = list(recorded("ledgers"))
        genesis = header_of(self._ledgers[0])
        network = Network.genesis(passphrase, genesis.close_time, base_reserve=genesis.base_reserve)
        network.header = genesis
        self.sandbox = Sandbox(network, history=History())

    def tell(self, until: int) -> None:
        """Close the recorded ledgers up to one."""
        network = self.sandbox.network
        while self._ledgers and self._ledgers[0]["ledger"] <= until:
            ledger = self._ledgers.pop(0)
            envelopes = [b64decode(tx["envelope_xdr"]) for tx in ledger["txs"]]
            candidates = [Candidate.read(envelope, network.network_id) for envelope in envelopes]
            base_fee = effective_base_fee(candidates, network.header, False, network.header.protocol)
            closed = apply_ledger(network.state, network.header, candidates, ledger["close_time"], base_fee)
            # Upgrades come with a ledger, for those after it.
            closed = replace(closed, header=header_of(ledger))
            network.header = closed.header
            if ledger["ledger"] >= ELDER:
                self.sandbox.history.append(closed)
            self.sandbox.ownership.follow(closed)


@pytest.fixture
async def story() -> AsyncIterator[tuple[Story, aiohttp.ClientSession]]:
    """The story before its first ledger, and a client of the sandbox that it is told to."""
    told = Story()
    async with (
        HorizonServer(told.sandbox, "127.0.0.1", 0) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        yield told, http
