"""What a node answers to a request, or why it does not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from .errors import HorizonRefused, HorizonUnavailable

__all__ = ["Answer", "read_answer"]

RETRY_AFTER_MOST: Final = 300.0
"""Seconds; a node that asks for more is asked again all the same."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What Horizon answered.

    Parameters
    ----------
    body : dict
        The JSON object.
    ledger : int
        The ledger it describes (header ``Latest-Ledger`` of state endpoints), 0 where Horizon does not say.
    """

    body: dict[str, Any]
    ledger: int

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of a page."""
        page = self.body.get("_embedded")
        records = page.get("records") if isinstance(page, dict) else None
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise HorizonUnavailable("Horizon answered something else than a page of records")
        return records


def read_answer(status: int, headers: Mapping[str, str], raw: bytes, path: str) -> Answer:
    """Read an answer.

    Raises
    ------
    HorizonRefused
        For a 4xx problem such as 404.
    HorizonUnavailable
        For 429, 5xx, and what is not a JSON object.
    """
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if status == 429 or status >= 500:
        title = body.get("title") if isinstance(body, dict) else None
        raise HorizonUnavailable(
            f"Horizon answered {status}{f' ({title})' if title else ''} to {path}", _seconds(headers), status
        )
    if status == 400 and not raw.strip():
        raise HorizonRefused(f"Horizon answered 400 without a reason to {path}", status, {})
    if not isinstance(body, dict):
        raise HorizonUnavailable(
            f"Horizon answered {status} to {path} with something that is not a JSON object"
        )
    ledger = _whole(headers.get("Latest-Ledger", ""))
    if status >= 400:
        extras = body.get("extras")
        title = body.get("title", "refused")
        reason = extras.get("reason") if isinstance(extras, dict) else None
        raise HorizonRefused(
            f"Horizon answered {status} ({title}{f': {reason}' if reason else ''}) to {path}",
            status,
            extras if isinstance(extras, dict) else {},
            ledger,
        )
    return Answer(body, ledger)


def _seconds(headers: Mapping[str, str]) -> float:
    return min(float(_whole(headers.get("Retry-After", ""))), RETRY_AFTER_MOST)


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
