"""Accounts of a flow: mass through sides and planes and into cells, and the pressure with which it comes and goes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, Side, plane_of, side_of
from thermal.fv.flow_input import INLET, OUTLET, FlowInput
from thermal.fv.grid import NAMES, Axes, Floats
from thermal.fv.layout import at
from thermal.fv.refusal import refuse

__all__ = ["Opening", "cell_velocity", "flow_at", "flow_scale", "net_flow", "openings", "opposed", "pressure_loss",
           "side_flow", "side_pressure", "total_inflow"]  # fmt: skip


ROUNDING = 1.0e-6  # share of the flow inside below which nothing comes in


class Opening(NamedTuple):
    """Where fluid comes or goes: all inlets or outlets of one side, or what is put into or taken out of cells."""

    flow: Floats  # of each face or cell, into the domain [kg/s]
    pressure: Floats  # there [Pa]
    dynamic: Floats  # dynamic pressure there [Pa]


def opposed(side: Side) -> float:
    """Return 1 for a side at the low end, where velocities along the axis point inwards, else -1."""
    return 1.0 if SIDES[side][1] == 0 else -1.0


def side_flow(given: FlowInput, velocity: Axes, side: Side) -> Floats:
    """Mass flow through each face of a side into the domain, shape (rows, columns) [kg/s]."""
    axis, _ = SIDES[side]
    return opposed(side) * given.density * side_of(velocity[axis], side) * given.grid.areas(axis)


def flow_at(given: FlowInput, velocity: Axes, axis: int) -> Floats:
    """Mass flow through all faces across x, y or z (axis 0, 1, 2), towards higher coordinates [kg/s]."""
    return given.density * velocity[axis] * np.expand_dims(given.grid.areas(axis), 2 - axis)


def net_flow(given: FlowInput, velocity: Axes) -> Floats:
    """Mass that leaves each cell, less what is put into it, shape (nz, ny, nx) [kg/s]."""
    net = sum(np.diff(flow_at(given, velocity, axis), axis=2 - axis) for axis in range(3))
    return np.asarray(net if given.mass is None else net - given.mass)


def total_inflow(given: FlowInput, velocity: Axes) -> float:
    """All mass that comes in, through sides and into cells; through a periodic side as through any [kg/s]."""
    through = sum(float(np.maximum(side_flow(given, velocity, side), 0.0).sum()) for side in SIDES)
    return through + (0.0 if given.mass is None else float(np.maximum(given.mass, 0.0).sum()))


def flow_scale(given: FlowInput, velocity: Axes) -> float:
    """Mass flow to hold others against: all that comes in [kg/s].

    Where nothing comes in, the largest velocity through the largest face.
    """
    inflow = total_inflow(given, velocity)
    fastest = max(float(np.abs(part).max()) for part in velocity)
    inside = given.density * fastest * max(float(given.grid.areas(axis).max()) for axis in range(3))
    return inflow if inflow > ROUNDING * inside else inside


def cell_velocity(velocity: Axes) -> Floats:
    """Velocity in cells, the mean of the two faces across each direction, shape (3, nz, ny, nx) [m/s]."""
    u, v, w = velocity
    return np.stack([0.5 * (u[..., 1:] + u[..., :-1]), 0.5 * (v[:, 1:] + v[:, :-1]), 0.5 * (w[1:] + w[:-1])])


def side_pressure(given: FlowInput, pressure: Floats, side: Side) -> Floats:
    """Pressure on the faces of a side, shape (rows, columns) [Pa].

    As given at outlets; elsewhere a straight line through the two cells behind the face, or the pressure of the one
    cell that there is.
    """
    axis, end = SIDES[side]
    condition = given.sides[side]
    first = side_of(pressure, side)
    found = first
    if given.grid.shape[2 - axis] > 1:
        second_at = 1 if end == 0 else -2
        inner = at(axis, second_at)
        centres, face = given.grid.centres[axis], given.grid.faces[axis][end]
        share = (face - centres[end]) / (centres[end] - centres[second_at])
        found = np.where(given.fluid[inner], first + share * (first - pressure[inner]), first)
    return np.where(condition.kind == OUTLET, condition.pressure, found)


def openings(given: FlowInput, velocity: Axes, pressure: Floats) -> Iterator[Opening]:
    """Yield every opening; faces before blocked cells are none."""
    squares = cell_velocity(velocity) ** 2
    for side, (axis, _) in SIDES.items():
        behind = given.fluid[plane_of(side)]
        flow, on_face = side_flow(given, velocity, side), side_pressure(given, pressure, side)
        tangential = sum(squares[n][plane_of(side)] for n in range(3) if n != axis)
        given_there = sum(given.sides[side].velocity[n] ** 2 for n in range(3) if n != axis)
        normal = side_of(velocity[axis], side) ** 2
        for kind, along in ((INLET, given_there), (OUTLET, tangential)):
            here = (given.sides[side].kind == kind) & behind
            if here.any():
                yield Opening(flow[here], on_face[here], 0.5 * given.density * np.asarray(normal + along)[here])
    if given.mass is not None:
        dynamic = 0.5 * given.density * squares.sum(axis=0)
        for here in (given.mass > 0.0, given.mass < 0.0):
            if here.any():
                yield Opening(given.mass[here], pressure[here], dynamic[here])


def pressure_loss(given: FlowInput, velocity: Axes, pressure: Floats, *, total: bool) -> float:
    """Pressure with which the fluid comes less that with which it goes, each the mean by flow [Pa].

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    pressure : (nz, ny, nx) float64
        Pressure [Pa].
    total : bool
        Whether the dynamic pressure counts as well.

    Raises
    ------
    InputError
        Nothing flows through.
    """
    ends: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    for opening in openings(given, velocity, pressure):
        flow = float(opening.flow.sum())
        if flow != 0.0:
            held = opening.pressure + opening.dynamic if total else opening.pressure
            ends[flow > 0.0].append((flow, float((opening.flow * held).sum())))
    if not (ends[True] and ends[False]):
        drops = [g * float(np.ptp(row)) for g, row in zip(given.gradient, given.grid.faces, strict=True)]
        imposed = [drop for drop in drops if drop != 0.0]
        if len(imposed) == 1:
            return imposed[0]
        wrong = "no fluid comes in and leaves, so there is no pressure drop"
        right = "ask for it where there are an inlet and an outlet with flow"
        if imposed:
            listed = " and ".join(f"{drop:g} Pa along {name}" for name, drop in zip(NAMES, drops, strict=True) if drop)
            wrong = f"{listed} are imposed, and none of them is that of all the flow"
            right = "take the one along the direction that you mean"
        refuse("flow", [("total_pressure_drop" if total else "pressure_drop", wrong, right)])
    come, gone = (sum(work for _, work in one) / sum(flow for flow, _ in one) for one in (ends[True], ends[False]))
    return come - gone


def wet_faces(fluid: NDArray[np.bool_], axis: int) -> NDArray[np.bool_]:
    """Return which faces across x, y or z (axis 0, 1, 2) have fluid on both sides, those of the sides on theirs."""
    m = 2 - axis
    ends = [np.take(fluid, [n], axis=m) for n in (0, -1)]
    low, high = np.concatenate([ends[0], fluid], axis=m), np.concatenate([fluid, ends[1]], axis=m)
    return np.asarray(low & high)
