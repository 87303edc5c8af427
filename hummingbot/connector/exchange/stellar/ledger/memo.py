"""Memos: what a transaction tells its receiver, which the ledger does not act on."""

from dataclasses import dataclass

__all__ = ["Memo", "MemoHash", "MemoId", "MemoReturn"]


@dataclass(frozen=True, slots=True)
class MemoId:
    """A number from 0 to 2^64 - 1, such as an exchange gives each of its customers."""

    id: int


@dataclass(frozen=True, slots=True)
class MemoHash:
    """32 bytes, such as the hash of an invoice."""

    hash: bytes


@dataclass(frozen=True, slots=True)
class MemoReturn:
    """The 32-byte hash of the transaction whose payment this one returns."""

    hash: bytes


Memo = str | bytes | MemoId | MemoHash | MemoReturn
"""Text of up to 28 bytes (bytes where it is not UTF-8), a number, a hash, or the hash of what is returned."""
