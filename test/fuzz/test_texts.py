"""Texts and files that others write: ``stellar.toml``, streams, faults, own assets, bars, keys."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import orjson
import pytest

from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.event_stream import EventParser
from hummingbot.connector.exchange.stellar.horizon.order_book import read_book
from hummingbot.connector.exchange.stellar.ledger import strkey
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.own_assets import own_assets
from hummingbot.connector.exchange.stellar.sandbox.faults.fault import FaultError
from hummingbot.connector.exchange.stellar.sandbox.faults.reading import (
    parse_fault,
    parse_faults,
    read_faults,
)
from hummingbot.connector.exchange.stellar.sandbox.market.errors import HistoryError
from hummingbot.connector.exchange.stellar.sandbox.market.history import read_history
from hummingbot.connector.exchange.stellar.sep1 import UnverifiedIssuer, linked_files, lists_asset, parse

from .damage import SAMPLES, SEED, damaged_bytes, damaged_document

ACCOUNT = "GA5ZSEJYB37JRC5AVCIA5MOP4RHTM335X2KGX3IHOJAPP5RE34K4KZVN"
TOML = f"""
VERSION = "2.7.0"
NETWORK_PASSPHRASE = "Public Global Stellar Network ; September 2015"
ACCOUNTS = ["{ACCOUNT}"]
[DOCUMENTATION]
ORG_NAME = "Organization \\u00e9"
when = 2024-02-29T12:00:00Z
[[CURRENCIES]]
code = "USDC"
issuer = "{ACCOUNT}"
display_decimals = 2
[[CURRENCIES]]
toml = "https://a.example/.well-known/EUR.toml"
[[CURRENCIES]]
code_template = "CORN????????"
issuer = "{ACCOUNT}"
""".encode()
STREAM = (
    b'retry: 1000\nevent: open\ndata: "hello"\n\nid: 141733924864\ndata: {"bids":[{"price_r":{"n":1,"d":10},'
    b'"price":"0.1000000","amount":"5.0000000"}],"asks":[],"base":{}}\n\nevent: error\ndata: problem\n\n'
)
FAULTS = """
seed: 7
faults:
  - {kind: delay, probability: 0.1, seconds: [0.1, 0.5], nodes: [1, 3], path: /accounts}
  - kind: half
    share: 0.5
    count: 3
    when: after
  - {kind: lag, ledgers: 2}
  - {kind: passphrase, text: "Another Network"}
