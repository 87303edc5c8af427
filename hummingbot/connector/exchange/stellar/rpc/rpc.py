"""The RPC nodes of one network as one: each call goes to the first that is well, or on to the next."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from hummingbot.connector.exchange.stellar.horizon.errors import (
    HorizonUnavailable,
    WrongNetwork,
    reading,
)
from hummingbot.connector.exchange.stellar.horizon.health import NodeStatus
from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock

from .node import RpcNode

__all__ = ["Rpc"]


class Rpc:
    """The API of a network's RPC nodes. One of another network is never used.

    Parameters
    ----------
    nodes : sequence of RpcNode
        At least one, the preferred ones first.
    domain : str
        For messages.
    passphrase : callable
        Returns that of the network, by its Horizon nodes.
    clock : LedgerClock
        Knows the newest ledger.
    """

    def __init__(
        self,
        nodes: Sequence[RpcNode],
        domain: str,
        passphrase: Callable[[], Awaitable[str]],
        clock: LedgerClock,
    ) -> None:
        self._nodes = tuple(nodes)
        self._domain = domain
        self._passphrase = passphrase
        self._clock = clock
        self._admitted: set[RpcNode] = set()

    @property
    def is_troubled(self) -> bool:
        """Whether the last call of every node failed."""
        return all(node.health.trouble for node in self._nodes)

    @property
    def rests(self) -> bool:
        """Whether every node is better left alone for a moment."""
        now = time.monotonic()
        return all(node.health.rests(now) for node in self._nodes)

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return how each node is doing, in the user's order."""
        now = time.monotonic()
        well = [n for n in self._nodes if n in self._admitted and not n.health.rests(now)]
        return tuple(
            NodeStatus(
                node.name,
                self._state(node, now, node in well[:1]),
                node.health.latency,
                node.health.lag,
                node.health.failed,
                0,
                node.health.refusal or node.health.trouble,
            )
            for node in self._nodes
        )

    def _state(self, node: RpcNode, now: float, is_first: bool) -> str:
        health = node.health
        states = (
            ("refused", bool(health.refusal)),
            ("resting", health.rests(now)),
            ("behind", health.is_behind),
            ("in use", is_first),
            ("ready", node in self._admitted),
        )
        return next((name for name, holds in states if holds), "untried")

    async def call(
        self, method: str, params: Mapping[str, Any], as_of: int = 0, repeats: bool = True
    ) -> dict[str, Any]:
        """Call a method and return its result.

        Parameters
        ----------
        as_of : int
            The ledger that the node must have reached.
        repeats : bool
            Whether another node may be asked where a call may have arrived.

        Raises
        ------
        HorizonRefused
            If the parameters are not accepted.
        HorizonUnavailable
            If no node has a usable result.
        """
        now, troubles = time.monotonic(), []
        for node in sorted(self._nodes, key=lambda node: node.health.rests(now)):
            is_called = False
            try:
                await self._admit(node)
                is_called = True
                result = await node.call(method, params)
                with reading("a result"):
                    latest = int(result.get("latestLedger", 0))
                if latest:
                    node.health.showed(latest, max(latest, self._clock.sequence))
                if latest >= as_of:
                    return result
                troubles.append(HorizonUnavailable(f"RPC at {node.name} has not reached ledger {as_of} yet"))
            except HorizonUnavailable as error:
                if not error.was_sent:  # it may be another one when it is back
                    self._admitted.discard(node)
                if is_called and error.was_sent and not repeats:
                    raise
                troubles.append(error)
        if len(troubles) == 1:
            raise troubles[0]
        wrong = all(isinstance(error, WrongNetwork) for error in troubles)
        raise (WrongNetwork if wrong else HorizonUnavailable)(
            f"none of the {len(troubles)} RPC nodes of {self._domain} has an answer: "
            + "; ".join(str(error) for error in troubles),
            was_sent=any(error.was_sent for error in troubles),
        )

    async def _admit(self, node: RpcNode) -> None:
        if node in self._admitted:
            return
        network = await node.call("getNetwork", {})
        named, wanted = network.get("passphrase"), await self._passphrase()
        if named != wanted:
            sentence = (
                f"the RPC node {node.name} belongs to the network {named!r}, not to {self._domain}: "
                "choose another URL"
            )
            node.health.refuse(sentence, time.monotonic())
            raise WrongNetwork(sentence, was_sent=False)
        node.health.admit()
        self._admitted.add(node)
