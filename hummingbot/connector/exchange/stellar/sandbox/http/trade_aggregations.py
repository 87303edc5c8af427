"""``/trade_aggregations``: bars of a pair, a minute to a week each; a reference before the sandbox's own."""

from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from ...ledger.amount import format_stroops
from ...ledger.asset import Asset
from ...ledger.price import format_price
from ..history import Bucket, History
from .asset_parameters import traded_pair
from .listings import read_past_query
from .parameters import INT64_MAX, PageQuery, unsigned, whole_number
from .problems import NOT_FOUND, bad_parameter
from .responses import base_url, json_response, link, sandbox_of

__all__ = ["render_bucket", "routes"]

HOUR: Final = 3_600_000
DAY: Final = 24 * HOUR
RESOLUTIONS: Final = (60_000, 300_000, 900_000, HOUR, DAY, 7 * DAY)
RESOLUTION_REASON: Final = (
    "illegal or missing resolution. allowed resolutions are: 1 minute (60000), 5 minutes (300000), 15 "
    "minutes (900000), 1 hour (3600000), 1 day (86400000) and 1 week (604800000)"
)
OFFSET_REASON: Final = (
    "illegal or missing offset. offset must be a multiple of an hour, less than or equal to the resolution, "
    "and less than 24 hours"
)
END_REASON: Final = (
    "illegal end time. adjusted end time must be greater than the offset and greater than the provided start "
    "time"
)


def routes() -> list[web.RouteDef]:
    """Return the routes of this family."""
    return [web.get("/trade_aggregations", _trade_aggregations, allow_head=False)]


async def _trade_aggregations(request: web.Request) -> web.Response:
    query = read_past_query(request)
    offset, resolution = (unsigned(request.query.get(name, ""), name) for name in ("offset", "resolution"))
    asked_start, asked_end = _time(request, "start_time"), _time(request, "end_time")
    pair = _pair(request)
    if resolution not in RESOLUTIONS:
        raise bad_parameter("resolution", RESOLUTION_REASON)
    if offset % HOUR or not 0 <= offset <= resolution or offset >= DAY:
        raise bad_parameter("offset", OFFSET_REASON)
    history = sandbox_of(request).history
    _check_known(history, *pair)
    start, end = _borders(asked_start, asked_end, resolution, offset)
    buckets = history.aggregation.page(
        *pair,
        resolution // 1000,
        offset=offset // 1000,
        start=start // 1000,
        end=end // 1000,
        limit=query.limit,
        ascending=query.ascending,
    )
    own = f"{base_url(request)}{request.path}"
    document: dict[str, Any] = {
        "_links": {
            "self": link(f"{own}?{request.query_string}"),
            "next": link(f"{own}?{_next(request, query, buckets, resolution, asked_start, asked_end)}"),
            "prev": link(""),
        },
        "_embedded": {"records": [render_bucket(bucket) for bucket in buckets]},
    }
    return json_response(document)


def _pair(request: web.Request) -> tuple[Asset, Asset]:
    base, counter = traded_pair(request)
    if base is None:
        raise bad_parameter("base_asset_type", "Missing required field")
    if counter is None:
        raise bad_parameter("counter_asset_type", "Missing required field")
    return base, counter


def _time(request: web.Request, field: str) -> int:
    """Read milliseconds, which may lie before 1970; 0 where none are given."""
    text = request.query.get(field, "") or "0"
    number = whole_number(text.removeprefix("-"))
    if number is None:
        raise bad_parameter(field, f'schema: error converting value for "{field}"')
    return -number if text.startswith("-") else number


def _borders(start: int, end: int, resolution: int, offset: int) -> tuple[int, int]:
    """Move a start time up and an end time down to the borders of buckets."""
    if start:
        start = max(-(-(start - offset) // resolution) * resolution + offset, offset)
    if not end:
        return start, INT64_MAX
    border = (end - offset) // resolution * resolution + offset
    if end < offset or border < start:
        raise bad_parameter("end_time", END_REASON)
    return start, border


def _check_known(history: History, base: Asset, counter: Asset) -> None:
    """As Horizon: an asset that never traded is not found, a pair of known assets may be empty."""
    for field, asset in (("base_asset", base), ("counter_asset", counter)):
        if not history.aggregation.knows(asset):
            raise NOT_FOUND.having({"invalid_field": field, "reason": "not found"})


def _next(
    request: web.Request, query: PageQuery, buckets: list[Bucket], resolution: int, start: int, end: int
) -> str:
    """Return the query of the next page.

    An ascending page without an end time leads to ``start_time=0``: so does a running Horizon.
    """
    if not buckets:
        return request.query_string
    parameters = dict(request.query)
    last = buckets[-1].start * 1000
    if query.ascending:
        parameters["start_time"] = str(min(last + resolution, end))
    else:
        parameters["end_time"] = str(max(last, start))
    return urlencode(sorted(parameters.items()))


def render_bucket(bucket: Bucket) -> dict[str, Any]:
    """Return a bucket as Horizon shows it."""
    document: dict[str, Any] = {
        "timestamp": str(bucket.start * 1000),
        "trade_count": str(bucket.trade_count),
        "base_volume": format_stroops(bucket.base_volume),
        "counter_volume": format_stroops(bucket.counter_volume),
        "avg": _average(bucket),
    }
    for name, (n, d) in (
        ("high", bucket.high),
        ("low", bucket.low),
        ("open", bucket.open),
        ("close", bucket.close),
    ):
        document[name] = format_price(n, d)
        document[f"{name}_r"] = {"n": str(n), "d": str(d)}
    return document


def _average(bucket: Bucket) -> str:
    """Return the average price, which is a float in Horizon, too."""
    if not bucket.base_volume:
        return format_price(*bucket.close)
    return f"{bucket.counter_volume / bucket.base_volume:.7f}"
