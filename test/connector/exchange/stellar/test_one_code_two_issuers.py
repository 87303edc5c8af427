"""Assets of one code but two issuers, or of codes that differ in case alone, trade beside each other."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.connector.exchange.paper_trade import create_paper_trade_market
from hummingbot.core.data_type.common import OrderType
from hummingbot.core.event.event_forwarder import EventForwarder
from hummingbot.core.event.events import MarketEvent
from hummingbot.user.user_balances import UserBalances

from hummingbot.connector.exchange.stellar import own_assets
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import ChangeTrust, CreateAccount, Payment
from hummingbot.connector.exchange.stellar.sandbox.market.assets import issuer_key
from test.connector.exchange.stellar.hummingbot_clock import clock_of

UNIT = 10_000_000


class Twins:
    """Two issuers beside the curated ones: of another USDC, and of a YXLM that is not yXLM.

    Attributes
    ----------
    entry : str
        The own assets as a user enters them.
    usdc, yxlm : str
        Hummingbot's names of the other USDC and of the false YXLM.
    """

    def __init__(self, sandbox: Any) -> None:
        self._sandbox = sandbox
        self._issuers = {
            "false USDC": sandbox.key("issuer of a false USDC"),
            "false YXLM": sandbox.key("issuer of a false YXLM"),
            "yXLM": issuer_key("yXLM"),
        }
        root = sandbox.sandbox.network.root_key()
        for key in self._issuers.values():
            sandbox.submit(root, CreateAccount(key.account, 100 * UNIT))
        usdc, yxlm = self._issuers["false USDC"].account, self._issuers["false YXLM"].account
        self.entry = f"USDC:{usdc}, YXLM:{yxlm}"
        self.usdc, self.yxlm = f"USDC.{usdc[:4]}", f"YXLM.{yxlm[:4]}"

    def endow(self, key: Any) -> None:
        """Give an account 1,000 of the false USDC, 500 yXLM and 300 of the false YXLM."""
        for name, amount in (("false USDC", 1000), ("yXLM", 500), ("false YXLM", 300)):
            code = name.removeprefix("false ")
            asset = Asset(code, self._issuers[name].account)
            self._sandbox.submit(key, ChangeTrust(asset, 2**63 - 1))
            self._sandbox.submit(self._issuers[name], Payment(key.account, asset, amount * UNIT))


@pytest.fixture
def twins(sandbox: Any) -> Twins:
    return Twins(sandbox)


@pytest.fixture
async def pair_of_traders(traders: Any, twins: Twins, sandbox: Any) -> Any:
    """Two traders who hold all of them and trade XLM against each."""
    plain = await traders("maker", "taker")
    pairs = ("XLM-USDC", f"XLM-{twins.usdc}", "YXLM-XLM", f"{twins.yxlm}-XLM", f"YXLM-{twins.yxlm}")
    both = []
    for trader in plain:
        await trader.stop()
        twins.endow(trader.key)
        both.append(type(trader)(sandbox, trader.key, pairs=pairs, assets=twins.entry))
    await asyncio.gather(*(trader.start() for trader in both))
    yield both
    for trader in both:
        await trader.stop()


async def test_orders_fills_and_balances_stay_apart(pair_of_traders, twins):
    maker, taker = pair_of_traders
    asks = {
        pair: maker.sell("100", price, pair=pair)
        for pair, price in (
            ("XLM-USDC", "0.10"),
            (f"XLM-{twins.usdc}", "0.05"),
            ("YXLM-XLM", "1"),
            (f"{twins.yxlm}-XLM", "0.01"),
            (f"YXLM-{twins.yxlm}", "2"),
        )
    }
    await maker.resting(5)
    assert len({offer.last_modified for offer in maker.offers.values()}) == 1

    taken = (f"XLM-{twins.usdc}", f"{twins.yxlm}-XLM", f"YXLM-{twins.yxlm}")
    for pair, price in zip(taken, ("0.05", "0.01", "2"), strict=True):
        bid = taker.buy("40", price, pair=pair)
        await taker.until(lambda bid=bid: "BuyOrderCompleted" in taker.told(bid))
    await maker.until(lambda: sum(maker.filled(ask) for ask in asks.values()) == 120)

    assert {pair: maker.filled(ask) for pair, ask in asks.items()} == {
        pair: (40 if pair in taken else 0) for pair in asks
    }
    expected = {"USDC": 10_000, twins.usdc: 1002, "YXLM": 460, twins.yxlm: 340}
    await maker.until(lambda: {name: maker.exchange.get_balance(name) for name in expected} == expected)
    assert maker.exchange.get_available_balance("YXLM") == 460 - 100 - 60
    assert maker.exchange.get_available_balance(twins.yxlm) == 340 - 60
    await taker.until(lambda: taker.exchange.get_balance(twins.yxlm) == 300 + 40 - 80)


async def test_hummingbots_balance_shows_each_by_its_name(traders, twins, sandbox):
    (trader,) = await traders("trader")
    twins.endow(trader.key)
    fields = ("stellar_local_secret_key", "stellar_local_horizon_url", "stellar_local_assets")
    keys = dict(zip(fields, (trader.key.reveal(), sandbox.url, twins.entry), strict=True))
    balances = UserBalances.instance()

    assert await balances.add_exchange("stellar_local", None, **keys) is None
    held = balances.all_balances("stellar_local")

    assert {name: held[name] for name in ("USDC", twins.usdc, "YXLM", twins.yxlm)} == {
        "USDC": 10_000,
        twins.usdc: 1000,
        "YXLM": 500,
        twins.yxlm: 300,
    }
    available = balances.all_available_balances_all_exchanges()["stellar_local"]
    assert {name: available[name.upper()] for name in held} == {**held, "XLM": available["XLM"]}


async def test_paper_trade_knows_own_assets_by_a_file_of_the_instance(
    pair_of_traders, twins, sandbox, monkeypatch, tmp_path
):
    maker, taker = pair_of_traders
    maker.sell("100", "0.10")
    maker.sell("100", "0.05", pair=f"XLM-{twins.usdc}")
    await maker.resting(2)
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / CONSTANTS.ASSETS_FILE).write_text(f"stellar_local: {twins.entry}\n")
    monkeypatch.setattr(own_assets, "root_path", lambda: tmp_path)
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, CONSTANTS.LOCAL, sandbox.url)
    pairs = ["XLM-USDC", f"XLM-{twins.usdc}"]
    paper = create_paper_trade_market("stellar_local", pairs)
    for name in ("XLM", "USDC", twins.usdc):
        paper.set_balance(name, Decimal(1000))
    filled: list[Any] = []
    listener = EventForwarder(filled.append)
    paper.add_listener(MarketEvent.OrderFilled, listener)

    async with clock_of(paper):
        await taker.until(lambda: paper.ready)
        prices = [paper.get_price(pair, True) for pair in pairs]
        paper.buy(pairs[1], Decimal(10), OrderType.LIMIT, Decimal("0.06"))
        await taker.until(lambda: filled != [])

    assert [float(price) for price in prices] == [pytest.approx(0.10), pytest.approx(0.05)]
    assert paper.get_balance("USDC") == 1000
    assert float(paper.get_balance(twins.usdc)) == pytest.approx(999.4)  # paper pays its own limit price


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("stellar_local: 7", "must hold lines DOMAIN: NAME=CODE:ISSUER"),
        ("- a list", "must hold lines"),
        ("\t", "must hold lines"),
        ("a: " + "[" * 5000, "must hold lines"),
        ("mars: GOLD=gold:G", "names mars, but the domains are stellar"),
    ],
)
def test_a_file_of_assets_that_cannot_be_used_is_refused_in_one_sentence(tmp_path, text, says):
    (tmp_path / CONSTANTS.ASSETS_FILE).write_text(text)
    with pytest.raises(ConfigurationError, match=says) as error:
        own_assets.own_assets("stellar_local", conf=tmp_path)
    assert "\n" not in str(error.value)


def test_assets_of_the_file_and_those_entered_add_up(tmp_path):
    (tmp_path / CONSTANTS.ASSETS_FILE).write_text("stellar_local: A=A:G1\nstellar: B=B:G2\n")

    assert own_assets.own_assets("stellar_local", "C=C:G3", tmp_path) == "A=A:G1, C=C:G3"
    assert own_assets.own_assets("stellar_testnet", "C=C:G3", tmp_path) == "C=C:G3"
    assert own_assets.own_assets("stellar", "", tmp_path / "none") == ""
