"""What can go wrong between Hummingbot and a Stellar network, each in one sentence a user can act on."""

__all__ = ["ConfigurationError", "StellarError"]


class StellarError(Exception):
    """Base of all errors of the connector."""


class ConfigurationError(StellarError, ValueError):
    """A key, an asset, a trading pair or a URL that the user gave cannot be used."""
