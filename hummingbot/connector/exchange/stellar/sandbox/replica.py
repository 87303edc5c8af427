"""The network as a node sees it that has fallen behind."""

from collections import deque

from .closed import ClosedLedger, Submission
from .history.trailing import TrailingHistory
from .network import Network
from .sandbox import Sandbox
from .state import LedgerState

__all__ = ["Replica"]


class Replica(Sandbox):
    """A second view of a sandbox, some ledgers behind it. What is submitted here goes to the network at once.

    It begins where the network is and falls behind from there.

    Parameters
    ----------
    leader : Sandbox
    behind : int
        How many ledgers it keeps behind.
    """

    def __init__(self, leader: Sandbox, behind: int = 0) -> None:
        super().__init__(copy_of(leader.network), history=TrailingHistory(leader.history))
        self.market = leader.market
        self.friendbot = leader.friendbot
        self.faults = leader.faults
        self.behind = behind
        self._leader = leader
        self._until = 0
        self._coming: deque[ClosedLedger] = deque()
        leader.tell(self)

    @property
    def stands_still(self) -> bool:
        """Whether it is frozen now."""
        return self._leader.history.latest < self._until

    def freeze(self, ledgers: int) -> None:
        """Stand still until as many more ledgers have closed, then catch up."""
        self._until = self._leader.history.latest + ledgers

    def submit(self, envelope_xdr: bytes) -> Submission:
        """Offer a transaction to the network."""
        return self._leader.submit(envelope_xdr)

    def close_ledger(self) -> ClosedLedger:
        """Close the network's next ledger."""
        return self._leader.close_ledger()

    def follow(self, closed: ClosedLedger) -> None:
        """Hear of a ledger that closed, and move on as far as is due."""
        self._coming.append(closed)
        if self.stands_still:
            return
        while len(self._coming) > self.behind:
            self._move_to(self._coming.popleft())

    def _move_to(self, closed: ClosedLedger) -> None:
        state = self.network.state
        for applied in closed.transactions:
            for _, after in applied.fee_changes:
                if after is not None:
                    state.load(after)
        for applied in closed.transactions:
            for before, after in (
                *applied.transaction_changes,
                *(change for changes in applied.operation_changes for change in changes),
            ):
                if after is not None:
                    state.load(after)
                elif before is not None:
                    state.drop(before)
        self.network.header = closed.header
        assert isinstance(self.history, TrailingHistory)
        self.history.advance(closed.header.sequence)
        self._hear_of(closed)


def copy_of(network: Network) -> Network:
    """Return a network with the same entries and an empty queue. Entries are shared: they never change."""
    header, whole = network.header, network.state
    state = LedgerState(header.sequence, header.base_reserve, header.id_pool, header.protocol)
    state.frozen = whole.frozen
    for entry in whole.entries():
        state.load(entry)
    return Network(network.passphrase, header, state)
