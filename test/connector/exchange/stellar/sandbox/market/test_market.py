"""The market as a whole, on a real network."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.closed import ClosedLedger
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key, parse_pairs
from hummingbot.connector.exchange.stellar.sandbox.market.bars import HOUR
from hummingbot.connector.exchange.stellar.sandbox.market.errors import HistoryError, MarketError
from hummingbot.connector.exchange.stellar.sandbox.market.history import HIGHEST_PRICE, LOWEST_PRICE
from hummingbot.connector.exchange.stellar.sandbox.market.market import open_market
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.market.quotes import at_most
from hummingbot.connector.exchange.stellar.sandbox.network import Network

OpenVenue = Callable[..., Any]
START = 1_704_067_200


def envelopes(closed: ClosedLedger) -> list[bytes]:
    return [applied.envelope_xdr for applied in closed.transactions]


def trades(ledgers: list[ClosedLedger]) -> dict[int, list[float]]:
    """Return the prices traded at, by hour."""
    prices: dict[int, list[float]] = defaultdict(list)
    for closed in ledgers:
        hour = closed.header.close_time // HOUR * HOUR
        for applied in closed.transactions:
            for result in applied.result.operations:
                for claim in result.claims:
                    if claim.amount_sold and claim.amount_bought:
                        ratio = claim.amount_bought / claim.amount_sold
                        prices[hour].append(ratio if claim.sold.is_native else 1 / ratio)
    return prices


def test_the_same_seed_makes_the_same_market_to_the_byte(venue: OpenVenue) -> None:
    first, second = venue(seed=7), venue(seed=7)
    for one, other in zip(
        first.founding + list(first.run(50)), second.founding + list(second.run(50)), strict=True
    ):
        assert envelopes(one) == envelopes(other)
        assert one.header == other.header


def test_another_seed_makes_another_market(venue: OpenVenue) -> None:
    first, second = venue(seed=7), venue(seed=8)
    assert envelopes(next(first.run(1))) != envelopes(next(second.run(1)))


def test_it_is_founded_by_ordinary_transactions_that_all_succeed(venue: OpenVenue) -> None:
    opened = venue()
    assert all(a.result.code == "txSUCCESS" for closed in opened.founding for a in closed.transactions)
    assert all(
        len(a.envelope.tx.operations) <= 100 for closed in opened.founding for a in closed.transactions
    )
    quote = opened.pair.quote
    assert quote.issuer == issuer_key("USDC").account
    for desk in opened.market.markets[0].desks:
        assert opened.network.state.trustlines[(desk.key.account, quote)].balance > 6_000_000 * 10**7


def test_the_issuer_of_a_code_has_one_address_on_every_sandbox() -> None:
    assert issuer_key("USDC").account == parse_pairs(["USDC"])[0].quote.issuer
    assert issuer_key("USDC").account != issuer_key("EURC").account


def test_it_goes_on_from_a_saved_state_as_if_it_had_never_stopped(venue: OpenVenue) -> None:
    running = venue(seed=4)
    list(running.run(30))
    market_state = orjson.loads(orjson.dumps(running.market.state()))
    network = Network.from_dict(orjson.loads(orjson.dumps(running.network.to_dict())))
    stopped = venue(seed=4)
    stopped.network, stopped.market = network, open_market(4, network.passphrase, start=START)
    stopped.market.restore(market_state)
    for one, other in zip(running.run(30), stopped.run(30), strict=True):
        assert envelopes(one) == envelopes(other)
    assert running.market.report() == stopped.market.report()


def test_a_saved_state_of_other_pairs_is_refused(venue: OpenVenue) -> None:
    state = venue().market.state()
    with pytest.raises(MarketError, match="the saved market trades XLM/USDC, not XLM/EURC"):
        open_market(1, "another network", pairs=["EURC"]).restore(state)


def test_a_ledger_that_was_not_observed_stops_it(venue: OpenVenue) -> None:
    opened = venue()
    opened.network.close(opened.now + 300)
    with pytest.raises(MarketError, match=r"call observe\(\) after every close"):
        opened.market.step(opened.network, opened.now + 300)


def test_every_hour_trades_and_actors_seldom_fail(venue: OpenVenue) -> None:
    opened = venue(seed=5)
    ledgers = list(opened.run(12 * 72))
    assert set(trades(ledgers)) >= {START + hour * HOUR for hour in range(72)}
    results = [applied.result.code for closed in ledgers for applied in closed.transactions]
    assert results.count("txSUCCESS") > 0.95 * len(results)
    report = opened.market.report()["pairs"][0]
    assert report["volume taken"]["uninformed takers"] > report["volume taken"]["informed takers"] > 0


@pytest.mark.parametrize("source", ["history", "generator"])
def test_bars_rebuilt_from_trades_are_the_references(
    venue: OpenVenue, source: str, request: pytest.FixtureRequest
) -> None:
    history = request.getfixturevalue("xlm_history") if source == "history" else None
    opened = venue(seed=6, history=history, start=START - 180 * 24 * HOUR)
    traded = trades(list(opened.run(12 * 120)))
    hours = sorted(traded)[:-1]
    bars = opened.market.bars_before(opened.pair.base, opened.pair.quote, hours[-1] + HOUR)
    reference = bars[-len(hours) :]
    assert list(reference.start) == hours
    rebuilt = {
        "open": [traded[hour][0] for hour in hours],
        "high": [max(traded[hour]) for hour in hours],
        "low": [min(traded[hour]) for hour in hours],
        "close": [traded[hour][-1] for hour in hours],
    }
    for name, prices in rebuilt.items():
        error = np.log(np.array(prices) / getattr(reference, name))
        assert np.median(np.abs(error)) < 10e-4, name
        assert np.quantile(np.abs(error), 0.95) < 25e-4, name
    returns = [np.diff(np.log(closes)) for closes in (rebuilt["close"], reference.close)]
    assert np.corrcoef(*returns)[0, 1] > 0.97


def test_orders_of_a_third_party_at_the_touch_are_filled(venue: OpenVenue) -> None:
    opened = venue(seed=9)
    key = opened.third_party()
    base, quote = opened.pair.base, opened.pair.quote
    price = opened.book.lowest_ask() * (1 - Decimal("1e-4"))
    opened.submit(key, ManageSellOffer(base, quote, 500 * 10**7, *at_most(price)))
    filled = 0
    for closed in islice(opened.run(36), 36):
        for applied in closed.transactions:
            for result in applied.result.operations:
                filled += sum(claim.amount_sold for claim in result.claims if claim.seller == key.account)
    # the last stroops may be too few for their price
    assert filled == pytest.approx(500 * 10**7, abs=10)


def test_a_third_partys_volume_moves_the_price_and_the_move_decays(venue: OpenVenue) -> None:
    opened = venue(seed=9, arrivals=0.0)
    key = opened.third_party(lumens=1_000_000)
    market = opened.market.markets[0]

    def move() -> float:
        return float(np.log(market.price(opened.now) / market.reference.price(opened.now)))

    assert move() == 0.0
    price = opened.book.highest_bid() * Decimal("0.97")
    opened.submit(key, ManageSellOffer(opened.pair.base, opened.pair.quote, 50_000 * 10**7, *at_most(price)))
    opened.close(act=False)
    at_once = move()
    conditions = market.reference.conditions(opened.now)
    assert at_once == pytest.approx(
        -conditions.daily_volatility * np.sqrt(50_000 / conditions.daily_volume), rel=1e-6
    )
    for _ in range(6):
        opened.close(act=False)
    assert move() == pytest.approx(at_once / 2, rel=0.01)


@pytest.mark.parametrize("price", [LOWEST_PRICE, 1e-6, HIGHEST_PRICE])
def test_it_trades_at_either_end_of_the_prices_it_takes(
    venue: OpenVenue, tmp_path: Path, price: float
) -> None:
    path = tmp_path / "bars.csv"
    bar = f"{price},{price * 1.01 if price < 1 else price},{price if price < 1 else price * 0.99},{price},1e6"
    rows = [f"2024-01-0{1 + h // 24}T{h % 24:02d}:00:00Z,{bar}" for h in range(48)]
    path.write_text("date,open,high,low,close,volume\n" + "\n".join(rows))
    opened = venue(seed=3, history=path, start=START + HOUR)
    ledgers = list(opened.run(48))
    results = [
        result
        for closed in ledgers
        for applied in closed.transactions
        for result in applied.result.operations
    ]
    claims = [claim for result in results for claim in result.claims]
    assert len(claims) > 100
    assert all(claim.amount_sold and claim.amount_bought for claim in claims)
    assert sum(result.code.endswith("SUCCESS") for result in results) > 0.95 * len(results)


def test_each_pair_has_accounts_and_a_path_of_its_own(venue: OpenVenue) -> None:
    opened = venue(pairs=("XLM/USDC", "XLM/EURC"))
    list(opened.run(10))
    usdc, eurc = opened.market.markets
    assert not {d.key.account for d in usdc.desks} & {d.key.account for d in eurc.desks}
    assert usdc.price(opened.now) != eurc.price(opened.now)
    assert all(list(opened.network.book(pair.base, pair.quote)) for pair in opened.market.pairs)


def test_the_report_names_unit_and_source_of_every_parameter(venue: OpenVenue) -> None:
    report = venue().market.report()
    for name in MarketParameters.__dataclass_fields__:
        entry = report["parameters"][name]
        assert entry["unit"]
        assert entry["source"]
        assert entry["meaning"]
    assert report["pairs"][0]["reference"]["source"].startswith("generator")
    orjson.dumps(report)


@pytest.mark.parametrize(
    ("name", "value"), [("informed", 1.5), ("half_spread", float("nan")), ("arrivals", -1.0)]
)
def test_a_parameter_out_of_range_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(MarketError, match=f"market parameter {name} is "):
        MarketParameters(**{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["BTC/USDC"], "write XLM and another code"),
        (["XLM/XLM"], "write XLM and another code"),
        (["XLM/TOO LONG A CODE"], "is not 1 to 12 letters or digits"),
        (["USDC", "XLM/USDC"], "is given twice"),
        ([], "no sandbox pair is given"),
    ],
)
def test_what_is_no_pair_is_refused(pairs: list[str], message: str) -> None:
    with pytest.raises(MarketError, match=message):
        open_market(1, "test", pairs=pairs)


def test_a_history_for_a_pair_that_does_not_trade_is_refused() -> None:
    with pytest.raises(MarketError, match="a history file is given for XLM/EURC"):
        open_market(1, "test", history={"XLM/EURC": Path("bars.csv")})


def test_it_stops_where_its_history_ends(venue: OpenVenue, tmp_path: Path) -> None:
    rows = [f"2024-01-0{1 + h // 24}T{h % 24:02d}:00:00Z,0.13,0.131,0.129,0.13,1000" for h in range(48)]
    path = tmp_path / "bars.csv"
    path.write_text("date,open,high,low,close,volume\n" + "\n".join(rows))
    with pytest.raises(HistoryError, match="choose a start date"):
        open_market(1, "test", history=path, start=START - HOUR)
    opened = venue(history=path, start=START + 46 * HOUR)
    assert opened.market.end == START + 48 * HOUR
    with pytest.raises(HistoryError, match="covers 2024-01-01T00:00Z to 2024-01-03T00:00Z"):
        list(opened.run(30))
