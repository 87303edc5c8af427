"""One Horizon node: requests through Hummingbot's web assistants and throttler, and streams beside them."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
import orjson
from hummingbot.core.api_throttler.async_throttler_base import AsyncThrottlerBase
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest, RESTResponse
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .errors import HorizonRefused, HorizonUnavailable
from .event_stream import Event, EventParser
from .quota import Quota

__all__ = ["Answer", "Horizon"]

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
TRANSPORT_ERRORS: Final = (aiohttp.ClientError, asyncio.TimeoutError, OSError, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Horizon answered.

    Parameters
    ----------
    body : dict
        The JSON object.
    ledger : int
        The ledger it describes (header ``Latest-Ledger`` of state endpoints), 0 where Horizon does not say.
    """

    body: dict[str, Any]
    ledger: int

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records of a page."""
        records = self.body.get("_embedded", {}).get("records")
        if not isinstance(records, list):
            raise HorizonUnavailable("Horizon answered something else than a page of records")
        return records


class Horizon:
    """The API of one Horizon node.

    Parameters
    ----------
    url : str
        Without a trailing slash.
    factory : WebAssistantsFactory
        Makes Hummingbot's REST assistants.
    throttler : AsyncThrottlerBase
        Knows the limits ``horizon`` and ``horizon-submit``.
    quota : Quota, optional
        The node's hourly quota; None if it has none.
    """

    def __init__(
        self,
        url: str,
        factory: WebAssistantsFactory,
        throttler: AsyncThrottlerBase,
        quota: Quota | None = None,
    ) -> None:
        self.url = url
        self._quota = quota
        self._factory = factory
        self._throttler = throttler

    async def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Read one resource or page.

        Raises
        ------
        HorizonRefused
            For a 4xx problem such as 404.
        HorizonUnavailable
            If there is no usable answer.
        """
        request = RESTRequest(method=RESTMethod.GET, url=self.url + path, params=_text(params))
        return await self._call(request, CONSTANTS.HORIZON_LIMIT, CONSTANTS.REQUEST_TIMEOUT)

    async def submit(self, envelope_xdr: bytes) -> Answer:
        """Send a signed transaction and wait until Horizon knows its fate (``POST /transactions``).

        Raises
        ------
        HorizonRefused
            If the transaction failed or was refused; `extras` hold its result.
        HorizonUnavailable
            If the outcome is unknown.
        """
        body = urlencode({"tx": b64encode(envelope_xdr).decode()})
        request = RESTRequest(method=RESTMethod.POST, url=f"{self.url}/transactions", data=body, headers=FORM)
        return await self._call(request, CONSTANTS.SUBMIT_LIMIT, CONSTANTS.SUBMIT_TIMEOUT)

    async def pages(
        self, path: str, params: Mapping[str, str | int], cursor: str
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield page after page of records after `cursor`, in the order of the ledger, until none is left."""
        while True:
            answer = await self.get(
                path, {**params, "cursor": cursor, "order": "asc", "limit": CONSTANTS.PAGE}
            )
            records = answer.records
            if records:
                cursor = str(records[-1]["paging_token"])
                yield records
            if len(records) < CONSTANTS.PAGE:
                return

    async def follow(
        self, path: str, params: Mapping[str, str | int] | None = None, cursor: str = ""
    ) -> AsyncIterator[Event]:
        """Yield a stream's events for ever, resuming after the last one whenever a connection ends.

        Besides ``message`` events it yields ``open`` for each new connection, and ``lost`` with the reason
        for each that failed, so that the reader can poll; it then waits, longer each time up to 10 s.
        """
        wait = CONSTANTS.STREAM_RETRY_FIRST
        while True:
            try:
                async with self._counted_stream():
                    async for event in self._stream(path, params, cursor):
                        wait = CONSTANTS.STREAM_RETRY_FIRST
                        cursor = event.id or cursor
                        yield event
            except (HorizonRefused, HorizonUnavailable) as error:
                yield Event("lost", str(error).encode(), cursor)
                await asyncio.sleep(max(wait, getattr(error, "retry_after", 0.0)))
                wait = min(2 * wait, CONSTANTS.STREAM_RETRY_MOST)

    @asynccontextmanager
    async def _counted_stream(self) -> AsyncIterator[None]:
        if self._quota is None:
            yield
            return
        await self._quota.take()
        self._quota.open_stream()
        try:
            yield
        finally:
            self._quota.close_stream()

    async def _stream(
        self, path: str, params: Mapping[str, str | int] | None, cursor: str
    ) -> AsyncIterator[Event]:
        query = dict(_text(params) or {})
        headers = {"Accept": "text/event-stream"}
        if cursor:
            query["cursor"] = cursor
            headers["Last-Event-ID"] = cursor
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=CONSTANTS.REQUEST_TIMEOUT, sock_read=CONSTANTS.STREAM_STALL
        )
        parser = EventParser()
        try:
            session = await ConnectionsFactory()._get_shared_client()
            async with session.get(
                self.url + path, params=query, headers=headers, timeout=timeout
            ) as response:
                if response.status != 200 or response.content_type != "text/event-stream":
                    _read(response.status, response.headers, await response.read(), path)
                    raise HorizonUnavailable(f"Horizon does not stream {path}")
                async for chunk in response.content.iter_any():
                    for event in parser.feed(chunk):
                        if event.kind == "close":
                            continue  # read to the end, so that the connection serves the next request
                        if event.kind == "error":
                            reason = event.data.decode("utf-8", "replace")
                            raise HorizonUnavailable(f"Horizon ended its stream {path}: {reason}")
                        yield event
        except TRANSPORT_ERRORS as error:
            raise HorizonUnavailable(f"Horizon's stream {path} at {self.url} broke ({_why(error)})") from None

    async def _call(self, request: RESTRequest, limit_id: str, seconds: float) -> Answer:
        assistant = await self._factory.get_rest_assistant()
        path = str(request.url).removeprefix(self.url)
        if self._quota is not None:
            await self._quota.take()
        try:
            async with self._throttler.execute_task(limit_id=limit_id):
                response: RESTResponse = await assistant.call(request=request, timeout=seconds)
                text = await asyncio.wait_for(response.text(), seconds)
        except TRANSPORT_ERRORS as error:
            raise HorizonUnavailable(f"Horizon at {self.url} cannot be reached ({_why(error)})") from None
        return _read(response.status, response.headers or {}, text.encode(), path)


def _text(params: Mapping[str, str | int] | None) -> dict[str, str] | None:
    return {key: str(value) for key, value in params.items()} if params else None


def _why(error: BaseException) -> str:
    if isinstance(error, asyncio.TimeoutError):
        return "time-out"
    if isinstance(error, aiohttp.ClientConnectorError):
        return "connection refused"
    return str(error).strip() or type(error).__name__


def _read(status: int, headers: Mapping[str, str], raw: bytes, path: str) -> Answer:
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if status == 429 or status >= 500:
        title = body.get("title") if isinstance(body, dict) else None
        raise HorizonUnavailable(
            f"Horizon answered {status}{f' ({title})' if title else ''} to {path}", _seconds(headers)
        )
    if status == 400 and not raw.strip():
        raise HorizonRefused(f"Horizon answered 400 without a reason to {path}", status, {})
    if not isinstance(body, dict):
        raise HorizonUnavailable(
            f"Horizon answered {status} to {path} with something that is not a JSON object"
        )
    if status >= 400:
        extras = body.get("extras")
        title = body.get("title", "refused")
        reason = extras.get("reason") if isinstance(extras, dict) else None
        raise HorizonRefused(
            f"Horizon answered {status} ({title}{f': {reason}' if reason else ''}) to {path}",
            status,
            extras if isinstance(extras, dict) else {},
        )
    ledger = headers.get("Latest-Ledger", "0")
    return Answer(body, int(ledger) if ledger.isdigit() else 0)


def _seconds(headers: Mapping[str, str]) -> float:
    text = headers.get("Retry-After", "")
    return float(text) if text.isdigit() else 0.0
