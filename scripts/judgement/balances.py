"""Adds up what an account must hold, and compares with what it holds and with what was shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from .horizon import Horizon, Json, asset_of, stroops

__all__ = ["compare_balances"]


def compare_balances(
    horizon: Horizon,
    account: str,
    opening: Json | None,
    reported: Json | None,
    complain: Callable[[str], None],
) -> None:
    """Complain of each balance that its trades, payments, pool operations and fees do not explain."""
    expected = _expected(horizon, account, opening)
    for line in horizon.get(f"/accounts/{account}")["balances"]:
        name, truth = asset_of(line), stroops(line["balance"])
        if expected[name] != truth:
            complain(f"balance of {name}: {expected[name]} stroops by its history, {truth} in the account")
        if reported is not None and line["asset_type"] != "liquidity_pool_shares":
            short = "XLM" if name == "native" else name.partition(":")[0]
            told = stroops(reported.get(short, "0"))
            if told != truth:
                complain(f"balance of {name}: {told} stroops reported, {truth} on the ledger")


def _expected(horizon: Horizon, account: str, opening: Json | None) -> Counter[str]:
    """Count on from the opening balances, or from nothing."""
    expected: Counter[str] = Counter()
    since = 0
    if opening is not None:
        lines = opening["balances"]
        expected.update({asset_of(line): stroops(line["balance"]) for line in lines})
        since = max(int(entry.get("last_modified_ledger", 0)) for entry in (opening, *lines))
    for record in _later(horizon, f"/accounts/{account}/transactions?include_failed=true", since):
        if record["fee_account"] == account:
            expected["native"] -= int(record["fee_charged"])
    for record in _later(horizon, f"/accounts/{account}/operations", since):
        kind = record["type"]
        if kind == "create_account" and record["account"] == account:
            expected["native"] += stroops(record["starting_balance"])
        elif kind == "payment":
            amount = stroops(record["amount"])
            expected[asset_of(record)] += amount * (record["to"] == account)
            expected[asset_of(record)] -= amount * (record["from"] == account)
        elif kind == "liquidity_pool_deposit":
            _add(expected, record["reserves_deposited"], -1)
            expected[record["liquidity_pool_id"]] += stroops(record["shares_received"])
        elif kind == "liquidity_pool_withdraw":
            _add(expected, record["reserves_received"], 1)
            expected[record["liquidity_pool_id"]] -= stroops(record["shares"])
    for trade in _later(horizon, f"/accounts/{account}/trades", since):
        sign = -1 if trade.get("base_account") == account else 1
        expected[asset_of(trade, "base_")] += sign * stroops(trade["base_amount"])
        expected[asset_of(trade, "counter_")] -= sign * stroops(trade["counter_amount"])
    return expected


def _later(horizon: Horizon, path: str, ledger: int) -> Iterator[Json]:
    for record in horizon.all(path):
        if int(record["paging_token"].partition("-")[0]) >> 32 > ledger:
            yield record


def _add(expected: Counter[str], reserves: Iterable[Json], sign: int) -> None:
    for reserve in reserves:
        expected[reserve["asset"]] += sign * stroops(reserve["amount"])
