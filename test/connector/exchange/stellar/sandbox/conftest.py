"""A network of a few accounts for tests: real keys, real signatures, one ledger a call."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.envelope import SignedTransaction, SigningKey
from hummingbot.connector.exchange.stellar.ledger.memo import Memo
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    Operation,
    Payment,
    Transaction,
)
from hummingbot.connector.exchange.stellar.ledger.preconditions import Preconditions
from hummingbot.connector.exchange.stellar.ledger.xdr import sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.entries import Account, Offer, Trustline
from hummingbot.connector.exchange.stellar.sandbox.network import (
    AppliedTransaction,
    ClosedLedger,
    Network,
    Submission,
)

LIMIT = 2**63 - 1
UNIT = 10_000_000
START = 1_704_067_200


def key_of(name: str) -> SigningKey:
    return SigningKey(sha256(f"test {name}".encode()).digest())


class Town:
    """A network, its people by name, and a bank that issues USD."""

    def __init__(self, **genesis: int) -> None:
        self.network = Network.genesis("Test network of the sandbox", 1_700_000_000, **genesis)
        self.root = self.network.root_key()
        self.bank = key_of("bank")
        self.usd = Asset("USD", self.bank.account)

    def key(self, name: str) -> SigningKey:
        if name == "root":
            return self.root
        return self.bank if name == "bank" else key_of(name)

    def address(self, name: str) -> str:
        return self.key(name).account

    def account(self, name: str) -> Account:
        return self.network.state.accounts[self.address(name)]

    def line(self, name: str) -> Trustline:
        return self.network.state.trustlines[self.address(name), self.usd]

    def offers(self, name: str) -> list[Offer]:
        return [o for o in self.network.state.offers.values() if o.seller == self.address(name)]

    def sign(
        self,
        name: str,
        *operations: Operation,
        fee: int | None = None,
        sequence: int | None = None,
        signers: tuple[str, ...] | None = None,
        min_time: int = 0,
        max_time: int = 0,
        memo: Memo | None = None,
        preconditions: Preconditions | None = None,
        source_id: int | None = None,
    ) -> SignedTransaction:
        account = self.network.state.accounts.get(self.address(name))
        if sequence is None:
            sequence = account.sequence + 1 if account else 1
        if fee is None:
            fee = self.network.header.base_fee * len(operations)
        transaction = Transaction(
            self.address(name),
            fee,
            sequence,
            operations,
            min_time,
            max_time,
            memo,
            preconditions=preconditions,
            source_id=source_id,
        )
        keys = [self.key(signer) for signer in ((name,) if signers is None else signers)]
        return sign_transaction(transaction, self.network.network_id, keys)

    def submit(self, name: str, *operations: Operation, **options: object) -> Submission:
        return self.network.submit(self.sign(name, *operations, **options).envelope_xdr)  # type: ignore[arg-type]

    def close(self, seconds: int = 5) -> ClosedLedger:
        return self.network.close(self.network.header.close_time + seconds)

    def apply(self, name: str, *operations: Operation, **options: object) -> AppliedTransaction:
        """Submit one transaction and close the ledger that holds it."""
        submission = self.submit(name, *operations, **options)
        assert submission.status == "PENDING", submission
        return next(t for t in self.close().transactions if t.hash == submission.hash)

    def codes(self, name: str, *operations: Operation, **options: object) -> list[str]:
        """Apply one transaction and return its operations' codes."""
        return [r.code for r in self.apply(name, *operations, **options).result.operations]

    def settle(self, *names: str, lumens: int = 10_000 * UNIT, dollars: int = 10_000 * UNIT) -> None:
        """Bring people in, with lumens and (unless 0) dollars."""
        if self.bank.account not in self.network.state.accounts:
            self.apply("root", CreateAccount(self.bank.account, 1_000 * UNIT))
        self.apply("root", *(CreateAccount(self.address(name), lumens) for name in names))
        if dollars:
            for name in names:
                assert self.submit(name, ChangeTrust(self.usd, LIMIT)).status == "PENDING"
            self.close()
            self.apply("bank", *(Payment(self.address(name), self.usd, dollars) for name in names))


@pytest.fixture
def town() -> Town:
    """A network with alice, bob and carol, 10,000 XLM (less a fee) and 10,000 USD each."""
    town = Town()
    town.settle("alice", "bob", "carol")
    return town


@pytest.fixture
def native() -> Asset:
    return NATIVE


def hourly_bars(path: Path, hours: int, close: float = 0.1) -> Path:
    """Write a history file of hours around the start, each the same but for the last one's close."""
    times = [datetime.fromtimestamp(START + 3600 * hour, UTC).isoformat() for hour in range(-48, hours - 48)]
    rows = [f"{time},0.1,0.1005,0.0995,0.1,1000" for time in times[:-1]] + [
        f"{times[-1]},0.1,0.1005,0.0995,{close},1000"
    ]
    path.write_text("\n".join(["date,open,high,low,close,volume", *rows]))
    return path
