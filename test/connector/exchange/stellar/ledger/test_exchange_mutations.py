"""Each rounding of the exchange matters: turned around, it breaks a recording or a property.

The module is compiled again with one rounding flipped and put in place of the real one, in a process of its
own, under the real engine. The real module goes through the same, and breaks nothing.
"""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[5]
PACKAGE = "hummingbot/connector/exchange/stellar/ledger"
SOURCE = ROOT / PACKAGE / "exchange.pyx"
PROPERTIES = Path(__file__).with_name("test_exchange.py")
VECTORS = ROOT / "test" / "golden" / "vectors"

RUN = """
import importlib.machinery, importlib.util, sys
from pathlib import Path

name = "hummingbot.connector.exchange.stellar.ledger.exchange"
compiled, properties, vectors = sys.argv[1:]
loader = importlib.machinery.ExtensionFileLoader(name, compiled)
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
sys.modules[name] = module
loader.exec_module(module)
import hummingbot.connector.exchange.stellar.ledger as ledger
ledger.exchange = module

from hummingbot.connector.exchange.stellar.sandbox.verify import verify_file

for path in sorted(Path(vectors).glob("*.gz")):
    if path.name.startswith(("extreme", "multi", "sdex_p19_seed30")):
        try:
            if verify_file(path).mismatches:
                sys.exit(path.name)
        except ArithmeticError as error:
            sys.exit(f"{path.name}: {error}")
spec = importlib.util.spec_from_file_location("properties", properties)
tests = importlib.util.module_from_spec(spec)
spec.loader.exec_module(tests)
for test, function in vars(tests).items():
    if test.startswith("test_") and hasattr(function, "hypothesis"):
        try:
            function()
        except Exception as error:
            sys.exit(f"{test}: {error}")
"""


def roundings() -> list[tuple[int, int, str]]:
    """Where the arithmetic rounds: line, column, and what stands there."""
    lines = SOURCE.read_text().splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("cdef int exchange_unbounded("))
    end = next(i for i, line in enumerate(lines) if line.startswith("cdef int exchange("))
    return [
        (i, match.start(), match.group())
        for i in range(begin, end)
        for match in re.finditer(r"\b(floor_of|ceil_of)\b", lines[i])
    ]


def bounds() -> list[tuple[int, int, str]]:
    """Where the arithmetic compares with a bound: of 1 % on the price, and of a limit price."""
    lines = SOURCE.read_text().splitlines()
    return [
        (i, line.index(comparison), comparison)
        for i, line in enumerate(lines)
        for written, comparison in (
            ("            if error > wheat_value:", " > "),
            ("    return product(n, limit_d) > product(d, limit_n)", " > "),
            ("    return product(n, limit_d) >= product(d, limit_n)", " >= "),
        )
        if line == written
    ]


def flipped(line: int, column: int, rounding: str) -> str:
    lines = SOURCE.read_text().splitlines()
    others = {"floor_of": "ceil_of", "ceil_of": "floor_of", " > ": " >= ", " >= ": " > "}
    other = others[rounding]
    lines[line] = lines[line][:column] + other + lines[line][column + len(rounding) :]
    return "\n".join(lines)


def compile_copy(folder: Path, source: str) -> Path:
    """Compile a copy of the module and return the extension."""
    package = folder / PACKAGE
    package.mkdir(parents=True)
    pyx = package / "exchange.pyx"
    pyx.write_text(source)
    (package / "exchange.pxd").write_text(SOURCE.with_suffix(".pxd").read_text())
    name = f"{PACKAGE}/exchange".replace("/", ".")
    options = ["-3", "-X", "cdivision=True", "-I", str(folder), "--module-name", name]
    subprocess.run([sys.executable, "-m", "cython", *options, str(pyx)], check=True, capture_output=True)
    compiled = folder / f"exchange{sysconfig.get_config_var('EXT_SUFFIX')}"
    compiler = os.environ.get("CC", "cc")
    include = sysconfig.get_path("include")
    command = [compiler, "-shared", "-fPIC", "-O1", f"-I{include}", str(pyx.with_suffix(".c")), "-o"]
    subprocess.run([*command, str(compiled)], check=True, capture_output=True)
    return compiled


def broken_by(folder: Path, source: str) -> str:
    """Return the first recording or property that fails with this source, or nothing."""
    compiled = compile_copy(folder, source)
    command = [sys.executable, "-c", RUN, str(compiled), str(PROPERTIES), str(VECTORS)]
    paths = os.pathsep.join([str(ROOT / ".venv" / "farm"), *filter(None, sys.path)])
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": paths}, cwd=folder
    )
    assert (done.returncode == 0) == (done.stderr == ""), done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


def test_every_branch_rounds_twice_but_one() -> None:
    assert len(roundings()) == 9
    assert len(bounds()) == 3


@pytest.mark.slow
@pytest.mark.parametrize("rounding", roundings() + bounds(), ids=lambda r: f"line {r[0] + 1}{r[2]:>9}")
def test_flipped_rounding_is_noticed(rounding: tuple[int, int, str], tmp_path: Path) -> None:
    assert broken_by(tmp_path, flipped(*rounding)) != ""


@pytest.mark.slow
def test_copy_without_a_flip_breaks_nothing(tmp_path: Path) -> None:
    assert broken_by(tmp_path, SOURCE.read_text()) == ""
