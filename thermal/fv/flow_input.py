"""What a flow solver is given: a checked flow problem as arrays on cells and on the faces of the sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from thermal.fv.boundary import SIDES, Side
from thermal.fv.grid import Axes, Floats, Grid

__all__ = [
    "INLET",
    "OUTLET",
    "PERIODIC",
    "SCHEMES",
    "SYMMETRY",
    "WALL",
    "FlowInput",
    "Scheme",
    "SideCondition",
    "staggered_shapes",
]

Scheme = Literal["bounded", "linear_upwind", "central", "upwind"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
WALL, SYMMETRY, INLET, OUTLET, PERIODIC = range(5)  # kinds of faces on a side


class SideCondition(NamedTuple):
    """What holds on each face of one side; arrays in the shape of the cells without the axis across, in (z, y, x).

    No inlet or outlet stands before a blocked cell, and no velocity either.
    """

    kind: NDArray[np.int8]  # (rows, columns): WALL, SYMMETRY, INLET, OUTLET, or PERIODIC on both sides of an axis
    velocity: Floats  # (3, rows, columns), along x, y, z, of walls and inlets, else zero [m/s]
    pressure: Floats  # (rows, columns), of outlets, else zero [Pa]


@dataclass(frozen=True, eq=False)
class FlowInput:
    """A checked flow problem; made by `FlowProblem.checked`.

    Momentum along x: ρ (∂u/∂t + ∇·(U u)) = −∂p/∂x + ∇·(μ (∇u + ∂U/∂x)) − (linear + quadratic |U|) u + force + gradient,
    with the superficial velocity in porous cells.

    Attributes
    ----------
    grid : Grid
        The grid.
    density : float
        Of the fluid, the same everywhere [kg/m3].
    viscosity : (nz, ny, nx) float64
        Dynamic viscosity in each cell [Pa s].
    fluid : (nz, ny, nx) bool
        Cells through which fluid flows; the others are blocked.
    linear, quadratic : Axes of (nz, ny, nx) float64, or None
        Resistance along x, y, z [Pa s/m2] and [Pa s2/m3]; None where there is none. `linear` holds the viscosity times
        `darcy` already. One array three times where the three are the same.
    darcy : Axes of (nz, ny, nx) float64, or None
        Inverse of the permeability along x, y, z [1/m2].
    mass : (nz, ny, nx) float64, or None
        Mass put into each cell, at rest; where negative, taken out with the momentum of the fluid there [kg/s].
    force : Axes, or None
        Force on the faces where the velocities along x, y, z stand, in the shapes of `staggered_shapes` [N/m3].
    sides : mapping from side to SideCondition
        All six.
    periodic : (bool, bool, bool)
        Whether the two sides across x, y, z are one and the same place.
    gradient : (float, float, float)
        Pressure imposed on periodic directions: its fall by length, driving flow towards rising x, y, z [Pa/m].
    scheme : str
        Of convection: ``bounded`` (second order, without new extremes), ``linear_upwind`` and ``central`` (second
        order), ``upwind`` (first order).
    """

    grid: Grid
    density: float
    viscosity: Floats
    fluid: NDArray[np.bool_]
    linear: Axes | None
    quadratic: Axes | None
    darcy: Axes | None
    mass: Floats | None
    force: Axes | None
    sides: Mapping[Side, SideCondition]
    periodic: tuple[bool, bool, bool]
    gradient: tuple[float, float, float]
    scheme: Scheme

    @property
    def has_outlet(self) -> bool:
        """Whether a pressure is given anywhere; if not, the pressure counts from its mean."""
        return any(bool((condition.kind == OUTLET).any()) for condition in self.sides.values())

    @property
    def flat(self) -> tuple[bool, bool, bool]:
        """Directions (x, y, z) in which nothing changes: one cell between two sides of symmetry."""
        one, two, three = (
            self.grid.shape[2 - axis] == 1 and all(bool((self.sides[side].kind == SYMMETRY).all()) for side in pair)
            for axis, pair in enumerate(pairs())
        )
        return one, two, three

    def inflow(self, side: Side) -> Floats:
        """Mass that the inlets of a side let in through each of its faces, out where negative [kg/s]."""
        axis, end = SIDES[side]
        condition = self.sides[side]
        normal = condition.velocity[axis] * (1.0 if end == 0 else -1.0)
        return np.where(condition.kind == INLET, self.density * normal * self.grid.areas(axis), 0.0)

    def with_viscosity(self, viscosity: Floats) -> FlowInput:
        """Return the same problem with another viscosity (nz, ny, nx) [Pa s]; the Darcy part of `linear` follows."""
        linear = self.linear
        if linear is not None and self.darcy is not None:
            change = viscosity - self.viscosity
            linear = Axes(*(old + change * darcy for old, darcy in zip(linear, self.darcy, strict=True)))
        return replace(self, viscosity=viscosity, linear=linear)


def pairs() -> tuple[tuple[Side, Side], ...]:
    """Return the two sides across x, y and z."""
    names = list(SIDES)
    return tuple((names[2 * axis], names[2 * axis + 1]) for axis in range(3))


def staggered_shapes(grid: Grid) -> tuple[tuple[int, int, int], ...]:
    """Shapes of the arrays on the faces across x, y and z, where the velocities along them stand."""
    return tuple(tuple(n + (2 - axis == m) for m, n in enumerate(grid.shape)) for axis in range(3))  # type: ignore[misc]
