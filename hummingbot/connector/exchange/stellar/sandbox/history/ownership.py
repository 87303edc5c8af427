"""Which trustlines, offers and data belong to whom: the ledger's entries by account, kept up from its
changes."""

from ...ledger.asset import Asset
from ...ledger.liquidity_pool import Trusted
from ..closed import ClosedLedger
from ..data_entry import DataEntry
from ..entries import Offer, Trustline
from ..state import LedgerState

__all__ = ["Ownership"]


class Ownership:
    """The keys of an account's trustlines, offers and data in a ledger's state."""

    def __init__(self, state: LedgerState) -> None:
        self._assets: dict[str, set[Trusted]] = {}
        self._offers: dict[str, set[int]] = {}
        self._data: dict[str, set[str]] = {}
        for account, asset in state.trustlines:
            self._assets.setdefault(account, set()).add(asset)
        for offer in state.offers.values():
            self._offers.setdefault(offer.seller, set()).add(offer.offer_id)
        for key in state.data:
            self._data.setdefault(key.account, set()).add(key.name)

    def follow(self, closed: ClosedLedger) -> None:
        """Take in what a ledger created and removed."""
        for applied in closed.transactions:
            for changes in applied.operation_changes:
                for before, after in changes:
                    if before is None and after is not None:
                        self._add(after)
                    elif after is None and before is not None:
                        self._remove(before)

    def assets(self, account: str) -> list[Trusted]:
        """Return what the account has trustlines of: pool shares, then credits by code and issuer."""
        return sorted(
            self._assets.get(account, ()),
            key=lambda asset: (asset.code, asset.issuer) if isinstance(asset, Asset) else ("", str(asset)),
        )

    def offers(self, account: str) -> list[int]:
        """Return the ids of the account's offers, ascending."""
        return sorted(self._offers.get(account, ()))

    def data(self, account: str) -> list[str]:
        """Return the names of the account's data, in order."""
        return sorted(self._data.get(account, ()))

    def _add(self, entry: object) -> None:
        if isinstance(entry, Offer):
            self._offers.setdefault(entry.seller, set()).add(entry.offer_id)
        elif isinstance(entry, Trustline):
            self._assets.setdefault(entry.account, set()).add(entry.asset)
        elif isinstance(entry, DataEntry):
            self._data.setdefault(entry.account, set()).add(entry.name)

    def _remove(self, entry: object) -> None:
        if isinstance(entry, Offer):
            self._offers[entry.seller].discard(entry.offer_id)
        elif isinstance(entry, Trustline):
            self._assets[entry.account].discard(entry.asset)
        elif isinstance(entry, DataEntry):
            self._data[entry.account].discard(entry.name)
