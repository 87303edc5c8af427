"""What can go wrong with a sandbox as a whole."""

__all__ = ["FriendbotError", "SandboxError"]


class SandboxError(ValueError):
    """The sandbox cannot start, or cannot go on; the message is one sentence that says what to do."""


class FriendbotError(SandboxError):
    """Friendbot cannot pay as asked."""
