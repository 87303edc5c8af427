"""The strategy on a sandbox with its market, through the real connector: it trades, records and leaves."""

import asyncio
import atexit
import json
import math
import os
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

import hummingbot
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.strategy.ai_stellar import farewell
from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.market.reference_feed import ReferenceFeed
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError
from test.strategy.ai_stellar.trader import (
    EURC_PAIR,
    INTERVAL,
    KEY,
    PAIR,
    XLM,
    LastReturn,
    Market,
    Trader,
    apply,
)

D = Decimal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


async def test_it_decides_each_hour_trades_both_ways_and_leaves_nothing_behind(market: Market) -> None:
    trader = Trader(market.url, market.memory)
    async with trader.running():
        await trader.until(trader.traded_both_ways)
        status = trader.strategy.format_status()
        await trader.stop()
        assert market.offers() == []
        assert trader.strategy.farewell.is_over

    decisions = trader.rows("SELECT * FROM decisions ORDER BY number")
    ends = [row["bar_end"] for row in decisions]
    assert ends == list(range(ends[0], ends[0] + HOUR * len(ends), HOUR))  # each hour once, none left out
    assert all(0 <= row["time"] - row["bar_end"] < HOUR for row in decisions)
    assert {row["verdict"] for row in decisions} <= {"approved", "reduced", "rejected", "none"}

    # the journal's fills are the ledger's, to the last stroop
    recorded = sorted(D(row["amount"]) for row in trader.rows("SELECT amount FROM fills"))
    assert recorded == sorted(D(trade.fill.base_amount) / XLM for trade in trader.connector.own_trades)
    balances = {row["asset"]: row["stroops"] for row in trader.rows("SELECT * FROM final_balances")}
    assert balances == market.balances()
    learnt = [row for row in decisions if row["known_at"] is not None]
    assert all(row["known_at"] >= row["bar_end"] + HOUR for row in learnt)
    assert all(row["order_end"] is not None for row in decisions if row["order_id"] is not None)
    for shown in (
        "Market (stellar_local)",
        "Forecast for",
        "Verdict on",
        "Position",
        "Memory of",
        "PnL (USDC)",
    ):
        assert shown in status


