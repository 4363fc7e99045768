"""Zones of coolant as they are given: everything wrong with one, or between several, at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.fv.coolant import ChannelZone, Films, PorousZone, Zone, run_numbers
from thermal.fv.given import Notes
from thermal.fv.grid import ROUNDING, Box, Floats, Grid
from thermal.fv.refusal import Fault, numbers, refuse, shown

__all__ = ["Direction", "channel_zone", "porous_zone", "refuse_conflicts"]

Direction = Literal["y_max", "y_min", "split"]
STEPS: dict[str, int] = {"y_max": 1, "y_min": -1, "split": 0}


def porous_zone(
    grid: Grid,
    box: Box,
    *,
    capacity_flow: ArrayLike,
    exchange: ArrayLike,
    inlet_temperature: float,
    direction: Direction,
) -> PorousZone:
    """Return a checked porous zone; arguments and errors of `ConductionProblem.add_coolant`."""
    given = _Given(grid, box, capacity_flow, inlet_temperature, direction, "add_coolant")
    values = given.values("exchange", exchange, "W/(m3 K)")
    given.notes.tell()
    return PorousZone(given.cells, given.capacity(None), given.step, given.inlet, values)


def channel_zone(
    grid: Grid,
    box: Box,
    *,
    mask: ArrayLike | None,
    capacity_flow: ArrayLike,
    films: Sequence[ArrayLike],
    inlet_temperature: float,
    direction: Direction,
) -> ChannelZone:
    """Return checked channels; arguments and errors of `ConductionProblem.add_channels`."""
    given = _Given(grid, box, capacity_flow, inlet_temperature, direction, "add_channels")
    names = ("h_side", "h_bottom", "h_top")
    values = [given.values(name, h, "W/(m2 K)") for name, h in zip(names, films, strict=True)]
    wet = given.mask(mask)
    given.notes.tell()
    shape = wet.shape[0], given.step.size, wet.shape[1]
    walls = Films(*(np.broadcast_to(h, shape) for h in values))
    return ChannelZone(given.cells, given.capacity(wet), given.step, given.inlet, wet, walls)


class _Given:
    """What both kinds of zone are given, and all that is wrong with it."""

    def __init__(self, grid: Grid, box: Box, flow: ArrayLike, inlet: float, direction: Direction, place: str) -> None:
        self.grid, self.place = grid, place
        self.notes = notes = Notes()
        temperature = notes.numbers(place, "inlet_temperature", inlet, "K")
        self.inlet = 0.0 if temperature is None else float(temperature)
        cells = notes.tried(lambda: grid.cells_in(box, place))
        self.boxed = cells is not None  # else no shape is right or wrong, and nothing of it is used
        self.cells = cells or (slice(0, 1), slice(0, 1), slice(0, 1))
        layers, _, columns = self.shape
        self.flow = self.values("capacity_flow", flow, "W/K", (layers, columns))
        if not self.flow.any():
            self._add("capacity_flow", "0 W/K", "give a capacity flow above zero, or leave the zone out")
        if not (isinstance(direction, str) and direction in STEPS):
            self._add("direction", shown(direction), f"use one of {', '.join(STEPS)}")
        self.step = self._steps(direction)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Layers, rows and columns of the box."""
        layers, rows, columns = (cut.stop - cut.start for cut in self.cells)
        return layers, rows, columns

    def _add(self, name: str, wrong: str, right: str) -> None:
        self.notes.add(self.place, [(name, wrong, right)])

    def values(self, name: str, value: ArrayLike, unit: str, shape: tuple[int, ...] | None = None) -> Floats:
        """Return one value or one for each cell of the box, or of another shape; one where they are not right."""
        shapes = ((), self.shape if shape is None else shape) if self.boxed else None
        found = self.notes.numbers(self.place, name, value, unit, shapes=shapes, least=0.0)
        return np.ones(()) if found is None else found

    def mask(self, mask: ArrayLike | None) -> NDArray[np.bool_]:
        """Return which layers and columns of the box are coolant."""
        layers, _, columns = self.shape
        if mask is None:
            return np.ones((layers, columns), bool)
        wet = np.array(mask if numbers(mask) is not None else None)
        if wet.dtype != bool or (self.boxed and wet.shape != (layers, columns)):
            many = f"{(layers, columns)} " if self.boxed else ""
            wrong = shown(mask) if wet.dtype == object else f"{wet.dtype} of shape {wet.shape}"
            self._add("mask", wrong, f"give {many}booleans for the layers and columns of the box")
            return np.ones((layers, columns), bool)
        if not wet.any():
            self._add("mask", "no cell is coolant", "set at least one to True")
        elif self.flow.shape == wet.shape and self.flow[~wet].any():
            k, i = np.argwhere(~wet & (self.flow != 0.0))[0]
            wrong = f"{self.flow[k, i]:g} W/K in layer {k}, column {i} of the box, where the mask has a wall"
            self._add("capacity_flow", wrong, "give zero there, or set the mask to True")
        return wet

    def capacity(self, wet: NDArray[np.bool_] | None) -> Floats:
        """Capacity flow of each layer and column; one number is spread by area [W/K]."""
        if self.flow.ndim:
            return self.flow
        layers, _, columns = self.cells
        area = self.grid.areas(1)[layers, columns] * (1.0 if wet is None else wet)
        return np.asarray(self.flow * area / area.sum())

    def _steps(self, direction: object) -> NDArray[np.int8]:
        """Return the step of each row; a zone fed in its middle needs a face there."""
        cut = self.cells[1]
        step = np.full(cut.stop - cut.start, STEPS.get(str(direction), 1), np.int8)
        if str(direction) == "split" and self.boxed:
            faces = self.grid.faces.y
            inner = faces[cut.start : cut.stop + 1]
            middle = 0.5 * float(inner[0] + inner[-1])
            nearest = int(np.abs(inner - middle).argmin())
            if abs(inner[nearest] - middle) > ROUNDING * (faces[-1] - faces[0]):
                wrong = f"no face in the middle of the zone, at y = {middle:.6g} m"
                self._add("direction", wrong, f"put one there; the nearest is at {inner[nearest]:.6g} m")
            step[:nearest], step[nearest:] = -1, 1
        return step


