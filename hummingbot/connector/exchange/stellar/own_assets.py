"""The user's own assets: those of `connect`, and those of a file that also reaches keyless connectors."""

from pathlib import Path
from typing import Final

from hummingbot import root_path  # type: ignore[attr-defined]
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.yaml_file import read_yaml

__all__ = ["own_assets"]

FORM: Final = "lines DOMAIN: NAME=CODE:ISSUER, …, such as stellar: GOLD=gold:GBNZ…"


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
    domains = read_yaml(path, FORM) or {}
    if not isinstance(domains, dict) or not all(isinstance(assets, str) for assets in domains.values()):
        raise ConfigurationError(f"{path} must hold {FORM}")
    unknown = [str(name)[:40] for name in domains if name not in CONSTANTS.DOMAINS][:5]
    if unknown:
        raise ConfigurationError(
            f"{path} names {', '.join(unknown)}, but the domains are {', '.join(CONSTANTS.DOMAINS)}"
        )
    return ", ".join(filter(None, (domains.get(domain, ""), entered)))
