"""``ai-stellar trustline``: open, close and list trustlines. The connector opens none by itself."""

import argparse
import asyncio
import sys
from decimal import Decimal
from typing import Final

import aiohttp

from hummingbot.connector.exchange.stellar.assets import AssetTable, read_credit
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.answer import Answer
from hummingbot.connector.exchange.stellar.issuer_check import warning
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX, format_stroops, to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.own_assets import own_assets
from hummingbot.connector.exchange.stellar.sep1 import UnverifiedIssuer, verify
from hummingbot.connector.exchange.stellar.stellar_constants import DOMAINS, LOCAL
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation

from .account import FEE_BID
from .node import Node, NodeError
from .own_account import OwnAccount, add_options

__all__ = ["TrustlineOffice", "register"]

COLUMNS: Final = ("ASSET", "BALANCE", "LIMIT", "STATE", "CODE:ISSUER")


class TrustlineOffice:
    """One network, and the names that assets have on it.

    Parameters
    ----------
    node : Node
    domain : str
        ``stellar``, ``stellar_testnet`` or ``stellar_local``.
    own : str
        The user's own assets, as at `connect`.

    Raises
    ------
    ConfigurationError
        If one of these cannot be used.
    """

    def __init__(self, node: Node, domain: str, own: str = "") -> None:
        self._node = node
        self._domain = domain
        self._assets = AssetTable(domain, own_assets(domain, own))

    def asset(self, text: str) -> Asset:
        """Return the credit of a name, or of ``CODE:ISSUER``.

        Raises
        ------
        ValueError
            If it stands for none.
        """
        if ":" in text:
            return read_credit(text)
        asset = self._assets.asset(text.upper())
        if asset == NATIVE:
            raise ValueError("XLM needs no trustline: name another asset")
        return asset

    def open(self, own: OwnAccount, asset: Asset, limit: Decimal | None) -> str:
        """Open a trustline, or change the limit of one that is open; return what was done.

        Raises
        ------
        ValueError
            If the network would refuse it; the message says why.
        NodeError
            If the node does not answer, or refuses.
        """
        if asset.issuer == own.account:
            raise ValueError(
                f"account {own.account} issues {self._named(asset)} itself: it needs no trustline"
            )
        most = INT64_MAX if limit is None else to_stroops(limit)
        if most <= 0:
            raise ValueError(f"--limit {limit} is not above 0: use trustline close to close one")
        account = self._account(own.account)
        line = account.lines.get(asset)
        if line is not None and line.limit == most:
            return f"account {own.account} holds a trustline for {self._named(asset)} with that limit already"
        taken = line.balance + line.buying_liabilities if line else 0
        if taken > most:
            raise ValueError(
                f"--limit {limit} is below the {format_stroops(taken)} {self._named(asset)} that the account "
                "holds and has ordered: choose a higher one"
            )
        reserve = 0 if line else self._base_reserve()
        free = account.available(NATIVE, self._base_reserve())
        if free < reserve + FEE_BID:
            raise ValueError(
                f"a trustline locks up {format_stroops(reserve)} XLM and its fee bid is "
                f"{format_stroops(FEE_BID)}, but account {own.account} has {format_stroops(free)} XLM free: "
                "add XLM or cancel orders"
            )
        own.perform(AccountOperation(ChangeTrust(asset, most)))
        now = self._account(own.account).lines.get(asset)
        done = "changed the limit of" if line else "opened"
        state = "" if now is None or now.is_authorized else "; its issuer has still to authorize it"
        return f"{done} a trustline of {own.account} for {self._named(asset)}, up to {_limit(most)}{state}"

    def close(self, own: OwnAccount, asset: Asset) -> str:
        """Close an empty trustline; return what was done.

        Raises
        ------
        ValueError
            If it is not open or not empty.
        NodeError
            If the node does not answer, or refuses.
        """
        line = self._account(own.account).lines.get(asset)
        if line is None:
            raise ValueError(f"account {own.account} has no trustline for {self._named(asset)}")
        if line.balance:
            raise ValueError(
                f"account {own.account} still holds {format_stroops(line.balance)} {self._named(asset)}: "
                "sell it or send it away first"
            )
        if line.buying_liabilities:
            raise ValueError(
                f"account {own.account} has orders that would buy {self._named(asset)}: cancel them first"
            )
        own.perform(AccountOperation(ChangeTrust(asset, 0)))
        return f"closed the trustline of {own.account} for {self._named(asset)}"

    def table(self, account: str) -> str:
        """Return an account's trustlines as a table."""
        rows = [COLUMNS]
        for asset, line in self._account(account).lines.items():
            if asset != NATIVE:
                state = "" if line.is_authorized else "not authorized"
                name = self._assets.name(asset)
                rows.append((name, format_stroops(line.balance), _limit(line.limit), state, str(asset)))
        if len(rows) == 1:
            return f"account {account} has no trustlines"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )

    def doubt(self, asset: Asset) -> str:
        """Return a warning if nobody vouches for an asset, else an empty text."""
        try:
            issuer = self._node.get(f"/accounts/{asset.issuer}")
        except NodeError as error:
            if error.status != 404:
                raise
            raise ValueError(
                f"{asset.issuer}, the issuer of {asset.code}, has no account on {self._domain}"
            ) from None
        if self._assets.is_curated(asset):
            return ""
        passphrase = str(self._node.get("/")["network_passphrase"])
        try:
            asyncio.run(self._verify(asset, str(issuer.get("home_domain", "")), passphrase))
        except UnverifiedIssuer as error:
            return warning(self._assets, asset, error)
        return ""

    async def _verify(self, asset: Asset, home_domain: str, passphrase: str) -> None:
        async with aiohttp.ClientSession() as session:
            await verify(asset, home_domain, self._domain, passphrase, session)

    def _account(self, account: str) -> AccountBalances:
        try:
            return AccountBalances.read(Answer(self._node.get(f"/accounts/{account}"), 0))
        except NodeError as error:
            if error.status != 404:
                raise
            raise ValueError(f"account {account} is not funded on {self._domain}: send it XLM") from None

    def _base_reserve(self) -> int:
        (ledger,) = self._node.get("/ledgers", order="desc", limit=1)["_embedded"]["records"]
        return int(ledger["base_reserve_in_stroops"])

    def _named(self, asset: Asset) -> str:
        return f"{self._assets.name(asset)} ({asset})"


