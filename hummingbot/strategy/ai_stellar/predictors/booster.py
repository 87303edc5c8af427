"""LightGBM's models for one row at a time, read from their text.

The strategy process needs neither LightGBM's Python package, whose imports (scikit-learn, pandas, SciPy) cost
190 MB, nor its library, whose prepared call of one row mispredicts a branch or more in each tree.

References
----------
LightGBM 4.7, ``src/io/gbdt_model_text.cpp`` and ``src/io/tree.cpp``: the text format
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .artifact import retrain
from .decision_trees import DecisionTrees, Tree
from .errors import ModelError
from .tree_shap import TreeShap

__all__ = ["RowBoosters"]

END: Final = "\nend of trees\n"
TREE: Final = "\nTree="


class RowBoosters:
    """LightGBM models that predict one row at a time, together and on one thread.

    Nothing in it changes: threads and pairs may share it.

    Parameters
    ----------
    kind : str
        Kind of the model that they are part of, which errors name.
    texts : mapping of str to str
        Each model in LightGBM's text format, by the name of its file.
    features : int
        Number of features each must take.

    Raises
    ------
    ModelError
        If a text is cut off or no such model, or splits by category, or takes another number of features or
        gives other than one output.

    Attributes
    ----------
    trees : list of int
        Number of trees of each model.
    """

    def __init__(self, kind: str, texts: Mapping[str, str], features: int) -> None:
        self._texts = dict(texts)
        self._shap: dict[str, TreeShap] = {}
        try:
            models = {name: _trees(name, text, features) for name, text in texts.items()}
            self._sums = DecisionTrees(features, models).sums
        except ValueError as error:
            raise ModelError(f"the {kind} model cannot be used, {error}: {retrain(kind)}") from error
        self.trees = [len(model) for model in models.values()]

    def predict(self, row: NDArray[np.float64]) -> list[float]:
        """Return the sum of each model's leaves: what a regression expects, or the log-odds of a classifier.

        Parameters
        ----------
        row : ndarray of float64, shape (features,)
            NaN where a feature is not known.
        """
        return self._sums(row)

    def contributions(self, name: str, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each feature's share in a model's sum (TreeSHAP), and last the expected value.

        LightGBM's library is loaded for it, and it takes some hundred times as long as `predict`.

        Raises
        ------
        ModelError
            If LightGBM is not installed, or rejects the model.
        """
        if name not in self._shap:
            self._shap[name] = TreeShap(self._texts[name], name)
        return self._shap[name].contributions(row)


def _trees(name: str, text: str, features: int) -> list[Tree]:
    """Read a model's trees.

    Raises
    ------
    ValueError
        If the text is cut off or no such model; the message begins with its name.
    """
    try:
        return _parsed(text, features)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _parsed(text: str, features: int) -> list[Tree]:
    whole, end, _ = text.partition(END)
    head, *blocks = whole.split(TREE)
    header = _fields(head)
    sizes = header.get("tree_sizes", "").split()
    if not end or len(sizes) != len(blocks):
        raise ValueError(
            f"its text holds {len(blocks)} of {len(sizes)} trees and {'an' if end else 'no'} end"
        )
    width, outputs = int(header.get("max_feature_idx", "-1")) + 1, header.get("num_tree_per_iteration")
    if width != features or outputs != "1":
        raise ValueError(f"it takes {width} features and gives {outputs} outputs, not {features} and 1")
    if "average_output" in header:
        raise ValueError("it is a mean of trees, not their sum")
    return [_tree(_fields(block)) for block in blocks]


def _fields(block: str) -> dict[str, str]:
    return dict(line.partition("=")[::2] for line in block.splitlines())


def _tree(fields: Mapping[str, str]) -> Tree:
    try:
        if fields.get("is_linear", "0") != "0":
            raise ValueError("its leaves are linear models")
        return Tree(
            _integers(fields.get("split_feature", "")), _numbers(fields.get("threshold", "")),
            _integers(fields.get("decision_type", "")), _integers(fields.get("left_child", "")),
            _integers(fields.get("right_child", "")), _numbers(fields["leaf_value"]),
        )  # fmt: skip
    except KeyError as error:
        raise ValueError(f"a tree of it lacks {error}") from error


def _integers(line: str) -> list[int]:
    return [int(word) for word in line.split()]


def _numbers(line: str) -> list[float]:
    return [float(word) for word in line.split()]
