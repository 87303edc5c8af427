"""A Stellar network as one object: submit transactions, close ledgers. It reads no clock and does no I/O."""

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final, Self

from ..ledger.asset import NATIVE, Asset
from ..ledger.envelope import SigningKey
from ..ledger.results import TransactionResult
from ..ledger.xdr import encode_result, network_id
from .closed import AppliedTransaction, Change, ClosedLedger, LedgerHeader, Submission
from .closing import apply_ledger, effective_base_fee, in_apply_order, most_paying
from .entries import Account, Offer, Pool, Trustline
from .holding import look
from .queue import LEDGERS_HELD, TransactionQueue, Waiting, replacement_fee
from .state import LedgerState
from .transaction import Candidate, refuse

__all__ = ["AppliedTransaction", "Change", "ClosedLedger", "LedgerHeader", "Network", "Submission"]

LUMENS: Final = 10**18
"""Stroops that a network starts with: 100 billion lumens, all in its root account."""

FORMAT: Final = 1


class Network:
    """One ledger, its queue, and nothing else: what closed is handed out and not kept.

    Attributes
    ----------
    passphrase : str
    network_id : bytes
    header : LedgerHeader
        The last closed ledger.
    state : LedgerState
        Its entries.
    queue : TransactionQueue

    Examples
    --------
    >>> network = Network.genesis("a network of one", close_time=1_700_000_000)
    >>> network.close(1_700_000_005).header.sequence
    2
    """

    def __init__(self, passphrase: str, header: LedgerHeader, state: LedgerState) -> None:
        self.passphrase = passphrase
        self.network_id: bytes = network_id(passphrase)
        self.header = header
        self.state = state
        self.queue = TransactionQueue()

    @classmethod
    def genesis(
        cls,
        passphrase: str,
        close_time: int,
        *,
        base_fee: int = 100,
        base_reserve: int = 5_000_000,
        max_tx_set_size: int = 1000,
        protocol: int = 23,
    ) -> Self:
        """Return a network at ledger 1, whose root account holds all lumens.

        Parameters
        ----------
        passphrase : str
            Names the network; its sha256 is the seed of the root account, as on any standalone network.
        close_time : int
            Of ledger 1, unix seconds.
        base_fee, base_reserve : int
            Stroops an operation, stroops an entry.
        max_tx_set_size : int
            Most operations a ledger.
        protocol : int
            20 or later for one pending transaction an account (older rules of the queue are not built).
        """
        state = LedgerState(1, base_reserve, protocol=protocol)
        network = cls(
            passphrase,
            LedgerHeader(
                1,
                close_time,
                base_fee,
                base_reserve,
                max_tx_set_size,
                0,
                0,
                LUMENS,
                protocol,
                bytes(32),
                bytes(32),
            ),
            state,
        )
        state.load(Account(network.root_key().account, LUMENS, 0, last_modified=1))
        return network

    def root_key(self) -> SigningKey:
        """Return the key of the root account; anyone who knows the passphrase has it."""
        return SigningKey(sha256(self.passphrase.encode()).digest())

    def submit(self, envelope_xdr: bytes) -> Submission:
        """Offer a signed transaction to the network.

        Raises
        ------
        UnsupportedXdr, XdrError
            If the bytes are not an envelope of what is built.
        """
        candidate = Candidate.read(envelope_xdr, self.network_id)
        queue, header = self.queue, self.header
        if queue.is_banned(candidate.full_hash):
            return Submission("TRY_AGAIN_LATER", candidate.hash)
        waiting = queue.waiting.get(candidate.tx.source)
        old = None if waiting is None else waiting.candidate
        if old is not None:
            answer = stand_behind(candidate, old)
            if answer is not None:
                return answer
        if candidate.fee_units > LEDGERS_HELD * header.max_tx_set_size:
            queue.ban(candidate)
            return Submission("TRY_AGAIN_LATER", candidate.hash)
        least_fee, worse = 0, list[Waiting]()
        if candidate.tx.operations:
            least_fee, worse = queue.outbid(candidate, header.max_tx_set_size, old)
        if least_fee:
            queue.ban(candidate)
            return refused(candidate, TransactionResult(least_fee, "txINSUFFICIENT_FEE"))
        result = refuse(candidate, self.state, header.close_time, header.base_fee, header.sequence + 1)
        if result is None and not self._can_promise(candidate, old):
            fee = header.base_fee * candidate.fee_units
            result = TransactionResult(fee, "txINSUFFICIENT_BALANCE")
        if result is not None:
            return refused(candidate, result)
        queue.evict(worse)
        if old is None:
            queue.add(candidate)
        else:
            queue.replace(candidate)
        return Submission("PENDING", candidate.hash)

    def _can_promise(self, candidate: Candidate, old: Candidate | None) -> bool:
        """Tell whether the account that pays can also pay for all else that it promised to."""
        account = candidate.fee_source
        promised = self.queue.promised.get(account, 0)
        if old is not None and old.fee_source == account:
            promised -= old.fee
        lumens = look(self.state, account, NATIVE)
        return lumens is not None and lumens.available() >= promised + candidate.fee

    def close(self, close_time: int) -> ClosedLedger:
        """Close the next ledger with what waits and fits.

        Transactions whose time bounds forbid `close_time` are dropped: they cost nothing and are on no
        ledger.

        Raises
        ------
        ValueError
            If time would not move on.
        """
        header = self.header
        if close_time <= header.close_time:
            raise ValueError(
                f"ledger {header.sequence + 1} cannot close at {close_time}: "
                f"ledger {header.sequence} closed at {header.close_time}; give a later time"
            )
        valid = self._still_valid(close_time)
        taken = valid
        if sum(candidate.fee_units for candidate in valid) > header.max_tx_set_size:
            taken = most_paying(valid, header.max_tx_set_size, header.hash)
        base_fee = effective_base_fee(taken, header, len(taken) < len(valid))
        closed = apply_ledger(self.state, header, in_apply_order(taken, header.hash), close_time, base_fee)
        for candidate in taken:
            self.queue.remove(candidate.tx.source)
        self.queue.shift()
        self.header = closed.header
        return closed

    def _still_valid(self, close_time: int) -> list[Candidate]:
        """Return what waits and may close then; drop the rest."""
        valid = []
        for account, waiting in list(self.queue.waiting.items()):
            candidate = waiting.candidate
            tx = candidate.tx
            if waiting.age:
                result = refuse(
                    candidate, self.state, close_time, self.header.base_fee, self.header.sequence + 1
                )
                expired = result is not None
            else:
                expired = bool(tx.max_time) and tx.max_time < close_time
            if expired:
                self.queue.remove(account)
            else:
                valid.append(candidate)
        return valid

    def book(self, selling: Asset, buying: Asset) -> Iterator[Offer]:
        """Yield the offers that sell one asset for another, best first."""
        offers = self.state.offers
        for offer_id in self.state.books.get((selling, buying), ()):
            yield offers[offer_id]

    def to_dict(self) -> dict[str, Any]:
        """Return all there is as JSON-able data; ``from_dict`` gives a network that continues identically."""
        header = asdict(self.header)
        header["hash"], header["previous_hash"] = self.header.hash.hex(), self.header.previous_hash.hex()
        return {
            "format": FORMAT,
            "passphrase": self.passphrase,
            "header": header,
            "entries": [entry.to_dict() for entry in self.state.entries()],
            "waiting": [
                {"envelope_xdr": b64encode(waiting.candidate.envelope_xdr).decode(), "age": waiting.age}
                for waiting in self.queue.waiting.values()
            ],
            "banned": [sorted(hash_.hex() for hash_ in hashes) for hashes in self.queue.banned],
            "evicted": self.queue.evicted and list(self.queue.evicted),
        }

    @classmethod
    def from_dict(cls, saved: dict[str, Any]) -> Self:
        """Return the network that ``to_dict`` wrote down.

        Raises
        ------
        ValueError
            If it is of another format, or damaged.
        """
        if saved.get("format") != FORMAT:
            raise ValueError(f"network saved in format {saved.get('format')!r}: this version reads {FORMAT}")
        try:
            return cls._restored(saved)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"saved network is damaged ({error!r}): save it again") from error

    @classmethod
    def _restored(cls, saved: dict[str, Any]) -> Self:
        fields = dict(saved["header"])
        fields["hash"], fields["previous_hash"] = (
            bytes.fromhex(fields[k]) for k in ("hash", "previous_hash")
        )
        header = LedgerHeader(**fields)
        state = LedgerState(header.sequence, header.base_reserve, header.id_pool, header.protocol)
        kinds: dict[str, type[Account] | type[Trustline] | type[Offer] | type[Pool]]
        kinds = {"account": Account, "trustline": Trustline, "offer": Offer, "pool": Pool}
        for entry in saved["entries"]:
            state.load(kinds[entry["type"]].from_dict(entry))
        network = cls(saved["passphrase"], header, state)
        for waiting in saved["waiting"]:
            candidate = Candidate.read(b64decode(waiting["envelope_xdr"]), network.network_id)
            network.queue.add(candidate, waiting["age"])
        network.queue.evicted = saved["evicted"] and tuple(saved["evicted"])
        network.queue.banned.clear()
        network.queue.banned.extend({bytes.fromhex(hash_) for hash_ in hashes} for hashes in saved["banned"])
        return network


def stand_behind(candidate: Candidate, old: Candidate) -> Submission | None:
    """Answer a transaction whose account has one waiting already; None if it may take its place."""
    inside = old.tx_hash == candidate.hash and old.envelope.signatures == candidate.envelope.signatures
    if old.full_hash == candidate.full_hash or inside:
        return Submission("DUPLICATE", candidate.hash)
    if candidate.tx.sequence < old.tx.sequence:
        return refused(candidate, TransactionResult(0, "txBAD_SEQ"))
    if candidate.inner_hash is None or candidate.tx.sequence != old.tx.sequence:
        return Submission("TRY_AGAIN_LATER", candidate.hash)
    least_fee = replacement_fee(candidate, old)
    if candidate.fee < least_fee:
        return refused(candidate, TransactionResult(least_fee, "txINSUFFICIENT_FEE"))
    return None


def refused(candidate: Candidate, result: TransactionResult) -> Submission:
    """Return the answer to a transaction that is not taken."""
    return Submission("ERROR", candidate.hash, result, encode_result(result))
