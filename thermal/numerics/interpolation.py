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
        Slopes; Fritsch & Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300 inside, one-sided at the ends.
    """
    step = np.diff(x)
    rise = np.diff(y) / step
    if rise.size == 1:
        return np.array([rise[0], rise[0]])
    slope = np.zeros_like(y)
    weight_left = 2.0 * step[1:] + step[:-1]
    weight_right = step[1:] + 2.0 * step[:-1]
    same = rise[:-1] * rise[1:] > 0.0
    left, right = rise[:-1][same], rise[1:][same]
    inner = np.zeros(rise.size - 1)
    inner[same] = (weight_left + weight_right)[same] / (weight_left[same] / left + weight_right[same] / right)
    slope[1:-1] = inner
    slope[0] = _end_slope(step[0], step[1], rise[0], rise[1])
    slope[-1] = _end_slope(step[-1], step[-2], rise[-1], rise[-2])
    return slope


def _end_slope(step: float, next_step: float, rise: float, next_rise: float) -> float:
    """Three-point slope at an end, limited so that the first cubic keeps the data's direction."""
    slope = ((2.0 * step + next_step) * rise - step * next_rise) / (step + next_step)
    if slope * rise <= 0.0:
        return 0.0
    if rise * next_rise <= 0.0 and abs(slope) > 3.0 * abs(rise):
        return 3.0 * rise
    return float(slope)


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
