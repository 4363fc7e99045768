"""Steady conduction, from a problem to its temperature field."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from thermal.fv.assemble import System, assemble
from thermal.fv.energy import balance
from thermal.fv.field import Field
from thermal.fv.grid import Floats
from thermal.fv.problem import ConductionProblem
from thermal.numerics.multigrid import Multigrid, Solution, Stencil

__all__ = ["LinearSolver", "solve", "solve_system"]


class LinearSolver(Protocol):
    """Anything made from a stencil that solves for right-hand sides."""

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve A x = rhs."""


class SolverMaker(Protocol):
    """What makes a linear solver."""

    def __call__(self, stencil: Stencil, /) -> LinearSolver:
        """Set up for one operator."""


def solve(problem: ConductionProblem, tolerance: float = 1.0e-8, *, solver: SolverMaker = Multigrid) -> Field:
    """Solve a conduction problem.

    Parameters
    ----------
    problem : ConductionProblem
        The problem; it may be changed afterwards without harm to the field.
    tolerance : float
        Relative residual in L2 at which the iteration stops [-].
    solver : callable, optional
        Makes the linear solver from a `thermal.numerics.multigrid.Stencil`.

    Returns
    -------
    Field
        Temperatures, heat flows and the energy balance.

    Raises
    ------
    InputError
        A problem that is not complete, or too large for memory.
    ConvergenceError
        With the history of the iteration.
    """
    system = assemble(problem)
    return solve_system(system, solver(system.stencil), tolerance)


def solve_system(system: System, solver: LinearSolver, tolerance: float = 1.0e-8) -> Field:
    """Solve an assembled problem with a solver that is set up, as for several systems of one stencil.

    The iteration leaves a small imbalance of the whole; one common shift of all temperatures, the Galerkin correction
    by a constant, takes it out and brings every field nearer to the exact one in the energy norm.
    """
    solution = solver.solve(system.rhs, tolerance=tolerance)
    rise = np.array(solution.x, order="C")
    account = balance(system, rise)
    net = account.source + sum(account.sides.values())
    rise += net / sum(float(side.conductance.sum()) for side in system.sides.values())
    return Field(system, rise, solution.iterations, solution.history)
