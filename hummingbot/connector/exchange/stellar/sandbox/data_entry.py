"""Data entries: named values that accounts keep on the ledger."""

from base64 import b64decode, b64encode
from typing import Any

from ..ledger.ledger_keys import DataKey

__all__ = ["DataEntry"]


class DataEntry:
    """A named value of an account.

    Parameters
    ----------
    account, name : str
    value : bytes
        Up to 64.
    last_modified : int
        The ledger that last changed it.
    sponsor : str or None
        Who pays its reserve, if not the account.
    """

    __slots__ = ("account", "last_modified", "name", "sponsor", "value")

    def __init__(
        self, account: str, name: str, value: bytes, *, last_modified: int = 0, sponsor: str | None = None
    ) -> None:
        self.account = account
        self.name = name
        self.value = value
        self.last_modified = last_modified
        self.sponsor = sponsor

    @property
    def key(self) -> DataKey:
        """What it lies under."""
        return DataKey(self.account, self.name)

    def copy(self) -> "DataEntry":
        """Return an entry that can be changed without changing this one."""
        return DataEntry(
            self.account, self.name, self.value, last_modified=self.last_modified, sponsor=self.sponsor
        )

    def to_dict(self) -> dict[str, Any]:
        """Write the entry as recordings do."""
        entry = {
            "type": "data",
            "account": self.account,
            "name": self.name,
            "value": b64encode(self.value).decode(),
            "last_modified": self.last_modified,
        }
        if self.sponsor:
            entry["sponsor"] = self.sponsor
        return entry

    @staticmethod
    def from_dict(entry: dict[str, Any]) -> "DataEntry":
        """Read `to_dict` back."""
        return DataEntry(
            entry["account"],
            entry["name"],
            b64decode(entry["value"]),
            last_modified=entry["last_modified"],
            sponsor=entry.get("sponsor"),
        )

    def __repr__(self) -> str:
        return f"DataEntry({self.account}, {self.name!r}: {self.value!r})"
