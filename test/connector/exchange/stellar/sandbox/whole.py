"""What holds on every ledger, whatever people do: what exists, who owes what, and what is counted."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.exchange import offer_liabilities
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare, Trusted
from hummingbot.connector.exchange.stellar.ledger.operations import (
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from hummingbot.connector.exchange.stellar.sandbox.entries import Pool
from hummingbot.connector.exchange.stellar.sandbox.network import AppliedTransaction, Network
from hummingbot.connector.exchange.stellar.sandbox.sponsorship import reserves_of
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

RESERVE = 5_000_000


def in_pools(state: LedgerState, asset: Asset) -> int:
    """How much of an asset pools hold."""
    return sum(
        amount
        for pool in state.pools.values()
        for reserve, amount in ((pool.asset_a, pool.reserve_a), (pool.asset_b, pool.reserve_b))
        if reserve == asset
    )


def lumens_of(network: Network) -> int:
    """All lumens, with those paid as fees."""
    held = sum(account.balance for account in network.state.accounts.values())
    return held + in_pools(network.state, NATIVE) + network.header.fee_pool


def credit_of(state: LedgerState, asset: Asset) -> int:
    """All of a credit."""
    held = sum(line.balance for line in state.trustlines.values() if line.asset == asset)
    return held + in_pools(state, asset)


def issued(applied: AppliedTransaction, bank: str) -> Counter[Asset]:
    """Return what the bank put into the world by a transaction of its own or another's, less what it took
    back: by payments, by trades with its offers, and through pools.
    """
    change: Counter[Asset] = Counter()
    source = applied.envelope.tx.source
    for position, operation in enumerate(applied.envelope.tx.operations):
        result = applied.result.operations[position]
        is_path = isinstance(operation, PathPaymentStrictReceive | PathPaymentStrictSend)
        if isinstance(operation, Payment):
            change[operation.asset] += operation.amount * ((source == bank) - (operation.destination == bank))
        if is_path and result.delivery is not None:
            change[operation.send_asset] += result.amount_sent * (source == bank)
            change[operation.dest_asset] -= result.delivery.amount * (operation.destination == bank)
        for claim in result.claims:
            change[claim.sold] += claim.amount_sold * (claim.seller == bank)
            change[claim.bought] -= claim.amount_bought * (claim.seller == bank)
            if not is_path and source == bank:
                change[claim.bought] += claim.amount_bought
                change[claim.sold] -= claim.amount_sold
        if operation.__class__.__name__.startswith("LiquidityPool") and source == bank:
            for before, after in applied.operation_changes[position]:
                if isinstance(before, Pool) and isinstance(after, Pool):
                    change[after.asset_a] += after.reserve_a - before.reserve_a
                    change[after.asset_b] += after.reserve_b - before.reserve_b
    del change[NATIVE]
    return change


def assert_liabilities_are_those_of_the_offers(state: LedgerState) -> None:
    selling: Counter[tuple[str, Trusted]] = Counter()
    buying: Counter[tuple[str, Trusted]] = Counter()
    for offer in state.offers.values():
        to_sell, to_buy = offer_liabilities(offer.price_n, offer.price_d, offer.amount)
        selling[offer.seller, offer.selling] += to_sell
        buying[offer.seller, offer.buying] += to_buy
    for account in state.accounts.values():
        key = (account.account, NATIVE)
        assert (account.selling_liabilities, account.buying_liabilities) == (selling[key], buying[key])
    for line_key, line in state.trustlines.items():
        assert (line.selling_liabilities, line.buying_liabilities) == (selling[line_key], buying[line_key])
        assert 0 <= line.selling_liabilities <= line.balance <= line.limit - line.buying_liabilities


def assert_books_are_not_crossed(network: Network, assets: Iterable[Asset]) -> None:
    """No one's best offer meets another's at a price that both would take, unless one of them is passive."""
    for one, other in ((a, b) for a in assets for b in assets if a != b):
        best, against = next(iter(network.book(one, other)), None), network.book(other, one)
        for offer in against:
            if best is None or best.passive or offer.passive or best.seller == offer.seller:
                continue
            assert Fraction(best.price_n, best.price_d) * Fraction(offer.price_n, offer.price_d) > 1


def assert_subentries_are_counted(state: LedgerState) -> None:
    counted: Counter[str] = Counter(offer.seller for offer in state.offers.values())
    for line in state.trustlines.values():
        counted[line.account] += 2 if isinstance(line.asset, PoolShare) else 1
    for account in state.accounts.values():
        assert account.subentries == counted[account.account]
        assert account.balance >= (2 + account.subentries) * RESERVE - 100 * 4


def assert_reserves_are_counted(state: LedgerState) -> None:
    """Every reserve counts once for its owner, and once for who pays in the owner's stead."""
    subentries: Counter[str] = Counter()
    sponsoring: Counter[str] = Counter()
    sponsored: Counter[str] = Counter()

    def count(owner: str | None, sponsor: str | None, reserves: int, *, is_subentry: bool = True) -> None:
        if owner is not None and is_subentry:
            subentries[owner] += reserves
        if sponsor is not None:
            sponsoring[sponsor] += reserves
            if owner is not None:
                sponsored[owner] += reserves

    for account in state.accounts.values():
        count(account.account, account.sponsor, 2, is_subentry=False)
        for _, _, sponsor in account.signers:
            count(account.account, sponsor, 1)
    for entry in (*state.trustlines.values(), *state.data.values()):
        count(entry.account, entry.sponsor, reserves_of(entry))
    for offer in state.offers.values():
        count(offer.seller, offer.sponsor, 1)
    for balance in state.claimable_balances.values():
        assert balance.sponsor is not None
        count(None, balance.sponsor, len(balance.claimants))
    for name, account in state.accounts.items():
        counts = (account.subentries, account.sponsoring, account.sponsored)
        assert counts == (subentries[name], sponsoring[name], sponsored[name])
    assert (subentries | sponsoring | sponsored).keys() <= state.accounts.keys()


