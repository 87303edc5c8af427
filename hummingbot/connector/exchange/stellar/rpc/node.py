"""One Stellar RPC node: calls by JSON-RPC 2.0, through Hummingbot's web assistants and throttler.

References
----------
https://developers.stellar.org/docs/data/apis/rpc
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any, Final

import orjson
from hummingbot.core.api_throttler.async_throttler_base import AsyncThrottlerBase
from hummingbot.core.web_assistant.connections.data_types import RESTMethod, RESTRequest
from hummingbot.core.web_assistant.web_assistants_factory import WebAssistantsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.horizon.errors import HorizonRefused, HorizonUnavailable
from hummingbot.connector.exchange.stellar.horizon.health import Health
from hummingbot.connector.exchange.stellar.horizon.transport import TRANSPORT_ERRORS, broken, name_of

__all__ = ["RpcNode"]

JSON: Final = {"Content-Type": "application/json"}
INVALID_PARAMETERS: Final = -32602


class RpcNode:
    """The API of one RPC node. Its errors are those of Horizon's client: who asks acts on both alike.

    Parameters
    ----------
    url : str
    factory : WebAssistantsFactory
    throttler : AsyncThrottlerBase
        Knows the limit ``rpc``.

    Attributes
    ----------
    name : str
        Its address as it may be shown.
    health : Health
    """

    def __init__(self, url: str, factory: WebAssistantsFactory, throttler: AsyncThrottlerBase) -> None:
        self.name = name_of(url)
        self.health = Health()
        self._url = url
        self._factory = factory
        self._throttler = throttler

    async def call(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method and return its result.

        Raises
        ------
        HorizonRefused
            If the node does not accept the parameters.
        HorizonUnavailable
            If there is no usable result.
        """
        call = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        request = RESTRequest(
            method=RESTMethod.POST, url=self._url, data=orjson.dumps(call).decode(), headers=JSON
        )
        async with self._throttler.execute_task(limit_id=CONSTANTS.RPC_LIMIT):
            begun = time.monotonic()
            try:
                result = self._result(await self._post(request), method)
            except HorizonUnavailable as error:
                self.health.failed_with(str(error), time.monotonic(), error.retry_after)
                raise
            self.health.took(time.monotonic() - begun)
            self.health.recovered(time.monotonic())
            return result

    async def _post(self, request: RESTRequest) -> bytes:
        assistant = await self._factory.get_rest_assistant()
        seconds = CONSTANTS.REQUEST_TIMEOUT
        try:
            response = await assistant.call(request=request, timeout=seconds)
            text = await asyncio.wait_for(response.text(), seconds)
        except TRANSPORT_ERRORS as error:
            raise broken(error, f"RPC at {self.name} cannot be reached") from None
        if response.status != 200:
            raise HorizonUnavailable(f"RPC at {self.name} answered {response.status}", status=response.status)
        return bytes(text.encode())

    def _result(self, raw: bytes, method: str) -> dict[str, Any]:
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            body = None
        if not isinstance(body, dict):
            raise HorizonUnavailable(
                f"RPC at {self.name} answered {method} with something else than JSON-RPC"
            )
        error = body.get("error")
        if isinstance(error, dict):
            sentence = f"RPC at {self.name} refused {method}: {error.get('message', 'no reason given')}"
            if error.get("code") == INVALID_PARAMETERS:
                raise HorizonRefused(sentence, 400, {})
            raise HorizonUnavailable(sentence)
        result = body.get("result")
        if not isinstance(result, dict):
            raise HorizonUnavailable(f"RPC at {self.name} answered {method} without a result")
        return result
