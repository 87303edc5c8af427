"""Timelines: ids beyond a cursor, in both directions."""

from hypothesis import given
from hypothesis import strategies as st

from hummingbot.connector.exchange.stellar.sandbox.history.timeline import Timeline

ids = st.lists(st.integers(0, 200), unique=True).map(sorted)


@given(ids, st.integers(-1, 201))
def test_walks_go_strictly_beyond_the_cursor(ids, cursor):
    line = Timeline(ids)
    assert list(line.walk(cursor, ascending=True)) == [id for id in ids if id > cursor]
    assert list(line.walk(cursor, ascending=False)) == [id for id in reversed(ids) if id < cursor]


@given(ids, st.integers(0, 201))
def test_forgetting_leaves_what_is_not_older(ids, first):
    line = Timeline(ids)
    assert line.forget_before(first) == any(id >= first for id in ids)
    assert list(line.walk(-1, ascending=True)) == [id for id in ids if id >= first]


def test_an_id_is_listed_once():
    line = Timeline()
    for id in (1, 1, 2, 2):
        line.append(id)
    assert len(line) == 2
