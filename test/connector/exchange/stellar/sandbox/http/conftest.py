"""The story that was recorded on a real network, told again to the sandbox, ledger by ledger."""

import gzip
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import Envelope
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, Transaction
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import (
    UnsupportedXdr,
    encode_envelope,
    encode_result,
    encode_transaction,
    network_id,
)
from hummingbot.connector.exchange.stellar.sandbox.closed import (
    AppliedTransaction,
    ClosedLedger,
    LedgerHeader,
)
from hummingbot.connector.exchange.stellar.sandbox.entries import Account, Offer, Pool, Trustline
from hummingbot.connector.exchange.stellar.sandbox.history import History
from hummingbot.connector.exchange.stellar.sandbox.history.ownership import Ownership
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.network import Network
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState
from hummingbot.connector.exchange.stellar.sandbox.transaction import (
    Candidate,
    apply_transaction,
    charge_fee,
)

RECORDING = Path(__file__).parents[6] / "test" / "golden" / "horizon"
KINDS = {"account": Account, "trustline": Trustline, "offer": Offer, "pool": Pool}
ELDER = 8
BASE_FEE = 100


def recorded(name: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a recording."""
    with gzip.open(RECORDING / f"{name}.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


class Story:
    """A sandbox that lives through the recorded ledgers.

    The engine applies what is built, in the recorded order; what is not built (set options …) changes the
    ledger as recorded, and leaves a stand-in in the history.

    Attributes
    ----------
    sandbox : Sandbox
    built : set of str
        Hashes of the transactions that the engine applied.
    """

    def __init__(self) -> None:
        passphrase = json.loads((RECORDING / "story.json").read_text())["network_passphrase"]
        self._network_id = network_id(passphrase)
        self._ledgers = list(recorded("ledgers"))
        self.state = LedgerState(1, 5_000_000)
        self.built: set[str] = set()
        first = next(tx for ledger in self._ledgers for tx in ledger["txs"])
        self._take_over([{"before": None, "after": first["fee_changes"][0]["before"]}])
        network = Network(passphrase, self._header(self._ledgers[0]), self.state)
        self.sandbox = Sandbox(network, history=History())

    def tell(self, until: int) -> None:
        """Close the recorded ledgers up to one."""
        while self._ledgers and self._ledgers[0]["ledger"] <= until:
            ledger = self._ledgers.pop(0)
            closed = ClosedLedger(self._header(ledger), self._apply(ledger))
            self.sandbox.network.header = closed.header
            if ledger["ledger"] >= ELDER:
                self.sandbox.history.append(closed)
        # What was taken over changed owners behind the sandbox's back.
        self.sandbox.ownership = Ownership(self.state)

    def _header(self, ledger: dict[str, Any]) -> LedgerHeader:
        return LedgerHeader(
            ledger["ledger"],
            ledger["close_time"],
            ledger["base_fee"],
            ledger["base_reserve"],
            ledger["max_tx_set_size"],
            ledger["id_pool"],
            ledger["fee_pool"],
            ledger["total_coins"],
            ledger["protocol"],
            bytes(32),
            bytes(32),
        )

    def _apply(self, ledger: dict[str, Any]) -> tuple[AppliedTransaction, ...]:
        self.state.ledger, self.state.base_reserve = ledger["ledger"], ledger["base_reserve"]
        candidates = [self._read(tx) for tx in ledger["txs"]]
        fees: list[Any] = []
        for tx, candidate in zip(ledger["txs"], candidates, strict=True):
            if candidate is None:
                self._take_over(tx["fee_changes"])
                fees.append(None)
            else:
                fees.append(charge_fee(candidate, self.state, BASE_FEE))
        applied = []
        for tx, candidate, fee in zip(ledger["txs"], candidates, fees, strict=True):
            if candidate is None:
                self._take_over(tx["touched"])
                applied.append(self._unbuilt(tx))
            else:
                self.built.add(tx["hash"])
                applied.append(
                    apply_transaction(
                        candidate,
                        self.state,
                        ledger["close_time"],
                        fee[0],
                        tx["apply_order"],
                        fee[1],
                        BASE_FEE,
                    )
                )
        self.state.id_pool = ledger["id_pool"]
        return tuple(applied)

    def _read(self, tx: dict[str, Any]) -> Candidate | None:
        try:
            return Candidate.read(b64decode(tx["envelope_xdr"]), self._network_id)
        except UnsupportedXdr:
            return None

    def _take_over(self, changes: list[dict[str, Any]]) -> None:
        for change in changes:
            before, after = change["before"], change["after"]
            if after is None and _is_built(before):
                self.state.drop(KINDS[before["type"]].from_dict(before))
            elif after is not None and _is_built(after):
                self.state.load(KINDS[after["type"]].from_dict(after))
                if before is None and after["type"] == "offer":
                    self.state.id_pool = max(self.state.id_pool, after["offer_id"])

    def _unbuilt(self, tx: dict[str, Any]) -> AppliedTransaction:
        changes = tx["fee_changes"] or tx["touched"]
        source = changes[0]["after"]["account"]
        code = "txSUCCESS" if tx["result_code"] == "txSUCCESS" else "txFAILED"
        stand_in = Transaction(source, tx["fee_charged"], 1, (ChangeTrust(Asset("NONE", source), 0),))
        envelope = Envelope(stand_in, encode_transaction(stand_in), ())
        result = TransactionResult(tx["fee_charged"], code)
        return AppliedTransaction(
            bytes.fromhex(tx["hash"]),
            encode_envelope(envelope),
            envelope,
            result,
            encode_result(TransactionResult(0, "txBAD_SEQ")),
            tx["fee_charged"],
            tx["apply_order"],
            (),
            (),
            (),
        )


def _is_built(entry: dict[str, Any]) -> bool:
    return entry["type"] in KINDS


@pytest.fixture
async def story() -> AsyncIterator[tuple[Story, aiohttp.ClientSession]]:
    """The story before its first ledger, and a client of the sandbox that it is told to."""
    told = Story()
    async with (
        HorizonServer(told.sandbox, "127.0.0.1", 0) as server,
        aiohttp.ClientSession(server.url) as http,
    ):
        yield told, http
