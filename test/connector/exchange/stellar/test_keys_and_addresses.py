"""What the user gives at `connect`: keys and URLs, and what happens where they are wrong."""

import os
import subprocess
import sys

import pytest

from hummingbot.connector.exchange.stellar import stellar_web_utils
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.stellar_auth import StellarAuth
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange

KEY = SigningKey(bytes(range(32)))


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (KEY.account, "public address"),
        (KEY.reveal()[:-1] + ("A" if KEY.reveal()[-1] != "A" else "B"), "typing error"),
        ("hunter2", "7 characters"),
        ("one two three four five six seven eight nine ten eleven twelve", "recovery phrase"),
    ],
)
def test_a_wrong_key_is_explained_and_not_repeated(secret, says):
    with pytest.raises(ConfigurationError, match=says) as error:
        StellarExchange(secret, domain="stellar_local")
    assert secret not in str(error.value)
    assert "\n" not in str(error.value)


def test_the_key_is_in_no_text_that_python_makes_of_its_holders():
    auth = StellarAuth(KEY.reveal(), "stellar_local")

    for text in (repr(auth), str(auth), str(vars(auth))):
        assert KEY.reveal() not in text
    assert auth.account == KEY.account


async def test_a_connector_without_a_key_says_so_when_it_needs_one():
    exchange = StellarExchange("", domain="stellar_testnet", trading_required=False)

    with pytest.raises(ConfigurationError, match="connect stellar_testnet"):
        await exchange._update_balances()


def test_the_url_is_the_users_own_then_the_instances_then_the_default(tmp_path):
    (tmp_path / "stellar_nodes.yml").write_text("stellar_local: http://127.0.0.1:8111\n")

    assert (
        stellar_web_utils.horizon_url("stellar_local", "http://127.0.0.1:9/", tmp_path)
        == "http://127.0.0.1:9"
    )
    assert stellar_web_utils.horizon_url("stellar_local", "", tmp_path) == "http://127.0.0.1:8111"
    assert stellar_web_utils.horizon_url("stellar", "", tmp_path) == "https://horizon.stellar.org"


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://horizon", "http://", "nonsense"])
def test_a_wrong_url_is_refused(url, tmp_path):
    with pytest.raises(ConfigurationError, match="not an address"):
        stellar_web_utils.horizon_url("stellar", url, tmp_path)


@pytest.mark.parametrize("text", ["- a\n- b", "stellar_local: 8000", "{", "elsewhere: http://127.0.0.1"])
def test_a_nodes_file_that_cannot_be_used_is_named(text, tmp_path):
    (tmp_path / "stellar_nodes.yml").write_text(text)

    with pytest.raises(ConfigurationError, match=r"stellar_nodes\.yml"):
        stellar_web_utils.horizon_url("stellar_local", "", tmp_path)


def test_discovery_imports_neither_sdk_nor_crypto_nor_learning():
    code = (
        "import sys; import hummingbot.connector.exchange.stellar.stellar_utils as u;"
        "print([m for m in ('stellar_sdk', 'nacl', 'lightgbm', 'sklearn', 'arch') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
