"""Conjugate gradients with a multigrid cycle made for thin layers: lines through z, coarsening in x and y only.

Thin layers couple cells a thousand times more strongly through z than across, so each column is solved exactly
(a tridiagonal system) and only x and y are coarsened.  What is stored is chosen for the memory bus, which sets the
speed: the cycle runs in float32 inside a float64 iteration, and each level keeps its even and odd columns apart, so
that one colour of a row is a contiguous run.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.errors import ConvergenceError
from thermal.numerics import multigrid_kernels as kernels

__all__ = ["Multigrid", "Solution", "Stencil"]

ITERATIONS = 200
STRONGER = 4.0  # ratio of lateral conductances beyond which only the stronger direction is coarsened
Floats = NDArray[np.float64]


class Stencil(NamedTuple):
    """A seven-point operator, (A x)_P = Σ g (x_P − x_neighbour) + extra x_P; float64 arrays of shape (nz, ny, nx).

    Attributes
    ----------
    gx, gy, gz : float64
        Conductance to the next cell in x, y, z; zero in the last column, row, layer [W/K].
    extra : float64
        Conductance to something of known value, such as a cooled face [W/K].
    """

    gx: Floats
    gy: Floats
    gz: Floats
    extra: Floats


@dataclass(frozen=True)
class Solution:
    """Answer of one solve.

    Attributes
    ----------
    x : (nz, ny, nx) float64
        The field.
    iterations : int
        Iterations of conjugate gradients.
    history : tuple of float
        Relative residual (L2) before the first and after each iteration.
    """

    x: Floats
    iterations: int
    history: tuple[float, ...]


class Multigrid:
    """Solver of one operator for many right-hand sides.

    Parameters
    ----------
    stencil : Stencil
        Conductances, none negative; at least one `extra` above zero, else the solution is not unique.

    Raises
    ------
    ValueError
        Shapes that differ, negative or non-finite conductances (with the place), or an operator without any `extra`.
    """

    def __init__(self, stencil: Stencil) -> None:
        _check(stencil)
        # rows outermost: what one row of columns needs lies together in memory
        gx, gy, gz, extra = (np.ascontiguousarray(g.transpose(1, 0, 2), np.float64) for g in stencil)
        self._shape = stencil.gx.shape
        self._operator = (gx, gy, gz, kernels.diagonal(gx, gy, gz, extra))
        self._levels = _hierarchy(gx, gy, gz, extra)

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve A x = rhs.

        Parameters
        ----------
        rhs : (nz, ny, nx) float64
            Right-hand side [W].
        tolerance : float
            Relative residual in L2 at which to stop [-].
        start : (nz, ny, nx) float64, optional
            Start values; zero by default.

        Returns
        -------
        Solution
            Field, iterations, history.

        Raises
        ------
        ConvergenceError
            With the history.
        """
        if rhs.shape != self._shape or not np.isfinite(rhs).all():
            msg = (
                f"right-hand side of shape {rhs.shape} with finite values {np.isfinite(rhs).all()}; give {self._shape}"
            )
            raise ValueError(msg)
        r = np.array(rhs.transpose(1, 0, 2), np.float64, order="C")
        scale = float(np.sqrt(np.vdot(r, r)))
        x = np.zeros_like(r) if start is None else np.array(start.transpose(1, 0, 2), np.float64, order="C")
        if scale == 0.0:
            return Solution(np.zeros(self._shape), 0, (0.0,))
        if start is not None:
            product = np.empty_like(r)
            kernels.apply(*self._operator, x, product)
            r -= product
        history = [float(np.sqrt(np.vdot(r, r))) / scale]
        p, product, rho_before = np.zeros_like(r), np.empty_like(r), 1.0
        while history[-1] > tolerance:
            if len(history) > ITERATIONS or not np.isfinite(history[-1]):
                raise _failure(history, "conductances that span more than double precision holds; check the materials")
            z = self._precondition(r, 1.0 / (history[-1] * scale))
            rho = kernels.product(z, r)
            kernels.direction(p, z, rho / rho_before if len(history) > 1 else 0.0)
            energy = kernels.apply(*self._operator, p, product)
            if not energy > 0.0:
                raise _failure(history, "a heated part that nothing ties to a known temperature; give it a cooled face")
            square = kernels.advance(x, r, p, product, rho / energy)
            rho_before = rho
            history.append(float(np.sqrt(square)) / scale)
        return Solution(x.transpose(1, 0, 2), len(history) - 1, tuple(history))

    def _precondition(self, r: Floats, scale: float) -> NDArray[np.float32]:
        """One V-cycle on the residual, scaled to order one so that float32 keeps its digits."""
        levels = self._levels
        kernels.load(r, scale, levels[0].b)
        for fine, coarse in pairwise(levels):
            kernels.smooth_down(fine.lateral, fine.south, fine.up, fine.pivot, fine.b, fine.x)
            kernels.restrict(fine.lateral, fine.south, fine.x, coarse.b, coarse.fx, coarse.fy, fine.work)
        last = levels[-1]
        kernels.smooth_down(last.lateral, last.south, last.up, last.pivot, last.b, last.x)
        for fine, coarse in reversed(list(pairwise(levels))):
            kernels.prolong(coarse.x, fine.x, coarse.fx, coarse.fy)
            kernels.smooth_up(fine.lateral, fine.south, fine.up, fine.pivot, fine.b, fine.x)
        return levels[0].x