"""
YAML_OF_OTHERS = (
    "a: !!int ''",
    "a: !!bool maybe",
    "a: !!timestamp never",
    "a: 2024-13-45",
    f"a: {'9' * 5000}",
    "[" * 3000,
    "a: &a [*a]",
    "a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\n"
    + "\n".join(f"c{n}: &c{n} [{','.join([f'*c{n - 1}' if n else '*b'] * 8)}]" for n in range(9)),
)
BARS = b"date,open,high,low,close,volume\n" + b"".join(
    b"2024-01-01T%02d:00:00Z,0.1,0.12,0.09,0.11,1000\n" % hour for hour in range(24)
)


@contextmanager
def refusing(kind: type[Exception]) -> Iterator[None]:
    """Let errors of a kind pass, and see that their messages can be read."""
    try:
        yield
    except kind as error:
        message = str(error)
        assert len(message) < 1000, message
        assert "\n" not in message, message


def test_a_stellar_toml_is_read_or_refused() -> None:
    dice, usdc = Random(SEED), Asset("USDC", ACCOUNT)
    url = "https://a.example/.well-known/stellar.toml"
    for _ in range(SAMPLES):
        try:
            document = parse(damaged_bytes(TOML, dice), "a.example")
        except UnverifiedIssuer:
            continue
        assert lists_asset(document, usdc) in (True, False)
        assert isinstance(linked_files(document, url), list)


def test_a_stream_is_read_or_refused_however_it_is_cut() -> None:
    dice = Random(SEED)
    for _ in range(SAMPLES):
        data, parser = damaged_bytes(STREAM, dice), EventParser()
        cut = dice.randrange(len(data) + 1)
        for event in parser.feed(data[:cut]) + parser.feed(data[cut:]):
            with suppress(HorizonUnavailable):
                read_book(event, "XLM-USDC", 1, 0.0)


def test_faults_are_read_or_refused(tmp_path: Path) -> None:
    dice, path = Random(SEED), tmp_path / "faults.yml"
    texts = [text.encode() for text in YAML_OF_OTHERS]
    texts += [damaged_bytes(FAULTS.encode(), dice) for _ in range(SAMPLES // 10)]
    for text in texts:
        path.write_bytes(text)
        with refusing(FaultError):
            read_faults(path)


def test_faults_sent_by_http_or_command_line_are_read_or_refused() -> None:
    dice = Random(SEED)
    faults = [
        {"kind": "delay", "probability": 0.1, "seconds": [0.1, 0.5], "nodes": [1, 3], "path": "/accounts"},
        {"kind": "half", "share": 0.5, "count": 3, "when": "after", "name": "cut"},
        {"kind": "lag", "ledgers": 2},
    ]
    for _ in range(SAMPLES):
        with refusing(FaultError):
            parse_faults(damaged_document({"seed": 7, "faults": faults}, dice))
        text = b"delay,probability=0.1,seconds=0.1..0.5,nodes=1+3"
        with refusing(FaultError):
            parse_fault(damaged_bytes(text, dice).decode("utf-8", "replace"))


def test_own_assets_and_nodes_are_read_or_refused(tmp_path: Path) -> None:
    dice = Random(SEED)
    texts = [text.encode() for text in YAML_OF_OTHERS]
    whole = f"stellar: GOLD=gold:{ACCOUNT}\nstellar_local: [http://a:1, https://b.example]\n".encode()
    texts += [damaged_bytes(whole, dice) for _ in range(SAMPLES // 10)]
    for text in texts:
        for name in ("stellar_assets.yml", "stellar_nodes.yml"):
            (tmp_path / name).write_bytes(text)
        with refusing(ConfigurationError):
            own_assets("stellar", "", tmp_path)
        with suppress(ConfigurationError):
            NodeAddresses.find("stellar_local", conf=tmp_path)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_bars_are_read_or_refused(tmp_path: Path, ending: str) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    dice, path = Random(SEED), tmp_path / f"bars{ending}"
    path.write_bytes(BARS)
    if ending == ".parquet":
        (tmp_path / "bars.csv").write_bytes(BARS)
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(tmp_path / "bars.csv"), path)
    whole = path.read_bytes()
    assert len(read_history(path).bars) == 24
    for _ in range(SAMPLES // 4):
        path.write_bytes(damaged_bytes(whole, dice))
        with suppress(HistoryError):
            read_history(path)


def test_keys_and_addresses_are_read_or_refused_and_no_secret_is_repeated() -> None:
    dice = Random(SEED)
    secret = strkey.encode_secret(bytes(32))
    muxed = strkey.encode_muxed(ACCOUNT, 7)
    payload = strkey.encode_signer("P", bytes(32) + (29).to_bytes(4) + bytes(32))
    for _ in range(SAMPLES // 4):
        for whole in (ACCOUNT, secret, muxed, payload):
            text = damaged_bytes(whole.encode(), dice).decode("utf-8", "surrogateescape")
            for decode in (strkey.decode_account, strkey.decode_muxed, strkey.decode_signer):
                with suppress(ValueError):
                    decode(text)
            with pytest.raises(ValueError, match=r"^the secret key is not valid: expected S and 55 more"):
                strkey.decode_secret(text if text != secret else "S")


def test_a_stream_that_never_ends_an_event_does_not_fill_the_memory() -> None:
    parser, piece = EventParser(), b"data: " + b"x" * 60_000 + b"\n"
    tracemalloc.start()
    try:
        with pytest.raises(HorizonUnavailable, match="16 MiB"):
            feed(parser, piece, times=2000)
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


def feed(parser: EventParser, piece: bytes, times: int) -> None:
    for _ in range(times):
        parser.feed(piece)


def test_damage_changes_most_of_what_it_is_given() -> None:
    dice = Random(SEED)
    assert sum(damaged_bytes(STREAM, dice) != STREAM for _ in range(200)) > 190
    document = orjson.loads(b'{"a":[1,2,{"b":"c"}]}')
    assert sum(damaged_document(document, dice) != document for _ in range(200)) > 150
