"""Liquidity pools: their lines, deposits and withdrawals, in cases a provider meets."""

from math import isqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolParameters, PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    LiquidityPoolDeposit,
    LiquidityPoolWithdraw,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.entries import Pool
from hummingbot.connector.exchange.stellar.sandbox.network import Network

from .conftest import LIMIT, UNIT, Town

RESERVE = 5_000_000
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)


def parameters(town: Town) -> PoolParameters:
    return pool_of(town.usd, NATIVE)


def id_of(town: Town) -> str:
    return pool_id(parameters(town))


def pool(town: Town) -> Pool:
    return town.network.state.pools[PoolShare(id_of(town))]


def shares(town: Town, name: str) -> int:
    return town.network.state.trustlines[town.address(name), PoolShare(id_of(town))].balance


def deposit(
    town: Town, a: int, b: int, bounds: tuple[int, int, int, int] = ANY_PRICE
) -> LiquidityPoolDeposit:
    return LiquidityPoolDeposit(id_of(town), a, b, *bounds)


class TestLines:
    def test_first_line_makes_the_pool_and_the_last_ends_it(self, town: Town) -> None:
        before = town.account("alice").subentries
        for name in ("alice", "bob"):
            town.apply(name, ChangeTrust(parameters(town), LIMIT))
        assert pool(town).trustlines == 2
        assert (pool(town).asset_a, pool(town).asset_b) == (NATIVE, town.usd)
        assert town.account("alice").subentries == before + 2
        assert town.line("alice").pool_uses == 1
        for name in ("alice", "bob"):
            assert town.network.state.pools
            town.apply(name, ChangeTrust(parameters(town), 0))
        assert not town.network.state.pools
        assert town.account("alice").subentries == before
        assert town.line("alice").pool_uses == 0

    def test_line_of_an_asset_stays_while_a_pool_of_it_is_held(self, town: Town) -> None:
        town.apply("alice", ChangeTrust(parameters(town), LIMIT))
        town.apply("alice", Payment(town.address("bob"), town.usd, town.line("alice").balance))
        assert town.codes("alice", ChangeTrust(town.usd, 0)) == ["CHANGE_TRUST_CANNOT_DELETE"]
        both = (ChangeTrust(parameters(town), 0), ChangeTrust(town.usd, 0))
        assert town.codes("alice", *both) == ["CHANGE_TRUST_SUCCESS"] * 2

    def test_codes(self, town: Town) -> None:
        euro = pool_of(NATIVE, Asset("EUR", town.bank.account))
        assert town.codes("alice", ChangeTrust(euro, LIMIT)) == ["CHANGE_TRUST_TRUST_LINE_MISSING"]
        assert town.codes("alice", ChangeTrust(euro, 0)) == ["CHANGE_TRUST_INVALID_LIMIT"]
        line = town.line("alice").copy()
        line.flags = 0
        town.network.state.load(line)
        barred = ChangeTrust(parameters(town), LIMIT)
        assert town.codes("alice", barred) == ["CHANGE_TRUST_NOT_AUTH_MAINTAIN_LIABILITIES"]
        assert town.codes("bob", barred) == ["CHANGE_TRUST_SUCCESS"]
        town.apply("bob", deposit(town, UNIT, UNIT))
        assert town.codes("bob", ChangeTrust(parameters(town), UNIT - 1)) == ["CHANGE_TRUST_INVALID_LIMIT"]
        assert town.codes("bob", ChangeTrust(parameters(town), UNIT)) == ["CHANGE_TRUST_SUCCESS"]

    def test_issuer_needs_no_line_of_its_own_credit(self, town: Town) -> None:
        assert town.codes("bank", ChangeTrust(parameters(town), LIMIT)) == ["CHANGE_TRUST_SUCCESS"]
        assert town.codes("bank", deposit(town, UNIT, 10**15)) == ["LIQUIDITY_POOL_DEPOSIT_SUCCESS"]
        assert pool(town).reserve_b == 10**15

    @pytest.mark.parametrize(("more", "code"), [(0, "SUCCESS"), (-1, "LOW_RESERVE")])
    def test_line_of_shares_takes_two_reserves(self, town: Town, more: int, code: str) -> None:
        town.apply("root", CreateAccount(town.address("dave"), 3 * RESERVE + 2 * RESERVE + more + 200))
        town.apply("dave", ChangeTrust(town.usd, LIMIT))
        assert town.codes("dave", ChangeTrust(parameters(town), LIMIT)) == [f"CHANGE_TRUST_{code}"]

    @pytest.mark.parametrize(
        ("subentries", "code"), [(998, "CHANGE_TRUST_SUCCESS"), (999, "opTOO_MANY_SUBENTRIES")]
    )
    def test_line_of_shares_counts_twice(self, town: Town, subentries: int, code: str) -> None:
        account = town.account("alice").copy()
        account.subentries = subentries
        town.network.state.load(account)
        assert town.codes("alice", ChangeTrust(parameters(town), LIMIT)) == [code]

    def test_pool_that_cannot_be_is_malformed(self, town: Town) -> None:
        right = parameters(town)
        for wrong in (
            PoolParameters(right.asset_b, right.asset_a),
            PoolParameters(right.asset_a, right.asset_b, 31),
            PoolParameters(NATIVE, NATIVE),
        ):
            submission = town.submit("alice", ChangeTrust(wrong, LIMIT))
            assert submission.result is not None
            assert submission.result.operations[0].code == "CHANGE_TRUST_MALFORMED"

    def test_sponsor_gets_two_reserves_back(self, town: Town) -> None:
        town.apply("alice", ChangeTrust(parameters(town), LIMIT))
        state = town.network.state
        line = state.trustlines[town.address("alice"), PoolShare(id_of(town))].copy()
        alice, bob = town.account("alice").copy(), town.account("bob").copy()
        line.sponsor, alice.sponsored, bob.sponsoring = bob.account, 2, 2
        for entry in (line, alice, bob):
            state.load(entry)
        town.apply("alice", ChangeTrust(parameters(town), 0))
        assert (town.account("alice").sponsored, town.account("bob").sponsoring) == (0, 0)


