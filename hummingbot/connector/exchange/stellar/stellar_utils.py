"""What Hummingbot reads to discover the connector: its domains, fees and the keys it asks for.

Hummingbot imports this file of every connector at start, so it stays light: no SDK, no crypto, no ML.
"""

from decimal import Decimal
from typing import Any

from hummingbot.client.config.config_data_types import BaseConnectorConfigMap
from hummingbot.core.data_type.trade_fee import TradeFeeSchema
from pydantic import ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from hummingbot.connector.exchange.stellar.credentials import (
    check_account,
    check_fee_cap,
    check_merged_book,
    check_secret_key,
    check_urls,
)
from hummingbot.connector.exchange.stellar.stellar_constants import FEE_CAP

CENTRALIZED = True
EXAMPLE_PAIR = "XLM-USDC"

DEFAULT_FEES = TradeFeeSchema(
    maker_percent_fee_decimal=Decimal("0"),
    taker_percent_fee_decimal=Decimal("0"),
    buy_percent_fee_deducted_from_returns=True,
)
"""The ledger takes no share of a trade; the network's flat fee (XLM) is stated with an order's first fill."""


def _key(prompt: str) -> dict[str, Any]:
    return {"prompt": prompt, "is_secure": True, "is_connect_key": True, "prompt_on_new": True}


def _option(prompt: str) -> dict[str, Any]:
    return {"prompt": prompt, "is_secure": False, "is_connect_key": True, "prompt_on_new": True}


SECRET_PROMPT = "Enter your Stellar secret key (S…) for {}"
ACCOUNT_PROMPT = (
    "Enter the account to trade on (G…), if the key is an added signer of it (Enter for the key's own)"
)
URL_PROMPT = "Enter a Horizon URL for {}, or several separated by commas (Enter for the default)"
RPC_PROMPT = "Enter a Stellar RPC URL to read the account and send by (Enter for Horizon alone)"
ASSETS_PROMPT = "Enter your own assets as NAME=CODE:ISSUER, separated by commas (Enter for none)"
FEE_CAP_PROMPT = (
    f"Enter the most that an operation may cost, in stroops (Enter for {FEE_CAP}, which is 0.001 XLM)"
)

MERGED_BOOK_PROMPT = "Show liquidity pools as levels of the order books? (yes or no, Enter for no)"
CHANNELS_PROMPT = (
    "Enter the file with the keys of channel accounts, as ai-stellar channels writes it (Enter for none)"
)


class _Credentials(BaseConnectorConfigMap):  # type: ignore[misc]
    """What a domain's `connect` asks for; what cannot be used is refused as it is entered."""

    model_config = ConfigDict(hide_input_in_errors=True)

    @field_validator("*")
    @classmethod
    def _check(cls, value: Any, info: ValidationInfo) -> Any:
        domain = str(cls.model_config["title"])
        kind = str(info.field_name).removeprefix(f"{domain}_")
        if kind == "secret_key" and not _is_encrypted(value.get_secret_value()):
            return SecretStr(check_secret_key(value.get_secret_value(), domain))
        if kind == "account":
            return check_account(value, domain)
        if kind == "horizon_url":
            return ",".join(check_urls(value, f"Horizon URL of {domain}"))
        if kind == "rpc_url":
            return ",".join(check_urls(value, f"RPC URL of {domain}"))
        if kind == "assets" and value.strip():
            from hummingbot.connector.exchange.stellar.assets import AssetTable  # brings the crypto along

            AssetTable(domain, value)
        if kind == "fee_cap" and value.strip():
            return str(check_fee_cap(value, domain))
        if kind == "merged_book":
            check_merged_book(value, domain)
        return value


def _is_encrypted(text: str) -> bool:
    """Tell whether a secret is as Hummingbot's keystore writes it to the file: JSON in hexadecimal."""
    return text.startswith(b'{"'.hex()) and all(letter in "0123456789abcdef" for letter in text)


