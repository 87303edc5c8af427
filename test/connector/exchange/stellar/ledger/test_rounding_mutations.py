"""Each rounding of prices and amounts matters: turned around, it breaks a property.

The Python module is run with one line changed in place of the real one, under the properties that the
module's own tests state. The
exchange, which is compiled, has its flips in `test_exchange_mutations`.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from hummingbot.connector.exchange.stellar.ledger import amount, price

MUTANTS = [
    (price, "return Price(*_below(numerator, denominator))", "return price_at_least(value)"),
    (price, "d, n = _below(denominator, numerator)\n", "n, d = _below(numerator, denominator)\n"),
    (price, "_DECIMALS * n + d)", "_DECIMALS * n)"),
    (price, "self.n * other.d <= other.n * self.d", "self.n * other.d < other.n * self.d"),
    (price, "self.n * other.d >= other.n * self.d", "self.n * other.d > other.n * self.d"),
    (amount, "numerator * STROOPS // denominator", "-(-numerator * STROOPS // denominator)"),
    (amount, "    if remainder:\n", "    if False:\n"),
]


@contextmanager
def in_place_of(module: ModuleType, source: str) -> Iterator[None]:
    """Let imports find a module of that source under the real one's name."""
    replacement = ModuleType(module.__name__)
    replacement.__file__ = module.__file__
    sys.modules[module.__name__] = replacement
    try:
        exec(compile(source, module.__name__, "exec"), replacement.__dict__)
        yield
    finally:
        sys.modules[module.__name__] = module


def properties_of(module: ModuleType) -> ModuleType:
    """The module's tests, imported anew."""
    path = Path(__file__).with_name(f"test_{module.__name__.rsplit('.', 1)[1]}.py")
    spec = importlib.util.spec_from_file_location(f"mutated_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    tests = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tests)
    return tests


def broken(module: ModuleType, source: str) -> str:
    """Return the first property that fails with this source, or nothing."""
    with in_place_of(module, source):
        for name, function in vars(properties_of(module)).items():
            if name.startswith("test_") and hasattr(function, "hypothesis"):
                try:
                    function()
                except (Exception, pytest.fail.Exception):
                    return name
    return ""


@pytest.mark.parametrize(("module", "written", "changed"), MUTANTS, ids=[m[1].strip() for m in MUTANTS])
def test_a_changed_rounding_is_noticed(module: ModuleType, written: str, changed: str) -> None:
    source = Path(str(module.__file__)).read_text()
    assert source.count(written) == 1
    assert broken(module, source.replace(written, changed)) != ""


@pytest.mark.parametrize("module", [price, amount], ids=["price", "amount"])
def test_the_module_as_it_is_breaks_nothing(module: ModuleType) -> None:
    assert broken(module, Path(str(module.__file__)).read_text()) == ""
