"""The account that a command sends for: through the same journal and outbox as a bot's, so exactly once.

What a command was killed over, or did not hear the end of, the next one (or the bot) brings to its end first.
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.node_addresses import NodeAddresses
from hummingbot.connector.exchange.stellar.transactions.instructions import AccountOperation

from .account import read_key_file

__all__ = ["OwnAccount", "add_options", "journal_folder"]

UNDECIDED: Final = (
    "An earlier transaction of the account is not decided yet: waiting until the ledger has done so."
)

logger: Final = logging.getLogger("ai-stellar.account")
logger.setLevel(logging.ERROR)  # what a command has to say it says itself


class OwnAccount:
    """An account whose journal this process holds while the block runs.

    Parameters
    ----------
    secret : str
        Of the key that signs.
    account : str
        Its address, where the key is an added signer; empty for the key's own.
    domain : str
    urls : sequence of str
        Of the network's Horizon nodes, the preferred ones first.
    folder : Path
        Where the journal is.
    channels : sequence of SigningKey
        Of channel accounts that take part.

    Attributes
    ----------
    account, domain : str

    Raises
    ------
    StellarError
        On entering: another process holds the journal, the node does not answer, or the account is not
        funded.
    """

    def __init__(
        self,
        secret: str,
        account: str,
        domain: str,
        urls: Sequence[str],
        folder: Path,
        channels: Sequence[SigningKey] = (),
    ) -> None:
        from hummingbot.connector.exchange.stellar.stellar_auth import StellarAuth

        self._auth = StellarAuth(secret, domain, account, channels)
        self.account = self._auth.account
        self.domain = domain
        self._urls = urls
        self._folder = folder

    @classmethod
    def of(cls, arguments: argparse.Namespace, channels: Sequence[SigningKey] = ()) -> Self:
        """Return the account that a command line names by the options of `add_options`."""
        return cls(
            read_key_file(arguments.keyfile).reveal(),
            arguments.account_address,
            arguments.domain,
            NodeAddresses.find(arguments.domain, arguments.horizon_url).horizon,
            journal_folder(arguments.instance, arguments.keyfile),
            channels,
        )

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        try:
            self._runner.run(self._open())
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def perform(self, *operations: AccountOperation) -> int:
        """Bring operations to the ledger in one transaction; return the ledger that has it.

        Raises
        ------
        OperationRefused
            If it surely did not happen.
        """
        performing: Coroutine[Any, Any, int] = self._desk.perform(*operations)
        return self._runner.run(performing)

    async def _open(self) -> None:
        from hummingbot.connector.client_order_tracker import ClientOrderTracker

        from hummingbot.connector.exchange.stellar import stellar_utils, stellar_web_utils
        from hummingbot.connector.exchange.stellar.account_desk import AccountDesk
        from hummingbot.connector.exchange.stellar.assets import AssetTable
        from hummingbot.connector.exchange.stellar.horizon.ledger_clock import LedgerClock
        from hummingbot.connector.exchange.stellar.transactions.horizon_source import HorizonSource

        clock = LedgerClock()
        horizon = stellar_web_utils.build_horizon(self.domain, self._urls, clock)
        self._desk = AccountDesk(
            self._auth,
            horizon,
            clock,
            AssetTable(self.domain),
            self.domain,
            lambda totals, available: None,
            logger,
            CONSTANTS.FEE_CAP,
            HorizonSource(horizon, clock, self._auth.account, self.domain),
        )
        tracker = ClientOrderTracker(None)
        self._desk.open(self._folder, tracker, stellar_utils.DEFAULT_FEES, time.time)
        self._clock_task = asyncio.create_task(horizon.follow_ledgers())
        if self._desk.is_undecided:
            print(UNDECIDED, file=sys.stderr, flush=True)
        await self._desk.prepare()

    def _leave(self) -> None:
        try:
            self._runner.run(self._close())
        finally:
            self._runner.close()

    async def _close(self) -> None:
        from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

        if hasattr(self, "_desk"):
            self._desk.close()
        await ConnectionsFactory().close()


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options by which a command that sends names its key, account and journal."""
    parser.add_argument("--keyfile", type=Path, required=True, help="file with the secret key")
    parser.add_argument(
        "--account",
        dest="account_address",
        default="",
        metavar="G…",
        help="the account, if the key is an added signer of it (default: the key's own)",
    )
    parser.add_argument(
        "--instance",
        type=Path,
        metavar="DIR",
        help="instance whose journal of the account is used (default: the working directory, if it is one; "
        "else the journal is beside the key file)",
    )


def journal_folder(instance: Path | None, keyfile: Path) -> Path:
    """Return where the journal of a key's account is.

    Raises
    ------
    ValueError
        If the directory named is no instance.
    """
    if instance is None and not _is_instance(Path()):
        return keyfile.absolute().parent
    directory = instance or Path()
    if not _is_instance(directory):
        raise ValueError(
            f"--instance {directory} is no instance: name one that ai-stellar instance has built"
        )
    return directory.absolute() / "data"


def _is_instance(directory: Path) -> bool:
    return (directory / "conf" / "connectors").is_dir()
