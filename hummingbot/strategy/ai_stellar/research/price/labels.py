"""What each metric of a price model is called, and how it is shown."""

from collections.abc import Mapping
from typing import Final

from ..report import Metric

__all__ = ["METRIC_LABELS"]

METRIC_LABELS: Final[Mapping[str, Metric]] = {
    "auc": Metric("AUC"),
    "accuracy": Metric("accuracy"),
    "log_loss": Metric("log-loss"),
    "brier": Metric("Brier score"),
    "calibration_error": Metric("calibration error"),
    "r2": Metric("R² of expected return (%)", 2, 100.0),
    "pinball": Metric("pinball loss of the quantiles (bp)", 2),
    "coverage_50": Metric("outcomes within the inner quantiles (50 %)", 3),
    "coverage_90": Metric("outcomes within the outer quantiles (90 %)", 3),
    "gross_edge": Metric("gross edge a trade (bp)", 2),
    "gross_edge_delayed": Metric("… entered an hour late (bp)", 2),
    "gross_edge_strongest": Metric("… strongest tenth (bp)", 2),
    "net_edge_strongest": Metric("… strongest tenth, net at 10 bp a side (bp)", 2),
}
"""By name, in the order of the tables."""
