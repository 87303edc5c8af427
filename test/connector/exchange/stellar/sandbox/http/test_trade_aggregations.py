"""Bars: the reference's before the sandbox's own, in both orientations, from a minute to a week."""

import numpy as np
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.market.bars import HOUR, Bars

XLM = 10_000_000
START = 1_704_067_200
HOURS = 72


def bars() -> Bars:
    """Return three days of hours before the start: 0.100, 0.101 … , 24 units an hour."""
    start = np.arange(START - HOURS * HOUR, START, HOUR)
    open = 0.1 + 0.001 * np.arange(HOURS)
    close = open + 0.001
    return Bars(start, open, close + 0.0005, open - 0.0005, close, np.full(HOURS, 24.0))


def pair(sandbox, *, inverse: bool = False) -> dict[str, str]:
    usdc = {"asset_type": "credit_alphanum4", "asset_code": "USDC", "asset_issuer": sandbox.usdc.issuer}
    sides = [{"asset_type": "native"}, usdc]
    if inverse:
        sides.reverse()
    return {
        f"{side}_{name}": value
        for side, fields in zip(("base", "counter"), sides, strict=True)
        for name, value in fields.items()
    }


async def records(sandbox, **parameters: object) -> list[dict]:
    answer = await sandbox.get("/trade_aggregations", **parameters)
    return answer["_embedded"]["records"]


@pytest.fixture
def traded(sandbox):
    """A sandbox with three days of reference and two trades after them: 20 XLM at 0.1, 10 XLM at 0.125."""
    sandbox.sandbox.history.aggregation.precede(NATIVE, sandbox.usdc, bars())
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 20 * XLM, 1, 10))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, 2 * XLM, 10, 1))
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, 1, 8))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, 10 * XLM // 8, 8, 1))
    return sandbox


async def test_hours_of_the_reference_come_before_those_of_the_sandbox(traded):
    hours = await records(traded, **pair(traded), resolution=3_600_000, limit=200)
    assert [int(hour["timestamp"]) for hour in hours] == [(START + k * HOUR) * 1000 for k in range(-HOURS, 1)]
    first, last = hours[0], hours[-1]
    assert (first["open"], first["close"], first["high"]) == ("0.1000000", "0.1010000", "0.1015000")
    assert (first["base_volume"], first["trade_count"]) == ("24.0000000", "1")
    assert (last["open"], last["close"], last["trade_count"]) == ("0.1000000", "0.1250000", "2")
    assert (last["base_volume"], last["counter_volume"]) == ("30.0000000", "3.2500000")
    assert last["avg"] == "0.1083333"


