"""``ai-stellar client DIR``: Hummingbot's terminal client in an instance (the package ships no launcher)."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from .instance import build_instance

__all__ = ["open_client", "register"]


def open_client() -> int:
    """Ask for the password, run the client until the user leaves. The working directory is the instance."""
    from hummingbot.client.config.config_crypt import ETHKeyFileSecretManger
    from hummingbot.client.config.config_helpers import load_client_config_map_from_file
    from hummingbot.client.runner import bootstrap_application
    from hummingbot.client.ui import login_prompt
    from hummingbot.client.ui.style import load_style

    settings = load_client_config_map_from_file()
    secrets = login_prompt(ETHKeyFileSecretManger, style=load_style(settings))
    if secrets is None:
        return 1

    async def session() -> None:
        application = await bootstrap_application(settings, secrets)
        if application is not None:
            await application.run()

    asyncio.run(session())
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Become the client: a new interpreter, so that the instance's own link farm is what gets imported."""
    if not sys.stdin.isatty():
        raise ValueError("the client needs a terminal: run it in one, or drive DIR/hbot from scripts")
    directory: Path = arguments.directory
    if not (directory / "hbot").exists():
        build_instance(directory)
    os.chdir(directory)
    os.execv(sys.executable, [sys.executable, "-m", __name__])


def register(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("client", help="open Hummingbot's terminal client in an instance")
    parser.add_argument("directory", type=Path, metavar="DIR")
    parser.set_defaults(run=run)


if __name__ == "__main__":
    sys.exit(open_client())
