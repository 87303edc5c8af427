"""Equity at the start of the day and at its highest: what losses are counted from."""

from decimal import Decimal

__all__ = ["DAY", "EquityRecord"]

DAY = 86_400


class EquityRecord:
    """Follows equity over ledger time; it reads no clock.

    Give it the earlier equity of the same account first, oldest first, and a restart forgets no loss.

    Examples
    --------
    >>> record = EquityRecord()
    >>> for time, equity in ((0, 100), (3600, 110), (86_400, 99)):
    ...     record.observe(time, Decimal(equity))
    >>> record.day_start, record.peak
    (Decimal('99'), Decimal('110'))
    """

    __slots__ = ("_day", "day_start", "first", "peak")

    def __init__(self) -> None:
        self._day: int | None = None
        self.first: Decimal | None = None
        self.day_start: Decimal | None = None
        self.peak: Decimal | None = None

    def observe(self, time: int, equity: Decimal) -> None:
        """Take the equity at a ledger's close time; times do not go back."""
        if not equity.is_finite():
            return
        day = time // DAY
        if self._day is None or day > self._day:
            self._day, self.day_start = day, equity
        if self.first is None:
            self.first = equity
        if self.peak is None or equity > self.peak:
            self.peak = equity

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
