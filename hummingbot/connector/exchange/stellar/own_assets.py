"""The user's own assets: those of `connect`, and those of a file that also reaches keyless connectors."""

from pathlib import Path

import yaml  # type: ignore[import-untyped]

from hummingbot import root_path  # type: ignore[attr-defined]
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError

__all__ = ["own_assets"]


def own_assets(domain: str, entered: str = "", conf: Path | None = None) -> str:
    """Return the own assets of a domain as `AssetTable` reads them.

    Parameters
    ----------
    domain : str
    entered : str
        What the user entered at `connect`.
    conf : Path, optional
        The instance's ``conf`` by default.

    Raises
    ------
    ConfigurationError
        If ``stellar_assets.yml`` there cannot be read or has another form.
    """
    path = (root_path() / "conf" if conf is None else conf) / CONSTANTS.ASSETS_FILE
    try:
        text = path.read_text()
    except FileNotFoundError:
        return entered
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"cannot read {path}: {reason}") from None
    try:
        domains = yaml.safe_load(text) or {}
    except (yaml.YAMLError, ValueError, RecursionError):
        domains = None
    if not isinstance(domains, dict) or not all(isinstance(assets, str) for assets in domains.values()):
        raise ConfigurationError(
            f"{path} must hold lines DOMAIN: NAME=CODE:ISSUER, …, such as stellar: GOLD=gold:GBNZ…"
        )
    unknown = [str(name) for name in domains if name not in CONSTANTS.DOMAINS]
    if unknown:
        raise ConfigurationError(
            f"{path} names {', '.join(unknown)}, but the domains are {', '.join(CONSTANTS.DOMAINS)}"
        )
    return ", ".join(filter(None, (domains.get(domain, ""), entered)))
