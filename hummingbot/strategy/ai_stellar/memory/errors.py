"""What goes wrong with a memory file."""

from pathlib import Path

__all__ = ["MemoryCorrupt", "MemoryFileError", "MemoryLocked"]


class MemoryFileError(RuntimeError):
    """A memory file that cannot be used; the message names it and the remedy. Nothing in it was changed."""


class MemoryLocked(MemoryFileError):
    """Another process is using the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the memory file {path} is in use by another process: stop that bot, "
            "or give this one its own file by memory_file"
        )


class MemoryCorrupt(MemoryFileError):
    """The file is damaged, or no memory of this strategy."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"the memory file {path} cannot be read ({found}): put a good copy in its place, "
            "or move it away to start with an empty memory"
        )
