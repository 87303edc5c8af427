"""``ai-stellar sandbox``: starts, says where, stops cleanly, and says in one sentence what is wrong."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

COMMAND = (sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "sandbox")


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*COMMAND, *words], env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command; yield the process and the URL that it prints when it is ready."""
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *words], env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Stellar sandbox at http://127.0.0.1:"), line
        yield process, line.split()[-1]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def get(url: str) -> dict:
    with urlopen(url) as response:
        return json.load(response)


@pytest.mark.end_to_end
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_the_next_one_goes_on(tmp_path: Path, number: signal.Signals) -> None:
    state = tmp_path / "state.json"
    with running("--ledger-interval", "0.02", "--market-seconds", "60", "--state", str(state)) as (
        first,
        url,
    ):
        assert get(url)["network_passphrase"] == "Standalone Network ; February 2017"
        assert get(f"{url}/sandbox/market")["parameters"]["informed"]["value"] == pytest.approx(0.3)
        first.send_signal(number)
        assert first.wait(20) == 0
    saved = json.loads(state.read_text().splitlines()[1])["network"]["header"]["sequence"]
    with running("--ledger-interval", "5", "--state", str(state), "--seconds", "0.5") as (second, url):
        assert get(url)["history_latest_ledger"] == saved
        assert get(f"{url}/sandbox")["market_seconds"] == 60
        assert second.wait(20) == 0


@pytest.mark.end_to_end
def test_a_ledger_stands_for_a_day_of_market_at_the_most() -> None:
    with running("--no-market", "--ledger-interval", "1e6") as (_, url):
        assert get(f"{url}/sandbox")["market_seconds"] == 86_400


@pytest.mark.end_to_end
def test_a_client_can_save_and_stop_it(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with running("--no-market", "--ledger-interval", "0.05", "--state", str(state)) as (process, url):
        assert json.load(urlopen(f"{url}/sandbox/save", data=b"")) == {"saved": str(state)}
        assert state.exists()
        assert json.load(urlopen(f"{url}/sandbox/stop", data=b"")) == {"stopping": True}
        assert process.wait(20) == 0


@pytest.mark.end_to_end
def test_the_queue_of_protocol_19_is_chosen_once_and_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    words = ("--port", "0", "--seconds", "0.1", "--state", str(state))
    assert run("--no-market", "--queue-protocol", "19", *words).returncode == 0
    assert run(*words).returncode == 0
    assert json.loads(state.read_text().splitlines()[1])["network"]["queue_protocol"] == 19
    contradicted = run("--queue-protocol", "20", *words)
    assert contradicted.returncode == 1
    assert "leave out --queue-protocol" in contradicted.stderr


@pytest.mark.end_to_end
def test_how_much_a_ledger_takes_is_chosen_once_and_kept(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    words = ("--port", "0", "--seconds", "0.1", "--state", str(state))
    assert run("--ledger-size", "120", *words).returncode == 0
    assert run(*words).returncode == 0
    saved = json.loads(state.read_text().splitlines()[1])
    assert saved["network"]["header"]["max_tx_set_size"] == 120
    assert saved["settings"]["ledger_size"] == 120
    contradicted = run("--ledger-size", "200", *words)
    assert contradicted.returncode == 1
    assert "leave out --ledger-size" in contradicted.stderr


@pytest.mark.end_to_end
def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("--no-market", "--port", str(port))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "--port" in result.stderr


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["--host", "0.0.0.0"], 1, "is not this machine's loopback"),
        (["--assets", "U$D"], 1, "asset code 'U$D'"),
        (["--assets", " ,"], 1, "names none"),
        (["--history", "missing.parquet"], 1, "missing.parquet does not exist"),
        (["--no-market", "--assets", "USDC"], 1, "leave out --history and --assets"),
        (["--history", "/"], 1, "history file / is not a file: name a parquet"),
        (["--start", "soon"], 2, "'soon' is not a date"),
        (["--start", "1960-01-01"], 2, "'1960-01-01' is not from 1971-01-01T00:00Z to 2100-01-01T00:00Z"),
        (["--seed", "-1"], 1, "seed -1 is not a whole number from 0"),
        (["--state", "missing/state.json"], 1, "state file missing/state.json cannot be written"),
        (["--ledger-interval", "0"], 2, "'0' is not a number of seconds"),
        (["--market-seconds", "1.5"], 2, "'1.5' is not a whole number of seconds"),
        (["--port", "70000", "--no-market"], 1, "port 70000 is out of range"),
        (["--ledger-size", "99"], 1, "ledger size 99 is not a whole number from 100"),
        (["--queue-protocol", "18"], 2, "argument --queue-protocol: invalid choice"),
    ],
)
def test_a_wrong_option_is_one_sentence(words: list[str], status: int, sentence: str) -> None:
    port = [] if "--port" in words else ["--port", "0"]
    result = run(*words, *port, "--seconds", "1")
    assert result.returncode == status
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("ai-stellar sandbox: ")


