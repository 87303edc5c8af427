"""Files that earlier runs, or other networks, left: the journal, a saved sandbox, recordings, a story."""

import gzip
import json
import logging
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from zlib import crc32

import orjson
import pytest

from hummingbot.connector.exchange.stellar.ledger.results import TransactionResult
from hummingbot.connector.exchange.stellar.sandbox.errors import SandboxError
from hummingbot.connector.exchange.stellar.sandbox.golden.verify import GoldenError, verify_file
from hummingbot.connector.exchange.stellar.sandbox.market.errors import MarketError
from hummingbot.connector.exchange.stellar.sandbox.snapshot import Settings, load, save
from hummingbot.connector.exchange.stellar.sandbox.story.recording import read_story
from hummingbot.connector.exchange.stellar.transactions.errors import JournalError
from hummingbot.connector.exchange.stellar.transactions.journal.journal import Journal
from hummingbot.connector.exchange.stellar.transactions.record import TransactionRecord
from test.connector.exchange.stellar.transactions.journal import test_journal as journals

from .damage import SAMPLES, SEED, damaged_bytes, damaged_document

GOLDEN = Path(__file__).parents[1] / "golden"
LOGGER = logging.getLogger("fuzz")
LOGGER.setLevel(logging.ERROR)


def sealed(records: list[object]) -> bytes:
    """Return a journal whose records have the checksums that they need."""
    lines = [orjson.dumps(record) for record in records]
    return b"".join(b"%08x %s\n" % (crc32(line), line) for line in lines)


async def written_journal(folder: Path) -> Path:
    """Return a journal with one of each kind of record."""
    journal = journals.opened(folder)
    journal.begin(journals.NETWORK)
    entries = [journals.placement(1), journals.placement(2, True), journals.cancellation(3, 77)]
    sent = journals.transaction(1, entries)
    await journal.send(sent, entries, "ab" * 32)
    record = TransactionRecord(sent.name, 100 << 32, 100, 1, TransactionResult(300, "txSUCCESS"))
    journal.decided(sent.name, "applied", "txSUCCESS", record, [journals.rested(1, 5)], "7-1")
    journal.told()
    journal.happened([journals.rested(2, 6)], "8-0")
    journal.close()
    return journal.path


async def test_a_damaged_journal_is_read_or_refused(tmp_path: Path) -> None:
    path = await written_journal(tmp_path)
    whole, dice = path.read_bytes(), Random(SEED)
    records = [orjson.loads(line[9:]) for line in whole.splitlines()]
    for number in range(SAMPLES // 4):
        sound = damaged_document(records, dice)
        path.write_bytes(sealed(sound) if number % 2 else damaged_bytes(whole, dice))
        with suppress(JournalError):
            Journal(path, journals.KEY.account, "stellar_local", LOGGER).close()


@pytest.mark.parametrize("pairs", [("XLM/USDC",), ()], ids=["market", "no market"])
def test_a_damaged_sandbox_is_read_or_refused(tmp_path: Path, pairs: tuple[str, ...]) -> None:
    path, dice = tmp_path / "state.json", Random(SEED)
    settings = Settings(seed=7, start=1_704_067_200, pairs=pairs, history=None, market_seconds=300)
    sandbox = settings.found()
    for _ in range(2):
        sandbox.close_ledger()
    save(sandbox, settings, path)
    head, _, body = path.read_bytes().partition(b"\n")
    document = orjson.loads(body)
    for number in range(SAMPLES // (40 if pairs else 10)):
        if number % 2:
            broken = orjson.dumps(damaged_document(document, dice), option=orjson.OPT_NON_STR_KEYS)
            title = {**orjson.loads(head), "sha256": sha256(broken).hexdigest()}
            path.write_bytes(orjson.dumps(title) + b"\n" + broken)
        else:
            path.write_bytes(damaged_bytes(head + b"\n" + body, dice))
        with suppress(SandboxError, MarketError):
            load(path)


def recording(name: str, records: int) -> list[dict[str, object]]:
    """Return the first records of a recording, and its last."""
    with gzip.open(GOLDEN / "vectors" / f"{name}.jsonl.gz", "rt") as lines:
        whole = [json.loads(line) for line in lines]
    return [*whole[:records], whole[-1]]


@pytest.mark.parametrize("name", ["sdex_p19_seed300", "multi_p19_seed401"])
def test_a_damaged_recording_is_run_or_refused(tmp_path: Path, name: str) -> None:
    path, dice = tmp_path / "recording.jsonl", Random(SEED)
    records = recording(name, 6)
    whole = b"".join(orjson.dumps(record) + b"\n" for record in records)
    for number in range(SAMPLES // 20):
        broken = damaged_document({"records": records}, dice) if number % 2 else {}
        listed = broken.get("records")
        text = b"".join(
            orjson.dumps(record) + b"\n" for record in (listed if isinstance(listed, list) else [])
        )
        path.write_bytes(text or damaged_bytes(whole, dice))
        with suppress(GoldenError):
            verify_file(path)


def test_a_damaged_story_is_read_or_refused(tmp_path: Path) -> None:
    dice, golden = Random(SEED), GOLDEN / "horizon"
    story = json.loads((golden / "story.json").read_text())
    files = {"story.json": [{name: story[name] for name in ("network_passphrase", "t0")}]}
    for name in ("ledgers.jsonl.gz", "exchanges.jsonl.gz", "sse/trades_never_traded.jsonl.gz"):
        lines = gzip.decompress((golden / name).read_bytes()).splitlines()[:9]
        files[name] = [orjson.loads(line) for line in lines]
    (tmp_path / "sse").mkdir()
    for number in range(SAMPLES // 10):
        struck = dice.choice(list(files))
        for name, records in files.items():
            broken = damaged_document(records, dice) if name == struck and number % 2 else records
            broken = broken if isinstance(broken, list) else [broken]
            text = b"\n".join(orjson.dumps(record) for record in broken)
            if name == struck and not number % 2:
                text = damaged_bytes(text, dice)
            (tmp_path / name).write_bytes(gzip.compress(text, 1) if name.endswith(".gz") else text)
        with suppress(GoldenError):
            read_story(tmp_path)
    (tmp_path / "story.json").write_text("[" * 100_000)
    with pytest.raises(GoldenError, match="cannot be read"):
        read_story(tmp_path)
