"""The classic terminal client as a newcomer uses it: connect, create, start, status, history, stop, exit."""

import os
import re
import signal
import sys
from collections.abc import Iterator

import pytest
import yaml

from .terminal import Terminal

pytestmark = [
    pytest.mark.slow,
    pytest.mark.end_to_end,
    pytest.mark.timeout(300),
]

QUESTIONS = (
    ("Which percentage of a pair's money", "60"),
    ("By how many percentage points may a full signal", "30"),
    ("What may one order be worth", "90"),
    ("What may be held of one pair's base asset", "1500"),
    ("What may be held outside", "2000"),
    ("How many orders may be open", "4"),
    ("Which percentage of the day's starting equity", "50"),
    ("Which percentage of the highest equity", "50"),
    ("How many percent from the mid", "1"),
    ("Which limits differ by pair", "XLM-USDC max_position=1400"),
)


@pytest.fixture(scope="module")
def client(playground) -> Iterator[Terminal]:
    """The client in a terminal, after the password of its new keystore was set."""
    command = [sys.executable, "-m", "hummingbot.strategy.ai_stellar.cli.main", "client"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    terminal = Terminal([*command, str(playground.instance)], environment, playground.instance)
    try:
        for dialogue in ("Welcome to Hummingbot", "PLEASE READ THIS", "SET A SECURE PASSWORD"):
            terminal.wait_for(dialogue)
            terminal.press("\r")
        for dialogue in ("Enter your new password", "re-enter your password"):
            terminal.wait_for(dialogue)
            terminal.press("secret\r\r")
        terminal.wait_for("Useful Commands")
        yield terminal
    finally:
        terminal.close()


def test_connect_asks_again_for_a_wrong_key(client, playground):
    client.enter("connect stellar_local")
    client.wait_for("Enter your Stellar secret key")
    client.enter("nonsense")
    client.wait_for("the secret key for stellar_local has 8 characters and is not a Stellar secret key")
    client.enter(playground.key.reveal())
    client.wait_for("Enter the account to trade on")
    client.enter("GABC")
    client.wait_for("is not an address")
    client.enter("")
    client.wait_for("Enter a Horizon URL for the local sandbox")
    client.enter("127.0.0.1:1")
    client.wait_for("is not an address")
    client.enter(playground.stage.node.url)
    client.wait_for("Enter your own assets")
    client.enter("")
    client.wait_for("Enter the most that an operation may cost, in stroops")
    client.enter("")
    client.wait_for("Show liquidity pools as levels of the order books?")
    client.enter("perhaps")
    client.wait_for("whether stellar_local shows liquidity pools")
    client.enter("")
    client.wait_for("Enter the file with the keys of channel accounts")
    client.enter("")
    client.wait_for("Enter a Stellar RPC URL")
    client.enter("")
    client.wait_for("You are now connected to stellar_local")
    assert playground.key.reveal() not in client.text
    assert "nonsense" not in client.text


def test_create_asks_field_by_field_and_refuses_what_cannot_be_used(client, playground):
    client.enter("create")
    client.wait_for("Enter the strategy name")
    client.enter("ai_stellar")
    client.wait_for("Which connector")
    client.enter("binance")
    client.wait_for("'binance' is no Stellar connector: choose one of stellar")
    client.enter("stellar_local")
    client.wait_for("Which trading pairs")
    client.enter("stellar_local:XLM-USDC")
    client.wait_for("has a colon: write the pair")
    client.enter("XLM-USDC")
    client.wait_for(QUESTIONS[0][0])
    client.enter("-5")
    client.wait_for("should be greater than or equal to 0")
    for question, answer in QUESTIONS:
        client.wait_for(question)
        client.enter(answer)
    client.wait_for("Enter a new file name")
    client.enter("mine.yml")
    client.wait_for("All checks: Confirmed")
    written = yaml.safe_load((playground.instance / "conf" / "strategies" / "mine.yml").read_text())
    assert (written["exchange"], written["markets"]) == ("stellar_local", ["XLM-USDC"])
    assert (written["neutral_share"], written["max_order"]) == (60, 90)
    assert written["pair_limits"] == {"XLM-USDC": {"max_position": 1400}}


def command(client: Terminal, word: str) -> None:
    """Give a command, and begin a word that nothing completes: the client's menu would cover its answer."""
    client.enter(word)
    client.press("#")


def test_start_status_history_stop(client, playground):
    client.enter("start")
    playground.until(playground.trades, "trades in the ledger")
    command(client, "status")
    client.wait_for(r"PnL \(USDC\):")
    for title in ("Verdict on XLM-USDC", "Memory of XLM-USDC", "Position"):
        assert title in client.text
    command(client, "history")
    client.wait_for(r"stellar_local / XLM-USDC")
    for words, answer in (
        ("rate -p XLM-USDC", r"1 XLM = 0\.\d+ USDC"),
        ("rate -t XLM", r"1 XLM = \$ 0\.\d+ USDC"),
    ):
        command(client, words)
        client.wait_for(answer)
    assert "Source: stellar_local order books" in client.text
    command(client, "stop")
    client.wait_for("Hummingbot stopped")
    assert playground.offers() == []
    assert "not confirmed as ended" not in client.text


def test_what_a_dead_network_leaves_is_said_on_stop_and_again_at_the_end(client, playground):
    command(client, "import mine.yml")
    client.wait_for(r"Configuration from mine\.yml file is imported")
    client.enter("start")
    playground.until(playground.offers, "an order in the ledger")
    network = playground.stage._sandbox.pid
    os.kill(network, signal.SIGSTOP)
    try:
        command(client, "stop")
        client.wait_for("ai_stellar: not confirmed as ended on stellar_local: ")
        client.enter("exit")
        assert client.end() == 0
    finally:
        os.kill(network, signal.SIGCONT)
    last = client.text.strip().splitlines()[-1]
    assert re.fullmatch(
        r"ai_stellar: not confirmed as ended on stellar_local: "
        r"((buy|sell) [0-9.]+ XLM-USDC \(ST\w+\)(, )?)+",
        last,
    )
