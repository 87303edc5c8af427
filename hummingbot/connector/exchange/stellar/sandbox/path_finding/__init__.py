"""Finding paths: by which exchanges an amount of one asset becomes most of another, or costs least of it."""

from .search import MOST_HOPS, Found, paths_from, paths_to
from .venues import Venues

__all__ = ["MOST_HOPS", "Found", "Venues", "paths_from", "paths_to"]
