"""Live books and trades of the connector, recorded to parquet files and read again."""

from .collected import Books, Collected, read_collected
from .collector import Collector
from .manifest import CollectionError

__all__ = ["Books", "Collected", "CollectionError", "Collector", "read_collected"]
