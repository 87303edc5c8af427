"""Muxed accounts ``M…`` beside the accounts they belong to, as Horizon shows them."""

from typing import Any

from ...ledger.strkey import encode_muxed

__all__ = ["muxed_fields"]


def muxed_fields(role: str, account: str, number: int | None) -> dict[str, Any]:
    """Return ``<role>_muxed`` and ``<role>_muxed_id``; nothing for an account written without a number."""
    if number is None:
        return {}
    return {f"{role}_muxed": encode_muxed(account, number), f"{role}_muxed_id": str(number)}
