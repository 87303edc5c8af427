"""One Horizon node of a network: its number, its rate limit, and what it sees of the network."""

from asyncio import Future, get_running_loop, wait
from typing import Final

from aiohttp import web

from ..faults import Fault
from ..replica import Replica
from ..sandbox import Sandbox
from .rate_limit import RateLimit, Tokens

__all__ = ["CALL", "NODE", "Node", "Views", "call_of", "node_of"]

LEDGER_SECONDS: Final = 5.0


class Views:
    """What nodes see of the network where a fault lets them fall behind; one view a fault, for all nodes."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._replicas: dict[str, tuple[Fault, Replica]] = {}

    def prepare(self) -> None:
        """Set up views for the faults that need one, and drop those that are gone."""
        wanted = {fault.name: fault for fault in self._sandbox.faults.rules if fault.phase == "view"}
        kept = {name: pair for name, pair in self._replicas.items() if wanted.get(name) is pair[0]}
        for name, fault in wanted.items():
            if name not in kept:
                behind = 0 if fault.kind == "freeze" else fault.ledgers
                kept[name] = (fault, Replica(self._sandbox, behind))
        self._replicas = kept

    def choose(self, node: int, method: str, path: str) -> tuple[Fault | None, Sandbox]:
        """Return the fault by which a request sees an older ledger, and what it sees; None for the newest."""
        faults = self._sandbox.faults
        for fault, replica in self._replicas.values():
            if replica.stands_still and fault.fits(node, method, path):
                return fault, replica
        fault_now = faults.draw("view", node, method, path)
        if fault_now is None:
            return None, self._sandbox
        if self._replicas.get(fault_now.name, (None,))[0] is not fault_now:
            self.prepare()
        replica = self._replicas[fault_now.name][1]
        if fault_now.kind == "freeze":
            replica.freeze(fault_now.ledgers)
        return fault_now, replica


class Node:
    """A node.

    Parameters
    ----------
    number : int
        From 1.
    limit : RateLimit
    views : Views
    ledger_seconds : float
        What a ledger stands for in Horizon's own time-outs; on the public network it is about 5 s.
    look_seconds : float
        How often a stream looks for a new ledger, as a running Horizon does (by default every 5 s); 0 for
        streams that wake with the ledger.

    Attributes
    ----------
    answered : int
        Requests answered so far.
    """

    def __init__(
        self,
        number: int,
        limit: RateLimit,
        views: Views,
        ledger_seconds: float = LEDGER_SECONDS,
        look_seconds: float = 0.0,
    ) -> None:
        self.number = number
        self.look_seconds = look_seconds
        self.ledger_seconds = ledger_seconds
        self.limit = limit
        self.views = views
        self.answered = 0
        self._overtaken: Future[None] | None = None

    def take_token(self, request: web.Request) -> Tokens:
        """Charge a request to its address."""
        return self.limit.take(request.remote or "", get_running_loop().time())

    def overtake(self) -> None:
        """Count an answer, and let go of the one that is held back for it."""
        self.answered += 1
        if self._overtaken is not None and not self._overtaken.done():
            self._overtaken.set_result(None)
        self._overtaken = None

    async def hold(self, seconds: float) -> None:
        """Wait until another request is answered, or that long."""
        if self._overtaken is None:
            self._overtaken = get_running_loop().create_future()
        await wait((self._overtaken,), timeout=seconds)


NODE: Final = web.AppKey("node", Node)


def node_of(request: web.Request) -> Node:
    """Return the node that a request came to."""
    return request.app[NODE]


CALL: Final = "call"
"""Set on a request whose path does not say all: its method and path for the filters of faults."""


def call_of(request: web.Request) -> tuple[int, str, str]:
    """Return what the filters of faults look at: the node's number, the method, the path with its query."""
    method, path = request.get(CALL) or (request.method, request.path_qs)
    return node_of(request).number, method, path
