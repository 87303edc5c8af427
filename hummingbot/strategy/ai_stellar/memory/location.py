"""Where a configuration keeps its memory."""

from pathlib import Path

__all__ = ["memory_file"]


def memory_file(chosen: str, configuration: str, data: Path) -> Path:
    """Return the memory file of a configuration.

    Parameters
    ----------
    chosen : str
        Its field ``memory_file``; empty for the default.
    configuration : str
        Name of its file.
    data : Path
        Hummingbot's folder ``data``.
    """
    return Path(chosen).expanduser() if chosen else data / f"ai_stellar_{Path(configuration).stem}.sqlite"
