"""What every study of a walk-forward does alike."""

import pytest

from hummingbot.strategy.ai_stellar.research.checkpoint import Checkpoint
from hummingbot.strategy.ai_stellar.research.engine import Engine
from hummingbot.strategy.ai_stellar.research.guard.study import GuardStudy
from hummingbot.strategy.ai_stellar.research.history import HistoryError
from hummingbot.strategy.ai_stellar.research.lstm.study import LstmStudy
from hummingbot.strategy.ai_stellar.research.price.study import PriceStudy
from hummingbot.strategy.ai_stellar.research.regime.study import RegimeStudy
from hummingbot.strategy.ai_stellar.research.volatility.study import VolatilityStudy
from test.strategy.ai_stellar.research.walks import write_walk

TOO_LATE = {
    GuardStudy: "2019-06",
    RegimeStudy: "2019-06",
    VolatilityStudy: "2019-12",
    PriceStudy: "2019",
    LstmStudy: "2019",
}
"""Begins of files with too little before 2020, the year that is tested."""


@pytest.mark.parametrize(
    ("study", "begin", "end"),
    [
        *((study, begin, "2021") for study, begin in TOO_LATE.items()),
        *((s, "2017", "2019-11") for s in TOO_LATE),
    ],
)
def test_a_target_that_begins_too_late_or_ends_too_early_is_refused(tmp_path, study, begin, end):
    write_walk(tmp_path, 0.0, begin, end)
    judged = study(target="target.parquet", years=(2020,))
    with pytest.raises(HistoryError, match=r"target\.parquet begins too late or ends too early"):
        judged.train(tmp_path, Engine(), Checkpoint(), lambda _: None)
