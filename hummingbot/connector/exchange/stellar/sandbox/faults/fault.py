"""One kind of trouble, how often it comes, and to which requests of which nodes."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from reprlib import Repr
from typing import Any, Final, Literal, Self

from ..errors import SandboxError

__all__ = ["KINDS", "Fault", "FaultError", "Kind", "shown"]

Phase = Literal["view", "delay", "answer", "header", "event", "ledger"]
"""Where it strikes. Of each phase at most one fault strikes a request, an event or a ledger."""


shown: Final = Repr(maxlevel=3, maxstring=100, maxlong=40, maxother=100).repr
"""Of a value that may be of any size: a YAML file of ten lines can stand for a thousand million entries."""


class FaultError(SandboxError):
    """A fault that is not described as it should be."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault.

    Parameters
    ----------
    phase : str
        Where it strikes.
    does : str
        What happens, in a sentence.
    parameters : tuple of str
        Which parameters it has beside those that all have.
    """

    phase: Phase
    does: str
    parameters: tuple[str, ...] = ()


KINDS: Final[dict[str, Kind]] = {
    "delay": Kind("delay", "The answer comes later.", ("seconds", "when")),
    "drop": Kind("answer", "The connection is closed without an answer.", ("when",)),
    "half": Kind("answer", "The request took effect; the answer breaks off in the middle.", ("share",)),
    "rate_limited": Kind("answer", "429 with Retry-After, whatever the rate.", ("when",)),
    "unavailable": Kind("answer", "503 still_ingesting, or another problem.", ("when", "problem")),
    "timeout": Kind("answer", "504: nothing is known of what became of the request.", ("when",)),
    "html": Kind("answer", "502 with a gateway's HTML page instead of JSON.", ("when",)),
    "repeat": Kind("answer", "The request is carried out twice; the second answer is given."),
    "reorder": Kind("answer", "Held until a later request of the node is answered.", ("when", "seconds")),
    "swallow": Kind("answer", "A transaction is taken, and never handed to the network."),
    "lag": Kind("view", "The answer is as of some ledgers ago, and says so.", ("ledgers",)),
    "stale": Kind("view", "The answer is as of some ledgers ago, and claims to be of now.", ("ledgers",)),
    "freeze": Kind("view", "The node stands still for some ledgers, then catches up.", ("ledgers",)),
    "latest_ledger": Kind("header", "The header Latest-Ledger is wrong by some ledgers.", ("ledgers",)),
    "passphrase": Kind("header", "The root names another network.", ("text",)),
    "stream_cut": Kind("event", "The stream breaks off in the middle of an event."),
    "stream_stall": Kind("event", "The stream falls silent but stays open.", ("seconds",)),
    "stream_duplicate": Kind("event", "An event comes twice."),
    "stream_reorder": Kind("event", "An event comes after the one that follows it."),
    "halt": Kind("ledger", "No ledger closes for a while.", ("seconds",)),
}
"""Every kind of fault, by name."""

WHEN: Final = ("before", "after")
PROBLEMS: Final = ("still_ingesting", "stale_history", "service_unavailable")
DEFAULT_SECONDS: Final = {"delay": 1.0, "reorder": 1.0, "stream_stall": 3600.0, "halt": 5.0}
MAX_SECONDS: Final = 86_400.0
MAX_LEDGERS: Final = 1000
SHARED: Final = ("kind", "name", "probability", "count", "method", "path", "nodes")


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule by which a kind of fault occurs.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name : str
        What it is called in reports; by default its kind.
    probability : float
        With which it strikes a request (an event, a ledger) that fits; above 0, at most 1.
    count : int or None
        Most times that it occurs.
    method, path : str
        Which requests fit: ``POST``, and a part of the path with its query; empty for any.
    nodes : tuple of int
        Which nodes, from 1; empty for all.
    when : str
        ``before`` the request takes effect (it does not, then), or ``after``.
    seconds : tuple of (float, float)
        Least and most of a duration in wall seconds.
    ledgers : int
        How many ledgers behind (or, of a header, ahead).
    share : float
        How much of the answer is sent, from 0 to 1.
    problem : str
        ``still_ingesting``, ``stale_history`` or ``service_unavailable``.
    text : str
        The passphrase to name.
    """

    kind: str
    name: str
    probability: float = 1.0
    count: int | None = None
    method: str = ""
    path: str = ""
    nodes: tuple[int, ...] = ()
    when: str = "before"
    seconds: tuple[float, float] = (0.0, 0.0)
    ledgers: int = 3
    share: float = 0.5
    problem: str = "still_ingesting"
    text: str = "Some Other Network ; January 1970"

    @property
    def phase(self) -> Phase:
        """Where it strikes."""
        return KINDS[self.kind].phase

    def fits(self, node: int, method: str, path: str) -> bool:
        """Tell whether a request to a node is one of those it strikes."""
        return (
            (not self.nodes or node in self.nodes)
            and (not self.method or method == self.method)
            and self.path in path
        )

    def to_dict(self) -> dict[str, Any]:
        """Return what `read` reads, without what its kind does not have."""
        document: dict[str, Any] = {}
        for field in fields(self):
            if field.name in SHARED or field.name in KINDS[self.kind].parameters:
                value = getattr(self, field.name)
                document[field.name] = list(value) if isinstance(value, tuple) else value
        return document

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """Read a fault from JSON-able data.

        Raises
        ------
        FaultError
            If the kind or a field is unknown, or a value is none that the field can have.
        """
        if not isinstance(document, Mapping):
            raise FaultError(f"fault {shown(document)} is not a table of fields such as kind: delay")
        kind = document.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            raise FaultError(f"fault kind {shown(kind)} is unknown: use one of {', '.join(KINDS)}")
        known = (*SHARED, *KINDS[kind].parameters)
        values: dict[str, Any] = {"seconds": DEFAULT_SECONDS.get(kind, 0.0), "name": kind}
        for name, value in document.items():
            if name not in known:
                raise FaultError(f"fault {kind} has no field {shown(name)}: it has {', '.join(known)}")
            values[name] = value
        return cls(**{name: _checked(kind, name, value) for name, value in values.items()})


