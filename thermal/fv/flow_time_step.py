"""One step in time: friction and drag taken at its end, convection at velocities extrapolated to it, then the pressure.

Velocities u at the end of the step, and the pressure p, satisfy

    c ρ V (u − known) + R(u, p) = 0,  ∇·u = 0,

R being the residual of steady flow.  A pass starts from a guess of u and p: it solves for the change that friction and
drag allow, and projects the result on velocities that conserve mass.  What the projection adds to the pressure is
corrected by the divergence that it removed (the rotational form of Timmermans, Minev & Van de Vosse, Int. J. Numer.
Methods Fluids 22 (1996) 673), with the least viscosity where it varies, for which the correction is never too large.
Drag enters the projection with the inertia, so that porous zones are split from the pressure no more than inertia is.
"""

from __future__ import annotations

import math

import numpy as np

from thermal.fv.flow_projection import Projection
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_time_solvers import Around, momentum_solver, unknowns
from thermal.fv.grid import Floats

__all__ = ["TimeStep"]

CLOSED = 1.0e-13  # net flow of a cell over the largest through a face, to which mass is conserved
ROUNDS = 4  # of the pressure solver to get there
LEAST = 1.0e-12  # relative residual asked of one


class TimeStep:
    """Passes over one problem.

    Parameters
    ----------
    residual : Residual
        The problem.
    tolerance : float
        Relative residual at which the velocities' change is solved [-].
    """

    def __init__(self, residual: Residual, tolerance: float) -> None:
        self.residual, self.tolerance = residual, tolerance
        system = residual.system
        self.places = {m: unknowns(residual, m) for m in residual.live}
        self.cells = unknowns(residual, None)
        self.fluid = system.fluid[self.cells]
        self.volumes = system.input.grid.volumes
        self.volumes_around = {m: system.volume(m) for m in residual.live}  # faces
        self.viscosity = float(system.input.viscosity[system.input.fluid].min())
        self.work = np.zeros((4, *system.shape))
        self.coefficient = 0.0
        self.momenta: dict[int, Around] = {}
        self.projection: Projection

    def prepare(self, coefficient: float, x: Floats) -> None:
        """Set up the solvers for c [1/s]; x holds the velocities at which drag that grows with speed is taken.

        A drive changes what leaves with mass taken out; the solvers keep what it was, and only the change of velocities
        from those extrapolated feels the difference, which is of second order.
        """
        residual, system = self.residual, self.residual.system
        if coefficient == self.coefficient and system.quadratic is None:
            return
        self.coefficient = coefficient
        speed = residual.speed(x) if system.quadratic is not None else None
        inertia = {}
        for m in residual.live:
            total = coefficient * residual.rho * self.volumes_around[m]
            if system.linear is not None:
                total = total + system.linear[m]
            if speed is not None and system.quadratic is not None:
                total = total + system.quadratic[m] * 0.5 * (speed + np.roll(speed, 1, 2 - m))
            inertia[m] = total
        self.momenta = {m: momentum_solver(residual, m, inertia[m]) for m in residual.live}
        self.projection = Projection(residual, inertia)

    def __call__(self, guess: Floats, known: Floats, coefficient: float) -> float:
        """Do one pass.

        Parameters
        ----------
        guess : (4, NZ, NY, NX) float64
            Velocities extrapolated to the end of the step, which carry momentum, and a pressure; receives those found.
        known : (3 or 4, NZ, NY, NX) float64
            What earlier instants contribute [m/s].
        coefficient : float
            c [1/s].

        Returns
        -------
        float
            Imbalance of momentum that the guess had, over its inertia and the forces given; infinite, and nothing done,
            where that is no number any more [-].
        """
        residual, system = self.residual, self.residual.system
        self.prepare(coefficient, guess)
        r = residual(guess, self.work)
        left = whole = 0.0
        changes = {}
        for m in residual.live:
            place, inertia = self.places[m], coefficient * residual.rho * self.volumes_around[m][self.places[m]]
            rhs = np.where(system.active[m][place], inertia * (known - guess)[m][place] - r[m][place], 0.0)
            left += float((rhs**2).sum())
            if not math.isfinite(left):
                return math.inf
            whole += float(((inertia * guess[m][place]) ** 2).sum())
            if system.force[m].size:
                whole += float((system.force[m][place] ** 2).sum())
            changes[m] = self.momenta[m].solve(rhs, tolerance=self.tolerance).x
        for m, change in changes.items():
            guess[m][self.places[m]] += change
            system.wrap(guess[m])
        self.project(guess)
        return float(np.sqrt(left / whole)) if whole > 0.0 else 0.0

    def project(self, x: Floats) -> None:
        """Make the velocities conserve mass, and account for it in the pressure."""
        residual, system = self.residual, self.residual.system
        for n in range(ROUNDS):
            net = residual.divergence(x, self.work[3])[self.cells]
            if n == 0:
                x[3][self.cells] -= np.where(self.fluid, self.viscosity * net / self.volumes, 0.0)
            most = max(float(np.abs((system.area(m) * x[m])[self.places[m]]).max()) for m in residual.live)
            largest = float(np.abs(net).max())
            if not largest > CLOSED * most:
                break
            reduction = max(0.1 * CLOSED * most / largest, LEAST)
            x[3] += self.projection(x, net, reduction)
        system.wrap(x[3])

    def courant(self, x: Floats, step: float) -> tuple[float, tuple[int, ...]]:
        """Share of a cell's volume that leaves it in a step, the largest, and the cell (layer, row, column).

        Fully developed flow along a periodic direction of one cell does not count, as it carries nothing.
        """
        system = self.residual.system
        out = np.zeros(self.fluid.shape)
        for m in self.residual.live:
            if out.shape[2 - m] == 1 and system.input.periodic[m]:
                continue
            flow = system.area(m) * x[m]
            out += np.maximum(np.roll(flow, -1, 2 - m), 0.0)[self.cells] + np.maximum(-flow, 0.0)[self.cells]
        share = np.where(self.fluid, out, 0.0) * step / self.volumes
        worst = np.unravel_index(int(share.argmax()), share.shape)
        return float(share[worst]), tuple(int(n) for n in worst)
