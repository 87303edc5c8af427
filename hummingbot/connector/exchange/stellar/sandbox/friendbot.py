"""Friendbot: pays newcomers from the root account, many in one transaction.

The root account has, like every account, one pending transaction at a time, so all requests that arrive
before a ledger closes share one; a credit is paid in the same transaction by an operation of its issuer.
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

from ..ledger.amount import INT64_MAX, STROOPS, format_stroops
from ..ledger.asset import Asset
from ..ledger.envelope import SigningKey
from ..ledger.operations import CreateAccount, Operation, Payment, Transaction
from ..ledger.results import TransactionResult
from ..ledger.xdr import sign_transaction
from .closed import ClosedLedger
from .errors import FriendbotError
from .market.assets import issuer_key, sandbox_asset
from .network import Network

__all__ = ["STARTING_BALANCE", "Friendbot"]

STARTING_BALANCE: Final = 10_000 * STROOPS
MOST_OPERATIONS: Final = 100
MOST_ISSUERS: Final = 19
"""An envelope carries at most 20 signatures, of which one is the root's."""

FEE_BID: Final = 100_000
PATIENCE: Final = 4
"""Ledgers that a transaction stays pending."""


@dataclass(frozen=True, slots=True)
class Gift:
    """What someone asked for; a native one creates the account."""

    account: str
    asset: Asset
    amount: int
    paid: "asyncio.Future[bytes]"

    def operation(self) -> Operation:
        """Return the operation that pays it."""
        if self.asset.is_native:
            return CreateAccount(self.account, self.amount)
        return Payment(self.account, self.asset, self.amount, source=self.asset.issuer)


class Friendbot:
    """The faucet of a sandbox.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._root = network.root_key()
        self._waiting: deque[Gift] = deque()
        self._sent: tuple[bytes, tuple[Gift, ...], int] | None = None

    def fund(self, account: str) -> "asyncio.Future[bytes]":
        """Ask for a new account with 10,000 XLM; the future holds the transaction's hash.

        Raises
        ------
        FriendbotError
            If the account exists already.
        """
        return self._ask(account, sandbox_asset("XLM"), STARTING_BALANCE)

    def grant(self, account: str, code: str, amount: int) -> "asyncio.Future[bytes]":
        """Ask for `amount` stroops of the sandbox's asset `code`, for an account that trusts it.

        Raises
        ------
        FriendbotError
            If there is no such asset here, or the account cannot receive it.
        """
        try:
            asset = sandbox_asset(code)
        except ValueError as error:
            raise FriendbotError(str(error)) from None
        if not 0 < amount <= INT64_MAX:
            raise FriendbotError(
                f"amount {format_stroops(amount)} is not positive: ask for at least 0.0000001"
            )
        return self._ask(account, asset, amount)

    def envelope(self) -> bytes | None:
        """Return the transaction to submit for the ledger that is about to close, if there is one to pay."""
        if self._sent is not None:
            return None
        batch: list[Gift] = []
        issuers: dict[str, SigningKey] = {}
        while self._waiting and len(batch) < MOST_OPERATIONS and len(issuers) < MOST_ISSUERS:
            gift = self._waiting.popleft()
            reason = self._obstacle(gift.account, gift.asset, gift.amount)
            if reason is not None:
                _refuse(gift, reason)
                continue
            if not gift.asset.is_native:
                issuers[gift.asset.issuer] = issuer_key(gift.asset.code)
            batch.append(gift)
        if not batch:
            return None
        root = self._network.state.accounts[self._root.account]
        transaction = Transaction(
            source=root.account,
            fee=FEE_BID * len(batch),
            sequence=root.sequence + 1,
            operations=tuple(gift.operation() for gift in batch),
        )
        signed = sign_transaction(transaction, self._network.network_id, (self._root, *issuers.values()))
        self._sent = (signed.hash, tuple(batch), self._network.header.sequence)
        return signed.envelope_xdr

    def settle(self, closed: ClosedLedger) -> None:
        """Answer those who were paid by a ledger; ask again for those whom another's failure held up."""
        if self._sent is None:
            return
        hash, batch, sent_at = self._sent
        for applied in closed.transactions:
            if applied.hash == hash:
                self._sent = None
                self._answer(batch, hash, applied.result)
                return
        if closed.header.sequence - sent_at > PATIENCE:
            self._sent = None
            self._waiting.extendleft(reversed(batch))

    def _ask(self, account: str, asset: Asset, amount: int) -> "asyncio.Future[bytes]":
        for gift in (*self._waiting, *(self._sent[1] if self._sent is not None else ())):
            if asset.is_native and gift.account == account and gift.asset.is_native:
                return gift.paid
        reason = self._obstacle(account, asset, amount)
        if reason is not None:
            raise FriendbotError(reason)
        gift = Gift(account, asset, amount, asyncio.get_running_loop().create_future())
        self._waiting.append(gift)
        return gift.paid

    def _obstacle(self, account: str, asset: Asset, amount: int) -> str | None:
        """Return why a gift would fail, or None."""
        state = self._network.state
        if asset.is_native:
            return "account already funded to starting balance" if account in state.accounts else None
        if asset.issuer not in state.accounts:
            return f"asset {asset.code} is not issued on this sandbox: start it with --assets {asset.code}"
        if account not in state.accounts:
            return f"account {account} does not exist: ask for XLM first (no asset parameter)"
        line = state.trustlines.get((account, asset))
        if line is None:
            return f"account {account} does not trust {asset}: open a trustline first (ChangeTrust)"
        room = line.limit - line.balance - line.buying_liabilities
        if amount > room:
            return (
                f"the trustline of {account} has room for {format_stroops(room)} {asset.code}: ask for less"
            )
        return None

    def _answer(self, batch: tuple[Gift, ...], hash: bytes, result: TransactionResult) -> None:
        if result.code == "txSUCCESS":
            for gift in batch:
                if not gift.paid.done():
                    gift.paid.set_result(hash)
            return
        codes = [operation.code for operation in result.operations] or [result.code] * len(batch)
        for gift, code in zip(batch, codes, strict=True):
            if code.endswith("_SUCCESS"):
                self._waiting.append(gift)
            else:
                _refuse(gift, f"the payment to {gift.account} failed with {code}")


def _refuse(gift: Gift, reason: str) -> None:
    if not gift.paid.done():
        gift.paid.set_exception(FriendbotError(reason))
