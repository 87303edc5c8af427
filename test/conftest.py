"""Fixtures that all parts share: a sandbox that runs, with its Horizon on a free port of loopback."""

import asyncio
import os
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import settings

import hummingbot
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction, SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock
from hummingbot.connector.exchange.stellar.sandbox.closed import AppliedTransaction, ClosedLedger
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.network import PROTOCOL
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox

# Properties are tried on the same examples each time; `make fuzz` looks for new ones.
settings.register_profile("same examples", derandomize=True)
if "FUZZ_SAMPLES" not in os.environ:
    settings.load_profile("same examples")

INT64_MAX = 2**63 - 1
START = 1_704_067_200
XLM = 10_000_000


@pytest.fixture(autouse=True, scope="session")
def home_of_no_user(tmp_path_factory):
    """Let nobody's own model keys be read or written."""
    before = os.environ.get("AI_STELLAR_HOME")
    os.environ["AI_STELLAR_HOME"] = str(tmp_path_factory.mktemp("home") / ".ai-stellar")
    yield
    os.environ.pop("AI_STELLAR_HOME")
    if before is not None:
        os.environ["AI_STELLAR_HOME"] = before


class RunningSandbox:
    """A network without a market, on loopback, whose ledgers close when the test says so.

    Amounts are stroops. `USDC` is issued by the key that also a sandbox with a market uses.

    Attributes
    ----------
    sandbox : Sandbox
    url : str
    http : aiohttp.ClientSession
    usdc : Asset
    """

    def __init__(self, sandbox: Sandbox, url: str, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.url = url
        self.http = http
        self.issuer = issuer_key("USDC")
        self.usdc = Asset("USDC", self.issuer.account)

    async def close(self, ledgers: int = 1) -> ClosedLedger:
        """Close ledgers, and let everyone who waits on them run."""
        for _ in range(ledgers):
            closed = self.sandbox.close_ledger()
            for _ in range(10):
                await asyncio.sleep(0)
        return closed

    @asynccontextmanager
    async def ticking(self, interval: float = 0.05) -> AsyncIterator[None]:
        """Close a ledger every `interval` seconds while the block runs."""
        task = asyncio.create_task(Clock(self.sandbox, interval).run())
        try:
            yield
        finally:
            task.cancel()

    def key(self, name: str) -> SigningKey:
        """Return the key that stands for a name; its account is not created by this."""
        return SigningKey(sha256(f"test key {name}".encode()).digest())

    def sign(
        self, key: SigningKey, *operations: Operation, also: Sequence[SigningKey] = (), **fields: Any
    ) -> SignedTransaction:
        """Sign a transaction with the next sequence number of the key's account."""
        account = self.sandbox.network.state.accounts[key.account]
        fields = {"fee": 1000 * len(operations), "sequence": account.sequence + 1, **fields}
        tx = Transaction(source=key.account, operations=operations, **fields)
        return sign_transaction(tx, self.sandbox.network.network_id, (key, *also))

    def submit(self, key: SigningKey, *operations: Operation, **fields: Any) -> AppliedTransaction:
        """Sign, submit, and close the ledger that applies it; it must be taken, and succeed."""
        signed = self.sign(key, *operations, **fields)
        submission = self.sandbox.submit(signed.envelope_xdr)
        assert submission.status == "PENDING", submission
        applied = next(tx for tx in self.sandbox.close_ledger().transactions if tx.hash == signed.hash)
        assert applied.result.code == "txSUCCESS", applied.result
        return applied

    def fund(self, *names: str, lumens: int = 10_000 * XLM, usdc: int | None = None) -> list[SigningKey]:
        """Create accounts from the root; with `usdc` they trust it and hold as much (0: only trust it)."""
        keys = [self.key(name) for name in names]
        root = self.sandbox.network.root_key()
        wanted = keys
        if usdc is not None and self.issuer.account not in self.sandbox.network.state.accounts:
            wanted = [*keys, self.issuer]
        self.submit(root, *(CreateAccount(key.account, lumens) for key in wanted))
        if usdc is not None:
            for key in keys:
                self.submit(key, ChangeTrust(self.usdc, INT64_MAX))
            if usdc:
                self.submit(self.issuer, *(Payment(key.account, self.usdc, usdc) for key in keys))
        return keys

    async def get(self, path: str, **parameters: object) -> Any:
        """Return the JSON of a path; the answer must be 200."""
        async with self.http.get(path, params={k: str(v) for k, v in parameters.items()}) as response:
            assert response.status == 200, (path, response.status, await response.text())
            return await response.json()

    async def problem(self, path: str, status: int, **parameters: object) -> dict[str, Any]:
        """Return the problem document of a path; the answer must have that status."""
        async with self.http.get(path, params={k: str(v) for k, v in parameters.items()}) as response:
            assert response.status == status, (path, response.status, await response.text())
            document: dict[str, Any] = await response.json()
            return document

    async def post(self, envelope_xdr: bytes) -> tuple[int, dict[str, Any]]:
        """Post a transaction; the answer comes when a ledger holds it, which something else must close."""
        form = {"tx": b64encode(envelope_xdr).decode()}
        async with self.http.post("/transactions", data=form) as response:
            return response.status, await response.json()

    async def post_and_close(self, envelope_xdr: bytes) -> tuple[int, dict[str, Any]]:
        """Post a transaction and close ledgers until it is answered."""
        answer = asyncio.create_task(self.post(envelope_xdr))
        while not answer.done():
            await asyncio.wait((answer,), timeout=0.05)
            if not answer.done():
                await self.close()
        return answer.result()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test has an instance's data folder of its own, where connectors keep their journals."""
    folder = tmp_path / "data"
    monkeypatch.setattr(hummingbot, "_data_path", str(folder))
    return folder


@pytest.fixture
def protocol() -> int:
    """Whose rules the sandbox's ledger has."""
    return PROTOCOL


@pytest.fixture
async def sandbox(protocol: int) -> AsyncIterator[RunningSandbox]:
    """A sandbox without a market, begun at 2024-01-01T00:00Z, whose clock is in the test's hands."""
    network = Sandbox.found(START, protocol=protocol)
    async with HorizonServer(network, "127.0.0.1", 0) as server, aiohttp.ClientSession(server.url) as http:
        yield RunningSandbox(network, server.url, http)
