"""An account by Stellar RPC, which answers for entries of the ledger whose keys are known."""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances, AccountNotFunded, Line
from hummingbot.connector.exchange.stellar.horizon.account_signers import AccountSigners
from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonRefused,
    HorizonUnavailable,
    reading,
)
from hummingbot.connector.exchange.stellar.horizon.fee_stats import FeeStats
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.ledger_entries import AccountEntry, TrustlineEntry
from hummingbot.connector.exchange.stellar.ledger.results import OfferRecord
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result
from hummingbot.connector.exchange.stellar.ledger.xdr.entries import (
    Entry,
    account_key,
    decode_entry,
    offer_key,
    trustline_key,
)
from hummingbot.connector.exchange.stellar.rpc.rpc import Rpc

from .record import TransactionRecord
from .sent import Sent

__all__ = ["RpcSource"]

KEYS: Final = 200
LOOKS_A_LEDGER: Final = 4
USAGE_UNKNOWN: Final = Decimal(0)


class RpcSource:
    """Reads an account, and sends its transactions, by RPC: an `AccountSource`.

    RPC lists nothing of an account. So trustlines are asked for by their assets, and offers by their ids;
    what else the account has is not seen. Nor does RPC tell how full ledgers are: only what they charged.

    Parameters
    ----------
    rpc : Rpc
    clock : LedgerClock
    account, network : str
        The trading account, and the domain for messages.
    assets : callable
        Returns the assets whose balances are wanted.
    """

    def __init__(
        self,
        rpc: Rpc,
        clock: LedgerClock,
        account: str,
        network: str,
        assets: Callable[[], Collection[Asset]],
    ) -> None:
        self._rpc = rpc
        self._clock = clock
        self._account = account
        self._network = network
        self._assets = assets

    async def account(self, account: str, as_of: int = 0) -> AccountBalances:
        """Read balances of the assets that are wanted, sequence number and signers of an account."""
        credits = [asset for asset in self._assets() if not asset.is_native]
        keys = [trustline_key(account, asset) for asset in credits if asset.issuer != account]
        entries, ledger = await self._entries([account_key(account), *keys], as_of)
        found = [entry for entry in entries if isinstance(entry, AccountEntry)]
        if not found:
            raise AccountNotFunded(
                f"account {account} is not funded on {self._network}: send it XLM, at least 1 and more "
                "to trade"
            )
        entry = found[0]
        lines = {NATIVE: Line(entry.balance, entry.selling_liabilities, entry.buying_liabilities, 0, True)}
        for line in entries:
            if isinstance(line, TrustlineEntry) and isinstance(line.asset, Asset):
                liabilities = line.selling_liabilities, line.buying_liabilities
                lines[line.asset] = Line(line.balance, *liabilities, line.limit, line.is_authorized)
        master, low, medium, _ = entry.thresholds
        signers = AccountSigners(account, low, medium, {**entry.signers, account: master})
        counts = entry.subentries, entry.sponsoring, entry.sponsored
        return AccountBalances(account, ledger, entry.sequence, *counts, lines, signers)

    async def offers(self, ids: Collection[int], as_of: int = 0) -> tuple[dict[int, OfferRecord], int]:
        """Return those of the account's offers that are asked for and rest, and their ledger."""
        keys = [offer_key(self._account, number) for number in ids]
        entries, ledger = await self._entries(keys, as_of)
        return {entry.offer_id: entry for entry in entries if isinstance(entry, OfferRecord)}, ledger

    async def fee_stats(self) -> FeeStats:
        """Read what ledgers charge; how full they are is not known, and taken for not full."""
        result = await self._rpc.call("getFeeStats", {})
        base_fee = self._clock.header.base_fee if self._clock.header else 100
        with reading("the fee statistics"):
            charged = max(base_fee, int(result["inclusionFee"]["p90"]))  # 0 where there was nothing to charge
            return FeeStats(int(result["latestLedger"]), base_fee, charged, USAGE_UNKNOWN)

    async def submit(self, sent: Sent) -> TransactionRecord:
        """Send a transaction and look for it after each ledger, as long as Horizon would."""
        params = {"transaction": b64encode(sent.envelope_xdr).decode()}
        answer = await self._rpc.call("sendTransaction", params, repeats=False)
        status = answer.get("status")
        if status == "ERROR":
            raise _refusal(answer)
        if status not in ("PENDING", "DUPLICATE"):
            raise HorizonUnavailable(f"the network did not take the transaction yet ({status})", status=503)
        try:
            async with asyncio.timeout(CONSTANTS.SUBMIT_TIMEOUT):
                while True:
                    await self._clock.tick(self._clock.median_arrival / LOOKS_A_LEDGER)
                    record = await self._read(sent, str(answer.get("hash", "")))
                    if record is not None:
                        return record
        except TimeoutError:
            raise HorizonUnavailable(
                "the transaction was not seen on the ledger in time", status=504
            ) from None

    async def find(self, sent: Sent, as_of: int = 0) -> TransactionRecord | None:
        """Look a transaction up on the ledger."""
        return await self._read(sent, sent.name, as_of)

    async def _read(self, sent: Sent, hash: str, as_of: int = 0) -> TransactionRecord | None:
        result = await self._rpc.call("getTransaction", {"hash": hash}, as_of)
        with reading("a transaction"):
            if result["status"] == "NOT_FOUND":
                if int(result["oldestLedger"]) > sent.ledger + 1:
                    raise HorizonUnavailable(
                        f"RPC knows ledgers from {result['oldestLedger']} on, the transaction may be older"
                    )
                return None
            ledger = int(result["ledger"])
            toid = ledger << 32 | int(result["applicationOrder"]) << 12
            xdr = b64decode(result["resultXdr"], validate=True)
            return TransactionRecord(sent.name, toid, ledger, int(result["createdAt"]), decode_result(xdr))

    async def _entries(self, keys: Sequence[bytes], as_of: int) -> tuple[list[Entry], int]:
        """Read entries, and return the ledger that they are surely as of."""
        entries: list[Entry] = []
        ledgers: list[int] = []
        for first in range(0, len(keys) or 1, KEYS):
            page = [b64encode(key).decode() for key in keys[first : first + KEYS]]
            result = await self._rpc.call("getLedgerEntries", {"keys": page}, as_of)
            with reading("ledger entries"):
                ledgers.append(int(result["latestLedger"]))
                listed = result.get("entries") or []
                entries += [decode_entry(b64decode(entry["xdr"], validate=True)) for entry in listed]
            self._clock.learn_of(ledgers[-1])
        return entries, min(ledgers)


def _refusal(answer: Mapping[str, Any]) -> HorizonRefused:
    """Return a refusal as Horizon would tell it."""
    xdr = str(answer.get("errorResultXdr", ""))
    with reading("the result of a transaction"):
        code = decode_result(b64decode(xdr, validate=True)).code
    extras = {"result_codes": {"transaction": code}, "result_xdr": xdr}
    return HorizonRefused(f"the network refused the transaction ({code})", 400, extras)
