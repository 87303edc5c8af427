"""Trees as arrays: what a walk from split to split finds, and no walk where they are none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hummingbot.strategy.ai_stellar.predictors.decision_trees import DecisionTrees

FEATURES = 3
ZERO, MOST, LEAST = 0, 8, 10
"""Kinds of a split: a missing value is zero, more than any threshold, less than any."""
NUMBERS = st.floats(-2, 2).map(lambda value: round(value, 1))


@st.composite
def trees(draw):
    """Any binary tree of 1 to 12 leaves, as LightGBM writes it: leaves are split one after another."""
    count = draw(st.integers(0, 11))
    low, high, places = [], [], [None]
    for split in range(count):
        leaf = draw(st.integers(0, len(places) - 1))
        if (place := places[leaf]) is not None:
            place[0][place[1]] = split
        low.append(-1 - leaf)
        high.append(-1 - len(places))
        places[leaf] = (low, split)
        places.append((high, split))
    of_each = lambda values: draw(st.lists(values, min_size=count, max_size=count))  # noqa: E731
    leaves = draw(st.lists(NUMBERS, min_size=count + 1, max_size=count + 1))
    kinds = of_each(st.sampled_from([ZERO, MOST, LEAST]))
    return of_each(st.integers(0, FEATURES - 1)), of_each(NUMBERS), kinds, low, high, leaves


def walked(tree, row):
    feature, threshold, kind, low, high, leaves = tree
    at = 0 if feature else -1
    while at >= 0:
        value = row[feature[at]]
        if math.isnan(value):
            value = {ZERO: 0.0, MOST: math.inf, LEAST: -math.inf}[kind[at]]
        at = low[at] if value <= threshold[at] else high[at]
    return leaves[-1 - at]


@given(
    st.lists(st.lists(trees(), max_size=11), max_size=3),
    st.lists(
        NUMBERS | st.sampled_from([math.nan, math.inf, -math.inf]), min_size=FEATURES, max_size=FEATURES
    ),
)
def test_sums_are_those_of_a_walk_through_each_tree(models, row):
    expected = []
    for model in models:
        total = 0.0
        for tree in model:
            total += walked(tree, row)
        expected.append(total)
    assert DecisionTrees(FEATURES, dict(enumerate(models))).sums(np.array(row)) == expected


GOOD = ([0, 1], [0.5, 0.1], [ZERO, MOST], [1, -1], [-3, -2], [1.0, 2.0, 3.0])


def changed(part, place, value):
    tree = [list(one) for one in GOOD]
    tree[part][place] = value
    return tree


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (changed(0, 1, FEATURES), "3 is not one of 0 to 2"),
        (changed(0, 1, -1), "-1 is not one of 0 to 2"),
        (changed(1, 0, math.nan), "nan is no finite number"),
        (changed(1, 0, math.inf), "inf is no finite number"),
        (changed(5, 2, -math.inf), "-inf is no finite number"),
        (changed(2, 0, 1), "kind 1 is by category"),
        (changed(2, 0, 4), "kind 4 is by category or takes zero for missing"),
        (changed(2, 0, 12), "kind 12 is"),
        (changed(2, 0, -1), "kind -1 is"),
        (changed(3, 0, 2), "2 is not one of 0 to 1"),
        (changed(3, 0, -4), "3 is not one of 0 to 2"),
        (changed(3, 1, 1), "two of its splits lead to 1"),
        (changed(3, 1, -3), "two of its splits lead to -3"),
        (changed(3, 0, -1), "two of its splits lead to -1|lead to 3 of 5"),
        ((*GOOD[:5], []), "it has 0 leaves"),
        ((*GOOD[:5], [1.0, 2.0]), "it has 2 leaves and not one split fewer"),
        ((*GOOD[:3], [1], *GOOD[4:]), "it has 3 leaves and not one split fewer"),
        (([0], [0.5], [ZERO], ["x"], [-2], [1.0, 2.0]), "x|integer"),
        (GOOD[:5], "unpack"),
    ],
)
def test_what_is_no_tree_is_refused_and_named(tree, reason):
    with pytest.raises(ValueError, match=f"bad: tree 1 is none, .*({reason})"):
        DecisionTrees(FEATURES, {"good": [GOOD], "bad": [GOOD, tree]})


def test_a_loop_beside_the_tree_is_refused():
    apart = ([0, 0, 0], [0.5] * 3, [ZERO] * 3, [-1, 2, 1], [-2, -3, -4], [1.0, 2.0, 3.0, 4.0])
    with pytest.raises(ValueError, match="its splits lead to 3 of 7 splits and leaves"):
        DecisionTrees(FEATURES, {"apart": [apart]})


def test_models_do_not_share_what_they_change():
    one = DecisionTrees(FEATURES, {"one": [GOOD]})
    assert one.sums(np.zeros(FEATURES)) == [1.0]
    assert one.sums(np.array([0.0, 0.2, 0.0])) == [2.0]
    assert one.sums(np.zeros(FEATURES)) == [1.0]
