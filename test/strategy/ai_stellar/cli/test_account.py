"""``ai-stellar account``: what it says to a user's mistakes."""

from pathlib import Path

import pytest

from hummingbot.strategy.ai_stellar.cli.main import main


def test_a_key_that_is_not_there_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "missing.txt"
    assert main(["account", "fund", str(missing)]) == 1
    said = capsys.readouterr().err
    assert said == f"ai-stellar account: {missing} cannot be used (No such file or directory): name another\n"


@pytest.mark.parametrize("amount", ["-1", "0", "nan", "much"])
def test_what_is_no_amount_is_refused(amount: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["account", "fund", "key.txt", "--asset", "USDC", f"--amount={amount}"])
    assert refused.value.code == 2
    assert f"'{amount}' is not an amount above 0" in capsys.readouterr().err


def test_lumens_come_in_one_sum(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "key.txt"
    assert main(["account", "new", str(key)]) == 0
    assert main(["account", "fund", str(key), "--amount", "5"]) == 1
    assert "leave out --amount" in capsys.readouterr().err
