"""Each rounding and each bound of the pool arithmetic matters: turned around, it breaks a recording or a
property.

The real module goes through the same, and breaks nothing.
"""

import re
from pathlib import Path

import pytest

from .mutants import Mutated

POOL = Mutated("pool", Path(__file__).with_name("test_pool.py"), ("pools", "sdex_p19_seed30"))
OTHERS = {
    "scaled_floor_of": "scaled_ceil_of",
    "scaled_ceil_of": "scaled_floor_of",
    "floor_of": "ceil_of",
    "ceil_of": "floor_of",
    " < ": " <= ",
    " > ": " >= ",
    ">=": ">",
    " <= ": " < ",
    "min(": "max(",
    "<int64_t>root": "<int64_t>(root + (root * root != value))",
    "* root > value": "* root >= value",
}
BOUNDS = (
    ("amount_in > INT64_MAX - reserve_in:", " > "),
    ("amount_out >= reserve_out:", ">="),
    ("amount_in > INT64_MAX - reserve_in else", " > "),
    ("while root * root > value:", "* root > value"),
    ("return <int64_t>root", "<int64_t>root"),
    ("shares = min(shares_a, shares_b)", "min("),
    ("product(a, min_d) < product(b, min_n)", " < "),
    ("product(a, max_d) > product(b, max_n)", " > "),
    ("if available[0] < amounts[0]", " < "),
    ("available[1] < amounts[1]:", " < "),
    ("if share_room < amounts[2]:", " < "),
    ("INT64_MAX - amount < reserve", " < "),
)


def roundings() -> list[tuple[int, int, str]]:
    """Where the arithmetic calls for a rounding: line, column, and what stands there."""
    return [
        (i, match.start(), match.group())
        for i, line in enumerate(POOL.source.splitlines())
        for match in re.finditer(r"\b(scaled_)?(floor|ceil)_of\b", line)
        if not line.startswith("cdef")
    ]


def bounds() -> list[tuple[int, int, str]]:
    """Where the arithmetic compares."""
    return [
        (i, line.index(place) + place.index(comparison), comparison)
        for place, comparison in BOUNDS
        for i, line in enumerate(POOL.source.splitlines())
        if place in line
    ]


def test_every_amount_is_rounded_once() -> None:
    assert len(roundings()) == 7
    assert len(bounds()) == len(BOUNDS)


@pytest.mark.slow
@pytest.mark.parametrize("place", roundings() + bounds(), ids=lambda r: f"line {r[0] + 1} {r[2].strip()}")
def test_what_is_turned_around_is_noticed(place: tuple[int, int, str], tmp_path: Path) -> None:
    assert POOL.broken_by(tmp_path, POOL.changed(*place, OTHERS[place[2]])) != ""


@pytest.mark.slow
def test_copy_without_a_change_breaks_nothing(tmp_path: Path) -> None:
    assert POOL.broken_by(tmp_path, POOL.source) == ""
