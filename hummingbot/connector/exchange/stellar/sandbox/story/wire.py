"""HTTP as bytes: asking as a recorded client asked, and reading what came as it came."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from .virtual_time import virtual_loop

__all__ = ["Answer", "OpenStream", "ask", "read_answer"]

END_OF_HEAD: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer.

    Parameters
    ----------
    status : int
    headers : dict of str to str
        By their names as they were written.
    body : bytes
        Without the framing of chunks.
    whole : bool
        Whether the body came to its end.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True


def read_answer(raw: bytes) -> Answer:
    """Read an answer from its bytes.

    Raises
    ------
    ValueError
        If they do not begin with an HTTP head.
    """
    head, end, body = raw.partition(END_OF_HEAD)
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if not end or len(words) < 2 or not words[0].startswith("HTTP/"):
        raise ValueError(f"{raw[:60]!r} is not an HTTP answer")
    parts = (line.partition(":") for line in lines)
    headers = {name: value.strip() for name, _, value in parts}
    if headers.get("Transfer-Encoding", "").lower() != "chunked":
        return Answer(int(words[1]), headers, body)
    text, whole = _joined(body)
    return Answer(int(words[1]), headers, text, whole)


def _joined(framed: bytes) -> tuple[bytes, bool]:
    body = b""
    while framed:
        size, end, rest = framed.partition(b"\r\n")
        if not end:
            break
        length = int(size, 16)
        if not length:
            return body, True
        body += rest[:length]
        framed = rest[length + 2 :]
    return body, False


async def ask(port: int, method: str, path: str, headers: dict[str, str], body: str) -> Answer:
    """Ask a server on this machine, on a connection of its own."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    content = body.encode()
    if content or method == "POST":
        lines.append(f"Content-Length: {len(content)}")
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    try:
        writer.write("\r\n".join(lines).encode("latin-1") + END_OF_HEAD + content)
        return read_answer(await reader.read())
    finally:
        writer.close()


@dataclass(slots=True)
class OpenStream:
    """A connection that is read as it comes.

    Attributes
    ----------
    raw : bytearray
        What came so far.
    ended : bool
        Whether the server closed it.
    """

    raw: bytearray = field(default_factory=bytearray)
    ended: bool = False
    _writer: asyncio.StreamWriter | None = None
    _reading: asyncio.Task[None] | None = None

    async def open(self, port: int, request: str) -> None:
        """Connect, and send a recorded head, with the host of this server."""
        reader, self._writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        head = request.rstrip("\r\n").split("\r\n")
        lines = [f"Host: 127.0.0.1:{port}" if line.startswith("Host:") else line for line in head]
        self._writer.write("\r\n".join(lines).encode("latin-1") + END_OF_HEAD)
        self._reading = asyncio.create_task(self._read(reader))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(2**16):
            self.raw += data
        self.ended = True

    async def close(self) -> None:
        """Read what is there, and close it from this side."""
        size = -1
        while size != len(self.raw):
            size = len(self.raw)
            await virtual_loop().rest()
        if self._reading is not None:
            self._reading.cancel()
        if self._writer is not None:
            self._writer.close()
