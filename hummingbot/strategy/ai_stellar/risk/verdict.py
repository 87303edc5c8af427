"""What the gate answers."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .limits import Limits

__all__ = ["Reason", "Verdict"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a proposal was reduced or rejected.

    Attributes
    ----------
    code : str
        Name of the limit or of what could not be computed, as ``max_order``.
    text : str
        One sentence with the value found and the limit.
    """

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The gate's answer to one proposal.

    Attributes
    ----------
    status : {"approved", "reduced", "rejected"}
        Of an approved proposal the whole size may be ordered, of a reduced one `size`, of a rejected one
        nothing.
    size : Decimal
        Base units that may be ordered.
    reasons : tuple of Reason
        Everything that reduced or rejected it, in the order it was found; empty if approved.
    limits : Limits
        The limits in force.
    """

    status: Literal["approved", "reduced", "rejected"]
    size: Decimal
    reasons: tuple[Reason, ...]
    limits: Limits