class StellarConfigMap(_Credentials):
    """Keys of the public network."""

    connector: str = "stellar"
    stellar_secret_key: SecretStr = Field(
        default=..., json_schema_extra=_key(SECRET_PROMPT.format("the public network"))
    )
    stellar_account: str = Field(default="", json_schema_extra=_option(ACCOUNT_PROMPT))
    stellar_horizon_url: str = Field(
        default="", json_schema_extra=_option(URL_PROMPT.format("the public network"))
    )
    stellar_assets: str = Field(default="", json_schema_extra=_option(ASSETS_PROMPT))
    stellar_fee_cap: str = Field(default="", json_schema_extra=_option(FEE_CAP_PROMPT))
    stellar_merged_book: str = Field(default="", json_schema_extra=_option(MERGED_BOOK_PROMPT))
    stellar_channels: str = Field(default="", json_schema_extra=_option(CHANNELS_PROMPT))
    stellar_rpc_url: str = Field(default="", json_schema_extra=_option(RPC_PROMPT))
    model_config = ConfigDict(title="stellar")


class StellarTestnetConfigMap(_Credentials):
    """Keys of the test network."""

    connector: str = "stellar_testnet"
    stellar_testnet_secret_key: SecretStr = Field(
        default=..., json_schema_extra=_key(SECRET_PROMPT.format("the test network"))
    )
    stellar_testnet_account: str = Field(default="", json_schema_extra=_option(ACCOUNT_PROMPT))
    stellar_testnet_horizon_url: str = Field(
        default="", json_schema_extra=_option(URL_PROMPT.format("the test network"))
    )
    stellar_testnet_assets: str = Field(default="", json_schema_extra=_option(ASSETS_PROMPT))
    stellar_testnet_fee_cap: str = Field(default="", json_schema_extra=_option(FEE_CAP_PROMPT))
    stellar_testnet_merged_book: str = Field(default="", json_schema_extra=_option(MERGED_BOOK_PROMPT))
    stellar_testnet_channels: str = Field(default="", json_schema_extra=_option(CHANNELS_PROMPT))
    stellar_testnet_rpc_url: str = Field(default="", json_schema_extra=_option(RPC_PROMPT))
    model_config = ConfigDict(title="stellar_testnet")


class StellarLocalConfigMap(_Credentials):
    """Keys of the sandbox on this machine."""

    connector: str = "stellar_local"
    stellar_local_secret_key: SecretStr = Field(
        default=..., json_schema_extra=_key(SECRET_PROMPT.format("the local sandbox"))
    )
    stellar_local_account: str = Field(default="", json_schema_extra=_option(ACCOUNT_PROMPT))
    stellar_local_horizon_url: str = Field(
        default="", json_schema_extra=_option(URL_PROMPT.format("the local sandbox"))
    )
    stellar_local_assets: str = Field(default="", json_schema_extra=_option(ASSETS_PROMPT))
    stellar_local_fee_cap: str = Field(default="", json_schema_extra=_option(FEE_CAP_PROMPT))
    stellar_local_merged_book: str = Field(default="", json_schema_extra=_option(MERGED_BOOK_PROMPT))
    stellar_local_channels: str = Field(default="", json_schema_extra=_option(CHANNELS_PROMPT))
    stellar_local_rpc_url: str = Field(default="", json_schema_extra=_option(RPC_PROMPT))
    model_config = ConfigDict(title="stellar_local")


KEYS = StellarConfigMap.model_construct()

OTHER_DOMAINS = ["stellar_testnet", "stellar_local"]
OTHER_DOMAINS_PARAMETER = {"stellar_testnet": "stellar_testnet", "stellar_local": "stellar_local"}
OTHER_DOMAINS_EXAMPLE_PAIR = {"stellar_testnet": "XLM-USDC", "stellar_local": "XLM-USDC"}
OTHER_DOMAINS_DEFAULT_FEES = {"stellar_testnet": DEFAULT_FEES, "stellar_local": DEFAULT_FEES}
OTHER_DOMAINS_KEYS = {
    "stellar_testnet": StellarTestnetConfigMap.model_construct(),
    "stellar_local": StellarLocalConfigMap.model_construct(),
}
