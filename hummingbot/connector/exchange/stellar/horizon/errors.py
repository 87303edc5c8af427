"""How a request to Horizon can end badly."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from hummingbot.connector.exchange.stellar.errors import StellarError

__all__ = ["HorizonError", "HorizonRefused", "HorizonUnavailable", "StreamSilent", "WrongNetwork", "reading"]


class HorizonError(StellarError):
    """Base of all errors of this package."""


class HorizonUnavailable(HorizonError):
    """No usable answer: refused connection, time-out, 429, 5xx, HTML or cut-off JSON.

    What the request did, if it could do anything, is unknown.

    Parameters
    ----------
    message : str
    retry_after : float
        Seconds the node asks to wait; 0 if it does not say.
    status : int
        The HTTP status, 0 if there was none.
    was_sent : bool
        Whether the request may have reached the node.
    """

    def __init__(
        self, message: str, retry_after: float = 0.0, status: int = 0, was_sent: bool = True
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.status = status
        self.was_sent = was_sent


class HorizonRefused(HorizonError):
    """Horizon understood the request and said no (4xx with a problem document).

    Parameters
    ----------
    message : str
    status : int
        The HTTP status.
    extras : mapping
        Horizon's ``extras``, with ``result_codes`` and ``result_xdr`` for transactions.
    ledger : int
        The ledger of which it is said, 0 where Horizon does not say.
    """

    def __init__(self, message: str, status: int, extras: Mapping[str, Any], ledger: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.extras = extras
        self.ledger = ledger


class StreamSilent(HorizonUnavailable):
    """A stream sent nothing for longer than it may."""


class WrongNetwork(HorizonUnavailable):
    """The node belongs to another Stellar network than the domain; nothing was asked of it."""


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn the failure to read a record (a field missing or of another kind) into `HorizonUnavailable`."""
    try:
        yield
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise HorizonUnavailable(
            f"Horizon sent {what} that cannot be read ({type(error).__name__}: {error})"
        ) from None
