"""Equity at the start of the day and at its highest: what losses are counted from."""

from collections.abc import Iterable
from decimal import Decimal

__all__ = ["DAY", "EquityRecord", "basis_of"]

DAY = 86_400


def basis_of(currency: str, pairs: Iterable[str]) -> str:
    """Name what equity is a sum of, and in what it is counted: two sums are comparable if it is the same."""
    assets = sorted({asset for pair in pairs for asset in pair.split("-")})
    return f"{', '.join(assets)} in {currency}"


class EquityRecord:
    """Follows equity over ledger time; it reads no clock.

    Give it the earlier equity of the same account first, oldest first, and a restart forgets no loss. When
    the assets counted or their currency change, amounts before and after cannot be compared, but shares can:
    the references are scaled so that what was lost of them stays lost, and nothing else counts as a loss.

    Attributes
    ----------
    first, day_start, peak : Decimal or None
        Equity at the first observation, at the start of the day and at its highest.
    basis : str
        What the last observation was a sum of, see `basis_of`.
    carried_from : str or None
        The basis before the last change of it.

    Examples
    --------
    >>> record = EquityRecord()
    >>> for time, equity in ((0, 100), (3600, 110), (86_400, 99)):
    ...     record.observe(time, Decimal(equity))
    >>> record.day_start, record.peak
    (Decimal('99'), Decimal('110'))
    """

    __slots__ = ("_day", "_last", "basis", "carried_from", "day_start", "first", "peak")

    def __init__(self) -> None:
        self._day: int | None = None
        self._last: Decimal | None = None
        self.basis = ""
        self.carried_from: str | None = None
        self.first: Decimal | None = None
        self.day_start: Decimal | None = None
        self.peak: Decimal | None = None

    def observe(self, time: int, equity: Decimal, basis: str = "") -> None:
        """Take the equity at a ledger's close time; times do not go back."""
        if not equity.is_finite():
            return
        if self._last is not None and basis != self.basis:
            if equity <= 0:
                return  # of this nothing is held: it tells nothing of what was
            self._carry_over(equity)
        self._last, self.basis = equity, basis
        day = time // DAY
        if self._day is None or day > self._day:
            self._day, self.day_start = day, equity
        if self.first is None:
            self.first = equity
        if self.peak is None or equity > self.peak:
            self.peak = equity

    def _carry_over(self, equity: Decimal) -> None:
        assert self._last is not None
        self.carried_from = self.basis
        references = (self.first, self.day_start, self.peak)
        if self._last > 0:
            scale = equity / self._last
            self.first, self.day_start, self.peak = (None if r is None else r * scale for r in references)
        else:  # after nothing comes a new beginning
            self.first = self.day_start = self.peak = self._day = None

    def daily_loss(self, equity: Decimal) -> Decimal | None:
        """Return the share lost since the day began; negative for a gain, None if unknown."""
        return _lost(self.day_start, equity)

    def drawdown(self, equity: Decimal) -> Decimal | None:
        """Return the share lost since the peak; None if unknown."""
        return _lost(self.peak, equity)


def _lost(reference: Decimal | None, equity: Decimal) -> Decimal | None:
    if reference is None or reference <= 0 or not equity.is_finite():
        return None
    return (reference - equity) / reference
