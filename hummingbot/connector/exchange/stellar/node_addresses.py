"""Where a domain's nodes are: what the user entered, what the instance's file says, or the default."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hummingbot import root_path  # type: ignore[attr-defined]
from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.connector.exchange.stellar.credentials import check_urls
from hummingbot.connector.exchange.stellar.errors import ConfigurationError
from hummingbot.connector.exchange.stellar.yaml_file import read_yaml

__all__ = ["NodeAddresses"]

KINDS = ("horizon", "rpc")
FORM = "DOMAIN: URL, DOMAIN: [URL, URL] or DOMAIN: {horizon: [URL, URL], rpc: URL}"


@dataclass(frozen=True, slots=True)
class NodeAddresses:
    """A domain's nodes, in the order in which they are preferred.

    Parameters
    ----------
    horizon : tuple of str
        At least one, without trailing slashes.
    rpc : tuple of str
        Nodes of Stellar RPC; may be empty.
    """

    horizon: tuple[str, ...]
    rpc: tuple[str, ...]

    @classmethod
    def find(cls, domain: str, horizon: str = "", rpc: str = "", conf: Path | None = None) -> "NodeAddresses":
        """Return a domain's nodes.

        Parameters
        ----------
        domain : str
        horizon, rpc : str
            The user's own fields: URLs separated by commas. What they leave empty comes from the domain's
            line in ``stellar_nodes.yml``, or is the default.
        conf : Path, optional
            The directory of that file; by default the instance's ``conf``.

        Raises
        ------
        ConfigurationError
            If the domain is unknown, the file cannot be read, or an address is not http(s) or given twice.
        """
        if domain not in CONSTANTS.DOMAINS:
            raise ConfigurationError(
                f"domain {domain!r} is not one of {', '.join(CONSTANTS.DOMAINS)}: choose one of these"
            )
        listed = _read_file((root_path() / "conf" if conf is None else conf) / CONSTANTS.NODES_FILE)
        own = listed.get(domain, {})
        default = CONSTANTS.HORIZON_URLS[domain]
        return cls(
            check_urls(horizon or own.get("horizon") or default, f"Horizon URL of {domain}"),
            check_urls(rpc or own.get("rpc") or "", f"RPC URL of {domain}"),
        )


def _read_file(path: Path) -> dict[str, dict[str, str]]:
    """Return the file's addresses by domain and kind, joined by commas."""
    domains = read_yaml(path, f"lines {FORM}") or {}
    if not isinstance(domains, dict):
        raise ConfigurationError(f"{path} must hold lines {FORM}")
    unknown = [str(name)[:40] for name in domains if name not in CONSTANTS.DOMAINS][:5]
    if unknown:
        raise ConfigurationError(
            f"{path} names {', '.join(unknown)}, but the domains are {', '.join(CONSTANTS.DOMAINS)}"
        )
    return {domain: _kinds(path, domain, value) for domain, value in domains.items()}


def _kinds(path: Path, domain: str, value: Any) -> dict[str, str]:
    kinds = value if isinstance(value, dict) else {"horizon": value}
    joined = {}
    for kind, urls in kinds.items():
        listed = urls if isinstance(urls, list) else [urls]
        if kind not in KINDS or not all(isinstance(url, str) for url in listed):
            raise ConfigurationError(f"{path}: {domain} must be of the form {FORM}")
        joined[str(kind)] = ",".join(listed)
    return joined
