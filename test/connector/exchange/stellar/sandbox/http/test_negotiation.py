"""What a client wants and what it gets."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.operations import ManageData

JSON, EVENTS = "application/hal+json; charset=utf-8", "text/event-stream; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "got"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("application/json, text/event-stream", JSON),
        ("text/event-stream, application/json", EVENTS),
        ("text/event-stream;q=0.5, application/json", JSON),
        ("*/*, text/event-stream;q=0.1", EVENTS),
        ("text/*", EVENTS),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("text/html", None),
        ("application/octet-stream", None),
        ("nonsense", None),
    ],
)
async def test_the_first_that_fits_is_answered_with(sandbox, accept, got):
    async with sandbox.http.get("/ledgers", headers={"Accept": accept}) as answer:
        assert answer.headers["Content-Type"] == (got or "application/problem+json; charset=utf-8")
        assert answer.status == (200 if got else 406)


@pytest.mark.parametrize(
    "path", ["/", "/fee_stats", "/ledgers/2", "/assets", "/accounts?signer=x", "/operations/1", "/offers/1"]
)
async def test_what_does_not_stream_is_not_acceptable_whatever_else_is_wrong(sandbox, path):
    async with sandbox.http.get(path, headers={"Accept": "text/event-stream"}) as answer:
        assert answer.status == 406


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/health", 200)])
async def test_some_paths_ask_for_no_acceptance(sandbox, path, status):
    async with sandbox.http.get(path, headers={"Accept": "text/html"}) as answer:
        assert answer.status == status


async def test_data_come_as_bytes_to_who_wants_bytes(sandbox):
    (alice,) = sandbox.fund("alice")
    sandbox.submit(alice, ManageData("text", b"a value"), ManageData("binary", b"\x00\xff"))
    for name, value, kind in (
        ("text", b"a value", "text/plain; charset=utf-8"),
        ("binary", b"\x00\xff", "application/octet-stream"),
    ):
        path = f"/accounts/{alice.account}/data/{name}"
        async with sandbox.http.get(path, headers={"Accept": "application/octet-stream"}) as answer:
            assert (await answer.read(), answer.headers["Content-Type"]) == (value, kind)
            assert "Latest-Ledger" in answer.headers
