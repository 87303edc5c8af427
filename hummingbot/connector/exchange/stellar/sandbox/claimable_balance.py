"""Claimable balances: amounts set aside on the ledger, each until one of its claimants takes it."""

from typing import Any

from ..ledger.asset import Asset
from ..ledger.claimable_balances import (
    UNCONDITIONAL,
    And,
    BeforeAbsoluteTime,
    BeforeRelativeTime,
    Claimant,
    Not,
    Or,
    Predicate,
)
from ..ledger.ledger_keys import ClaimableBalanceKey

__all__ = ["ClaimableBalance"]


class ClaimableBalance:
    """An amount set aside.

    Parameters
    ----------
    balance_id : str
        In hexadecimal as Horizon writes it.
    asset : Asset
    amount : int
        Stroops.
    claimants : tuple of Claimant
        Their conditions name absolute times only.
    clawback_enabled : bool
        Whether the issuer can destroy it.
    last_modified : int
        The ledger that last changed it.
    sponsor : str or None
        Who pays its reserve, one base reserve a claimant: on the ledger always someone.
    """

    __slots__ = (
        "amount",
        "asset",
        "balance_id",
        "claimants",
        "clawback_enabled",
        "last_modified",
        "sponsor",
    )

    def __init__(
        self,
        balance_id: str,
        asset: Asset,
        amount: int,
        claimants: tuple[Claimant, ...],
        *,
        clawback_enabled: bool = False,
        last_modified: int = 0,
        sponsor: str | None = None,
    ) -> None:
        self.balance_id = balance_id
        self.asset = asset
        self.amount = amount
        self.claimants = claimants
        self.clawback_enabled = clawback_enabled
        self.last_modified = last_modified
        self.sponsor = sponsor

    @property
    def key(self) -> ClaimableBalanceKey:
        """What it lies under."""
        return ClaimableBalanceKey(self.balance_id)

    def copy(self) -> "ClaimableBalance":
        """Return an entry that can be changed without changing this one."""
        return ClaimableBalance(
            self.balance_id,
            self.asset,
            self.amount,
            self.claimants,
            clawback_enabled=self.clawback_enabled,
            last_modified=self.last_modified,
            sponsor=self.sponsor,
        )

    def to_dict(self) -> dict[str, Any]:
        """Write the entry as recordings do."""
        return {
            "type": "claimable_balance",
            "id": self.balance_id,
            "asset": str(self.asset),
            "amount": self.amount,
            "claimants": [
                {
                    "claimant_type_v0": {
                        "destination": claimant.destination,
                        "predicate": predicate_to_json(claimant.predicate),
                    }
                }
                for claimant in self.claimants
            ],
            "clawback_enabled": self.clawback_enabled,
            "last_modified": self.last_modified,
            "sponsor": self.sponsor,
        }

    @staticmethod
    def from_dict(entry: dict[str, Any]) -> "ClaimableBalance":
        """Read `to_dict` back."""
        claimants = (claimant["claimant_type_v0"] for claimant in entry["claimants"])
        return ClaimableBalance(
            entry["id"],
            Asset.parse(entry["asset"]),
            entry["amount"],
            tuple(Claimant(one["destination"], predicate_from_json(one["predicate"])) for one in claimants),
            clawback_enabled=entry["clawback_enabled"],
            last_modified=entry["last_modified"],
            sponsor=entry["sponsor"],
        )

    def __repr__(self) -> str:
        return f"ClaimableBalance({self.balance_id}: {self.amount} {self.asset})"


def predicate_to_json(predicate: Predicate | None) -> Any:
    """Write a predicate as the JSON of its XDR (SEP-51)."""
    match predicate:
        case None:
            return None
        case And(parts):
            return {"and": [predicate_to_json(part) for part in parts]}
        case Or(parts):
            return {"or": [predicate_to_json(part) for part in parts]}
        case Not(part):
            return {"not": predicate_to_json(part)}
        case BeforeAbsoluteTime(time):
            return {"before_absolute_time": str(time)}
        case BeforeRelativeTime(seconds):
            return {"before_relative_time": str(seconds)}
        case _:
            return "unconditional"


def predicate_from_json(document: Any) -> Predicate:
    """Read `predicate_to_json` back.

    Raises
    ------
    ValueError
        If it is no predicate.
    """
    if document == "unconditional":
        return UNCONDITIONAL
    ((kind, inner),) = document.items()
    match kind:
        case "and":
            return And(tuple(predicate_from_json(part) for part in inner))
        case "or":
            return Or(tuple(predicate_from_json(part) for part in inner))
        case "not":
            return Not(None if inner is None else predicate_from_json(inner))
        case "before_absolute_time":
            return BeforeAbsoluteTime(int(inner))
        case "before_relative_time":
            return BeforeRelativeTime(int(inner))
        case _:
            raise ValueError(f"predicate {kind!r} does not exist")
