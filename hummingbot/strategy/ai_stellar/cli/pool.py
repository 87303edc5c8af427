"""``ai-stellar pool``: quote, deposit into and withdraw from a liquidity pool, and what shares are worth."""

import argparse
from decimal import Decimal
from fractions import Fraction

from hummingbot.connector.exchange.stellar.horizon.liquidity_pools import ShareLine, share_line
from hummingbot.connector.exchange.stellar.ledger.amount import INT64_MAX, format_stroops, to_stroops
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust
from hummingbot.connector.exchange.stellar.ledger.pool_reserves import PoolReserves, impermanent_loss
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.stellar_constants import DOMAINS, LOCAL
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation
from hummingbot.connector.exchange.stellar.transactions.pool_operations import pool_deposit, pool_withdrawal

from .node import Node
from .own_account import OwnAccount, add_options
from .pool_venue import PoolVenue

__all__ = ["deposit", "position", "quote", "register", "withdraw"]


def quote(venue: PoolVenue, side: str, amount: Decimal) -> str:
    """Say what buying or selling an amount of the base asset would cost or bring, by the pool alone."""
    pool, stroops = venue.pool(), _positive(amount, "amount")
    other = pool.takes(venue.base, stroops) if side == "buy" else pool.gives(venue.base, stroops)
    if other is None:
        holds = venue.amounts(pool, pool.reserve_a, pool.reserve_b)
        raise ValueError(
            f"the pool of {venue.pair} holds {holds} and cannot {'give' if side == 'buy' else 'take'} "
            f"{format_stroops(stroops)} {venue.name(venue.base)}: choose another amount"
        )
    price, middle = Fraction(other, stroops), pool.price(venue.base)
    verb = "costs" if side == "buy" else "brings"
    return (
        f"{side} {format_stroops(stroops)} {venue.name(venue.base)} {verb} {format_stroops(other)} "
        f"{venue.name(venue.quote)}: {_digits(price)} each, {_percent(abs(price / middle - 1))} off the "
        f"pool's {_digits(middle)} (0.3 % of it is the pool's fee)"
    )


def deposit(
    venue: PoolVenue, own: OwnAccount, base: Decimal, quoted: Decimal, slippage: Decimal, opens_line: bool
) -> str:
    """Put at most these amounts into the pool, in the proportion of its reserves; return what was done."""
    document = venue.account(own.account)
    parameters = pool_of(venue.base, venue.quote)
    line = share_line(document, pool_id(parameters))
    if line is None and not opens_line:
        raise ValueError(
            f"account {own.account} has no trustline for shares of the pool of {venue.pair}: add "
            "--open-trustline to open one, which locks up two base reserves (1 XLM)"
        )
    most = {venue.base: _positive(base, "base amount"), venue.quote: _positive(quoted, "quote amount")}
    most_a, most_b = most[parameters.asset_a], most[parameters.asset_b]
    try:
        pool = venue.pool()
    except ValueError:
        pool = PoolReserves(parameters, 0, 0, 0)
    opening = [] if line is not None else [ChangeTrust(parameters, INT64_MAX)]
    line = line or ShareLine(0, INT64_MAX)
    free = (
        venue.available(document, parameters.asset_a, 1 + len(opening), len(opening)),
        venue.available(document, parameters.asset_b, 1 + len(opening), len(opening)),
    )
    operation = pool_deposit(pool, line, (most_a, most_b), free, _share(slippage))
    ledger = own.perform(*map(AccountOperation, opening), AccountOperation(operation))
    paid = venue.moved(own.account, pool, ledger)
    now = share_line(venue.account(own.account), pool.id)
    gained = (now.balance if now else 0) - line.balance
    return f"deposited {venue.amounts(pool, *paid)} for {format_stroops(gained)} shares of {pool.id}"


def withdraw(venue: PoolVenue, own: OwnAccount, shares: Decimal | None, slippage: Decimal) -> str:
    """Give shares back (None: all of them) for their part of the reserves; return what was done."""
    pool, document = venue.pool(), venue.account(own.account)
    wanted = None if shares is None else _positive(shares, "number of shares")
    operation = pool_withdrawal(pool, share_line(document, pool.id), wanted, _share(slippage))
    ledger = own.perform(AccountOperation(operation))
    a, b = venue.moved(own.account, pool, ledger)
    return (
        f"gave {format_stroops(operation.amount)} shares of {pool.id} back for {venue.amounts(pool, -a, -b)}"
    )


