"""A Stellar network as one object: submit transactions, close ledgers. It reads no clock and does no I/O."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final, Self

from ..ledger.asset import Asset
from ..ledger.envelope import SigningKey
from ..ledger.xdr import network_id
from .admission import admit, trim
from .candidate import Candidate
from .closed import AppliedTransaction, Change, ClosedLedger, LedgerHeader, Submission
from .closing import apply_ledger, effective_base_fee, in_apply_order, most_paying
from .entries import Account, Offer
from .entry_kinds import read_entry
from .frozen_keys import FREEZES, FrozenKey
from .queue import ONE_AN_ACCOUNT, TransactionQueue
from .state import LedgerState

__all__ = [
    "PROTOCOL",
    "AppliedTransaction",
    "Change",
    "ClosedLedger",
    "LedgerHeader",
    "Network",
    "Submission",
]

LUMENS: Final = 10**18
"""Stroops that a network starts with: 100 billion lumens, all in its root account."""

PROTOCOL: Final = 23
"""Of a network that is begun without a choice."""

LEDGER_SIZE: Final = 1000
"""Operations that a ledger takes, as on the public network."""

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

    def __init__(
        self,
        passphrase: str,
        header: LedgerHeader,
        state: LedgerState,
        queue_protocol: int = ONE_AN_ACCOUNT,
    ) -> None:
        self.passphrase = passphrase
        self.network_id: bytes = network_id(passphrase)
        self.header = header
        self.state = state
        self.queue = TransactionQueue(queue_protocol)

    @classmethod
    def genesis(
        cls,
        passphrase: str,
        close_time: int,
        *,
        base_fee: int = 100,
        base_reserve: int = 5_000_000,
        max_tx_set_size: int = LEDGER_SIZE,
        protocol: int = PROTOCOL,
        queue_protocol: int = ONE_AN_ACCOUNT,
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
        queue_protocol : int
            Whose rules the queue and the choice of what a ledger holds have: 20 or later for one pending
            transaction an account.
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
            queue_protocol,
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
        return admit(candidate, self.queue, self.state, self.header)

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
        self._expire(close_time)
        queue = self.queue
        taken = list(queue.candidates())
        waiting = len(taken)
        if queue.operations > header.max_tx_set_size:
            chains = [chain.transactions for chain in queue.waiting.values()]
            taken = most_paying(chains, header.max_tx_set_size, header.hash)
        base_fee = effective_base_fee(taken, header, len(taken) < waiting, queue.protocol)
        closed = apply_ledger(self.state, header, in_apply_order(taken, header.hash), close_time, base_fee)
        self.header = closed.header
        queue.settle(taken)
        queue.shift()
        trim(queue, self.state, self.header)
        return closed

    def freeze(self, keys: Iterable[FrozenKey]) -> None:
        """Freeze accounts and trustlines, and no others; what waits and touches one is dropped.

        Raises
        ------
        ValueError
            If the network's protocol knows no frozen keys.
        """
        frozen = frozenset(keys)
        if frozen and self.header.protocol < FREEZES:
            raise ValueError(
                f"protocol {self.header.protocol} freezes nothing: begin the network with protocol {FREEZES} "
                "or later"
            )
        self.state.frozen = frozen
        trim(self.queue, self.state, self.header)

    def _expire(self, close_time: int) -> None:
        """Drop what may not close any more; that it was valid otherwise is known since the last ledger."""
        for candidate in list(self.queue.candidates()):
            if candidate.tx.max_time and candidate.tx.max_time < close_time:
                self.queue.ban(candidate)

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
            "queue_protocol": self.queue.protocol,
            "header": header,
            "frozen": [
                [key] if isinstance(key, str) else [key[0], str(key[1])]
                for key in sorted(self.state.frozen, key=str)
            ],
            "entries": [entry.to_dict() for entry in self.state.entries()],
            "waiting": [
                {"envelope_xdr": b64encode(candidate.envelope_xdr).decode(), "age": chain.age}
                for chain in self.queue.waiting.values()
                for candidate in chain.transactions
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
        for entry in saved["entries"]:
            state.load(read_entry(entry))
        state.frozen = frozenset(
            key[0] if len(key) == 1 else (key[0], Asset.parse(key[1])) for key in saved.get("frozen", ())
        )
        network = cls(saved["passphrase"], header, state, saved.get("queue_protocol", ONE_AN_ACCOUNT))
        for waiting in saved["waiting"]:
            candidate = Candidate.read(b64decode(waiting["envelope_xdr"]), network.network_id)
            network.queue.add(candidate, age=waiting["age"])
        network.queue.evicted = saved["evicted"] and tuple(saved["evicted"])
        network.queue.banned.clear()
        network.queue.banned.extend({bytes.fromhex(hash_) for hash_ in hashes} for hashes in saved["banned"])
        return network
