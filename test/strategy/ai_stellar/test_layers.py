"""Dependencies point down: what stands below knows nothing of what stands above."""

import ast
from importlib.util import resolve_name
from pathlib import Path

import pytest

import hummingbot.strategy.ai_stellar as root

ROOT = Path(root.__file__).parent
ABOVE = {
    "market": {"features", "predictors", "strategist", "risk", "execution", "memory", "research", "cli"},
    "features": {"predictors", "strategist", "risk", "execution", "memory", "research", "cli"},
    "predictors": {"strategist", "risk", "execution", "memory", "research", "cli"},
    "risk": {"research", "cli"},
    "strategist": {"research", "cli"},
    "memory": {"research", "cli"},
    "execution": {"research", "cli"},
    "research": {"cli"},
}


def rooms(file: Path) -> set[str]:
    """Return the rooms of the strategy that a module imports from."""
    package = ".".join([root.__name__, *file.parent.relative_to(ROOT).parts])
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        found |= {name.removeprefix(f"{root.__name__}.").partition(".")[0] for name in names}
    return found


@pytest.mark.parametrize("room", ABOVE)
def test_nothing_is_imported_from_above(room):
    for file in sorted((ROOT / room).rglob("*.py")):
        assert not rooms(file) & ABOVE[room], file