def _checked(kind: str, name: str, value: Any) -> Any:
    """Return a field's value as `Fault` has it."""

    def refuse(wanted: str) -> FaultError:
        return FaultError(f"fault {kind}: {name} {shown(value)} is not {wanted}")

    match name:
        case "probability":
            if not _is_number(value) or not 0 < value <= 1:
                raise refuse("a number above 0, up to 1")
            return float(value)
        case "share":
            if not _is_number(value) or not 0 <= value < 1:
                raise refuse("a number from 0, below 1")
            return float(value)
        case "count":
            if value is not None and (not _is_integer(value) or value < 1):
                raise refuse("a whole number from 1")
        case "ledgers":
            least = -MAX_LEDGERS if kind == "latest_ledger" else 1
            if not _is_integer(value) or not least <= value <= MAX_LEDGERS:
                raise refuse(f"a whole number from {least} to {MAX_LEDGERS}")
        case "nodes":
            numbers = value if isinstance(value, list | tuple) else [value]
            if not all(_is_integer(number) and number >= 1 for number in numbers):
                raise refuse("a list of nodes, numbered from 1")
            return tuple(numbers)
        case "seconds":
            pair = value if isinstance(value, list | tuple) else [value, value]
            if len(pair) != 2 or not all(_is_number(bound) for bound in pair):
                raise refuse("a number, or a least and a most")
            if not 0 <= pair[0] <= pair[1] <= MAX_SECONDS:
                raise refuse(f"a span within 0 to {MAX_SECONDS:g}")
            return float(pair[0]), float(pair[1])
        case "when" if value not in WHEN:
            raise refuse("before or after")
        case "problem" if value not in PROBLEMS:
            raise refuse(f"one of {', '.join(PROBLEMS)}")
        case "method":
            if not isinstance(value, str) or not (value == "" or value.isalpha()):
                raise refuse("a method such as POST")
            return value.upper()
        case "name" | "path" | "text" if not isinstance(value, str):
            raise refuse("text")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