class TestDepositAndWithdraw:
    def test_first_deposit_sets_the_price_and_the_next_follows_it(self, town: Town) -> None:
        for name in ("alice", "bob"):
            town.apply(name, ChangeTrust(parameters(town), LIMIT))
        town.apply("alice", deposit(town, 400 * UNIT, 900 * UNIT))
        assert shares(town, "alice") == 600 * UNIT
        dollars = town.line("bob").balance
        town.apply("bob", deposit(town, 100 * UNIT, 180 * UNIT))
        assert shares(town, "bob") == 120 * UNIT
        assert dollars - town.line("bob").balance == 180 * UNIT
        assert (pool(town).reserve_a, pool(town).total_shares) == (480 * UNIT, 720 * UNIT)

    def test_provider_earns_what_traders_leave(self, town: Town) -> None:
        town.apply("alice", ChangeTrust(parameters(town), LIMIT), deposit(town, 100 * UNIT, 100 * UNIT))
        there = PathPaymentStrictSend(NATIVE, 10 * UNIT, town.address("bob"), town.usd, 1)
        (result,) = town.apply("bob", there).result.operations
        assert result.delivery is not None
        back = PathPaymentStrictSend(town.usd, result.delivery.amount, town.address("bob"), NATIVE, 1)
        town.apply("bob", back)
        before = (town.account("alice").balance, town.line("alice").balance)
        town.apply("alice", LiquidityPoolWithdraw(id_of(town), shares(town, "alice"), 100 * UNIT, 100 * UNIT))
        gained = town.account("alice").balance - before[0], town.line("alice").balance - before[1]
        assert gained[0] - 100 * UNIT + 100 > 10 * UNIT * 5 // 1_000
        assert gained[1] == 100 * UNIT
        assert (pool(town).reserve_a, pool(town).reserve_b, pool(town).total_shares) == (0, 0, 0)

    def test_codes_of_a_deposit_in_their_order(self, town: Town) -> None:
        refused = "LIQUIDITY_POOL_DEPOSIT_"
        assert town.codes("alice", deposit(town, 1, 1)) == [f"{refused}NO_TRUST"]
        town.apply("alice", ChangeTrust(parameters(town), UNIT))
        cases = (
            (deposit(town, 99_999 * UNIT, 1, (9, 1, 9, 1)), "UNDERFUNDED"),
            (deposit(town, 2 * UNIT, 2 * UNIT, (11, 10, 12, 10)), "BAD_PRICE"),
            (deposit(town, 2 * UNIT, 2 * UNIT, (1, 1, 1, 1)), "LINE_FULL"),
            (deposit(town, UNIT, UNIT, (1, 1, 1, 1)), "SUCCESS"),
            (deposit(town, 1, 99_999 * UNIT), "LINE_FULL"),
        )
        for operation, code in cases:
            assert town.codes("alice", operation) == [refused + code]
        line = town.line("alice").copy()
        line.flags = 2
        town.network.state.load(line)
        assert town.codes("alice", deposit(town, 1, 1)) == [f"{refused}NOT_AUTHORIZED"]

    def test_pool_holds_no_more_than_an_amount_can_be(self, town: Town) -> None:
        town.apply("bank", ChangeTrust(parameters(town), LIMIT))
        assert town.codes("bank", deposit(town, 500 * UNIT, LIMIT - 5)) == ["LIQUIDITY_POOL_DEPOSIT_SUCCESS"]
        assert town.codes("bank", deposit(town, 100 * UNIT, LIMIT)) == ["LIQUIDITY_POOL_DEPOSIT_POOL_FULL"]

    @pytest.mark.parametrize(
        ("amounts", "bounds"),
        [
            ((0, 1), ANY_PRICE),
            ((1, 0), ANY_PRICE),
            ((1, 1), (0, 1, 1, 1)),
            ((1, 1), (1, 1, 1, 0)),
            ((1, 1), (2, 1, 199, 100)),
        ],
    )
    def test_deposit_that_says_nothing_sensible_is_malformed(
        self, town: Town, amounts: tuple[int, int], bounds: tuple[int, int, int, int]
    ) -> None:
        submission = town.submit("alice", deposit(town, *amounts, bounds))
        assert submission.result is not None
        assert submission.result.operations[0].code == "LIQUIDITY_POOL_DEPOSIT_MALFORMED"

    def test_codes_of_a_withdrawal_in_their_order(self, town: Town) -> None:
        refused, id = "LIQUIDITY_POOL_WITHDRAW_", id_of(town)
        assert town.codes("alice", LiquidityPoolWithdraw(id, 1, 0, 0)) == [f"{refused}NO_TRUST"]
        town.apply("alice", ChangeTrust(parameters(town), LIMIT), deposit(town, 40 * UNIT, 90 * UNIT))
        town.apply("alice", ChangeTrust(town.usd, town.line("alice").balance + UNIT))
        cases = (
            (LiquidityPoolWithdraw(id, 60 * UNIT + 1, LIMIT, LIMIT), "UNDERFUNDED"),
            (LiquidityPoolWithdraw(id, 30 * UNIT, 20 * UNIT + 1, 0), "UNDER_MINIMUM"),
            (LiquidityPoolWithdraw(id, 30 * UNIT, 20 * UNIT, 45 * UNIT + 1), "UNDER_MINIMUM"),
            (LiquidityPoolWithdraw(id, 30 * UNIT, 20 * UNIT, 45 * UNIT), "LINE_FULL"),
            (LiquidityPoolWithdraw(id, 6_666_666, 4_444_444, 9_999_999), "SUCCESS"),
        )
        for operation, code in cases:
            assert town.codes("alice", operation) == [refused + code]

    @pytest.mark.parametrize("numbers", [(0, 0, 0), (1, -1, 0), (1, 0, -1)])
    def test_withdrawal_of_nothing_is_malformed(self, town: Town, numbers: tuple[int, int, int]) -> None:
        submission = town.submit("alice", LiquidityPoolWithdraw(id_of(town), *numbers))
        assert submission.result is not None
        assert submission.result.operations[0].code == "LIQUIDITY_POOL_WITHDRAW_MALFORMED"

    def test_failed_transaction_leaves_the_pool_as_it_was(self, town: Town) -> None:
        town.apply("alice", ChangeTrust(parameters(town), LIMIT), deposit(town, 40 * UNIT, 90 * UNIT))
        before = pool(town).to_dict()
        steps = (
            deposit(town, UNIT, 3 * UNIT),
            PathPaymentStrictSend(NATIVE, UNIT, town.address("bob"), town.usd, 1),
            LiquidityPoolWithdraw(id_of(town), UNIT, 0, 0),
            Payment(town.address("bob"), town.usd, LIMIT),
        )
        assert town.apply("alice", *steps).result.code == "txFAILED"
        assert pool(town).to_dict() == before


