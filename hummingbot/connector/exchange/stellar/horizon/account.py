"""An account's balances, as Horizon's ``/accounts/{id}`` shows them at one ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.balances import (
    available_credit,
    available_native,
    room,
    room_native,
)

from .account_signers import AccountSigners
from .answer import Answer
from .errors import HorizonRefused, HorizonUnavailable, reading
from .horizon import Horizon

__all__ = ["AccountBalances", "AccountNotFunded", "Line", "read_account"]


class AccountNotFunded(ConfigurationError):
    """The account does not exist on the ledger."""


@dataclass(frozen=True, slots=True)
class Line:
    """Holdings of one asset, in stroops; lumens have no limit and are always authorized."""

    balance: int
    selling_liabilities: int
    buying_liabilities: int
    limit: int
    is_authorized: bool


@dataclass(frozen=True, slots=True)
class AccountBalances:
    """What an account holds at a ledger.

    Parameters
    ----------
    account : str
    ledger : int
        The ledger of the answer; 0 if the node did not name it.
    sequence : int
        The account's sequence number.
    subentries, sponsoring, sponsored : int
        Counts that set the reserve.
    lines : mapping of Asset to Line
        Lumens and trustlines; liquidity pool shares are left out.
    signers : AccountSigners
    """

    account: str
    ledger: int
    sequence: int
    subentries: int
    sponsoring: int
    sponsored: int
    lines: Mapping[Asset, Line]
    signers: AccountSigners

    @classmethod
    def read(cls, answer: Answer) -> "AccountBalances":
        """Read the answer to ``/accounts/{id}``."""
        body = answer.body
        with reading("an account"):
            return cls(
                body["account_id"],
                answer.ledger,
                int(body["sequence"]),
                int(body["subentry_count"]),
                int(body.get("num_sponsoring", 0)),
                int(body.get("num_sponsored", 0)),
                dict(
                    _line(entry)
                    for entry in body["balances"]
                    if entry["asset_type"] != "liquidity_pool_shares"
                ),
                AccountSigners.read(body),
            )

    def total(self, asset: Asset) -> int:
        """Stroops held, 0 without a trustline."""
        line = self.lines.get(asset)
        return line.balance if line else 0

    def available(self, asset: Asset, base_reserve: int) -> int:
        """Stroops that can be sold or sent now: without reserve and selling liabilities, never below 0."""
        return max(0, self.uncommitted(asset, base_reserve))

    def uncommitted(self, asset: Asset, base_reserve: int) -> int:
        """Stroops beyond reserve and selling liabilities; below 0 if lumens do not cover the reserve."""
        line = self.lines.get(asset)
        if line is None or not line.is_authorized:
            return 0
        if not asset.is_native:
            return available_credit(line.balance, line.selling_liabilities)
        return available_native(
            line.balance,
            line.selling_liabilities,
            self.subentries,
            self.sponsoring,
            self.sponsored,
            base_reserve,
        )

    def room(self, asset: Asset) -> int:
        """Stroops the account can still be paid by trades, with its buying liabilities counted."""
        line = self.lines.get(asset)
        if line is None or not line.is_authorized:
            return 0
        if asset.is_native:
            return max(0, room_native(line.balance, line.buying_liabilities))
        return max(0, room(line.limit, line.balance, line.buying_liabilities))


async def read_account(horizon: Horizon, account: str, network: str, as_of: int = 0) -> AccountBalances:
    """Read an account.

    Parameters
    ----------
    horizon : Horizon
    account, network : str
        The account, and the domain for messages.
    as_of : int
        The ledger that the node must have reached.

    Raises
    ------
    AccountNotFunded
        If the ledger has no such account.
    HorizonUnavailable
        If the node does not answer.
    """
    try:
        return AccountBalances.read(await horizon.get(f"/accounts/{account}", as_of=as_of))
    except HorizonRefused as error:
        if error.status == 404:
            raise AccountNotFunded(
                f"account {account} is not funded on {network}: send it XLM, at least 1 and more to trade"
            ) from None
        raise HorizonUnavailable(str(error)) from None


def _line(entry: Mapping[str, Any]) -> tuple[Asset, Line]:
    native = entry["asset_type"] == "native"
    asset = NATIVE if native else Asset(entry["asset_code"], entry["asset_issuer"])
    return asset, Line(
        to_stroops(entry["balance"]),
        to_stroops(entry.get("selling_liabilities", "0")),
        to_stroops(entry.get("buying_liabilities", "0")),
        0 if native else to_stroops(entry["limit"]),
        native or bool(entry.get("is_authorized", True)),
    )