async def test_a_forecast_that_cannot_be_explained_is_traded_on_all_the_same(
    market: Market, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_library(_: LastReturn) -> list[tuple[str, float]]:
        raise ModelError("lib_lightgbm.so cannot be loaded: install libgomp1")

    monkeypatch.setattr(LastReturn, "contributions", without_library)
    trader = Trader(market.url, market.memory)
    async with trader.running():
        await trader.until(trader.traded_both_ways)
        status = trader.strategy.format_status()
        await trader.stop()
    assert "Forecast for" in status
    assert "Largest contributions" not in status
    assert (
        f"What moves the forecast of {PAIR} cannot be shown: lib_lightgbm.so cannot be loaded" in caplog.text
    )


async def test_bars_built_from_trades_are_the_ledgers_own(market: Market) -> None:
    market.resume(4 * INTERVAL)  # so slow that no trade is told after its bar has closed
    trader = Trader(market.url, market.memory)
    async with trader.running():
        await trader.until(lambda: len(trader.strategy._latencies) >= 6)
        assert trader.strategy._feeds[PAIR].ignored == 0
        await trader.stop()
        rows = trader.rows("SELECT bar_end, open, high, low, close, volume FROM decisions ORDER BY number")
        history = await trader.strategy._venue.source.history.aggregations(
            PAIR, HOUR, rows[0]["bar_end"] - HOUR, rows[-1]["bar_end"]
        )
    told = {bar.start + HOUR: bar for bar in history}
    for row in rows:
        bar = told[row["bar_end"]]
        assert row["volume"] == pytest.approx(bar.base_volume)
        for name in ("open", "high", "low", "close"):
            assert row[name] == pytest.approx(getattr(bar, name), rel=1e-6)


async def test_several_markets_share_one_gate_and_one_valuation(market: Market) -> None:
    trader = Trader(market.url, market.memory, pairs=(PAIR, EURC_PAIR))
    async with trader.running():
        await trader.until(lambda: min(map(trader.fills, (PAIR, EURC_PAIR))) >= 2)
        portfolio = trader.strategy._venue.portfolio(())
        status = trader.strategy.format_status()
        await trader.stop()
    assert market.offers() == []
    assert portfolio.assets == ("XLM", "USDC", "EURC")
    assert portfolio.equity is not None
    assert portfolio.exposure is not None
    euros = portfolio.holding("EURC")
    assert euros is not None
    assert portfolio.exposure == portfolio.holding("XLM") + euros
    rows = trader.rows("SELECT pair, max(bar_end) AS last FROM decisions GROUP BY pair")
    assert {row["pair"] for row in rows} == {PAIR, EURC_PAIR}
    assert f"Verdict on {EURC_PAIR}" in status


async def test_it_trades_on_paper_on_the_same_books_and_keeps_that_apart(market: Market) -> None:
    trader = Trader(market.url, market.memory, paper=True)
    async with trader.running():
        await trader.until(trader.traded_both_ways)
        await trader.stop()
        assert trader.strategy.farewell.is_over
    assert market.offers() == []
    assert {row["venue"] for row in trader.rows("SELECT venue FROM decisions")} == {
        "stellar_local_paper_trade"
    }
    assert trader.rows("SELECT 1 FROM fills")


async def test_what_is_not_confirmed_as_ended_is_named(
    market: Market,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(farewell, "ORDERS_SECONDS", 1.0)
    told: list[str] = []
    trader = Trader(market.url, market.memory)
    monkeypatch.setattr(trader.strategy, "notify_hb_app", told.append)
    async with trader.running():
        await trader.until(lambda: len(market.offers()) > 0 and len(trader.orders.working) > 0)
        market.ticking.cancel()  # no ledger will close any more
        (order_id, *_) = (order.order_id for order in trader.orders.working.open_orders)
        trader.clock.remove_iterator(trader.strategy)
        await trader.strategy.farewell.wait()
    (sentence,) = told
    assert sentence.startswith("ai_stellar: not confirmed as ended on stellar_local: ")
    assert order_id in sentence
    assert sentence in caplog.messages
    assert trader.rows("SELECT 1 FROM final_balances") == []  # the orders may still change them
    trader.strategy.farewell._finish(asyncio.get_running_loop())  # as when the process ends
    assert capsys.readouterr().err == f"{sentence}\n"
    atexit.unregister(trader.strategy.farewell._finish)


async def test_an_order_on_its_way_to_the_ledger_is_waited_for_and_taken_off_it(market: Market) -> None:
    trader = Trader(market.url, market.memory)
    async with trader.running():
        await trader.until(lambda: trader.strategy._venue.ready)
        market.ticking.cancel()  # from here on each ledger is closed by hand
        while not (under_way := trader.under_way()):
            market.sandbox.close_ledger()
            await asyncio.sleep(0.02)
        stopping = asyncio.create_task(trader.stop())
        await asyncio.wait((stopping,), timeout=0.3)  # ticks pass; without a ledger nothing can be decided
        assert not stopping.done()
        assert trader.under_way() == under_way
        market.resume()
        await stopping
    assert market.offers() == []
    ids = ", ".join("?" * len(under_way))
    rows = trader.store.read(f"SELECT order_end FROM decisions WHERE order_id IN ({ids})", under_way)
    assert {row["order_end"] for row in rows} <= {"cancelled", "filled"}
    assert len(rows) == len(under_way)


async def test_after_kill_9_it_cancels_its_own_orders_and_no_others_and_remembers(
    market: Market, tmp_path: Path, data_folder: Path
) -> None:
    states = tmp_path / "states.json"
    farm = next(entry for entry in sys.path if entry.endswith(".venv/farm"))
    arguments = (market.url, str(market.memory), str(states), str(data_folder))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        *arguments,
        env={"PYTHONPATH": f"{farm}{os.pathsep}{Path.cwd()}"},
    )
    trader_lives = time.monotonic() + 60
    while not (states.exists() and json.loads(states.read_text())["orders"] >= 4 and market.offers()):
        assert time.monotonic() < trader_lives, "the other process does not trade"
        await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    left = market.offers()
    foreign = rest_foreign_offer(market.sandbox)

    trader = Trader(market.url, market.memory)
    saved = json.loads(states.read_text())
    trader.connector.restore_tracking_states(saved["states"])
    before = trader.rows("SELECT * FROM decisions ORDER BY number")
    assert len([row for row in before if row["order_id"]]) >= 3
    async with trader.running():
        await trader.until(lambda: len(trader.strategy._latencies) >= 2)
        ids = {offer.offer_id for offer in market.offers()}
        assert not ids & {offer.offer_id for offer in left}
        await trader.stop()
    assert [offer.offer_id for offer in market.offers()] == [foreign]
    after = trader.rows("SELECT * FROM decisions ORDER BY number")
    assert [row["number"] for row in after] == list(range(1, len(after) + 1))
    assert after[len(before)]["run"] == 2
    # orders whose horizon passed while nobody watched have their outcome
    assert all(row["known_at"] is not None for row in after[: len(before) - 1] if row["order_id"])


def rest_foreign_offer(sandbox: Sandbox) -> int:
    """Let another program of the same account rest an offer far from the market; return its id."""
    usdc = Asset("USDC", issuer_key("USDC").account)
    before = set(sandbox.network.state.offers)
    apply(sandbox, KEY, ManageSellOffer(NATIVE, usdc, 5 * XLM, 9, 1, 0))
    offers = sandbox.network.state.offers.values()
    (new,) = (
        offer.offer_id for offer in offers if offer.seller == KEY.account and offer.offer_id not in before
    )
    return int(new)


async def trade_until_killed(url: str, memory: Path, states: Path) -> None:
    """Trade, and keep the connector's tracking states as Hummingbot's recorder does."""
    trader = Trader(url, memory)
    async with trader.running():
        while True:
            await trader.ledger_clock.tick(1.0)
            trader.store.flush()
            placed = trader.store.read("SELECT count(*) FROM decisions WHERE order_id IS NOT NULL")[0][0]
            draft = states.with_suffix(".draft")
            draft.write_text(json.dumps({"orders": placed, "states": trader.connector.tracking_states}))
            draft.replace(states)


if __name__ == "__main__":
    hummingbot.set_data_path(sys.argv[4])
    asyncio.run(trade_until_killed(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))


async def test_the_models_are_told_of_other_coins_in_the_same_hour(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here the other coins are the pair itself, three times: so it is known what they must be."""
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, "stellar_local", market.url.rstrip("/"))
    trader = Trader(
        market.url, market.memory, references=ReferenceFeed("stellar_local", ("XLM",) * 3, PAIR.split("-")[1])
    )
    async with trader.running():
        await trader.until(lambda: len(trader.rows("SELECT number FROM decisions")) >= 6)
        await trader.stop()
    told = trader.strategy._paths[PAIR].forecaster.told  # type: ignore[attr-defined]
    assert len(told) > 100
    for close, *others in told[-100:]:
        assert others == pytest.approx([close] * 3)
    assert len({close for close, *_ in told[-100:]}) > 50
    await ConnectionsFactory().close()


async def test_without_other_coins_it_trades_on(market: Market, caplog: pytest.LogCaptureFixture) -> None:
    references = ReferenceFeed("stellar_local", ("XLM",) * 3, "EURC")
    references._feeds = [("XLM-EURC", None)] * 3  # whoever asks them fails
    trader = Trader(market.url, market.memory, references=references)
    async with trader.running():
        await trader.until(lambda: len(trader.rows("SELECT number FROM decisions")) >= 3)
        await trader.stop()
    told = trader.strategy._paths[PAIR].forecaster.told  # type: ignore[attr-defined]
    assert all(math.isnan(one) for row in told for one in row[1:])
    assert any("the models go without them" in record.getMessage() for record in caplog.records)
