"""Arrays in memory of their own from the system, for large ones that last for a step.

What is never written to takes none, and all goes back when the array is freed.  The C library's allocator keeps much of
what such arrays leave, in pieces that the next ones, of other sizes, do not fit into.
"""

from __future__ import annotations

import math
import mmap
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

__all__ = ["reserved"]

SMALL = 65536  # bytes below which it is not worth a page of its own


def reserved(shape: Sequence[int], dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Return an array of zeros.

    >>> reserved((2, 3)).dtype, float(reserved((2, 3)).sum())
    (dtype('float32'), 0.0)
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < SMALL:
        return np.zeros(shape, dtype)
    return np.frombuffer(mmap.mmap(-1, size), dtype).reshape(shape)
