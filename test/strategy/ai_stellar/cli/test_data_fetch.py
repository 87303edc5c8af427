"""``ai-stellar data fetch``: history by Hummingbot's candles feeds, to a file that studies read."""

from pathlib import Path

import pandas as pd
import pytest
from hummingbot.core.web_assistant.connections.connections_factory import ConnectionsFactory

from hummingbot.connector.exchange.stellar import stellar_constants as CONSTANTS
from hummingbot.strategy.ai_stellar.cli.main import main
from hummingbot.strategy.ai_stellar.research.data_check import check_file
from hummingbot.strategy.ai_stellar.research.data_fetch import fetch_history
from hummingbot.strategy.ai_stellar.research.history import HistoryError, parse_date, read_history

HOUR, UNIT, START = 3600, 10_000_000, 1_704_067_200
OUT = ["--from", "2024-01-01", "--to", "2024-01-03"]


async def fetch(
    file: Path, begin: str = "2024-01-01", end: str = "2024-01-03", pair: str = "XLM-USDC"
) -> int:
    return await fetch_history("stellar_local", pair, parse_date(begin), parse_date(end), file)


async def test_bars_are_those_of_the_ledger_and_a_study_reads_them(traded, tmp_path):
    file = tmp_path / "xlm.parquet"
    count = await fetch(file)
    history = read_history(file)
    assert len(history) == count >= 39
    assert history.close[:39].tolist() == pytest.approx([(100 + hour) / 1000 for hour in range(39)])
    assert (history.volume[:39] == 1.0).all()
    (span, *_) = check_file(file).findings
    assert "too short" in span.said


async def test_a_second_run_asks_only_for_what_is_new(traded, tmp_path):
    file = tmp_path / "xlm.parquet"
    assert await fetch(file, end="2024-01-01T12:00") == 12
    first = pd.read_parquet(file)
    first.loc[3, "volume"] = 77.0  # would be lost if it were asked for again
    first.to_parquet(file, index=False)
    assert await fetch(file) > 12
    second = pd.read_parquet(file)
    assert second["volume"][3] == 77.0
    assert (second["date"].diff().dropna() == pd.Timedelta(hours=1)).all()


async def test_each_month_is_written_when_it_is_read(traded, tmp_path):
    told = []
    begin, end = parse_date("2023-11-15"), parse_date("2024-01-03")
    await fetch_history("stellar_local", "XLM-USDC", begin, end, tmp_path / "xlm.parquet", told.append)
    assert told
    assert told[-1].startswith("to 2024-01-03: ")


async def test_a_file_holds_one_pair_and_no_hole(traded, tmp_path):
    file = tmp_path / "xlm.parquet"
    await fetch(file, "2024-01-01T06:00", "2024-01-01T12:00")
    with pytest.raises(HistoryError, match="does not hold XLM-EURC of stellar_local"):
        await fetch_history("stellar_local", "XLM-EURC", START, START + HOUR, file)
    with pytest.raises(HistoryError, match="begins on 2024-01-01, after 2023-12-01"):
        await fetch(file, "2023-12-01")
    await fetch(file, "2024-01-01T20:00", "2024-01-01T22:00")
    dates = pd.read_parquet(file)["date"]
    assert len(dates) == 16
    assert (dates.diff().dropna() == pd.Timedelta(hours=1)).all()


async def test_a_pair_that_is_none_is_named(traded, tmp_path):
    with pytest.raises(HistoryError, match="stellar_local does not give bars of XLM-NOPE"):
        await fetch_history("stellar_local", "XLM-NOPE", 0, HOUR, tmp_path / "xlm.parquet")


async def test_a_span_without_trades_is_named(traded, tmp_path):
    with pytest.raises(HistoryError, match="has no bars of XLM-USDC from 2023-01-01 to 2023-01-03"):
        await fetch(tmp_path / "xlm.parquet", "2023-01-01", "2023-01-03")


async def test_a_network_that_does_not_answer_is_said(tmp_path, monkeypatch):
    monkeypatch.setitem(CONSTANTS.HORIZON_URLS, "stellar_local", "http://127.0.0.1:1")
    with pytest.raises(HistoryError, match="stellar_local does not give bars of XLM-USDC"):
        await fetch(tmp_path / "xlm.parquet")
    await ConnectionsFactory().close()
    assert not (tmp_path / "xlm.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--exchange", "nowhere"], "Hummingbot has no candles of nowhere: name one of "),
        (["--exchange", "nowhere"], ", stellar, "),
        (["--exchange", "binance", "--from", "2024-02-01"], "is not before --to"),
        (["--exchange", "binance", "--out", "x.csv"], "x.csv is no parquet file"),
        (["--exchange", "binance", "--out", "BROKEN"], "is no price file"),
    ],
)
def test_what_cannot_be_fetched_is_said_in_one_sentence(tmp_path, capsys, arguments, sentence):
    (tmp_path / "broken.parquet").write_text("no parquet")
    filled = [str(tmp_path / "broken.parquet") if one == "BROKEN" else one for one in arguments]
    command = ["data", "fetch", "--pair", "XLM-USDC", *OUT, "--out", str(tmp_path / "out.parquet"), *filled]
    assert main(command) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
