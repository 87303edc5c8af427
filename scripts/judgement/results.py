"""Results of transactions, read from their XDR."""

import struct
from base64 import b64decode
from dataclasses import dataclass, field

from . import CannotJudge

__all__ = ["OperationResult", "read_results"]

CHANGE_TRUST, DEPOSIT, WITHDRAWAL = 6, 22, 23
WITHOUT_CLAIMS = (CHANGE_TRUST, DEPOSIT, WITHDRAWAL)
ON_OFFERS = (3, 4, 12)
PATH_PAYMENTS = (2, 13)
DELETED = 2


@dataclass
class OperationResult:
    """What an operation did: the offer that rests (0: none), and (sold, bought) of each claim, in stroops."""

    offer_id: int = 0
    claims: list[tuple[int, int]] = field(default_factory=list)


class _Reader:
    """Reads XDR from its beginning."""

    def __init__(self, text: str) -> None:
        self._data = b64decode(text, validate=True)
        self._at = 0

    def int32(self) -> int:
        return self._take("!i", 4)

    def int64(self) -> int:
        return self._take("!q", 8)

    def skip(self, size: int) -> None:
        self._at += size

    def asset(self) -> None:
        kind = self.int32()
        self.skip({0: 0, 1: 40, 2: 48}[kind])

    def _take(self, form: str, size: int) -> int:
        (number,) = struct.unpack_from(form, self._data, self._at)
        self._at += size
        return int(number)


def read_results(result_xdr: str) -> list[OperationResult]:
    """Return what the operations of a successful transaction did.

    Raises
    ------
    CannotJudge
        If one is of a type that no bot's order, cancel or pool operation makes.
    """
    reader = _Reader(result_xdr)
    reader.int64()
    if reader.int32() == 1:  # a fee bump: hash, then the inner result
        reader.skip(32 + 8)
        reader.int32()
    return [_read_operation(reader) for _ in range(reader.int32())]


def _read_operation(reader: _Reader) -> OperationResult:
    inner, kind, code = reader.int32(), reader.int32(), reader.int32()
    if inner or kind not in ON_OFFERS + PATH_PAYMENTS + WITHOUT_CLAIMS or code:
        raise CannotJudge(f"an operation of type {kind} with code {code} is none that a bot makes")
    if kind in WITHOUT_CLAIMS:
        return OperationResult()
    claims = []
    for _ in range(reader.int32()):
        source = reader.int32()
        reader.skip({0: 32 + 8, 1: 36 + 8, 2: 32}[source])
        reader.asset()
        sold = reader.int64()
        reader.asset()
        claims.append((sold, reader.int64()))
    if kind in PATH_PAYMENTS:
        reader.skip(36)
        reader.asset()
        reader.skip(8)
        return OperationResult(0, claims)
    if reader.int32() == DELETED:
        return OperationResult(0, claims)
    reader.skip(36)
    offer_id = reader.int64()
    reader.asset()
    reader.asset()
    reader.skip(8 + 8 + 4 + 4)
    return OperationResult(offer_id, claims)
