"""Server-sent events: however the bytes are cut, the events are the same."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.horizon.errors import HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.event_stream import Event, EventParser

STREAM = (
    b'retry: 1000\nevent: open\ndata: "hello"\n\n'
    b'id: 141733924864\ndata: {"hash":"c5e6"}\n\n'
    b"event: error\ndata: problem: rate_limit_exceeded\n\n"
    b": a comment\r\nid: 7-1\r\ndata: {}\r\n\r\n"
    b'retry: 10\nevent: close\ndata: "byebye"\n\n'
)
EVENTS = [
    Event("open", b'"hello"', ""),
    Event("message", b'{"hash":"c5e6"}', "141733924864"),
    Event("error", b"problem: rate_limit_exceeded", "141733924864"),
    Event("message", b"{}", "7-1"),
    Event("close", b'"byebye"', "7-1"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_events_do_not_depend_on_how_bytes_are_chunked(cuts):
    edges = [0, *sorted(cuts), len(STREAM)]
    parser = EventParser()

    events = [event for a, b in pairwise(edges) for event in parser.feed(STREAM[a:b])]

    assert events == EVENTS


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_an_exception(data):
    for event in EventParser().feed(data):
        assert isinstance(event, Event)


@pytest.mark.parametrize("data", [b'{"cut', b"[]", b"", b"null", b"\xff"])
def test_data_that_is_no_json_object_is_named(data):
    with pytest.raises(HorizonUnavailable, match="JSON object"):
        Event("message", data, "").record()


def test_an_event_without_end_is_refused():
    parser = EventParser()

    with pytest.raises(HorizonUnavailable, match="16 MiB"):
        parser.feed(b"data: " + b"x" * 17 * 1024 * 1024)
