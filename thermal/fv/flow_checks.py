"""Whether the parts of a flow problem fit together: what flows in must get out, and something must hold the flow."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, plane_of
from thermal.fv.flow_gaps import gap_faults
from thermal.fv.flow_input import INLET, OUTLET, SYMMETRY, WALL, FlowInput
from thermal.fv.flow_regions import Regions, regions, winds
from thermal.fv.given import Notes
from thermal.fv.grid import NAMES, Floats
from thermal.fv.refusal import Fault, refuse

__all__ = ["refuse_flow", "require_held"]

BALANCE = 1.0e-12  # of all that is given to flow, what may be left over by rounding


def refuse_flow(flow: FlowInput, least_cells: int, notes: Notes) -> None:
    """Raise InputError with everything that does not fit together.

    Parameters
    ----------
    flow : FlowInput
        The flow.
    least_cells : int
        Cells that every gap between walls must have.
    notes : Notes
        What was found before.
    """
    if flow.fluid.any():
        found = regions(flow)
        notes.add("flow", [*_unbalanced(flow, found), *_closed_circuits(flow)])
        notes.add("grid", gap_faults(flow, least_cells))
    else:
        notes.add("flow", [("block", "all cells are blocked", "leave cells open")])
    notes.tell()


def _unbalanced(flow: FlowInput, found: Regions) -> Iterator[Fault]:
    """Yield regions that no outlet relieves of what flows in."""
    outlet = np.zeros(found.count + 1, bool)
    gross = np.zeros(found.count + 1)
    for side in SIDES:
        label = found.labels[plane_of(side)]
        outlet[label[flow.sides[side].kind == OUTLET]] = True
        gross += np.bincount(label.ravel(), np.abs(flow.inflow(side)).ravel(), found.count + 1)
    if flow.mass is not None:
        gross += np.bincount(found.labels.ravel(), np.abs(flow.mass).ravel(), found.count + 1)
    faults = [
        fault for region in np.flatnonzero((gross > 0.0) & ~outlet) for fault in _region(flow, found, int(region))
    ]
    yield from faults
    if not faults:
        yield from _idle_outlets(flow, found, np.flatnonzero((gross == 0.0) & outlet), np.flatnonzero(outlet))


def _region(flow: FlowInput, found: Regions, region: int) -> Iterator[Fault]:
    """Yield the fault of one region without an outlet, where what is given to flow in and out does not balance."""
    parts, into, out = [], [], []
    here = found.labels == region
    place = ""
    for name, given in _sources(flow):
        flows = np.where(here, given, 0.0)
        if flows.any():
            place = place or flow.grid.describe([int(n) for n in np.argwhere(flows)[0]])
            parts.append(name)
            into.append(float(np.maximum(flows, 0.0).sum()))
            out.append(float(np.maximum(-flows, 0.0).sum()))
    net = sum(into) - sum(out)
    if abs(net) <= BALANCE * (sum(into) + sum(out)):
        return
    path, enters, leaves = ", ".join(parts), f"{sum(into):g} kg/s flow in", f"{sum(out):g} kg/s"
    if flow.has_outlet:
        verb = "enter" if net > 0.0 else "leave"
        wrong = f"{abs(net):g} kg/s {verb}, and no path of fluid cells leads from {place} to an outlet"
        right = "the channel is blocked: open a path through the blocked cells, or add an outlet to that part"
        yield path, wrong, right
    elif sum(into) > 0.0 and sum(out) > 0.0:
        wrong = f"{enters} and {leaves} out, and nothing takes the difference of {net:g} kg/s"
        yield path, wrong, "add an outlet, or let as much out as in"
    elif net > 0.0:
        yield path, f"{enters} and nothing lets them out", "add an outlet"
    else:
        wrong = f"{leaves} are drawn out and nothing lets them in"
        yield path, wrong, "add an outlet, which lets in too, or an inlet"


def _sources(flow: FlowInput) -> Iterator[tuple[str, Floats]]:
    """Yield what is given to flow into each cell through each side and by itself, (nz, ny, nx) [kg/s]."""
    for side in SIDES:
        given = flow.inflow(side)
        if given.any():
            by_cell = np.zeros(flow.grid.shape)
            by_cell[plane_of(side)] = given
            yield f"inlet {side}", by_cell
    if flow.mass is not None:
        yield "add_mass", flow.mass


def _idle_outlets(
    flow: FlowInput, found: Regions, idle: NDArray[np.intp], regions_with_outlet: NDArray[np.intp]
) -> Iterator[Fault]:
    """Yield outlets that a wall of blocked cells parts from the others, so that nothing ever flows through them."""
    if len(regions_with_outlet) < 2 or flow.force is not None or any(flow.gradient):
        return
    for region in idle:
        pressures, names, moving = [], [], False
        for side in SIDES:
            condition, here = flow.sides[side], found.labels[plane_of(side)] == region
            open_here = here & (condition.kind == OUTLET)
            if open_here.any():
                names.append(f"outlet {side}")
                pressures.append(condition.pressure[open_here])
            moving = moving or bool(condition.velocity[:, here].any())
        if len(names) == 1 and not np.ptp(pressures[0]) and not moving:
            wrong = (
                f"no path of fluid cells leads from {flow.grid.describe(found.first(int(region)))} to another opening"
            )
            yield (
                names[0],
                wrong,
                "the channel is blocked: open a path through the blocked cells, or leave the outlet out",
            )


def _closed_circuits(flow: FlowInput) -> Iterator[Fault]:
    """Yield periodic directions whose pressure drop drives nothing, all ways along them being blocked."""
    for axis, name in enumerate(NAMES):
        if flow.gradient[axis] and not winds(flow, axis):
            drop = flow.gradient[axis] * float(np.ptp(flow.grid.faces[axis]))
            wrong = f"a pressure drop of {drop:g} Pa, and blocked cells part the two sides of {name} everywhere"
            yield f"periodic {name}", wrong, "open a path through the blocked cells"


def require_held(flow: FlowInput) -> None:
    """Refuse a steady flow whose mean velocity nothing holds.

    Parameters
    ----------
    flow : FlowInput
        The flow. Along each direction every region of fluid needs a wall or a blocked cell, an inlet or an outlet
        anywhere, or a resistance or a plane of symmetry along it.

    Raises
    ------
    InputError
        The directions that are free, and what drives the flow along them.
    """
    found = regions(flow)
    held = np.zeros((3, found.count + 1), bool)
    held[:, 0] = True
    held[:, found.bordering] = True
    for side, (across, _) in SIDES.items():
        label, kind = found.labels[plane_of(side)], flow.sides[side].kind
        held[:, label[(kind == WALL) | (kind == INLET) | (kind == OUTLET)]] = True
        held[across, label[kind == SYMMETRY]] = True
    for rows in (flow.linear, flow.quadratic):
        for axis, row in enumerate(rows or ()):
            held[axis, found.labels[row > 0.0]] = True
    refuse("steady flow", (_free(flow, found, axis, int(region)) for axis, region in np.argwhere(~held)))


def _free(flow: FlowInput, found: Regions, axis: int, region: int) -> Fault:
    """Return a direction in which nothing holds a region, in words."""
    name = NAMES[axis]
    drive = flow.gradient[axis]
    if flow.force is not None:
        cells = found.labels == region
        low, high = (
            np.take(flow.force[axis], range(*ends), 2 - axis)
            for ends in ((0, cells.shape[2 - axis]), (1, cells.shape[2 - axis] + 1))
        )
        weight = flow.grid.volumes * cells
        drive += float((0.5 * (low + high) * weight).sum() / weight.sum())
    right = "add a wall, a resistance or an outlet, or march in time"
    if drive:
        return name, f"a mean force of {drive:g} N/m3 speeds the flow up without end, as nothing holds it", right
    return name, f"nothing sets the mean velocity along {name}", right
