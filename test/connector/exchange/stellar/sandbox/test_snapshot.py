"""A sandbox in a file: it goes on as if it had never stopped, and what is not whole is refused."""

from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import aiohttp
import orjson
import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError
from hummingbot.connector.exchange.stellar.sandbox.history.saved import LEDGERS_SAVED
from hummingbot.connector.exchange.stellar.sandbox.http.server import HorizonServer
from hummingbot.connector.exchange.stellar.sandbox.market.errors import MarketError
from hummingbot.connector.exchange.stellar.sandbox.sandbox import Sandbox
from hummingbot.connector.exchange.stellar.sandbox.snapshot import (
    EARLIEST_START,
    FORMAT,
    LATEST_START,
    Settings,
    check_writable,
    load,
    save,
)

from .conftest import hourly_bars

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


def test_a_saved_market_wants_the_bars_back_that_it_followed(tmp_path):
    history, state = hourly_bars(tmp_path / "bars.csv", 50), tmp_path / "state.json"
    settings = MARKET.having(history=str(history), market_seconds=600)
    sandbox = settings.found()
    hashes(sandbox, 8)
    save(sandbox, settings, state)
    expected = hashes(sandbox, 2)
    hourly_bars(history, 50, close=0.1004)
    with pytest.raises(
        MarketError, match=r"other bars up to 2024-01-01T01:20Z than are in bars.csv: bring back"
    ):
        load(state)
    hourly_bars(history, 49)
    with pytest.raises(MarketError, match=r"covers 2023-12-30T00:00Z to 2024-01-01T01:00Z"):
        load(state)
    history.unlink()
    with pytest.raises(MarketError, match="does not exist"):
        load(state)
    hourly_bars(history, 60)
    assert hashes(load(state)[0], 2) == expected


def test_a_market_goes_on_identically_when_more_ledgers_passed_than_are_saved(tmp_path):
    history, state = hourly_bars(tmp_path / "bars.csv", 72), tmp_path / "state.json"
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