async def test_days_are_made_of_hours(traded):
    days = await records(traded, **pair(traded), resolution=86_400_000)
    assert [int(day["timestamp"]) // 1000 for day in days] == [START - 86_400 * k for k in (3, 2, 1, 0)]
    assert days[0]["base_volume"] == "576.0000000"
    assert (days[0]["open"], days[0]["close"]) == ("0.1000000", "0.1240000")
    assert (days[0]["low"], days[0]["high"]) == ("0.0995000", "0.1245000")


async def test_descending_is_the_same_backwards(traded):
    for resolution in (3_600_000, 86_400_000, 604_800_000):
        up = await records(traded, **pair(traded), resolution=resolution, limit=200)
        down = await records(traded, **pair(traded), resolution=resolution, limit=200, order="desc")
        assert down == up[::-1]


async def test_the_inverse_pair_shows_the_inverse_prices(traded):
    (hour,) = await records(traded, **pair(traded, inverse=True), resolution=3_600_000, order="desc", limit=1)
    assert (hour["open"], hour["close"]) == ("10.0000000", "8.0000000")
    assert (hour["high"], hour["low"]) == ("10.0000000", "8.0000000")
    assert (hour["base_volume"], hour["counter_volume"]) == ("3.2500000", "30.0000000")
    assert hour["open_r"] == {"n": "10", "d": "1"}
    (oldest,) = await records(traded, **pair(traded, inverse=True), resolution=3_600_000, limit=1)
    assert (oldest["open"], oldest["close"]) == ("10.0000000", "9.9009901")


async def test_minutes_are_of_real_trades_only(traded):
    minutes = await records(traded, **pair(traded), resolution=60_000, limit=200)
    assert len(minutes) == 1
    assert minutes[0]["trade_count"] == "2"


async def test_hours_of_the_reference_without_volume_are_left_out_as_those_without_trades_are(sandbox):
    quiet = bars()
    quiet.volume[10:60] = 0.0
    sandbox.sandbox.history.aggregation.precede(NATIVE, sandbox.usdc, quiet)
    for order in ("asc", "desc"):
        hours = await records(sandbox, **pair(sandbox), resolution=3_600_000, limit=200, order=order)
        assert len(hours) == HOURS - 50
        assert all(hour["trade_count"] == "1" for hour in hours)
    days = await records(sandbox, **pair(sandbox), resolution=86_400_000)
    assert [(day["base_volume"], day["close"]) for day in days] == [
        ("240.0000000", "0.1100000"),
        ("288.0000000", "0.1720000"),
    ]


@pytest.mark.parametrize("price", [1.2345678e-7, 0.123456789, 98_765.4321])
async def test_prices_of_the_reference_keep_nine_digits(sandbox, price):
    hour = np.array([START - HOUR])
    flat = np.array([price])
    sandbox.sandbox.history.aggregation.precede(
        NATIVE, sandbox.usdc, Bars(hour, flat, flat, flat, flat, np.array([1e6]))
    )
    (shown,) = await records(sandbox, **pair(sandbox), resolution=3_600_000)
    for name in ("open", "high", "low", "close"):
        n, d = int(shown[f"{name}_r"]["n"]), int(shown[f"{name}_r"]["d"])
        assert max(n, d) < 2**63
        assert n / d == pytest.approx(price, rel=1e-9)


async def test_start_and_end_are_moved_to_the_borders_of_hours(traded):
    start, end = (START - 5 * HOUR + 1) * 1000, (START - 2 * HOUR + 1) * 1000
    hours = await records(traded, **pair(traded), resolution=3_600_000, start_time=start, end_time=end)
    assert [int(hour["timestamp"]) // 1000 for hour in hours] == [START - 4 * HOUR, START - 3 * HOUR]


async def test_an_offset_shifts_the_days(traded):
    days = await records(traded, **pair(traded), resolution=86_400_000, offset=3_600_000)
    assert {int(day["timestamp"]) // 1000 % 86_400 for day in days} == {3600}


async def test_a_page_says_where_the_next_begins(traded):
    answer = await traded.get(
        "/trade_aggregations", **pair(traded), resolution=3_600_000, limit=2, end_time=START * 1000
    )
    last = int(answer["_embedded"]["records"][-1]["timestamp"])
    assert f"start_time={last + 3_600_000}" in answer["_links"]["next"]["href"]


async def test_assets_that_never_traded_are_not_found(sandbox):
    problem = await sandbox.problem("/trade_aggregations", 404, **pair(sandbox), resolution=3_600_000)
    assert problem["extras"] == {"invalid_field": "base_asset", "reason": "not found"}


async def test_an_average_is_rounded_as_a_float(sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 256 * XLM, 1, 256))
    sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 256, 1))
    (bar,) = await records(sandbox, **pair(sandbox), resolution=60_000)
    # 1/256 is 0.00390625: half a stroop goes to the even one in a float, and up in a fraction.
    assert (bar["avg"], bar["close"]) == ("0.0039062", "0.0039063")


async def test_a_time_may_lie_before_1970(traded):
    every = await records(traded, **pair(traded), resolution=3_600_000, limit=200)
    assert await records(traded, **pair(traded), resolution=3_600_000, limit=200, start_time=-5) == every
    query = {**pair(traded), "resolution": 3_600_000, "end_time": -5}
    assert (await traded.problem("/trade_aggregations", 400, **query))["extras"][
        "invalid_field"
    ] == "end_time"


@pytest.mark.parametrize("resolution", [60_000, 86_400_000])
async def test_of_equal_prices_the_later_is_told(sandbox, resolution):
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    for n, d in ((1, 10), (2, 20)):
        sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 10 * XLM, n, d))
        sandbox.submit(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, d, n))
    (bar,) = await records(sandbox, **pair(sandbox), resolution=resolution)
    assert [bar[f"{name}_r"] for name in ("open", "high", "low", "close")] == [
        {"n": "1", "d": "10"},
        *[{"n": "2", "d": "20"}] * 3,
    ]
