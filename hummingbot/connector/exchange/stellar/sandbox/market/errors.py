"""What can be wrong with a sandbox market before it opens, or while it trades."""

__all__ = ["HistoryError", "MarketError"]


class MarketError(ValueError):
    """The market cannot be set up, or goes on, as asked; the message says what to change."""


class HistoryError(MarketError):
    """A history file cannot serve as the reference price; the message says why, and the remedy."""
