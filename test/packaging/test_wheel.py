"""The overlay as users install it: `pip install .` beside an installed hummingbot, and away again."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


DISCOVERY = """
from hummingbot import get_strategy_list
from hummingbot.client.settings import AllConnectorSettings
from hummingbot.client.settings import STRATEGIES_CONF_DIR_PATH, TEMPLATE_PATH
AllConnectorSettings.create_connector_settings()
AllConnectorSettings.initialize_paper_trade_settings(["stellar", "stellar_local"])
names = AllConnectorSettings.get_connector_settings()
print(*sorted(n for n in names if n.startswith("stellar")), sep=",")
print("ai_stellar" in get_strategy_list(), (TEMPLATE_PATH / "conf_ai_stellar_strategy_TEMPLATE.yml").exists())
from hummingbot.connector.exchange.stellar.stellar_exchange import StellarExchange
from hummingbot.strategy.ai_stellar.predictors.price import PricePredictor
PricePredictor.load()
print(StellarExchange.__name__, "loads its model")
from hummingbot.data_feed.candles_feed.candles_factory import CandlesFactory
print(*(name for name in names if name in CandlesFactory._candles_map and name.startswith("stellar")))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from this checkout's own import path; fail with what it printed."""
    result = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(cwd), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what git tracks or would track: nothing that was built here."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    copy = tmp_path_factory.mktemp("source")
    for name in filter(None, listing.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("test/golden"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with hummingbot really in its site-packages, and the other packages within reach."""
    directory = tmp_path_factory.mktemp("environment")
    venv.create(directory, with_pip=True)
    packages = directory / "lib" / "python3.12" / "site-packages"
    here = Path(sysconfig.get_paths()["purelib"])
    for entry in {Path(str(file)).parts[0] for file in distribution("hummingbot").files or ()} - {".."}:
        if (here / entry).is_dir():
            shutil.copytree(here / entry, packages / entry, ignore=shutil.ignore_patterns("__pycache__"))
    (packages / "others.pth").write_text(f"{here}\n")
    return directory


def contents(environment: Path) -> set[str]:
    """Every file and folder of the environment but byte code."""
    return {
        str(path.relative_to(environment))
        for path in environment.rglob("*")
        if "__pycache__" not in path.parts and path.suffix != ".pyc"
    }


def test_install_beside_hummingbot_is_discovered_and_uninstall_leaves_no_trace(
    source: Path, environment: Path, tmp_path: Path
) -> None:
    python = environment / "bin" / "python"
    assert sys.version_info[:2] == (3, 12)
    before = contents(environment)
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        source,
        cwd=tmp_path,
    )
    installed = contents(environment)
    assert not any(
        name.endswith(".c") or ("/test/" in name and "stellar" in name) for name in installed - before
    )
    discovered = run(python, "-c", DISCOVERY, cwd=tmp_path).splitlines()
    assert discovered == [
        "stellar,stellar_local,stellar_local_paper_trade,stellar_paper_trade,stellar_testnet",
        "True True",
        "StellarExchange loads its model",
        "stellar stellar_testnet stellar_local",
    ]
    assert "sandbox" in run(environment / "bin" / "ai-stellar", "--help", cwd=tmp_path)
    instance = tmp_path / "instance"
    run(environment / "bin" / "ai-stellar", "instance", instance, cwd=tmp_path)
    assert "stellar_local" in run(instance / "hbot", "connect", "--all", cwd=tmp_path)
    run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "hummingbot-stellar", cwd=tmp_path)
    assert contents(environment) == before
