"""Damage to bytes and to JSON documents, the same for the same seed."""

import copy
import os
from collections.abc import Iterator
from random import Random
from typing import Any

SAMPLES = int(os.environ.get("FUZZ_SAMPLES", "2000"))
"""How many; each test takes the share of them that its time allows."""
SEED = int(os.environ.get("FUZZ_SEED", "1"))

PIECES = (
    b"\0",
    b"\xff",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"\n",
    b"\r\n",
    b'"',
    b"'",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b",",
    b"-",
    b".",
    b"e",
    b"0",
    b"9",
    b"null",
    b"\xc2\xb2",
    b"\xe2\x80\xa8",
    b"[" * 2000,
    b'{"a":' * 2000,
    b"9" * 5000,
    b"1e999",
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    0.5,
    2**31,
    2**63 - 1,
    2**64 - 1,
    1e308,
    "",
    "0",
    "-1",
    "0.00000001",
    "99999999999999999999",
    "9" * 5000,
    "1e5",
    "nan",
    "inf",
    "²",
    "٣",
    "AAAA",
    "G" * 56,
    "2024-13-45T25:61:61Z",
    "9999-12-31T23:59:59Z",
    [],
    {},
    [[]],
    {"": None},
    [None] * 300,
)


def damaged_bytes(data: bytes, dice: Random) -> bytes:
    """Return bytes with up to three bits turned, pieces put in, taken out, repeated, or the end cut off."""
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(data) + 1)
        after = min(len(data), place + dice.choice((1, 2, 4, 8, 64)))
        match dice.randrange(6):
            case 0:
                flipped = bytes(byte ^ 1 << dice.randrange(8) for byte in data[place : place + 1])
                data = data[:place] + flipped + data[place + 1 :]
            case 1:
                data = data[:place] + dice.choice(PIECES) + data[place:]
            case 2:
                data = data[:place] + dice.choice(PIECES) + data[after:]
            case 3:
                data = data[:place] + data[after:]
            case 4:
                data = data[:after] + data[place:]
            case _:
                data = data[:place]
    return data


def damaged_document(document: Any, dice: Random) -> Any:
    """Return a copy of JSON-able data with one or two values replaced, left out, renamed or moved."""
    document = copy.deepcopy(document)
    for _ in range(dice.randint(1, 2)):
        places = list(_places(document))
        if not places:
            return dice.choice(ODD)
        holder, key = dice.choice(places)
        match dice.randrange(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[key + "s"] = holder.pop(key)
            case 2:
                other, place = dice.choice(places)
                holder[key] = copy.deepcopy(other[place])
            case _:
                holder[key] = copy.deepcopy(dice.choice(ODD))
    return document


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(document, dict | list):
        return
    for key in document if isinstance(document, dict) else range(len(document)):
        yield document, key
        yield from _places(document[key])
