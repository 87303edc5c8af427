"""A terminal for tests: a program runs in a pseudo-terminal, and what it has drawn can be read as text."""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import wcwidth

__all__ = ["Terminal"]

SEQUENCE = re.compile(
    r"\x1b\[(?P<private>[?>=]?)(?P<numbers>[0-9;]*)(?P<command>[@-~])"  # control sequence
    r"|\x1b\][^\x07]*\x07"  # title of the window
    r"|\x1b[()][A-Z0-9]|\x1b[=>78]"
)
BACKSPACE = "\x7f"
UNFINISHED = re.compile(r"\x1b(\[[?>=]?[0-9;]*|\][^\x07]*|[()])?$")


class Terminal:
    """Enough of a VT100 for prompt_toolkit's full-screen programs: text, cursor and erasing, no colours.

    Parameters
    ----------
    command : sequence of str
    environment : mapping of str to str
    directory : Path
        Where it runs.
    columns, rows : int
        Size.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        directory: Path,
        columns: int = 200,
        rows: int = 60,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.row = self.column = 0
        self.cells = [[" "] * columns for _ in range(rows)]
        self._rest = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.process = subprocess.Popen(
            command,
            cwd=directory,
            env={**environment, "TERM": "xterm"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join("".join(line).rstrip() for line in self.cells)

    def enter(self, text: str) -> None:
        """Put a line in the place of what stands in the field of input, and press Enter."""
        self.press(f"{BACKSPACE * 80}{text}\r")

    def press(self, keys: str) -> None:
        """Send keys as they are."""
        os.write(self._master, keys.encode())

    def wait_for(self, pattern: str, seconds: float = 60.0) -> re.Match[str]:
        """Read what the program draws until the screen shows a regular expression."""
        deadline = time.monotonic() + seconds
        while (found := re.search(pattern, self.text)) is None:
            assert time.monotonic() < deadline, f"{pattern!r} does not appear on\n{self.text}"
            assert self._read(0.2) or self.process.poll() is None, f"ended, showing\n{self.text}"
        return found

    def end(self, seconds: float = 60.0) -> int:
        """Wait for the program's end; return its exit code."""
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end, showing\n{self.text}"
            self._read(0.2)
        while self._read(0):
            pass
        return self.process.returncode

    def close(self) -> None:
        """End the program, if it has not ended by itself."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return False
        try:
            read = os.read(self._master, 65536)
        except OSError:  # the program has closed its end
            return False
        self._draw(self._rest + self._decoder.decode(read))
        return True

    def _draw(self, text: str) -> None:
        unfinished = UNFINISHED.search(text)
        self._rest = unfinished[0] if unfinished else ""
        text = text.removesuffix(self._rest) if self._rest else text
        position = 0
        while position < len(text):
            sequence = SEQUENCE.match(text, position)
            if sequence is not None:
                position = sequence.end()
                if sequence["command"] and not sequence["private"]:
                    self._control(sequence["command"], sequence["numbers"])
            else:
                self._put(text[position])
                position += 1

    def _put(self, letter: str) -> None:
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self._line_feed()
        elif letter == "\b":
            self.column = max(0, self.column - 1)
        elif letter >= " " and self.column < self.columns:
            self.cells[self.row][self.column] = letter
            self.column += max(1, wcwidth.wcwidth(letter))

    def _line_feed(self) -> None:
        if self.row < self.rows - 1:
            self.row += 1
        else:
            self.cells = [*self.cells[1:], [" "] * self.columns]

    def _control(self, command: str, written: str) -> None:
        numbers = [int(number or 0) for number in written.split(";")]
        amount = max(1, numbers[0])
        if command == "A":
            self.row = max(0, self.row - amount)
        elif command == "B":
            self.row = min(self.rows - 1, self.row + amount)
        elif command == "C":
            self.column = min(self.columns - 1, self.column + amount)
        elif command == "D":
            self.column = max(0, self.column - amount)
        elif command == "H":
            row, column = [*numbers, 1, 1][:2]
            self.row, self.column = max(1, row) - 1, max(1, column) - 1
        elif command == "J":
            self._erase(self.row + 1 if numbers[0] == 0 else 0)
            if numbers[0] == 0:
                self.cells[self.row][self.column :] = [" "] * (self.columns - self.column)
        elif command == "K":
            self.cells[self.row][self.column :] = [" "] * (self.columns - self.column)
        elif command == "n" and numbers[0] == 6:
            self.press(f"\x1b[{self.row + 1};{self.column + 1}R")

    def _erase(self, first_row: int) -> None:
        for row in range(first_row, self.rows):
            self.cells[row] = [" "] * self.columns
