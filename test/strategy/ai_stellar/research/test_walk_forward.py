"""What is trained on was known well before what is tested on."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.research.history import HistoryError, read_history
from hummingbot.strategy.ai_stellar.research.walk_forward import (
    EMBARGO,
    check_length,
    year_begin,
    year_of,
    yearly_fold,
)
from test.strategy.ai_stellar.research.walks import write_walk


def test_a_fold_tests_one_calendar_year():
    fold = yearly_fold(2023)
    assert (fold.begin, fold.end) == (1_672_531_200, 1_704_067_200) == (year_begin(2023), year_begin(2024))


def test_an_instant_belongs_to_its_year():
    assert (year_of(year_begin(2023) - 1), year_of(year_begin(2023))) == (2022, 2023)


@pytest.mark.parametrize("horizon", [HOUR, 4 * HOUR, 24 * HOUR])
def test_no_outcome_trained_on_is_known_within_the_embargo_of_the_test_part(horizon):
    fold = yearly_fold(2023, horizon)
    time = fold.begin + HOUR * np.arange(-100, 100)
    trained, tested = time[fold.trains(time)], time[fold.tests(time)]
    assert trained.max() + horizon < fold.begin - EMBARGO
    assert tested.min() == fold.begin
    assert not (fold.trains(time) & fold.tests(time)).any()


def test_a_target_too_short_for_the_first_and_the_last_year_is_refused_with_what_it_holds(tmp_path):
    target = read_history(write_walk(tmp_path, 0.0, "2019-06", "2020-03") / "target.parquet")
    check_length(target, 24 * 30, year_begin(2020), year_begin(2020))
    held = "it holds 2019-06-01 to 2020-03-01, and hours are needed from"
    with pytest.raises(HistoryError, match=f"{held} 2019-01-01 or before to 2020-01-01"):
        check_length(target, 24 * 365, year_begin(2020), year_begin(2020))
    with pytest.raises(HistoryError, match=f"{held} 2019-12-02 or before to 2021-01-01"):
        check_length(target, 24 * 30, year_begin(2020), year_begin(2021))
    with pytest.raises(HistoryError, match=held):
        check_length(target.between(0, 1), 24 * 30, year_begin(2020), year_begin(2020))
