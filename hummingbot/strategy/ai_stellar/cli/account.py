"""``ai-stellar account``: make a key, and fund its account on a test network."""

import argparse
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX, format_stroops, to_stroops
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, Operation, Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, sign_transaction

from .instance import SANDBOX_URL
from .node import Node, NodeError

__all__ = ["create_key_file", "fund", "read_key_file", "register"]

FEE_BID = 10_000  # stroops an operation: a cap, the network charges what it needs


def create_key_file(path: Path) -> SigningKey:
    """Write a new secret key to a file that its owner alone can read.

    Raises
    ------
    FileExistsError
        A key is never overwritten.
    """
    key = SigningKey.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise FileExistsError(f"{path} exists and may hold a key: name another file") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{key.reveal()}\n")
    return key


def read_key_file(path: Path) -> SigningKey:
    """Read the key that `create_key_file` wrote."""
    try:
        return SigningKey.parse(path.read_text())
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def account_exists(node: Node, account: str) -> bool:
    """Tell whether the ledger has the account."""
    try:
        node.get(f"/accounts/{account}")
    except NodeError as error:
        if error.status == 404:
            return False
        raise
    return True


def submit_operations(node: Node, key: SigningKey, *operations: Operation) -> dict[str, Any]:
    """Sign operations as one transaction of the key's account, wait for its ledger, return its record."""
    passphrase = node.get("/")["network_passphrase"]
    sequence = int(node.get(f"/accounts/{key.account}")["sequence"]) + 1
    transaction = Transaction(
        key.account, FEE_BID * len(operations), sequence, operations, has_time_bounds=False
    )
    return node.submit(sign_transaction(transaction, network_id(passphrase), [key]).envelope_xdr)


def fund(node: Node, key: SigningKey, code: str | None = None, amount: Decimal | None = None) -> str:
    """Give an account test lumens, or a sandbox asset (opening its trustline first); return what was done."""
    lumens = code is None or code == "XLM"
    if lumens and amount is not None:
        raise ValueError("friendbot gives lumens in one sum: leave out --amount, or name another --asset")
    if not account_exists(node, key.account):
        node.get("/friendbot", addr=key.account)
    if lumens:
        balances = {
            balance["asset_type"]: balance["balance"]
            for balance in node.get(f"/accounts/{key.account}")["balances"]
        }
        return f"{key.account} holds {balances['native']} XLM"
    if code is None or amount is None:
        raise ValueError(f"--asset {code} needs --amount")
    stroops = to_stroops(amount)
    submit_operations(node, key, ChangeTrust(AssetTable("stellar_local").asset(code), INT64_MAX))
    node.get("/friendbot", addr=key.account, asset=code, amount=format_stroops(stroops))
    return f"{key.account} was paid {format_stroops(stroops)} {code}"


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except ArithmeticError:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount above 0")
    return amount


def run_new(arguments: argparse.Namespace) -> int:
    """Make a key file."""
    print(f"{create_key_file(arguments.keyfile).account} (its secret key is in {arguments.keyfile})")
    return 0


def run_fund(arguments: argparse.Namespace) -> int:
    """Fund the account of a key file."""
    print(
        fund(Node(arguments.horizon_url), read_key_file(arguments.keyfile), arguments.asset, arguments.amount)
    )
    return 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("account", help="make a key, fund its account on a test network")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    new = actions.add_parser("new", help="write a new secret key to a file that you alone can read")
    new.add_argument("keyfile", type=Path, metavar="KEYFILE")
    new.set_defaults(run=run_new)
    funding = actions.add_parser("fund", help="ask friendbot for lumens, the sandbox's also for its assets")
    funding.add_argument("keyfile", type=Path, metavar="KEYFILE")
    funding.add_argument("--asset", metavar="CODE", help="an asset of the sandbox's market, as USDC")
    funding.add_argument("--amount", type=_amount, help="how much of it")
    funding.add_argument("--horizon-url", default=SANDBOX_URL, help="Horizon (default: %(default)s)")
    funding.set_defaults(run=run_fund)
