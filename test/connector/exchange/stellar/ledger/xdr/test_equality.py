"""Codec and stellar-sdk agree on random values of the protocol's own schema, and on damaged bytes.

`FUZZ_SAMPLES` sets how many (``make fuzz`` takes 100,000 of each kind), `FUZZ_SEED` which.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest
from stellar_sdk import xdr as sdk

from hummingbot.connector.exchange.stellar.ledger import xdr

from .sdk_random import random_value
from .sdk_results import sdk_result
from .sdk_transactions import sdk_envelope

SAMPLES = int(os.environ.get("FUZZ_SAMPLES", "2000"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
NOT_MODELLED = {
    "asset code",
    "operation inflation is not modelled",
    "operation extend_footprint_ttl is not modelled",
    "operation restore_footprint is not modelled",
    "ledger key type 5 is not modelled: entries of it have no sponsor",
    "ledger key type 7 is not modelled: entries of it have no sponsor",
    "ledger key type 8 is not modelled: entries of it have no sponsor",
    "ledger key type 9 is not modelled: entries of it have no sponsor",
    "the success of inflation is read but not written by this codec",
}
OLD_FORMS = re.compile("<ClaimOfferAtomV0 |<TransactionV0Envelope ")
"""Of protocols before 18 and 13: they are read, and written as today's."""
BUMP = "a fee bump of code"
"""Of the inner result's outcome and the other code: no network writes that."""
EDGES = (0, 1, 2, 3, 4, 0x100, 2**31 - 1, 2**31, 2**32 - 1, 2**32 - 2)


def random_envelope(dice: Random) -> sdk.TransactionEnvelope:
    return random_value(sdk.TransactionEnvelope, dice)


def random_result(dice: Random) -> sdk.TransactionResult:
    """Return a result; a fee bump's code says what its inner result says."""
    result = random_value(sdk.TransactionResult, dice)
    pair = result.result.inner_result_pair
    if pair is not None:
        codes = sdk.TransactionResultCode
        succeeded = pair.result.result.code == codes.txSUCCESS
        result.result.code = codes.txFEE_BUMP_INNER_SUCCESS if succeeded else codes.txFEE_BUMP_INNER_FAILED
    return result


KINDS = [
    pytest.param(random_envelope, xdr.decode_envelope, xdr.encode_envelope, sdk_envelope, id="envelopes"),
    pytest.param(random_result, xdr.decode_result, xdr.encode_result, sdk_result, id="results"),
]


@pytest.mark.parametrize(("random", "decode", "encode", "to_sdk"), KINDS)
def test_what_the_sdk_writes_is_read_alike_and_written_alike(
    random: Callable[[Random], Any],
    decode: Callable[[bytes], Any],
    encode: Callable[[Any], bytes],
    to_sdk: Callable[[Any], Any],
) -> None:
    dice = Random(SEED)
    refused = Counter[str]()
    for _ in range(SAMPLES):
        value = random(dice)
        written = value.to_xdr_bytes()
        try:
            read = decode(written)
            rewritten = encode(read)
        except xdr.UnsupportedXdr as error:
            why = str(error)
            refused["asset code" if why.startswith("asset code b") else why] += 1
        else:
            assert to_sdk(read) == value
            assert rewritten == written
    print(
        f"{SAMPLES - refused.total():,} of {SAMPLES:,} read and written alike; not modelled:", dict(refused)
    )
    assert set(refused) <= NOT_MODELLED
    assert refused.total() < 0.2 * SAMPLES


def damaged(written: bytes, dice: Random) -> Iterator[bytes]:
    """Yield bytes with a word changed, a bit flipped, words taken out or put in, the end cut off."""
    place = 4 * dice.randrange(len(written) // 4)
    bit = dice.randrange(8 * len(written))
    yield written[:place] + dice.choice(EDGES).to_bytes(4) + written[place + 4 :]
    yield written[: bit // 8] + bytes((written[bit // 8] ^ 1 << bit % 8,)) + written[bit // 8 + 1 :]
    yield written[:place] + written[place + 4 * dice.randrange(1, 4) :]
    yield written[:place] + dice.randbytes(4 * dice.randrange(1, 4)) + written[place:]
    yield written[: dice.randrange(len(written))]


@pytest.mark.parametrize(("random", "decode", "encode", "to_sdk"), KINDS)
def test_damaged_bytes_are_refused_by_both_or_read_alike(
    random: Callable[[Random], Any],
    decode: Callable[[bytes], Any],
    encode: Callable[[Any], bytes],
    to_sdk: Callable[[Any], Any],
) -> None:
    """What the SDK reads but would write in another way (padding, booleans beyond 1) counts as refused."""
    dice = Random(SEED)
    outcomes = Counter[str]()
    for _ in range(SAMPLES // 4):
        value = random(dice)
        for data in damaged(value.to_xdr_bytes(), dice):
            try:
                theirs = type(value).from_xdr_bytes(data)
            except (ValueError, EOFError):
                theirs = None
            try:
                ours = decode(data)
                encode(ours)
            except xdr.UnsupportedXdr:
                outcomes["not modelled"] += 1
            except xdr.XdrError as error:
                outcomes["refused"] += 1
                if theirs is not None and theirs.to_xdr_bytes() == data and BUMP not in str(error):
                    pytest.fail(f"the SDK reads {data.hex()}: {error}")
            else:
                outcomes["read alike"] += 1
                assert theirs is not None, data.hex()
                assert to_sdk(ours) == theirs or OLD_FORMS.search(repr(theirs)), data.hex()
    print(f"{outcomes.total():,} damaged:", dict(outcomes))
    assert min(outcomes["refused"], outcomes["read alike"]) > 0.1 * outcomes.total()
