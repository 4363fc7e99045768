"""A flow problem all of whose drives rise and fall in time by one factor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_system import FlowSystem, with_mass
from thermal.fv.grid import Axes, Floats

__all__ = ["Drive", "driven_input", "driven_system", "put_given"]

Drive = Callable[[float], float]


def driven_input(given: FlowInput, factor: float) -> FlowInput:
    """Return the problem with all that drives it, on its sides and inside, times `factor`."""
    force, (x, y, z) = given.force, given.gradient
    return replace(
        given,
        mass=None if given.mass is None else factor * given.mass,
        force=None if force is None else Axes(*(factor * row for row in force)),
        gradient=(factor * x, factor * y, factor * z),
        sides={
            side: row._replace(velocity=factor * row.velocity, pressure=factor * row.pressure)
            for side, row in given.sides.items()
        },
    )


def driven_system(system: FlowSystem, factor: float) -> FlowSystem:
    """Return the same for the loops; its `input` stays."""
    pull, force, held = (tuple(factor * row for row in rows) for rows in (system.pull, system.force, system.held))
    driven = system._replace(pull=pull, force=force, held=held)
    return driven if system.mass is None else with_mass(driven, factor * system.mass)


def put_given(system: FlowSystem, x: Floats) -> None:
    """Put what is given on the sides into a state (4, NZ, NY, NX)."""
    given = system.start()
    for m in range(3):
        np.copyto(x[m], given[m], where=~system.active[m])
    outside = np.ones(system.shape, bool)
    outside[system.inner()] = False
    np.copyto(x[3], given[3], where=outside)
