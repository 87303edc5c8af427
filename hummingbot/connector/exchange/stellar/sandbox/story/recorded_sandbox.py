"""A sandbox whose ledgers close as a story tells: with the same transactions in the same order."""

from dataclasses import replace

from ..closed import ClosedLedger, Submission
from ..golden.ledgers import LedgerReplay
from ..golden.recording import FileReport, GoldenError
from ..history import History, Retention
from ..history.ownership import Ownership
from ..network import Network
from ..sandbox import Sandbox
from .recording import Story

__all__ = ["RecordedSandbox"]

EVERYTHING = Retention(ledgers=10**9, xdr_bytes=10**12)


class RecordedSandbox(Sandbox):
    """A network that lives through a story's ledgers. What is submitted to it is checked, and waits in vain
    unless the story has it in a ledger.

    Parameters
    ----------
    story : Story
    report : FileReport
        Of the ledgers: what the engine makes of them, compared.

    Attributes
    ----------
    submissions : int
        How many transactions were submitted so far.
    """

    def __init__(self, story: Story, report: FileReport) -> None:
        self._replay = LedgerReplay(story.ledgers, story.passphrase, report)
        self._report = report
        self._folder = story.folder
        self._elder = story.elders[0][1] if story.elders else 1
        self.submissions = 0
        genesis = self._replay.header
        protocol = max(ledger["protocol"] for ledger in story.ledgers)
        network = Network.genesis(story.passphrase, genesis.close_time, queue_protocol=protocol)
        network.header = genesis
        self._replay.lend(network)
        super().__init__(network, history=History(EVERYTHING), market_seconds=1)
        self.has_friendbot = False
        self._remember(ClosedLedger(genesis, ()))

    def submit(self, envelope_xdr: bytes) -> Submission:
        """Offer a transaction to the network."""
        self.submissions += 1
        return super().submit(envelope_xdr)

    def close_ledger(self) -> ClosedLedger:
        """Close the story's next ledger, and wake who waits for it.

        Raises
        ------
        GoldenError
            If it holds what the sandbox does not build.
        """
        mismatches = len(self._report.mismatches)
        closed = self._replay.close_next()
        if self._report.not_modelled:
            what = "; ".join(self._report.not_modelled)
            raise GoldenError(
                f"story {self._folder} cannot be told beyond ledger {closed.header.sequence - 1}: {what}"
            )
        self.network.header = closed.header
        self._remember(closed)
        if len(self._report.mismatches) > mismatches:
            self.ownership = Ownership(self.network.state)  # the ledger goes on as recorded
        else:
            self.ownership.follow(closed)
        self._wake()
        return closed

    def close_empty_ledger(self) -> None:
        """Close a ledger after the story's last one, with nothing in it."""
        header = self.network.header
        later = replace(header, sequence=header.sequence + 1, close_time=header.close_time + 1)
        self.network.header = later
        self._remember(ClosedLedger(later, ()))
        self._wake()

    def go_on(self) -> None:
        """Let streams open again after a server has stopped, which ends those of all others."""
        self.stopping = False

    def _remember(self, closed: ClosedLedger) -> None:
        if closed.header.sequence >= self._elder:
            self.history.append(closed)