def test_saved_network_goes_on_with_its_pools(town: Town) -> None:
    town.apply("alice", ChangeTrust(parameters(town), LIMIT), deposit(town, 40 * UNIT, 90 * UNIT))
    saved = town.network.to_dict()
    restored = Network.from_dict(saved)
    assert restored.to_dict() == saved
    pay = town.sign("bob", PathPaymentStrictSend(NATIVE, UNIT, town.address("bob"), town.usd, 1))
    for network in (town.network, restored):
        network.submit(pay.envelope_xdr)
        (tx,) = network.close(network.header.close_time + 5).transactions
        assert [claim.is_pool for claim in tx.result.operations[0].claims] == [True]
    assert restored.to_dict() == town.network.to_dict()


class PlainPool:
    """CAP-38 in whole numbers: two reserves and their shares; every step says what it moved, or None."""

    def __init__(self) -> None:
        self.a = self.b = self.total = 0

    def deposit(self, most_a: int, most_b: int) -> tuple[int, int, int] | None:
        if self.total:
            shares = min(self.total * most_a // self.a, self.total * most_b // self.b)
            a, b = -(-shares * self.a // self.total), -(-shares * self.b // self.total)
        else:
            a, b, shares = most_a, most_b, isqrt(most_a * most_b)
        if not (a and b):
            return None
        self.a, self.b, self.total = self.a + a, self.b + b, self.total + shares
        return a, b, shares

    def withdraw(self, shares: int) -> tuple[int, int, int] | None:
        if shares > self.total:
            return None
        a, b = shares * self.a // self.total, shares * self.b // self.total
        self.a, self.b, self.total = self.a - a, self.b - b, self.total - shares
        return -a, -b, -shares

    def send(self, amount: int) -> tuple[int, int, int] | None:
        out = 9970 * self.b * amount // (10_000 * self.a + 9970 * amount) if self.a else 0
        if not out:
            return None
        self.a, self.b = self.a + amount, self.b - out
        return amount, -out, 0

    def receive(self, amount: int) -> tuple[int, int, int] | None:
        if amount >= self.b:
            return None
        cost = -(-10_000 * self.a * amount // ((self.b - amount) * 9970))
        self.a, self.b = self.a + cost, self.b - amount
        return cost, -amount, 0


numbers = st.integers(1, 50) | st.integers(1, 100 * UNIT)
steps = st.lists(
    st.tuples(st.sampled_from(("deposit", "withdraw", "send", "receive")), numbers, numbers), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_pool_lives_as_the_plain_formulas_say(steps: list[tuple[str, int, int]]) -> None:
    """Alice provides, then trades with her own pool: each step moves what the formulas move, or fails."""
    town = Town()
    town.settle("alice")
    town.apply("alice", ChangeTrust(parameters(town), LIMIT))
    plain, alice = PlainPool(), town.address("alice")
    for kind, amount, other in [("deposit", UNIT, UNIT), *steps]:
        operation = {
            "deposit": deposit(town, amount, other),
            "withdraw": LiquidityPoolWithdraw(id_of(town), amount, 0, 0),
            "send": PathPaymentStrictSend(NATIVE, amount, alice, town.usd, 1),
            "receive": PathPaymentStrictReceive(NATIVE, LIMIT, alice, town.usd, amount),
        }[kind]
        arguments = (amount, other) if kind == "deposit" else (amount,)
        before = (town.account("alice").balance - 100, town.line("alice").balance, shares(town, "alice"))
        moved = getattr(plain, kind)(*arguments)
        succeeded = town.apply("alice", operation).result.code == "txSUCCESS"
        assert succeeded == (moved is not None)
        now = pool(town)
        assert (now.reserve_a, now.reserve_b, now.total_shares) == (plain.a, plain.b, plain.total)
        a, b, made = moved or (0, 0, 0)
        after = (before[0] - a, before[1] - b, before[2] + made)
        assert (town.account("alice").balance, town.line("alice").balance, shares(town, "alice")) == after
