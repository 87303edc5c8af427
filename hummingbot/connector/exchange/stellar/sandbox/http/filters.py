"""What a list of the past is about: everything, or one account, ledger, transaction and so on, by the path or
the query."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from ..history import TransactionRecord
from .parameters import account_id, is_hash, pool_id, transaction_hash, unsigned
from .problems import NOT_FOUND, bad_parameter
from .responses import sandbox_of

__all__ = [
    "Filters",
    "balance_id",
    "is_balance_id",
    "known_account",
    "known_pool",
    "parameters_of",
    "read_filters",
]

BITS: Final = {"ledger_id": 32, "op_id": 64, "offer_id": 64}
"""Filters that are numbers; 0 is none."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is about; at most one of these.

    Parameters
    ----------
    account : str or None
        An account, or a liquidity pool or claimable balance by its id.
    ledger, operation : int or None
    transaction : TransactionRecord or None
    """

    account: str | None = None
    ledger: int | None = None
    operation: int | None = None
    transaction: TransactionRecord | None = None


def parameters_of(request: web.Request) -> dict[str, str]:
    """Return the parameters of a request; what its path names takes precedence over its query."""
    return {**request.query, **request.match_info}


def read_filters(
    request: web.Request, names: tuple[str, ...], several: str, *, unknown_pools: bool = False
) -> Filters:
    """Read what a list is about, and find it.

    Parameters
    ----------
    names : tuple of str
        The filters that the list knows, in the order in which Horizon checks them.
    several : str
        What it says to more than one.
    unknown_pools : bool
        Whether a pool that never was is taken for one without a past, in contrast to one that is not found.
    """
    parameters = parameters_of(request)
    given = {name: parameters.get(name, "") for name in names}
    numbers = {name: unsigned(given[name], name, BITS[name]) for name in names if name in BITS}
    for name in names:
        if name in CHECKS and given[name]:
            CHECKS[name](given[name], name)
    chosen = [name for name in names if (numbers[name] if name in BITS else given[name])]
    if len(chosen) > 1:
        raise bad_parameter("filters", several)
    if chosen == ["liquidity_pool_id"] and unknown_pools:
        return Filters(account=given["liquidity_pool_id"])
    return _found(request, chosen[0], given, numbers) if chosen else Filters()


def _found(request: web.Request, name: str, given: dict[str, str], numbers: dict[str, int]) -> Filters:
    history = sandbox_of(request).history
    match name:
        case "account_id":
            return Filters(account=known_account(request, given[name]))
        case "op_id":
            return Filters(operation=numbers[name])
        case "ledger_id":
            if history.ledger(numbers[name]) is None:
                raise NOT_FOUND
            return Filters(ledger=numbers[name])
        case "tx_id":
            record = history.transaction(bytes.fromhex(given[name]))
            if record is None:
                raise NOT_FOUND
            return Filters(transaction=record)
        case _:
            return Filters(account=known_pool(request, given[name]))


def known_account(request: web.Request, account: str) -> str:
    """Return an account that is or was on the ledger."""
    sandbox = sandbox_of(request)
    if account not in sandbox.network.state.accounts and not sandbox.history.knows(account):
        raise NOT_FOUND
    return account


def known_pool(request: web.Request, id: str) -> str:
    """Return the id of a liquidity pool or a claimable balance that is or was on the ledger."""
    if not sandbox_of(request).history.knows(id):
        raise NOT_FOUND
    return id


def balance_id(text: str, field: str = "id") -> str:
    """Check a claimable balance's id: 72 hexadecimal digits, of which the first eight are zeros."""
    if not is_balance_id(text):
        raise bad_parameter(field, f"{text} does not validate as claimableBalanceID")
    return text


def is_balance_id(text: str) -> bool:
    """Tell whether a text is the id of a claimable balance."""
    return text[:8] == "0" * 8 and is_hash(text[8:])


CHECKS: Final[dict[str, Callable[[str, str], str]]] = {
    "account_id": account_id,
    "claimable_balance_id": balance_id,
    "liquidity_pool_id": pool_id,
    "tx_id": transaction_hash,
}
