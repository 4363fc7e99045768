"""From a conduction problem to numbers: conductances, right-hand side and what the sides exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem
from thermal.fv.boundary import SIDES, Exchange, Side, exchange, holds, middle, plane_of, reference_temperature, side_of
from thermal.fv.channels import behind_films, line_channels, wet_cells
from thermal.fv.conductance import add_contact, face_conductances
from thermal.fv.conjugate import Carried, conducting_inlet
from thermal.fv.coolant import Zone, arriving, streams_of, within
from thermal.fv.grid import Axes, Floats, Grid
from thermal.fv.layout import at, zeros
from thermal.fv.materials import Material, conductivity
from thermal.fv.memory import require_memory
from thermal.fv.overlap import owned_shares
from thermal.fv.problem import ConductionProblem
from thermal.fv.refusal import refuse
from thermal.numerics.multigrid import Stencil
from thermal.numerics.streams import Streams

__all__ = ["System", "assemble"]

WEAK = 1.0e-4  # capacity flow over the greatest conductance, below which rounding of large rises would count


@dataclass(frozen=True, eq=False)
class System:
    """A x + (what coolant takes up) = rhs for the rise x of each cell over the reference temperature.

    Attributes
    ----------
    grid : Grid
        The grid.
    stencil : Stencil
        Conductances between cells and to what surrounds them, shape (nz, ny, nx) [W/K].
    streams : Streams or None
        Coolant that enters at the reference temperature; None where there is none.
    rhs : (nz, ny, nx) float64
        Heat of sources and sides for a rise of zero, and of coolant that enters at another temperature [W].
    sides : mapping of str to Exchange
        What each side exchanges.
    zones : tuple of Zone
        Zones of coolant.
    source, entering : float
        Sum of the sources, and of the positive ones among them [W].
    reference : float
        Temperature over which rises are counted, the coolant's at its inlet where there is one [K].
    materials : tuple of Material
        Conductivities by region.
    carried : Carried or None
        The flow that carries heat, its inlets' temperatures as rises over the reference.
    """

    grid: Grid
    stencil: Stencil
    streams: Streams | None
    rhs: Floats
    sides: Mapping[Side, Exchange]
    zones: tuple[Zone, ...]
    source: float
    entering: float
    reference: float
    materials: tuple[Material, ...]
    carried: Carried | None = None


def assemble(problem: ConductionProblem) -> System:
    """Turn a problem into conductances and heat.

    Raises
    ------
    InputError
        A mesh too large for memory, cells without material, nothing that fixes the temperature.
    """
    grid, zones = problem.grid, tuple(problem.zones)
    if zones and problem.carried is not None:
        right = "draw the channels out on the grid and let their flow carry heat, or leave one of the two out"
        refuse("conduction problem", [("carry", "there are zones of coolant as well", right)])
    require_memory(grid)
    reference = _reference(problem)
    wet = wet_cells(grid, zones)
    k = conductivity(grid, problem.materials, wet)
    g = face_conductances(grid, k)
    line_channels(grid, g, k, zones, wet)
    _add_contacts(problem, g)
    sides = _sides(problem, k, wet, reference)
    rhs, extra = zeros(grid.shape), zeros(grid.shape)
    for heat in problem.heats:
        rhs[heat.cells] += heat.power
    source, entering = float(rhs.sum()), float(rhs.sum(where=rhs > 0.0))
    for name, side in sides.items():
        extra[plane_of(name)] += side.conductance
        rhs[plane_of(name)] += side.pull + side.heat
    stencil = Stencil(g.x, g.y, g.z, extra)
    streams = streams_of(grid, zones, stencil)
    if problem.carried is not None and _barely_tied(problem.carried, sides, stencil):
        reference = problem.carried.mixed(float(rhs.sum()))  # about which all temperatures are
    carried = problem.carried.over(reference) if problem.carried is not None else None
    tied = any(side.conductance.any() for side in sides.values()) or (carried is not None and carried.entering > 0.0)
    if not tied and (streams is None or not streams.uptake.any()):
        _refuse_floating(problem)
    if streams is not None:
        _add_inlets(rhs, streams, zones, reference)
    materials = tuple(problem.materials)
    return System(grid, stencil, streams, rhs, sides, zones, source, entering, reference, materials, carried)


def _barely_tied(carried: Carried, sides: Mapping[Side, Exchange], stencil: Stencil) -> bool:
    """Whether nothing but a flow that carries next to nothing of what conducts ties the field to given temperatures."""
    if carried.entering == 0.0 or any(side.conductance.any() for side in sides.values()):
        return False
    return carried.is_below(WEAK, stencil[:3])


def _reference(problem: ConductionProblem) -> float:
    """Return the temperature over which rises are counted: the coolant's at its inlet, else one amid those given."""
    if problem.zones:
        return middle([zone.inlet_temperature for zone in problem.zones])
    if problem.carried is not None and problem.carried.entering > 0.0:
        return middle(problem.carried.inlet_range)
    found = reference_temperature([c for conditions in problem.conditions.values() for c in conditions])
    if found is None:
        _refuse_floating(problem)
    return found