def _failure(history: list[float], cause: str) -> ConvergenceError:
    return ConvergenceError("multigrid", history, "the whole field", cause)


class _Level(NamedTuple):
    """Arrays of one level in the layout of the kernels, and how much coarser it is than the one before."""

    lateral: NDArray[np.float32]
    south: NDArray[np.float32]
    up: NDArray[np.float32]
    pivot: NDArray[np.float32]
    b: NDArray[np.float32]
    x: NDArray[np.float32]
    work: NDArray[np.float32]
    fx: int
    fy: int


def _hierarchy(gx: Floats, gy: Floats, gz: Floats, extra: Floats) -> list[_Level]:
    """Levels from the given grid down to one column."""
    levels, fx, fy = [], 1, 1
    while True:
        ny, nz, nx = extra.shape
        shape = (ny + 2, nz, 2, (nx + 1) // 2 + 2)
        lateral, south, up, pivot, b, x = (np.zeros(shape, np.float32) for _ in range(6))
        kernels.split_level(gx, gy, gz, extra, lateral, south, up, pivot)
        levels.append(_Level(lateral, south, up, pivot, b, x, np.zeros((2, shape[3]), np.float32), fx, fy))
        if nx == ny == 1:
            return levels
        along_x, along_y = float(gx.sum()), float(gy.sum())
        fx = 2 if nx > 1 and (ny == 1 or along_x * STRONGER > along_y) else 1
        fy = 2 if ny > 1 and (nx == 1 or along_y * STRONGER > along_x) else 1
        gx, gy, gz, extra = kernels.coarsen(gx, gy, gz, extra, fx, fy)


def _check(stencil: Stencil) -> None:
    """Refuse what has no unique solution or no meaning."""
    for name, g in zip(stencil._fields, stencil, strict=True):
        if g.shape != stencil.gx.shape or g.ndim != 3:
            msg = f"{name} has shape {g.shape}, gx has {stencil.gx.shape}; give four arrays of one shape (nz, ny, nx)"
            raise ValueError(msg)
        if not np.isfinite(g).all() or g.min(initial=0.0) < 0.0:
            k, j, i = np.argwhere(~(np.isfinite(g) & (g >= 0.0)))[0]
            msg = f"{name} at layer {k}, row {j}, column {i} is {g[k, j, i]}; conductances are finite and not negative"
            raise ValueError(msg)
    if not stencil.extra.any():
        msg = "no cell is tied to a known temperature, so any constant may be added; give a cooled or fixed face"
        raise ValueError(msg)
