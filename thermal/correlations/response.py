"""Responses of a plate's devices to each other's heat, between the flows at which they are known and beyond them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

__all__ = ["ResponseCurves"]

Floats = NDArray[np.float64]


class ResponseCurves:
    """Matrices of responses against flow [K/W].

    Cubics in 1/flow, in which the coolant's own rise is a straight line and what films add is nearly one. Below the
    least flow each goes on along its last slope in 1/flow, as the coolant's rise does; above the greatest it is held,
    which is on the safe side.

    Parameters
    ----------
    flows : (flows,) array_like
        Rising, at least two [m3/s].
    values : (flows, rows, devices) array_like
        Rise of each row per heat of the column's device [K/W]; a row is a case, or one of the spots of a junction.

    Notes
    -----
    Range: the flows given. Slopes of the cubic spline through all points, limited where they would overshoot (Fritsch &
    Carlson, SIAM J. Numer. Anal. 17 (1980) 238).

    Examples
    --------
    >>> curves = ResponseCurves([1.0, 2.0], [[[0.3]], [[0.2]]])
    >>> [round(float(curves.at(flow)[0, 0]), 3) for flow in (0.5, 1.0, 1.6, 2.0, 9.0)]
    [0.5, 0.3, 0.225, 0.2, 0.2]
    """

    def __init__(self, flows: ArrayLike, values: ArrayLike) -> None:
        given = np.asarray(values, np.float64)
        self.slowness: Floats = 1.0 / np.asarray(flows, np.float64)[::-1]
        self.values: Floats = np.ascontiguousarray(given[::-1])
        self.slopes = _slopes(self.slowness, self.values)

    def at(self, flow: float) -> Floats:
        """Responses at a flow [m3/s], shape (rows, devices) [K/W]."""
        s, x, y, slope = 1.0 / flow, self.slowness, self.values, self.slopes
        if s >= x[-1]:
            return np.asarray(y[-1] + slope[-1] * (s - x[-1]))
        if s <= x[0]:
            return y[0].copy()
        low = int(np.searchsorted(x, s, side="right")) - 1
        step = x[low + 1] - x[low]
        t = (s - x[low]) / step
        rise = y[low + 1] - y[low]
        begin, end = step * slope[low], step * slope[low + 1]
        return np.asarray(y[low] + t * (begin + t * (3.0 * rise - 2.0 * begin - end + t * (begin + end - 2.0 * rise))))


def _slopes(x: Floats, y: Floats) -> Floats:
    """Slopes at the points, shaped like y: the spline's, between zero and three times the chord on either side."""
    slope = np.array(CubicSpline(x, y)(x, 1))
    chord = np.diff(y, axis=0) / np.diff(x).reshape(-1, *(1,) * (y.ndim - 1))
    low, high = np.minimum(0.0, 3.0 * chord), np.maximum(0.0, 3.0 * chord)
    slope[:-1] = np.clip(slope[:-1], low, high)
    slope[1:] = np.clip(slope[1:], low, high)
    return slope
