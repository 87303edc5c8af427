"""The configuration: unknown fields and values that bound nothing are refused in one sentence."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hummingbot.client.config.config_helpers import ClientConfigAdapter, ConfigValidationError
from hummingbot.client.settings import AllConnectorSettings, required_exchanges

from hummingbot.strategy.ai_stellar.ai_stellar_config_map_pydantic import (
    AiStellarConfigMap,
    ConfigurationError,
)

TEMPLATE = Path("hummingbot/templates/conf_ai_stellar_strategy_TEMPLATE.yml")


def config(**fields: Any) -> AiStellarConfigMap:
    return AiStellarConfigMap(**{"exchange": "stellar_local", "markets": "XLM-USDC", **fields})


def test_the_defaults_need_only_exchange_and_markets() -> None:
    assert config().limits("XLM-USDC").max_daily_loss == Decimal("0.05")
    assert config().trading_style().neutral_share == Decimal("0.5")
    assert config().sizing_rule().gain == 0.25


def test_markets_are_a_list_written_either_way() -> None:
    assert config(markets="xlm-usdc, AQUA-XLM").markets == ["XLM-USDC", "AQUA-XLM"]
    assert config(markets=["XLM-USDC"]).markets == ["XLM-USDC"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"max_ordre": 5}, "unknown field max_ordre"),
        ({"max_order": "nan"}, "max_order is 'nan': input should be a finite number"),
        ({"max_order": float("nan")}, "max_order is nan: input should be a finite number"),
        ({"max_position": float("inf")}, "max_position is inf"),
        ({"max_exposure": -1}, "max_exposure is -1: input should be greater than or equal to 0"),
        ({"max_open_orders": -1}, "max_open_orders is -1"),
        ({"max_daily_loss": 101}, "max_daily_loss is 101: input should be less than or equal to 100"),
        ({"max_ledger_age": None}, "max_ledger_age is None"),
        ({"full_edge": 0}, "full_edge is 0: input should be greater than 0"),
        ({"memory_ceiling": "0.5"}, "memory_ceiling is '0.5': 0.5 is below 1"),
        ({"exchange": "binance"}, "'binance' is no Stellar connector"),
        ({"exchange": "stellar_testnet_paper_trade"}, "is not enabled: add it to paper_trade_exchanges"),
        ({"markets": ""}, "name at least one trading pair"),
        ({"markets": "XLM"}, "'XLM' is no trading pair"),
        ({"markets": "stellar_local:XLM-USDC"}, "has a colon: write the pair alone"),
        ({"markets": ["stellar_local:XLM-USDC"]}, "and the connector in exchange"),
        ({"markets": "XLM-XLM"}, "trades an asset against itself"),
        ({"markets": "XLM-USDC,XLM-USDC"}, "a pair is named twice"),
        ({"pair_limits": "AQUA-XLM max_order=5"}, "AQUA-XLM is none of the markets XLM-USDC"),
        ({"pair_limits": {"XLM-USDC": {"max_ordre": 5}}}, "max_ordre of XLM-USDC is no limit: choose from"),
        ({"pair_limits": "XLM-USDC max_order=-5"}, "max_order of XLM-USDC is -5: it must be a finite number"),
        ({"pair_limits": {"XLM-USDC": {"max_order": float("nan")}}}, "max_order of XLM-USDC is nan"),
        ({"pair_limits": "XLM-USDC max_drawdown=5"}, "max_drawdown holds for all pairs together"),
        ({"pair_limits": "much"}, "'much' is not PAIR LIMIT=VALUE"),
        ({"style": "martingale"}, "style is 'martingale'"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config(**fields)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("configuration of ai_stellar: ")


@pytest.mark.parametrize(
    "written",
    [
        "AQUA-XLM max_order=20 max_price_deviation=3",
        {"AQUA-XLM": {"max_order": 20, "max_price_deviation": "3"}},
    ],
)
def test_limits_can_differ_by_pair(written: Any) -> None:
    chosen = config(markets="XLM-USDC,AQUA-XLM", pair_limits=written)
    common, own = chosen.limits("XLM-USDC"), chosen.limits("AQUA-XLM")
    assert common == config().limits("XLM-USDC")
    assert (own.max_order, own.max_price_deviation) == (Decimal(20), Decimal("0.03"))
    assert replace(own, max_order=common.max_order, max_price_deviation=Decimal("0.01")) == common
    saved = ClientConfigAdapter(chosen).generate_yml_output_str_with_comments()
    assert AiStellarConfigMap(**yaml.safe_load(saved)) == chosen


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(ConfigurationError, match=r"max_order.*; .*foo.*"):
        config(max_order=-1, foo=1)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(ConfigurationError, match="exchange is missing; markets is missing"):
        AiStellarConfigMap()


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_order", "nan"), ("max_order", "-3"), ("max_order", "much"), ("exchange", "binance")],
)
def test_create_refuses_a_value_and_keeps_the_old_one(name: str, value: str) -> None:
    asked = ClientConfigAdapter(config())
    before = getattr(asked, name)
    with pytest.raises(ConfigValidationError):
        setattr(asked, name, value)
    assert getattr(asked, name) == before


def test_create_can_begin_with_nothing_and_be_answered_field_by_field() -> None:
    asked = ClientConfigAdapter(AiStellarConfigMap.model_construct())
    names = [name for name in AiStellarConfigMap.model_fields if asked.get_client_data(name).prompt_on_new]
    assert names[:2] == ["exchange", "markets"]
    asked.exchange = "stellar_local"
    asked.markets = "XLM-USDC"
    for name in names[2:]:
        setattr(asked, name, asked.get_default_str_repr(name))
    assert asked.hb_config.limits("XLM-USDC") == config().limits("XLM-USDC")
    assert "stellar_local" in required_exchanges


async def test_every_field_has_a_prompt() -> None:
    asked = ClientConfigAdapter(AiStellarConfigMap.model_construct())
    for name in AiStellarConfigMap.model_fields:
        assert await asked.get_client_prompt(name)


def test_what_create_saves_loads_again() -> None:
    saved = ClientConfigAdapter(config(markets="XLM-USDC,AQUA-XLM")).generate_yml_output_str_with_comments()
    assert AiStellarConfigMap(**yaml.safe_load(saved)) == config(markets="XLM-USDC,AQUA-XLM")


def test_the_template_holds_every_field_with_its_default() -> None:
    content = yaml.safe_load(TEMPLATE.read_text())
    assert list(content) == list(AiStellarConfigMap.model_fields)
    assert AiStellarConfigMap(**content) == config()


def test_the_connectors_are_those_that_hummingbot_finds() -> None:
    assert set(AiStellarConfigMap.EXCHANGES) <= set(AllConnectorSettings.get_connector_settings())
