"""`hbot` as a user drives it in an instance: connect, balance, create, start, status, history, stop."""

import json
import os
import re
import signal
from collections.abc import Iterator

import pytest
import yaml

from hummingbot.strategy.ai_stellar.cli.main import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
]

CONFIGURATION = "conf_ai_stellar.yml"
TABLES = ("Market (stellar_local)", "Verdict on XLM-USDC", "Memory of XLM-USDC", "Position", "PnL (USDC)")


def is_trading(playground) -> bool:
    """Whether the bot's status shows a decision."""
    return "Verdict on" in playground.hbot("status").stdout


@pytest.fixture
def running(playground) -> Iterator[None]:
    """The strategy runs in the instance, and has an order in the ledger."""
    started = playground.hbot("start", CONFIGURATION)
    assert started.returncode == 0, started
    try:
        playground.until(playground.offers, "an order in the ledger")
        yield
    finally:
        playground.hbot("stop", "--force", "--timeout", "0")


def test_no_key_is_told_without_asking_the_internet(playground):
    balance = playground.hbot("balance")
    assert balance.returncode == 0
    assert balance.stdout == "No balances: no connector has keys yet, add them by hbot connect CONNECTOR.\n"
    assert balance.stderr == ""


def test_a_wrong_key_is_refused_and_not_stored(playground):
    refused = playground.connect("oops")
    assert refused.returncode == 4
    assert (
        "the secret key for stellar_local has 4 characters and is not a Stellar secret key" in refused.stderr
    )
    assert "oops" not in refused.stdout + refused.stderr
    assert not list((playground.instance / "conf" / "connectors").glob("*.yml"))


def test_the_right_key_is_stored_encrypted_and_balance_shows_what_the_ledger_holds(playground):
    assert playground.connect(playground.key.reveal()).returncode == 0
    stored = (playground.instance / "conf" / "connectors" / "stellar_local.yml").read_text()
    assert playground.key.reveal() not in stored
    answer = json.loads(playground.hbot("balance", "--json").stdout)
    (connector,) = answer["connectors"].values()
    assert {line["asset"]: line["total"] for line in connector["assets"]} == {
        asset: float(amount) for asset, amount in playground.balances().items()
    }
    assert connector["balances_value"] > 1000  # lumens are valued by the sandbox's own book
    assert "10000" in playground.hbot("balance", "stellar_local").stdout


def test_create_names_what_is_missing_and_start_what_is_wrong(playground):
    missing = playground.hbot("create", "ai_stellar")
    assert missing.returncode == 4
    assert "exchange" in missing.stderr
    assert "markets" in missing.stderr
    wrong = playground.hbot(
        "create", "ai_stellar", "--name", "wrong.yml", "--set", "exchange=stellar_local",
        "--set", "markets=stellar_local:XLM-USDC",
    )  # fmt: skip
    assert wrong.returncode in (0, 4)
    started = playground.hbot("start", "wrong.yml")
    assert started.returncode == 1
    assert "write the pair alone, as XLM-USDC, and the connector in exchange" in started.stderr


def test_create_start_status_history_stop(playground):
    created = playground.hbot(
        "create", "ai_stellar", "--name", CONFIGURATION, "--set", "exchange=stellar_local",
        "--set", "markets=XLM-USDC", "--set", "max_order=90",
    )  # fmt: skip
    assert created.returncode == 0, created
    content = yaml.safe_load((playground.instance / "conf" / "strategies" / CONFIGURATION).read_text())
    assert (content["exchange"], str(content["max_order"])) == ("stellar_local", "90")

    assert playground.hbot("start").returncode == 0
    playground.until(lambda: is_trading(playground), "a decision")
    playground.until(
        lambda: "XLM-USDC" in playground.hbot("history").stdout, "a fill in Hummingbot's history"
    )
    status = playground.hbot("status").stdout
    for title in TABLES:
        assert title in status
    shown = playground.hbot("history")
    assert re.search(r"stellar_local +\| XLM-USDC", shown.stdout)
    assert shown.stderr == ""  # rates came from the sandbox's own books

    stopped = playground.hbot("stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert "stopped: yes" in stopped.stdout
    assert playground.offers() == []
    assert "state: stopped" in playground.hbot("status").stdout


def test_orders_that_a_dead_network_leaves_are_named_and_the_next_start_cancels_them(
    playground, running, capsys
):
    network = playground.stage._sandbox.pid
    os.kill(network, signal.SIGSTOP)
    try:
        stopped = playground.hbot("stop")
        shown = playground.hbot("status").stdout
        assert main(["orders", str(playground.instance)]) == 1
        listed = capsys.readouterr().out
    finally:
        os.kill(network, signal.SIGCONT)
    assert stopped.returncode == 1
    assert "stopped: yes" in stopped.stdout
    for told in (stopped.stderr, listed):
        assert f"Not confirmed as ended on stellar_local, account {playground.stage.account}:" in told
        assert re.search(r"\n  (buy|sell) [0-9.]+ XLM-USDC at 0\.[0-9]+ \(ST\w+\)\n", told)
        assert "Whether they rest is not known: no answer from Horizon" in told
        assert "Start the bot again" in told
    assert "ai_stellar: not confirmed as ended on stellar_local" in shown

    assert playground.hbot("start", CONFIGURATION).returncode == 0
    playground.until(lambda: is_trading(playground), "a decision")
    stopped = playground.hbot("stop")
    assert (stopped.returncode, stopped.stderr) == (0, "")
    assert playground.offers() == []
    assert main(["orders", str(playground.instance)]) == 0
    assert capsys.readouterr().out == "Every order of this instance's runs has ended.\n"
