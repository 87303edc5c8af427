"""Text that the ledger keeps: names of data, home domains."""

__all__ = ["is_plain"]


def is_plain(text: str) -> bool:
    """Tell whether the network takes a text: printable ASCII alone."""
    return all(" " <= letter <= "~" for letter in text)
