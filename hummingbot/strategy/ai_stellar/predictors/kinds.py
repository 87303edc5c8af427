"""The kinds of model there are."""

from typing import Final

__all__ = ["ALONE", "KINDS", "RETRAINABLE", "TUNABLE"]

KINDS: Final = {
    "price": "returns of the next 1, 4 and 24 hours by LightGBM (some five minutes)",
    "lstm": "the same by a recurrent network (some five minutes; needs JAX)",
    "volatility": "how far a price moves within 1 h to a week, by GARCH and HAR (some two minutes)",
    "regime": "which kind of market it is, by a hidden Markov model (some two minutes)",
    "allocation": "which share to hold in each of several assets, by Black and Litterman (some four minutes)",
    "execution": "how to sell or buy a parent order, by reinforcement learning (some four minutes)",
    "guard": "whether an hour is unlike those the models know (some seconds)",
}
"""What each kind forecasts, and how long its training takes on two cores."""
RETRAINABLE: Final = ("price", "lstm", "volatility", "regime")
"""Kinds that can be trained again beside a bot, champion against challenger."""
TUNABLE: Final = ("price", "lstm", "execution")
"""Kinds whose hyper-parameters can be searched."""
ALONE: Final = ("guard",)
"""Kinds that are trained in one process, as there is little to share out."""
