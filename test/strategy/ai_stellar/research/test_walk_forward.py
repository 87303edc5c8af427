"""What is trained on was known well before what is tested on."""

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.market.bars import HOUR
from hummingbot.strategy.ai_stellar.research.walk_forward import EMBARGO, year_begin, year_of, yearly_fold


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