@pytest.mark.end_to_end
def test_a_state_file_that_is_cut_off_or_contradicted_is_one_sentence(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    assert run("--no-market", "--port", "0", "--seconds", "0.1", "--state", str(state)).returncode == 0
    contradicted = run("--seed", "9", "--state", str(state), "--seconds", "1")
    assert contradicted.returncode == 1
    assert "leave out --seed" in contradicted.stderr
    state.write_bytes(state.read_bytes()[:-20])
    cut_off = run("--state", str(state), "--seconds", "1")
    assert cut_off.returncode == 1
    assert f"{state} is cut off or was altered" in cut_off.stderr
    assert cut_off.stderr.count("\n") == 1


@pytest.mark.end_to_end
def test_nodes_fail_as_the_file_of_faults_says(tmp_path: Path) -> None:
    faults = tmp_path / "faults.yml"
    faults.write_text("seed: 7\nfaults:\n  - kind: timeout\n    nodes: [2]\n    path: /ledgers\n")
    words = ("--no-market", "--ledger-interval", "0.05", "--nodes", "2", "--faults", str(faults))
    with running(*words, "--fault", "unavailable,nodes=1,count=1,path=/trades") as (process, url):
        assert process.stdout is not None
        second = process.stdout.readline().split()[-1]
        assert second != url
        assert get(f"{url}/ledgers")["_embedded"]["records"]
        for node, path, status in ((second, "/ledgers", 504), (url, "/trades", 503)):
            with pytest.raises(HTTPError) as refused:
                get(node + path)
            assert refused.value.code == status
        assert get(f"{second}/sandbox/faults")["occurred"] == {"timeout": 1, "unavailable": 1}
        assert get(f"{second}/sandbox/faults")["seed"] == 7


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("faults: [", "is neither YAML nor JSON"),
        ("- kind: fire", "fault kind 'fire' is unknown"),
        ("3", "expected a fault, a list of faults"),
        (None, "cannot be read"),
    ],
)
def test_a_file_of_faults_that_is_none_is_one_sentence(
    tmp_path: Path, text: str | None, sentence: str
) -> None:
    faults = tmp_path / "faults.yml"
    if text is not None:
        faults.write_text(text)
    result = run("--no-market", "--port", "0", "--seconds", "1", "--faults", str(faults))
    assert result.returncode == 1
    assert result.stderr.startswith(f"ai-stellar sandbox: faults file {faults}")
    assert sentence in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--fault", "drop,nodes=1+3", "--nodes", "2"), "there is no node 3, for the network has 2"),
        (("--nodes", "101"), "'101' is not a whole number from 1 to 100"),
    ],
)
def test_nodes_that_are_not_there_are_refused(words: tuple[str, ...], sentence: str) -> None:
    result = run("--no-market", "--port", "0", "--seconds", "1", *words)
    assert result.returncode != 0
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr
