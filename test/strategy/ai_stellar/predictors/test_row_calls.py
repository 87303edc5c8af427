"""Calls of LightGBM's made together: all outputs, or the number of the first that failed."""

import ctypes

import numpy as np
import pytest

from hummingbot.strategy.ai_stellar.predictors.row_calls import RowCalls

FUNCTION = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_double), ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_double),
)  # fmt: skip
ROW = np.array([1.5, 2.5])


def calls(handles, failing=None):
    """Return calls of a function that adds the handle to the row's sum, and how often it was called."""
    called = []

    @FUNCTION
    def predict(handle, row, length, output):
        called.append(handle)
        output[0] = handle + row[0] + row[1]
        return int(handle == failing)

    made = RowCalls(ctypes.cast(predict, ctypes.c_void_p).value, handles, ROW)
    return (made, predict), called  # the function must live as long as its calls


def test_every_call_reads_the_row_and_has_its_output():
    (made, _), called = calls([1, 2, 3])
    assert made.run() == -1
    assert made.outputs() == [5.0, 6.0, 7.0]
    assert called == [1, 2, 3]


@pytest.mark.parametrize(("failing", "number"), [(1, 0), (2, 1), (3, 2)])
def test_the_first_that_fails_is_named_and_none_is_called_after_it(failing, number):
    (made, _), called = calls([1, 2, 3], failing)
    assert made.run() == number
    assert called == [1, 2, 3][: number + 1]
