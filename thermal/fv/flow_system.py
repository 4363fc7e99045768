"""A flow problem laid out for the loops: padded arrays on a staggered grid, with links, walls and open areas."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES
from thermal.fv.flow_input import INLET, OUTLET, SYMMETRY, WALL, FlowInput
from thermal.fv.grid import Floats

__all__ = ["PAD", "FlowSystem", "flow_system", "with_mass"]

PAD = 2  # ghosts on either side of cells, for schemes that look two points upstream
FLUID, SOLID, OPEN = 0, 1, 2  # a cell, or the ghost of a side: fluid; a wall or inlet; symmetry or outlet
Marks = NDArray[np.int8]


class FlowSystem(NamedTuple):
    """Arrays of one shape (NZ, NY, NX) for all components: entry (k, j, i) of u is the low x face of that cell.

    A direction in which nothing changes (one cell between symmetries) is flat: no ghosts, no component.
    """

    input: FlowInput
    first: tuple[int, int, int]  # index of the first cell in z, y, x: PAD, or 0 where flat
    flat: tuple[bool, bool, bool]  # x, y, z
    fluid: NDArray[np.bool_]  # cells
    active: tuple[NDArray[np.bool_], ...]  # faces whose velocity is unknown, for x, y, z
    area: tuple[Floats, ...]  # open, of faces [m2]
    free: tuple[Floats, ...]  # the same, of active faces alone [m2]
    volume: tuple[Floats, ...]  # of fluid around each active face [m3]
    links: tuple[tuple[Floats, ...], ...]  # viscous, of component m along axis t, to the face before it [kg/s]
    wall: tuple[Floats, ...]  # to walls alongside [kg/s]
    walls: tuple[tuple[NDArray[np.float32], ...], ...]  # the same, apart by the axis across which they lie [kg/s]
    pull: tuple[Floats, ...]  # the same times their velocity [N]
    linear: tuple[Floats, ...] | None  # resistance times volume, and the mass taken out [kg/s]
    quadratic: tuple[Floats, ...] | None  # [kg/m]
    force: tuple[Floats, ...]  # [N]
    mass: Floats | None  # [m3/s]
    velocity: tuple[Floats, ...]  # given on faces of sides, with ghosts for tangential ones [m/s]
    pressure: Floats  # given behind outlets [Pa]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of every array."""
        return self.fluid.shape

    def inner(self, axis: int | None = None) -> tuple[slice, slice, slice]:
        """Cells of the grid within a padded array, or the faces across an axis."""
        cells = self.input.grid.shape
        return tuple(
            slice(a, a + n + (axis == 2 - d and not self.flat[2 - d]))
            for d, (a, n) in enumerate(zip(self.first, cells, strict=True))
        )  # type: ignore[return-value]

    def wrap(self, values: NDArray[Any]) -> None:
        """Fill ghosts of periodic directions; of faces the last repeats the first."""
        for axis in range(3):
            if self.input.periodic[axis] and not self.flat[axis]:
                n, view = self.input.grid.shape[2 - axis], np.moveaxis(values, 2 - axis, 0)
                for ghost in range(PAD):
                    view[ghost] = view[PAD + (ghost - PAD) % n]
                for ghost in range(PAD + n, view.shape[0]):
                    view[ghost] = view[PAD + (ghost - PAD) % n]


def with_mass(system: FlowSystem, mass: Floats) -> FlowSystem:
    """Return a system with other sources, padded [m3/s]; what is taken out takes its momentum along, as drag would."""
    before = 0.0 if system.mass is None or system.linear is None else np.minimum(system.mass, 0.0)
    change = 0.5 * system.input.density * (before - np.minimum(mass, 0.0))  # half of a cell's to each of its faces
    if not change.any():
        return system._replace(mass=mass)
    linear = system.linear or (np.zeros(system.shape),) * 3
    return system._replace(
        mass=mass, linear=tuple(row + (change + np.roll(change, 1, 2 - m)) for m, row in enumerate(linear))
    )


