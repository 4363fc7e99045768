"""Conduction and convection solved together: the multigrid of the upwind operator around convection of second order."""

from __future__ import annotations

import numpy as np

from thermal.errors import ConvergenceError
from thermal.fv.boundary import plane_of
from thermal.fv.conjugate import Carried
from thermal.fv.grid import Floats
from thermal.fv.layout import by_rows, zeros
from thermal.numerics.gmres import Values
from thermal.numerics.multigrid import Solution, Stencil
from thermal.numerics.transport import Flows, TransportMultigrid

__all__ = ["ConjugateSolver"]

WHAT = "conjugate heat"
ROUNDS = 12  # in which the limits of the bounded scheme follow the field; then they stay
STILL = "a flow that carries next to nothing of what conducts: leave it out, and give a temperature"
NOTHING = 1.0e-8  # capacity flow over the greatest conductance: less is next to nothing
THIN = "metal in cells thin along the flow beside coolant that conducts far worse: give wider cells along it"
CLOSER = 0.03  # share of the residual of a round that its linear solve leaves


class ConjugateSolver:
    """Solver of one operator for many right-hand sides.

    Parameters
    ----------
    stencil : Stencil
        Conduction [W/K].
    carried : Carried
        The flow; temperatures of its inlets counted as those of the field.
    """

    def __init__(self, stencil: Stencil, carried: Carried) -> None:
        self._carried = carried
        self._conductances = stencil[:3]
        extra = zeros(carried.grid.shape)
        extra += stencil.extra
        for side, flow in carried.through.items():
            extra[plane_of(side)] += np.maximum(flow, 0.0)
        if carried.sources is not None:
            extra += carried.put_in
        gx, gy, gz, tied = (by_rows(row) for row in (*stencil[:3], extra))
        fx, fy, fz = (by_rows(row) for row in carried.flows)
        # the layout of `by_rows` has layers where the solver expects rows
        self._solver = TransportMultigrid(Stencil(gx, gz, gy, tied), Flows(fx, fz, fy))

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve for the temperature that balances `rhs` (nz, ny, nx) [W]; arguments and errors of `Multigrid.solve`.

        The bounded scheme is not linear: its limits follow the field round by round, and stay where they are after some
        rounds, so that what is solved to the tolerance is a scheme between the two of second order and upwind.
        """
        x = None if start is None else by_rows(start)
        if self._carried.scheme != "bounded":
            return self._linear(rhs, x, tolerance, self._carried.limits(rhs))
        scale = float(np.linalg.norm(rhs)) or 1.0
        history: list[float] = []
        shares = tuple(np.full(lines.f.shape, -1.0) for lines in self._carried.lines)  # upwind
        left = 1.0
        for n in range(ROUNDS + 1):
            target = tolerance if n == ROUNDS else max(tolerance / 3.0, CLOSER * left)
            found = self._linear(rhs, x, target, shares)
            history += found.history[1:] or found.history
            x = by_rows(found.x)
            if n == ROUNDS:
                break
            shares = self._carried.limits(found.x)
            left = self._residual(rhs, x, shares) / scale
            if left <= tolerance:
                break
        return Solution(found.x, len(history), (1.0, *history))

    def _linear(self, rhs: Floats, x: Floats | None, tolerance: float, shares: tuple[Floats, ...]) -> Solution:
        """Solve with limits that stay; the inlets are known and go to the right."""
        b = by_rows(rhs - self._carried.carried_off(np.zeros_like(rhs), shares))
        free = self._carried.without_inlets

        def operator(field: Values, out: Floats) -> None:
            self._solver.apply(field, out)
            free.add_carried_off(field, out, shares, 0.0)

        try:
            found = self._solver.solve(b, tolerance=tolerance, start=x, operator=operator)
        except ConvergenceError as error:
            still = self._carried.is_below(NOTHING, self._conductances)
            cause = STILL if still else f"{THIN} or a looser tolerance"
            if self._carried.scheme in ("linear_upwind", "central") and not still:
                cause = f"a scheme that this grid does not hold: use scheme='bounded' or 'upwind'; or {cause}"
            raise ConvergenceError(WHAT, error.history, "the whole field", cause) from error
        return Solution(found.x.transpose(1, 0, 2), found.iterations, found.history)

    def _residual(self, rhs: Floats, x: Floats, shares: tuple[Floats, ...]) -> float:
        b = by_rows(rhs - self._carried.carried_off(np.zeros_like(rhs), shares))
        out = np.empty_like(x)
        self._solver.apply(x, out)
        self._carried.without_inlets.add_carried_off(x, out, shares, 0.0)
        return float(np.linalg.norm(b - out))