def _limit(stroops: int) -> str:
    return "any amount" if stroops == INT64_MAX else format_stroops(stroops)


def _office(arguments: argparse.Namespace) -> TrustlineOffice:
    url = NodeAddresses.find(arguments.domain, arguments.horizon_url).horizon[0]
    return TrustlineOffice(Node(url), arguments.domain, arguments.assets)


def _run_open(arguments: argparse.Namespace) -> int:
    office = _office(arguments)
    asset = office.asset(arguments.asset)
    doubt = office.doubt(asset)
    if doubt:
        print(f"warning: {doubt}", file=sys.stderr)
    with OwnAccount.of(arguments) as own:
        print(office.open(own, asset, arguments.limit))
    return 0


def _run_close(arguments: argparse.Namespace) -> int:
    office = _office(arguments)
    asset = office.asset(arguments.asset)
    with OwnAccount.of(arguments) as own:
        print(office.close(own, asset))
    return 0


def _run_list(arguments: argparse.Namespace) -> int:
    print(_office(arguments).table(arguments.account))
    return 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("trustline", help="open, close and list an account's trustlines")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=help)
        made.add_argument("--domain", choices=DOMAINS, default=LOCAL, help="default: %(default)s")
        made.add_argument("--horizon-url", default="", help="Horizon (default: the domain's)")
        made.add_argument("--assets", default="", metavar="NAME=CODE:ISSUER,…", help="assets of your own")
        return made

    opening = action("open", "open a trustline, or change the limit of one")
    opening.add_argument("--limit", type=_decimal, help="the most to be held (default: any amount)")
    opening.set_defaults(run=_run_open)
    closing = action("close", "close an empty trustline, which frees its reserve")
    closing.set_defaults(run=_run_close)
    for sending in (opening, closing):
        sending.add_argument("asset", metavar="ASSET", help="its name, as USDC, or CODE:ISSUER")
        add_options(sending)
    listing = action("list", "show what an account holds of which issuer")
    listing.add_argument("account", metavar="ACCOUNT", help="its address, G…")
    listing.set_defaults(run=_run_list)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
