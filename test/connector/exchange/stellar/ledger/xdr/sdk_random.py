"""Random values of the protocol's types, by stellar-sdk's classes, themselves made from the protocol's files.

The classes' own annotations are the schema. A union is made with its discriminant alone; writing it then asks
for the arm that is missing.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from inspect import signature
from random import Random
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from stellar_sdk import xdr as sdk

LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
DEEPEST = 24
LENGTHS = {sdk.Hash: 32, sdk.Uint256: 32, sdk.SignatureHint: 4}
LIMITS = {"string32": 32, "text": 28}
LEFT_OUT = {"INVOKE_HOST_FUNCTION", "CONTRACT_DATA", "ENVELOPE_TYPE_TX_V0", "CLAIM_ATOM_TYPE_V0"}
"""What a connector to the classic DEX has no use for, and two forms that no protocol since 18 writes."""


def random_value(kind: Any, dice: Random, depth: int = 0) -> Any:
    """Return a random value of a type; numbers are often those at the edge of their range."""
    if leaf := LEAVES.get(kind):
        return kind(leaf(dice))
    if issubclass(kind, Enum):
        if kind.__name__.endswith("ResultCode") and dice.random() < 0.5:
            return kind(0)
        return dice.choice([one for one in kind if one.name not in LEFT_OUT])
    fields, is_union = schema(kind)
    if not is_union:
        return kind(*[random_field(name, hint, dice, depth) for name, hint in fields])
    return random_union(kind, fields, dice, depth)


@cache
def schema(kind: type) -> tuple[tuple[tuple[str, Any], ...], bool]:
    """Return a class's fields with their types, and whether it is a union (discriminant, optional arms)."""
    hints = get_type_hints(kind.__init__, localns=vars(sdk))
    parameters = list(signature(kind.__init__).parameters.values())[1:]
    return tuple((one.name, hints[one.name]) for one in parameters), parameters[-1].default is None


def random_union(kind: Any, fields: tuple[tuple[str, Any], ...], dice: Random, depth: int) -> Any:
    (discriminant, hint), *arms = fields
    hints = dict(arms)
    while True:
        made = kind(random_field(discriminant, hint, dice, depth))
        while True:
            try:
                made.to_xdr_bytes()
            except ValueError as error:
                missing, _, rest = str(error).partition(" ")
                if rest != "should not be None.":
                    break
                setattr(made, missing, random_field(missing, hints[missing], dice, depth, must=True))
            else:
                return made


def random_field(name: str, hint: Any, dice: Random, depth: int, must: bool = False) -> Any:
    if get_origin(hint) in (Union, UnionType):
        (hint, *_) = [one for one in get_args(hint) if one is not NoneType]
        if not must and (depth > DEEPEST or dice.random() < 0.5):
            return None
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        most = 0 if depth > DEEPEST else dice.choice((0, 1, 1, 2, 2, 3))
        if name.endswith(("predicates", "extra_signers")):
            most = min(most, 2)
        return [random_value(item, dice, depth + 1) for _ in range(most)]
    if hint is bytes:
        return dice.randbytes(dice.randint(name == "payload", LIMITS.get(name, 64)))
    if name == "flags":
        return sdk.Uint32(dice.choice((0, 1)))
    if hint is int:
        return 0
    if hint is bool:
        return dice.random() < 0.5
    return random_value(hint, dice, depth + 1)


def integer(low: int, high: int) -> Callable[[Random], int]:
    edges = sorted({low, low + 1, 0, 1, high - 1, high})
    return lambda dice: (
        dice.choice(edges) if dice.random() < 0.3 else dice.randint(low, high) >> dice.choice((0, 20))
    )


def code(least: int, most: int) -> Callable[[Random], bytes]:
    """Return asset codes, most of them those that the network allows."""

    def draw(dice: Random) -> bytes:
        if dice.random() < 0.002:
            return dice.randbytes(most)
        return bytes(dice.choices(LETTERS, k=dice.randint(least, most))).ljust(most, b"\0")

    return draw


LEAVES: dict[Any, Callable[[Random], Any]] = {
    sdk.Int32: integer(-(2**31), 2**31 - 1),
    sdk.Uint32: integer(0, 2**32 - 1),
    sdk.Int64: integer(-(2**63), 2**63 - 1),
    sdk.Uint64: integer(0, 2**64 - 1),
    sdk.AssetCode4: code(1, 4),
    sdk.AssetCode12: code(5, 12),
    **{kind: lambda dice, size=size: dice.randbytes(size) for kind, size in LENGTHS.items()},
}
