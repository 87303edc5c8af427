"""What each feature adds to a LightGBM model's output, by the library's own TreeSHAP through its C interface.

References
----------
Lundberg et al., From local explanations to global understanding with explainable AI for trees, Nature Machine
Intelligence 2, 2020
https://lightgbm.readthedocs.io/en/stable/C-API.html, ``LGBM_BoosterPredictForMatSingleRow``
"""

import ctypes
import functools
import importlib.util
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError

__all__ = ["TreeShap"]

FLOAT64: Final = 1
ROW_MAJOR: Final = 1
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


class TreeShap:
    """A LightGBM model loaded by the library, to be asked for contributions.

    Parameters
    ----------
    text : str
        The model in LightGBM's text format.
    name : str
        What errors call the model.

    Raises
    ------
    ModelError
        If LightGBM is not installed, or rejects the text.
    """

    def __init__(self, text: str, name: str) -> None:
        self._library, self._name = lightgbm_library(), name
        self._handle = ctypes.c_void_p()
        self._call(
            "LGBM_BoosterLoadModelFromString",
            ctypes.c_char_p(text.encode()), ctypes.byref(ctypes.c_int()), ctypes.byref(self._handle),
        )  # fmt: skip

    def contributions(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return each feature's share of the raw output for a row, and last the expected value.

        Their sum is the raw output (log-odds for a classifier).
        """
        out, length = np.zeros(len(row) + 1), ctypes.c_int64()
        self._call(
            "LGBM_BoosterPredictForMatSingleRow",
            self._handle, ctypes.c_void_p(row.ctypes.data), FLOAT64, ctypes.c_int(len(row)), ROW_MAJOR,
            CONTRIBUTIONS, 0, ALL_TREES, ctypes.c_char_p(PARAMETERS), ctypes.byref(length),
            ctypes.c_void_p(out.ctypes.data),
        )  # fmt: skip
        return out

    def _call(self, function: str, *arguments: object) -> None:
        if getattr(self._library, function)(*arguments):
            reason = bytes(self._library.LGBM_GetLastError()).decode(errors="replace")
            raise ModelError(
                f"LightGBM rejects {self._name} ({reason}): install the version that the manifest names"
            )

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self._library.LGBM_BoosterFree(self._handle)