def assert_books_hold_the_offers(state: LedgerState) -> None:
    listed = sorted(offer_id for book in state.books.values() for offer_id in book)
    assert listed == sorted(state.offers)
    for (selling, buying), book in state.books.items():
        ranked = [state.offers[offer_id] for offer_id in book]
        assert all((offer.selling, offer.buying) == (selling, buying) for offer in ranked)
        assert ranked == sorted(ranked, key=lambda o: (o.price_n / o.price_d, o.offer_id))


def assert_pools_belong_to_their_lines(state: LedgerState) -> None:
    """A pool lives as long as one line of its shares; the shares of all lines are all there are."""
    lines: Counter[PoolShare] = Counter()
    shares: Counter[PoolShare] = Counter()
    uses: Counter[tuple[str, Asset]] = Counter()
    for line in state.trustlines.values():
        if isinstance(line.asset, PoolShare):
            pool = state.pools[line.asset]
            lines[line.asset] += 1
            shares[line.asset] += line.balance
            uses.update(((line.account, pool.asset_a), (line.account, pool.asset_b)))
    for key, line in state.trustlines.items():
        assert isinstance(line.asset, PoolShare) or line.pool_uses == uses[key[0], line.asset]
    assert {pool.share: pool.trustlines for pool in state.pools.values()} == dict(lines)
    for pool in state.pools.values():
        assert pool.total_shares == shares[pool.share]
        assert (pool.total_shares == 0) == (pool.reserve_a == 0) == (pool.reserve_b == 0)
        assert state.pools_of[pool.asset_a, pool.asset_b] == state.pools_of[pool.asset_b, pool.asset_a]
    assert len(state.pools_of) == 2 * len(state.pools)


def assert_pools_never_lose(applied: AppliedTransaction) -> None:
    """Trading does not lower the product of a pool; nothing lowers what a share is worth of either asset,
    but trading one for the other.
    """
    for operation, changes in zip(
        applied.envelope.tx.operations, applied.operation_changes, strict=bool(applied.operation_changes)
    ):
        for before, after in changes:
            if not (isinstance(before, Pool) and isinstance(after, Pool)):
                continue
            if isinstance(operation, PathPaymentStrictReceive | PathPaymentStrictSend):
                assert after.total_shares == before.total_shares
                assert after.reserve_a * after.reserve_b >= before.reserve_a * before.reserve_b
            elif after.total_shares and before.total_shares:
                for name in ("reserve_a", "reserve_b"):
                    now, then = getattr(after, name), getattr(before, name)
                    assert now * before.total_shares >= then * after.total_shares
