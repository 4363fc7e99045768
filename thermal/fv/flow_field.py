"""A solved flow and the questions that can be put to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermal.fv import flow_accounts
from thermal.fv.asked import asked_axis, asked_line, asked_points, require_side
from thermal.fv.boundary import Side
from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_interpolation import NAMES, Lattice, Name, lattice
from thermal.fv.flow_lines import Streamlines, inlet_seeds, trace
from thermal.fv.flow_sections import Sections, sections
from thermal.fv.flow_shear import block_shear, side_shear
from thermal.fv.grid import Axes, Box, Floats, Grid
from thermal.fv.overlap import tile_shares
from thermal.fv.refusal import refuse, scalar

__all__ = ["AXES", "Axis", "Extremum", "FlowField", "Profile"]

Axis = Literal["x", "y", "z"]
AXES: tuple[Axis, ...] = ("x", "y", "z")


class Profile(NamedTuple):
    """Values along a line, from one side to the other."""

    position: Floats  # (n,) [m]
    value: Floats  # (n,), in the unit of what was asked for


class Extremum(NamedTuple):
    """The least or greatest value along a line, and where."""

    value: float
    position: float  # [m]


@dataclass(frozen=True, eq=False)
class FlowField:
    """Velocities on faces and pressure in cells, and what follows from them.

    Attributes
    ----------
    input : FlowInput
        The problem it solves.
    u : (nz, ny, nx + 1) float64
        Velocity along x on the faces across x [m/s].
    v : (nz, ny + 1, nx) float64
        Along y on the faces across y [m/s].
    w : (nz + 1, ny, nx) float64
        Along z on the faces across z [m/s].
    p : (nz, ny, nx) float64
        Pressure in cells; without what is imposed on periodic directions. It counts from those given at outlets; fluid
        that blocked cells part from all outlets has a level of its own, with zero for the mean of its cells [Pa].
    iterations : int
        Of the solver.
    history : tuple of float
        Its relative residual before the first and after each iteration.
    time : float, optional
        Instant of a transient [s]; None of a steady flow.
    notes : tuple of str
        What the reader has to know, see `thermal.fv.flow_notes`.
    """

    input: FlowInput
    u: Floats
    v: Floats
    w: Floats
    p: Floats
    iterations: int = 0
    history: tuple[float, ...] = ()
    time: float | None = None
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Say in one line what it is."""
        nz, ny, nx = self.grid.shape
        at = "" if self.time is None else f" at {self.time:g} s"
        notes = "".join(f"; {note}" for note in self.notes)
        return f"FlowField({nx} × {ny} × {nz} cells{at}, {self.iterations} iterations{notes})"

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.input.grid

    @property
    def velocity(self) -> Axes:
        """The three velocities on their faces [m/s]."""
        return Axes(self.u, self.v, self.w)

    def mass_flow(self, side: Side) -> float:
        """Mass flow through a side, into the domain [kg/s]."""
        require_side("mass_flow", side)
        return float(flow_accounts.side_flow(self.input, self.velocity, side).sum())

    def flow_through(self, axis: Axis, position: float, within: Box | None = None) -> float:
        """Mass flow through a plane, or a rectangle of it, towards higher coordinates [kg/s].

        Parameters
        ----------
        axis : str
            Direction across the plane.
        position : float
            Where the plane stands [m]; between two faces the flow is taken on the straight line between theirs.
        within : Box, optional
            Ends of the rectangle.

        Raises
        ------
        InputError
            A plane or rectangle outside the grid.
        """
        n = asked_axis("flow_through", axis)
        row = self.grid.faces[n]
        position = scalar(position)
        point = [float(row[0]) for row in self.grid.faces]
        point[n] = position
        cell = int(self.grid.locate(point)[2 - n])
        share = (position - row[cell]) / (row[cell + 1] - row[cell])
        low, high = (np.take(self.velocity[n], cell + step, axis=2 - n) for step in (0, 1))
        flow = self.input.density * ((1.0 - share) * low + share * high) * self.grid.areas(n)
        if within is None:
            return float(flow.sum())
        ends = self.grid.ranges(within, "flow_through")
        columns, rows = (_covered(ends[m], self.grid.faces[m]) for m in range(3) if m != n)
        return float(rows @ flow @ columns)

    @cached_property
    def imbalance(self) -> float:
        """Largest net mass flow of a cell, less what is put into it, over all that comes in [-].

        Where nothing comes in, over the flow with the largest velocity through the largest face.
        """
        worst = float(np.abs(flow_accounts.net_flow(self.input, self.velocity)).max())
        return worst / flow_accounts.flow_scale(self.input, self.velocity) if worst > 0.0 else 0.0

    @cached_property
    def pressure_drop(self) -> float:
        """Pressure with which the fluid comes less that with which it leaves, each the mean by flow [Pa].

        At inlets the pressure is carried on from the cells to the face, second order; outlets have the one given; what
        is put into cells comes with their pressure. Where only an imposed pressure drives the flow, that.

        Raises
        ------
        InputError
            Nothing flows through.
        """
        return flow_accounts.pressure_loss(self.input, self.velocity, self.p, total=False)

    @cached_property
    def total_pressure_drop(self) -> float:
        """The same of the pressure with the dynamic pressure: what a pump has to make up for [Pa]."""
        return flow_accounts.pressure_loss(self.input, self.velocity, self.p, total=True)

    def side_pressure(self, side: Side) -> Floats:
        """Pressure on the faces of a side, carried on from the cells, second order; shape (rows, columns) [Pa]."""
        require_side("side_pressure", side)
        return flow_accounts.side_pressure(self.input, self.p, side)

    @cached_property
    def cell_velocity(self) -> Floats:
        """Velocity in cells along x, y, z, shape (3, nz, ny, nx) [m/s]."""
        return flow_accounts.cell_velocity(self.velocity)

    @cached_property
    def speed(self) -> Floats:
        """Magnitude of the velocity in cells, shape (nz, ny, nx) [m/s]."""
        return np.asarray(np.sqrt((self.cell_velocity**2).sum(axis=0)))

    @cached_property
    def kinetic_energy(self) -> float:
        """Kinetic energy of all fluid, from the mean square of the velocities on the two faces of each cell [J]."""
        u, v, w = (part**2 for part in self.velocity)
        squares = u[..., 1:] + u[..., :-1] + v[:, 1:] + v[:, :-1] + w[1:] + w[:-1]
        return float(0.25 * self.input.density * (squares * self.grid.volumes)[self.input.fluid].sum())

    @cached_property
    def stream_function(self) -> Floats:
        """Stream function ψ of a flow in a plane at the corners of its cells, zero at the lowest corner [m2/s].

        Along the two directions (a, b) of the plane in the order x, y, z the velocities are ∂ψ/∂b and −∂ψ/∂a; shape
        (nb + 1, na + 1). In a problem without sources of mass the way on which it is added up makes no difference.

        Raises
        ------
        InputError
            The flow is not one cell deep in any direction.
        """
        flat = [axis for axis in range(3) if self.grid.shape[2 - axis] == 1]
        if not flat:
            right = "ask for it where the grid has one cell in a direction, or for streamlines"
            refuse("flow", [("stream_function", "the flow is not in a plane", right)])
        normal = flat[-1]
        a, b = (axis for axis in range(3) if axis != normal)
        along, across = (np.take(self.velocity[axis], 0, axis=2 - normal) for axis in (a, b))
        lowest = np.concatenate([[0.0], np.cumsum(-across[0] * self.grid.widths[a])])
        rise = np.cumsum(along * self.grid.widths[b][:, None], axis=0)
        return np.concatenate([lowest[None], lowest + rise])

    def sample(self, name: Name | Literal["speed"], points: Sequence[ArrayLike]) -> Floats:
        """Value at points: straight lines between where it stands, which know what walls and inlets impose.

        Parameters
        ----------
        name : str
            ``u``, ``v``, ``w``, ``speed`` [m/s] or ``p`` [Pa].
        points : sequence of array_like
            Coordinates x, y and z, broadcast together [m].

        Returns
        -------
        float64
            Of that shape; inside blocked cells velocities are zero and the pressure is NaN.

        Raises
        ------
        InputError
            A point outside the grid, or no such quantity.
        """
        if name != "speed" and name not in NAMES:
            refuse("sample", [("name", f"there is no {name!r}", f"ask for one of {', '.join(NAMES)} and speed")])
        places = asked_points("sample", points)
        cell = self.grid.locate(places)
        if name == "speed":
            squares = sum(self._lattice(part).at(places, cell) ** 2 for part in NAMES[:3])
            return np.asarray(np.sqrt(squares))
        value = self._lattice(name).at(places, cell)
        return np.where(self.input.fluid[cell], value, np.nan) if name == "p" else value

    def profile(self, name: Name | Literal["speed"], axis: Axis, at: Mapping[Axis, float] | None = None) -> Profile:
        """Values along a line from side to side: where they stand, and on walls.

        Parameters
        ----------
        name : str
            As of `sample`.
        axis : str
            Direction of the line.
        at : mapping of str to float, optional
            Coordinates across the line [m], such as ``{"x": 0.5}``; where none is given, the middle of the grid.

        Raises
        ------
        InputError
            As of `sample`.
        """
        n, given = asked_line("profile", axis, at)
        middle: dict[str, ArrayLike] = {
            one: 0.5 * float(row[0] + row[-1]) for one, row in zip(AXES, self.grid.faces, strict=True)
        }
        point: dict[str, ArrayLike] = {**middle, **given}
        row, centres = self.grid.faces[n], self.grid.centres[n]
        stands = row if name == "uvw"[n] else np.concatenate([row[:1], centres, row[-1:]])
        cells = self.grid.locate(
            [np.broadcast_to(point[one], centres.shape) if one != axis else centres for one in AXES]
        )
        walls = row[1:-1][np.diff(self.input.fluid[cells].astype(np.int8)) != 0]
        line = np.union1d(stands, walls)
        values = self.sample(name, [line if one == axis else point[one] for one in AXES])
        known = np.isfinite(values)
        return Profile(line[known], values[known])

    def profile_extrema(
        self, name: Name | Literal["speed"], axis: Axis, at: Mapping[Axis, float] | None = None
    ) -> tuple[Extremum, Extremum]:
        """Least and greatest value along a line, by a cubic spline through its `profile`.

        Parameters
        ----------
        name, axis, at
            As of `profile`.

        Returns
        -------
        (Extremum, Extremum)
            The ends of the line count.
        """
        from scipy.interpolate import CubicSpline

        line = self.profile(name, axis, at)
        spline = CubicSpline(line.position, line.value)
        level = spline.derivative().roots(discontinuity=False, extrapolate=False)
        places = np.concatenate([line.position[[0, -1]], level[np.isfinite(level)]])
        values = spline(places)
        least, most = int(values.argmin()), int(values.argmax())
        return tuple(Extremum(float(values[n]), float(places[n])) for n in (least, most))  # type: ignore[return-value]

    def wall_shear(self, side: Side) -> Floats:
        """Shear stress of the fluid on the walls of a side along x, y, z, shape (3, rows, columns) [Pa].

        By the velocity in the cell and half its width, as momentum is balanced; zero where there is no wall.
        """
        require_side("wall_shear", side)
        return side_shear(self.input, self.cell_velocity, side)

    def block_shear(self, axis: Axis) -> Floats:
        """Shear stress on the walls of blocked cells across a direction, along x, y, z [Pa].

        Returns
        -------
        (3, ...) float64
            On all faces across the direction, sides included; zero where there is no such wall. The two sides of a
            periodic direction are one place: a wall there stands on both, and counts once in a sum of forces.
        """
        return block_shear(self.input, self.cell_velocity, asked_axis("block_shear", axis))

    def streamlines(
        self, seeds: ArrayLike | int = 20, *, backward: bool = False, longest: float | None = None
    ) -> Streamlines:
        """Follow the flow from points.

        Parameters
        ----------
        seeds : (n, 3) array_like or int
            Where to start (x, y, z) [m]; a number: so many, spread over all inlets by flow.
        backward : bool
            Whether to follow the fluid back to where it came from.
        longest : float, optional
            Length at which a line ends that neither leaves nor closes on itself [m]; without, ten times the sum of
            the sides of the grid.

        Raises
        ------
        InputError
            A point outside the grid, or a number of lines where nothing comes in.
        """
        counted = isinstance(seeds, int | np.integer)
        points = inlet_seeds(self.input, self.velocity, int(seeds)) if counted else seeds  # type: ignore[arg-type]
        return trace(self.input, self.velocity, points, backward=backward, longest=longest)

    @cached_property
    def sections(self) -> Sections:
        """Sections across the main direction, part by part, with their Reynolds numbers."""
        return sections(self.input, self.velocity)

    def reynolds(self) -> float:
        """Reynolds number on the hydraulic diameter 4A/P, the largest over all parts of all sections [-].

        Sections stand across the main direction, in which most fluid moves; a part is what is connected in a section;
        its perimeter is where it meets walls. Resistances (porous zones) are left out. Where nothing flows through, as
        in a cavity, it stands on the fastest motion, of fluid or wall, and the shortest side; where something does,
        that of the fastest wall on the shortest side counts as well.
        """
        return self.sections.largest

    def _lattice(self, name: Name) -> Lattice:
        known = self._lattices
        if name not in known:
            known[name] = lattice(self.input, self.velocity, self.p, name)
        return known[name]

    @cached_property
    def _lattices(self) -> dict[Name, Lattice]:
        """The nodes of each quantity that was sampled so far."""
        return {}


def _covered(ends: tuple[float, float], faces: Floats) -> Floats:
    """Share of each cell that lies within the ends of a range."""
    shares = tile_shares(ends, 1, faces)[0]
    return np.asarray(shares * (ends[1] - ends[0]) / np.diff(faces))
