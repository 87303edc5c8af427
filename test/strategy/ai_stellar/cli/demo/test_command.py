"""`make demo HISTORY= FROM= SECONDS=`: the price follows the file from then on; a mistake is one sentence."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hummingbot.connector.exchange.stellar.assets import AssetTable
from hummingbot.strategy.ai_stellar.cli.demo.stage import Setting, Stage
from hummingbot.strategy.ai_stellar.cli.main import main

FIRST = datetime(2023, 5, 2, tzinfo=UTC)
PRICE = 0.5
ROOT = Path(__file__).parents[5]


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Sixty days of hourly bars from 2023-05-02 on, whose price is 0.5 and rises by 1 % a day."""
    lines = ["date,open,high,low,close,volume"]
    for hour in range(60 * 24):
        price, opening = PRICE * 1.01 ** (hour / 24), FIRST + timedelta(hours=hour)
        bar = f"{price:.6f},{price * 1.001:.6f},{price * 0.999:.6f},{price:.6f},100000"
        lines.append(f"{opening:%Y-%m-%dT%H:%M:%SZ},{bar}")
    file = tmp_path / "bars.csv"
    file.write_text("\n".join(lines))
    return file


def test_make_hands_its_variables_to_the_command() -> None:
    printed = subprocess.run(
        ["make", "--dry-run", "demo", "HISTORY=bars.csv", "FROM=2023-06-01", "SECONDS=75"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "ai-stellar demo --seconds 75 --history bars.csv --start 2023-06-01" in printed


@pytest.mark.end_to_end
def test_the_market_follows_the_file_from_that_day(tmp_path: Path, history: Path) -> None:
    with Stage(Setting(tmp_path / "demo", 10, history, "2023-06-01")) as stage:
        stage.make_directory()
        stage.start_sandbox()
        (ledger,) = stage.node.get("/ledgers", limit=1, order="asc")["_embedded"]["records"]
        assert ledger["closed_at"].startswith("2023-06-01T00:")
        usdc = AssetTable("stellar_local").asset("USDC")
        book = stage.node.get(
            "/order_book", selling_asset_type="native", buying_asset_type="credit_alphanum4",
            buying_asset_code=usdc.code, buying_asset_issuer=usdc.issuer,
        )  # fmt: skip
        assert "bars.csv" in str(stage.node.get("/sandbox/market")["pairs"])
    middle = (float(book["bids"][0]["price"]) + float(book["asks"][0]["price"])) / 2
    assert middle == pytest.approx(PRICE * 1.01**30, rel=0.02)


@pytest.mark.end_to_end
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--history", "missing.csv"], "missing.csv does not exist"),
        (["--start", "soon"], "'soon' is not a date"),
    ],
)
def test_a_file_or_a_day_that_cannot_be_used_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert main(["demo", "--directory", str(tmp_path / "demo"), "--seconds", "10", *words]) == 1
    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("demo: the sandbox did not start: ")
    assert sentence in told


def test_a_directory_with_other_things_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")
    assert main(["demo", "--directory", str(tmp_path)]) == 1
    assert "holds other things than a demo" in capsys.readouterr().out
    assert (tmp_path / "thesis.txt").exists()


@pytest.mark.parametrize("seconds", ["5", "3601", "long"])
def test_a_time_too_short_or_too_long_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--seconds", seconds])
    assert seconds in capsys.readouterr().err
