"""What holds for every resource: headers, methods, slashes, and errors of our own."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageData, Payment


async def test_answers_carry_horizons_headers(sandbox):
    (alice,) = sandbox.fund("alice")
    async with sandbox.http.get(f"/accounts/{alice.account}") as response:
        headers = response.headers
    assert headers["Content-Type"] == "application/hal+json; charset=utf-8"
    assert headers["Latest-Ledger"] == str(sandbox.sandbox.history.latest)
    assert headers["X-Ratelimit-Limit"] == "101"
    assert headers["Cache-Control"] == "no-cache, no-store, max-age=0"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_not_allowed(sandbox, method):
    async with sandbox.http.request(method, "/fee_stats") as response:
        assert response.status == 405
        assert await response.text() == ""


async def test_a_slash_at_the_end_makes_no_difference(sandbox):
    assert await sandbox.get("/fee_stats/") == await sandbox.get("/fee_stats")


async def test_the_root_names_the_network_and_its_newest_ledger(sandbox):
    await sandbox.close()
    root = await sandbox.get("/")
    assert root["network_passphrase"] == sandbox.sandbox.network.passphrase
    assert root["history_latest_ledger"] == sandbox.sandbox.network.header.sequence
    assert root["_links"]["friendbot"]["templated"] is True


async def test_links_name_the_server_as_the_client_did(sandbox):
    async with sandbox.http.get("/ledgers", headers={"Host": "stellar.test:99"}) as response:
        page = await response.json()
    assert page["_links"]["self"]["href"].startswith("http://stellar.test:99/ledgers?")


async def test_fees_of_the_last_five_ledgers(sandbox):
    (alice,) = sandbox.fund("alice")
    for fee in (100, 300, 300, 700):
        sandbox.submit(alice, Payment(alice.account, NATIVE, 1), fee=fee)
    stats = await sandbox.get("/fee_stats")
    assert stats["last_ledger"] == str(sandbox.sandbox.history.latest)
    assert stats["fee_charged"]["max"] == "100"
    assert {name: stats["max_fee"][name] for name in ("min", "mode", "p50", "max")} == {
        "min": "100",
        "mode": "300",
        "p50": "300",
        "max": "1000",
    }


async def test_an_error_of_our_own_is_a_problem_document(sandbox, monkeypatch, caplog):
    monkeypatch.setattr(sandbox.sandbox.history, "ledgers", None)
    problem = await sandbox.problem("/ledgers", 500)
    assert problem["title"] == "Internal Server Error"
    assert "GET /ledgers" in caplog.text


async def test_a_page_leads_to_the_next(sandbox):
    for _ in range(5):
        await sandbox.close()
    page = await sandbox.get("/ledgers", limit=2)
    following = await sandbox.get(page["_links"]["next"]["href"].removeprefix(sandbox.url))
    sequences = [record["sequence"] for record in following["_embedded"]["records"]]
    assert sequences == [3, 4]


@pytest.mark.parametrize(
    "number", ["9" * 5000, "9" * 20, str(2**64)], ids=["5000 digits", "20 digits", "2^64"]
)
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/ledgers?cursor={}", "cursor"),
        ("/trades?cursor={}-0", "cursor"),
        ("/trades?cursor=1-{}", "cursor"),
        ("/ledgers?limit={}", "limit"),
        ("/ledgers/{}", "ledger_id"),
        ("/ledgers/{}/transactions", "ledger_id"),
        ("/offers/{}", "offer_id"),
        ("/trades?offer_id={}", "offer_id"),
        ("/operations/{}", "id"),
        ("/operations/{}/effects", "op_id"),
        ("/trade_aggregations?base_asset_type=native&counter_asset_type=native&resolution={}", "resolution"),
    ],
)
async def test_a_number_too_long_for_the_ledger_is_a_bad_request(sandbox, path, field, number):
    problem = await sandbox.problem(path.format(number), 400)
    assert problem["extras"]["invalid_field"] == field


async def test_zeros_before_a_number_do_not_count(sandbox):
    zeros = "0" * 5000
    assert (await sandbox.get(f"/ledgers/{zeros}1"))["sequence"] == 1
    await sandbox.problem(f"/offers/{zeros}", 404)


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ("0", "non-positive"),
        ("-1", "non-positive"),
        ("201", "over limit max"),
        ("1_0", "unparseable"),
        ("x", "un"),
    ],
)
async def test_a_limit_is_a_number_from_1_to_200(sandbox, limit, reason):
    problem = await sandbox.problem("/ledgers", 400, limit=limit)
    assert problem["extras"]["invalid_field"] == "limit"
    assert reason in problem["extras"]["reason"]


async def test_pages_of_other_origins_may_read(sandbox):
    asked = {"Origin": "http://elsewhere.test", "Access-Control-Request-Method": "POST"}
    async with sandbox.http.options("/transactions", headers=asked) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Methods"] == "POST"
    async with sandbox.http.get("/fee_stats", headers={"Origin": "http://elsewhere.test"}) as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    async with sandbox.http.get("/fee_stats") as response:
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Server" not in response.headers


async def test_a_node_is_healthy(sandbox):
    async with sandbox.http.get("/health") as response:
        assert await response.json(content_type=None) == {
            "database_connected": True,
            "core_up": True,
            "core_synced": True,
        }


async def test_what_has_a_meaning_in_html_is_escaped(sandbox):
    (alice,) = sandbox.fund("alice")
    sandbox.submit(alice, ManageData("<a & b>", b"1"))
    async with sandbox.http.get(f"/accounts/{alice.account}") as response:
        assert b'"\\u003ca \\u0026 b\\u003e":' in await response.read()
        assert (await response.json())["data"] == {"<a & b>": "MQ=="}
    async with sandbox.http.get("/assets?asset_code=<>") as response:
        assert b'"\\u003c\\u003e is not a valid asset code"' in await response.read()
