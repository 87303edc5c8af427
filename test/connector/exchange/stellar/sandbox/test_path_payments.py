"""Path payments over books and pools, in cases a trader meets. Recordings and properties cover the rest."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.liquidity_pool import PoolShare
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    CreateAccount,
    LiquidityPoolDeposit,
    ManageSellOffer,
    Operation,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.pool import pool_receives, pool_sends
from hummingbot.connector.exchange.stellar.ledger.results import OperationResult
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of
from hummingbot.connector.exchange.stellar.sandbox.crossing import acquire_liabilities
from hummingbot.connector.exchange.stellar.sandbox.entries import Offer, Pool

from .conftest import LIMIT, UNIT, Town

ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)


@pytest.fixture
def euro(town: Town) -> Asset:
    """A second credit, of which alice, bob and carol hold 10,000."""
    return second_credit(town)


def second_credit(town: Town) -> Asset:
    euro = Asset("EUR", town.bank.account)
    for name in ("alice", "bob", "carol"):
        town.apply(name, ChangeTrust(euro, LIMIT))
    town.apply("bank", *(Payment(town.address(n), euro, 10_000 * UNIT) for n in ("alice", "bob", "carol")))
    return euro


def pour(town: Town, name: str, one: Asset, other: Asset, amount_one: int, amount_other: int) -> Pool:
    """Let someone make a pool and fill it."""
    parameters = pool_of(one, other)
    a, b = (amount_one, amount_other) if parameters.asset_a == one else (amount_other, amount_one)
    id = pool_id(parameters)
    town.apply(name, ChangeTrust(parameters, LIMIT), LiquidityPoolDeposit(id, a, b, *ANY_PRICE))
    return town.network.state.pools[PoolShare(id)]


def outcome(town: Town, name: str, operation: Operation) -> OperationResult:
    (result,) = town.apply(name, operation).result.operations
    return result


def stack(town: Town, name: str, selling: Asset, buying: Asset, count: int, first_id: int) -> None:
    """Put offers of a stroop or so each into the ledger without the transactions that make them."""
    state = town.network.state
    state.begin()
    for offer_id in range(first_id, first_id + count):
        offer = Offer(town.address(name), offer_id, selling, buying, 100, 1, 1)
        state.add_offer(offer)
        acquire_liabilities(state, offer)
    account = state.touch_account(town.address(name))
    assert account is not None
    account.subentries += count
    state.keep()
    state.id_pool = first_id + count


class TestHops:
    def test_book_is_taken_where_it_alone_exists(self, town: Town) -> None:
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 2, 1))
        pay = PathPaymentStrictSend(NATIVE, 10 * UNIT, town.address("carol"), town.usd, 1)
        result = outcome(town, "bob", pay)
        assert [(claim.offer_id, claim.is_pool) for claim in result.claims] == [(1, False)]
        assert result.delivery is not None
        assert result.delivery.amount == 5 * UNIT

    @pytest.mark.parametrize(("more", "from_pool"), [(0, True), (1, False)])
    def test_pool_is_taken_at_an_equal_price_and_the_book_if_it_is_better_by_a_stroop(
        self, town: Town, more: int, from_pool: bool
    ) -> None:
        pool = pour(town, "alice", NATIVE, town.usd, 1_000 * UNIT, 1_000 * UNIT)
        sent = 10 * UNIT
        given = pool_sends(pool.reserve_a, pool.reserve_b, sent)
        assert given is not None
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, given + more, sent, given + more))
        pay = PathPaymentStrictSend(NATIVE, sent, town.address("carol"), town.usd, 1)
        result = outcome(town, "bob", pay)
        assert [claim.is_pool for claim in result.claims] == [from_pool]
        assert result.delivery is not None
        assert result.delivery.amount == given + more

    def test_what_the_book_would_have_done_leaves_no_trace_when_the_pool_is_taken(self, town: Town) -> None:
        pour(town, "alice", NATIVE, town.usd, 1_000 * UNIT, 1_000 * UNIT)
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, UNIT, 2, 1))
        state = town.network.state
        before = {entry.offer_id: entry.to_dict() for entry in state.offers.values()}
        alice, line = town.account("alice").to_dict(), town.line("alice").to_dict()
        pay = PathPaymentStrictSend(NATIVE, 10 * UNIT, town.address("carol"), town.usd, 1)
        applied = town.apply("bob", pay)
        assert [claim.is_pool for claim in applied.result.operations[0].claims] == [True]
        assert {entry.offer_id: entry.to_dict() for entry in state.offers.values()} == before
        assert (town.account("alice").to_dict(), town.line("alice").to_dict()) == (alice, line)
        changed = {type(after).__name__ for _, after in applied.operation_changes[0]}
        assert changed == {"Account", "Trustline", "Pool"}

    def test_pool_stands_in_for_a_book_with_ones_own_offer(self, town: Town) -> None:
        pay = PathPaymentStrictSend(NATIVE, 10 * UNIT, town.address("carol"), town.usd, 1)
        town.apply("bob", ManageSellOffer(town.usd, NATIVE, 100 * UNIT, 1, 1))
        assert outcome(town, "bob", pay).code == "PATH_PAYMENT_STRICT_SEND_OFFER_CROSS_SELF"
        pour(town, "alice", NATIVE, town.usd, 1_000 * UNIT, 1_000 * UNIT)
        assert [claim.is_pool for claim in outcome(town, "bob", pay).claims] == [True]

    def test_strict_receive_walks_backwards_and_costs_what_its_hops_cost(
        self, town: Town, euro: Asset
    ) -> None:
        first = pour(town, "alice", NATIVE, town.usd, 1_000 * UNIT, 1_000 * UNIT)
        second = pour(town, "alice", town.usd, euro, 500 * UNIT, 400 * UNIT)
        wanted = 7 * UNIT
        reserves = (second.reserve_b, second.reserve_a)
        if second.asset_a == town.usd:
            reserves = reserves[::-1]
        middle = pool_receives(*reserves, wanted)
        assert middle is not None
        cost = pool_receives(first.reserve_a, first.reserve_b, middle)
        assert cost is not None
        pay = PathPaymentStrictReceive(NATIVE, cost, town.address("carol"), euro, wanted, (town.usd,))
        result = outcome(town, "bob", pay)
        assert [claim.bought for claim in result.claims] == [NATIVE, town.usd]
        assert result.amount_sent == cost
        cheap = PathPaymentStrictReceive(NATIVE, cost - 1, town.address("carol"), euro, wanted, (town.usd,))
        assert outcome(town, "bob", cheap).code == "PATH_PAYMENT_STRICT_RECEIVE_OVER_SENDMAX"

    def test_equal_assets_side_by_side_need_no_exchange(self, town: Town) -> None:
        pay = PathPaymentStrictSend(town.usd, 5, town.address("carol"), town.usd, 5, (town.usd, town.usd))
        result = outcome(town, "bob", pay)
        assert result.claims == ()
        assert result.amount_sent == 5


class TestOrderOfChecks:
    """As stellar-core: a strict send pays first, a strict receive is paid first."""

    def test_codes_of_strict_send(self, town: Town, euro: Asset) -> None:
        carol, nobody = town.address("carol"), town.address("nobody")
        town.apply("root", CreateAccount(town.address("dave"), 100 * UNIT))
        town.apply("carol", ChangeTrust(town.usd, 10_000 * UNIT))
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 50 * UNIT, 1, 1))
        cases = (
            (PathPaymentStrictSend(NATIVE, 20_000 * UNIT, nobody, town.usd, 1), "NO_DESTINATION"),
            (PathPaymentStrictSend(NATIVE, 20_000 * UNIT, town.address("dave"), town.usd, 1), "UNDERFUNDED"),
            (PathPaymentStrictSend(NATIVE, UNIT, town.address("dave"), euro, 1), "TOO_FEW_OFFERS"),
            (PathPaymentStrictSend(NATIVE, 60 * UNIT, carol, town.usd, 1), "TOO_FEW_OFFERS"),
            (PathPaymentStrictSend(NATIVE, UNIT, carol, town.usd, UNIT + 1), "UNDER_DESTMIN"),
            (PathPaymentStrictSend(NATIVE, UNIT, carol, town.usd, UNIT), "LINE_FULL"),
            (PathPaymentStrictSend(NATIVE, UNIT, town.address("dave"), town.usd, UNIT), "NO_TRUST"),
        )
        for operation, code in cases:
            assert outcome(town, "bob", operation).code == f"PATH_PAYMENT_STRICT_SEND_{code}"
        poor = PathPaymentStrictSend(town.usd, UNIT, carol, NATIVE, 1)
        assert outcome(town, "dave", poor).code == "PATH_PAYMENT_STRICT_SEND_SRC_NO_TRUST"

    def test_codes_of_strict_receive(self, town: Town, euro: Asset) -> None:
        carol, nobody = town.address("carol"), town.address("nobody")
        town.apply("root", CreateAccount(town.address("dave"), 100 * UNIT))
        town.apply("carol", ChangeTrust(town.usd, 10_000 * UNIT))
        town.apply("alice", ManageSellOffer(town.usd, NATIVE, 50 * UNIT, 1, 1))
        bob = town.address("bob")
        cases = (
            (PathPaymentStrictReceive(NATIVE, UNIT, nobody, town.usd, 1), "NO_DESTINATION"),
            (PathPaymentStrictReceive(NATIVE, UNIT, town.address("dave"), town.usd, 1), "NO_TRUST"),
            (PathPaymentStrictReceive(NATIVE, UNIT, carol, town.usd, 1), "LINE_FULL"),
            (PathPaymentStrictReceive(NATIVE, UNIT, bob, euro, 1), "TOO_FEW_OFFERS"),
            (PathPaymentStrictReceive(NATIVE, LIMIT, bob, town.usd, 51 * UNIT), "TOO_FEW_OFFERS"),
            (PathPaymentStrictReceive(NATIVE, UNIT - 1, bob, town.usd, UNIT), "OVER_SENDMAX"),
        )
        for operation, code in cases:
            assert outcome(town, "bob", operation).code == f"PATH_PAYMENT_STRICT_RECEIVE_{code}"
        poor = PathPaymentStrictReceive(town.usd, UNIT, bob, NATIVE, 1)
        town.apply("alice", ManageSellOffer(NATIVE, town.usd, UNIT, 2, 1))
        assert outcome(town, "dave", poor).code == "PATH_PAYMENT_STRICT_RECEIVE_SRC_NO_TRUST"

    def test_amounts_that_are_not_positive_are_malformed(self, town: Town) -> None:
        bob = town.address("bob")
        for operation in (
            PathPaymentStrictSend(NATIVE, 0, bob, NATIVE, 1),
            PathPaymentStrictSend(NATIVE, 1, bob, NATIVE, 0),
            PathPaymentStrictReceive(NATIVE, 0, bob, NATIVE, 1),
            PathPaymentStrictReceive(NATIVE, 1, bob, NATIVE, 0),
        ):
            submission = town.submit("bob", operation)
            assert submission.result is not None
            assert submission.result.operations[0].code.endswith("_MALFORMED")

    def test_a_credit_goes_back_to_an_issuer_that_is_no_more_but_takes_no_detour(self, town: Town) -> None:
        town.network.state.drop(town.account("bank"))
        bank = town.bank.account
        back = PathPaymentStrictSend(town.usd, 5, bank, town.usd, 5)
        assert outcome(town, "bob", back).code == "PATH_PAYMENT_STRICT_SEND_SUCCESS"
        detour = PathPaymentStrictSend(town.usd, 5, bank, town.usd, 5, (town.usd,))
        assert outcome(town, "bob", detour).code == "PATH_PAYMENT_STRICT_SEND_NO_DESTINATION"


class TestWorkLimit:
    """A path payment crosses a thousand offers and pools at most, over all its hops."""

    def lay(self, town: Town, first: int, second: int) -> tuple[Asset, PathPaymentStrictSend]:
        """Lay so many offers of 100 stroops on each of two hops, and a payment that takes all of them."""
        euro = second_credit(town)
        town.apply("root", Payment(town.address("alice"), NATIVE, 2_000 * UNIT))
        stack(town, "alice", town.usd, NATIVE, first, 1)
        stack(town, "alice", euro, town.usd, second, 5_000)
        amount = 100 * first
        pay = PathPaymentStrictSend(NATIVE, amount, town.address("carol"), euro, 1, (town.usd,))
        return euro, pay

    @pytest.mark.parametrize(
        ("first", "code"),
        [(500, "PATH_PAYMENT_STRICT_SEND_SUCCESS"), (501, "opEXCEEDED_WORK_LIMIT")],
    )
    def test_all_hops_share_it(self, town: Town, first: int, code: str) -> None:
        _, pay = self.lay(town, first, first)
        result = outcome(town, "bob", pay)
        assert result.code == code
        if first == 500:
            assert len(result.claims) == 1000

    @pytest.mark.parametrize(
        ("first", "code"),
        [(500, "PATH_PAYMENT_STRICT_RECEIVE_SUCCESS"), (501, "opEXCEEDED_WORK_LIMIT")],
    )
    def test_strict_receive_shares_it_too(self, town: Town, first: int, code: str) -> None:
        euro, _ = self.lay(town, 501, 501)
        wanted = 100 * first
        pay = PathPaymentStrictReceive(NATIVE, wanted, town.address("carol"), euro, wanted, (town.usd,))
        assert outcome(town, "bob", pay).code == code

    @pytest.mark.parametrize(
        ("protocol", "code"),
        [(26, "PATH_PAYMENT_STRICT_SEND_SUCCESS"), (27, "opEXCEEDED_WORK_LIMIT")],
    )
    def test_offers_crossed_in_vain_count_since_protocol_27(self, protocol: int, code: str) -> None:
        """The second hop would take 501 offers but takes the pool: they count only by the later rule."""
        town = Town(protocol=protocol)
        town.settle("alice", "bob", "carol")
        euro, pay = self.lay(town, 500, 501)
        pour(town, "bob", town.usd, euro, 1_000 * UNIT, 2_000 * UNIT)
        result = outcome(town, "bob", pay)
        assert result.code == code
        if protocol == 26:
            assert [claim.is_pool for claim in result.claims] == [False] * 500 + [True]
