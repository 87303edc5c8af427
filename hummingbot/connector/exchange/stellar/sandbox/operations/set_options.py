"""SetOptions: change what governs an account: flags, weights and thresholds, home domain, signers.

References
----------
stellar-core, ``src/transactions/SetOptionsOpFrame.cpp``.
"""

from typing import Final

from ...ledger.operations import SetOptions, Signer
from ...ledger.results import OperationResult
from ...ledger.strkey import decode_signer
from ..crossing import remove_subentry
from ..entries import Account
from ..state import LedgerState
from ..text import is_plain
from .subentry import add_subentry

__all__ = ["SUCCESS", "apply", "check", "needs_high_threshold"]

SUCCESS: Final = OperationResult("set_options", "SET_OPTIONS_SUCCESS")

AUTH_REVOCABLE: Final = 2
AUTH_IMMUTABLE: Final = 4
AUTH_CLAWBACK_ENABLED: Final = 8
ALL_FLAGS: Final = 15
MOST_SIGNERS: Final = 20
LARGEST_WEIGHT: Final = 255
SIGNER_KINDS: Final = "GTXP"
KEY_BYTES: Final = 32
PAYLOAD_AT: Final = 36
"""Before it stand a signed payload's key and its length."""


def refuse(code: str) -> OperationResult:
    """Return a result with one of the operation's own codes."""
    return OperationResult("set_options", f"SET_OPTIONS_{code}")


def needs_high_threshold(operation: SetOptions) -> bool:
    """Tell whether the operation changes who can sign for the account."""
    changes = (
        operation.master_weight,
        operation.low_threshold,
        operation.medium_threshold,
        operation.high_threshold,
        operation.signer,
    )
    return any(change is not None for change in changes)


def check(operation: SetOptions, source: str) -> OperationResult | None:
    """Refuse flags that do not exist or contradict, weights over 255, and signers that cannot be."""
    set_flags, clear_flags = operation.set_flags or 0, operation.clear_flags or 0
    if (set_flags | clear_flags) & ~ALL_FLAGS:
        return refuse("UNKNOWN_FLAG")
    if set_flags & clear_flags:
        return refuse("BAD_FLAGS")
    weights = (
        operation.master_weight,
        operation.low_threshold,
        operation.medium_threshold,
        operation.high_threshold,
    )
    if any(weight is not None and weight > LARGEST_WEIGHT for weight in weights):
        return refuse("THRESHOLD_OUT_OF_RANGE")
    if operation.signer is not None and not is_possible(operation.signer, source):
        return refuse("BAD_SIGNER")
    if operation.home_domain is not None and not is_plain(operation.home_domain):
        return refuse("INVALID_HOME_DOMAIN")
    return None


def is_possible(signer: Signer, source: str) -> bool:
    """Tell whether an account can have a signer: its own key is none, and a payload has to be there."""
    if signer.key == source or signer.weight > LARGEST_WEIGHT:
        return False
    return signer.key[0] != "P" or decode_signer(signer.key)[KEY_BYTES:PAYLOAD_AT] != bytes(4)


def apply(operation: SetOptions, source: str, state: LedgerState) -> OperationResult:
    """Make the changes; flags of an immutable account stay as they are."""
    account = state.touch_account(source)
    if account is None:
        raise KeyError(f"account {source} is not on the ledger")
    if operation.inflation_destination is not None:
        if operation.inflation_destination not in state.accounts:
            return refuse("INVALID_INFLATION")
        account.inflation_destination = operation.inflation_destination
    if (operation.clear_flags or operation.set_flags) and account.flags & AUTH_IMMUTABLE:
        return refuse("CANT_CHANGE")
    if operation.clear_flags is not None:
        account.flags &= ~operation.clear_flags
    if operation.set_flags is not None:
        account.flags |= operation.set_flags
    asks_for_flags = operation.set_flags is not None or operation.clear_flags is not None
    if asks_for_flags and account.flags & AUTH_CLAWBACK_ENABLED and not account.flags & AUTH_REVOCABLE:
        return refuse("AUTH_REVOCABLE_REQUIRED")
    if operation.home_domain is not None:
        account.home_domain = operation.home_domain
    master, low, medium, high = account.thresholds
    account.thresholds = (
        master if operation.master_weight is None else operation.master_weight,
        low if operation.low_threshold is None else operation.low_threshold,
        medium if operation.medium_threshold is None else operation.medium_threshold,
        high if operation.high_threshold is None else operation.high_threshold,
    )
    return set_signer(operation.signer, account, state) if operation.signer is not None else SUCCESS


def set_signer(signer: Signer, account: Account, state: LedgerState) -> OperationResult:
    """Add or change a signer, or remove it if its weight is 0, whether it is there or not."""
    kept = [one for one in account.signers if one[0] != signer.key]
    sponsors = [sponsor for key, _, sponsor in account.signers if key == signer.key]
    if signer.weight == 0:
        for sponsor in sponsors:
            remove_subentry(state, account.account, sponsor)
        account.signers = tuple(kept)
        return SUCCESS
    if sponsors:
        (sponsor,) = sponsors
    else:
        if len(kept) == MOST_SIGNERS:
            return refuse("TOO_MANY_SIGNERS")
        refused = add_subentry(state, account.account)
        if refused is not None:
            return refuse("LOW_RESERVE") if refused == "low reserve" else refused
        sponsor = state.sponsorships.get(account.account)
    account.signers = tuple(sorted([*kept, (signer.key, signer.weight, sponsor)], key=place_of))
    return SUCCESS


def place_of(signer: tuple[str, int, str | None]) -> tuple[int, bytes, bytes]:
    """Return where a signer stands in an account's list: by kind of key, key, then what it signs."""
    raw = decode_signer(signer[0])
    payload = raw[PAYLOAD_AT : PAYLOAD_AT + int.from_bytes(raw[KEY_BYTES:PAYLOAD_AT])]
    return SIGNER_KINDS.index(signer[0][0]), raw[:KEY_BYTES], payload
