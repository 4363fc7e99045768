"""Steady flow, from a problem to its velocities and pressure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import numpy as np

from thermal.fv.flow import FlowProblem
from thermal.fv.flow_checks import require_held
from thermal.fv.flow_crop import Crop
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_newton import Newton, Progress
from thermal.fv.flow_notes import noted
from thermal.fv.flow_projection import project
from thermal.fv.flow_regions import level
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_system import FlowSystem, flow_system
from thermal.fv.grid import Floats
from thermal.fv.memory import FLOW_SOLVED, require_memory
from thermal.fv.refusal import Fault, called_faults, refuse, shown, tolerance_faults

__all__ = ["field_of", "given_flow", "solve_flow", "state_of", "untold", "wrong_beginning"]


def solve_flow(
    problem: FlowProblem | FlowInput,
    *,
    start: FlowField | None = None,
    tolerance: float = 1.0e-8,
    progress: Progress | None = None,
) -> FlowField:
    """Solve a steady flow.

    Parameters
    ----------
    problem : FlowProblem or FlowInput
        The problem.
    start : FlowField, optional
        Flow on the same grid to begin with, as of another viscosity or inflow; at rest by default.
    tolerance : float
        Imbalance of momentum and mass (L2) over what flows, at which to stop [-].
    progress : callable, optional
        Called with the number of the step and the imbalance before it.

    Returns
    -------
    FlowField
        Velocities that conserve mass in every cell to rounding, and pressure.

    Raises
    ------
    InputError
        A problem that is not complete or whose forces nothing holds, more cells than there is memory for, a start on
        another grid, a tolerance out of range.
    ConvergenceError
        With the history, and what to change.

    Warns
    -----
    RangeWarning
        Where the flow should be turbulent, or comes in through outlets; the field's `notes` say the same.
    """
    given = given_flow("solve_flow", problem)
    refuse("solve_flow", wrong_beginning(given, start, tolerance, progress))
    require_held(given)
    crop = Crop(given)
    require_memory(crop.part.grid, bytes_per_cell=FLOW_SOLVED)
    with untold():
        return noted(crop.outward(_solved(crop, start, tolerance, progress)), depth=2)


def _solved(crop: Crop, start: FlowField | None, tolerance: float, progress: Progress | None) -> FlowField:
    """Return the flow in the part of the grid that has to be solved."""
    system = flow_system(crop.part)
    residual = Residual(system)
    x = system.start() if start is None else state_of(system, crop.inward(start))
    project(residual, x, rough=True)  # else the first linear step would have to turn what flows in round every corner
    newton = Newton(residual, x, tolerance, progress)
    newton.run()
    iterations, history = newton.iterations, tuple(newton.history)
    del newton  # with its vectors
    project(residual, x)
    return field_of(system, x, iterations, history)


def untold() -> np.errstate:
    """Numpy without its warnings: what is not finite makes the iteration fail, which tells of it."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def given_flow(place: str, problem: object) -> FlowInput:
    """Return a problem that was checked, or refuse what is none."""
    if not isinstance(problem, (FlowProblem, FlowInput)):
        refuse(place, [("problem", shown(problem), "give a FlowProblem")])
    return problem.checked() if isinstance(problem, FlowProblem) else cast("FlowInput", problem)


def wrong_beginning(given: FlowInput, start: object, tolerance: object, progress: object) -> Iterator[Fault]:
    """Yield what is wrong with a tolerance, what is to be called, and a flow to begin with."""
    yield from tolerance_faults(tolerance)
    yield from called_faults("progress", progress)
    if start is None:
        return
    if not isinstance(start, FlowField):
        yield "start", shown(start), "give a FlowField"
    elif start.p.shape != given.grid.shape:
        wrong = f"a flow on {start.p.shape} cells, and the problem has {given.grid.shape}"
        yield "start", wrong, "give a flow on the same grid"
    elif not all(np.isfinite(row).all() for row in (*start.velocity, start.p)):
        yield "start", "velocities or pressures that are not finite", "give finite numbers"


def field_of(
    system: FlowSystem, x: Floats, iterations: int, history: tuple[float, ...], time: float | None = None
) -> FlowField:
    """Return a state (4, NZ, NY, NX) as a field; see `FlowField.p` for the level of its pressure."""
    p = np.where(system.input.fluid, x[3][system.inner()], 0.0)
    level(system.input, p)
    u, v, w = system.velocity(x)
    return FlowField(system.input, u, v, w, p, iterations, history, time)


def state_of(system: FlowSystem, field: FlowField) -> Floats:
    """Return a field as a state of another problem on the same grid; given velocities are those of the problem."""
    x = system.start()
    for m, part in enumerate((field.u, field.v, field.w)):
        if not system.flat[m]:
            inner = system.inner(m)
            x[m][inner] = np.where(system.active[m][inner], part, x[m][inner])
    x[3][system.inner()] = np.where(system.input.fluid, field.p, 0.0)
    return x
