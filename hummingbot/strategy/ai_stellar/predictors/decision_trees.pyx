"""Sums of regression trees for one row: eight trees a time, a level at once, without a branch to mispredict.

A row is spread into three columns a feature, which differ in what stands for a missing value: zero, more than
any threshold, less than any. A node reads the column that sends a missing value where it should go, so that
one comparison decides. A node's children are neighbours, and a leaf leads to itself: all trees of eight are
walked as deep as the deepest of them.

References
----------
Lucchese et al., QuickScorer: a fast algorithm to rank documents with additive ensembles of regression trees,
SIGIR 2015, on what mispredicted branches cost
"""

from libc.math cimport INFINITY, fabs, isnan
from libc.stdlib cimport free, malloc

from collections import namedtuple

import numpy as np

__all__ = ["DecisionTrees", "Tree"]

cdef enum:
    ABREAST = 8
    AS_ZERO = 0
    AS_MOST = 1
    AS_LEAST = 2
    WAYS = 3

cdef int CATEGORICAL = 1, DEFAULT_LOW = 2, MISSING_SHIFT = 2, MISSING_IS_ZERO = 1, MISSING_IS_NAN = 2
cdef double SMALLEST = 1.0000000180025095e-35  # numbers not beyond it are zero to LightGBM
NODE = np.dtype([("threshold", np.float64), ("column", np.int32), ("low", np.int32)])

Tree = namedtuple("Tree", "split_feature threshold decision_type left_child right_child leaf_value")
Tree.__doc__ = """A tree as LightGBM writes it: five sequences of a number for each split, one for each leaf.

The first split is the root; a child is the number of a split, or minus that of a leaf minus 1.
"""

cdef struct Node:
    double threshold  # of a leaf: its value
    int column        # of the spread row; a leaf's holds less than any threshold
    int low           # the child for values up to the threshold, which the other follows; of a leaf: itself


cdef class DecisionTrees:
    """Models that each are a sum of trees, all of one row.

    Parameters
    ----------
    features : int
        Length of a row.
    models : mapping of str to sequence of Tree
        The trees of each model, by its name.

    Raises
    ------
    ValueError
        If a tree is none; the message tells whose, which and why.
    """

    cdef readonly Py_ssize_t features
    cdef const Node[::1] _nodes
    cdef const int[::1] _roots, _depths, _ends

    def __init__(self, Py_ssize_t features, models):
        cdef list nodes = [], roots = [], depths = [], ends = []
        self.features = features
        for name, model in models.items():
            for number, tree in enumerate(model):
                roots.append(len(nodes))
                try:
                    depths.append(_lay_out(tree, features, nodes))
                except (ValueError, IndexError, TypeError, OverflowError) as error:
                    raise ValueError(f"{name}: tree {number} is none, {error}") from error
            ends.append(len(roots))
        while len(roots) % ABREAST:
            roots.append(0)
            depths.append(0)
        self._nodes = np.array(nodes, NODE)
        self._roots, self._ends = np.array(roots, np.int32), np.array(ends, np.int32)
        self._depths = np.array(depths, np.int32).reshape(-1, ABREAST).max(axis=1).astype(np.int32)

    def sums(self, const double[::1] row not None):
        """Return each model's sum for a row of ``features`` numbers or NaN, a list."""
        if row.shape[0] != self.features:
            raise ValueError(f"a row of {row.shape[0]} numbers is not one of {self.features}")
        cdef Py_ssize_t models = self._ends.shape[0], columns = WAYS * self.features + 1, k
        cdef double* scratch = <double*>malloc((columns + self._roots.shape[0] + models) * sizeof(double))
        if scratch is NULL:
            raise MemoryError()
        try:
            with nogil:
                self._spread(&row[0], scratch)
                self._walk(scratch, scratch + columns)
                self._add(scratch + columns, scratch + columns + self._roots.shape[0])
            return [scratch[columns + self._roots.shape[0] + k] for k in range(models)]
        finally:
            free(scratch)

    cdef void _spread(self, const double* row, double* columns) noexcept nogil:
        cdef Py_ssize_t k
        cdef double value
        for k in range(self.features):
            value = 0.0 if fabs(row[k]) <= SMALLEST else row[k]
            columns[WAYS * k + AS_ZERO] = 0.0 if isnan(value) else value
            columns[WAYS * k + AS_MOST] = INFINITY if isnan(value) else value
            columns[WAYS * k + AS_LEAST] = -INFINITY if isnan(value) else value
        columns[WAYS * self.features] = -INFINITY

    cdef void _walk(self, const double* columns, double* leaves) noexcept nogil:
        cdef const Node* nodes = &self._nodes[0]
        cdef const int* roots
        cdef int at[ABREAST]
        cdef Py_ssize_t block
        cdef int level, k
        for block in range(self._depths.shape[0]):
            roots = &self._roots[ABREAST * block]
            for k in range(ABREAST):
                at[k] = roots[k]
            for level in range(self._depths[block]):
                for k in range(ABREAST):
                    at[k] = nodes[at[k]].low + (columns[nodes[at[k]].column] > nodes[at[k]].threshold)
            for k in range(ABREAST):
                leaves[ABREAST * block + k] = nodes[at[k]].threshold

    cdef void _add(self, const double* leaves, double* sums) noexcept nogil:
        cdef Py_ssize_t model, k, first = 0
        for model in range(self._ends.shape[0]):
            sums[model] = 0.0
            for k in range(first, self._ends[model]):
                sums[model] += leaves[k]
            first = self._ends[model]


