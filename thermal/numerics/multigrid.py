"""Conduction by conjugate gradients with the multigrid cycle as preconditioner.

What is stored is chosen for the memory bus, which sets the speed: the cycle runs in float32 inside a float64
iteration, and each of its levels keeps even and odd columns apart, so that one colour of a row is a contiguous run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.errors import ConvergenceError
from thermal.numerics import iteration_kernels as kernels
from thermal.numerics.cycle import Cycle

__all__ = ["Multigrid", "Solution", "Stencil", "failure", "laid_out", "require_conductances"]

ITERATIONS = 200
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

    Notes
    -----
    One solution at a time: the levels hold the work space, so threads need a solver each.
    """

    def __init__(self, stencil: Stencil) -> None:
        require_conductances(stencil)
        if not stencil.extra.any():
            msg = "no cell is tied to a known temperature, so any constant may be added; give a cooled or fixed face"
            raise ValueError(msg)
        # rows outermost: what one row of columns needs lies together in memory
        gx, gy, gz, extra = (np.ascontiguousarray(g.transpose(1, 0, 2), np.float64) for g in stencil)
        self._shape = stencil.gx.shape
        self._operator = (gx, gy, gz, kernels.diagonal(gx, gy, gz, extra))
        self._cycle = Cycle(gx, gy, gz, extra)

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
        ValueError
            A right-hand side or start of another shape, or with values that are not finite.
        ConvergenceError
            With the history.
        """
        r = laid_out(rhs, self._shape, "right-hand side").copy()
        scale = float(np.sqrt(np.vdot(r, r)))
        x = np.zeros_like(r) if start is None else laid_out(start, self._shape, "start").copy()
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
                raise failure(history, "conductances that span more than double precision holds; check the materials")
            z = self._cycle.apply(r, 1.0 / (history[-1] * scale))
            rho = kernels.product(z, r)
            kernels.direction(p, z, rho / rho_before if len(history) > 1 else 0.0)
            energy = kernels.apply(*self._operator, p, product)
            if not energy > 0.0:
                raise failure(history, "a heated part that nothing ties to a known temperature; give it a cooled face")
            square = kernels.advance(x, r, p, product, rho / energy)
            rho_before = rho
            history.append(float(np.sqrt(square)) / scale)
        return Solution(x.transpose(1, 0, 2), len(history) - 1, tuple(history))


def failure(history: list[float], cause: str) -> ConvergenceError:
    """Return the error of an iteration that does not converge."""
    return ConvergenceError("multigrid", history, "the whole field", cause)


def laid_out(values: Floats, shape: tuple[int, ...], name: str) -> Floats:
    """Return a field (nz, ny, nx) with its rows outermost in memory, copied only where it is not; raises ValueError."""
    if values.shape != shape or not np.isfinite(values).all():
        msg = f"{name} of shape {values.shape} with finite values {np.isfinite(values).all()}; give finite {shape}"
        raise ValueError(msg)
    return np.ascontiguousarray(values.transpose(1, 0, 2), np.float64)


def require_conductances(stencil: Stencil) -> None:
    """Refuse arrays of different shapes, conductances that are negative, not finite or lead nowhere; ValueError."""
    lost = {"gx": stencil.gx[..., -1:], "gy": stencil.gy[..., -1:, :], "gz": stencil.gz[-1:]}
    for name, g in zip(stencil._fields, stencil, strict=True):
        if g.shape != stencil.gx.shape or g.ndim != 3:
            msg = f"{name} has shape {g.shape}, gx has {stencil.gx.shape}; give four arrays of one shape (nz, ny, nx)"
            raise ValueError(msg)
        if not np.isfinite(g).all() or g.min(initial=0.0) < 0.0:
            k, j, i = np.argwhere(~(np.isfinite(g) & (g >= 0.0)))[0]
            msg = f"{name} at layer {k}, row {j}, column {i} is {g[k, j, i]}; conductances are finite and not negative"
            raise ValueError(msg)
        if name in lost and lost[name].any():
            msg = f"{name} is not zero in the last column, row or layer, which has no next cell; set it to zero"
            raise ValueError(msg)
