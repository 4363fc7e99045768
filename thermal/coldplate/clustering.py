"""Rows of faces that are dense where a field bends: towards walls, and growing away from an inlet."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

__all__ = ["clustered", "grown", "joined"]

Floats = NDArray[np.float64]
COSINE = 0.6  # share of the cosine, the rest is even: least error of both friction and resistance of conjugate cells
STEEPEST = 40.0  # exponent of a row that grows; steeper ones are of no use


def clustered(start: float, end: float, cells: int, dense: Literal["start", "end", "both"]) -> Floats:
    """Return faces from start to end, denser at one end or at both: 0.4 even and 0.6 as a cosine.

    Parameters
    ----------
    start, end : float
        Ends [m].
    cells : int
        Number of cells.
    dense : str
        Where cells are small.

    Returns
    -------
    (cells + 1,) float64
        Rising [m].

    Examples
    --------
    >>> clustered(0.0, 1.0, 4, "both").round(3).tolist()
    [0.0, 0.188, 0.5, 0.812, 1.0]
    """
    t = np.linspace(0.0, 1.0, cells + 1)
    spread = {
        "start": 1.0 - np.cos(0.5 * np.pi * t),
        "end": np.sin(0.5 * np.pi * t),
        "both": np.sin(0.5 * np.pi * t) ** 2,
    }
    faces: Floats = start + (end - start) * (COSINE * spread[dense] + (1.0 - COSINE) * t)
    faces[0], faces[-1] = start, end
    return faces


def grown(start: float, end: float, cells: int, first: float) -> Floats:
    """Return faces from start to end whose cells grow by one factor from the first, or even ones where they are finer.

    The faces lie on a smooth function of their number, so that two rows with the same `first` times `cells` refine
    each other.

    Parameters
    ----------
    start, end : float
        Ends [m].
    cells : int
        Number of cells.
    first : float
        Size wanted at the start [m].

    Returns
    -------
    (cells + 1,) float64
        Rising [m].

    Examples
    --------
    >>> grown(0.0, 1.0, 4, 0.1).round(3).tolist()
    [0.0, 0.123, 0.308, 0.585, 1.0]
    """
    length = end - start
    t = np.linspace(0.0, 1.0, cells + 1)
    if first * cells >= length * (1.0 - 1.0e-9):
        return start + length * t

    def slope(a: float) -> float:  # of the row at its start, less the one wanted
        return a / math.expm1(a) - first * cells / length

    a = brentq(slope, 1.0e-9, STEEPEST) if slope(STEEPEST) < 0.0 else STEEPEST
    faces: Floats = start + length * np.expm1(a * t) / math.expm1(a)
    faces[0], faces[-1] = start, end
    return faces


def joined(*pieces: Floats) -> Floats:
    """Join rows of faces of which each begins where the one before ends."""
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
