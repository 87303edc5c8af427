"""Operations on an account itself: its signers and flags, its data, its sequence number, its end.

The network refuses text other than printable ASCII; here bytes that are not UTF-8 are lone surrogates, as
``errors="surrogateescape"`` reads them.
"""

from dataclasses import dataclass

__all__ = ["AccountMerge", "BumpSequence", "ManageData", "SetOptions", "Signer"]


@dataclass(frozen=True, slots=True)
class Signer:
    """A key ``G…``, ``T…``, ``X…`` or ``P…``, and what its signature weighs; a weight of 0 removes it."""

    key: str
    weight: int


@dataclass(frozen=True, slots=True)
class SetOptions:
    """Change what governs an account; what is None stays (threshold: high for weights, thresholds and
    signers, else medium).

    Parameters
    ----------
    inflation_destination : str or None
    clear_flags, set_flags : int or None
        Of 1 auth required, 2 auth revocable, 4 auth immutable, 8 clawback enabled.
    master_weight, low_threshold, medium_threshold, high_threshold : int or None
        0 to 255.
    home_domain : str or None
        Where the account's ``stellar.toml`` is, up to 32 bytes.
    signer : Signer or None
        The signer to add, change or remove.
    """

    inflation_destination: str | None = None
    clear_flags: int | None = None
    set_flags: int | None = None
    master_weight: int | None = None
    low_threshold: int | None = None
    medium_threshold: int | None = None
    high_threshold: int | None = None
    home_domain: str | None = None
    signer: Signer | None = None
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class ManageData:
    """Set or (value None) remove a named value of an account (threshold: medium).

    Name and value have up to 64 bytes each.
    """

    name: str
    value: bytes | None
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class BumpSequence:
    """Raise an account's sequence number to `bump_to`, if it is lower (threshold: low)."""

    bump_to: int
    source: str | None = None
    source_id: int | None = None


@dataclass(frozen=True, slots=True)
class AccountMerge:
    """Give all lumens to another account and remove this one (threshold: high)."""

    destination: str
    source: str | None = None
    source_id: int | None = None
    destination_id: int | None = None
