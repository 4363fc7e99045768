"""Couplings kept in 16 bits, as parts of the diagonal, so that what a row adds up to is kept to half a part."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["PARTS", "quantised"]

PARTS = 65536


@njit(cache=True, nogil=True)
def quantised(beside, diagonal):  # type: ignore[no-untyped-def]
    """Return couplings over their diagonals in 65536ths, (6, l, m, n) uint16.

    Each is rounded; the greatest of a row then takes up what is missing in the row's sum, so that a velocity whose
    couplings add up to its diagonal, on which no wall pulls, goes on to feel none.

    Parameters
    ----------
    beside : tuple of six (l, m, n) float32
        Couplings, none of them negative.
    diagonal : (l, m, n) float32
        Not less than their sum but for rounding.
    """
    parts = np.zeros(6)
    size = diagonal.shape
    out = np.empty((6, *size), np.uint16)
    for i in range(size[0]):
        for j in range(size[1]):
            for k in range(size[2]):
                unit = PARTS / np.float64(diagonal[i, j, k])
                whole = 0.0
                for n in range(6):
                    parts[n] = beside[n][i, j, k] * unit
                    whole += parts[n]
                missing = np.round(whole)
                greatest = 0
                for n in range(6):
                    if parts[n] > parts[greatest]:
                        greatest = n
                    parts[n] = np.round(parts[n])
                    missing -= parts[n]
                parts[greatest] += missing
                for n in range(6):
                    out[n, i, j, k] = np.uint16(min(max(parts[n], 0.0), PARTS - 1.0))
    return out
