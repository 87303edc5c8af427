"""What a client wants to be answered with, by its header Accept, as Horizon reads it.

References
----------
Horizon, ``internal/render/main.go``; https://github.com/adjust/goautoneg.
"""

from collections.abc import Awaitable, Callable, Iterator
from functools import lru_cache
from typing import Final

from aiohttp import web

__all__ = ["ANYTHING", "EVENTS", "JSON", "RAW", "accepts_stream", "can_answer", "offering", "wanted"]

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

JSON: Final = "json"
EVENTS: Final = "events"
RAW: Final = "raw"
NOTHING: Final = ""
ANYTHING: Final = (EVENTS, RAW, NOTHING)

KINDS: Final = (
    ("application", "hal+json", JSON),
    ("application", "json", JSON),
    ("text", "event-stream", EVENTS),
    ("application", "octet-stream", RAW),
)
"""What Horizon has, best first."""

Range = tuple[float, str, str]
"""Of media: its weight, type and subtype."""

_offered: dict[Handler, tuple[str, ...]] = {}


def offering(*kinds: str) -> Callable[[Handler], Handler]:
    """Say what a handler answers with beside JSON."""

    def note(handler: Handler) -> Handler:
        _offered[handler] = kinds
        return handler

    return note


def can_answer(request: web.Request) -> bool:
    """Tell whether the handler of a request has what its client wants."""
    kind = wanted(request)
    return kind == JSON or kind in _offered.get(request.match_info.handler, ())


def wanted(request: web.Request) -> str:
    """Return what a client wants: ``JSON``, ``EVENTS`` or ``RAW``, or nothing that Horizon has."""
    return _kind(request.headers.get("Accept", ""))


def accepts_stream(request: web.Request) -> bool:
    """Tell whether a client asks for server-sent events."""
    return wanted(request) == EVENTS


@lru_cache(maxsize=256)
def _kind(accept: str) -> str:
    if not accept:
        return JSON
    for _, type, subtype in _by_preference(_ranges(accept)):
        for own_type, own_subtype, kind in KINDS:
            if (type, subtype) in ((own_type, own_subtype), (own_type, "*"), ("*", "*")):
                return kind
    return NOTHING


def _ranges(accept: str) -> Iterator[Range]:
    for part in accept.split(","):
        media, *parameters = part.split(";")
        type, slash, subtype = (text.strip(" ") for text in media.partition("/"))
        if (not slash and type != "*") or "/" in subtype:
            continue
        weight = 1.0
        for parameter in parameters:
            name, equals, value = parameter.partition("=")
            if equals and name.strip(" ") == "q":
                weight = _number(value)
        yield weight, type, subtype if slash else "*"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _by_preference(ranges: Iterator[Range]) -> list[Range]:
    """Sort ranges by insertion. Their order is not one of numbers: what is exact beats what weighs more."""
    ordered: list[Range] = []
    for media in ranges:
        at = len(ordered)
        while at and _beats(media, ordered[at - 1]):
            at -= 1
        ordered.insert(at, media)
    return ordered


def _beats(one: Range, other: Range) -> bool:
    return one[0] > other[0] or (one[1] != "*" == other[1]) or (one[2] != "*" == other[2])
