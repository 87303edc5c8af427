"""Accounts that fill the network's ledgers in waves, and bid more than who does not look what others pay."""

import json
import random
import threading
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from hummingbot.connector.exchange.stellar.ledger.account_operations import BumpSequence
from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, sign_transaction

__all__ = ["SIZES", "Crowd"]

SIZES: Final = (20,) * 5 + (6,) * 4 + (2,) * 4
"""Operations of each account's transactions: large ones, and small ones for the gaps that these leave."""

WAVE: Final = (12, 25)
CALM: Final = (20, 40)
"""Rounds, of which there are about two a ledger."""

BIDS: Final = (300, 4000)
"""Stroops an operation."""


class Crowd:
    """Sends transactions that do nothing, one of each account at a time, until it is stopped.

    Parameters
    ----------
    url : str
        The node that it sends to.
    keys : sequence of SigningKey
        Of its accounts, which are funded: as many as `SIZES`.
    passphrase : str
        Of the network.
    seed : int
        Of its waves, and what it bids in each.
    seconds : float
        Between two rounds.
    """

    def __init__(
        self, url: str, keys: Sequence[SigningKey], passphrase: str, seed: int, seconds: float
    ) -> None:
        self._url = url
        self._keys = list(keys)
        self._network = network_id(passphrase)
        self._chance = random.Random(seed)
        self._seconds = seconds
        self._sequences: dict[str, int] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)

    def start(self) -> None:
        """Begin, with a calm."""
        self._thread.start()

    def stop(self) -> None:
        """Send nothing any more."""
        self._stopped.set()
        self._thread.join()

    def _live(self) -> None:
        with ThreadPoolExecutor(len(self._keys)) as pool:
            while not self._rest(self._chance.randint(*CALM)):
                bid = self._chance.randint(*BIDS)
                for _ in range(self._chance.randint(*WAVE)):
                    list(pool.map(self._send, self._keys, SIZES, [bid] * len(SIZES)))
                    if self._rest(1):
                        break

    def _rest(self, rounds: int) -> bool:
        return self._stopped.wait(rounds * self._seconds)

    def _send(self, key: SigningKey, size: int, bid: int) -> None:
        """Offer the account's next transaction; while one of its waits, this one is not taken."""
        if key.account not in self._sequences:
            self._sequences[key.account] = int(_ask(f"{self._url}/accounts/{key.account}")["sequence"])
        sequence, operations = self._sequences[key.account] + 1, (BumpSequence(0),) * size
        transaction = Transaction(key.account, bid * size, sequence, operations, has_time_bounds=False)
        envelope = sign_transaction(transaction, self._network, [key]).envelope_xdr
        form = urlencode({"tx": b64encode(envelope).decode()}).encode()
        status = _ask(f"{self._url}/transactions_async", form)["tx_status"]
        if status == "PENDING":
            self._sequences[key.account] = sequence
        elif status == "ERROR":  # the one before was dropped, or others bid more
            del self._sequences[key.account]


def _ask(url: str, form: bytes | None = None) -> Any:
    try:
        with urlopen(Request(url, data=form), timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        return json.load(error)
