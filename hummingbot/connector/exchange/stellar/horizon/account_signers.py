"""Who signs for an account, and whether one key alone can, as Horizon's ``/accounts/{id}`` shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot.connector.exchange.stellar.errors import ConfigurationError

__all__ = ["AccountSigners", "SigningWeightTooLow"]


class SigningWeightTooLow(ConfigurationError):
    """A key cannot sign an account's transactions, or not alone."""


@dataclass(frozen=True, slots=True)
class AccountSigners:
    """The signers of an account.

    Parameters
    ----------
    account : str
    low, medium : int
        Thresholds: of a transaction's source and its fee; of offers, payments and trustlines.
    weights : mapping of str to int
        What each signer's signature weighs, the account's master key among them.
    """

    account: str
    low: int
    medium: int
    weights: Mapping[str, int]

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "AccountSigners":
        """Read an account's document; the errors are those of a record that lacks something."""
        thresholds = body["thresholds"]
        return cls(
            body["account_id"],
            int(thresholds["low_threshold"]),
            int(thresholds["med_threshold"]),
            {str(signer["key"]): int(signer["weight"]) for signer in body["signers"]},
        )

    def shortage(self, key: str, network: str) -> str:
        """Say what a key lacks to sign alone for trading; empty if nothing.

        Offers and payments need the medium threshold, and the transaction itself the low one; where a
        threshold is 0, a signature of any weight will do.
        """
        needed = max(1, self.low, self.medium)
        weight = self.weights.get(key, 0)
        if weight >= needed:
            return ""
        threshold = "medium" if self.medium >= self.low else "low"
        needs = f"transactions that trade need {needed} (its {threshold} threshold is {needed})"
        if needed == 1:
            needs = "transactions that trade need at least 1"
        whose = f"account {self.account} on {network}"
        if key == self.account:
            who, remedy = "its own key", "connect with a signer of that weight and name the account"
            if weight:
                remedy = "lower the threshold, or connect with a signer of that weight and name the account"
            return f"{whose}: {who} weighs {weight}, but {needs}: {remedy}"
        if not weight:
            remedy = "add it as a signer, or connect another key"
            return f"{whose}: the key {key} is none of its signers, but {needs}: {remedy}"
        return (
            f"{whose}: the key {key} weighs {weight}, but {needs}: raise its weight, lower the threshold or "
            "connect another key; two signatures cannot be given here"
        )

    def check(self, key: str, network: str) -> None:
        """Make sure that a key can sign alone for trading.

        Raises
        ------
        SigningWeightTooLow
            If not; the message names account, key, weight and threshold.
        """
        shortage = self.shortage(key, network)
        if shortage:
            raise SigningWeightTooLow(shortage)
