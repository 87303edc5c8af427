"""Runs recordings of single operations: ``sdex_*``, one call a line with the whole state after it."""

from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from ...ledger.amount import INT64_MAX
from ...ledger.asset import NATIVE, Asset
from ...ledger.liquidity_pool import PoolShare
from ...ledger.operations import (
    CreatePassiveSellOffer,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    ManageBuyOffer,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
)
from ...ledger.results import ClaimAtom, TransactionResult
from ...ledger.xdr import encode_result, pool_id, pool_of
from .. import operations
from ..entries import Account, Offer, Pool, Trustline
from ..state import LedgerState
from .recording import FileReport

__all__ = ["run_calls"]

PARTS = ("acc", "tl", "offers", "pools", "shares")


class Cast:
    """Who and what the short names of a recording stand for."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.accounts: dict[str, str] = first["accounts"]
        self.names = {account: name for name, account in self.accounts.items()}
        self.issuer: str = first["issuer"]
        self.base_reserve: int = first["base_reserve"]
        self.fee: int = first["fee"]

    def asset(self, code: str) -> Asset:
        """Return an asset by its code."""
        return NATIVE if code == "XLM" else Asset(code, self.issuer)

    def share(self, codes: list[str]) -> str:
        """Return the id of the pool of two assets."""
        one, other = codes
        return pool_id(pool_of(self.asset(one), self.asset(other)))

    def ledger(self, recorded: dict[str, Any], id_pool: int) -> LedgerState:
        """Return a ledger in a recorded state."""
        state = LedgerState(2, self.base_reserve, id_pool)
        for name, a in recorded["acc"].items():
            state.load(
                Account(
                    self.accounts[name],
                    a["bal"],
                    0,
                    subentries=a["sub"],
                    buying_liabilities=a["bl"],
                    selling_liabilities=a["sl"],
                )
            )
        for key, t in recorded["tl"].items():
            name, code = key.split("/")
            state.load(
                Trustline(
                    self.accounts[name],
                    self.asset(code),
                    t["bal"],
                    t["lim"],
                    buying_liabilities=t["bl"],
                    selling_liabilities=t["sl"],
                )
            )
        for o in recorded["offers"]:
            state.load(
                Offer(
                    self.accounts[o["seller"]],
                    o["id"],
                    self.asset(o["sell"]),
                    self.asset(o["buy"]),
                    o["amt"],
                    o["n"],
                    o["d"],
                    passive=o["passive"],
                )
            )
        for key, (reserve_a, reserve_b, total) in recorded["pools"].items():
            holders = sum(held.partition("/")[2] == key for held in recorded["shares"])
            state.load(self.pool(key, reserve_a, reserve_b, total, holders))
        for key, shares in recorded["shares"].items():
            name, _, pair = key.partition("/")
            pool = self.pool(pair)
            state.load(Trustline(self.accounts[name], pool.share, shares, INT64_MAX, flags=0))
            for asset in (pool.asset_a, pool.asset_b):
                line = state.trustlines.get((self.accounts[name], asset))
                if line is not None:
                    line.pool_uses += 1
        return state

    def pool(self, key: str, reserve_a: int = 0, reserve_b: int = 0, total: int = 0, lines: int = 0) -> Pool:
        """Return the pool of a pair, written ``A-B``."""
        code_a, _, code_b = key.partition("-")
        asset_a, asset_b = self.asset(code_a), self.asset(code_b)
        share = PoolShare(self.share([code_a, code_b]))
        amounts = {"reserve_a": reserve_a, "reserve_b": reserve_b, "total_shares": total, "trustlines": lines}
        return Pool(share, asset_a, asset_b, **amounts)

    def describe(self, state: LedgerState) -> dict[str, Any]:
        """Return a ledger as the recording writes it."""
        return {
            "acc": {
                self.names[a.account]: {
                    "bal": a.balance,
                    "sub": a.subentries,
                    "bl": a.buying_liabilities,
                    "sl": a.selling_liabilities,
                }
                for a in state.accounts.values()
            },
            "tl": {
                f"{self.names[t.account]}/{t.asset.code}": {
                    "bal": t.balance,
                    "lim": t.limit,
                    "bl": t.buying_liabilities,
                    "sl": t.selling_liabilities,
                }
                for t in state.trustlines.values()
                if isinstance(t.asset, Asset)
            },
            "offers": [
                {
                    "seller": self.names[o.seller],
                    "sell": code_of(o.selling),
                    "buy": code_of(o.buying),
                    "amt": o.amount,
                    "n": o.price_n,
                    "d": o.price_d,
                    "passive": o.passive,
                    "id": o.offer_id,
                }
                for _, o in sorted(state.offers.items())
            ],
            "pools": {
                pair_of(pool): [pool.reserve_a, pool.reserve_b, pool.total_shares]
                for pool in state.pools.values()
            },
            "shares": {
                f"{self.names[t.account]}/{pair_of(state.pools[t.asset])}": t.balance
                for t in state.trustlines.values()
                if isinstance(t.asset, PoolShare)
            },
        }

    def claim(self, claim: ClaimAtom) -> list[Any]:
        """Return a trade as the recording writes it."""
        return [
            "lp" if claim.is_pool else "ob",
            None if claim.is_pool else self.names[claim.seller],
            claim.offer_id,
            code_of(claim.sold),
            claim.amount_sold,
            code_of(claim.bought),
            claim.amount_bought,
        ]


def code_of(asset: Asset) -> str:
    """Return an asset's code, ``XLM`` for the native one."""
    return asset.code


