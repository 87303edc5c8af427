"""One-row inference on a LightGBM model through the library's C interface.

The strategy process loads LightGBM's shared library but not its Python package, whose imports (scikit-learn,
pandas, SciPy) cost 190 MB. A prepared single-row call reads the row in place: 5.5 µs for 100 trees, where
`Booster.predict` takes 48.

References
----------
https://lightgbm.readthedocs.io/en/stable/C-API.html, ``LGBM_BoosterPredictForMatSingleRowFast``
"""

import ctypes
import functools
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .row_calls import RowCalls

__all__ = ["BoosterGroup", "RowBooster"]

FLOAT64: Final = 1
ROW_MAJOR: Final = 1
NORMAL: Final = 0
RAW_SCORE: Final = 1
CONTRIBUTIONS: Final = 3
ALL_TREES: Final = -1
PARAMETERS: Final = b"num_threads=1 verbosity=-1"


@functools.cache
def lightgbm_library() -> ctypes.CDLL:
    """Load LightGBM's shared library from where its package is installed, without importing the package.

    Raises
    ------
    ModelError
        If LightGBM is not installed or its library cannot be loaded.
    """
    spec = importlib.util.find_spec("lightgbm")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        for name in ("lib_lightgbm.so", "lib_lightgbm.dylib"):
            path = Path(location) / "lib" / name
            if path.is_file():
                try:
                    library = ctypes.CDLL(str(path))
                except OSError as error:
                    raise ModelError(f"{path} cannot be loaded ({error}): install libgomp1") from error
                library.LGBM_GetLastError.restype = ctypes.c_char_p
                return library
    raise ModelError("LightGBM's library lib_lightgbm is not installed: pip install 'lightgbm>=4.7,<5'")


class _Trees:
    """LightGBM's handle of a loaded model, freed with the last booster that reads it."""

    def __init__(self, text: str, features: int, name: str) -> None:
        self.library = lightgbm_library()
        self.name = name
        self.handle = ctypes.c_void_p()
        iterations, width, classes = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        self.call(
            "LGBM_BoosterLoadModelFromString",
            ctypes.c_char_p(text.encode()), ctypes.byref(iterations), ctypes.byref(self.handle),
        )  # fmt: skip
        self.call("LGBM_BoosterGetNumFeature", self.handle, ctypes.byref(width))
        self.call("LGBM_BoosterGetNumClasses", self.handle, ctypes.byref(classes))
        if width.value != features or classes.value != 1:
            raise ModelError(
                f"{name} takes {width.value} features and gives {classes.value} outputs, "
                f"not {features} and 1: train it anew with 'ai-stellar train price'"
            )
        self.count = iterations.value

    def call(self, function: str, *arguments: object) -> None:
        if getattr(self.library, function)(*arguments):
            raise ModelError(f"LightGBM rejects {self.name}: {self.error()}")

    def error(self) -> str:
        return bytes(self.library.LGBM_GetLastError()).decode(errors="replace")

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            self.library.LGBM_BoosterFree(self.handle)


class RowBooster:
    """A LightGBM model that predicts one row at a time, on one thread.

    It reads the row in place: write features to `row`, then call `predict`.

    Parameters
    ----------
    text : str
        The model in LightGBM's text format.
    features : int
        Number of features the model must take.
    name : str
        What errors call the model.
    row : ndarray of float64, shape (features,), optional
        The row to read, which several boosters may share; by default one of its own.
    raw : bool
        Whether `predict` gives the sum of the leaves (log-odds of a classifier) and not the model's output.

    Raises
    ------
    ModelError
        If LightGBM rejects the text, or the model takes another number of features or gives other than one
        output.
    """

    def __init__(
        self,
        text: str,
        features: int,
        name: str,
        row: NDArray[np.float64] | None = None,
        raw: bool = False,
    ) -> None:
        self._begin(_Trees(text, features, name), np.zeros(features) if row is None else row, raw)

    def on(self, row: NDArray[np.float64]) -> "RowBooster":
        """Return the same model, loaded once, that reads another row."""
        other = object.__new__(RowBooster)
        other._begin(self._trees, row, self._raw)
        return other

    def _begin(self, trees: _Trees, row: NDArray[np.float64], raw: bool) -> None:
        if row.dtype != np.float64 or not row.flags.c_contiguous:
            raise ValueError(f"{trees.name} reads rows of contiguous float64, not {row.dtype}")
        self._trees, self.row, self._raw = trees, row, raw
        self.trees = trees.count
        self._fast = ctypes.c_void_p()
        trees.call(
            "LGBM_BoosterPredictForMatSingleRowFastInit",
            trees.handle, RAW_SCORE if raw else NORMAL, 0, ALL_TREES, FLOAT64, ctypes.c_int32(len(row)),
            ctypes.c_char_p(PARAMETERS), ctypes.byref(self._fast),
        )  # fmt: skip
        self._alone = BoosterGroup([self])

    def predict(self) -> float:
        """Return the model's output for `row`."""
        return self._alone.predict()[0]

    def contributions(self) -> NDArray[np.float64]:
        """Return each feature's share (TreeSHAP) of the raw output for `row`, and last the expected value.

        Their sum is the raw output (log-odds for a classifier). Some hundred times slower than `predict`.
        """
        out = np.zeros(len(self.row) + 1)
        length = ctypes.c_int64()
        self._trees.call(
            "LGBM_BoosterPredictForMatSingleRow",
            self._trees.handle, ctypes.c_void_p(self.row.ctypes.data), FLOAT64, ctypes.c_int(len(self.row)),
            ROW_MAJOR, CONTRIBUTIONS, 0, ALL_TREES, ctypes.c_char_p(PARAMETERS), ctypes.byref(length),
            ctypes.c_void_p(out.ctypes.data),
        )  # fmt: skip
        return out

    def __del__(self) -> None:
        if getattr(self, "_fast", None):
            self._trees.library.LGBM_FastConfigFree(self._fast)


class BoosterGroup:
    """Boosters that read one row and are run together, without the interpreter's lock.

    Parameters
    ----------
    boosters : sequence of RowBooster
        At least one, all of the same row; they must outlive this.
    """

    def __init__(self, boosters: Sequence[RowBooster]) -> None:
        first = boosters[0]
        self._trees = [booster._trees for booster in boosters]
        function = first._trees.library.LGBM_BoosterPredictForMatSingleRowFast
        address = ctypes.cast(function, ctypes.c_void_p).value
        self._calls = RowCalls(address or 0, [booster._fast.value or 0 for booster in boosters], first.row)

    def predict(self) -> list[float]:
        """Return each booster's output for the row."""
        failed = self._calls.run()
        if failed >= 0:
            raise ModelError(f"{self._trees[failed].name} cannot predict: {self._trees[failed].error()}")
        return self._calls.outputs()
