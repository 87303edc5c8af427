"""Configuration of the strategy, as Hummingbot's ``create`` asks for it and its YAML file holds it."""

from decimal import Decimal
from typing import Any, ClassVar, Literal

from hummingbot.client.config.config_validators import validate_exchange
from hummingbot.client.config.strategy_config_data_types import BaseStrategyConfigMap
from hummingbot.client.settings import required_exchanges
from pydantic import ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from .memory.sizing import SizingRule
from .risk.limits import Limits
from .risk.pair_limits import parse_pair_limits
from .strategist.forecast_following import ForecastFollowing

__all__ = ["AiStellarConfigMap", "ConfigurationError"]


class ConfigurationError(ValueError):
    """A configuration that cannot be used; one sentence names the fields, their values and what is asked."""


def _amount(default: str, description: str, prompt: str | None = None, **bounds: Any) -> Any:
    return Field(
        default=Decimal(default),
        description=description,
        ge=0,
        allow_inf_nan=False,
        json_schema_extra={"prompt": prompt or description, "prompt_on_new": prompt is not None},
        **bounds,
    )


def _setting(default: Any, description: str, prompt: str | None = None, **bounds: Any) -> Any:
    return Field(
        default=default,
        description=description,
        json_schema_extra={"prompt": prompt or description, "prompt_on_new": prompt is not None},
        **bounds,
    )