def flow_system(given: FlowInput) -> FlowSystem:
    """Lay out a problem that was checked."""
    flat = tuple(
        given.grid.shape[2 - a] == 1
        and not given.periodic[a]
        and all((given.sides[side].kind == SYMMETRY).all() for side, (axis, _) in SIDES.items() if axis == a)
        for a in range(3)
    )
    first = tuple(0 if flat[2 - d] else PAD for d in range(3))
    return _Layout(given, flat, first).system()  # type: ignore[arg-type]


class _Layout:
    """The making of a system."""

    def __init__(self, given: FlowInput, flat: tuple[bool, bool, bool], first: tuple[int, int, int]) -> None:
        self.given, self.flat, self.first = given, flat, first
        self.shape = tuple(n if flat[2 - d] else n + 2 * PAD + 1 for d, n in enumerate(given.grid.shape))
        self.cells = tuple(slice(a, a + n) for a, n in zip(first, given.grid.shape, strict=True))
        self.widths = [self._width(a) for a in range(3)]
        self.marks, self.velocity, self.pressure = self._marks()
        self.fluid = self.marks == FLUID
        self.mu = self._padded(given.viscosity, 1.0)
        self.mu[~self.fluid] = 1.0
        self.live = [a for a in range(3) if not flat[a]]

    def _width(self, axis: int) -> Floats:
        """Widths along an axis, broadcastable, the ghosts' those of their neighbours or, periodic, their own."""
        width = self.given.grid.widths[axis]
        if not self.flat[axis]:
            width = np.pad(width, (PAD, PAD + 1), "wrap" if self.given.periodic[axis] else "edge")
        shape = [1, 1, 1]
        shape[2 - axis] = width.size
        return np.asarray(width.reshape(shape))

    def _padded(self, values: NDArray[Any], fill: float) -> NDArray[Any]:
        out = np.full(self.shape, fill, values.dtype)
        out[self.cells] = values
        self._wrap(out)
        return out

    def _wrap(self, values: NDArray[Any]) -> None:
        """Fill the ghosts of periodic directions."""
        for axis in range(3):
            if self.given.periodic[axis] and not self.flat[axis]:
                n, view = self.given.grid.shape[2 - axis], np.moveaxis(values, 2 - axis, 0)
                for ghost in (*range(PAD), *range(PAD + n, view.shape[0])):
                    view[ghost] = view[PAD + (ghost - PAD) % n]

    def _plane(self, axis: int, end: int, inside: int) -> tuple[Any, ...]:
        """Index of the cells behind a side; `inside` 0 for the ghosts before it."""
        at = self.cells[2 - axis].start + inside - 1 if end == 0 else self.cells[2 - axis].stop - inside
        return tuple(at if d == 2 - axis else self.cells[d] for d in range(3))

    def _marks(self) -> tuple[Marks, tuple[Floats, ...], Floats]:
        """Return what each cell and ghost is, the velocities and pressures given on the sides."""
        marks = self._padded(np.where(self.given.fluid, FLUID, SOLID).astype(np.int8), SOLID)
        velocity, pressure = tuple(np.zeros(self.shape) for _ in range(3)), np.zeros(self.shape)
        for side, (axis, end) in SIDES.items():
            if self.flat[axis] or self.given.periodic[axis]:
                continue
            condition, ghost = self.given.sides[side], self._plane(axis, end, 0)
            kind = condition.kind
            marks[ghost] = np.where((kind == SYMMETRY) | (kind == OUTLET), OPEN, SOLID)
            given = (kind == WALL) | (kind == INLET)
            for m in range(3):
                if m != axis:
                    velocity[m][ghost] = np.where(given, condition.velocity[m], 0.0)
            face = self._plane(axis, end, 1 if end == 0 else 0)
            velocity[axis][face] = np.where(
                (kind == INLET) & self.given.fluid[self._cell(axis, end)], condition.velocity[axis], 0.0
            )
            pressure[ghost] = np.where(kind == OUTLET, condition.pressure, 0.0)
        for values in (marks, *velocity, pressure):  # sides go on round the periodic directions
            self._wrap(values)
        return marks, velocity, pressure

    def _cell(self, axis: int, end: int) -> tuple[Any, ...]:
        return tuple((0 if end == 0 else -1) if d == 2 - axis else slice(None) for d in range(3))

    def _outlets(self, axis: int) -> NDArray[np.bool_]:
        """Faces of sides through which coolant leaves at a given pressure."""
        out = np.zeros(self.shape, np.bool_)
        for side, (a, end) in SIDES.items():
            if a == axis and not self.given.periodic[axis]:
                face = self._plane(axis, end, 1 if end == 0 else 0)
                out[face] = (self.given.sides[side].kind == OUTLET) & self.given.fluid[self._cell(axis, end)]
        return out

    def _inlets(self, axis: int) -> NDArray[np.bool_]:
        out = np.zeros(self.shape, np.bool_)
        for side, (a, end) in SIDES.items():
            if a == axis and not self.given.periodic[axis]:
                face = self._plane(axis, end, 1 if end == 0 else 0)
                out[face] = (self.given.sides[side].kind == INLET) & self.given.fluid[self._cell(axis, end)]
        return out

    def _before(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Return what stands one place before each entry."""
        return np.roll(values, 1, 2 - axis)

    def _across(self, axis: int) -> Floats:
        """Full area of faces across an axis."""
        return np.asarray(math.prod(self.widths[a] for a in range(3) if a != axis) * np.ones(self.shape))

    def system(self) -> FlowSystem:
        """Put the system together."""
        zero = np.zeros(self.shape)
        active, area, volume = [], [], []
        links: list[tuple[Floats, ...]] = []
        wall, pull = [], []
        walls: list[tuple[NDArray[np.float32], ...]] = []
        for m in range(3):
            if self.flat[m]:
                active.append(np.zeros(self.shape, np.bool_))
                area.append(zero)
                volume.append(zero)
                links.append((zero, zero, zero))
                wall.append(zero)
                walls.append(())
                pull.append(zero)
                continue
            on, halves = self._faces(m)
            active.append(on)
            area.append(np.where(on | self._inlets(m), self._across(m), 0.0))
            volume.append((halves[0] + halves[1]) * self._across(m) * on)
            found = self._links(m, halves)
            links.append(found[0])
            none = np.zeros(self.shape, np.float32)  # pages never written take no memory
            walls.append(tuple(np.where(on, w, 0.0).astype(np.float32) if w.any() else none for w in found[1]))
            wall.append(np.where(on, sum(found[1]), 0.0))
            pull.append(np.where(on, found[2], 0.0) if found[2].any() else zero)
        given = self.given
        free = []
        for on, whole in zip(active, area, strict=True):
            closed = (whole > 0.0) & ~on
            free.append(np.where(on, whole, 0.0) if closed.any() else whole)  # inlets make the difference
        for values in (*area, *free, *volume):
            self._wrap(values)
        mass = None if given.mass is None else self._padded(given.mass / given.density, 0.0)
        system = FlowSystem(
            given, self.first, self.flat, self.fluid & self._grid(), tuple(active), tuple(area), tuple(free),
            tuple(volume), tuple(links), tuple(wall), tuple(walls), tuple(pull), self._resistance(given.linear),
            self._resistance(given.quadratic), self._force(volume), None, self._given(), self.pressure,
        )  # fmt: skip
        return system if mass is None else with_mass(system, mass)

    def _given(self) -> tuple[Floats, ...]:
        """Given velocities where the loops look for them: those along a side at the component's own faces."""
        out = []
        for m in range(3):
            if not self.velocity[m].any():
                out.append(np.zeros(self.shape))  # pages never written take no memory
                continue
            values = self.velocity[m].copy()
            for t in self.live:
                if t != m:
                    for end in (0, 1):
                        ghost = self._plane(t, end, 0)
                        values[ghost] = 0.5 * (values + self._before(values, m))[ghost]
            out.append(values)
        return tuple(out)

    def _grid(self) -> NDArray[np.bool_]:
        """Cells that are no ghosts."""
        out = np.zeros(self.shape, np.bool_)
        out[self.cells] = True
        return out

    def _faces(self, m: int) -> tuple[NDArray[np.bool_], tuple[Floats, Floats]]:
        """Active faces across an axis, and the half widths of fluid before and behind each."""
        faces = np.zeros(self.shape, np.bool_)
        spans = [slice(c.start, c.stop + (d == 2 - m and not self.given.periodic[m])) for d, c in enumerate(self.cells)]
        faces[tuple(spans)] = True
        before = self._before(self.fluid, m)
        outlets = self._outlets(m)
        on = faces & ((self.fluid & before) | outlets)
        halves = (
            np.where(before, 0.5 * self._before(self.widths[m], m), 0.0),
            np.where(self.fluid, 0.5 * self.widths[m], 0.0),
        )
        return on, halves

    def _links(self, m: int, halves: tuple[Floats, Floats]) -> tuple[tuple[Floats, ...], list[Floats], Floats]:
        """Viscous links of a component along each axis, and those to walls alongside with what these pull."""
        walls, pull = [np.zeros(self.shape) for _ in range(3)], np.zeros(self.shape)
        out = [np.zeros(self.shape)] * 3
        for t in self.live:
            if t == m:  # from face to face through the cell between them
                link = np.where(self.fluid, self.mu * self._across(m) / self.widths[m], 0.0)
                out[t] = self._before(link, m)  # kept at the face behind the cell
                continue
            total = np.zeros(self.shape)
            rest = math.prod(self.widths[a] for a in range(3) if a not in (m, t))
            for half, shift in ((halves[0], True), (halves[1], False)):
                fluid, mu, marks, velocity = self.fluid, self.mu, self.marks, self.velocity[m]
                if shift:
                    fluid, mu, marks, velocity = (self._before(a, m) for a in (fluid, mu, marks, velocity))
                width = 0.5 * self.widths[t] / mu
                side = half * rest
                both = fluid & self._before(fluid, t)
                total += np.where(both, side / (width + self._before(width, t)), 0.0)
                for step in (1, -1):  # walls on either hand
                    near = fluid & (np.roll(marks, step, 2 - t) == SOLID)
                    part = np.where(near, side / width, 0.0)
                    walls[t] += part
                    pull += part * np.roll(velocity, step, 2 - t)
            out[t] = total
        return tuple(out), walls, pull

    def _resistance(self, values: tuple[Floats | None, ...] | None) -> tuple[Floats, ...] | None:
        """Resistance of the volume around each face, from that of the cells."""
        if values is None or all(v is None for v in values):
            return None
        out = []
        for m in range(3):
            v = values[m]
            if self.flat[m] or v is None:
                out.append(np.zeros(self.shape))
                continue
            part = np.where(self.fluid, self._padded(v, 0.0) * 0.5 * self.widths[m], 0.0) * self._across(m)
            out.append(part + self._before(part, m))
        return tuple(out)

    def _force(self, volume: list[Floats]) -> tuple[Floats, ...]:
        out = []
        for m in range(3):
            total = self.given.gradient[m] * volume[m] if self.given.gradient[m] else np.zeros(self.shape)
            if self.given.force is not None and not self.flat[m]:
                faces = tuple(slice(c.start, c.stop + (d == 2 - m)) for d, c in enumerate(self.cells))
                total = total.copy()
                total[faces] += self.given.force[m] * volume[m][faces]
            out.append(total)
        return tuple(out)
