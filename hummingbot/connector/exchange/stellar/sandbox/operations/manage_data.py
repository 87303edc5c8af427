"""ManageData: set or remove a named value of an account.

References
----------
stellar-core, ``src/transactions/ManageDataOpFrame.cpp``.
"""

from typing import Final

from ...ledger.ledger_keys import DataKey
from ...ledger.operations import ManageData
from ...ledger.results import OperationResult
from ..crossing import remove_subentry
from ..data_entry import DataEntry
from ..state import LedgerState
from ..text import is_plain
from .subentry import add_subentry

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("manage_data", "MANAGE_DATA_SUCCESS")
INVALID_NAME: Final = OperationResult("manage_data", "MANAGE_DATA_INVALID_NAME")
NAME_NOT_FOUND: Final = OperationResult("manage_data", "MANAGE_DATA_NAME_NOT_FOUND")
LOW_RESERVE: Final = OperationResult("manage_data", "MANAGE_DATA_LOW_RESERVE")


def check(operation: ManageData, source: str) -> OperationResult | None:
    """Refuse an empty name, and one with other than printable ASCII characters."""
    return None if operation.name and is_plain(operation.name) else INVALID_NAME


def apply(operation: ManageData, source: str, state: LedgerState) -> OperationResult:
    """Set the value, or remove it if there is none."""
    entry = state.touch_data(DataKey(source, operation.name))
    if operation.value is None:
        if entry is None:
            return NAME_NOT_FOUND
        remove_subentry(state, source, entry.sponsor)
        state.remove_entry(entry)
        return SUCCESS
    if entry is not None:
        entry.value = operation.value
        return SUCCESS
    refused = add_subentry(state, source)
    if refused is not None:
        return LOW_RESERVE if refused == "low reserve" else refused
    sponsor = state.sponsorships.get(source)
    state.add_entry(DataEntry(source, operation.name, operation.value, sponsor=sponsor))
    return SUCCESS
