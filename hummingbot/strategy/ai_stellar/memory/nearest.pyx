"""Exhaustive search for the nearest points, without a temporary array."""

import numpy as np

__all__ = ["nearest"]


def nearest(
    const double[:, ::1] points,
    const long long[::1] known_at,
    const double[::1] asked,
    long long now,
    Py_ssize_t count,
):
    """Return indices and squared distances of the nearest points, nearest first.

    Parameters
    ----------
    points : ndarray of float64, shape (points, coordinates)
        Where to search.
    known_at : ndarray of int64, shape (points,)
        Ledger time from which each may be seen.
    asked : ndarray of float64, shape (coordinates,)
        What is asked for.
    now : int
        Ledger time of the question.
    count : int
        How many to return at most.

    Returns
    -------
    indices : ndarray of int64
    squares : ndarray of float64
        Squared Euclidean distances.
    """
    cdef Py_ssize_t total = points.shape[0], width = points.shape[1]
    if known_at.shape[0] != total or asked.shape[0] != width:
        raise ValueError(
            f"{total} points of {width} coordinates do not fit {known_at.shape[0]} times and {asked.shape[0]} asked"
        )
    count = max(0, min(count, total))
    indices = np.empty(count, dtype=np.int64)
    squares = np.empty(count, dtype=np.float64)
    cdef long long[::1] index = indices
    cdef double[::1] square = squares
    cdef Py_ssize_t found = 0, i, j, place
    cdef double distance, step, furthest = 0.0
    if count == 0:
        return indices, squares
    for i in range(total):
        if known_at[i] > now:
            continue
        distance = 0.0
        for j in range(width):
            step = points[i, j] - asked[j]
            distance += step * step
            if distance >= furthest and found == count:
                break
        else:
            place = found if found < count else count - 1
            while place > 0 and square[place - 1] > distance:
                square[place] = square[place - 1]
                index[place] = index[place - 1]
                place -= 1
            square[place] = distance
            index[place] = i
            if found < count:
                found += 1
            furthest = square[found - 1]
    return indices[:found], squares[:found]
