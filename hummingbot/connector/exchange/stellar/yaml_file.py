"""Small YAML files that users write: whatever they hold, it is read or refused in one sentence."""

from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped,unused-ignore]

from hummingbot.connector.exchange.stellar.errors import ConfigurationError

__all__ = ["read_yaml"]

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


def read_yaml(path: Path, form: str) -> Any:
    """Return what a file holds; None if there is none, or nothing in it.

    Parameters
    ----------
    path : Path
    form : str
        What it must hold, for the message.

    Raises
    ------
    ConfigurationError
        If it cannot be read, or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"cannot read {path}: {reason}") from None
    try:
        return yaml.safe_load(text)
    except UNREADABLE:
        raise ConfigurationError(f"{path} must hold {form}") from None
