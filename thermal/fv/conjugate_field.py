"""What a flow that carries heat has to tell: mixed temperatures at planes and outlets, heat carried off."""

from __future__ import annotations

from typing import Literal

import numpy as np

from thermal.fv.asked import asked_axis
from thermal.fv.boundary import SIDES
from thermal.fv.conjugate import Carried
from thermal.fv.grid import NAMES, Box, Floats
from thermal.fv.refusal import refuse, scalar

__all__ = ["Axis", "bulk_rise", "outlet_rise", "required", "stream_heats"]

Axis = Literal["x", "y", "z"]


def required(carried: Carried | None) -> Carried:
    """Return the flow; InputError where there is none."""
    if carried is None:
        refuse("field", [("flow", "no flow carries heat here", "give the problem one by carry()")])
        raise AssertionError  # refuse has raised
    return carried


def stream_heats(carried: Carried, rise: Floats) -> tuple[float, ...]:
    """Heat carried out less heat carried in, over each side and by cells, counted from the reference of `rise` [W]."""
    heats: list[float] = []
    for axis, name in enumerate(NAMES):
        if not carried.moving[axis]:
            continue
        T = np.moveaxis(carried.face_temperatures(rise, axis), 2 - axis, 0)
        ends = (side for side in SIDES if side[0] == name)
        heats += [-float((carried.through[side] * T[SIDES[side][1]]).sum()) for side in ends]
    if carried.sources is not None:
        heats += [float((carried.taken_out * rise).sum()), -float(carried.brought.sum())]
    return tuple(heats)


def outlet_rise(carried: Carried, rise: Floats) -> float:
    """Mean over the flow of what leaves over sides or is taken out of cells, over the reference of `rise` [K]."""
    heat = flow = 0.0
    if carried.sources is not None:
        heat, flow = float((carried.taken_out * rise).sum()), float(carried.taken_out.sum())
    for axis, name in enumerate(NAMES):
        if not carried.moving[axis]:
            continue
        T = np.moveaxis(carried.face_temperatures(rise, axis), 2 - axis, 0)
        for side in (side for side in SIDES if side[0] == name):
            leaves = -np.minimum(carried.through[side], 0.0)
            heat += float((leaves * T[SIDES[side][1]]).sum())
            flow += float(leaves.sum())
    if flow == 0.0:
        refuse("outlet_temperature", [("flow", "nothing leaves the grid", "ask for bulk() at a plane")])
    return heat / flow


def bulk_rise(carried: Carried, rise: Floats, axis: Axis, position: float, within: Box | None = None) -> float:
    """Mixing-cup temperature at a plane over the reference of `rise` [K]; see `Field.bulk`."""
    n, position = asked_axis("bulk", axis), scalar(position)
    row = carried.grid.faces[n]
    low, high = float(row[0]), float(row[-1])
    if not low <= position <= high:
        refuse("bulk", [(axis, f"{position:g} m lies outside the grid", f"stay between {low:g} and {high:g} m")])
    cells = carried.grid.cells_in(Box() if within is None else within, "bulk")
    window = tuple(cut for d, cut in enumerate(cells) if d != 2 - n)
    above = int(np.clip(np.searchsorted(row, position), 1, len(row) - 1))
    T, F = (np.moveaxis(values, 2 - n, 0) for values in (carried.face_temperatures(rise, n), carried.face_flows(n)))
    mixed = []
    for plane in (above - 1, above):
        flow = F[plane][window]
        total = float(flow.sum())
        if abs(total) <= 1.0e-12 * float(np.abs(flow).sum()):
            refuse("bulk", [(axis, f"no flow passes the plane at {row[plane]:g} m", "choose a plane across the flow")])
        mixed.append(float((flow * T[plane][window]).sum()) / total)
    share = (position - row[above - 1]) / (row[above] - row[above - 1])
    return mixed[0] + share * (mixed[1] - mixed[0])
