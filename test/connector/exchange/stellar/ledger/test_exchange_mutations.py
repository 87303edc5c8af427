"""Each rounding of the exchange matters: turned around, it breaks a recording or a property.

The real module goes through the same, and breaks nothing.
"""

import re
from pathlib import Path

import pytest

from .mutants import Mutated

EXCHANGE = Mutated(
    "exchange", Path(__file__).with_name("test_exchange.py"), ("extreme", "multi", "sdex_p19_seed30")
)
OTHERS = {"floor_of": "ceil_of", "ceil_of": "floor_of", " > ": " >= ", " >= ": " > "}


def roundings() -> list[tuple[int, int, str]]:
    """Where the arithmetic rounds: line, column, and what stands there."""
    lines = EXCHANGE.source.splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("cdef int exchange_unbounded("))
    end = next(i for i, line in enumerate(lines) if line.startswith("cdef int exchange("))
    return [
        (i, match.start(), match.group())
        for i in range(begin, end)
        for match in re.finditer(r"\b(floor_of|ceil_of)\b", lines[i])
    ]


def bounds() -> list[tuple[int, int, str]]:
    """Where the arithmetic compares with a bound: of 1 % on the price, and of a limit price."""
    lines = EXCHANGE.source.splitlines()
    return [
        (i, line.index(comparison), comparison)
        for i, line in enumerate(lines)
        for written, comparison in (
            ("            if error > wheat_value:", " > "),
            ("    return product(n, limit_d) > product(d, limit_n)", " > "),
            ("    return product(n, limit_d) >= product(d, limit_n)", " >= "),
        )
        if line == written
    ]


def test_every_branch_rounds_twice_but_one() -> None:
    assert len(roundings()) == 9
    assert len(bounds()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("rounding", roundings() + bounds(), ids=lambda r: f"line {r[0] + 1}{r[2]:>9}")
def test_flipped_rounding_is_noticed(rounding: tuple[int, int, str], tmp_path: Path) -> None:
    assert EXCHANGE.broken_by(tmp_path, EXCHANGE.changed(*rounding, OTHERS[rounding[2]])) != ""


@pytest.mark.slow
def test_copy_without_a_flip_breaks_nothing(tmp_path: Path) -> None:
    assert EXCHANGE.broken_by(tmp_path, EXCHANGE.source) == ""
