"""CreateAccount: pay for an account that does not exist yet.

References
----------
stellar-core, ``src/transactions/CreateAccountOpFrame.cpp``.
"""

from typing import Final

from ...ledger.asset import NATIVE
from ...ledger.balances import minimum_balance
from ...ledger.operations import CreateAccount
from ...ledger.results import OperationResult
from ..entries import Account
from ..holding import hold
from ..sponsorship import ACCOUNT_RESERVES, start_sponsoring
from ..state import LedgerState

__all__ = ["SUCCESS", "apply", "check"]

SUCCESS: Final = OperationResult("create_account", "CREATE_ACCOUNT_SUCCESS")
MALFORMED: Final = OperationResult("create_account", "CREATE_ACCOUNT_MALFORMED")
ALREADY_EXIST: Final = OperationResult("create_account", "CREATE_ACCOUNT_ALREADY_EXIST")
LOW_RESERVE: Final = OperationResult("create_account", "CREATE_ACCOUNT_LOW_RESERVE")
UNDERFUNDED: Final = OperationResult("create_account", "CREATE_ACCOUNT_UNDERFUNDED")


def check(operation: CreateAccount, source: str) -> OperationResult | None:
    """Refuse a negative balance, and an account that creates itself."""
    return MALFORMED if operation.starting_balance < 0 or operation.destination == source else None


def apply(operation: CreateAccount, source: str, state: LedgerState) -> OperationResult:
    """Open the account with its reserve; its sequence number starts at the ledger's, shifted by 32 bits."""
    if operation.destination in state.accounts:
        return ALREADY_EXIST
    account = Account(operation.destination, operation.starting_balance, state.ledger << 32)
    account.sponsor = state.sponsorships.get(operation.destination)
    if account.sponsor is not None:
        refused = start_sponsoring(state, account.sponsor, ACCOUNT_RESERVES)
        if refused is not None:
            return LOW_RESERVE if refused == "low reserve" else refused
        account.sponsored = ACCOUNT_RESERVES
    elif operation.starting_balance < minimum_balance(0, 0, 0, state.base_reserve):
        return LOW_RESERVE
    paying = hold(state, source, NATIVE)
    if paying is None or paying.available() < operation.starting_balance:
        return UNDERFUNDED
    paying.add(-operation.starting_balance)
    state.add_account(account)
    return SUCCESS
