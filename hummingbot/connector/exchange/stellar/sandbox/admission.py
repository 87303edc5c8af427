"""What the network answers to a transaction at once: whether it waits for a ledger, and if not, why not.

References
----------
stellar-core, ``src/herder/TransactionQueue.cpp`` (``canAdd``; v19.0.1, v20.4.0).
"""

from dataclasses import dataclass

from ..ledger.asset import NATIVE
from ..ledger.preconditions import Preconditions
from ..ledger.results import TransactionResult
from ..ledger.xdr import encode_result
from .candidate import Candidate
from .closed import LedgerHeader, Submission
from .holding import look
from .queue import ONE_AN_ACCOUNT, Chain, TransactionQueue, replacement_fee
from .state import LedgerState
from .validity import refuse

__all__ = ["admit", "trim"]

NO_PRECONDITIONS = Preconditions()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a transaction would wait: instead of another, and behind which sequence number (None: first)."""

    replaced: Candidate | None = None
    behind: int | None = None


def admit(
    candidate: Candidate, queue: TransactionQueue, state: LedgerState, header: LedgerHeader
) -> Submission:
    """Let a transaction wait if the network would, and return its answer.

    `header` is the last closed ledger, `state` the entries after it.
    """
    if queue.is_banned(candidate.full_hash):
        return Submission("TRY_AGAIN_LATER", candidate.hash)
    chain = queue.waiting.get(candidate.tx.source)
    place = Place()
    if chain is not None:
        one_only = queue.protocol >= ONE_AN_ACCOUNT
        found = (place_alone if one_only else place_in_chain)(candidate, chain)
        if isinstance(found, Submission):
            return found
        place = found
    if candidate.tx.operations:
        least_fee, fits = queue.outbid(candidate, header.max_tx_set_size, place.replaced)
        if not fits:
            queue.ban(candidate)
            if least_fee:
                return refused(candidate, TransactionResult(least_fee, "txINSUFFICIENT_FEE"))
            return Submission("TRY_AGAIN_LATER", candidate.hash)
    result = refuse(
        candidate, state, header.close_time, header.base_fee, header.sequence + 1, behind=place.behind
    )
    if result is None and not can_promise(candidate, place.replaced, queue, state):
        fee = header.base_fee * candidate.fee_units
        result = TransactionResult(fee, "txINSUFFICIENT_BALANCE")
    if result is not None:
        return refused(candidate, result)
    queue.make_room(candidate, header.max_tx_set_size, place.replaced)
    queue.add(candidate, place.replaced)
    return Submission("PENDING", candidate.hash)


def place_alone(candidate: Candidate, chain: Chain) -> Submission | Place:
    """Find the place of a transaction whose account has one waiting already (since protocol 20)."""
    (old,) = chain.transactions
    if is_duplicate(candidate, old):
        return Submission("DUPLICATE", candidate.hash)
    if candidate.tx.sequence < old.tx.sequence:
        return refused(candidate, TransactionResult(0, "txBAD_SEQ"))
    if candidate.inner_hash is None or candidate.tx.sequence != old.tx.sequence:
        return Submission("TRY_AGAIN_LATER", candidate.hash)
    return too_cheap(candidate, old) or Place(old)


def place_in_chain(candidate: Candidate, chain: Chain) -> Submission | Place:
    """Find the place of a transaction whose account has others waiting (before protocol 20).

    Only the first of a chain may ask for an age or a gap of the account's sequence number.
    """
    tx, transactions = candidate.tx, chain.transactions
    last = transactions[-1].tx.sequence
    position = next((i for i, other in enumerate(transactions) if other.tx.sequence == tx.sequence), None)
    same = None if position is None else transactions[position]
    if same is not None and is_duplicate(candidate, same):
        return Submission("DUPLICATE", candidate.hash)
    more = tx.preconditions or NO_PRECONDITIONS
    waits = bool(more.minimum_sequence_age or more.minimum_sequence_ledger_gap)
    if candidate.inner_hash is None:
        return Submission("TRY_AGAIN_LATER", candidate.hash) if waits else Place(behind=last)
    if same is None:
        follows = tx.sequence == last + 1 if more.minimum_sequence is None else more.minimum_sequence <= last
        if tx.sequence < last or not follows:
            return refused(candidate, TransactionResult(0, "txBAD_SEQ"))
    elif (answer := too_cheap(candidate, same)) is not None:
        return answer
    if waits and position != 0:
        return Submission("TRY_AGAIN_LATER", candidate.hash)
    if position is None:
        return Place(behind=last)
    return Place(same, transactions[position - 1].tx.sequence if position else None)


def is_duplicate(candidate: Candidate, old: Candidate) -> bool:
    """Tell whether a transaction waits already, as it is or in a fee bump."""
    inside = old.tx_hash == candidate.hash and old.envelope.signatures == candidate.envelope.signatures
    return old.full_hash == candidate.full_hash or inside


def too_cheap(candidate: Candidate, old: Candidate) -> Submission | None:
    """Return the answer to a fee bump that bids too little to replace another transaction, or None."""
    least_fee = replacement_fee(candidate, old)
    if candidate.fee >= least_fee:
        return None
    return refused(candidate, TransactionResult(least_fee, "txINSUFFICIENT_FEE"))


def can_promise(
    candidate: Candidate, replaced: Candidate | None, queue: TransactionQueue, state: LedgerState
) -> bool:
    """Tell whether the account that pays can also pay for all else that it promised to."""
    account = candidate.fee_source
    promised = queue.promised.get(account, 0)
    if replaced is not None and replaced.fee_source == account:
        promised -= replaced.fee
    return available(state, account) >= promised + candidate.fee


def available(state: LedgerState, account: str) -> int:
    """Return the lumens that an account can spend; none if there is no such account."""
    lumens = look(state, account, NATIVE)
    return 0 if lumens is None else lumens.available()


def refused(candidate: Candidate, result: TransactionResult) -> Submission:
    """Return the answer to a transaction that is not taken."""
    return Submission("ERROR", candidate.hash, result, encode_result(result))


def trim(queue: TransactionQueue, state: LedgerState, header: LedgerHeader) -> None:
    """Drop and ban what waits but is no longer valid after the ledger that closed last."""
    invalid: list[Candidate] = []
    for chain in queue.waiting.values():
        behind: int | None = None
        for candidate in chain.transactions:
            result = refuse(
                candidate, state, header.close_time, header.base_fee, header.sequence + 1, behind=behind
            )
            if result is None:
                behind = candidate.tx.sequence
            else:
                invalid.append(candidate)
    for candidate in invalid:
        queue.ban(candidate)
    overdrawn = {
        account for account, promised in queue.promised.items() if available(state, account) < promised
    }
    for candidate in [one for one in queue.candidates() if one.fee_source in overdrawn]:
        queue.ban(candidate)
