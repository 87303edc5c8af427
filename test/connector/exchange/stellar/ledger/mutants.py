"""Compiled modules with one thing changed, under the real engine, its recordings and its properties.

A copy of the module is compiled and put in place of the real one, in a process of its own.
"""

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[5]
PACKAGE = "hummingbot/connector/exchange/stellar/ledger"
VECTORS = ROOT / "test" / "golden" / "vectors"

RUN = """
import importlib.machinery, importlib.util, sys
from pathlib import Path

name, compiled, properties, vectors, *families = sys.argv[1:]
loader = importlib.machinery.ExtensionFileLoader(name, compiled)
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
sys.modules[name] = module
loader.exec_module(module)
package, _, attribute = name.rpartition(".")
setattr(importlib.import_module(package), attribute, module)

from hummingbot.connector.exchange.stellar.sandbox.golden.verify import verify_file

for path in sorted(Path(vectors).glob("*.gz")):
    if path.name.startswith(tuple(families)):
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


@dataclass(frozen=True)
class Mutated:
    """A compiled module of the ledger, the file of its properties, and the recordings that it is run on."""

    module: str
    properties: Path
    families: tuple[str, ...]

    @property
    def source(self) -> str:
        """The module as it is."""
        return self._path(ROOT).read_text()

    def changed(self, line: int, column: int, written: str, other: str) -> str:
        """Return the module with other text at one place."""
        lines = self.source.splitlines()
        assert lines[line].startswith(written, column)
        lines[line] = lines[line][:column] + other + lines[line][column + len(written) :]
        return "\n".join(lines)

    def broken_by(self, folder: Path, source: str) -> str:
        """Return the first recording or property that fails with this source, or nothing."""
        compiled = self._compile(folder, source)
        name = f"{PACKAGE}/{self.module}".replace("/", ".")
        arguments = [name, str(compiled), str(self.properties), str(VECTORS), *self.families]
        paths = os.pathsep.join([str(ROOT / ".venv" / "farm"), *filter(None, sys.path)])
        done = subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": paths},
            cwd=folder,
        )
        if done.returncode < 0:
            return f"killed by signal {-done.returncode}"
        assert (done.returncode == 0) == (done.stderr == ""), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.stderr

    def _path(self, root: Path) -> Path:
        return root / PACKAGE / f"{self.module}.pyx"

    def _compile(self, folder: Path, source: str) -> Path:
        pyx = self._path(folder)
        pyx.parent.mkdir(parents=True)
        pyx.write_text(source)
        for declarations in (ROOT / PACKAGE).glob("*.pxd"):
            (pyx.parent / declarations.name).write_text(declarations.read_text())
        name = f"{PACKAGE}/{self.module}".replace("/", ".")
        options = ["-3", "-X", "cdivision=True", "-I", str(folder), "--module-name", name]
        subprocess.run([sys.executable, "-m", "cython", *options, str(pyx)], check=True, capture_output=True)
        compiled = folder / f"{self.module}{sysconfig.get_config_var('EXT_SUFFIX')}"
        compiler = os.environ.get("CC", "cc")
        include = sysconfig.get_path("include")
        command = [compiler, "-shared", "-fPIC", "-O1", f"-I{include}", str(pyx.with_suffix(".c")), "-o"]
        subprocess.run([*command, str(compiled)], check=True, capture_output=True)
        return compiled
