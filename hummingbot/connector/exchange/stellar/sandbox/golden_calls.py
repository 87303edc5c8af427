"""Runs recordings of single operations: ``sdex_*``, one call a line with the whole state after it."""

from base64 import b64decode
from collections.abc import Iterable
from typing import Any

from ..ledger.asset import NATIVE, Asset
from ..ledger.operations import CreatePassiveSellOffer, ManageBuyOffer, ManageSellOffer, Operation
from ..ledger.results import ClaimAtom, TransactionResult
from ..ledger.xdr import encode_result
from . import operations
from .entries import Account, Offer, Trustline
from .golden import FileReport
from .state import LedgerState

__all__ = ["run_calls"]

NAMES = {"psend": "path payment", "precv": "path payment", "dep": "liquidity pool", "wd": "liquidity pool"}


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
        return state

    def describe(self, state: LedgerState) -> dict[str, Any]:
        """Return a ledger as the recording writes it, without pools."""
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
        }

    def claim(self, claim: ClaimAtom) -> list[Any]:
        """Return a trade as the recording writes it."""
        return [
            "ob",
            self.names[claim.seller],
            claim.offer_id,
            code_of(claim.sold),
            claim.amount_sold,
            code_of(claim.bought),
            claim.amount_bought,
        ]


def code_of(asset: Asset) -> str:
    """Return an asset's code, ``XLM`` for the native one."""
    return asset.code


def operation_of(call: list[Any], cast: Cast) -> Operation:
    """Return the operation that a recorded ``manage`` call stands for."""
    _, _, kind, sell, buy, amount, n, d, offer_id = call
    selling, buying = cast.asset(sell), cast.asset(buy)
    if kind == "sell":
        return ManageSellOffer(selling, buying, amount, n, d, offer_id)
    if kind == "buy":
        return ManageBuyOffer(selling, buying, amount, n, d, offer_id)
    return CreatePassiveSellOffer(selling, buying, amount, n, d)


def run_calls(records: Iterable[dict[str, Any]], report: FileReport) -> None:
    """Run a recording; compare code, trades, effect, result XDR and the whole state after each call."""
    lines = iter(records)
    first = next(lines)
    cast = Cast(first)
    state = cast.ledger(first["initial"], first["id_pool"])
    for record in lines:
        report.cases += 1
        call, after = record["call"], record["state"]
        offers = {key: after[key] for key in ("acc", "tl", "offers")}
        offers["offers"] = sorted(offers["offers"], key=lambda o: o["id"])
        if call[0] != "manage":
            report.not_modelled[NAMES[call[0]]] += 1
            state = cast.ledger(after, state.id_pool)
            continue
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
        for part, expected in offers.items():
            report.compare(case, f"state.{part}", expected, got[part])
        if got != offers:
            state = cast.ledger(after, max([state.id_pool, *(o["id"] for o in after["offers"])]))
