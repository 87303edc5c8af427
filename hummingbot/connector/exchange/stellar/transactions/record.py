"""A transaction that is on the ledger, as Horizon shows it."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot.connector.exchange.stellar.horizon.errors import reading
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import close_time_of
from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult
from hummingbot.connector.exchange.stellar.ledger.xdr import decode_result

__all__ = ["TransactionRecord", "fee_shares"]


@dataclass(frozen=True, slots=True)
class TransactionRecord:
    """One transaction and its result.

    Parameters
    ----------
    hash : str
        In hex; of one that came in a fee bump its own, not the bump's.
    toid : int
        Its position: ledger << 32 | order in the ledger << 12; operation i (from 1) is ``toid + i``.
    ledger, close_time : int
    result : TransactionResult
    """

    hash: str
    toid: int
    ledger: int
    close_time: int
    result: TransactionResult

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> "TransactionRecord":
        """Read a record of ``/transactions``.

        Raises
        ------
        HorizonUnavailable
            If it cannot be read.
        """
        with reading("a transaction"):
            return cls(
                record.get("inner_transaction", record)["hash"],
                int(record["paging_token"]),
                int(record["ledger"]),
                close_time_of(record["created_at"]),
                decode_result(b64decode(record["result_xdr"], validate=True)),
            )

    @property
    def is_successful(self) -> bool:
        """Whether all its operations were applied."""
        return self.result.code in ("txSUCCESS", "txFEE_BUMP_INNER_SUCCESS")


def fee_shares(fee: int, operations: int) -> list[int]:
    """Divide a transaction's fee among its operations; the first bears what does not divide."""
    share, rest = divmod(fee, operations)
    return [share + rest, *([share] * (operations - 1))]