def _sides(
    problem: ConductionProblem, k: Axes, wet: NDArray[np.bool_] | None, reference: float
) -> dict[Side, Exchange]:
    """Gather what each side exchanges."""
    sides = {}
    for side, (axis, end) in SIDES.items():
        u = 2.0 * side_of(k[axis], side) / problem.grid.widths[axis][end]
        through = behind_films(side, u, problem.zones, wet)
        if problem.carried is not None:
            through |= problem.carried.through[side] != 0.0
        sides[side] = exchange(problem.grid, side, u, problem.conditions[side], reference, through)
        if problem.carried is not None:
            sides[side] = conducting_inlet(problem.carried, side, sides[side], reference)
    return sides


def _add_inlets(rhs: Floats, streams: Streams, zones: Sequence[Zone], reference: float) -> None:
    """Add the heat of coolant that enters at another temperature than the reference, in place.

    The march is linear: that heat is what a field of zero rise would take up of the difference.
    """
    for zone in zones:
        ahead = zone.inlet_temperature - reference
        if ahead != 0.0:
            part = within(streams, zone)
            uptake = streams.uptake[part]
            rhs[zone.cells] += streams.capacity[part] * uptake * (ahead * arriving(zone, uptake))


def _add_contacts(problem: ConductionProblem, g: Axes) -> None:
    """Put the contacts of each plane into the conductances, later ones hiding earlier ones."""
    grid = problem.grid
    for axis, face in sorted({(contact.axis, contact.face) for contact in problem.contacts}):
        here = [contact for contact in problem.contacts if (contact.axis, contact.face) == (axis, face)]
        columns, rows = (row for n, row in enumerate(grid.faces) if n != axis)
        shares = owned_shares([contact.rectangle for contact in here], columns, rows)
        add_contact(g[axis][at(axis, face)], grid.areas(axis), shares, [contact.resistance for contact in here])


def _refuse_floating(problem: ConductionProblem) -> NoReturn:
    """Refuse a problem without any known temperature, saying which condition to add."""
    named = [side for side, conditions in problem.conditions.items() if any(holds(c) for c in conditions)]
    wrong = "nothing fixes the temperature: every side is adiabatic or has a given flux"
    if named:
        wrong = f"nothing fixes the temperature: what {', '.join(named)} had was replaced later"
    if problem.zones:
        wrong += ", and no solid exchanges heat with the coolant"
    power = sum(float(heat.power.sum()) for heat in problem.heats)
    right = f"add fix_temperature or set_convection (h > 0) on a side, to take up the {power:g} W of the sources"
    fault = Problem("conduction problem", 0, 0, "sides", wrong, right)
    raise InputError([fault])