class AiStellarConfigMap(BaseStrategyConfigMap):  # type: ignore[misc]
    """One exchange, a list of pairs, a style, hard limits, and how memory scales sizes.

    Shares are in percent. Money is in the quote asset of the first market.
    """

    model_config = ConfigDict(
        title="ai_stellar", extra="forbid", validate_assignment=True, validate_default=True
    )

    EXCHANGES: ClassVar[tuple[str, ...]] = ("stellar", "stellar_testnet", "stellar_local")

    strategy: str = _setting("ai_stellar", "Name of the strategy.")
    exchange: str = Field(
        default=...,
        description="Connector: stellar, stellar_testnet, stellar_local, or one of them with _paper_trade.",
        json_schema_extra={
            "prompt": "Which connector (stellar_local, stellar_testnet, stellar, or with _paper_trade)?",
            "prompt_on_new": True,
        },
    )
    markets: list[str] = Field(
        default=...,
        description="Trading pairs; values are counted in the quote asset of the first.",
        json_schema_extra={
            "prompt": "Which trading pairs, separated by commas (e.g. XLM-USDC)?",
            "prompt_on_new": True,
        },
    )
    style: Literal["forecast_following"] = _setting("forecast_following", "How a forecast becomes an order.")
    neutral_share: Decimal = _amount(
        "50",
        "Percent of a pair's money held in its base asset without a forecast.",
        "Which percentage of a pair's money is to be in its base asset without a forecast?",
        le=100,
    )
    tilt: Decimal = _amount(
        "30",
        "Percentage points by which a full signal moves that share.",
        "By how many percentage points may a full signal move that share?",
        le=100,
    )
    full_edge: Decimal = _amount(
        "5", "Percentage points of P(up) above or below 50 that count as a full signal.", gt=0, le=50
    )
    pace: Decimal = _amount("50", "Percent of the distance to the target that one order closes.", le=100)
    improvement: Decimal = _amount(
        "25", "How far inside the spread orders rest, percent of the spread; 0 joins the touch.", lt=100
    )
    smallest_step: Decimal = _amount(
        "0.5", "Percent of the pair's money below which no order is proposed.", le=100
    )
    max_order: Decimal = _amount(
        "250", "Hard limit: value of one order.", "What may one order be worth at most?"
    )
    max_position: Decimal = _amount(
        "1500",
        "Hard limit: value held of one pair's base asset, open buy orders counted as filled.",
        "What may be held of one pair's base asset at most?",
    )
    max_exposure: Decimal = _amount(
        "2000",
        "Hard limit: value held of everything but the quote asset of the first market.",
        "What may be held outside the first market's quote asset at most, over all pairs?",
    )
    max_open_orders: int = _setting(
        4,
        "Hard limit: orders that can still fill, over all pairs.",
        "How many orders may be open at once, over all pairs?",
        ge=0,
    )
    max_daily_loss: Decimal = _amount(
        "5",
        "Hard limit: percent lost of the equity at the start of the ledger's day (UTC).",
        "Which percentage of the day's starting equity may be lost before orders stop?",
        le=100,
    )
    max_drawdown: Decimal = _amount(
        "15",
        "Hard limit: percent lost of the highest equity seen.",
        "Which percentage of the highest equity may be lost before orders stop?",
        le=100,
    )
    max_price_deviation: Decimal = _amount(
        "1",
        "Hard limit: distance of an order's price from the mid, percent.",
        "How many percent from the mid may an order's price be?",
        le=100,
    )
    pair_limits: dict[str, dict[str, Decimal]] = _setting(
        "",
        "Hard limits of single pairs, where they differ: XLM-USDC max_order=100; AQUA-XLM max_position=50. "
        "Of max_order, max_position, max_price_deviation.",
        "Which limits differ by pair (as XLM-USDC max_order=100; AQUA-XLM max_position=50; Enter for none)?",
    )
    max_ledgers_behind: int = _setting(5, "Hard limit: ledgers the node may lag.", ge=0)
    max_ledger_age: Decimal = _amount("30", "Hard limit: seconds of wall time since the last ledger arrived.")
    memory_neighbours: int = _setting(
        20, "Similar past orders looked at for the size of the next.", ge=1, le=1000
    )
    memory_minimum: int = _setting(
        5, "Similar past orders needed before memory changes a size.", ge=1, le=1000
    )
    memory_gain: Decimal = _amount(
        "0.25", "Change of size for one unit of t of the similar orders' outcomes; 0 turns it off.", le=10
    )
    memory_floor: Decimal = _amount("0.5", "Memory multiplies a size by no less.", le=1)
    memory_ceiling: Decimal = _amount("1.5", "Memory multiplies a size by no more; 1 to 10.", le=10)
    model: str = _setting(
        "",
        "Directory of your own models, one below it a kind, or of a price model; empty for those shipped.",
    )
    references: str = _setting(
        "",
        "Exchange by whose candles the models are told of BTC, ETH and XRP, as binance; empty for none.",
    )
    reference_quote: str = _setting("USDT", "What those are quoted in there.")
    memory_file: str = _setting(
        "", "File of the memory; empty for data/ai_stellar_<name of this file>.sqlite."
    )

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise ConfigurationError(_sentence(error)) from None

    @field_validator("exchange", mode="before")
    @classmethod
    def _check_exchange(cls, value: Any) -> Any:
        if str(value).removesuffix("_paper_trade") not in cls.EXCHANGES:
            raise ValueError(
                f"{value!r} is no Stellar connector: choose one of {', '.join(cls.EXCHANGES)}, "
                "or one of them with _paper_trade"
            )
        if validate_exchange(value) is not None:
            raise ValueError(
                f"{value!r} is not enabled: add it to paper_trade_exchanges in conf/conf_client.yml"
                if value.endswith("_paper_trade")
                else f"{value!r} is not installed"
            )
        return value

    @field_validator("markets", mode="before")
    @classmethod
    def _split_markets(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = [pair.strip().upper() for pair in value.split(",") if pair.strip()]
        if not isinstance(value, list) or not value:
            raise ValueError("name at least one trading pair, as XLM-USDC")
        for pair in value:
            if ":" in str(pair):
                raise ValueError(
                    f"{pair!r} has a colon: write the pair alone, as XLM-USDC, and the connector in exchange"
                )
            assets = str(pair).split("-")
            if len(assets) != 2 or not all(assets):
                raise ValueError(f"{pair!r} is no trading pair: write base and quote as XLM-USDC")
            if assets[0] == assets[1]:
                raise ValueError(f"{pair!r} trades an asset against itself")
        if len(set(value)) < len(value):
            raise ValueError(f"a pair is named twice in {', '.join(value)}")
        return value

    @field_validator("pair_limits", mode="before")
    @classmethod
    def _read_pair_limits(cls, value: Any, info: ValidationInfo) -> Any:
        limits = parse_pair_limits(value)
        markets = info.data.get("markets", limits)
        for pair in limits:
            if pair not in markets:
                raise ValueError(f"{pair} is none of the markets {', '.join(markets)}")
        return limits

    @field_validator("memory_ceiling")
    @classmethod
    def _check_ceiling(cls, value: Decimal) -> Decimal:
        if value < 1:
            raise ValueError(f"{value} is below 1: memory could only shrink orders; use at least 1")
        return value

    @model_validator(mode="after")
    def _require_exchange(self) -> "AiStellarConfigMap":
        exchange = getattr(self, "exchange", None)  # absent while `create` still asks
        if exchange is not None:
            required_exchanges.add(exchange)  # what the classic client's checks look at
        return self

    def limits(self, pair: str) -> Limits:
        """Return the hard limits in force for a pair, percentages as shares."""
        own = parse_pair_limits(self.pair_limits).get(pair, {})  # unread where `create` did not ask
        return Limits(
            max_order=own.get("max_order", self.max_order),
            max_position=own.get("max_position", self.max_position),
            max_exposure=self.max_exposure,
            max_open_orders=self.max_open_orders,
            max_daily_loss=self.max_daily_loss / 100,
            max_drawdown=self.max_drawdown / 100,
            max_price_deviation=own.get("max_price_deviation", self.max_price_deviation) / 100,
            max_ledgers_behind=self.max_ledgers_behind,
            max_ledger_age=self.max_ledger_age,
        )

    def trading_style(self) -> ForecastFollowing:
        """Return the style, percentages as shares."""
        return ForecastFollowing(
            neutral_share=self.neutral_share / 100,
            tilt=self.tilt / 100,
            full_edge=float(self.full_edge / 100),
            pace=self.pace / 100,
            improvement=self.improvement / 100,
            smallest_step=self.smallest_step / 100,
        )

    def sizing_rule(self) -> SizingRule:
        """Return how memory scales sizes."""
        return SizingRule(
            neighbours=self.memory_neighbours,
            minimum=self.memory_minimum,
            gain=float(self.memory_gain),
            floor=float(self.memory_floor),
            ceiling=float(self.memory_ceiling),
        )


def _sentence(error: ValidationError) -> str:
    complaints = []
    for complaint in error.errors():
        name = ".".join(str(part) for part in complaint["loc"])
        kind, found = complaint["type"], complaint.get("input")
        if kind == "extra_forbidden":
            complaints.append(f"unknown field {name}: remove it or correct its name")
        elif kind == "missing":
            complaints.append(f"{name} is missing")
        else:
            message = complaint["msg"]
            ours = message.removeprefix("Value error, ")
            said = ours if ours != message else f"{message[:1].lower()}{message[1:]}"
            complaints.append(f"{name} is {found!r}: {said}")
    return "configuration of ai_stellar: " + "; ".join(complaints)
