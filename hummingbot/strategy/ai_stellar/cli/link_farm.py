"""A tree of symbolic links in which the installed hummingbot and this overlay appear as one package.

Hummingbot hangs `conf/`, `logs/` and `data/` off the parent of its own `hummingbot/__init__.py` and offers no
override. In a link farm that one file is a copy, so the farm's directory becomes the working directory. Run
as a script (``python link_farm.py DIR``) it needs neither package to be importable: development starts so.
"""

import importlib.metadata
import shutil
import sys
from pathlib import Path

__all__ = ["build_link_farm", "installed_hummingbot", "overlay_root"]

PACKAGE = "hummingbot"
OVERLAY = (
    Path("connector/exchange/stellar"),
    Path("strategy/ai_stellar"),
    Path("templates/conf_ai_stellar_strategy_TEMPLATE.yml"),
)


def installed_hummingbot() -> Path:
    """Return the directory of the installed hummingbot package, never one of a link farm.

    Raises
    ------
    FileNotFoundError
        If this interpreter has no hummingbot installed.
    """
    for entry in importlib.metadata.files(PACKAGE) or ():
        if entry.name == "__init__.py" and len(entry.parts) == 2:
            return Path(str(entry.locate())).resolve().parent
    raise FileNotFoundError(f"{sys.executable} has no hummingbot: pip install hummingbot==20260922")


def overlay_root() -> Path:
    """Return the `hummingbot` directory that holds this overlay: a checkout's, or site-packages'."""
    return Path(__file__).resolve().parents[3]


def build_link_farm(directory: Path) -> None:
    """Build anew ``directory/hummingbot``, a merged view of both packages (0.1 s, 100 KB)."""
    installed, overlay, farm = installed_hummingbot(), overlay_root(), directory / PACKAGE
    if farm.exists():
        shutil.rmtree(farm)
    merged = {parent for entry in OVERLAY for parent in entry.parents}
    for room in sorted(merged):
        (farm / room).mkdir(parents=True)
        for entry in (installed / room).iterdir():
            if entry.name != "__pycache__" and room / entry.name not in merged:
                (farm / room / entry.name).symlink_to(entry)
    for entry in OVERLAY:
        if (overlay / entry).exists():
            (farm / entry).unlink(missing_ok=True)
            (farm / entry).symlink_to(overlay / entry)
    init = farm / "__init__.py"
    init.unlink()
    shutil.copyfile(installed / "__init__.py", init)


if __name__ == "__main__":
    build_link_farm(Path(sys.argv[1]).absolute())
