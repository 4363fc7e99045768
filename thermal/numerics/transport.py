"""Diffusion and convection of one scalar on a rectilinear grid: GMRES, or conjugate gradients without flow.

The preconditioner is a multigrid cycle of the upwind operator, whose matrix keeps the maximum principle on every level.
Convection of second order is applied outside of it, as the operator whose equations are solved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import transport_kernels as kernels
from thermal.numerics.gmres import CAUSE, Operator, Values, gmres
from thermal.numerics.multigrid import ITERATIONS, Solution, Stencil, failure, require_conductances
from thermal.numerics.transport_cycle import TransportCycle

__all__ = ["Flows", "TransportMultigrid"]

CLOSED = 1.0e-6  # sum of a right-hand side over the sum of its sizes that counts as zero
Floats = NDArray[np.float64]


class Flows(NamedTuple):
    """Capacity flow through the face to the next cell, against the axis where negative; (nz, ny, nx) float64.

    Attributes
    ----------
    fx, fy, fz : float64
        Zero in the last column, row, layer; what leaves a cell there or enters belongs into its `extra` [W/K].
    """

    fx: Floats
    fy: Floats
    fz: Floats


class TransportMultigrid:
    """Solver of one operator for many right-hand sides.

    The operator is (A x)_P = Σ (g + inflow) (x_P − x_neighbour) + extra x_P, which for flows without divergence is the
    conservative upwind form; what comes in over the sides of the grid counts as `extra`.

    Parameters
    ----------
    stencil : Stencil
        Conductances, none negative [W/K].
    flows : Flows, optional
        Convection; without it the operator is symmetric and is solved by conjugate gradients.

    Raises
    ------
    ValueError
        Shapes that differ, negative or non-finite numbers (with the place), flows out of the grid.

    Notes
    -----
    Cells that nothing couples, as behind blocked faces, get the answer 0. With no `extra` at all any constant may be
    added: the right-hand side has to add up to zero then, and the answer's mean is zero.

    Memory: 36 bytes a cell for the finest level of the cycle and as much again at most for the others, 8 for the
    diagonal, and 24 for conjugate gradients or 56 for GMRES. One solution at a time: the levels hold the work space, so
    threads need a solver each.
    """

    def __init__(self, stencil: Stencil, flows: Flows | None = None) -> None:
        require_conductances(stencil)
        gx, gy, gz, extra = (np.ascontiguousarray(row, np.float64) for row in stencil)
        self._shape = extra.shape
        self._symmetric = flows is None
        if flows is None:
            flows = Flows(*(np.broadcast_to(np.zeros((1, 1, 1)), self._shape),) * 3)
        else:
            _require_flows(flows, self._shape)
        fx, fy, fz = (np.asarray(row, np.float64) for row in flows)
        diagonal = kernels.row_sums(gx, gy, gz, fx, fy, fz, extra)
        self._operator = (gx, gy, gz, fx, fy, fz, diagonal)
        self._free = np.zeros(self._shape, bool) if extra.any() else diagonal > 0.0  # cells that nothing ties down
        self._cycle = TransportCycle((gx, gy, gz), (fx, fy, fz), extra)

    def apply(self, x: Values, out: Floats) -> None:
        """Put A x into `out`, arrays (nz, ny, nx)."""
        kernels.apply(*self._operator, x, out)

    def precondition(self, r: Floats, scale: float, out: Values) -> None:
        """Put the answer of one cycle to scale · r into `out`, arrays (nz, ny, nx); scaled to order one it is best."""
        self._cycle.apply(r, scale, out)

    def solve(
        self,
        rhs: Floats,
        *,
        tolerance: float = 1.0e-8,
        start: Floats | None = None,
        operator: Operator | None = None,
    ) -> Solution:
        """Solve A x = rhs, or B x = rhs for an operator B near A.

        Parameters
        ----------
        rhs : (nz, ny, nx) float64
            Right-hand side [W].
        tolerance : float
            Relative residual in L2 at which to stop [-].
        start : (nz, ny, nx) float64, optional
            Start values; zero by default.
        operator : callable, optional
            ``operator(x, out)`` puts B x into `out`, as with convection of second order.

        Returns
        -------
        Solution
            Field, iterations (one cycle each), history.

        Raises
        ------
        ValueError
            A right-hand side or start of another shape, with values that are not finite, or that does not add up to
            zero where nothing ties the field down.
        ConvergenceError
            With the history.
        """
        b = self._given(rhs, "right-hand side")
        x = np.zeros(self._shape) if start is None else self._given(start, "start").copy()
        if operator is None and self._free.any():
            b = self._closed(b)
        if operator is not None or not self._symmetric:
            found = gmres(operator or self.apply, self.precondition, b, x, tolerance, lean=True)
        else:
            found = self._descend(b, x, tolerance)
        if self._free.any():
            found.x[self._free] -= found.x[self._free].mean()
        return found

    def _descend(self, b: Floats, x: Floats, tolerance: float) -> Solution:
        """Conjugate gradients."""
        r, z, p, product = b.copy(), np.empty_like(b), np.zeros_like(b), np.empty_like(b)
        scale = float(np.linalg.norm(b))
        if scale == 0.0:
            return Solution(np.zeros(self._shape), 0, (0.0,))
        if x.any():
            self.apply(x, product)
            r -= product
        history, rho_before = [float(np.linalg.norm(r)) / scale], 1.0
        while history[-1] > tolerance:
            if len(history) > ITERATIONS or not np.isfinite(history[-1]):
                raise failure(history, CAUSE)
            self.precondition(r, 1.0 / (history[-1] * scale), z)
            rho = float(kernels.dot(z.reshape(-1), r.reshape(-1)))
            kernels.turn(p.reshape(-1), z.reshape(-1), rho / rho_before if len(history) > 1 else 0.0)
            self.apply(p, product)
            energy = float(kernels.dot(p.reshape(-1), product.reshape(-1)))
            if not energy > 0.0:
                raise failure(history, CAUSE)
            square = kernels.step(x.reshape(-1), r.reshape(-1), p.reshape(-1), product.reshape(-1), rho / energy)
            rho_before = rho
            history.append(float(np.sqrt(square)) / scale)
        return Solution(x, len(history) - 1, tuple(history))

    def _given(self, values: Floats, name: str) -> Floats:
        if values.shape != self._shape or not np.isfinite(values).all():
            msg = (
                f"{name} of shape {values.shape} with finite values {np.isfinite(values).all()}; "
                f"give finite {self._shape}"
            )
            raise ValueError(msg)
        return np.ascontiguousarray(values, np.float64)

    def _closed(self, b: Floats) -> Floats:
        """Return a right-hand side that adds up to zero to the last digit; refuse one that does not nearly."""
        left, size = float(b[self._free].sum()), float(np.abs(b).sum())
        if abs(left) > CLOSED * size or b[~self._free].any():
            msg = (
                f"the right-hand side adds up to {left:.3g} of {size:.3g} in cells that nothing ties to a known value, "
                "and is to be zero where nothing couples a cell; balance it, or give some cell an `extra`"
            )
            raise ValueError(msg)
        b = b.copy()
        b[self._free] -= left / np.count_nonzero(self._free)
        return b


def _require_flows(flows: Flows, shape: tuple[int, ...]) -> None:
    """Refuse flows of another shape, not finite, or out of the grid; ValueError."""
    lost = (flows.fx[..., -1:], flows.fy[..., -1:, :], flows.fz[-1:])
    for name, f, out in zip(flows._fields, flows, lost, strict=True):
        if f.shape != shape:
            msg = f"{name} has shape {f.shape}, the conductances have {shape}; give one shape (nz, ny, nx)"
            raise ValueError(msg)
        if not np.isfinite(f).all():
            k, j, i = np.argwhere(~np.isfinite(f))[0]
            msg = f"{name} at layer {k}, row {j}, column {i} is {f[k, j, i]}; flows are finite"
            raise ValueError(msg)
        if out.any():
            msg = f"{name} is not zero in the last column, row or layer, which has no next cell; use `extra`"
            raise ValueError(msg)
