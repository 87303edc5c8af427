"""What the price model is trained on: the target, its peers through noise, and the coins that lead them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hummingbot.strategy.ai_stellar.features import REFERENCES
from hummingbot.strategy.ai_stellar.predictors.forecast import HORIZONS
from hummingbot.strategy.ai_stellar.predictors.price import NAMES
from hummingbot.strategy.ai_stellar.predictors.price_fit import TrainingData

from ..description import trained_on
from ..history import History, HistoryError, read_history
from ..noise import TRAINING_NOISE, VENUE_NOISE, seen_elsewhere
from ..references import align_references, base_of, with_outages
from ..samples import Samples, make_samples, pool

__all__ = ["COPIES", "PEERS", "ROBUSTNESS_SEED", "SUFFIX", "TARGET", "PriceData", "binned"]

SUFFIX: Final = "USDT_1h_binance_spot.parquet"
TARGET: Final = "XLM" + SUFFIX
PEERS: Final = tuple(
    coin + SUFFIX
    for coin in ("BTC", "ETH", "XRP", "ADA", "LTC", "BCH", "TRX", "NEO", "LINK", "DOGE", "DOT", "AVAX", "SOL")
)
COPIES: Final = 2
"""How often the target is also seen through `TRAINING_NOISE`."""
ROBUSTNESS_SEED: Final = 99
PEER_SEED: Final = 200
OUTAGE_SEED: Final = 300


@dataclass(frozen=True, slots=True)
class PriceData:
    """Price histories, all to one time.

    Attributes
    ----------
    target : History
        What the model is judged on.
    peers : tuple of History
        What is pooled with it for training.
    references : dict of str to History
        By coin; those of `REFERENCES` among the peers.
    """

    target: History
    peers: tuple[History, ...]
    references: Mapping[str, History]

    @classmethod
    def read(cls, directory: Path, target: str, peers: tuple[str, ...], until: int) -> "PriceData":
        """Read the files of a directory up to a time; peers that are not there are left out.

        Raises
        ------
        HistoryError
            If the target is missing, or a file cannot be used.
        """
        if not (directory / target).is_file():
            raise HistoryError(
                f"no price file at {directory / target}: hourly bars have to be there under that name, as "
                "'ai-stellar data fetch --out' writes them"
            )
        own = read_history(directory / target).between(0, until)
        there = tuple(
            read_history(directory / name).between(0, until) for name in peers if (directory / name).is_file()
        )
        leading = {base_of(one.name): one for one in there if base_of(one.name) in REFERENCES}
        return cls(own, there, leading)

    def fingerprint(self) -> str:
        """Sha256 over the bars' numbers of the target and every peer."""
        return sha256(" ".join(one.fingerprint() for one in (self.target, *self.peers)).encode()).hexdigest()

    def description(self, until: int) -> dict[str, Any]:
        """Return what the manifest says of a training through noise on what is known by ``until``."""
        return {
            **trained_on((self.target, *self.peers), until),
            "copies_of_target": 1 + COPIES,
            "training_noise": asdict(TRAINING_NOISE),
            "venue_noise": asdict(VENUE_NOISE),
        }

    def samples(self, history: History | None = None, known: bool = True) -> Samples:
        """Return the target's samples, with the references' closes or without.

        Parameters
        ----------
        history : History, optional
            The target's bars to compute features from, by default as they are.
        known : bool
            Whether the references are.
        """
        histories = self.references if known else {}
        closes = align_references(self.target.start, histories, base_of(self.target.name))
        return make_samples(history or self.target, self.target, closes)

    def elsewhere(self) -> Samples:
        """Return the target's samples on bars as another venue would print them."""
        return self.samples(seen_elsewhere(self.target, ROBUSTNESS_SEED))

    def clean_samples(self) -> Samples:
        """Pool the target and every peer as they are, with the references that are known."""
        return pool([self.clean(bars) for bars in (self.target, *self.peers)])

    def clean(self, bars: History) -> Samples:
        """Return the samples of the target or a peer as it is, with the references that are known."""
        return make_samples(bars, references=self._references(bars)).compact()

    def training_samples(self) -> Samples:
        """Pool the target as it is with the target and each peer seen through `TRAINING_NOISE`.

        The references' closes are missing now and then.
        """
        seen = self.training_histories()
        return pool([self._training(k, bars, outcomes) for k, (bars, outcomes) in enumerate(seen)])

    def training_histories(self) -> list[tuple[History, History]]:
        """Return what is trained on: bars to compute features from, and those to read outcomes from."""
        noisy = [(self.target, seed) for seed in range(COPIES)]
        noisy += [(peer, PEER_SEED + k) for k, peer in enumerate(self.peers)]
        seen = [(seen_elsewhere(one, seed, TRAINING_NOISE), one) for one, seed in noisy]
        return [(self.target, self.target), *seen]

    def _training(self, number: int, bars: History, outcomes: History) -> Samples:
        closes = with_outages(self._references(bars), OUTAGE_SEED + number)
        return make_samples(bars, outcomes, closes).compact()

    def _references(self, bars: History) -> NDArray[np.float64]:
        return align_references(bars.start, self.references, base_of(bars.name))


def binned(samples: Samples, bins_until: int) -> TrainingData:
    """Bin samples for the boosters."""
    outcomes = {horizon: samples.outcome(horizon) for horizon in HORIZONS}
    return TrainingData(samples.time, samples.rows, samples.scale, outcomes, NAMES, bins_until)
