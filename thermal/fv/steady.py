"""Steady conduction, from a problem to its temperature field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from thermal.fv.assemble import System, assemble
from thermal.fv.conjugate_solver import ConjugateSolver
from thermal.fv.energy import common_shift
from thermal.fv.field import Field
from thermal.fv.grid import Floats
from thermal.fv.problem import ConductionProblem
from thermal.fv.refusal import called_faults, refuse, shown, tolerance_faults
from thermal.numerics.multigrid import Multigrid, Solution
from thermal.numerics.streams import StreamMultigrid

__all__ = ["LinearSolver", "solve", "solve_system"]


class LinearSolver(Protocol):
    """Anything made from a stencil that solves for right-hand sides."""

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve A x = rhs."""


SolverMaker = Callable[..., LinearSolver]


def solve(problem: ConductionProblem, tolerance: float = 1.0e-8, *, solver: SolverMaker | None = None) -> Field:
    """Solve a conduction problem.

    Parameters
    ----------
    problem : ConductionProblem
        The problem; it may be changed afterwards without harm to the field.
    tolerance : float
        Relative residual in L2 at which the iteration stops [-].
    solver : callable, optional
        Makes the linear solver from a `thermal.numerics.multigrid.Stencil`, and `thermal.numerics.streams.Streams`
        where there is coolant, or a `thermal.fv.conjugate.Carried` where a flow carries heat; `Multigrid`,
        `StreamMultigrid` or `ConjugateSolver` by default.

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
    given: object = problem
    wrong = [("problem", shown(given), "give a ConductionProblem")] * (not isinstance(given, ConductionProblem))
    refuse("solve", [*wrong, *tolerance_faults(tolerance), *called_faults("solver", solver)])
    system = assemble(problem)
    if system.carried is not None:
        return solve_system(system, (solver or ConjugateSolver)(system.stencil, system.carried), tolerance)
    if system.streams is None:
        return solve_system(system, (solver or Multigrid)(system.stencil), tolerance)
    return solve_system(system, (solver or StreamMultigrid)(system.stencil, system.streams), tolerance)


def solve_system(system: System, solver: LinearSolver, tolerance: float = 1.0e-8) -> Field:
    """Solve an assembled problem with a solver that is set up, as for several systems of one stencil.

    The iteration leaves a small imbalance of the whole; one common shift of all temperatures takes it out, and
    `Field.unbalanced` says how much that was. Without coolant this is the Galerkin correction by a constant and brings
    every field nearer to the exact one in the energy norm; with coolant the operator has no such norm, and the shift is
    of the size of the residual that was allowed.
    """
    solution = solver.solve(system.rhs, tolerance=tolerance)
    shift = common_shift(system, solution.x)
    return Field(system, solution.x + shift.by, solution.iterations, solution.history, shift.unbalanced)
