"""What every `make` target begins with: it names what is missing, and leaves alone what has not changed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = (
    "bash",
    "sh",
    "env",
    "cat",
    "cut",
    "sha256sum",
    "dirname",
    "find",
    "sort",
    "ls",
    "rm",
    "pwd",
    "nproc",
)


def checkout(directory: Path) -> Path:
    """A checkout with what set-up looks at."""
    (directory / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "set_up.sh", directory / "scripts")
    for name in ("pyproject.toml", "constraints.txt", "setup.py"):
        shutil.copy(ROOT / name, directory)
    (directory / "hummingbot").mkdir()
    return directory


def set_up(directory: Path, tools: Path, *present: str, **programs: str) -> subprocess.CompletedProcess[str]:
    """Run set-up where nothing but `present` and the programs given can be found."""
    tools.mkdir(parents=True)
    for name in (*TOOLS, *present):
        found = shutil.which(name)
        if found is not None:
            (tools / name).symlink_to(found)
    for name, text in programs.items():
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    return subprocess.run(
        [str(directory / "scripts" / "set_up.sh")],
        env={"PATH": str(tools), "HOME": str(directory)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("missing", ["git", "make", "g++"])
def test_a_missing_tool_is_named(tmp_path: Path, missing: str) -> None:
    tools = [name for name in ("git", "make", "g++") if name != missing]
    result = set_up(checkout(tmp_path / "clone"), tmp_path / "bin", *tools)
    assert result.returncode == 1
    assert result.stderr.startswith(f"set-up: {missing} is missing: install it first")
    assert len(result.stderr.splitlines()) == 1


def test_neither_uv_nor_python_is_named(tmp_path: Path) -> None:
    result = set_up(checkout(tmp_path / "clone"), tmp_path / "bin", "git", "make", "g++")
    assert result.returncode == 1
    assert "neither uv nor python3 is here: install either" in result.stderr


def test_a_python_without_venv_is_named(tmp_path: Path) -> None:
    result = set_up(checkout(tmp_path / "clone"), tmp_path / "bin", "git", "make", "g++", python3="exit 1")
    assert result.returncode == 1
    assert "python3 cannot make a virtual environment: install python3-venv, or uv" in result.stderr


def test_no_python_312_is_named(tmp_path: Path) -> None:
    uv = 'case "$1" in --version) exit 0;; *) exit 2;; esac'
    result = set_up(checkout(tmp_path / "clone"), tmp_path / "bin", "git", "make", "g++", uv=uv)
    assert result.returncode == 1
    assert "no Python 3.12 is here and uv could not download one" in result.stderr


@pytest.mark.skipif(
    not (ROOT / ".venv" / ".packages").exists(), reason="this checkout was not set up by make (no .venv)"
)
def test_nothing_is_done_where_nothing_has_changed() -> None:
    def state() -> dict[str, int]:
        return {
            name: (ROOT / ".venv" / name).stat().st_mtime_ns for name in (".packages", ".extensions", ".farm")
        }

    before = state()
    result = subprocess.run(
        [str(ROOT / "scripts" / "set_up.sh")],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert state() == before
