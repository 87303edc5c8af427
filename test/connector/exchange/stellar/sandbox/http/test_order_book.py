"""The order book, where it differs from the offers in it."""

import pytest

from hummingbot.connector.exchange.stellar.ledger.asset import NATIVE
from hummingbot.connector.exchange.stellar.ledger.operations import ManageSellOffer

XLM = 10_000_000


async def test_the_price_of_a_level_is_in_lowest_terms(sandbox):
    (maker,) = sandbox.fund("maker", usdc=100 * XLM)
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, XLM, 50, 100))
    sandbox.submit(maker, ManageSellOffer(NATIVE, sandbox.usdc, XLM, 1, 2))
    sandbox.submit(maker, ManageSellOffer(sandbox.usdc, NATIVE, XLM, 40, 10))
    credit = {"asset_type": "credit_alphanum4", "asset_code": "USDC", "asset_issuer": sandbox.usdc.issuer}
    buying = {f"buying_{name}": value for name, value in credit.items()}
    book = await sandbox.get("/order_book", selling_asset_type="native", **buying)
    assert book["asks"] == [{"price_r": {"n": 1, "d": 2}, "price": "0.5000000", "amount": "2.0000000"}]
    assert book["bids"] == [{"price_r": {"n": 1, "d": 4}, "price": "0.2500000", "amount": "1.0000000"}]
    offers = (await sandbox.get("/offers", selling="native"))["_embedded"]["records"]
    assert [offer["price_r"] for offer in offers] == [{"n": 50, "d": 100}, {"n": 1, "d": 2}]


@pytest.mark.parametrize(("kind", "code"), [("credit_alphanum12", "USDC"), ("credit_alphanum4", "U-D")])
async def test_what_is_no_asset_has_an_empty_book(sandbox, kind, code):
    credit = {"asset_type": kind, "asset_code": code, "asset_issuer": sandbox.usdc.issuer}
    buying = {f"buying_{name}": value for name, value in credit.items()}
    book = await sandbox.get("/order_book", selling_asset_type="native", **buying)
    assert book == {"bids": [], "asks": [], "base": {"asset_type": "native"}, "counter": credit}
