"""The sandbox: a network, the market that trades on it, its history, and the tick that moves all three."""

import asyncio
from dataclasses import replace
from typing import Final, Protocol
from weakref import WeakSet

from .closed import ClosedLedger, Submission
from .errors import SandboxError
from .faults import Faults
from .friendbot import Friendbot
from .history import History
from .history.ownership import Ownership
from .market.market import Market
from .network import LEDGER_SIZE, PROTOCOL, Network
from .queue import ONE_AN_ACCOUNT

__all__ = ["PASSPHRASE", "Follower", "Sandbox"]

PASSPHRASE: Final = "Standalone Network ; February 2017"
"""What standalone networks are called; anyone who knows it has the key of the root account."""

GENESIS_SECONDS: Final = 1


class Follower(Protocol):
    """Who hears of every ledger that closed."""

    def follow(self, closed: ClosedLedger) -> None:
        """Take in a ledger."""

    def stop(self) -> None:
        """End all streams and waits."""


class Sandbox:
    """A network that lives: `close_ledger` lets the market act, closes a ledger and tells who waits for it.

    It keeps no time of its own; a `clock.Clock` or a test calls `close_ledger`. All of it runs in one thread,
    on the event loop of whoever waits.

    Parameters
    ----------
    network : Network
    market : Market, optional
        None for a network on which only its users trade.
    history : History, optional
        Of the ledgers up to the network's last; by default it begins with that one.
    market_seconds : int
        How much later than its predecessor a ledger closes, in market time.

    Attributes
    ----------
    network, market, history, friendbot
    ownership : Ownership
        Whose the network's trustlines and offers are.
    faults : Faults
        What is made to go wrong.
    has_friendbot : bool
        Whether friendbot is shown among what there is.
    stopping : bool
        Whether streams and waits are to end.
    """

    def __init__(
        self,
        network: Network,
        market: Market | None = None,
        history: History | None = None,
        *,
        market_seconds: int = 5,
    ) -> None:
        self.network = network
        self.market = market
        self.market_seconds = market_seconds
        self.history = history or History()
        self.ownership = Ownership(network.state)
        self.friendbot = Friendbot(network)
        self.faults = Faults()
        self.has_friendbot = True
        self.stopping = False
        self._followers: WeakSet[Follower] = WeakSet()
        self._closed: asyncio.Future[None] | None = None
        if history is None:
            self.history.append(ClosedLedger(network.header, ()))
        if market is not None:
            for pair in market.pairs:
                bars = market.bars_before(pair.base, pair.quote, network.header.close_time)
                if bars is not None:
                    self.history.aggregation.precede(pair.base, pair.quote, bars)

    @classmethod
    def found(
        cls,
        start: int,
        market: Market | None = None,
        *,
        passphrase: str = PASSPHRASE,
        market_seconds: int = 5,
        protocol: int = PROTOCOL,
        queue_protocol: int = ONE_AN_ACCOUNT,
        ledger_size: int = LEDGER_SIZE,
    ) -> "Sandbox":
        """Begin a new network at `start` (unix seconds) and let the market settle on it.

        The market's founding ledgers close a second apart, before anyone else takes part; later ones take
        at most `ledger_size` operations.

        Raises
        ------
        SandboxError
            If one of the founding transactions does not succeed.
        """
        network = Network.genesis(passphrase, start, protocol=protocol, queue_protocol=queue_protocol)
        sandbox = cls(network, market, market_seconds=market_seconds)
        if market is not None:
            for envelopes in market.genesis(network):
                answers = [network.submit(envelope) for envelope in envelopes]
                _check_founding(answers, sandbox._close(network.header.close_time + GENESIS_SECONDS))
            sandbox.history.residents = set(network.state.accounts)
        network.header = replace(network.header, max_tx_set_size=ledger_size)
        return sandbox

    def submit(self, envelope_xdr: bytes) -> Submission:
        """Offer a transaction to the network."""
        return self.network.submit(envelope_xdr)

    def close_ledger(self) -> ClosedLedger:
        """Let friendbot and the market act, close the next ledger, and wake who waits for it.

        Raises
        ------
        MarketError
            If the market cannot go on: its history file ends.
        """
        close_time = self.network.header.close_time + self.market_seconds
        envelopes = self.market.step(self.network, close_time) if self.market is not None else []
        gift = self.friendbot.envelope()
        if gift is not None:
            envelopes.append(gift)
        for envelope in envelopes:
            self.network.submit(envelope)
        return self._close(close_time)

    def _close(self, close_time: int) -> ClosedLedger:
        closed = self.network.close(close_time)
        if self.market is not None:
            self.market.observe(closed)
        self.history.append(closed)
        self.friendbot.settle(closed)
        self._hear_of(closed)
        for follower in list(self._followers):
            follower.follow(closed)
        return closed

    def tell(self, follower: Follower) -> None:
        """Tell someone of every ledger to come, as long as anyone else holds on to them."""
        self._followers.add(follower)

    def _hear_of(self, closed: ClosedLedger) -> None:
        """Take in a ledger that is on the record, and wake who waits for it."""
        self.ownership.follow(closed)
        self._wake()

    # Waiting

    async def wait_for_ledger(self, seen: int, deadline: float) -> bool:
        """Wait until a ledger after `seen` has closed.

        Parameters
        ----------
        seen : int
            Sequence of the last ledger known.
        deadline : float
            Event-loop time.

        Returns
        -------
        bool
            False if the deadline passed or the sandbox is stopping.
        """
        loop = asyncio.get_running_loop()
        while not self.stopping and self.history.latest <= seen:
            seconds = deadline - loop.time()
            if seconds <= 0:
                return False
            if self._closed is None:
                self._closed = loop.create_future()
            done, _ = await asyncio.wait((self._closed,), timeout=seconds)
            if not done:
                return False
        return not self.stopping

    async def wait_for_transaction(self, hash: bytes, ledgers: int, seconds: float) -> bool:
        """Wait until a transaction is on a ledger.

        Parameters
        ----------
        hash : bytes
        ledgers, seconds : int, float
            Give up after that many ledgers, or that long, whichever comes first.

        Returns
        -------
        bool
            Whether it is on a ledger now.
        """
        last = self.history.latest + ledgers
        deadline = asyncio.get_running_loop().time() + seconds
        while self.history.transaction(hash) is None:
            if self.history.latest >= last or not await self.wait_for_ledger(self.history.latest, deadline):
                return self.history.transaction(hash) is not None
        return True

    def stop(self) -> None:
        """End all streams and waits."""
        self.stopping = True
        self._wake()
        for follower in list(self._followers):
            follower.stop()

    def _wake(self) -> None:
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)
        self._closed = None


def _check_founding(answers: list[Submission], closed: ClosedLedger) -> None:
    """Make sure that a ledger holds all that was submitted for it, and that all of it succeeded."""
    results = {applied.hash: applied.result for applied in closed.transactions}
    for answer in answers:
        result = results.get(answer.hash, answer.result)
        if result is None or result.code != "txSUCCESS":
            failed = (
                []
                if result is None
                else [o.code for o in result.operations if not o.code.endswith("SUCCESS")]
            )
            reason = next(iter(failed), answer.status if result is None else result.code)
            raise SandboxError(
                f"the market cannot be founded: a transaction for ledger {closed.header.sequence} was "
                f"answered {reason}; choose other assets, parameters or another history file"
            )
