"""What a node claims that is not so, where faults tell it to."""

from aiohttp import web

from ..faults import Fault
from .node import call_of
from .responses import network_of, sandbox_of

__all__ = ["VIEW_FAULT", "claimed_ledger", "passphrase_of"]

VIEW_FAULT = "view fault"
"""Set on a request: the fault by which its node sees an older ledger."""


def passphrase_of(request: web.Request) -> str:
    """Return the passphrase of the network, or another."""
    lie = network_of(request).faults.draw("header", *call_of(request), able=_names_another_network)
    return sandbox_of(request).network.passphrase if lie is None else lie.text


def claimed_ledger(request: web.Request, sequence: int) -> int:
    """Return the ledger that an answer as of `sequence` claims to be of."""
    view = request.get(VIEW_FAULT)
    if isinstance(view, Fault) and view.kind == "stale":
        sequence = network_of(request).history.latest
    lie = network_of(request).faults.draw("header", *call_of(request), able=_misses_the_ledger)
    return sequence if lie is None else max(1, sequence + lie.ledgers)


def _names_another_network(fault: Fault) -> bool:
    return fault.kind == "passphrase"


def _misses_the_ledger(fault: Fault) -> bool:
    return fault.kind == "latest_ledger"
