"""The few questions that the command line itself asks a Horizon node, one after another."""

import json
from base64 import b64encode
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

__all__ = ["Node", "NodeError"]


class NodeError(OSError):
    """The node is out of reach, or refused; the message says which node, what was asked, and what it said."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Node:
    """A Horizon node.

    Parameters
    ----------
    url : str
        Its address, as ``http://127.0.0.1:8000``.
    timeout : float
        Seconds to wait for an answer; a submission waits for its ledger.
    """

    def __init__(self, url: str, timeout: float = 40.0) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout

    def get(self, path: str, **parameters: object) -> dict[str, Any]:
        """Ask for a resource.

        Raises
        ------
        NodeError
            With the HTTP status where the node answered at all.
        """
        query = f"?{urlencode({key: str(value) for key, value in parameters.items()})}" if parameters else ""
        return self._answer(Request(f"{self.url}{path}{query}"))

    def submit(self, envelope_xdr: bytes) -> dict[str, Any]:
        """Send a signed transaction and wait until a ledger holds it."""
        body = urlencode({"tx": b64encode(envelope_xdr).decode()}).encode()
        return self._answer(Request(f"{self.url}/transactions", data=body))

    def _answer(self, request: Request) -> dict[str, Any]:
        try:
            with urlopen(request, timeout=self.timeout) as response:
                answer = json.load(response)
        except HTTPError as error:
            problem = _problem(error)
            raise NodeError(_sentence(self.url, request, error.code, problem), error.code) from None
        except (URLError, HTTPException, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise NodeError(
                f"no answer from Horizon at {self.url} ({reason}): is it running there?"
            ) from None
        except ValueError:
            raise NodeError(
                f"{self.url} answered {request.selector} with something that is not JSON: is it a Horizon?"
            ) from None
        if not isinstance(answer, dict):
            raise NodeError(
                f"{self.url} answered {request.selector} with a {type(answer).__name__}: is it a Horizon?"
            )
        return answer


def _problem(error: HTTPError) -> dict[str, Any]:
    try:
        problem = json.load(error)
    except (ValueError, OSError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _sentence(url: str, request: Request, status: int, problem: dict[str, Any]) -> str:
    extras = problem.get("extras")
    codes = extras.get("result_codes", "") if isinstance(extras, dict) else ""
    path = request.selector.partition("?")[0]
    return f"{url} answered {path} with {status} {problem.get('title', '')} {codes}".rstrip()
