"""The sandbox's market: actors on one network who trade every pair by ordinary signed transactions."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from hummingbot.connector.exchange.stellar.ledger.asset import Asset
from hummingbot.connector.exchange.stellar.ledger.operations import Transaction
from hummingbot.connector.exchange.stellar.ledger.xdr import network_id, sign_transaction
from hummingbot.connector.exchange.stellar.sandbox.closed import ClosedLedger, LedgerHeader
from hummingbot.connector.exchange.stellar.sandbox.state import LedgerState

from .assets import Pair, parse_pairs, root_key
from .bars import Bars
from .errors import MarketError
from .funding import founding
from .generator import GeneratedHistory
from .history import read_history
from .pair_market import Actions, PairMarket
from .parameters import MarketParameters
from .quotes import Books
from .reference import HourlyReference, Reference

__all__ = ["DEFAULT_PAIRS", "DEFAULT_START", "Ledger", "Market", "open_market"]

DEFAULT_PAIRS: Final = ("XLM/USDC",)
DEFAULT_START: Final = 1_704_067_200
"""2024-01-01T00:00Z."""

FEE_BID: Final = 10_000
"""Stroops an operation that an actor would pay under surge pricing; it is charged the ledger's base fee."""


class Ledger(Books, Protocol):
    """What the market needs of a network: the last closed ledger's header, entries and books."""

    @property
    def header(self) -> LedgerHeader:
        """Header of the last closed ledger."""

    @property
    def state(self) -> LedgerState:
        """Entries as of it."""


