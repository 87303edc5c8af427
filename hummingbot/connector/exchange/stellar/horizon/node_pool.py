"""The nodes of one network: which may be used, and which comes first."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS

from .errors import HorizonError, HorizonUnavailable, WrongNetwork
from .health import LAG_MOST, NodeStatus
from .ledger_clock import LedgerClock
from .node import HorizonNode, Root

__all__ = ["NodePool", "too_early"]

PUBLIC: Final = CONSTANTS.PASSPHRASES[CONSTANTS.DEFAULT_DOMAIN]

SLOW_LEAST: Final = 0.25
SLOW_TIMES: Final = 4.0
PATIENCE_LEAST: Final = 2.0
PATIENCE_TIMES: Final = 8.0
WATCH_LEDGERS: Final = 6.0
WATCH_PAUSE: Final = 0.25
WATCH_LEAST: Final = 1.0
WATCH_MOST: Final = 30.0


class NodePool:
    """Ranks the nodes of a network.

    The user's order stands, but behind nodes that rest after a failure, are behind the others, fail often,
    have used up their quota or are much slower. All of that passes: a node that does well again takes its
    old place.

    A node is asked for its network before anything else. One of another network is never used.

    Parameters
    ----------
    nodes : sequence of HorizonNode
        At least one.
    domain : str
        Whose passphrase the nodes must name. Those of a sandbox must agree with the first whose transactions
        prove what it names.
    clock : LedgerClock
    """

    def __init__(self, nodes: Sequence[HorizonNode], domain: str, clock: LedgerClock) -> None:
        self._nodes = tuple(nodes)
        self._domain = domain
        self._clock = clock
        self._passphrase = CONSTANTS.PASSPHRASES[domain] or ""
        self._admitted: set[HorizonNode] = set()
        self._asking = {node: asyncio.Lock() for node in nodes}
        self._founding = asyncio.Lock()
        self._looked_at = dict.fromkeys(nodes, float("-inf"))

    def ranked(self) -> list[HorizonNode]:
        """Return the nodes that may be tried, best first.

        Raises
        ------
        WrongNetwork
            If all are known to be of other networks.
        """
        now = time.monotonic()
        usable = [node for node in self._nodes if not (node.health.refusal and node.health.rests(now))]
        if not usable:
            raise WrongNetwork(self._nodes[0].health.refusal)
        fastest = self._fastest(usable)
        return sorted(usable, key=lambda node: self._faults(node, now, fastest))

    def able_to_stream(self) -> list[HorizonNode]:
        """Return the nodes whose streams may be tried, best first."""
        now = time.monotonic()
        with suppress(WrongNetwork):
            return [
                node
                for node in self.ranked()
                if not (node.health.rests(now) or node.stream_health.rests(now) or node.health.is_behind)
            ]
        return []

    def is_worth_staying(self, node: HorizonNode) -> bool:
        """Tell whether an open stream of a node is still worth listening to."""
        return not node.health.refusal and (not node.health.is_behind or not self.able_to_stream())

    async def admit(self, node: HorizonNode, as_of: int = 0) -> None:
        """Make sure that a node is of our network and, if wanted, has reached a ledger.

        Raises
        ------
        WrongNetwork
            If it is of another.
        HorizonUnavailable
            If it does not answer, or is not there yet.
        """
        if node not in self._admitted or node.health.ledger < as_of:
            await self._ask(node, as_of)
        if node.health.ledger < as_of:
            raise too_early(node, as_of)

    async def check_claim(self, node: HorizonNode, ledger: int) -> None:
        """Let a node show that it has a ledger, where it claims one well beyond those that it has shown.

        Raises
        ------
        HorizonUnavailable
            If it does not show it: what it answered is of another ledger than it says.
        """
        if ledger > node.health.ledger + LAG_MOST:
            await self.admit(node, ledger)

    async def passphrase(self) -> str:
        """Ask for the network's passphrase.

        Raises
        ------
        WrongNetwork
            If the nodes that answer are of another network.
        HorizonUnavailable
            If none answers.
        """
        troubles: list[HorizonError] = []
        for node in self.ranked():
            try:
                self._judge(node, await self._root(node))
                return self._passphrase
            except HorizonUnavailable as error:
                self.note(node, error)
                troubles.append(error)
        raise self.joined(troubles)

    def note(self, node: HorizonNode, error: HorizonUnavailable) -> None:
        """Note a failure: a node that refuses connections may be another one when it is back."""
        if not error.was_sent:
            self._admitted.discard(node)

    def saw(self, node: HorizonNode, ledger: int) -> None:
        """Note that a node has shown a ledger."""
        newest = max((other.health.ledger for other in self._admitted), default=0)
        node.health.showed(ledger, max(newest, self._clock.sequence))

    def patience(self, node: HorizonNode) -> float:
        """Return the seconds to wait for an answer: fewer where another node can be asked."""
        usual = node.health.latency
        if len(self._admitted) < 2 or usual is None:
            return CONSTANTS.REQUEST_TIMEOUT
        return min(max(PATIENCE_TIMES * usual, PATIENCE_LEAST), CONSTANTS.REQUEST_TIMEOUT)

    def joined(self, troubles: Sequence[HorizonError]) -> HorizonError:
        """Return what to raise when no node had an answer."""
        if len(troubles) == 1:
            return troubles[0]
        refused = [error for error in troubles if not isinstance(error, HorizonUnavailable)]
        if refused:
            return refused[0]
        wrong = all(isinstance(error, WrongNetwork) for error in troubles)
        unavailable = [error for error in troubles if isinstance(error, HorizonUnavailable)]
        return (WrongNetwork if wrong else HorizonUnavailable)(
            f"none of the {len(troubles)} nodes of {self._domain} has an answer: "
            + "; ".join(str(error) for error in troubles),
            min(error.retry_after for error in unavailable),
            was_sent=any(error.was_sent for error in unavailable),
        )

    async def watch(self) -> None:
        """Look at every node now and then, so that one that does well again is known; runs for ever."""
        while True:
            now = time.monotonic()
            await asyncio.gather(*(self._look_at(node) for node in self._nodes if self._is_due(node, now)))
            await asyncio.sleep(WATCH_PAUSE)

    def statuses(self) -> tuple[NodeStatus, ...]:
        """Return how each node is doing, in the user's order."""
        now = time.monotonic()
        first: HorizonNode | None = None
        with suppress(WrongNetwork):
            first = self.ranked()[0]
        return tuple(
            NodeStatus(
                node.name,
                self._state(node, now, node is first),
                node.health.latency,
                node.health.lag,
                node.health.failed,
                node.streams,
                node.health.refusal or node.health.trouble or node.stream_health.trouble,
            )
            for node in self._nodes
        )

    def _state(self, node: HorizonNode, now: float, is_first: bool) -> str:
        health = node.health
        states = (
            ("refused", bool(health.refusal)),
            ("resting", health.rests(now)),
            ("in use", is_first and node in self._admitted),
            ("behind", health.is_behind),
            ("unreliable", health.is_unreliable),
            ("slow", self._is_slow(node, self._fastest(self._nodes))),
            ("ready", node in self._admitted),
        )
        return next((name for name, holds in states if holds), "untried")

    def _faults(self, node: HorizonNode, now: float, fastest: float) -> tuple[bool | int, ...]:
        """Return what speaks against a node, the gravest first; it is compared in this order."""
        return (
            bool(node.health.refusal),
            node.health.rests(now),
            node.health.is_behind,
            node.health.is_unreliable,
            node.quota is not None and node.quota.is_short,
            self._is_slow(node, fastest),
            self._nodes.index(node),
        )

    @staticmethod
    def _fastest(nodes: Iterable[HorizonNode]) -> float:
        return min((node.health.latency for node in nodes if node.health.latency is not None), default=0.0)

    @staticmethod
    def _is_slow(node: HorizonNode, fastest: float) -> bool:
        return (node.health.latency or 0.0) > max(SLOW_LEAST, SLOW_TIMES * fastest)

    def _is_due(self, node: HorizonNode, now: float) -> bool:
        """Tell whether to look at a node: after a failure once it has rested, else now and then."""
        if node.health.trouble:
            return not node.health.rests(now)
        period = min(max(WATCH_LEDGERS * self._clock.median_arrival, WATCH_LEAST), WATCH_MOST)
        return len(self._nodes) > 1 and now - self._looked_at[node] >= period

    async def _look_at(self, node: HorizonNode) -> None:
        self._looked_at[node] = time.monotonic()
        try:
            self._judge(node, await self._root(node))
        except HorizonUnavailable as error:
            self.note(node, error)

    async def _ask(self, node: HorizonNode, as_of: int) -> None:
        async with self._asking[node]:
            if node in self._admitted and node.health.ledger >= as_of:
                return
            self._judge(node, await self._root(node))

    async def _root(self, node: HorizonNode) -> Root:
        """Ask a node what it is; where the network has no known passphrase, a proven claim becomes it."""
        root = await node.ask_root()
        async with self._founding:
            if not self._passphrase and root.passphrase != PUBLIC:
                if not await node.proves(root.passphrase):
                    raise HorizonUnavailable(
                        f"the node {node.name} names the network {root.passphrase!r}, but its newest "
                        "transaction belongs to another"
                    )
                self._passphrase = root.passphrase
        return root

    def _judge(self, node: HorizonNode, root: Root) -> None:
        if root.passphrase != self._passphrase:
            self._admitted.discard(node)
            node.health.refuse(
                f"the node {node.name} belongs to the network {root.passphrase!r}, not to {self._domain}: "
                "choose another URL",
                time.monotonic(),
            )
            raise WrongNetwork(node.health.refusal)
        node.health.admit()
        self._admitted.add(node)
        self.saw(node, root.ledger)


def too_early(node: HorizonNode, ledger: int) -> HorizonUnavailable:
    """Return the error of a node that cannot tell of a ledger yet."""
    return HorizonUnavailable(f"the node {node.name} has not reached ledger {ledger} yet")
