"""A sector of a plate resolved: some channels with the slot that feeds them or a plenum before, and a plenum behind."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from thermal.coldplate.clustering import clustered, grown, joined
from thermal.coldplate.coolant_state import CoolantState
from thermal.coldplate.resolved import ResolvedRun, Settings, alternate
from thermal.coldplate.resolved_cell import ResolvedGrid, across, cell_shape, channel_cells, layers
from thermal.correlations.coolant import CoolantTable
from thermal.correlations.slot import slot_path
from thermal.errors import InputError, Problem
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.grid import Axes, Box, Floats, Grid
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

__all__ = ["CHANNELS", "ResolvedSector"]

CHANNELS = 3  # resolved; planes of symmetry in their middle and at their side
SLOT, END, FINS, PLENUM, ABOVE = 1.2, 1.5, 5.0, 2.0, 1.5  # cells over half a channel's: half a slot, fins' end, fins …
REACH = 4.0  # hydraulic diameters before the fins' end over which cells are fine again


class ResolvedSector:
    """Some channels of a plate from slot or plenum to plenum: turns, mouths and friction as one field.

    Centre-fed: coolant comes evenly down a slot through the cover, over the fins' middle, turns into the channels, and
    leaves through the end of the plenum behind them. End to end: it comes evenly through the end of a plenum. Along x
    the sector is cut by planes of symmetry, so that all its channels get the same. Heat enters evenly below the fins.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    channels, body : Channels, PlateBody
        Of the plate.
    resolution : float
        As of `ResolvedCell`.
    number : int
        Channels; half of them are in the grid, by symmetry.

    Raises
    ------
    InputError
        Fewer than 6 cells across a channel, no channels, no slot in a centre-fed plate; a grid beyond the memory.
    """

    def __init__(
        self, name: str, channels: Channels, body: PlateBody | None, *, resolution: float = 1.0, number: int = CHANNELS
    ) -> None:
        self.name, self.resolution, self.number = name, resolution, number
        self.half = channel_cells(name, resolution)
        self.shape = cell_shape(channels, body)
        if body is None:
            raise InputError([Problem(name, 0, 0, "body", "is not given", "describe slot and plenums in `body`")])
        self.split = channels.split == "centre"
        if number < 1:
            raise InputError([Problem(name, 0, 0, "number", f"{number} channels", "give one at least")])
        if self.split and body.slot is None:
            right = "give its width along y"
            raise InputError([Problem(name, 0, 0, "body.slot", "a centre-fed plate without a slot", right)])
        self.share = 0.5 * number / self.shape.paths
        self.mirrors: tuple[str, ...] = ("x_min", "x_max", *(["y_min"] if self.split else []))
        self.slot = 0.5 * float(body.slot) if body.slot is not None and self.split else 0.0
        self.path = slot_path(self.shape.run, self.shape.height, 2.0 * self.slot) if self.split else self.shape.run
        self._plenum = float(body.plenum.length)
        self._height = float(body.plenum.height) if body.plenum.height is not None else self.shape.height
        self._begin = 0.0 if self.split else self._plenum
        self.cut = self._cut()

    @property
    def heated(self) -> Box:
        """Rectangle of the base's lower face below the fins."""
        return Box(y=(self._begin, self._begin + self.shape.run))

    @property
    def rows(self) -> slice:
        """Rows over which the fins stand."""
        return self.cut.fins[1]

    def solve(
        self,
        mass_flow: float,
        inlet: float,
        heat: float,
        fluid: CoolantTable,
        settings: Settings = Settings(),  # noqa: B008
    ) -> ResolvedRun:
        """Solve one operating point; see `thermal.coldplate.resolved.alternate`."""
        return alternate(self, mass_flow, inlet, heat, fluid, settings)

    def _cut(self) -> ResolvedGrid:
        """Cut the sector into cells."""
        shape, half = self.shape, self.half
        base, up, _ = layers(shape, half)
        roof = shape.base + shape.height
        above = max(shape.cover, self._height - shape.height)
        steps = max(3, round(ABOVE * half))
        edges = {roof, roof + above, *([shape.base + self._height] if self._height > shape.height else [])}
        top = [np.zeros(0)]
        for low, high in pairwise(sorted(edges)):
            top.append(grown(low, high, steps, min(high - low, 0.25 * shape.height) / steps))
        x = across(shape, half, self.number)
        grid = Grid.from_faces(x, self._along(), joined(base, up, *top[1:]))
        root = base.size - 1
        fluid = np.zeros(grid.shape, bool)
        cx, cy, cz = grid.centres
        rows = (cy > self._begin) & (cy < self._begin + shape.run)
        place = np.mod(cx, shape.pitch)
        gaps = (place > 0.5 * shape.wall) & (place < shape.pitch - 0.5 * shape.wall)
        beside = (cz > shape.base) & (cz < roof)
        fluid |= beside[:, None, None] & rows[:, None] & gaps
        plenum = (cz > shape.base) & (cz < shape.base + self._height)
        fluid |= plenum[:, None, None] & ~rows[:, None]
        fluid |= (cz > roof)[:, None, None] & (cy < self.slot)[:, None]
        at = np.flatnonzero(rows)
        fins = slice(root, root + up.size - 1), slice(int(at[0]), int(at[-1]) + 1), slice(0, x.size - 1)
        return ResolvedGrid(grid, fluid, root, fins)

    def _along(self) -> Floats:
        """Faces along the flow: fine in the slot, where it enters the fins and where it leaves them [m]."""
        shape, half = self.shape, self.half
        begin, end = self._begin, self._begin + shape.run
        n = round(FINS * half)
        fine = 0.5 * shape.width * 10.0 / half
        pieces = []
        start = begin
        if self.split:
            steps = max(4, round(SLOT * half))
            pieces.append(clustered(0.0, self.slot, steps, "both"))
            start = self.slot
        else:
            steps = max(4, round(PLENUM * half))
            pieces.append(begin - grown(0.0, self._plenum, steps, fine)[::-1])
        middle = max(end - REACH * shape.hydraulic_diameter, 0.5 * (start + end))
        last = max(4, round(END * half))
        pieces.append(grown(start, middle, n, fine))
        pieces.append(end - grown(0.0, end - middle, last, min(fine, (end - middle) / last))[::-1])
        pieces.append(grown(end, end + self._plenum, max(4, round(PLENUM * half)), fine))
        for before, after in pairwise(pieces):
            after[0] = before[-1]
        return joined(*pieces)

    def flow(
        self, coolant: CoolantState, mu: Floats, flow: float, start: FlowField | None, tolerance: float
    ) -> FlowField:
        """Solve the flow on the whole grid, metal blocked."""
        from thermal.fv.flow_steady import solve_flow

        problem = FlowProblem(self.cut.grid, density=coolant.density, viscosity=mu, least_cells=4)
        problem.block(~self.cut.fluid)
        problem.symmetry("x_min")
        problem.symmetry("x_max")
        if self.split:
            problem.symmetry("y_min")
            problem.inlet("z_max", flow=flow, box=Box(y=(0.0, self.slot)))
        else:
            problem.inlet("y_min", flow=flow)
        problem.outlet("y_max")
        return solve_flow(problem, start=start, tolerance=tolerance)

    def carried(self, flow: FlowField) -> Axes:
        """Return the velocities on the faces of the whole grid."""
        return Axes(flow.u, flow.v, flow.w)

    def pressure_drop(self, flow: FlowField) -> float:
        """Total pressure lost from slot or plenum to the plenum's end [Pa]."""
        return flow.total_pressure_drop
