"""The market of one pair: its reference, its makers and takers, and what their trading does to the price."""

import math
import random as random_
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from hummingbot.connector.exchange.stellar.ledger.envelope import SigningKey
from hummingbot.connector.exchange.stellar.ledger.operations import Operation
from hummingbot.connector.exchange.stellar.sandbox.closed import ClosedLedger

from .arrivals import Arrivals
from .assets import Pair, actor_key
from .bars import utc
from .errors import MarketError
from .impact import Impact
from .makers import desks
from .parameters import MarketParameters
from .quotes import Books, BookView
from .reference import Reference
from .takers import cancel, takings
from .traded import taken

__all__ = ["Actions", "PairMarket", "Traffic"]

Actions = tuple[SigningKey, list[Operation]]
"""Operations that one account puts into one transaction."""


@dataclass(slots=True)
class Traffic:
    """What happened so far; volumes in stroops of base."""

    uninformed_volume: int = 0
    informed_volume: int = 0
    maker_volume: int = 0
    third_party_volume: int = 0
    orders: int = 0
    failed: int = 0


class PairMarket:
    """Compose the actors of one pair.

    Parameters
    ----------
    pair : Pair
    reference : Reference
    parameters : MarketParameters
    seed : int
    """

    def __init__(self, pair: Pair, reference: Reference, parameters: MarketParameters, seed: int) -> None:
        self.pair = pair
        self.reference = reference
        self.traffic = Traffic()
        self.desks = desks(pair, parameters, seed)
        self.takers = [actor_key(seed, f"{pair.name} taker {number}") for number in range(parameters.takers)]
        self._seed = seed
        self._parameters = parameters
        self._impact = Impact(parameters.impact, parameters.impact_half_life)
        self._arrivals = Arrivals(parameters.clustering, parameters.cluster_time)
        self._informed: dict[str, bool] = {}
        self._maker_accounts = {desk.key.account for desk in self.desks}
        self._taker_accounts = {key.account for key in self.takers}

    def price(self, time: float) -> float:
        """Return what the pair is worth at a market time: the reference, moved by impact."""
        conditions = self.reference.conditions(time)
        return self.reference.price(time) * math.exp(self._impact.move(time, conditions))

    def opening(self, time: float) -> Iterator[Actions]:
        """Yield the makers' first ladders."""
        view = Decimal(self.price(time))
        for desk in self.desks:
            yield desk.key, desk.opening(view)

    def step(self, network: Books, sequence: int, now: int, closing: int) -> Iterator[Actions]:
        """Yield what each actor does in the ledger to come.

        Parameters
        ----------
        network : Books
        sequence : int
            Of the ledger to come: with the seed, it decides what is random in it.
        now, closing : int
            Close time of the last ledger and of the one to come.
        """
        book = BookView.of(network, self.pair)
        views = {
            latency: Decimal(self.price(closing - latency)) for latency in {d.latency for d in self.desks}
        }
        for desk in self.desks:
            operations = desk.requote(views[desk.latency], book, now, closing)
            if operations:
                yield desk.key, operations
        leftovers: dict[str, list[Operation]] = {}
        for is_bid, side in ((False, book.asks), (True, book.bids)):
            for resting in side:
                if resting.seller in self._taker_accounts:
                    leftovers.setdefault(resting.seller, []).append(cancel(self.pair, resting, is_bid))
        for key in self.takers:
            if key.account in leftovers:
                yield key, leftovers[key.account]
        yield from self._take(
            book, [key for key in self.takers if key.account not in leftovers], sequence, now, closing
        )

    def observe(self, closed: ClosedLedger) -> None:
        """Let the ledger that just closed move the price."""
        volume = 0
        for part in taken(closed, self.pair):
            volume += part.volume
            self._count(part.taker, abs(part.volume))
        for applied in closed.transactions:
            source = applied.envelope.tx.source
            if source in self._maker_accounts or source in self._taker_accounts:
                self.traffic.failed += applied.result.code != "txSUCCESS"
        self._impact.add(volume / 1e7, closed.header.close_time)

    def state(self) -> dict[str, Any]:
        """Return what another instance needs to go on as this one would."""
        until = int(self._impact.time)
        return {
            "bars": {"until": until, "sha256": self.reference.fingerprint(until)},
            "desks": [desk.state() for desk in self.desks],
            "impact": {"volume": self._impact.volume, "time": self._impact.time},
            "pending": sorted(self._arrivals.pending),
            "informed": dict(self._informed),
            "traffic": asdict(self.traffic),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on as the instance would whose `state` this is.

        Raises
        ------
        MarketError
            If that one followed another reference.
        """
        until = state["bars"]["until"]
        if self.reference.fingerprint(until) != state["bars"]["sha256"]:
            file = self.reference.describe().get("file", "the generator")
            raise MarketError(
                f"the saved market of {self.pair.name} followed other bars up to {utc(until)} than are in "
                f"{file}: bring back the history file as it was"
            )
        for desk, memory in zip(self.desks, state["desks"], strict=True):
            desk.restore(memory)
        self._impact.volume, self._impact.time = state["impact"]["volume"], state["impact"]["time"]
        self._arrivals = Arrivals(
            self._parameters.clustering, self._parameters.cluster_time, state["pending"]
        )
        self._informed = dict(state["informed"])
        self.traffic = Traffic(**state["traffic"])

    def report(self) -> dict[str, Any]:
        """Return the reference and what was traded, in base units."""
        traffic = self.traffic
        volumes = {
            "uninformed takers": traffic.uninformed_volume,
            "informed takers": traffic.informed_volume,
            "makers": traffic.maker_volume,
            "third parties": traffic.third_party_volume,
        }
        return {
            "pair": self.pair.name,
            "reference": self.reference.describe(),
            "volume taken": {name: stroops / 1e7 for name, stroops in volumes.items()},
            "taker orders": traffic.orders,
            "actors' transactions that failed": traffic.failed,
        }

    def _take(
        self, book: BookView, free: list[SigningKey], sequence: int, now: int, closing: int
    ) -> Iterator[Actions]:
        parameters = self._parameters
        random = random_.Random(f"{self._seed} {self.pair.name} takers {sequence}")
        ratio = self.reference.conditions(closing).volume_ratio
        scale = math.sqrt(min(max(ratio, parameters.lowest_volume), parameters.highest_volume))
        count = self._arrivals.count(now, closing, parameters.arrivals / 3600.0 * scale, random)
        orders = takings(
            min(count, len(free)),
            book,
            self.price,
            now,
            closing,
            parameters.order_size * scale,
            self.pair,
            parameters,
            random,
        )
        self._informed = {}
        turn = sequence % max(len(free), 1)
        for key, order in zip(free[turn:] + free[:turn], orders, strict=False):
            self._informed[key.account] = order.informed
            self.traffic.orders += 1
            yield key, [order.operation]

    def _count(self, taker: str, volume: int) -> None:
        if taker in self._maker_accounts:
            self.traffic.maker_volume += volume
        elif taker not in self._taker_accounts:
            self.traffic.third_party_volume += volume
        elif self._informed.get(taker, False):
            self.traffic.informed_volume += volume
        else:
            self.traffic.uninformed_volume += volume
