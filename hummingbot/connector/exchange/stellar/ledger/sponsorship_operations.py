"""Operations by which one account pays the reserve of another's entries.

Between BeginSponsoringFutureReserves and EndSponsoringFutureReserves, both in one transaction, the sponsor
pays for every entry that the sponsored account comes to own.

References
----------
CAP-33, https://github.com/stellar/stellar-protocol/blob/master/core/cap-0033.md
"""

from dataclasses import dataclass

from .ledger_keys import LedgerKey, SignerKey

__all__ = ["BeginSponsoringFutureReserves", "EndSponsoringFutureReserves", "RevokeSponsorship"]


@dataclass(frozen=True, slots=True)
class BeginSponsoringFutureReserves:
    """Pay for what the sponsored account comes to own from here on (threshold: medium)."""

    sponsored: str
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class EndSponsoringFutureReserves:
    """End, as the sponsored account, what BeginSponsoringFutureReserves began (threshold: medium)."""

    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class RevokeSponsorship:
    """Leave the reserve of an entry or a signer to its owner, or to whoever sponsors the source now
    (threshold: medium)."""

    target: LedgerKey | SignerKey
    source: str | None = None
    source_id: int | None = None
