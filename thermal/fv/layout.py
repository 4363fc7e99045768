"""How arrays of cells lie in memory: along x first, then by layers, then by rows in y, as the solver walks them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.fv.grid import Floats

__all__ = ["by_rows", "zeros"]


def zeros(shape: tuple[int, int, int]) -> Floats:
    """Return zeros of the shape (nz, ny, nx) that `by_rows` need not copy."""
    nz, ny, nx = shape
    return np.zeros((ny, nz, nx)).transpose(1, 0, 2)


def by_rows(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array (nz, ny, nx) as a contiguous one (ny, nz, nx); no copy of what `zeros` has made."""
    return np.ascontiguousarray(array.transpose(1, 0, 2))