def position(venue: PoolVenue, account: str) -> str:
    """Say what an account's shares are worth, and how that compares with having kept what it put in."""
    pool = venue.pool()
    line = share_line(venue.account(account), pool.id)
    if line is None or not line.balance:
        return f"account {account} holds no shares of the pool of {venue.pair}"
    worth = pool.worth(line.balance)
    price = pool.price(pool.parameters.asset_a)
    held = venue.moved(account, pool)
    text = (
        f"{format_stroops(line.balance)} of {format_stroops(pool.total_shares)} shares: "
        f"{venue.amounts(pool, *worth)}"
    )
    if held[0] * price + held[1] <= 0:
        return f"{text}; all that was put in has been taken out again"
    against = impermanent_loss(held, worth, price)
    return (
        f"{text}; {venue.amounts(pool, *held)} were put in, less what was taken out: the shares are worth "
        f"{_percent(abs(against))} {'less' if against < 0 else 'more'} than these would be now (impermanent "
        "loss, less fees earned)"
    )


def _positive(amount: Decimal, what: str) -> int:
    stroops = to_stroops(amount)
    if stroops <= 0:
        raise ValueError(f"{what} {amount} is not above 0: write a positive number")
    return stroops


def _share(percent: Decimal) -> Fraction:
    if not percent.is_finite() or not 0 < percent < 100:
        raise ValueError(f"--slippage {percent} is not above 0 and below 100 percent")
    return Fraction(percent) / 100


def _digits(value: Fraction) -> str:
    return f"{Decimal(value.numerator) / Decimal(value.denominator):.7g}"


def _percent(value: Fraction) -> str:
    return f"{Decimal(value.numerator * 100) / Decimal(value.denominator):.4f} %"


def _venue(arguments: argparse.Namespace) -> PoolVenue:
    url = NodeAddresses.find(arguments.domain, arguments.horizon_url).horizon[0]
    return PoolVenue.of(Node(url), arguments.domain, arguments.pair, arguments.assets)


def _run_quote(arguments: argparse.Namespace) -> int:
    print(quote(_venue(arguments), arguments.side, arguments.amount))
    return 0


def _run_deposit(arguments: argparse.Namespace) -> int:
    venue, opens = _venue(arguments), arguments.open_trustline
    with OwnAccount.of(arguments) as own:
        print(deposit(venue, own, arguments.base, arguments.quote, arguments.slippage, opens))
    return 0


def _run_withdraw(arguments: argparse.Namespace) -> int:
    venue = _venue(arguments)
    with OwnAccount.of(arguments) as own:
        print(withdraw(venue, own, arguments.shares, arguments.slippage))
    return 0


def _run_position(arguments: argparse.Namespace) -> int:
    print(position(_venue(arguments), arguments.account))
    return 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("pool", help="quote, deposit into, withdraw from a liquidity pool")
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=help)
        made.add_argument("pair", metavar="PAIR", help="as XLM-USDC")
        made.add_argument("--domain", choices=DOMAINS, default=LOCAL, help="default: %(default)s")
        made.add_argument("--horizon-url", default="", help="Horizon (default: the domain's)")
        made.add_argument("--assets", default="", metavar="NAME=CODE:ISSUER,…", help="assets of your own")
        return made

    quoting = action("quote", "what the pool asks or gives for an amount of the base asset")
    quoting.add_argument("side", choices=("buy", "sell"))
    quoting.add_argument("amount", type=_decimal)
    quoting.set_defaults(run=_run_quote)
    depositing = action("deposit", "put both assets in, at most as much as named")
    depositing.add_argument("base", type=_decimal, help="most of the base asset")
    depositing.add_argument("quote", type=_decimal, help="most of the quote asset")
    depositing.add_argument("--open-trustline", action="store_true", help="for the pool's shares, if missing")
    depositing.set_defaults(run=_run_deposit)
    withdrawing = action("withdraw", "give shares back for their part of the reserves")
    withdrawing.add_argument("--shares", type=_decimal, help="how many (default: all)")
    withdrawing.set_defaults(run=_run_withdraw)
    for sending in (depositing, withdrawing):
        add_options(sending)
        sending.add_argument(
            "--slippage",
            type=_decimal,
            default=Decimal(1),
            metavar="PERCENT",
            help="how far price or payout may have moved meanwhile (default: %(default)s)",
        )
    holding = action("position", "what an account's shares are worth")
    holding.add_argument("account", metavar="ACCOUNT", help="its address, G…")
    holding.set_defaults(run=_run_position)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
