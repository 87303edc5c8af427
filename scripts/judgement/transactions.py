"""Compares the journal's transactions with the ledger's: fate, envelope, payer, fee, sequence number."""

import struct
from base64 import b64decode
from collections.abc import Callable, Mapping
from hashlib import sha256

from . import CannotJudge
from .horizon import Horizon, Json
from .journal import Journal

__all__ = ["Transactions"]

NOT_THERE = ("refused", "expired", "unsent")
SIGNATURE = 4 + 4 + 64
MOST_SIGNATURES = 20


class Transactions:
    """What an account and its channel accounts have on the ledger.

    Parameters
    ----------
    horizon : Horizon
    journal : Journal
    openings : mapping of str to mapping
        Accounts' documents from before the bot began, by account.
    complain : callable
        Takes a sentence on each disagreement.

    Attributes
    ----------
    applied : list of mapping
        Horizon's records of successful transactions that the journal knows, in the order of the ledger.
    channels : set of str
        Source accounts other than the account itself.
    through_channels, bumped, paid_by_bump : int
        How many left through a channel, were put into a fee bump, and came to the ledger in one.
    """

    def __init__(
        self,
        horizon: Horizon,
        journal: Journal,
        openings: Mapping[str, Json],
        complain: Callable[[str], None],
    ) -> None:
        self._horizon = horizon
        self._journal = journal
        self._openings = openings
        self._complain = complain
        self._network = sha256(journal.network.encode()).digest()
        sources = {record["source"] for record in journal.sent.values()}
        self.channels = sources - {journal.account}
        self.applied: list[Json] = []
        self.through_channels = sum(record["source"] in self.channels for record in journal.sent.values())
        self.bumped = len(journal.bumps)
        self.paid_by_bump = 0
        on_ledger = self._read({journal.account, *sources})
        for name in journal.sent:
            self._compare(name, on_ledger.get(name))
        for name in journal.repeated:
            complain(f"transaction {name} is decided more than once in the journal")
        for name in (journal.decided.keys() | journal.bumps.keys()) - journal.sent.keys():
            complain(f"transaction {name} is decided or bumped in the journal, but was never written there")

    def _read(self, sources: set[str]) -> dict[str, Json]:
        """Return the journal's transactions that are on the ledger, by hash; complain of all others."""
        records: dict[str, Json] = {}
        for account in sources | self._openings.keys():
            listed = list(self._horizon.all(f"/accounts/{account}/transactions?include_failed=true"))
            records |= {record["hash"]: record for record in listed}
            self._compare_sequence(account, listed)
        on_ledger: dict[str, Json] = {}
        for record in sorted(records.values(), key=lambda record: int(record["paging_token"])):
            name = name_of(record)
            if name in self._journal.sent:
                on_ledger[name] = record
                if record["successful"]:
                    self.applied.append(record)
            elif self._is_later(record, sources):
                self._complain(f"transaction {name} of ledger {record['ledger']} is not in the journal")
        return on_ledger

    def _is_later(self, record: Json, sources: set[str]) -> bool:
        """Tell whether one that the journal does not know is of a time when it should."""
        source = record["source_account"]
        if source not in sources | self._openings.keys():
            return False
        own = [sent["sequence"] for sent in self._journal.sent.values() if sent["source"] == source]
        first = min(own, default=2**63)
        if source in self._openings:
            first = min(first, int(self._openings[source]["sequence"]) + 1)
        return int(record["source_account_sequence"]) >= first

    def _compare_sequence(self, account: str, listed: list[Json]) -> None:
        """Each sequence number since the opening is used once, and none is left out."""
        if account not in self._openings:
            return
        first = int(self._openings[account]["sequence"]) + 1
        last = int(self._horizon.get(f"/accounts/{account}")["sequence"])
        used = [int(r["source_account_sequence"]) for r in listed if r["source_account"] == account]
        if [number for number in used if number >= first] != list(range(first, last + 1)):
            self._complain(
                f"account {account}: its sequence number went from {first - 1} to {last}, but its "
                f"transactions have {[number for number in used if number >= first]}"
            )

    def _compare(self, name: str, record: Json | None) -> None:
        decided = self._journal.decided.get(name, {})
        fate = decided.get("fate")
        truth = "not there" if record is None else "applied" if record["successful"] else "failed"
        if fate != truth and not (record is None and fate in NOT_THERE):
            self._complain(
                f"transaction {name}: the journal says {fate or 'nothing'}, on the ledger it is {truth}"
            )
        elif record is not None:
            told = decided["record"]["toid"], decided["record"]["ledger"], decided["record"]["fee"]
            shown = int(record["paging_token"]), record["ledger"], int(record["fee_charged"])
            if told != shown:
                self._complain(
                    f"transaction {name}: position, ledger and fee in stroops are {told} in the journal, "
                    f"{shown} on the ledger"
                )
        if record is not None:
            self._compare_envelope(name, record)

    def _compare_envelope(self, name: str, record: Json) -> None:
        """What the ledger has is, byte for byte, what was kept before it was sent, and paid by its source."""
        sent, bumps = self._journal.sent[name], self._journal.bumps.get(name, [])
        is_bump = "fee_bump_transaction" in record
        self.paid_by_bump += is_bump
        if record["envelope_xdr"] not in (bumps if is_bump else [sent["envelope"]]):
            self._complain(f"transaction {name}: the envelope on the ledger is not in the journal")
        hashes = hash_of(record["envelope_xdr"], self._network), hash_of(sent["envelope"], self._network)
        if hashes != (record["hash"], name):
            self._complain(
                f"transaction {name}: the envelopes' hashes are {hashes}, the ledger has {record['hash']}"
            )
        told = sent["source"], sent["source"], sent["sequence"]
        shown = record["source_account"], record["fee_account"], int(record["source_account_sequence"])
        if told != shown:
            self._complain(
                f"transaction {name}: source, payer and sequence number are {told} in the journal, "
                f"{shown} on the ledger"
            )
        if int(record["fee_charged"]) > int(record["max_fee"]):
            self._complain(
                f"transaction {name} bid {record['max_fee']} stroops and was charged {record['fee_charged']}"
            )


def name_of(record: Json) -> str:
    """Return a transaction's own hash, in a fee bump or not."""
    return str(record.get("inner_transaction", record)["hash"])


def hash_of(envelope: str, network: bytes) -> str:
    """Return the hash of a signed envelope, of a fee bump its outer one.

    Raises
    ------
    CannotJudge
        If its signatures are not at its end.
    """
    data = b64decode(envelope, validate=True)
    for count in range(1, MOST_SIGNATURES + 1):
        end = len(data) - SIGNATURE * count - 4
        if end > 0 and struct.unpack_from("!i", data, end) == (count,):
            return sha256(network + data[:end]).hexdigest()
    raise CannotJudge(f"an envelope of {len(data)} bytes does not end with its signatures")
