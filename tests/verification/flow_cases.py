"""What checks of flows share: wall-clustered faces, tables, ducts that heat what flows in them, a sabotage."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.fv import ConductionProblem, Field, Grid, Side, flow_steady, solve
from thermal.fv.conjugate import CarryScheme
from thermal.fv.flow_field import FlowField

DATA = Path(__file__).parents[1] / "data"
MASS = 1e-12  # largest net flow of a cell over what flows in
NOTHING = 1e-9  # conductivity along the flow where conduction there is left out, over that across
Floats = NDArray[np.float64]


def table(name: str) -> list[dict[str, str]]:
    """Rows of a table of references."""
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def clustered(cells: int, share: float = 1.0, length: float = 1.0) -> Floats:
    """Faces that lie closer at both ends: `share` of a cosine, the rest even."""
    s = np.linspace(0.0, 1.0, cells + 1)
    return length * ((1.0 - share) * s + share * 0.5 * (1.0 - np.cos(np.pi * s)))


def duct_velocity(y: Floats, z: Floats, width: float, height: float) -> Floats:
    """Developed velocity in a rectangular duct, origin in its corner, without scale, (z, y); Shah & London 1978."""
    Y, Z = np.meshgrid(y - 0.5 * width, z - 0.5 * height)
    if height > width:
        Y, Z, width, height = Z, Y, height, width
    u = np.zeros(Y.shape)
    for m in range(1, 400, 2):  # cosh(a)/cosh(b) in a form that does not overflow
        b = 0.5 * m * np.pi * width / height
        a = m * np.pi * np.abs(Y) / height
        ratio = np.exp(a - b) * (1.0 + np.exp(-2.0 * a)) / (1.0 + np.exp(-2.0 * b))
        u += (-1.0) ** ((m - 1) // 2) / m**3 * (1.0 - ratio) * np.cos(m * np.pi * Z / height)
    return u


@dataclass(frozen=True, eq=False)
class HeatedDuct:
    """Developed flow along x and walls that heat it; a side that is no wall is a plane of symmetry.

    Heat capacity is 1, and so is the conductivity unless it is wrong on purpose; none along the flow.
    """

    y: Floats  # faces [m]
    z: Floats
    u: Floats  # (z, y) [m/s]
    walls: tuple[Side, ...]
    heated: tuple[Side, ...]
    conductivity: float = 1.0

    @cached_property
    def flows(self) -> Floats:
        """Flow through each cell of the cross-section [m3/s]."""
        return self.u * np.outer(np.diff(self.z), np.diff(self.y))

    def perimeter(self, sides: tuple[Side, ...]) -> float:
        """Length of some sides around the cross-section [m]."""
        return sum(float(np.ptp(self.z if side[0] == "y" else self.y)) for side in sides)

    @property
    def diameter(self) -> float:
        """Hydraulic, of all walls [m]."""
        return 4.0 * float(np.ptp(self.y) * np.ptp(self.z)) / self.perimeter(self.walls)

    @property
    def scale(self) -> float:
        """Length of one x*, U Dh² with heat capacity and conductivity 1 [m]."""
        return float(self.flows.sum() / np.ptp(self.y) / np.ptp(self.z)) * self.diameter**2

    def field(
        self, x_star: Floats, wall: float | Floats, inlet: float | Floats, scheme: CarryScheme = "linear_upwind"
    ) -> Field:
        """Field between planes at x*, heated walls having a temperature in each cell along the flow [K]."""
        problem = self._carried(x_star, inlet, scheme)
        for side in self.heated:
            problem.fix_temperature(side, np.broadcast_to(wall, problem.grid.areas("xyz".index(side[0])).shape))
        return solve(problem, 1e-12)

    def warmed(self, x_star: Floats, flux: float = 1.0) -> Field:
        """Field between planes at x* with one flux through all heated walls [W/m2], entering at 0."""
        problem = self._carried(x_star, 0.0, "linear_upwind")
        for side in self.heated:
            problem.set_flux(side, flux)
        return solve(problem, 1e-9)

    def _carried(self, x_star: Floats, inlet: float | Floats, scheme: CarryScheme) -> ConductionProblem:
        grid = Grid.from_faces(x_star * self.scale, self.y, self.z)
        problem = ConductionProblem(grid, conductivity=(NOTHING, self.conductivity, self.conductivity))
        u = self.u[:, :, None].repeat(len(x_star), axis=2)
        problem.carry(u, heat_capacity=1.0, inlet_temperature={"x_min": inlet}, scheme=scheme)
        return problem

    def bulk(self, field: Field) -> Floats:
        """Mean over the flow in each cell along it [K]."""
        return np.asarray(np.einsum("zy,zyx->x", self.flows, field.temperature) / self.flows.sum())

    def wall(self, field: Field) -> Floats:
        """Mean of heated walls around the cross-section in each cell along the flow [K]."""
        widths = {"y": field.grid.widths.z, "z": field.grid.widths.y}
        around = sum(widths[side[0]] @ field.surface(side) for side in self.heated)
        return np.asarray(around / self.perimeter(self.heated))

    def flux(self, field: Field) -> Floats:
        """Heat over heated wall in each cell along the flow, times Dh over a conductivity of 1 [K]."""
        heat = sum(field.side_heat(side).sum(axis=0) for side in self.heated)
        return np.asarray(heat / (self.perimeter(self.heated) * field.grid.widths.x) * self.diameter)


def sabotage(monkeypatch: pytest.MonkeyPatch, **factors: float) -> None:
    """Multiply parts of the system (links, wall, quadratic …) that the solver works on."""

    def scaled(part: Any, factor: float) -> Any:
        return tuple(scaled(p, factor) for p in part) if isinstance(part, tuple) else factor * part

    layout = flow_steady.flow_system

    def wrong(given: Any) -> Any:
        system = layout(given)
        return system._replace(**{name: scaled(getattr(system, name), f) for name, f in factors.items()})

    monkeypatch.setattr(flow_steady, "flow_system", wrong)


def assert_mass_is_conserved(flow: FlowField) -> None:
    """In every cell, to rounding."""
    assert flow.imbalance < MASS
