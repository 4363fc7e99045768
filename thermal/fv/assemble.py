"""From a conduction problem to numbers: conductances, right-hand side and what the sides exchange."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from thermal.fv.boundary import SIDES, Exchange, Side, exchange, holds, reference_temperature, side_of
from thermal.fv.conductance import add_contact, face_conductances
from thermal.fv.grid import Axes, Floats, Grid
from thermal.fv.materials import Material, conductivity
from thermal.fv.memory import require_memory
from thermal.fv.overlap import owned_shares
from thermal.fv.problem import ConductionProblem
from thermal.fv.refusal import refuse
from thermal.numerics.multigrid import Stencil

__all__ = ["System", "assemble"]


@dataclass(frozen=True, eq=False)
class System:
    """A x = rhs for the rise x of each cell over the reference temperature.

    Attributes
    ----------
    grid : Grid
        The grid.
    stencil : Stencil
        Conductances between cells and to what surrounds them, shape (nz, ny, nx) [W/K].
    rhs : (nz, ny, nx) float64
        Heat of sources and sides for a rise of zero [W].
    sides : mapping of str to Exchange
        What each side exchanges.
    source, entering : float
        Sum of the sources, and of the positive ones among them [W].
    reference : float
        Temperature over which rises are counted [K].
    materials : tuple of Material
        Conductivities by region.
    """

    grid: Grid
    stencil: Stencil
    rhs: Floats
    sides: Mapping[Side, Exchange]
    source: float
    entering: float
    reference: float
    materials: tuple[Material, ...]


def assemble(problem: ConductionProblem) -> System:
    """Turn a problem into conductances and heat.

    Raises
    ------
    InputError
        A mesh too large for memory, cells without material, nothing that fixes the temperature.
    """
    grid = problem.grid
    require_memory(grid)
    reference = reference_temperature([c for conditions in problem.conditions.values() for c in conditions])
    if reference is None:
        _refuse_floating(problem)
    k = conductivity(grid, problem.materials)
    g = face_conductances(grid, k)
    _add_contacts(problem, g)
    sides = {
        side: exchange(grid, side, side_of(k[axis], side), problem.conditions[side], reference or 0.0)
        for side, (axis, _) in SIDES.items()
    }
    if not any(side.conductance.any() for side in sides.values()):
        _refuse_floating(problem)
    rhs, extra = np.zeros(grid.shape), np.zeros(grid.shape)
    for heat in problem.heats:
        rhs[heat.cells] += heat.power
    source, entering = float(rhs.sum()), float(rhs.sum(where=rhs > 0.0))
    for name, side in sides.items():
        axis, end = SIDES[name]
        plane = tuple(end if n == 2 - axis else slice(None) for n in range(3))
        extra[plane] += side.conductance
        rhs[plane] += side.pull + side.heat
    stencil = Stencil(g.x, g.y, g.z, extra)
    return System(grid, stencil, rhs, sides, source, entering, reference or 0.0, tuple(problem.materials))


def _add_contacts(problem: ConductionProblem, g: Axes) -> None:
    """Put the contacts of each plane into the conductances, later ones hiding earlier ones."""
    grid = problem.grid
    for axis, face in sorted({(contact.axis, contact.face) for contact in problem.contacts}):
        here = [contact for contact in problem.contacts if (contact.axis, contact.face) == (axis, face)]
        columns, rows = (row for n, row in enumerate(grid.faces) if n != axis)
        shares = owned_shares([contact.rectangle for contact in here], columns, rows)
        plane = tuple(face if n == 2 - axis else slice(None) for n in range(3))
        add_contact(g[axis][plane], grid.areas(axis), shares, [contact.resistance for contact in here])


def _refuse_floating(problem: ConductionProblem) -> None:
    """Refuse a problem without any known temperature, saying which condition to add."""
    named = [side for side, conditions in problem.conditions.items() if any(holds(c) for c in conditions)]
    wrong = "nothing fixes the temperature: every side is adiabatic or has a given flux"
    if named:
        wrong = f"nothing fixes the temperature: what {', '.join(named)} had was replaced later"
    power = sum(float(heat.power.sum()) for heat in problem.heats)
    right = f"add fix_temperature or set_convection (h > 0) on a side, to take up the {power:g} W of the sources"
    refuse("conduction problem", [("sides", wrong, right)])
