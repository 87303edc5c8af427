"""What goes wrong with a model."""

__all__ = ["ModelError"]


class ModelError(ValueError):
    """A model that must not be used; the message names the file, what is wrong and the remedy."""
