"""The kinds of model there are."""

from typing import Final

__all__ = ["KINDS"]

KINDS: Final = {
    "price": "return of the next hour by LightGBM (some three minutes)",
}
"""What each kind forecasts, and how long its training takes on two cores."""
