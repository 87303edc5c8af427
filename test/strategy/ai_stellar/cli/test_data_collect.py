"""``ai-stellar data collect``: records, stops at a signal, and says in one sentence what is wrong."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.research.collection import read_collected

PAIR = "XLM-USDC"
COMMAND = (sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "data", "collect")


@asynccontextmanager
async def collect(*words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the command beside the market."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND, *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def ended(process: asyncio.subprocess.Process) -> tuple[int | None, str, str]:
    out, error = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, out.decode(), error.decode()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what ledgers and the command will bring about."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


def url_of(market: Any) -> str:
    return str(market.url).rstrip("/")


@pytest.mark.end_to_end
async def test_it_records_for_so_many_seconds_and_says_what(market, tmp_path):
    folder = tmp_path / "books"
    words = (PAIR, "XLM-EURC", "--out", str(folder), "--horizon-url", url_of(market), "--seconds", "2")
    async with collect(*words, "--levels", "3", "--json") as process:
        code, out, error = await ended(process)
    assert (code, error) == (0, "")
    said = json.loads(out)
    assert said["directory"] == str(folder)
    collected = read_collected(folder)
    assert collected.manifest.levels == 3
    for pair in (PAIR, "XLM-EURC"):
        assert said["pairs"][pair]["books"] == len(collected.books(pair)) > 5
        assert said["pairs"][pair]["trades"] == len(collected.trades(pair))
        assert said["pairs"][pair]["last_ledger"] == collected.books(pair).ledger[-1]
    async with collect(*words) as process:
        code, out, error = await ended(process)
    assert (code, error) == (0, "")
    assert PAIR in out
    assert main(["data", "check", str(folder)]) == 0


@pytest.mark.end_to_end
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_with_all_its_files_whole(market, tmp_path, number):
    folder = tmp_path / "books"
    async with collect(PAIR, "--out", str(folder), "--horizon-url", url_of(market), "--json") as process:
        manifest, latest = folder / "manifest.json", lambda: market.sandbox.history.latest
        await until(manifest.exists)
        begun = latest()
        await until(lambda: latest() > begun + 40)
        process.send_signal(number)
        code, out, error = await ended(process)
    assert (code, error) == (0, "")
    assert json.loads(out)["pairs"][PAIR]["books"] == len(read_collected(folder).books(PAIR)) > 5
    assert not list(folder.rglob("*.arrows"))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seconds", "0"], "--seconds 0 records nothing: name a number above 0"),
        (["--seconds", "-3"], "--seconds -3 records nothing"),
        (["--seconds", "nan"], "--seconds nan records nothing"),
        (["--levels", "0"], "0 levels cannot be had: ask for 1 to 200 of each side"),
        (["--levels", "201"], "201 levels cannot be had"),
        (["XLM-NOPE"], "asset NOPE is not known on stellar_local"),
        (["XLMUSDC"], "trading pair 'XLMUSDC' is not BASE-QUOTE"),
        (["--assets", "GOLD=gold"], "asset 'GOLD=gold' is not NAME=CODE:ISSUER"),
        (["--horizon-url", "ftp://x"], "ftp://x"),
        ([], "(connection refused): name another node with --horizon-url, or try later"),
    ],
)
def test_what_cannot_be_collected_is_said_in_one_sentence(tmp_path, capsys, words, sentence):
    command = ["data", "collect", PAIR, "--out", str(tmp_path / "out"), "--horizon-url", "http://127.0.0.1:1"]
    if words and not words[0].startswith("-"):
        command[3:3] = words
        words = []
    assert main([*command, *words]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.end_to_end
async def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(market, tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        async with collect(PAIR, "--out", str(folder), "--horizon-url", url_of(market)) as process:
            code, _, error = await ended(process)
        assert code == 1
        assert f"{folder} cannot be used" in error
        assert error.count("\n") == 1
