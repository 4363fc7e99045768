"""A cycle within planes along y and z: coarsened in y only, lines through z, no coupling in x.

It stands in for the exact solution of each plane, at a cost that does not grow with the number of layers.  Its first
level joins four rows at once: what differs from row to row is left to the lines of the main cycle.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import plane_kernels as kernels

__all__ = ["Plane", "Planes", "planes_of"]

JOINED = 4  # rows that make one of the first level; with 8 the iterations begin to grow
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


class Plane(NamedTuple):
    """One level."""

    south: Singles
    up: Singles
    pivot: Singles
    b: Singles
    x: Singles


class Planes(NamedTuple):
    """The levels, and the sum of all conductances of each cell of the main level's layers."""

    diagonal: Singles
    levels: tuple[Plane, ...]

    def correct(
        self,
        lateral: Singles,
        south: Singles,
        up: Singles,
        b: Singles,
        x: Singles,
        first: int,
        take: Singles,
        s: Singles,
    ) -> None:
        """Improve the field x of a main level in the layers of the coolant by one cycle."""
        top, *_, last = self.levels if len(self.levels) > 1 else self.levels * 2
        kernels.residual(lateral, south, up, b, x, first, take, s, self.diagonal, top.b, JOINED)
        for fine, coarse in pairwise(self.levels):
            kernels.sweep_down(fine.south, fine.up, fine.pivot, fine.b, fine.x)
            kernels.restrict(fine.south, fine.x, coarse.b)
        kernels.sweep_down(last.south, last.up, last.pivot, last.b, last.x)
        for fine, coarse in reversed(list(pairwise(self.levels))):
            kernels.prolong(coarse.x, fine.x)
            kernels.sweep_up(fine.south, fine.up, fine.pivot, fine.b, fine.x)
        kernels.add(top.x, x, first, JOINED)


def planes_of(gx: Floats, gy: Floats, gz: Floats, tied: Floats, first: int, layers: int) -> Planes:
    """Set up the planes in some layers of a main level.

    Parameters
    ----------
    gx, gy, gz : (ny, nz, nx) float64
        Conductances of the main level [W/K].
    tied : (ny, nz, nx) float64
        Conductances to known temperatures and to the coolant [W/K].
    first, layers : int
        First layer and number of layers.
    """
    gy, gz, total = kernels.zone(gx, gy, gz, tied, first, layers)
    ny, nk, nx = gy.shape
    w = (nx + 1) // 2 + 2
    diagonal = np.zeros((ny + 2, nk, 2, w), np.float32)
    kernels.split_diagonal(gy, gz, total, diagonal)
    levels: list[Plane] = []
    while not levels or gy.shape[0] > 1:
        gy, gz, total = kernels.coarsen(gy, gz, total, 2 if levels else JOINED)
        level = Plane(*(np.zeros((gy.shape[0] + 2, nk, 2 * w), np.float32) for _ in range(5)))
        kernels.split(gy, gz, total, level.south, level.up, level.pivot, w)
        levels.append(level)
    return Planes(diagonal, tuple(levels))
