"""``/paths`` in the words of Horizon, and paths that are paid as they were promised."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.amount import to_stroops
from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE, Asset
from hummingbot.connector.exchange.stellar.ledger.operations import (
    ChangeTrust,
    LiquidityPoolDeposit,
    ManageSellOffer,
    PathPaymentStrictReceive,
    PathPaymentStrictSend,
    Payment,
)
from hummingbot.connector.exchange.stellar.ledger.xdr import pool_id, pool_of

XLM = 10_000_000
LIMIT = 2**63 - 1
ANY_PRICE = (1, 2**31 - 1, 2**31 - 1, 1)


@pytest.fixture
def market(sandbox):
    """A sandbox where XLM buys USDC by offers, and USDC buys EUR by a pool."""
    sandbox.maker, sandbox.taker = sandbox.fund("maker", "taker", usdc=1000 * XLM)
    sandbox.euro = Asset("EUR", sandbox.usdc.issuer)
    for key in (sandbox.maker, sandbox.taker):
        sandbox.submit(key, ChangeTrust(sandbox.euro, LIMIT))
    sandbox.submit(sandbox.issuer, Payment(sandbox.maker.account, sandbox.euro, 1000 * XLM))
    pool = pool_of(sandbox.usdc, sandbox.euro)
    deposit = LiquidityPoolDeposit(pool_id(pool), 500 * XLM, 500 * XLM, *ANY_PRICE)
    sandbox.submit(sandbox.maker, ChangeTrust(pool, LIMIT), deposit)
    for n in (8, 9):
        sandbox.submit(sandbox.maker, ManageSellOffer(sandbox.usdc, NATIVE, 5 * XLM, n, 1))
    return sandbox


def credit(asset: Asset, prefix: str) -> dict[str, str]:
    return {
        f"{prefix}_asset_type": asset.type,
        f"{prefix}_asset_code": asset.code,
        f"{prefix}_asset_issuer": asset.issuer,
    }


async def records(sandbox, path: str, **parameters: object) -> list[dict]:
    return (await sandbox.get(path, **parameters))["_embedded"]["records"]


async def test_a_strict_send_gets_what_its_path_promises(market) -> None:
    (path,) = await records(
        market,
        "/paths/strict-send",
        source_asset_type="native",
        source_amount="50",
        destination_assets=str(market.euro),
    )
    assert [asset["asset_code"] for asset in path["path"]] == ["USDC"]
    promised = to_stroops(path["destination_amount"])
    pay = PathPaymentStrictSend(NATIVE, 50 * XLM, market.taker.account, market.euro, promised, (market.usdc,))
    (result,) = market.submit(market.taker, pay).result.operations
    assert result.delivery.amount == promised
    assert [claim.is_pool for claim in result.claims] == [False, False, True]


async def test_a_strict_receive_costs_what_its_path_promises(market) -> None:
    for parameters in ({"source_assets": "native"}, {"source_account": market.taker.account}):
        found = await records(
            market,
            "/paths/strict-receive",
            destination_amount="3.5",
            **credit(market.euro, "destination"),
            **parameters,
        )
        path = next(path for path in found if path["source_asset_type"] == "native")
        cost = to_stroops(path["source_amount"])
        pay = PathPaymentStrictReceive(
            NATIVE, cost, market.taker.account, market.euro, 35 * XLM // 10, (market.usdc,)
        )
        (result,) = market.submit(market.taker, pay).result.operations
        assert result.amount_sent == cost


async def test_an_account_is_offered_only_what_it_has(market) -> None:
    parameters = credit(market.euro, "destination") | {"source_account": market.taker.account}
    asked = await records(market, "/paths/strict-receive", destination_amount="9", **parameters)
    assert [path["source_asset_type"] for path in asked] == ["credit_alphanum4", "native"]
    poor = market.sandbox.network.state.trustlines[market.taker.account, market.usdc].copy()
    poor.balance = 5 * XLM
    market.sandbox.network.state.load(poor)
    asked = await records(market, "/paths/strict-receive", destination_amount="9", **parameters)
    assert [path["source_asset_type"] for path in asked] == ["native"]
    nobody = market.key("nobody").account
    parameters["source_account"] = nobody
    assert await records(market, "/paths/strict-receive", destination_amount="9", **parameters) == []


async def test_the_old_path_answers_as_strict_receive(market) -> None:
    parameters = credit(market.euro, "destination") | {"source_assets": "native", "destination_amount": "1"}
    old, new = (
        await records(market, "/paths", **parameters),
        await records(market, "/paths/strict-receive", **parameters),
    )
    assert old == new != []


async def test_without_offers_and_pools_there_is_nothing_to_search(sandbox) -> None:
    problem = await sandbox.problem(
        "/paths/strict-send", 503, source_asset_type="native", source_amount="1", destination_assets="native"
    )
    assert problem["type"].endswith("still_ingesting")


SEND = "source_asset_type=native&source_amount=1"
RECEIVE = "destination_asset_type=native&destination_amount=1"


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("strict-send?source_asset_type=bitcoin&source_amount=1", "source_asset_type", "Asset type must be"),
        (f"strict-send?{SEND}&destination_account=G", "destination_account", "Account ID must start"),
        (
            "strict-send?source_asset_type=native&destination_assets=native",
            "source_amount",
            "Missing required",
        ),
        (f"strict-send?{SEND}&destination_assets=native:x:y", "destination_assets", "is not a valid asset"),
        (f"strict-send?{SEND}&destination_assets=U-D:G", "destination_assets", "an invalid asset code"),
        (f"strict-send?{SEND}&destination_assets=USD:G", "destination_assets", "an invalid issuer"),
        (f"strict-send?{SEND}&destination_assets={','.join(['native'] * 16)}", "destination_assets", "of 3"),
        (f"strict-receive?{RECEIVE}&source_assets={','.join(['native'] * 16)}", "source_assets", "of 3"),
        (f"strict-receive?{RECEIVE}&source_account=X", "source_account", "Account ID must start"),
        ("strict-receive?destination_amount=1", "destination_asset_type", "Missing required field"),
        (
            "strict-receive?destination_asset_type=native&destination_amount=-1&source_assets=native",
            "destination_amount",
            "Amount must be positive",
        ),
    ],
)
async def test_what_cannot_be_asked_is_explained(market, query: str, field: str, reason: str) -> None:
    problem = await market.problem(f"/paths/{query}", 400)
    assert problem["extras"]["invalid_field"] == field
    assert reason in problem["extras"]["reason"]


async def test_an_account_with_too_many_lines_is_refused(market) -> None:
    lines = [ChangeTrust(Asset(f"T{number}", market.usdc.issuer), LIMIT) for number in range(13)]
    market.submit(market.taker, *lines)
    account = market.taker.account
    for path, field in ((f"strict-send?{SEND}", "destination"), (f"strict-receive?{RECEIVE}", "source")):
        problem = await market.problem(f"/paths/{path}&{field}_account={account}", 400)
        assert problem["extras"]["invalid_field"] == f"{field}_account"
        assert "exceeds limit of 15" in problem["extras"]["reason"]
