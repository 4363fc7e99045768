"""Mass made exact: the least change of velocities, by kinetic energy, that leaves no cell with a net flow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thermal.fv.flow_residual import Residual
from thermal.fv.flow_time_solvers import mobility, pressure_solver, unknowns
from thermal.fv.grid import Floats

__all__ = ["Projection", "project"]

EXACT = 1.0e-14  # largest net flow of a cell over the largest flow through a face
ROUNDS = 6
ROUGH = 0.1  # of what a round leaves where that will do
LEAST = 1.0e-12  # relative residual asked of a round


class Projection:
    """The change of velocities, least when weighed by an inertia, that takes net flows out of the cells.

    Parameters
    ----------
    residual : Residual
        The problem.
    inertia : mapping from axis to float64
        Of the volume around each face, padded; its unit only sets that of the pressure.
    """

    def __init__(self, residual: Residual, inertia: Mapping[int, Floats]) -> None:
        self.residual = residual
        self.cells = unknowns(residual, None)
        flows = {m: mobility(residual, inertia[m], m) for m in residual.live}
        self._pressure = pressure_solver(residual, flows)
        self._speeds = {  # that a pressure difference sets going at the faces
            m: np.divide(flow, residual.system.area(m), out=np.zeros(flow.shape), where=flow > 0.0)
            for m, flow in flows.items()
        }

    def __call__(self, x: Floats, net: Floats, reduction: float) -> Floats:
        """Take the net flows of the cells out of the velocities of x, but for a share; return the pressure of that.

        Parameters
        ----------
        x : (4, NZ, NY, NX) float64
            State; its pressure stays.
        net : (nz, ny, nx) float64
            What leaves each cell [m3/s].
        reduction : float
            Share that may be left [-].
        """
        system = self.residual.system
        phi = np.zeros(system.shape)
        phi[self.cells] = self._pressure.solve(-self._balanced(net), tolerance=reduction).x
        system.wrap(phi)
        for m in self.residual.live:
            x[m] -= self._speeds[m] * (phi - np.roll(phi, 1, 2 - m))
            system.wrap(x[m])
        return phi

    def _balanced(self, net: Floats) -> Floats:
        """Net flows that add up to zero where no outlet takes the difference that rounding leaves."""
        on = net != 0.0  # cells that nothing couples have none
        if self.residual.system.input.has_outlet or not on.any():
            return net
        return np.where(on, net - net[on].mean(), 0.0)


def project(residual: Residual, x: Floats, *, rough: bool = False) -> None:
    """Change the velocities of x so that mass is conserved, to rounding or to a tenth; the pressure stays."""
    system = residual.system
    net = np.zeros(system.shape)
    projection: Projection | None = None
    for _ in range(1 if rough else ROUNDS):
        residual.divergence(x, net)
        fastest = max(float(np.abs((system.area(m) * x[m])[system.inner(m)]).max()) for m in residual.live)
        largest = float(np.abs(net).max())
        if not largest > EXACT * fastest:
            return
        projection = projection or Projection(residual, {m: system.volume(m) for m in residual.live})
        projection(x, net[projection.cells], ROUGH if rough else max(0.1 * EXACT * fastest / largest, LEAST))
