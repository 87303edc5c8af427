"""`Study` of the price model."""

from pathlib import Path
from typing import Final

from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor

from ..card import METRIC_NAMES, render_card, verdict
from ..checkpoint import Checkpoint
from ..engine import Engine, Step
from ..history import read_history
from ..price_evaluation import evaluate
from ..price_study import PriceStudy
from ..report import Metric, Report
from ..study import Trained

__all__ = ["STUDY"]


class _Price:
    kind = "price"

    def train(self, data: Path, engine: Engine, checkpoint: Checkpoint, step: Step) -> Trained:
        result = PriceStudy().run(data, step)
        return Trained(result.manifest, result.files, render_card(result.manifest))

    def evaluate(self, model: Path | None, file: Path, begin: int | None, end: int | None) -> Report:
        predictor, history = PricePredictor.load(model), read_history(file)
        one = evaluate(
            predictor,
            history,
            int(history.start[0]) if begin is None else begin,
            int(history.start[-1]) if end is None else end,
        )
        plain = one.to_dict()
        sentence = verdict(plain["table"], plain["against_linear"]).replace("**", "")
        return Report(
            self.kind, predictor.model_id, one.file, one.fingerprint, one.begin, one.end, one.hours,
            one.seen_in_training, {name: _metric(name, label) for name, label in METRIC_NAMES.items()},
            one.table, f"{sentence[0].upper()}{sentence[1:]}.",
            {"against_linear": plain["against_linear"], "reliability": plain["reliability"]},
        )  # fmt: skip


def _metric(name: str, label: str) -> Metric:
    if name == "r2":
        return Metric(label, 2, 100.0)
    return Metric(label, 2) if "edge" in name else Metric(label)


STUDY: Final = _Price()
