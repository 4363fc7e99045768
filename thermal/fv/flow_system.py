"""A flow problem laid out for the loops: padded arrays on a staggered grid, with links, walls and open areas."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv import flow_links as kernels
from thermal.fv.boundary import SIDES
from thermal.fv.flow_input import INLET, OUTLET, SYMMETRY, WALL, FlowInput, SideCondition
from thermal.fv.flow_links import FLUID, OPEN, SOLID
from thermal.fv.grid import Axes, Floats

__all__ = ["PAD", "FlowSystem", "flow_system", "with_mass"]

EVEN = 1.0e-12  # of the least viscosity, by which even ones differ
PAD = 2  # ghosts on either side of cells, for schemes that look two points upstream
Marks = NDArray[np.int8]
Singles = NDArray[np.float32]


class FlowSystem(NamedTuple):
    """Arrays of one shape (NZ, NY, NX) for all components: entry (k, j, i) of u is the low x face of that cell.

    A direction in which nothing changes (one cell between symmetries) is flat: no ghosts, no component.
    """

    input: FlowInput
    first: tuple[int, int, int]  # index of the first cell in z, y, x: PAD, or 0 where flat
    flat: tuple[bool, bool, bool]  # x, y, z
    fluid: NDArray[np.bool_]  # cells
    widths: tuple[Floats, ...]  # of cells and ghosts along x, y, z, each in the shape that broadcasts [m]
    passable: NDArray[np.bool_]  # cells, and ghosts of periodic directions, with fluid
    active: tuple[NDArray[np.bool_], ...]  # faces whose velocity is unknown, for x, y, z
    links: tuple[tuple[Singles, ...], ...]  # viscous, of component m along axis t, to the face before it [kg/s]
    excess: Floats | None  # viscosity of cells above the least, where it is not the same everywhere [Pa s]
    near: tuple[NDArray[np.int64], ...]  # active faces with walls alongside, as places in the flat arrays, increasing
    walls: tuple[Floats, ...]  # (3, their number): links to walls across x, y, z [kg/s]
    pull: tuple[Floats, ...]  # of those walls: link times velocity [N]
    linear: tuple[Floats, ...] | None  # resistance times volume, and the mass taken out [kg/s]
    quadratic: tuple[Floats, ...] | None  # [kg/m]
    force: tuple[Floats, ...]  # empty where there is none [N]
    mass: Floats | None  # [m3/s]
    held_at: tuple[
        NDArray[np.int64], ...
    ]  # where velocities along x, y, z are given and are not zero, on faces of sides
    # and, if tangential, in ghosts; where pressures are, behind outlets: places in the flat arrays
    held: tuple[Floats, ...]  # those velocities and pressures [m/s, Pa]
    mirrors: tuple[NDArray[np.int64], ...]  # (2, n) for x, y, z: ghosts behind symmetry, and the faces they mirror

    @property
    def shape(self) -> tuple[int, ...]:
        """Of every array."""
        return self.fluid.shape

    def area(self, m: int) -> Floats:
        """Of the faces across an axis; broadcasts [m2]."""
        return _area(self.widths, m)

    def free(self, m: int) -> Floats:
        """Area of the faces whose velocity is unknown, zero of the others [m2]."""
        out = np.where(self.active[m], self.area(m), 0.0)
        self.wrap(out)
        return out

    def volume(self, m: int) -> Floats:
        """Volume of fluid around each active face across an axis [m3]."""
        if self.flat[m]:
            return np.zeros(self.shape)
        half = np.where(self.passable, 0.5 * self.widths[m], 0.0)
        half += np.roll(half, 1, 2 - m)
        half *= self.area(m)
        half *= self.active[m]
        self.wrap(half)
        return half

    def wall(self, m: int, axis: int | None = None) -> Floats:
        """Links of the faces across m to walls alongside, of all or of those that lie across an axis [kg/s]."""
        out = np.zeros(self.shape)
        values = self.walls[m]
        out.reshape(-1)[self.near[m]] = values.sum(axis=0) if axis is None else values[axis]
        return out

    def start(self) -> Floats:
        """Velocities and pressures (4, NZ, NY, NX) as given on the sides, zero elsewhere."""
        out = np.zeros((4, *self.shape))
        for part, places, values in zip(out, self.held_at, self.held, strict=True):
            part.reshape(-1)[places] = values
        return out

    def velocity(self, state: Floats) -> Axes:
        """Velocities of a state on the faces of the grid, zero along flat directions [m/s]."""
        rows = []
        for m in range(3):
            shape = tuple(n + (2 - m == d) for d, n in enumerate(self.input.grid.shape))
            rows.append(np.zeros(shape) if self.flat[m] else state[m][self.inner(m)].copy())
        return Axes(*rows)

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
    flat = given.flat
    first = tuple(0 if flat[2 - d] else PAD for d in range(3))
    return _Layout(given, flat, first).system()  # type: ignore[arg-type]


class _Layout:
    """The making of a system."""

    def __init__(self, given: FlowInput, flat: tuple[bool, bool, bool], first: tuple[int, int, int]) -> None:
        self.given, self.flat, self.first = given, flat, first
        self.shape = tuple(n if flat[2 - d] else n + 2 * PAD + 1 for d, n in enumerate(given.grid.shape))
        self.cells = tuple(slice(a, a + n) for a, n in zip(first, given.grid.shape, strict=True))
        self.widths = [self._width(a) for a in range(3)]
        self.rows = tuple(row.ravel() for row in self.widths)
        self.marks = self._marks()
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

    def _sides(self) -> Iterator[tuple[int, int, SideCondition]]:
        """Yield axis, end and condition of the sides that bound something."""
        for side, (axis, end) in SIDES.items():
            if not self.flat[axis] and not self.given.periodic[axis]:
                yield axis, end, self.given.sides[side]

    def _marks(self) -> Marks:
        """Return what each cell and ghost is."""
        marks = self._padded(np.where(self.given.fluid, FLUID, SOLID).astype(np.int8), SOLID)
        for axis, end, condition in self._sides():
            kind = condition.kind
            marks[self._plane(axis, end, 0)] = np.where((kind == SYMMETRY) | (kind == OUTLET), OPEN, SOLID)
        self._wrap(marks)  # sides go on round the periodic directions
        return marks

    def _velocity(self, m: int) -> Floats:
        """Velocities along an axis that are given, in ghosts of sides alongside and on faces of sides across."""
        velocity = np.zeros(self.shape)
        for axis, end, (kind, given, _) in self._sides():
            if m != axis:
                velocity[self._plane(axis, end, 0)] = np.where((kind == WALL) | (kind == INLET), given[m], 0.0)
            else:
                face = self._plane(axis, end, 1 if end == 0 else 0)
                velocity[face] = np.where((kind == INLET) & self.given.fluid[self._cell(axis, end)], given[m], 0.0)
        self._wrap(velocity)
        return velocity

    def _pressure(self) -> Floats:
        """Pressures given behind outlets."""
        pressure = np.zeros(self.shape)
        for axis, end, (kind, _, given) in self._sides():
            pressure[self._plane(axis, end, 0)] = np.where(kind == OUTLET, given, 0.0)
        self._wrap(pressure)
        return pressure

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

    def _before(self, values: NDArray[Any], axis: int) -> NDArray[Any]:
        """Return what stands one place before each entry."""
        return np.roll(values, 1, 2 - axis)

    def system(self) -> FlowSystem:
        """Put the system together."""
        active, links, near, walls, pull, held = [], [], [], [], [], []
        for m in range(3):
            on = self._faces(m)
            velocity = self._velocity(m)
            places, beside, pulled = self._walls(m, on, velocity)
            active.append(on)
            links.append(self._links(m))
            near.append(places)
            walls.append(beside)
            pull.append(pulled)
            held.append(_sparse(self._on_faces(velocity, m)))
        held.append(_sparse(self._pressure()))
        given = self.given
        mass = None if given.mass is None else self._padded(given.mass / given.density, 0.0)
        system = FlowSystem(
            given, self.first, self.flat, self.fluid & self._grid(), tuple(self.widths), self.fluid, tuple(active),
            tuple(links), self._excess(), tuple(near), tuple(walls), tuple(pull), self._resistance(given.linear),
            self._resistance(given.quadratic), (), None, tuple(at for at, _ in held), tuple(of for _, of in held),
            self._mirrors(),
        )  # fmt: skip
        system = system._replace(force=self._force(system))
        return system if mass is None else with_mass(system, mass)

    def _on_faces(self, velocity: Floats, m: int) -> Floats:
        """Given velocities where the loops look for them: those along a side at the component's own faces."""
        out = velocity.copy()
        for t in self.live:
            if t != m and not self.flat[m]:
                for end in (0, 1):
                    low, high = self._halves(velocity[self._plane(t, end, 0)], t, m)
                    out[self._beside(t, end, 0, m)] = 0.5 * (low + high)
        return out

    def _beside(self, axis: int, end: int, inside: int, m: int) -> tuple[Any, ...]:
        """Index of the faces of component m that `_plane` lies between, the last one too."""
        plane, cells = list(self._plane(axis, end, inside)), self.cells[2 - m]
        plane[2 - m] = slice(cells.start, cells.stop + 1)
        return tuple(plane)

    def _halves(self, plane: NDArray[Any], axis: int, m: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return what lies before and behind the faces of component m on a side, at its rims what is within."""
        d = 2 - m - (m < axis)
        around = [(1, 1) if n == d else (0, 0) for n in range(2)]
        padded = np.pad(plane, around, "wrap" if self.given.periodic[m] else "edge")
        count = plane.shape[d] + 1
        return padded.take(range(count), d), padded.take(range(1, count + 1), d)

    def _mirrors(self) -> tuple[NDArray[np.int64], ...]:
        """For each component, its ghosts behind planes of symmetry, and the faces before those."""
        place = np.arange(self.fluid.size).reshape(self.shape)
        out = []
        for m in range(3):
            found = [np.zeros((2, 0), np.int64)]
            for axis, end, condition in self._sides():
                if axis == m or self.flat[m]:
                    continue
                low, high = self._halves(condition.kind == SYMMETRY, axis, m)
                pair = [place[self._beside(axis, end, inside, m)][low & high] for inside in (0, 1)]
                found.append(np.array(pair))
            out.append(np.concatenate(found, axis=1))
        return tuple(out)

    def _grid(self) -> NDArray[np.bool_]:
        """Cells that are no ghosts."""
        out = np.zeros(self.shape, np.bool_)
        out[self.cells] = True
        return out

    def _faces(self, m: int) -> NDArray[np.bool_]:
        """Active faces across an axis."""
        out = np.zeros(self.shape, np.bool_)
        if not self.flat[m]:
            spans = [
                slice(c.start, c.stop + (d == 2 - m and not self.given.periodic[m])) for d, c in enumerate(self.cells)
            ]
            here = tuple(spans)
            out[here] = ((self.fluid & self._before(self.fluid, m)) | self._outlets(m))[here]
        return out

    def _excess(self) -> Floats | None:
        """Viscosity above the least; nothing where it is the same everywhere."""
        least = float(self.given.viscosity[self.given.fluid].min())
        excess = np.where(self.fluid, self.mu - least, 0.0)
        return excess if excess.max() > EVEN * least else None

    def _links(self, m: int) -> tuple[Singles, ...]:
        """Viscous links of a component to the faces before it along x, y, z."""
        out = tuple(np.zeros(self.shape, np.float32) for _ in range(3))
        for t in self.live:
            if not self.flat[m]:
                kernels.links(m, t, self.marks, self.mu, self.rows, out[t])
        return out

    def _walls(self, m: int, on: NDArray[np.bool_], velocity: Floats) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Faces of a component with walls alongside, their links to those across x, y, z, and what these pull."""
        live = np.array([a in self.live for a in range(3)])
        fixed = m, live, on, self.marks, self.mu, self.rows, velocity
        none = np.zeros(0, np.int64), np.zeros((3, 0)), np.zeros(0)
        count = kernels.walls(*fixed, *none)
        near, walls, pull = np.zeros(count, np.int64), np.zeros((3, count)), np.zeros(count)
        kernels.walls(*fixed, near, walls, pull)
        return near, walls, pull

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
            part = np.where(self.fluid, self._padded(v, 0.0) * 0.5 * self.widths[m], 0.0) * _area(self.widths, m)
            out.append(part + self._before(part, m))
        return tuple(out)

    def _force(self, system: FlowSystem) -> tuple[Floats, ...]:
        out = []
        for m in range(3):
            force = None if self.given.force is None or self.flat[m] else self.given.force[m]
            if not self.given.gradient[m] and force is None:
                out.append(np.zeros((0, 0, 0)))
                continue
            volume = system.volume(m)
            total = self.given.gradient[m] * volume
            if force is not None:
                faces = tuple(slice(c.start, c.stop + (d == 2 - m)) for d, c in enumerate(self.cells))
                total[faces] += force * volume[faces]
            out.append(total)
        return tuple(out)


def _area(widths: Sequence[Floats], m: int) -> Floats:
    """Area of the faces across an axis, from widths that broadcast [m2]."""
    return np.asarray(math.prod(widths[a] for a in range(3) if a != m))


def _sparse(values: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Places of what is not zero, and the values there."""
    places = np.flatnonzero(values)
    return places, values.reshape(-1)[places]
