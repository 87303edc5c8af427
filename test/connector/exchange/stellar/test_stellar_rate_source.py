"""On the sandbox Hummingbot values money by the sandbox's own books and asks no one on the internet."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hummingbot.client.config.client_config_map import ClientConfigMap
from hummingbot.core.rate_oracle.rate_oracle import RateOracle

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.connector.exchange.stellar.stellar_rate_source import StellarRateSource


@pytest.fixture(autouse=True)
def oracle() -> Iterator[RateOracle]:
    """Hummingbot's one rate oracle, as it was before and after."""
    shared = RateOracle.get_instance()
    before = shared.source
    yield shared
    shared.source = before


async def test_a_trading_connector_gives_the_mid_of_its_live_book(traders: Any, oracle: RateOracle) -> None:
    maker, taker = await traders("maker", "taker")
    maker.buy("100", "0.11")
    maker.sell("100", "0.13")
    await maker.resting(2)
    await taker.until(lambda: taker.exchange.get_price("XLM-USDC", True) == Decimal("0.13"))
    assert await oracle.rate_async("XLM-USDC") == Decimal("0.12")
    assert await oracle.source.get_prices() == {"XLM-USDC": Decimal("0.12")}


async def test_balances_alone_are_valued_by_books_asked_for(traders: Any, oracle: RateOracle) -> None:
    (maker,) = await traders("maker")
    maker.buy("100", "0.11")
    maker.sell("100", "0.13")
    await maker.resting(2)
    oracle.source = StellarRateSource(maker.exchange)
    reader = StellarExchange(maker.key.reveal(), maker.sandbox.url, domain="stellar_local")
    await reader._update_balances()
    source = StellarRateSource(reader)
    assert await source.get_prices("USDC") == {"XLM-USDC": Decimal("0.12")}
    assert await source.get_prices("NONE") == {}
    assert oracle.source._connector is maker.exchange  # a reader does not take the place of a trader


async def test_a_change_of_settings_does_not_last(traders: Any, oracle: RateOracle) -> None:
    (maker,) = await traders("maker")
    settings = ClientConfigMap()
    settings.tick_size = 0.5  # whichever: each puts Hummingbot's own source back
    assert oracle.source.name == "gate_io"
    await maker.exchange._update_balances()
    assert oracle.source._connector is maker.exchange


async def test_a_node_that_is_down_gives_no_rate(
    unused_tcp_port_factory: Callable[[], int], oracle: RateOracle
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port_factory()}"
    StellarExchange(SigningKey.generate().reveal(), url, trading_pairs=["XLM-USDC"], domain="stellar_local")
    assert oracle.source.name == "stellar_local order books"
    assert await oracle.source.get_prices("USDC") == {}


@pytest.mark.parametrize("domain", ["stellar", "stellar_testnet"])
def test_elsewhere_hummingbots_own_source_stays(domain: str, oracle: RateOracle) -> None:
    before = oracle.source
    StellarExchange(SigningKey.generate().reveal(), trading_pairs=["XLM-USDC"], domain=domain)
    assert oracle.source is before


def test_a_connector_made_to_list_pairs_changes_nothing(oracle: RateOracle) -> None:
    before = oracle.source
    StellarExchange(domain="stellar_local", trading_required=False)
    assert oracle.source is before
