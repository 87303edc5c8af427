"""Serving a sandbox over HTTP, on this machine only."""

from ipaddress import ip_address
from typing import Self

from aiohttp import web

from ..errors import SandboxError
from ..sandbox import Sandbox
from .application import make_application
from .control import Control
from .node import Node

__all__ = ["HorizonServer", "check_loopback"]

SHUTDOWN_SECONDS = 2.0


def check_loopback(host: str) -> str:
    """Return a host name that stands for this machine.

    Raises
    ------
    SandboxError
        If it is any other: a sandbox gives money and its own state to whoever asks.
    """
    if host == "localhost":
        return host
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SandboxError(
            f"host {host} is not this machine's loopback: use 127.0.0.1, ::1 or localhost, because a sandbox "
            f"trusts whoever reaches it"
        )
    return host


class HorizonServer:
    """The sandbox's HTTP server.

    Parameters
    ----------
    sandbox : Sandbox
    host : str
    port : int
        0 for any free one; `url` names it once the server has started.
    run : Control, optional
    node : Node, optional
        Which node of the network it is.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        host: str,
        port: int,
        run: Control | None = None,
        node: Node | None = None,
    ) -> None:
        self._sandbox = sandbox
        self._host = check_loopback(host)
        self._port = port
        self._runner = web.AppRunner(
            make_application(sandbox, run, node), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )

    @property
    def url(self) -> str:
        """Where it listens: ``http://127.0.0.1:8000``."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def port(self) -> int:
        """Where it listens, once it has started."""
        return self._port

    async def start(self) -> None:
        """Begin to listen.

        Raises
        ------
        SandboxError
            If the port is taken or out of range.
        """
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port, backlog=1024, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise SandboxError(
                f"cannot listen on {self._host}:{self._port} ({error.strerror or error}): is another sandbox "
                f"running? Choose another with --port"
            ) from None
        except OverflowError:
            await self._runner.cleanup()
            raise SandboxError(f"port {self._port} is out of range: choose one from 1 to 65535") from None
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """End all streams and waits, and listen no longer."""
        self._sandbox.stop()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
