"""Jets of a flow: inlets that open into something wider, with the Reynolds number on their own hydraulic diameter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, Side, plane_of, side_of
from thermal.fv.flow_accounts import side_flow
from thermal.fv.flow_input import INLET, PERIODIC, SYMMETRY, FlowInput, pairs
from thermal.fv.grid import Axes, Floats

__all__ = ["Jet", "jets"]


class Jet(NamedTuple):
    """One connected inlet before which the space is wider."""

    side: Side
    reynolds: float  # on the hydraulic diameter of the inlet [-]
    diameter: float  # 4A/P [m]
    wider: float  # area of the space behind the side over that of the inlet [-]


def jets(given: FlowInput, velocity: Axes, wider: float) -> list[Jet]:
    """Return the inlets behind which the space is more than `wider` times their area.

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    wider : float
        Area of the space behind a side, as far as it is connected, over that of the inlet [-].
    """
    from scipy.ndimage import label

    found = []
    for side, (axis, _) in SIDES.items():
        behind = given.fluid[plane_of(side)]
        flow = side_flow(given, velocity, side)
        open_ = (given.sides[side].kind == INLET) & behind & (flow > 0.0)
        if not open_.any():
            continue
        area, viscosity = given.grid.areas(axis), side_of(given.viscosity, side)
        numbers, count = label(open_)
        spaces, _ = label(behind)
        rims = _rims(given, side, open_)
        for n in range(1, count + 1):
            here = numbers == n
            own, rim = float(area[here].sum()), float(rims[here].sum())
            space = float(area[spaces == spaces[here][0]].sum())
            if space > wider * own and rim > 0.0:
                reynolds = 4.0 * float(flow[here].sum()) / (rim * float(viscosity[here].mean()))
                found.append(Jet(side, reynolds, 4.0 * own / rim, space / own))
    return found


def _rims(given: FlowInput, side: Side, open_: NDArray[np.bool_]) -> Floats:
    """Length of the rim along the edges of each face of an inlet, planes of symmetry left out, (rows, columns) [m]."""
    axis, end = SIDES[side]
    first, second = (n for n in range(3) if n != axis)  # along columns and rows
    length = np.zeros(open_.shape)
    for direction, m in ((first, 1), (second, 0)):
        along = second if direction == first else first
        edge = np.expand_dims(given.grid.widths[along], m)
        low, high = (_row(given, next_, axis, end, along) for next_ in pairs()[direction])
        padded = np.concatenate([np.expand_dims(low, m), open_, np.expand_dims(high, m)], axis=m)
        count = open_.shape[m]
        for step in (0, 2):
            beyond = np.take(padded, range(step, step + count), axis=m)
            length += np.where(beyond, 0.0, edge)
    return length


def _row(given: FlowInput, side: Side, axis: int, end: int, along: int) -> NDArray[np.bool_]:
    """Return where a neighbouring side goes on like the inlet: at its faces next to the inlet's side."""
    direction, _ = SIDES[side]
    kind = np.expand_dims(given.sides[side].kind, 2 - direction)
    row = np.take(kind, end, axis=2 - axis)
    return np.asarray((row == SYMMETRY) | (row == PERIODIC)).reshape(given.grid.shape[2 - along])
