"""The sandbox as a whole: one seed one market, saving and going on, and what stops it."""

import asyncio
from base64 import b64encode
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
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
from hummingbot.connector.exchange.stellar.sandbox.market.market import open_market
from hummingbot.connector.exchange.stellar.sandbox.market.parameters import MarketParameters
from hummingbot.connector.exchange.stellar.sandbox.sandbox import PASSPHRASE, Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import (
    EARLIEST_START,
    FORMAT,
    LATEST_START,
    Settings,
    check_writable,
    load,
    save,
)

START = 1_704_067_200
XLM = 10_000_000
LAST = 2**63 - 1
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


def contents(path: Path) -> dict:
    """Return what a state file holds."""
    return orjson.loads(path.read_bytes().partition(b"\n")[2])


def without_ledgers(path: Path) -> dict:
    return {**contents(path)["history"], "ledgers": []}


def with_too_much(path: Path) -> dict:
    network = contents(path)["network"]
    network["entries"][0]["balance"] = 2**64 - 1
    return network


def altered(path: Path, **changes: object) -> None:
    """Change a state file as an editor would, with a checksum that is right again."""
    body = orjson.dumps({**contents(path), **changes})
    head = orjson.dumps({"format": FORMAT, "sha256": sha256(body).hexdigest()})
    path.write_bytes(head + b"\n" + body)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "is cut off or was altered"),
        (lambda path: path.write_bytes(path.read_bytes()[:20]), "is not a saved sandbox"),
        (lambda path: path.write_bytes(b""), "is not a saved sandbox"),
        (lambda path: path.write_text("[]"), "is not a saved sandbox"),
        (lambda path: path.write_text('{"format":"another"}'), "of format 'another'"),
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: altered(path, network={}), "is damaged"),
        (lambda path: altered(path, history={"ledgers": 3}), "is damaged"),
        (lambda path: altered(path, history=without_ledgers(path)), "history ends at ledger 0, not 5"),
        (lambda path: altered(path, network=with_too_much(path)), "is damaged .*OverflowError"),
        (lambda path: altered(path, settings={"seed": 1}), "is damaged"),
        (lambda path: altered(path, settings=None), "is damaged"),
        (lambda path: altered(path, settings={**asdict(MARKET), "start": "x"}), "start 'x' is not"),
        (lambda path: altered(path, settings={**asdict(MARKET), "history": 5}), "history 5 is not"),
        (lambda path: altered(path, settings={**asdict(MARKET), "pairs": [5]}), "are not names"),
        (lambda path: altered(path, settings={**asdict(MARKET), "market_seconds": -5}), "market seconds -5"),
        (lambda path: altered(path, market=None), "is damaged"),
        (lambda path: altered(path, market={}), "is damaged"),
        (lambda path: altered(path, market={"observed": 1, "pairs": {"XLM/USDC": {}}}), "is damaged"),
    ],
)
def test_a_state_file_that_is_not_whole_is_refused(tmp_path, spoil, sentence):
    path = tmp_path / "state.json"
    save(MARKET.found(), MARKET, path)
    spoil(path)
    with pytest.raises(SandboxError, match=sentence) as refused:
        load(path)
    assert str(path) in str(refused.value)


def test_a_single_digit_that_changed_in_a_state_file_is_noticed(tmp_path):
    path = tmp_path / "state.json"
    save(EMPTY.found(), EMPTY, path)
    saved = path.read_bytes()
    assert saved.count(b'"balance":1000000000000000000') == 1
    path.write_bytes(saved.replace(b'"balance":1000000000000000000', b'"balance":1000000000000000001'))
    with pytest.raises(SandboxError, match="do not have its checksum"):
        load(path)


@pytest.mark.parametrize("name", ["missing/state.json", "."])
def test_a_state_that_cannot_be_written_says_so_before_and_after(tmp_path, name):
    for write in (check_writable, lambda path: save(EMPTY.found(), EMPTY, path)):
        with pytest.raises(SandboxError, match="cannot be written"):
            write(tmp_path / name)


