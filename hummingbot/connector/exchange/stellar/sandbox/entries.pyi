from typing import Any, Self

from ..ledger.asset import Asset
from ..ledger.liquidity_pool import PoolShare, Trusted

__all__ = ["Account", "Offer", "Pool", "Trustline"]

Signer = tuple[str, int, str | None]

class Entry:
    last_modified: int
    sponsor: str | None
    def copy(self) -> Self: ...
    def to_dict(self) -> dict[str, Any]: ...
    @classmethod
    def from_dict(cls, entry: dict[str, Any]) -> Self: ...

class Account(Entry):
    @property
    def account(self) -> str: ...
    balance: int
    sequence: int
    buying_liabilities: int
    selling_liabilities: int
    subentries: int
    flags: int
    sponsoring: int
    sponsored: int
    sequence_ledger: int | None
    sequence_time: int | None
    thresholds: tuple[int, int, int, int]
    signers: tuple[Signer, ...]
    home_domain: str
    inflation_destination: str | None
    def __init__(
        self,
        account: str,
        balance: int,
        sequence: int,
        *,
        subentries: int = 0,
        flags: int = 0,
        buying_liabilities: int = 0,
        selling_liabilities: int = 0,
        sponsoring: int = 0,
        sponsored: int = 0,
        sequence_ledger: int | None = None,
        sequence_time: int | None = None,
        thresholds: tuple[int, int, int, int] = (1, 0, 0, 0),
        signers: tuple[Signer, ...] = (),
        home_domain: str = "",
        inflation_destination: str | None = None,
        last_modified: int = 0,
        sponsor: str | None = None,
    ) -> None: ...

class Trustline(Entry):
    @property
    def account(self) -> str: ...
    @property
    def asset(self) -> Trusted: ...
    balance: int
    limit: int
    buying_liabilities: int
    selling_liabilities: int
    flags: int
    pool_uses: int
    def __init__(
        self,
        account: str,
        asset: Trusted,
        balance: int,
        limit: int,
        *,
        flags: int = 1,
        buying_liabilities: int = 0,
        selling_liabilities: int = 0,
        pool_uses: int = 0,
        last_modified: int = 0,
        sponsor: str | None = None,
    ) -> None: ...

class Offer(Entry):
    @property
    def seller(self) -> str: ...
    @property
    def offer_id(self) -> int: ...
    selling: Asset
    buying: Asset
    amount: int
    price_n: int
    price_d: int
    passive: bool
    def __init__(
        self,
        seller: str,
        offer_id: int,
        selling: Asset,
        buying: Asset,
        amount: int,
        price_n: int,
        price_d: int,
        *,
        passive: bool = False,
        last_modified: int = 0,
        sponsor: str | None = None,
    ) -> None: ...

class Pool(Entry):
    @property
    def share(self) -> PoolShare: ...
    @property
    def asset_a(self) -> Asset: ...
    @property
    def asset_b(self) -> Asset: ...
    reserve_a: int
    reserve_b: int
    total_shares: int
    trustlines: int
    def __init__(
        self,
        share: PoolShare,
        asset_a: Asset,
        asset_b: Asset,
        *,
        reserve_a: int = 0,
        reserve_b: int = 0,
        total_shares: int = 0,
        trustlines: int = 0,
        last_modified: int = 0,
    ) -> None: ...
