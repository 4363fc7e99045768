"""Monotone piecewise cubics: curves through tabulated points that never overshoot them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["hermite", "monotone_slopes"]


def monotone_slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slopes at the points that make the piecewise cubic monotone wherever the data are.

    Parameters
    ----------
    x, y : (n,) float64
        Points, x strictly increasing, n >= 2.

    Returns
    -------
    (n,) float64
        Three-point slopes, limited to between zero and three times the chord on either side, which is enough for
        monotony (Fritsch & Carlson, SIAM J. Numer. Anal. 17 (1980) 238).
    """
    step = np.diff(x)
    chord = np.diff(y) / step
    if chord.size == 1:
        return np.array([chord[0], chord[0]])
    inner = (step[1:] * chord[:-1] + step[:-1] * chord[1:]) / (step[1:] + step[:-1])
    first = chord[0] + step[0] * (chord[0] - chord[1]) / (step[0] + step[1])
    last = chord[-1] + step[-1] * (chord[-1] - chord[-2]) / (step[-1] + step[-2])
    slope = np.concatenate([[first], inner, [last]])
    low, high = np.minimum(0.0, 3.0 * chord), np.maximum(0.0, 3.0 * chord)
    slope[:-1] = np.clip(slope[:-1], low, high)
    slope[1:] = np.clip(slope[1:], low, high)
    return slope


@njit(cache=True)
def hermite(x, y, slope, first, last, at):  # type: ignore[no-untyped-def]
    """Value and slope at `at` of the piecewise cubic through points first … last − 1; `at` must lie between them."""
    low, high = first, last - 1
    while high - low > 1:
        middle = (low + high) // 2
        if x[middle] <= at:
            low = middle
        else:
            high = middle
    h = x[high] - x[low]
    t = (at - x[low]) / h
    rise = (y[high] - y[low]) / h
    c = 3.0 * rise - 2.0 * slope[low] - slope[high]
    d = slope[low] + slope[high] - 2.0 * rise
    value = y[low] + h * t * (slope[low] + t * (c + t * d))
    return value, slope[low] + t * (2.0 * c + 3.0 * t * d)
