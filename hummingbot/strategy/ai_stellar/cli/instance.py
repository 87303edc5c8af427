"""``ai-stellar instance DIR``: a working directory in which Hummingbot knows connector and strategy."""

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import yaml  # type: ignore[import-untyped,unused-ignore]

from hummingbot.connector.exchange.stellar.stellar_constants import NODES_FILE
from hummingbot.connector.exchange.stellar.yaml_file import read_yaml

from .link_farm import build_link_farm, overlay_root

__all__ = ["SANDBOX_URL", "build_instance", "register"]

SANDBOX_URL: Final = "http://127.0.0.1:8000"
FOLDERS: Final = (
    "conf/connectors",
    "conf/strategies",
    "conf/scripts",
    "conf/controllers",
    "logs",
    "data",
    "scripts",
    "controllers",
)
SHIM: Final = """#!/bin/sh
# Hummingbot's own command line, in this instance.
cd "$(dirname "$0")" && exec "{python}" -m hummingbot.strategy.ai_stellar.cli.hbot "$@"
"""


def client_settings(*, sandbox: bool) -> dict[str, Any]:
    """Return the lines of ``conf/conf_client.yml`` that differ from Hummingbot's defaults.

    Nothing is reported to anyone. Values are shown in USDC; on the sandbox they come from its own order
    books, which the connector puts in the place of Hummingbot's rate source (an exchange on the internet).
    """
    settings: dict[str, Any] = {
        "anonymized_metrics_mode": {},
        "send_error_logs": False,
        "fetch_pairs_from_all_exchanges": False,
        "global_token": {"global_token_name": "USDC", "global_token_symbol": "$"},
        "paper_trade": {
            "paper_trade_exchanges": ["stellar_local"] if sandbox else ["stellar", "stellar_testnet"],
            "paper_trade_account_balance": {"XLM": 10000.0, "USDC": 1000.0},
        },
    }
    if sandbox:
        settings["tick_size"] = 0.1
    return settings


def shipped_scripts() -> list[Path]:
    """Return the Hummingbot scripts that come with the plug-in: a checkout's, or those its wheel brought."""
    checkout = overlay_root().parent / "scripts"
    folder = checkout if checkout.is_dir() else Path(__file__).parents[1] / "scripts"
    return sorted(folder.glob("stellar_*.py"))


def build_instance(directory: Path, *, horizon_url: str = SANDBOX_URL, sandbox: bool = True) -> None:
    """Build, or bring up to date, an instance. Settings, keys, scripts, logs and data that exist are kept.

    Parameters
    ----------
    directory : Path
        Made where absent.
    horizon_url : str
        Where the domain ``stellar_local`` finds its Horizon, also without keys (paper trade).
    sandbox : bool
        Settings for the local sandbox (ticks of 0.1 s), or for public networks.

    Raises
    ------
    ValueError
        If the directory holds something that is not an instance.
    """
    directory = directory.absolute()
    if directory.is_dir() and any(directory.iterdir()) and not (directory / "conf").is_dir():
        raise ValueError(f"{directory} is not empty and is no instance: name a new directory")
    if not directory.parent.is_dir():
        raise ValueError(f"{directory.parent} does not exist: make it first, or name another directory")
    for folder in FOLDERS:
        (directory / folder).mkdir(parents=True, exist_ok=True)
    build_link_farm(directory)
    for script in shipped_scripts():
        if not (directory / "scripts" / script.name).exists():
            shutil.copyfile(script, directory / "scripts" / script.name)
    settings = directory / "conf" / "conf_client.yml"
    if not settings.exists():
        settings.write_text(yaml.safe_dump(client_settings(sandbox=sandbox), sort_keys=False))
    nodes = directory / "conf" / NODES_FILE
    known = read_yaml(nodes, "lines DOMAIN: URL")
    others = known if isinstance(known, dict) else {}
    nodes.write_text(yaml.safe_dump({**others, "stellar_local": horizon_url}))
    shim = directory / "hbot"
    shim.write_text(SHIM.format(python=sys.executable))
    shim.chmod(0o755)


def run(arguments: argparse.Namespace) -> int:
    """Build the instance and say what to do next."""
    directory: Path = arguments.directory
    build_instance(directory, horizon_url=arguments.horizon_url, sandbox=not arguments.public)
    print(f"Instance ready in {directory}. Next: {directory}/hbot connect stellar_local")
    return 0


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("instance", help="build a Hummingbot working directory with the plug-in")
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.add_argument("--horizon-url", default=SANDBOX_URL, help="of stellar_local (default: %(default)s)")
    parser.add_argument("--public", action="store_true", help="settings for public networks, not the sandbox")
    parser.set_defaults(run=run)
