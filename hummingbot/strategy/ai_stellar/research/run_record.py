"""What one run of the strategy did, as reports and live views need it. Floats: none reaches a ledger."""

from dataclasses import dataclass

__all__ = ["DecisionRecord", "EquityPoint", "FillRecord", "RunRecord"]


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision and what came of it.

    Attributes
    ----------
    time : int
        Ledger time, seconds since 1970.
    mid : float or None
        Middle of the book, quote per base.
    expected_return, realised_return : float
        Log-return of the next hour: forecast, and what came (None while it is open).
    side : str
        ``buy``, ``sell`` or ``hold``.
    size : float
        Base units after memory and gate.
    verdict : str
        ``approved``, ``reduced``, ``rejected`` or ``hold``.
    reasons : tuple of str
        Codes of the limits that reduced or rejected it.
    memory_scale : float
        Factor that memory put on the size.
    latency_us : float
        Microseconds from the closed bar to the verdict.
    """

    time: int
    mid: float | None
    expected_return: float
    realised_return: float | None
    side: str
    size: float
    verdict: str
    reasons: tuple[str, ...]
    memory_scale: float
    latency_us: float


@dataclass(frozen=True, slots=True)
class FillRecord:
    """One fill of ours: ledger time, side, price (quote per base), amount (base)."""

    time: int
    side: str
    price: float
    amount: float


@dataclass(frozen=True, slots=True)
class EquityPoint:
    """Value of everything held at a moment, and of what was held at the start, in the quote asset."""

    time: int
    value: float
    buy_and_hold: float


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One pair's run."""

    pair: str
    decisions: tuple[DecisionRecord, ...]
    fills: tuple[FillRecord, ...]
    equity: tuple[EquityPoint, ...]

    @property
    def quote(self) -> str:
        """Name of the asset that values are counted in."""
        return self.pair.split("-")[1]
