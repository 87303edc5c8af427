"""Requests of anybody to the sandbox: each is answered, none with an error within the server."""

import asyncio
import gzip
import json
import re
from base64 import b64encode
from collections import Counter
from pathlib import Path
from random import Random
from urllib.parse import quote, urlsplit

import orjson

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer
from test.conftest import XLM, RunningSandbox

from .damage import SAMPLES, SEED, damaged_bytes, damaged_document

EXCHANGES = Path(__file__).parents[1] / "golden" / "horizon" / "exchanges.jsonl.gz"
FORM = "application/x-www-form-urlencoded"
PATIENCE = 20.0


def recorded_paths() -> list[str]:
    """Return one path of each form that a real Horizon was asked."""
    with gzip.open(EXCHANGES, "rt") as lines:
        requests = [json.loads(line)["request"] for line in lines]
    paths = [request["path"] for request in requests if request["method"] == "GET"]
    forms = {re.sub(r"[0-9a-f]{64}|G[A-Z0-9]{55}|\d+", "#", path): path for path in paths}
    return sorted(forms.values())


async def status_of(url: str, request: bytes) -> int:
    """Send bytes on a connection of their own; return the status of the answer, 0 without one."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(request)
        async with asyncio.timeout(PATIENCE):
            line = await reader.readline()
    finally:
        writer.close()
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", line)
    return int(found[1]) if found else 0


def get(path: bytes) -> bytes:
    return b"GET " + path + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def post(path: str, kind: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: {kind}\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def test_any_path_is_answered(sandbox: RunningSandbox) -> None:
    dice, seen = Random(SEED), Counter[int]()
    maker, _ = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
    paths = recorded_paths()
    for _ in range(SAMPLES // 2):
        path = damaged_bytes(dice.choice(paths).encode(), dice)[:8000]
        if dice.random() < 0.8 or not all(33 <= byte < 127 for byte in path):
            path = quote(path, safe="/?&=%:-").encode()
        path = path[:4000]
        seen[status_of_path := await status_of(sandbox.url, get(b"/" + path.lstrip(b"/")))] += 1
        assert status_of_path not in (0, 500), path
    assert {200, 400, 404} <= seen.keys(), seen


async def test_any_transaction_is_answered(sandbox: RunningSandbox) -> None:
    dice, seen = Random(SEED), Counter[int]()
    maker, _ = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    signed = sandbox.sign(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
    async with sandbox.ticking(0.01):
        for number in range(SAMPLES // 5):
            text = b64encode(damaged_bytes(signed.envelope_xdr, dice))
            body = b"tx=" + quote(text).encode()
            if number % 2:
                body = damaged_bytes(b"tx=" + quote(b64encode(signed.envelope_xdr)).encode(), dice)
            path = dice.choice(("/transactions", "/transactions_async"))
            kind = dice.choice((FORM, FORM, "multipart/form-data; boundary=x", "text/plain"))
            seen[status := await status_of(sandbox.url, post(path, kind, body))] += 1
            assert status not in (0, 500), (path, kind, body)
    assert {400, 415} <= seen.keys(), seen


async def test_any_call_is_answered(sandbox: RunningSandbox) -> None:
    dice, seen = Random(SEED), Counter[int]()
    (maker,) = sandbox.fund("maker")
    signed = sandbox.sign(maker, ManageSellOffer(NATIVE, sandbox.usdc, 50 * XLM, 1, 10))
    key = b64encode(bytes(8) + maker.public_key).decode()
    calls = [
        {"jsonrpc": "2.0", "id": 1, "method": "getLedgerEntries", "params": {"keys": [key, key]}},
        {"jsonrpc": "2.0", "id": 2, "method": "getTransaction", "params": {"hash": signed.hash.hex()}},
        {
            "jsonrpc": "2.0",
            "id": 3,
            "method": "sendTransaction",
            "params": {"transaction": b64encode(signed.envelope_xdr).decode()},
        },
        {"jsonrpc": "2.0", "id": 4, "method": "getFeeStats"},
    ]
    faults = {"seed": 7, "faults": [{"kind": "lag", "name": "x", "ledgers": 2, "path": "/none", "count": 1}]}
    whole = bytes(8) + maker.public_key
    for number in range(SAMPLES // 4):
        calls[0]["params"] = {"keys": [key, b64encode(damaged_bytes(whole, dice)).decode()]}
        document, path = (calls, "/rpc") if number % 3 else (faults, "/sandbox/faults")
        body = orjson.dumps(damaged_document(document, dice))
        if number % 2:
            body = damaged_bytes(body, dice)
        seen[status := await status_of(sandbox.url, post(path, "application/json", body))] += 1
        assert status not in (0, 500), (path, body)
    assert {200, 400} <= seen.keys(), seen
