"""What the user gives at `connect`: keys and URLs, and what happens where they are wrong."""

import os
import re
import subprocess
import sys

import pytest
from hummingbot.client.config.config_crypt import ETHKeyFileSecretManger
from hummingbot.client.config.config_helpers import (
    ClientConfigAdapter,
    ConfigValidationError,
    api_keys_from_connector_config_map,
    load_connector_config_map_from_file,
    save_to_yml,
)
from hummingbot.client.config.security import Security

from hummingbot.connector.exchange.stellar import stellar_utils
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
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


DOMAINS = {
    "stellar": stellar_utils.StellarConfigMap,
    "stellar_testnet": stellar_utils.StellarTestnetConfigMap,
    "stellar_local": stellar_utils.StellarLocalConfigMap,
}


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize(
    ("field", "entered", "says"),
    [
        ("secret_key", "oops", "has 4 characters and is not a Stellar secret key"),
        ("secret_key", KEY.account, "is a public address"),
        ("secret_key", "", "is empty"),
        ("account", KEY.reveal(), "is a secret key (S…): enter G and 55 more characters, or nothing"),
        ("account", "oops", "is not an address"),
        ("account", f"{KEY.account[:-1]}A", "has a typing error"),
        ("account", f"M{KEY.account}" + 12 * "A", "is a muxed address"),
        ("horizon_url", "horizon.stellar.org", "is not an address: write http://HOST:PORT"),
        ("horizon_url", "http://127.0.0.1:port", "is not an address: write http://HOST:PORT"),
        ("horizon_url", "http://one, two", "'two' is not an address"),
        ("rpc_url", "rpc.example", "is not an address: write http://HOST:PORT"),
        ("assets", "GOLD", "is not NAME=CODE:ISSUER"),
        ("assets", "GOLD=GOLD:GABC", "is not a valid address"),
        ("fee_cap", "99", "is not a whole number of stroops an operation from 100"),
        ("fee_cap", "0.001", "is not a whole number of stroops an operation from 100"),
        ("fee_cap", "10000001", "from 100 to 10000000: enter one, or nothing for 10000"),
        ("merged_book", "perhaps", "is neither yes nor no: enter one of them, or nothing for no"),
    ],
)
def test_connect_refuses_what_cannot_be_used_in_one_sentence(domain, field, entered, says):
    asked = ClientConfigAdapter(DOMAINS[domain].model_construct())
    with pytest.raises(ConfigValidationError, match=re.escape(says)) as error:
        setattr(asked, f"{domain}_{field}", entered)
    assert "\n" not in str(error.value)
    assert field not in ("secret_key", "account") or not entered or entered not in str(error.value)


@pytest.mark.parametrize("domain", DOMAINS)
def test_connect_takes_what_can_be_used(domain):
    asked = ClientConfigAdapter(DOMAINS[domain].model_construct())
    setattr(asked, f"{domain}_secret_key", f" {KEY.reveal()}\n")
    setattr(asked, f"{domain}_horizon_url", "http://127.0.0.1:8000/")
    setattr(asked, f"{domain}_assets", f"GOLD=GOLD:{KEY.account}")
    assert getattr(asked, f"{domain}_secret_key").get_secret_value() == KEY.reveal()
    assert getattr(asked, f"{domain}_horizon_url") == "http://127.0.0.1:8000"
    setattr(asked, f"{domain}_account", f" {KEY.account} ")
    assert getattr(asked, f"{domain}_account") == KEY.account
    setattr(asked, f"{domain}_fee_cap", " 2500 ")
    assert getattr(asked, f"{domain}_fee_cap") == "2500"
    for field in ("account", "horizon_url", "assets", "fee_cap", "merged_book"):
        setattr(asked, f"{domain}_{field}", "")


def test_a_key_comes_back_from_the_keystore_as_it_went_in(tmp_path, monkeypatch):
    monkeypatch.setattr(Security, "secrets_manager", ETHKeyFileSecretManger("password"))
    entered = ClientConfigAdapter(DOMAINS["stellar_local"].model_construct())
    entered.stellar_local_secret_key = KEY.reveal()
    file = tmp_path / "stellar_local.yml"
    save_to_yml(file, entered)
    assert KEY.reveal() not in file.read_text()
    stored = load_connector_config_map_from_file(file)
    assert stored.stellar_local_secret_key.get_secret_value() == KEY.reveal()


