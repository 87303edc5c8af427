"""Predictors: from a feature row to a forecast, and the artifacts they are loaded from."""

from .errors import ModelError
from .forecast import Forecast
from .price import PricePredictor

__all__ = ["Forecast", "ModelError", "PricePredictor"]
