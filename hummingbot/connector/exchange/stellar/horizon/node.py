"""One Horizon node: requests through Hummingbot's web assistants and throttler, and streams beside them."""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from hummingbot.core.api_throttler.async_throttler_base import AsyncThrottlerBase
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest, RESTResponse
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .answer import Answer, read_answer
from .connection import Subscription, connection
from .errors import HorizonRefused, HorizonUnavailable, StreamSilent, reading
from .event_stream import Event
from .health import Health
from .network_proof import is_on_network
from .quota import Quota
from .transport import TRANSPORT_ERRORS, Params, broken, name_of, text_of

__all__ = ["HorizonNode", "Root"]

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class Root:
    """What a node says of itself.

    Parameters
    ----------
    passphrase : str
        Of its network.
    ledger : int
        The last one it can tell of.
    """

    passphrase: str
    ledger: int

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> "Root":
        """Read the answer to ``/``."""
        with reading("its root"):
            return cls(str(body["network_passphrase"]), int(body.get("history_latest_ledger", 0)))


class HorizonNode:
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

    Attributes
    ----------
    name : str
        Its address as it may be shown.
    health, stream_health : Health
        Of its answers, and of its streams.
    """

    def __init__(
        self,
        url: str,
        factory: WebAssistantsFactory,
        throttler: AsyncThrottlerBase,
        quota: Quota | None = None,
    ) -> None:
        self.name = name_of(url)
        self.health = Health()
        self.stream_health = Health()
        self.quota = quota
        self._url = url
        self._factory = factory
        self._throttler = throttler
        self._streams = 0

    @property
    def streams(self) -> int:
        """How many are open now."""
        return self._streams

    async def ask_root(self) -> Root:
        """Ask what it is.

        Raises
        ------
        HorizonUnavailable
            If it does not say.
        """
        try:
            return Root.read((await self.get("/")).body)
        except HorizonRefused as error:
            raise HorizonUnavailable(f"{self.name} is no Horizon: {error}") from None

    async def proves(self, passphrase: str) -> bool:
        """Tell whether the newest transaction has the hash that it has on a network of this passphrase.

        A node that has none yet is believed.

        Raises
        ------
        HorizonUnavailable
            If it does not show one.
        """
        try:
            newest = await self.get("/transactions", {"order": "desc", "limit": 1, "include_failed": "true"})
        except HorizonRefused as error:
            raise HorizonUnavailable(f"{self.name} shows no transactions: {error}") from None
        return all(is_on_network(record, passphrase) for record in newest.records)

    async def get(
        self, path: str, params: Params | None = None, seconds: float = CONSTANTS.REQUEST_TIMEOUT
    ) -> Answer:
        """Read one resource or page, waiting for it at most `seconds`.

        Raises
        ------
        HorizonRefused
            For a 4xx problem such as 404.
        HorizonUnavailable
            If there is no usable answer.
        """
        if self.quota is not None:
            await self.quota.take()
        request = RESTRequest(method=RESTMethod.GET, url=self._url + path, params=text_of(params))
        async with self._throttler.execute_task(limit_id=CONSTANTS.HORIZON_LIMIT):
            begun = time.monotonic()
            answer = await self._call(request, path, seconds)
            self.health.took(time.monotonic() - begun)
            return answer

    async def submit(self, envelope_xdr: bytes) -> Answer:
        """Send a signed transaction and wait until Horizon knows its fate (``POST /transactions``).

        Raises
        ------
        HorizonRefused
            If the transaction failed or was refused; `extras` hold its result.
        HorizonUnavailable
            If the outcome is unknown.
        """
        if self.quota is not None:
            self.quota.wait_for_token()  # paid for, but never held up
        path = "/transactions"
        body = urlencode({"tx": b64encode(envelope_xdr).decode()})
        request = RESTRequest(method=RESTMethod.POST, url=self._url + path, data=body, headers=FORM)
        async with self._throttler.execute_task(limit_id=CONSTANTS.SUBMIT_LIMIT):
            return await self._call(request, path, CONSTANTS.SUBMIT_TIMEOUT)

    async def stream(self, wanted: Subscription) -> AsyncGenerator[Event]:
        """Yield the events of one connection, until the node says goodbye or is left.

        Raises
        ------
        HorizonRefused
            If the node does not stream this.
        StreamSilent
            After too long a silence.
        HorizonUnavailable
            If the connection breaks, or ends without a goodbye.
        """
        if self.quota is not None:
            await self.quota.take()
            self.quota.open_stream()
        self._streams += 1
        try:
            with self._noting(self.stream_health):
                async with aclosing(connection(self._url, wanted)) as events:
                    async for event in events:
                        if event.kind == "message":
                            self.stream_health.recovered(time.monotonic())
                        yield event
        finally:
            self._streams -= 1
            if self.quota is not None:
                self.quota.close_stream()

    async def _call(self, request: RESTRequest, path: str, seconds: float) -> Answer:
        assistant = await self._factory.get_rest_assistant()
        with self._noting(self.health):
            try:
                response: RESTResponse = await assistant.call(request=request, timeout=seconds)
                text = await asyncio.wait_for(response.text(), seconds)
            except TRANSPORT_ERRORS as error:
                raise broken(error, f"Horizon at {self.name} cannot be reached") from None
            return read_answer(response.status, response.headers or {}, text.encode(), path)

    @contextmanager
    def _noting(self, health: Health) -> Iterator[None]:
        """Note how a request or stream ends. A refusal is an answer; a silence is judged by who waits."""
        try:
            yield
        except StreamSilent:
            raise
        except HorizonUnavailable as error:
            health.failed_with(str(error), time.monotonic(), error.retry_after)
            if error.status == 429 and self.quota is not None:
                self.quota.drain()
            raise
        except HorizonRefused:
            health.recovered(time.monotonic())
            raise
        else:
            health.recovered(time.monotonic())
