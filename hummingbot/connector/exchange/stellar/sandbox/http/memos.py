"""A transaction's memo and preconditions as Horizon shows them."""

from base64 import b64encode
from typing import Any

from ...ledger.amount import INT64_MAX
from ...ledger.memo import Memo, MemoHash, MemoId
from ...ledger.operations import Transaction
from .responses import instant

__all__ = ["memo_fields", "memo_type", "precondition_fields"]


def memo_type(memo: Memo | None) -> str:
    """Return ``none``, ``text``, ``id``, ``hash`` or ``return``."""
    if memo is None:
        return "none"
    if isinstance(memo, str | bytes):
        return "text"
    return "id" if isinstance(memo, MemoId) else "hash" if isinstance(memo, MemoHash) else "return"


def memo_fields(memo: Memo | None) -> dict[str, Any]:
    """Return the memo; of a text also its bytes, as it may not be UTF-8."""
    if memo is None:
        return {}
    if isinstance(memo, str | bytes):
        text = memo.encode() if isinstance(memo, str) else memo
        return {"memo": readable(text), "memo_bytes": b64encode(text).decode()}
    return {"memo": str(memo.id) if isinstance(memo, MemoId) else b64encode(memo.hash).decode()}


def readable(text: bytes) -> str:
    """Return text with a replacement character for each byte that is not UTF-8, and without zero bytes."""
    shown = text.decode("utf-8", "surrogateescape").replace("\0", "")
    return "".join("\ufffd" if "\udc80" <= character <= "\udcff" else character for character in shown)


def precondition_fields(tx: Transaction) -> dict[str, Any]:
    """Return when a transaction is valid, at the top level and as ``preconditions``."""
    document: dict[str, Any] = {}
    preconditions: dict[str, Any] = {}
    max_time = min(tx.max_time, INT64_MAX)
    if tx.has_time_bounds:
        document["valid_after"] = instant(tx.min_time)
        bounds = {"min_time": str(tx.min_time)}
        if max_time:
            document["valid_before"] = instant(max_time)
            bounds["max_time"] = str(max_time)
        preconditions["timebounds"] = bounds
    more = tx.preconditions
    if more is not None:
        if more.ledger_bounds is not None:
            first, end = more.ledger_bounds
            preconditions["ledgerbounds"] = {"min_ledger": first} | ({"max_ledger": end} if end else {})
        if more.minimum_sequence is not None:
            preconditions["min_account_sequence"] = str(more.minimum_sequence)
        if more.minimum_sequence_age:
            preconditions["min_account_sequence_age"] = str(more.minimum_sequence_age)
        if more.minimum_sequence_ledger_gap:
            preconditions["min_account_sequence_ledger_gap"] = more.minimum_sequence_ledger_gap
        if more.extra_signers:
            preconditions["extra_signers"] = list(more.extra_signers)
    if tx.has_time_bounds or more is not None:
        document["preconditions"] = preconditions
    return document
