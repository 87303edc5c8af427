"""`ai-stellar demo` as a newcomer runs it: it trades, tells no one on the internet, and stops clean."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import hummingbot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(400),
]

FARM = Path(hummingbot.__file__).parents[1]

WITNESS = '''
"""Every Python process of the demo writes down whom it talks to."""
import os, sys

def witness(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        address = arguments
    else:
        return
    with open(os.environ["WITNESS"], "a") as file:
        file.write(f"{event}\\t{address!r}\\t{' '.join(sys.orig_argv[1:])}\\n")

sys.addaudithook(witness)
'''


def demo(directory: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a demo whose processes note every connection in ``directory/witness.tsv``."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "sitecustomize.py").write_text(WITNESS)
    environment = os.environ | {
        "PYTHONPATH": f"{directory}{os.pathsep}{FARM}",
        "WITNESS": str(directory / "witness.tsv"),
    }
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "demo"]
    return subprocess.Popen(
        [*command, "--directory", str(directory / "demo"), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # a background job of a shell, as a test run may be, ignores Ctrl-C, and so would its children
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def processes_of(directory: Path) -> list[psutil.Process]:
    """Return the processes that were started in or for a directory."""
    found = []
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = [*(process.info["cmdline"] or ()), process.info["cwd"] or ""]
        if any(str(directory) in word for word in words):
            found.append(process)
    return found


def is_loopback(line: str) -> bool:
    address = line.split("\t")[1]
    return any(host in address for host in ("'127.0.0.1'", "'localhost'", "'::1'"))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, Path]:
    """One whole demo on the generator: exit code, what it printed, its directory."""
    directory = tmp_path_factory.mktemp("newcomer")
    process = demo(directory, "--seconds", "60")
    printed, _ = process.communicate(timeout=380)
    return process.returncode, printed, directory


def test_demo_succeeds_and_says_so(finished: tuple[int, str, Path]) -> None:
    code, printed, directory = finished
    assert code == 0, printed
    assert "illustration" in printed
    assert "✗" not in printed
    page = (directory / "demo" / "report.html").read_text()
    assert all(
        word in page for word in ("Price and our fills", "buy and hold", "assumed", "Decision latency")
    )
    assert "<script src=" not in page


def test_demo_talks_to_loopback_only(finished: tuple[int, str, Path]) -> None:
    _, _, directory = finished
    lines = (directory / "witness.tsv").read_text().splitlines()
    assert any("socket.connect" in line for line in lines)
    assert [line for line in lines if not is_loopback(line)] == []


def test_demo_leaves_no_process(finished: tuple[int, str, Path]) -> None:
    _, _, directory = finished
    assert processes_of(directory) == []


def test_ctrl_c_stops_bot_and_network(tmp_path: Path) -> None:
    process = demo(tmp_path, "--seconds", "120")
    assert process.stdout is not None
    printed = ""
    deadline = time.monotonic() + 180
    while "5/5" not in printed and time.monotonic() < deadline:
        line = process.stdout.readline()
        assert line, printed
        printed += line
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=120)
    assert process.returncode == 130, printed + rest
    assert "Traceback" not in printed + rest
    assert processes_of(tmp_path) == []
    assert not (tmp_path / "demo" / "instance" / "data" / "bot" / "bot.pid").exists()
