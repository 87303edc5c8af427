"""``ai-stellar channels``: make channel accounts, look at them, and merge them back."""

import argparse
from decimal import Decimal
from pathlib import Path
from typing import Final

from hummingbot.connector.exchange.stellar.channel_keys import (
    MOST_CHANNELS,
    read_channel_keys,
    write_channel_keys,
)
from hummingbot.connector.exchange.stellar.horizon.account import AccountBalances
from hummingbot.connector.exchange.stellar.horizon.answer import Answer
from hummingbot.connector.exchange.stellar.ledger.account_operations import AccountMerge
from hummingbot.connector.exchange.stellar.ledger.amount import format_stroops, to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import CreateAccount
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.stellar_constants import DOMAINS, LOCAL
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation

from .account import FEE_BID
from .node import Node, NodeError
from .own_account import OwnAccount, add_options

__all__ = ["close", "create", "register", "table"]

MERGES: Final = 19
"""How many channels one transaction can close: it carries 20 signatures at most."""


def create(node: Node, own: OwnAccount, file: Path, count: int, amount: Decimal) -> str:
    """Make keys of channel accounts, keep them in a file, and fund the accounts; return what was done.

    A file that holds that many keys already is taken as it is: what of it is on the ledger stays.

    Raises
    ------
    ValueError
        If the file holds something else, or the account has too little.
    StellarError, NodeError
        If the ledger has not done it.
    """
    if not 0 < count <= MOST_CHANNELS:
        raise ValueError(f"--count {count} is not from 1 to {MOST_CHANNELS}")
    stroops = to_stroops(amount)
    keys = read_channel_keys(str(file), own.domain) if file.exists() else ()
    if keys and len(keys) != count:
        raise ValueError(f"{file} holds {len(keys)} channel accounts, not {count}: name another file")
    new = tuple(key for key in keys if _balances(node, key) is None) if keys else _generate(count)
    if not new:
        return f"all {count} channel accounts of {file} are on the ledger already"
    free = _free(node, own.account)
    needed = len(new) * (stroops + FEE_BID)
    if free < needed:
        raise ValueError(
            f"{len(new)} channel accounts need {format_stroops(needed)} XLM, but account {own.account} has "
            f"{format_stroops(free)} XLM free: add XLM, or lower --count or --amount"
        )
    if not keys:
        write_channel_keys(file, new)
    own.perform(*(AccountOperation(CreateAccount(key.account, stroops)) for key in new))
    return (
        f"made {len(new)} channel accounts with {format_stroops(stroops)} XLM each; their keys are in "
        f"{file}: name that file at connect"
    )


def close(node: Node, own: OwnAccount, file: Path) -> str:
    """Merge the channel accounts of a file into the account; return what was done.

    Raises
    ------
    StellarError, NodeError
        If the ledger has not done it.
    """
    keys = read_channel_keys(str(file), own.domain)
    balances = {key.account: found for key in keys if (found := _balances(node, key)) is not None}
    left = list(balances)
    while left:
        merges = (AccountMerge(own.account, source=account) for account in left[:MERGES])
        own.perform(*map(AccountOperation, merges))
        del left[:MERGES]
    back = format_stroops(sum(found.total(NATIVE) for found in balances.values()))
    return (
        f"closed {len(balances)} channel accounts: {back} XLM are back in {own.account}; {file} is needed no "
        "more"
    )


def table(node: Node, file: Path, domain: str) -> str:
    """Return the channel accounts of a file with what they hold."""
    rows = []
    for key in read_channel_keys(str(file), domain):
        balances = _balances(node, key)
        held = "not on the ledger" if balances is None else f"{format_stroops(balances.total(NATIVE))} XLM"
        rows.append(f"{key.account}  {held}")
    return "\n".join(rows) or f"{file} holds no keys"


def _generate(count: int) -> tuple[SigningKey, ...]:
    return tuple(SigningKey.generate() for _ in range(count))


def _balances(node: Node, key: SigningKey) -> AccountBalances | None:
    try:
        return AccountBalances.read(Answer(node.get(f"/accounts/{key.account}"), 0))
    except NodeError as error:
        if error.status == 404:
            return None
        raise


def _free(node: Node, account: str) -> int:
    ledgers = node.get("/ledgers", order="desc", limit=1)["_embedded"]["records"]
    balances = AccountBalances.read(Answer(node.get(f"/accounts/{account}"), 0))
    return balances.available(NATIVE, int(ledgers[0]["base_reserve_in_stroops"]))


def _node(arguments: argparse.Namespace) -> Node:
    return Node(NodeAddresses.find(arguments.domain, arguments.horizon_url).horizon[0])


def _run_create(arguments: argparse.Namespace) -> int:
    with OwnAccount.of(arguments) as own:
        print(create(_node(arguments), own, arguments.file, arguments.count, arguments.amount))
    return 0


def _run_close(arguments: argparse.Namespace) -> int:
    keys = read_channel_keys(str(arguments.file), arguments.domain)
    with OwnAccount.of(arguments, keys) as own:
        print(close(_node(arguments), own, arguments.file))
    return 0


def _run_list(arguments: argparse.Namespace) -> int:
    print(table(_node(arguments), arguments.file, arguments.domain))
    return 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("channels", help="make and close channel accounts, for several at a time")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=help)
        made.add_argument("file", type=Path, metavar="FILE", help="with a secret key a line")
        made.add_argument("--domain", choices=DOMAINS, default=LOCAL, help="default: %(default)s")
        made.add_argument("--horizon-url", default="", help="Horizon (default: the domain's)")
        return made

    creating = action("create", "make keys, keep them in FILE, and fund their accounts")
    creating.add_argument("--count", type=int, required=True, help=f"how many, up to {MOST_CHANNELS}")
    creating.add_argument(
        "--amount",
        type=_decimal,
        default=Decimal(2),
        help="XLM for each, 1 of it reserve (default: %(default)s)",
    )
    creating.set_defaults(run=_run_create)
    closing = action("close", "merge the accounts of FILE back into the account; stop its bot first")
    closing.set_defaults(run=_run_close)
    for sending in (creating, closing):
        add_options(sending)
    action("list", "show what the accounts of FILE hold").set_defaults(run=_run_list)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
