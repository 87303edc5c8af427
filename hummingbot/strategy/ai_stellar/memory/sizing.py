"""How similar experience scales the size of an order."""

import math
from dataclasses import dataclass

from .similarity import Neighbours

__all__ = ["Insight", "SizingRule"]


@dataclass(frozen=True, slots=True)
class Insight:
    """What memory says about one proposal.

    Attributes
    ----------
    scale : float
        Factor on the proposed size; 1 changes nothing.
    neighbours : int
        Similar experiences found.
    evidence : float
        Sum of their weights.
    mean_bp : float
        Their weighted mean outcome, bp.
    t : float
        Shrunken mean over its standard error.
    """

    scale: float
    neighbours: int
    evidence: float = 0.0
    mean_bp: float = 0.0
    t: float = 0.0

    @property
    def text(self) -> str:
        """One sentence for the status."""
        if self.neighbours == 0:
            return "no similar order in memory: size unchanged"
        found = f"{self.neighbours} similar orders earned {self.mean_bp:+.1f} bp on average"
        if self.scale == 1.0 and self.t == 0.0:
            return f"{found}, too few to act on: size unchanged"
        return f"{found} (t {self.t:+.2f}): size × {self.scale:.3f}"


@dataclass(frozen=True, slots=True)
class SizingRule:
    r"""Scale a size by how surely similar orders earned or lost.

    With outcomes :math:`y_i` in bp, weights :math:`w_i` (kernel × learning weight), evidence
    :math:`n = \sum w_i`, mean :math:`m = \sum w_i y_i / n` and variance :math:`v = \sum w_i (y_i - m)^2 / n`,

    .. math::

        \tilde m = \frac{n\,m}{n + n_0}, \qquad
        \tilde v = \frac{n\,v + n_0\,\sigma_0^2}{n + n_0}, \qquad
        t = \frac{\tilde m}{\sqrt{\tilde v / (n + n_0)}}, \qquad
        \mathrm{scale} = \mathrm{clip}(1 + \kappa t,\ \mathrm{floor},\ \mathrm{ceiling}).

    The mean is shrunk toward nothing as if :math:`n_0` more orders had earned 0 with deviation
    :math:`\sigma_0`, so a few lucky orders move little. Below `minimum` neighbours the scale is 1.

    Attributes
    ----------
    neighbours : int
        Similar experiences looked at, at most.
    minimum : int
        Neighbours needed to act.
    gain : float
        κ, change of scale for one unit of t.
    floor, ceiling : float
        Bounds of the scale.
    prior_count : float
        n₀.
    prior_deviation_bp : float
        σ₀; by default the size of an hour's move of XLM.
    """

    neighbours: int = 20
    minimum: int = 5
    gain: float = 0.25
    floor: float = 0.5
    ceiling: float = 1.5
    prior_count: float = 5.0
    prior_deviation_bp: float = 80.0

    def insight(self, found: Neighbours) -> Insight:
        """Apply the formula."""
        outcomes, weights = found.outcomes.tolist(), found.weights.tolist()
        count, evidence = len(outcomes), sum(weights)
        if count == 0 or evidence <= 0.0:
            return Insight(1.0, 0)
        mean = math.sumprod(weights, outcomes) / evidence
        if count < self.minimum:
            return Insight(1.0, count, evidence, mean)
        variance = math.sumprod(weights, [(outcome - mean) ** 2 for outcome in outcomes]) / evidence
        total = evidence + self.prior_count
        shrunken_mean = evidence * mean / total
        shrunken_variance = (evidence * variance + self.prior_count * self.prior_deviation_bp**2) / total
        t = shrunken_mean / math.sqrt(shrunken_variance / total)
        scale = min(self.ceiling, max(self.floor, 1.0 + self.gain * t))
        return Insight(scale, count, evidence, mean, t)