def pair_of(pool: Pool) -> str:
    """Return a pool's pair as the recording writes it."""
    return f"{code_of(pool.asset_a)}-{code_of(pool.asset_b)}"


def operation_of(call: list[Any], cast: Cast) -> Operation:
    """Return the operation that a recorded call stands for."""
    match call:
        case ["manage", _, kind, sell, buy, amount, n, d, offer_id]:
            selling, buying = cast.asset(sell), cast.asset(buy)
            if kind == "sell":
                return ManageSellOffer(selling, buying, amount, n, d, offer_id)
            if kind == "buy":
                return ManageBuyOffer(selling, buying, amount, n, d, offer_id)
            return CreatePassiveSellOffer(selling, buying, amount, n, d)
        case ["psend" | "precv" as kind, _, receiver, codes, amount, bound]:
            sent, *path, received = map(cast.asset, codes)
            destination, via = cast.accounts[receiver], tuple(path)
            if kind == "psend":
                return PathPaymentStrictSend(sent, amount, destination, received, bound, via)
            return PathPaymentStrictReceive(sent, bound, destination, received, amount, via)
        case ["dep", _, codes, most_a, most_b, least, most]:
            return LiquidityPoolDeposit(cast.share(codes), most_a, most_b, *least, *most)
        case ["wd", _, codes, shares, least_a, least_b]:
            return LiquidityPoolWithdraw(cast.share(codes), shares, least_a, least_b)
    raise ValueError(f"call {call} is none of manage, psend, precv, dep, wd")


def run_calls(records: Iterable[dict[str, Any]], report: FileReport) -> None:
    """Run a recording; compare code, trades, effect, result XDR and the whole state after each call."""
    lines = iter(records)
    first = next(lines)
    cast = Cast(first)
    state = cast.ledger(first["initial"], first["id_pool"])
    for record in lines:
        report.cases += 1
        call, after = record["call"], record["state"]
        parts = {part: after[part] for part in PARTS}
        parts["offers"] = sorted(parts["offers"], key=lambda o: o["id"])
        report.run += 1
        case = f"i={record['i']} {call}"
        source = cast.accounts[call[1]]
        state.begin()
        account = state.touch_account(source)
        if account is not None:
            account.balance -= cast.fee
        state.keep()
        state.begin()
        operation = operation_of(call, cast)
        result = operations.check(operation, source) or operations.apply(operation, source, state)
        success = result.code.endswith("_SUCCESS")
        if success:
            state.keep()
        else:
            state.undo()
        whole = TransactionResult(cast.fee, "txSUCCESS" if success else "txFAILED", (result,))
        report.compare(case, "code", record["code"], result.code)
        report.compare(case, "claims", record["claims"], [cast.claim(claim) for claim in result.claims])
        report.compare(case, "effect", record["effect"], result.effect)
        report.compare(case, "result_xdr", b64decode(record["result_xdr"]).hex(), encode_result(whole).hex())
        got = cast.describe(state)
        for part, expected in parts.items():
            report.compare(case, f"state.{part}", expected, got[part])
        if got != parts:
            state = cast.ledger(after, max([state.id_pool, *(o["id"] for o in after["offers"])]))