def refuse_conflicts(grid: Grid, zones: Sequence[Zone], place: str) -> None:
    """Raise InputError where zones overlap, meet head on in a row, or where one would run into another."""
    refuse(place, [*_opposed(grid, zones)] or [*_shared(grid, zones)])


def _opposed(grid: Grid, zones: Sequence[Zone]) -> Iterable[Fault]:
    """Rows in which zones flow in different directions."""
    step, owner = np.zeros(grid.shape[1], np.int8), np.zeros(grid.shape[1], int)
    for n, zone in enumerate(zones, start=1):
        rows = zone.cells[1]
        against = np.flatnonzero(step[rows] == -zone.step)
        if against.size:
            first = int(against[0]) + rows.start
            wrong = f"zone {n} flows against zone {owner[first]} in the row at y = {grid.centres.y[first]:.6g} m"
            yield "direction", wrong, "let all coolant of a row flow one way, or keep the rows of the zones apart"
        step[rows], owner[rows] = zone.step, n


def _shared(grid: Grid, zones: Sequence[Zone]) -> Iterable[Fault]:
    """Cells in two zones, and zones that lie in one run of rows, so that the coolant of one would enter the other."""
    step = np.zeros(grid.shape[1], np.int8)
    for zone in zones:
        step[zone.cells[1]] = zone.step
    run = run_numbers(step)
    for n, zone in enumerate(zones, start=1):
        for m, other in enumerate(zones[: n - 1], start=1):
            if not _meet(zone, other):
                continue
            rows, before = zone.cells[1], other.cells[1]
            if rows.start < before.stop and before.start < rows.stop:
                yield "box", f"zone {n} has cells of zone {m}", "let each cell belong to one zone"
            elif np.intersect1d(run[rows], run[before]).size:
                wrong = f"the coolant of one of the zones {m} and {n} would run on into the other"
                yield "box", wrong, "make them one zone (exchange may differ by cell), or leave a row between them"


def _meet(zone: Zone, other: Zone) -> bool:
    """Whether two zones have a layer and column in common."""
    here, there = (
        {(int(k) + z.cells[0].start, int(i) + z.cells[2].start) for k, i in np.argwhere(z.occupied)}
        for z in (zone, other)
    )
    return not here.isdisjoint(there)
