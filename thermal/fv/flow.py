"""A flow problem, filled step by step: blocked cells, resistances, sources, conditions on the sides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from thermal.fv.boundary import SIDES, Side
from thermal.fv.flow_checks import refuse_flow
from thermal.fv.flow_gaps import LEAST_CELLS
from thermal.fv.flow_input import INLET, OUTLET, SCHEMES, SYMMETRY, WALL, FlowInput, Scheme, staggered_shapes
from thermal.fv.flow_resistance import Resistance, darcy_sum, linear_sum, quadratic_sum
from thermal.fv.flow_sides import Given, lay
from thermal.fv.given import Notes, Where
from thermal.fv.grid import NAMES, Axes, Box, Floats, Grid
from thermal.fv.memory import FLOW_STATED, require_memory

__all__ = ["FlowProblem"]


class FlowProblem:
    """Incompressible laminar flow on a grid: ρ (∂U/∂t + ∇·(U U)) = −∇p + ∇·(μ (∇U + ∇Uᵀ)), ∇·U = 0.

    Until told otherwise all sides are walls at rest, but for the two sides of a direction of one cell, which are
    symmetry: with one cell along z a problem is plane. What is said later about a place on a side replaces what was
    said before; resistances, mass and force add up. Nothing is refused before `checked`, which then tells all that is
    wrong at once.

    Parameters
    ----------
    grid : Grid
        The grid.
    density : float
        Of the fluid [kg/m3].
    viscosity : float or (nz, ny, nx) float64
        Dynamic viscosity, everywhere or in each cell [Pa s].
    scheme : str, optional
        Of convection: ``bounded`` (second order, without new extremes), ``linear_upwind`` or ``central`` (second
        order), ``upwind`` (first order, for comparisons).
    least_cells : int, optional
        Cells across the thinnest gap between walls below which the grid is refused. A parabola between walls holds
        its flow to 1 % from about six cells on; give fewer where a coarse grid is wanted, as in a study of convergence.

    Raises
    ------
    InputError
        No grid, or one too large for the memory of the machine.

    Examples
    --------
    Water through a channel between plates 1 mm apart and 10 mm long, plane:

    >>> from thermal.fv import FlowProblem, Grid
    >>> problem = FlowProblem(Grid.uniform((0.01, 0.001, 0.001), (40, 10, 1)), density=998.0, viscosity=1e-3)
    >>> problem.inlet("x_min", velocity=0.1)
    >>> problem.outlet("x_max")
    >>> flow = problem.checked()
    >>> round(float(flow.inflow("x_min").sum()), 7)  # kg/s
    9.98e-05

    A cavity under a moving lid, Reynolds number 100:

    >>> cavity = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (32, 32, 1)), density=1.0, viscosity=0.01)
    >>> cavity.wall("y_max", velocity=(1.0, 0.0, 0.0))
    >>> cavity.checked().has_outlet
    False
    """

    def __init__(
        self,
        grid: Grid,
        *,
        density: float,
        viscosity: float | Floats,
        scheme: Scheme = "bounded",
        least_cells: int = LEAST_CELLS,
    ) -> None:
        require_memory(grid, bytes_per_cell=FLOW_STATED)  # solving takes more, and asks again
        self.grid = grid
        self._notes = notes = Notes()
        place = "FlowProblem"
        rho = notes.numbers(place, "density", density, "kg/m3", above=0.0)
        mu = notes.numbers(place, "viscosity", viscosity, "Pa s", shapes=((), grid.shape), above=0.0)
        self._density = 1.0 if rho is None else float(rho)
        self._viscosity: Floats = np.ones(()) if mu is None else mu
        notes.known(place, "scheme", scheme, SCHEMES)
        self._scheme: Scheme = scheme
        least = notes.numbers(place, "least_cells", least_cells, "cells", least=1.0)
        self._least_cells = LEAST_CELLS if least is None else math.ceil(least)
        self._blocked = np.zeros(grid.shape, bool)
        self._resistances: list[Resistance] = []
        self._mass: list[tuple[Any, float]] = []
        self._force: list[tuple[Floats, ...]] = []
        self._given: dict[Side, list[Given]] = {side: [] for side in SIDES}
        self._drop: dict[int, float] = {}  # of pressure, along axes that are periodic

    def block(self, where: Where) -> None:
        """Let no fluid into cells; their faces are walls at rest.

        Parameters
        ----------
        where : Box or (nz, ny, nx) bool
            The cells whose centres lie in the box, or those marked.
        """
        cells = self._notes.cells("block", self.grid, where)
        if cells is not None:
            self._blocked[cells] = True

    def add_porous(self, where: Where, *, permeability: ArrayLike, forchheimer: ArrayLike = 0.0) -> None:
        """Fill cells with a porous medium: −dp/dx = μ/K u + ρ C |U| u, with the superficial velocity U.

        Parameters
        ----------
        where : Box or (nz, ny, nx) bool
            As in `block`.
        permeability : float or (Kx, Ky, Kz)
            Above zero; infinite where there is no resistance [m2].
        forchheimer : float or (Cx, Cy, Cz), optional
            Inertial resistance, not negative [1/m].
        """
        place = "add_porous"
        cells = self._notes.cells(place, self.grid, where)
        k = self._notes.numbers(place, "permeability", permeability, "m2", shapes=((), (3,)), above=0.0, most=math.inf)
        c = self._notes.numbers(place, "forchheimer", forchheimer, "1/m", shapes=((), (3,)), least=0.0)
        if cells is not None and k is not None and c is not None:
            self._resistances.append(Resistance(cells, _three(1.0 / k), _three(0.0), _three(self._density * c)))

    def add_resistance(self, where: Where, *, linear: ArrayLike = 0.0, quadratic: ArrayLike = 0.0) -> None:
        """Resist the flow through cells: −dp/dx = (linear + quadratic |U|) u.

        Parameters
        ----------
        where : Box or (nz, ny, nx) bool
            As in `block`.
        linear : float or (x, y, z), optional
            Not negative; unlike a permeability it does not follow the viscosity [Pa s/m2].
        quadratic : float or (x, y, z), optional
            Not negative [Pa s2/m3].
        """
        place = "add_resistance"
        cells = self._notes.cells(place, self.grid, where)
        a = self._notes.numbers(place, "linear", linear, "Pa s/m2", shapes=((), (3,)), least=0.0)
        b = self._notes.numbers(place, "quadratic", quadratic, "Pa s2/m3", shapes=((), (3,)), least=0.0)
        if cells is not None and a is not None and b is not None:
            self._resistances.append(Resistance(cells, _three(0.0), _three(a), _three(b)))

    def add_mass(self, where: Where, flow: float) -> None:
        """Put mass into cells, as through a jet that the grid does not show.

        It comes in at rest; what is taken out leaves with the momentum of the fluid there.

        Parameters
        ----------
        where : Box or (nz, ny, nx) bool
            As in `block`; the flow spreads over those of the cells that are not blocked, by volume.
        flow : float
            Negative takes out [kg/s].
        """
        cells = self._notes.cells("add_mass", self.grid, where)
        value = self._notes.numbers("add_mass", "flow", flow, "kg/s")
        if cells is not None and value is not None:
            self._mass.append((cells, float(value)))

    def add_force(self, force: ArrayLike | Sequence[ArrayLike]) -> None:
        """Push the fluid.

        Parameters
        ----------
        force : (x, y, z)
            Numbers, or arrays on the faces where the velocities stand: (nz, ny, nx + 1), (nz, ny + 1, nx),
            (nz + 1, ny, nx) [N/m3].
        """
        place = "add_force"
        given: Any = force
        several = isinstance(given, Sequence) or (isinstance(given, np.ndarray) and given.ndim > 0)
        components = tuple(given) if several else (given,)
        if len(components) != 3:
            self._notes.add(place, [("force", f"{len(components)} components", "give three: along x, y, z")])
            return
        rows = [
            self._notes.numbers(place, f"force {name}", given, "N/m3", shapes=((), shape))
            for name, given, shape in zip(NAMES, components, staggered_shapes(self.grid), strict=True)
        ]
        self._force.append(tuple(row for row in rows if row is not None))

    def wall(self, side: Side, velocity: ArrayLike = (0.0, 0.0, 0.0), box: Box | None = None) -> None:
        """Make a side, or a rectangle of it, a wall to which the fluid sticks.

        Parameters
        ----------
        side : str
            ``x_min``, ``x_max``, ``y_min``, ``y_max``, ``z_min`` or ``z_max``.
        velocity : (3,) or (3, rows, columns), optional
            Of the wall along itself; nothing flows through it [m/s].
        box : Box, optional
            Restricts to the faces whose centres lie in it; leave out the direction across the side.
        """
        self._side("wall", side, box, WALL, velocity=velocity)

    def symmetry(self, side: Side, box: Box | None = None) -> None:
        """Make a side, or a rectangle of it, a plane of symmetry, which is also a wall without friction."""
        self._side("symmetry", side, box, SYMMETRY)

    def inlet(
        self, side: Side, *, velocity: ArrayLike | None = None, flow: float | None = None, box: Box | None = None
    ) -> None:
        """Let fluid in through a side, or a rectangle of it, at a given velocity.

        Parameters
        ----------
        side, box : str, Box
            As in `wall`.
        velocity : float, (rows, columns), (3,) or (3, rows, columns)
            Speed into the grid, everywhere or on each face of the whole side, or the vector (x, y, z) [m/s].
        flow : float
            Instead of the velocity: spread evenly over the open faces [kg/s]. Negative lets out what is given.
        """
        if (velocity is None) == (flow is None):
            wrong = "both velocity and flow are given" if flow is not None else "neither velocity nor flow is given"
            self._notes.add(f"inlet {side}", [("velocity", wrong, "give one of the two")])
        else:
            self._side("inlet", side, box, INLET, velocity=0.0 if velocity is None else velocity, flow=flow)

    def outlet(self, side: Side, pressure: ArrayLike = 0.0, box: Box | None = None) -> None:
        """Let fluid out through a side, or a rectangle of it, to a given pressure (and in, where it is lower inside).

        What comes in there brings no momentum, as if it had been at rest on the face; `FlowField.notes` says how much
        it is where it is more than 1e-6 of the flow.

        Parameters
        ----------
        side, box : str, Box
            As in `wall`.
        pressure : float or (rows, columns), optional
            Outside [Pa].
        """
        self._side("outlet", side, box, OUTLET, pressure=pressure)

    def periodic(self, axis: Literal["x", "y", "z"], pressure_drop: float = 0.0) -> None:
        """Join the two sides of a direction: what leaves through one enters through the other.

        Parameters
        ----------
        axis : str
            ``x``, ``y`` or ``z``. With one cell along it, flow along it is fully developed.
        pressure_drop : float, optional
            Fall of the pressure from the low side to the high one, which drives the flow [Pa].
        """
        place = "periodic"
        value = self._notes.numbers(f"{place} {axis}", "pressure_drop", pressure_drop, "Pa")
        if self._notes.known(place, "axis", axis, tuple(NAMES)) and value is not None:
            self._drop[NAMES.index(axis)] = float(value)

    def checked(self) -> FlowInput:
        """Return the problem as arrays.

        Raises
        ------
        InputError
            With everything that is wrong: arguments that are not numbers, out of range or of another shape, boxes off
            the grid, unknown names; and, where all of these are right, conditions that do not fit together: inflow
            that nothing lets out, channels that are blocked, gaps with too few cells.
        """
        notes = Notes()
        notes.problems += self._notes.problems
        notes.tell()
        fluid = ~self._blocked
        periodic = tuple(axis in self._drop for axis in range(3))
        viscosity = np.ascontiguousarray(np.broadcast_to(self._viscosity, self.grid.shape))
        given = FlowInput(
            grid=self.grid,
            density=self._density,
            viscosity=viscosity,
            fluid=fluid,
            linear=linear_sum(self._resistances, viscosity),
            quadratic=quadratic_sum(self._resistances, self.grid.shape),
            darcy=darcy_sum(self._resistances, self.grid.shape),
            mass=self._mass_by_cell(fluid, notes),
            force=self._force_by_face(),
            sides=lay(self.grid, fluid, self._density, self._given, periodic, notes),
            periodic=(periodic[0], periodic[1], periodic[2]),
            gradient=tuple(self._drop.get(axis, 0.0) / float(np.ptp(self.grid.faces[axis])) for axis in range(3)),  # type: ignore[arg-type]
            scheme=self._scheme,
        )
        refuse_flow(given, self._least_cells, notes)
        return given

    def _side(
        self,
        verb: str,
        side: Side,
        box: Box | None,
        kind: int,
        *,
        velocity: ArrayLike = 0.0,
        pressure: ArrayLike = 0.0,
        flow: float | None = None,
    ) -> None:
        """Note one condition on a side."""
        notes, place = self._notes, f"{verb} {side}"
        known = notes.known(verb, "side", side, tuple(SIDES))
        axis, end = SIDES[side] if known else (0, 0)
        shape = self.grid.areas(axis).shape
        vectors = (3,), (3, *shape)
        speeds = vectors if kind == WALL else ((), shape, *vectors)
        u = notes.numbers(place, "velocity", velocity, "m/s", shapes=speeds if known else None)
        p = notes.numbers(place, "pressure", pressure, "Pa", shapes=((), shape) if known else None)
        m = notes.numbers(place, "flow", 0.0 if flow is None else flow, "kg/s")
        if not known and box is not None:
            notes.cells(place, self.grid, box)  # which faces, the side tells
        faces = notes.rectangle(place, self.grid, side, box) if known else None
        if faces is None or u is None or p is None or m is None:
            return
        if u.ndim in {0, 2}:
            speed, u = u if u.ndim else u.reshape(1, 1), np.zeros((3, *(shape if u.ndim else (1, 1))))
            u[axis] = speed if end == 0 else -speed
        elif u.ndim == 1:
            u = u.reshape(3, 1, 1)
        if kind == WALL and np.any(u[axis]):
            wrong = f"{u[axis].flat[np.flatnonzero(u[axis])[0]]:g} m/s along {NAMES[axis]}, through the wall"
            notes.add(place, [("velocity", wrong, "give that component as zero, or use inlet()")])
            return
        self._given[side].append(Given(kind, faces, u, p, None if flow is None else float(m)))

    def _mass_by_cell(self, fluid: Any, notes: Notes) -> Floats | None:
        """Mass put into each cell [kg/s]."""
        if not self._mass:
            return None
        mass = np.zeros(self.grid.shape)
        for cells, flow in self._mass:
            volume = np.zeros(self.grid.shape)
            volume[cells] = (self.grid.volumes * fluid)[cells]
            total = float(volume.sum())
            if total > 0.0:
                mass += flow / total * volume
            else:
                notes.add("add_mass", [("where", f"all cells for {flow:g} kg/s are blocked", "choose open cells")])
        return mass

    def _force_by_face(self) -> Axes | None:
        """Force on the faces [N/m3]."""
        if not self._force:
            return None
        rows = [np.zeros(shape) for shape in staggered_shapes(self.grid)]
        for force in self._force:
            for row, component in zip(rows, force, strict=True):
                row += component
        return Axes(*rows)


def _three(value: ArrayLike) -> tuple[float, float, float]:
    """Return one value, or three, as three."""
    x, y, z = np.broadcast_to(np.asarray(value, np.float64), 3)
    return float(x), float(y), float(z)
