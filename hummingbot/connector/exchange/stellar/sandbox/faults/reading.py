"""Faults from a file (YAML or JSON) or from the command line."""

from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped,unused-ignore]

from .fault import Fault, FaultError, shown

__all__ = ["parse_fault", "parse_faults", "read_faults"]

UNREADABLE: Final = (
    yaml.YAMLError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""PyYAML lets through what fails within a value: ``!!int ''``, ``2024-13-45``, brackets by the thousand."""
MOST_REASON: Final = 200
TEXTS: Final = ("name", "path", "method", "when", "problem", "text")


def read_faults(path: Path) -> tuple[int | None, list[Fault]]:
    """Read a file of faults: ``seed: 7`` and ``faults:``, a list of tables, or that list alone.

    Returns
    -------
    tuple of (int or None, list of Fault)
        The seed, if the file names one, and the faults.

    Raises
    ------
    FaultError
        If it cannot be read, or holds what is no fault.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FaultError(f"faults file {path} cannot be read: {error.strerror or error}") from None
    except UNREADABLE as error:
        reason = " ".join(str(error).split())[:MOST_REASON]
        raise FaultError(f"faults file {path} is neither YAML nor JSON ({reason})") from None
    try:
        return parse_faults(document)
    except FaultError as error:
        raise FaultError(f"faults file {path}: {error}") from None


def parse_faults(document: Any) -> tuple[int | None, list[Fault]]:
    """Read faults from JSON-able data: one fault, a list, or a table with ``faults`` and ``seed``.

    Raises
    ------
    FaultError
        If it holds what is no fault.
    """
    alone = isinstance(document, dict) and "kind" in document
    table = {"faults": [document] if alone else document} if alone or isinstance(document, list) else document
    if not isinstance(table, dict) or not table or not table.keys() <= {"seed", "faults"}:
        raise FaultError("expected a fault, a list of faults, or a table with faults and seed")
    seed, faults = table.get("seed"), table.get("faults", [])
    if seed is not None and (not isinstance(seed, int) or isinstance(seed, bool)):
        raise FaultError(f"seed {shown(seed)} is not a whole number")
    if not isinstance(faults, list):
        raise FaultError(f"faults {shown(faults)} is not a list")
    return seed, [Fault.read(fault) for fault in faults]


def parse_fault(text: str) -> Fault:
    """Read a fault as the command line gives it: ``delay,probability=0.1,seconds=0.1..0.5,nodes=1+3``.

    Raises
    ------
    FaultError
        If it is none.
    """
    kind, *rest = text.split(",")
    document: dict[str, Any] = {"kind": kind.strip()}
    for part in rest:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise FaultError(f"fault {shown(text)}: {shown(part)} is not a field such as probability=0.1")
        document[name] = value if name in TEXTS else _numbers(name, value)
    return Fault.read(document)


def _numbers(name: str, text: str) -> Any:
    parts = text.split("+" if name == "nodes" else "..")
    try:
        numbers = [float(part) if "." in part else int(part) for part in parts]
    except ValueError:
        return text
    return numbers if len(numbers) > 1 or name == "nodes" else numbers[0]