def _lay_out(tree, Py_ssize_t features, list nodes):
    """Append a tree's nodes, children side by side; return its depth.

    Raises
    ------
    ValueError, IndexError
        If a split or a leaf is missing or reached twice, or a number is none.
    """
    feature, threshold, decision, low, high, leaf = tree
    cdef Py_ssize_t splits = len(leaf) - 1, depth = 0, at, number
    if splits < 0 or any([len(one) != splits for one in (feature, threshold, decision, low, high)]):
        raise ValueError(f"it has {len(leaf)} leaves and not one split fewer")
    reached = {0 if splits else -1}
    level = [(0 if splits else -1, len(nodes))]
    nodes.append(None)
    while True:
        following = []
        for number, at in level:
            if number < 0:
                nodes[at] = (_finite(leaf[_within(-1 - number, splits + 1)]), WAYS * features, at)
                continue
            _within(number, splits)
            column = WAYS * _within(feature[number], features) + _missing(decision[number])
            nodes[at] = (_finite(threshold[number]), column, len(nodes))
            for child in (low[number], high[number]):
                if child in reached:
                    raise ValueError(f"two of its splits lead to {child}")
                reached.add(child)
                following.append((child, len(nodes)))
                nodes.append(None)
        if not following:
            break
        level, depth = following, depth + 1
    if len(reached) != 2 * splits + 1:
        raise ValueError(f"its splits lead to {len(reached)} of {2 * splits + 1} splits and leaves")
    return depth


def _missing(int decision):
    """Return what stands for a missing value where such a decision is made."""
    cdef int missing = decision >> MISSING_SHIFT
    if decision & CATEGORICAL or missing == MISSING_IS_ZERO or missing > MISSING_IS_NAN:
        raise ValueError(f"a split of kind {decision} is by category or takes zero for missing")
    if missing != MISSING_IS_NAN:
        return AS_ZERO
    return AS_LEAST if decision & DEFAULT_LOW else AS_MOST


def _within(Py_ssize_t number, Py_ssize_t count):
    if not 0 <= number < count:
        raise IndexError(f"{number} is not one of 0 to {count - 1}")
    return number


def _finite(double number):
    if not -INFINITY < number < INFINITY:
        raise ValueError(f"{number} is no finite number")
    return number
