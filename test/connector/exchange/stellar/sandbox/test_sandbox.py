"""The sandbox as a whole: one seed one market, saving and going on, and what stops it."""

import asyncio
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import orjson
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.clock import Clock
from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError
from hummingbot.connector.exchange.stellar.sandbox.history.saved import LEDGERS_SAVED
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer, check_loopback
from hummingbot.connector.exchange.stellar.sandbox.market.assets import sandbox_asset
from hummingbot.connector.exchange.stellar.sandbox.market.errors import MarketError
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings, load, save

START = 1_704_067_200
XLM = 10_000_000
MARKET = Settings(seed=7, start=START, pairs=("XLM/USDC",), history=None, market_seconds=300)
EMPTY = MARKET.having(pairs=())


def hashes(sandbox: Sandbox, ledgers: int) -> list[bytes]:
    """Close ledgers and return their hashes."""
    return [sandbox.close_ledger().header.hash for _ in range(ledgers)]


def told_of(account: str, sandbox: Sandbox) -> tuple[list, ...]:
    """Return an account's transactions, operations, effects and trades."""
    history = sandbox.history
    return (
        history.transactions(0, 200, True, account=account),
        history.operations(0, 200, True, account=account),
        history.effects((0, 0), 200, True, account=account),
        history.trades((0, 0), 200, True, account=account),
    )


def test_the_same_seed_gives_the_same_ledgers():
    assert hashes(MARKET.found(), 30) == hashes(MARKET.found(), 30)
    assert hashes(MARKET.found(), 30) != hashes(MARKET.having(seed=8).found(), 30)


def test_the_market_trades_and_its_trades_are_told():
    sandbox = MARKET.found()
    usdc = sandbox_asset("USDC")
    hashes(sandbox, 30)
    assert sandbox.history.has_traded(NATIVE, usdc)
    (hour,) = sandbox.history.aggregation.page(NATIVE, usdc, 3600, start=START, limit=1)
    assert hour.start == START
    before = sandbox.history.aggregation.page(NATIVE, usdc, 3600, end=START, ascending=False, limit=24)
    assert len(before) == 24
    assert before[0].close[0] / before[0].close[1] == pytest.approx(hour.open[0] / hour.open[1], rel=0.05)


@pytest.mark.parametrize("settings", [MARKET, EMPTY], ids=["market", "no market"])
def test_a_saved_sandbox_goes_on_as_if_it_had_never_stopped(tmp_path, settings):
    sandbox, path = settings.found(), tmp_path / "state.json"
    hashes(sandbox, 10)
    save(sandbox, settings, path)
    restored, same = load(path)
    assert same == settings
    assert restored.history.latest == sandbox.history.latest
    assert restored.history.trades((0, 0), 200, True) == sandbox.history.trades((0, 0), 200, True)
    assert hashes(restored, 20) == hashes(sandbox, 20)
    assert restored.history.aggregation.to_dict() == sandbox.history.aggregation.to_dict()


async def test_a_users_own_transactions_outlast_the_ledgers_that_are_saved(tmp_path, sandbox):
    maker, taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
    signed = sandbox.sign(taker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 10, 1))
    status, record = await sandbox.post_and_close(signed.envelope_xdr)
    hashes(sandbox.sandbox, LEDGERS_SAVED + 100)
    save(sandbox.sandbox, EMPTY, tmp_path / "state.json")
    restored, _ = load(tmp_path / "state.json")
    assert restored.history.elder == sandbox.sandbox.history.latest - LEDGERS_SAVED + 1
    for account in (maker.account, taker.account):
        assert told_of(account, restored) == told_of(account, sandbox.sandbox)
    form = {"tx": b64encode(signed.envelope_xdr).decode()}
    async with (
        HorizonServer(restored, "127.0.0.1", 0) as server,
        aiohttp.ClientSession(server.url) as http,
        http.post("/transactions", data=form) as again,
    ):
        assert again.status == status == 200
        assert (await again.json())["hash"] == record["hash"]


def test_market_time_may_run_at_another_pace_afterwards(tmp_path):
    save(EMPTY.found(), EMPTY, tmp_path / "state.json")
    sandbox, settings = load(tmp_path / "state.json", market_seconds=7)
    assert settings.market_seconds == 7
    assert sandbox.close_ledger().header.close_time == START + 7


def damaged(path: Path, **changes: object) -> None:
    document = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps({**document, **changes}))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "is cut off"),
        (lambda path: path.write_text("[]"), "of format None"),
        (lambda path: damaged(path, format="another"), "of format 'another'"),
        (lambda path: damaged(path, network={}), "is damaged"),
        (lambda path: damaged(path, history={"ledgers": 3}), "is damaged"),
        (lambda path: damaged(path, settings={"seed": 1}), "is damaged"),
        (lambda path: path.unlink(), "cannot be read"),
    ],
)
def test_a_state_file_that_is_not_whole_is_refused(tmp_path, spoil, sentence):
    path = tmp_path / "state.json"
    save(EMPTY.found(), EMPTY, path)
    spoil(path)
    with pytest.raises(SandboxError, match=sentence):
        load(path)


def test_a_state_that_cannot_be_written_says_so_and_leaves_the_old_one(tmp_path):
    with pytest.raises(SandboxError, match="cannot be written"):
        save(EMPTY.found(), EMPTY, tmp_path / "missing" / "state.json")


async def test_the_clock_closes_ledgers_until_the_market_ends(tmp_path):
    rows = ["date,open,high,low,close,volume"]
    hours = [datetime.fromtimestamp(START - 3600 * before, UTC).isoformat() for before in range(48, -1, -1)]
    rows += [f"{hour},0.1,0.11,0.09,0.1,1000" for hour in hours]
    file = tmp_path / "short.csv"
    file.write_text("\n".join(rows))
    sandbox = MARKET.having(history=str(file), market_seconds=600).found()
    clock = Clock(sandbox, 0.001)
    with pytest.raises(MarketError):
        await asyncio.wait_for(clock.run(), 60)
    assert clock.ledgers == 5
    assert clock.report()["ledgers"] == 5


async def test_a_port_in_use_is_named():
    async with HorizonServer(EMPTY.found(), "127.0.0.1", 0) as first:
        port = int(first.url.rsplit(":", 1)[1])
        with pytest.raises(SandboxError, match=f"cannot listen on 127.0.0.1:{port}"):
            await HorizonServer(EMPTY.found(), "127.0.0.1", port).start()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "example.org", ""])
def test_a_host_beyond_this_machine_is_refused(host):
    with pytest.raises(SandboxError, match="is not this machine's loopback"):
        check_loopback(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_has_several_names(host):
    assert check_loopback(host) == host
