"""LightGBM's models read from their text: its own sums to the last bit, and nothing that is no such model."""

import lightgbm
import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.booster import RowBoosters
from hummingbot.strategy.ai_stellar.predictors.errors import ModelError

FEATURES = 5
ROWS = 4000


def noise(seed, missing=0.0):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(ROWS, FEATURES)).round(2)  # many a value is a threshold's neighbour
    rows[rng.random(rows.shape) < missing] = np.nan
    return rows, np.nan_to_num(rows[:, 0] * rows[:, 1]) + rng.normal(size=ROWS)


def booster(rows, targets, trees=30, **changes):
    shape = {"num_leaves": 16, "min_data_in_leaf": 5, "num_threads": 1, "verbosity": -1, **changes}
    return lightgbm.train(shape, lightgbm.Dataset(rows, targets), num_boost_round=trees)


@pytest.fixture(scope="module")
def text():
    return booster(*noise(1), trees=3).model_to_string()


def of(*texts, features=FEATURES):
    return RowBoosters("price", {f"{k}.txt": one for k, one in enumerate(texts)}, features)


def hard_rows(rows, boosters):
    """Add rows of values that are thresholds, their neighbours, infinite, zero, tiny or missing."""
    thresholds = [
        float(word)
        for one in boosters
        for line in one.model_to_string().splitlines()
        if line.startswith("threshold=")
        for word in line.partition("=")[2].split()
    ]
    beside = [np.nextafter(value, side) for value in thresholds for side in (-np.inf, np.inf)]
    odd = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-36, -1e-36, 5e-324, 1e308, *thresholds, *beside]
    return np.concatenate([rows, np.random.default_rng(7).choice(odd, size=(ROWS, FEATURES))])


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("leaves", [2, 8, 31])
def test_sums_are_lightgbms_to_the_last_bit(missing, leaves):
    rows, targets = noise(2, missing)
    made = [
        booster(rows, targets, num_leaves=leaves),
        booster(rows, targets > 0, objective="binary", trees=7, num_leaves=leaves),
        booster(rows[:, ::-1], targets, trees=1, num_leaves=leaves),
    ]
    rows = hard_rows(rows, made)
    expected = [one.predict(rows, raw_score=True, num_threads=1) for one in made]
    ours = of(*(one.model_to_string() for one in made))
    assert ours.trees == [30, 7, 1]
    assert np.array_equal([ours.predict(row) for row in rows], np.transpose(expected))


def test_trees_without_a_split_add_what_their_leaf_says():
    rows, _ = noise(3)
    made = booster(rows, np.full(ROWS, 2.5), trees=4)
    assert of(made.model_to_string()).predict(rows[0]) == made.predict(rows[:1]).tolist() == [2.5]


def test_contributions_sum_to_the_models_sum(text):
    boosters, row = of(text), noise(4)[0][0]
    shares = boosters.contributions("0.txt", row)
    assert shares.shape == (FEATURES + 1,)
    assert shares.sum() == pytest.approx(boosters.predict(row)[0])
    assert shares[0] != 0.0


def test_a_row_of_another_length_is_refused(text):
    with pytest.raises(ValueError, match="a row of 4 numbers is not one of 5"):
        of(text).predict(np.zeros(FEATURES - 1))


def refusal(text, features=FEATURES):
    good = booster(*noise(5), trees=1).model_to_string()
    with pytest.raises(ModelError) as caught:
        of(good, text, features=features)
    sentence = str(caught.value)
    assert sentence.startswith("the price model cannot be used, 1.txt: ")
    assert sentence.endswith(": train it anew with 'ai-stellar train price'")
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_text_that_is_cut_off_is_refused(text, share):
    cut = text[: int(share * text.index("end of trees"))]
    assert "of 3 trees and no end" in refusal(cut)


def test_a_text_that_lacks_a_tree_is_refused(text):
    first, _, rest = text.partition("Tree=1\n")
    assert "2 of 3 trees" in refusal(first + rest.partition("\n\n\n")[2])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("num_tree_per_iteration=1", "num_tree_per_iteration=3", "gives 3 outputs"),
        ("max_feature_idx=4", "max_feature_idx=6", "takes 7 features and gives 1 outputs, not 5 and 1"),
        ("max_feature_idx=4", "max_feature_idx=few", "few"),
        ("max_feature_idx=4", "max_feature_idx=4\naverage_output", "a mean of trees"),
        ("is_linear=0", "is_linear=1", "linear models"),
        ("leaf_value=", "lost=", "a tree of it lacks 'leaf_value'"),
        ("leaf_value=", "leaf_value=nan ", "it has 17 leaves"),
        ("threshold=", "threshold=x", "could not convert"),
        ("left_child=1 ", "left_child=0 ", "tree 0 is none, two of its splits lead to 0"),
    ],
)
def test_a_text_that_is_no_sum_of_trees_is_refused(text, old, new, reason):
    assert old in text
    assert reason in refusal(text.replace(old, new, 1))


def test_splits_by_category_are_refused():
    rows, targets = noise(6)
    rows[:, 0] = np.abs(rows[:, 0] * 3).round()
    data = lightgbm.Dataset(rows, targets + rows[:, 0] % 2, categorical_feature=[0])
    made = lightgbm.train({"min_data_per_group": 5, "verbosity": -1, "num_threads": 1}, data, 5)
    assert "by category" in refusal(made.model_to_string())


def test_zero_taken_for_missing_is_refused():
    rows, targets = noise(6)
    rows[rows < 0] = 0.0
    assert "zero for missing" in refusal(booster(rows, targets, zero_as_missing=True).model_to_string())


def test_a_forest_is_refused():
    forest = {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}
    assert "a mean of trees" in refusal(booster(*noise(6), trees=2, **forest).model_to_string())