def test_what_was_stored_before_there_were_more_fields_is_still_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Security, "secrets_manager", ETHKeyFileSecretManger("password"))
    entered = ClientConfigAdapter(DOMAINS["stellar_local"].model_construct())
    entered.stellar_local_secret_key = KEY.reveal()
    file = tmp_path / "stellar_local.yml"
    save_to_yml(file, entered)
    kept = ("connector:", "stellar_local_secret_key:", "stellar_local_horizon_url:", "stellar_local_assets:")
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if line.startswith((*kept, " "))))

    stored = load_connector_config_map_from_file(file)
    keys = api_keys_from_connector_config_map(stored)
    exchange = StellarExchange(
        *(
            keys[f"stellar_local_{field}"]
            for field in ("secret_key", "horizon_url", "assets", "fee_cap", "account", "merged_book")
        ),
        trading_required=False,
        domain="stellar_local",
    )
    assert exchange.authenticator.account == KEY.account
    assert exchange.fee_market.cap == 10_000


def test_the_key_is_in_no_text_that_python_makes_of_its_holders():
    auth = StellarAuth(KEY.reveal(), "stellar_local")

    for text in (repr(auth), str(auth), str(vars(auth))):
        assert KEY.reveal() not in text
    assert auth.account == KEY.account


def test_a_key_signs_for_the_account_that_is_named():
    owner = SigningKey.generate().account

    auth = StellarAuth(KEY.reveal(), "stellar_local", owner)

    assert (auth.account, auth.key) == (owner, KEY.account)
    assert repr(auth) == f"StellarAuth({KEY.account} for {owner})"


async def test_a_connector_without_a_key_says_so_when_it_needs_one():
    exchange = StellarExchange("", domain="stellar_testnet", trading_required=False)

    with pytest.raises(ConfigurationError, match="connect stellar_testnet"):
        await exchange._update_balances()


def test_the_nodes_are_the_users_own_then_the_instances_then_the_default(tmp_path):
    (tmp_path / "stellar_nodes.yml").write_text("stellar_local: http://127.0.0.1:8111\n")

    def horizon(domain, chosen=""):
        return NodeAddresses.find(domain, chosen, conf=tmp_path).horizon

    assert horizon("stellar_local", "http://127.0.0.1:9/") == ("http://127.0.0.1:9",)
    assert horizon("stellar_local") == ("http://127.0.0.1:8111",)
    assert horizon("stellar") == ("https://horizon.stellar.org",)


def test_a_domain_may_have_several_nodes_in_the_order_they_are_preferred(tmp_path):
    (tmp_path / "stellar_nodes.yml").write_text(
        "stellar: [https://horizon.stellar.org/, https://horizon.example]\n"
        "stellar_testnet: {horizon: https://testnet.example, rpc: [https://rpc.example/key, 'http://[::1]:80']}\n"
    )

    public = NodeAddresses.find("stellar", conf=tmp_path)
    testnet = NodeAddresses.find("stellar_testnet", conf=tmp_path)
    own = NodeAddresses.find("stellar_testnet", " http://one , http://two:8000/,", "http://rpc", tmp_path)

    assert public == NodeAddresses(("https://horizon.stellar.org", "https://horizon.example"), ())
    assert testnet == NodeAddresses(
        ("https://testnet.example",), ("https://rpc.example/key", "http://[::1]:80")
    )
    assert own == NodeAddresses(("http://one", "http://two:8000"), ("http://rpc",))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("127.0.0.1:8000", "'127.0.0.1:8000' is not an address: write http://HOST:PORT"),
        ("ftp://horizon", "not an address"),
        ("http://", "not an address"),
        ("nonsense", "not an address"),
        ("http://one, two", "Horizon URL of stellar: 'two' is not an address"),
        ("http://one/,http://one", "'http://one' is there twice: name each node once"),
    ],
)
def test_a_wrong_url_is_refused(url, says, tmp_path):
    with pytest.raises(ConfigurationError, match=re.escape(says)):
        NodeAddresses.find("stellar", url, conf=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "- a\n- b",
        "stellar_local: 8000",
        "stellar_local: [http://127.0.0.1, 8000]",
        "stellar_local: {core: http://127.0.0.1}",
        "{",
        "elsewhere: http://127.0.0.1",
        "stellar_local: \xff",
    ],
)
def test_a_nodes_file_that_cannot_be_used_is_named(text, tmp_path):
    (tmp_path / "stellar_nodes.yml").write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"stellar_nodes\.yml") as error:
        NodeAddresses.find("stellar_local", conf=tmp_path)
    assert "\n" not in str(error.value)


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
