"""How arrays of cells lie in memory: along x first, then by layers, then by rows in y, as the solver walks them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.fv.grid import Floats

__all__ = ["along", "at", "by_rows", "zeros"]


def zeros(shape: tuple[int, int, int]) -> Floats:
    """Return zeros of the shape (nz, ny, nx) that `by_rows` need not copy."""
    nz, ny, nx = shape
    return np.zeros((ny, nz, nx)).transpose(1, 0, 2)


def at(axis: int, part: int | slice) -> tuple[int | slice, ...]:
    """Return the index of a part along x, y or z (axis 0, 1, 2) in an array (nz, ny, nx), all of it otherwise.

    >>> at(0, 5)
    (slice(None, None, None), slice(None, None, None), 5)
    """
    return tuple(part if n == 2 - axis else slice(None) for n in range(3))


def along(row: NDArray[Any], axis: int) -> NDArray[Any]:
    """Return numbers along x, y or z (axis 0, 1, 2) so that they spread over an array (nz, ny, nx).

    >>> along(np.zeros(4), 1).shape
    (1, 4, 1)
    """
    return np.expand_dims(row, tuple(n for n in range(3) if n != 2 - axis))


def by_rows(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array (nz, ny, nx) as a contiguous one (ny, nz, nx); no copy of what `zeros` has made."""
    return np.ascontiguousarray(array.transpose(1, 0, 2))
