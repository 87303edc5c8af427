"""``ai-stellar data check`` and ``tune``: what is wrong with a price file, each with what to do."""

import json

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.cli.main import main

N = 600


def columns(n=N):
    rng = np.random.default_rng(3)
    close = 0.1 * np.exp(np.cumsum(rng.standard_normal(n) * 0.004))
    return {
        "date": np.datetime64("2025-01-01T00:00:00") + np.arange(n) * np.timedelta64(1, "h"),
        "open": close, "high": close * 1.001, "low": close * 0.999, "close": close,
        "volume": rng.lognormal(9, 1, n),
    }  # fmt: skip


def write(tmp_path, given):
    file = tmp_path / "prices.csv"
    rows = zip(*given.values(), strict=True)
    file.write_text("\n".join([",".join(given), *(",".join(map(str, row)) for row in rows)]))
    return str(file)


def changed(**new):
    def change(given):
        given.update({name: function(given[name].copy()) for name, function in new.items()})

    return change


def without(*hours):
    def change(given):
        for name in given:
            given[name] = np.delete(given[name], hours)

    return change


def at(place, value):
    def function(column):
        column[place] = value
        return column

    return function


def swapped(column):
    column[[100, 101]] = column[[101, 100]]
    return column


def late(column):
    column[300:] += np.timedelta64(400, "D")
    return column


def leaped(column):
    column[300] *= 1.5
    return column


def test_a_good_file_is_fine(tmp_path, capsys):
    assert main(["data", "check", write(tmp_path, columns())]) == 0
    printed = capsys.readouterr().out
    assert "usable" in printed
    assert "600 hours, 2025-01-01 to 2025-01-26" in printed
    assert "look" not in printed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (changed(close=at(5, np.nan)), "close of prices.csv at 2025-01-01T05:00:00 is nan: remove the bar"),
        (changed(high=at(5, 0.0)), "high of prices.csv at 2025-01-01T05:00:00 is 0.0: remove the bar"),
        (changed(volume=at(5, -1.0)), "volume of prices.csv at 2025-01-01T05:00:00 is -1.0"),
        (changed(low=at(5, 9.0)), "do not enclose open and close"),
        (changed(date=swapped), "not in order at 2025-01-05T04:00:00: sort them"),
        (
            changed(date=at(7, np.datetime64("2025-01-01T06:00:00"))),
            "a bar of prices.csv repeats at 2025-01-01T06:00:00: remove one",
        ),
        (
            changed(date=lambda d: d + np.timedelta64(30, "m")),
            "so its zone is probably not UTC: convert it",
        ),
        (changed(date=lambda d: d[0] + np.arange(N) * np.timedelta64(15, "m")), "is not hourly"),
        (changed(date=late), "has a gap of over"),
        (without(*range(100, N)), "too short, give 433 hours at least"),
        (
            changed(**dict.fromkeys(("open", "high", "low", "close"), lambda c: np.full(N, 0.1))),
            "the price never moves",
        ),
    ],
)
def test_what_makes_a_file_unusable_is_named(tmp_path, capsys, change, said):
    given = columns()
    change(given)
    assert main(["data", "check", "--json", write(tmp_path, given)]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert not found["usable"]
    assert any(said in one["said"] and one["level"] == "unusable" for one in found["findings"])


def test_a_column_that_is_there_twice_is_named(tmp_path, capsys):
    file = tmp_path / "twice.csv"
    file.write_text("date,open,high,low,close,close,volume\n2025-01-01T00:00:00,1,1,1,1,1,1\n")
    assert main(["data", "check", "--json", str(file)]) == 1
    assert "twice.csv has column close more than once: remove one" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "what", "said"),
    [
        (without(*range(100, 120)), "gaps", "20 hours missing, 20 in a row at most"),
        (changed(volume=lambda v: np.where(np.arange(N) % 2, v, 0.0)), "volume", "50.0% of the hours"),
        (
            changed(close=leaped, high=leaped),
            "jumps",
            "and back, first on 2025-01-13",
        ),
        (
            changed(**{name: lambda c: np.repeat(c[::40], 40) for name in ("open", "high", "low", "close")}),
            "price",
            "for 39 in a row at most",
        ),
    ],
)
def test_what_should_be_looked_at_is_named(tmp_path, capsys, change, what, said):
    given = columns()
    change(given)
    assert main(["data", "check", "--json", write(tmp_path, given)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    (finding,) = [one for one in found["findings"] if one["what"] == what]
    assert finding["level"] == "look"
    assert said in finding["said"]


def test_hours_that_are_missing_are_no_still_price(tmp_path, capsys):
    given = columns()
    without(*range(100, 350))(given)
    assert main(["data", "check", "--json", write(tmp_path, given)]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    levels = {one["what"]: (one["level"], one["said"]) for one in found["findings"]}
    assert levels["gaps"][0] == "look"
    assert levels["price"][0] == "fine"
    assert "unchanged in 0.0% of the hours there are, for 0 in a row" in levels["price"][1]


def test_several_files_are_checked_and_one_bad_one_tells(tmp_path, capsys):
    good = write(tmp_path, columns())
    assert main(["data", "check", good, str(tmp_path / "absent.csv")]) == 1
    printed = capsys.readouterr().out
    assert "not usable" in printed
    assert "absent.csv" in printed


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--data", "absent"], "no directory absent"),
        (["--data", ".", "--engine", "abacus"], "no engine 'abacus': name one of local, dask, ray"),
        (["--data", ".", "--workers", "0"], "0 workers compute nothing"),
        (["--data", ".", "--trials", "0"], "0 trials find nothing"),
        (["--data", "."], "no price file at"),
    ],
)
def test_tune_says_what_is_wrong_in_one_sentence(tmp_path, capsys, arguments, sentence):
    filled = [str(tmp_path) if one == "." else one for one in arguments]
    assert main(["tune", "price", *filled, "--out", str(tmp_path / "log")]) == 1
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
