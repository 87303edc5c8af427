"""An instance is a working directory in which Hummingbot knows the plug-in, and reports to nobody."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hummingbot.strategy.ai_stellar.cli.instance import build_instance
from hummingbot.strategy.ai_stellar.cli.main import main


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    build_instance(tmp_path / "bot", horizon_url="http://127.0.0.1:8123")
    return tmp_path / "bot"


def hbot(instance: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([instance / "hbot", *arguments], capture_output=True, text=True, check=False)


def test_connector_and_its_domains_are_offered(instance: Path) -> None:
    listed = hbot(instance, "connect", "--all").stdout
    assert {"stellar", "stellar_testnet", "stellar_local"} <= set(listed.replace("|", " ").split())


def test_paths_lie_in_the_instance(instance: Path) -> None:
    code = "import hummingbot; print(hummingbot.root_path(), hummingbot.data_path())"
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=instance,
        env={"PYTHONPATH": str(instance)},
        capture_output=True,
        text=True,
    ).stdout.split()
    assert printed == [str(instance), str(instance / "data")]


def test_settings_after_hummingbot_has_read_them(instance: Path) -> None:
    result = hbot(instance, "doctor")
    assert "Traceback" not in result.stdout + result.stderr
    hbot(instance, "config", "tick_size")
    settings = yaml.safe_load((instance / "conf" / "conf_client.yml").read_text())
    assert settings["anonymized_metrics_mode"] == {}
    assert settings["send_error_logs"] is False
    assert settings["tick_size"] == 0.1
    assert settings["paper_trade"]["paper_trade_exchanges"] == ["stellar_local"]
    assert "XLM" in settings["paper_trade"]["paper_trade_account_balance"]


def test_rebuilding_keeps_what_the_user_made(instance: Path) -> None:
    (instance / "conf" / "conf_client.yml").write_text("tick_size: 0.5\n")
    (instance / "conf" / "strategies" / "mine.yml").write_text("strategy: ai_stellar\n")
    nodes = instance / "conf" / "stellar_nodes.yml"
    nodes.write_text("stellar: https://horizon.example.org\n")
    build_instance(instance, horizon_url="http://127.0.0.1:8124")
    assert yaml.safe_load((instance / "conf" / "conf_client.yml").read_text()) == {"tick_size": 0.5}
    assert (instance / "conf" / "strategies" / "mine.yml").exists()
    assert yaml.safe_load(nodes.read_text()) == {
        "stellar": "https://horizon.example.org",
        "stellar_local": "http://127.0.0.1:8124",
    }


def test_scripts_come_with_it_and_stay_as_the_user_changed_them(instance: Path) -> None:
    scripts = sorted(path.name for path in (instance / "scripts").iterdir())
    assert scripts == ["stellar_ladder.py", "stellar_liquidity.py", "stellar_pool_arbitrage.py"]
    changed = instance / "scripts" / scripts[0]
    changed.write_text("# mine")
    build_instance(instance)
    assert changed.read_text() == "# mine"


def test_a_directory_with_other_things_in_it_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")
    assert main(["instance", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert str(tmp_path) in error
    assert "Traceback" not in error
    assert not (tmp_path / "conf").exists()


def test_the_client_needs_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["client", str(tmp_path / "bot")]) == 1
    assert "terminal" in capsys.readouterr().err