def test_trying_whether_a_state_can_be_written_leaves_what_is_there(tmp_path):
    path = tmp_path / "state.json"
    check_writable(path)
    assert list(tmp_path.iterdir()) == []
    save(EMPTY.found(), EMPTY, path)
    saved = path.read_bytes()
    check_writable(path)
    assert path.read_bytes() == saved
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"seed": -1}, "seed -1 is not a whole number from 0"),
        ({"seed": 2**63}, "seed 9223372036854775808 is not"),
        ({"start": EARLIEST_START - 1}, "start 31535999 is not"),
        ({"start": LATEST_START + 1}, "start 4102444801 is not"),
        ({"market_seconds": 0}, "market seconds 0 is not a whole number from 1"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(change, sentence):
    with pytest.raises(SandboxError, match=sentence):
        MARKET.having(**change)


@pytest.mark.parametrize("start", [EARLIEST_START, LATEST_START])
def test_a_market_is_founded_at_either_end_of_time(start):
    sandbox = MARKET.having(start=start).found()
    assert all(hashes(sandbox, 3))
    assert sandbox.history.has_traded(NATIVE, sandbox_asset("USDC"))


def test_a_market_that_cannot_be_founded_says_so_at_once():
    crowd = MarketParameters(makers=40, takers=90, maker_funds=1e9, taker_funds=1e9)
    market = open_market(7, PASSPHRASE, start=START, parameters=crowd)
    with pytest.raises(
        SandboxError, match=r"cannot be founded: .* ledger 3 was answered CREATE_ACCOUNT_UNDERFUNDED"
    ):
        Sandbox.found(START, market)


def bars(path: Path, hours: int, close: float = 0.1) -> Path:
    """Write a history file of hours around the start, each the same but for the last one's close."""
    times = [datetime.fromtimestamp(START + 3600 * hour, UTC).isoformat() for hour in range(-48, hours - 48)]
    rows = [f"{time},0.1,0.1005,0.0995,0.1,1000" for time in times[:-1]] + [
        f"{times[-1]},0.1,0.1005,0.0995,{close},1000"
    ]
    path.write_text("\n".join(["date,open,high,low,close,volume", *rows]))
    return path


def test_a_saved_market_wants_the_bars_back_that_it_followed(tmp_path):
    history, state = bars(tmp_path / "bars.csv", 50), tmp_path / "state.json"
    settings = MARKET.having(history=str(history), market_seconds=600)
    sandbox = settings.found()
    hashes(sandbox, 8)
    save(sandbox, settings, state)
    expected = hashes(sandbox, 2)
    bars(history, 50, close=0.1004)
    with pytest.raises(
        MarketError, match=r"other bars up to 2024-01-01T01:20Z than are in bars.csv: bring back"
    ):
        load(state)
    bars(history, 49)
    with pytest.raises(MarketError, match=r"covers 2023-12-30T00:00Z to 2024-01-01T01:00Z"):
        load(state)
    history.unlink()
    with pytest.raises(MarketError, match="does not exist"):
        load(state)
    bars(history, 60)
    assert hashes(load(state)[0], 2) == expected


def test_a_market_goes_on_identically_when_more_ledgers_passed_than_are_saved(tmp_path):
    history, state = bars(tmp_path / "bars.csv", 72), tmp_path / "state.json"
    settings = MARKET.having(history=str(history), market_seconds=20)
    sandbox = settings.found()
    hashes(sandbox, LEDGERS_SAVED + 50)
    save(sandbox, settings, state)
    restored, _ = load(state)
    assert hashes(restored, 50) == hashes(sandbox, 50)
    assert restored.market.report() == sandbox.market.report()
    assert restored.history.aggregation.to_dict() == sandbox.history.aggregation.to_dict()
    newest = sandbox.history.ledgers(LAST, 200, False)
    assert restored.history.ledgers(LAST, 200, False) == newest


async def test_the_clock_closes_ledgers_until_the_market_ends(tmp_path):
    file = bars(tmp_path / "short.csv", 49)
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