class Market:
    """Trade on a network as its makers and takers would. Deterministic: the same seed and ledgers, the same
    envelopes.

    The network calls, in this order, for each ledger::

        for envelope in market.step(network, close_time):
            network.submit(envelope)
        market.observe(network.close(close_time))

    and, before the first, submits and closes each batch of `genesis` (and observes those ledgers too).

    Parameters
    ----------
    references : mapping of Pair to Reference
        What each pair is worth elsewhere. Pairs are independent: no triangle of them is kept in line.
    seed : int
    network_passphrase : str
    parameters : MarketParameters
    """

    def __init__(
        self,
        references: Mapping[Pair, Reference],
        seed: int,
        network_passphrase: str,
        parameters: MarketParameters | None = None,
    ) -> None:
        self.parameters = parameters or MarketParameters()
        self.seed = seed
        self.markets = tuple(
            PairMarket(pair, reference, self.parameters, seed) for pair, reference in references.items()
        )
        self._root = root_key(network_passphrase)
        self._network_id = network_id(network_passphrase)
        self._observed: int | None = None

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The pairs that trade."""
        return tuple(market.pair for market in self.markets)

    @property
    def end(self) -> int | None:
        """Unix seconds at which the first reference ends; None if none does."""
        return min(
            (market.reference.end for market in self.markets if market.reference.end is not None),
            default=None,
        )

    def of(self, base: Asset, quote: Asset) -> PairMarket | None:
        """Return the market of a pair, or None if it does not trade here."""
        return next((market for market in self.markets if market.pair == Pair(base, quote)), None)

    def bars_before(self, base: Asset, quote: Asset, time: int) -> Bars | None:
        """Return the reference's hourly bars closed at `time` or before; None for a pair not traded."""
        market = self.of(base, quote)
        return None if market is None else market.reference.bars_before(time)

    def genesis(self, network: Ledger) -> Iterator[list[bytes]]:
        """Yield the envelopes to submit before each of the first ledgers closes.

        Accounts, trustlines, funds, and last the opening ladders, quoted around the price of the network's
        last close time.
        """
        for actions in founding(self._root, self.markets, self.parameters, network.header.close_time):
            yield [self._envelope(network, action, 0) for action in actions]
            self._observed = network.header.sequence

    def step(self, network: Ledger, next_close_time: int) -> list[bytes]:
        """Return the signed envelopes for the ledger that is about to close.

        Raises
        ------
        MarketError
            If the last ledger was not observed.
        HistoryError
            If a history file does not reach to `next_close_time`.
        """
        header = network.header
        if self._observed != header.sequence:
            raise MarketError(
                f"the market has seen ledger {self._observed}, but {header.sequence} has closed: "
                f"call observe() after every close"
            )
        return [
            self._envelope(network, action, next_close_time)
            for market in self.markets
            for action in market.step(network, header.sequence + 1, header.close_time, next_close_time)
        ]

    def observe(self, closed: ClosedLedger) -> None:
        """Take note of a ledger that closed: what was executed in it moves the price."""
        self._observed = closed.header.sequence
        for market in self.markets:
            market.observe(closed)

    def state(self) -> dict[str, Any]:
        """Return, as JSON can hold it, what `restore` needs to go on after the ledger observed last."""
        return {
            "observed": self._observed,
            "pairs": {market.pair.name: market.state() for market in self.markets},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on where another market of the same seed, pairs, references and parameters stopped.

        Raises
        ------
        MarketError
            If the state is of other pairs, or other bars.
        """
        names = [market.pair.name for market in self.markets]
        if sorted(names) != sorted(state["pairs"]):
            raise MarketError(
                f"the saved market trades {', '.join(state['pairs'])}, not {', '.join(names)}: "
                f"start it with those assets"
            )
        self._observed = state["observed"]
        for market in self.markets:
            market.restore(state["pairs"][market.pair.name])

    def report(self) -> dict[str, Any]:
        """Return what every report of a run must show: seed, parameters, references, volumes."""
        return {
            "seed": self.seed,
            "parameters": self.parameters.report(),
            "pairs": [market.report() for market in self.markets],
        }

    def _envelope(self, network: Ledger, action: Actions, max_time: int) -> bytes:
        key, operations = action
        transaction = Transaction(
            source=key.account,
            fee=FEE_BID * len(operations),
            sequence=network.state.accounts[key.account].sequence + 1,
            operations=tuple(operations),
            max_time=max_time,
        )
        return sign_transaction(transaction, self._network_id, (key,)).envelope_xdr


def open_market(
    seed: int,
    network_passphrase: str,
    *,
    pairs: Iterable[str] = DEFAULT_PAIRS,
    history: Path | Mapping[str, Path] | None = None,
    start: int = DEFAULT_START,
    parameters: MarketParameters | None = None,
) -> Market:
    """Set up a market from what a user chooses.

    Parameters
    ----------
    seed : int
    network_passphrase : str
    pairs : iterable of str
        ``XLM/USDC``, ``USDC`` …
    history : Path or mapping of pair name to Path, optional
        Hourly bars. A single file is the first pair's; pairs without a file have a generator each.
    start : int
        Unix seconds at which trading starts.
    parameters : MarketParameters, optional

    Raises
    ------
    MarketError
        If a pair is not one, a file is named for a pair that does not trade, or the start lies outside a file
        (`HistoryError`, as for all that is wrong with a file).
    """
    chosen = parse_pairs(pairs)
    if history is None:
        files: dict[str, Path] = {}
    elif isinstance(history, Path):
        files = {chosen[0].name: history}
    else:
        files = dict(history)
    unknown = set(files) - {pair.name for pair in chosen}
    if unknown:
        raise MarketError(
            f"a history file is given for {', '.join(sorted(unknown))}, but the sandbox trades "
            f"{', '.join(pair.name for pair in chosen)}: add the asset or leave the file out"
        )
    references: dict[Pair, Reference] = {}
    for pair in chosen:
        if pair.name in files:
            source = read_history(files[pair.name])
            source.until(start)
            references[pair] = HourlyReference(source, seed, pair.name)
        else:
            references[pair] = HourlyReference(GeneratedHistory(seed, pair.name, start), seed, pair.name)
    return Market(references, seed, network_passphrase, parameters)
