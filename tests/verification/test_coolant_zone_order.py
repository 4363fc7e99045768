"""Order of accuracy of solid and coolant coupled both ways: a manufactured field, and a chip on a finned plate."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.numerics.multigrid import Stencil
from thermal.numerics.streams import StreamMultigrid, Streams

EVEN = np.linspace(0.0, 1.0, 9)
UNEVEN = np.concatenate([[0.0], np.cumsum([1.0, 1.6, 0.9, 1.5, 1.2, 1.0, 1.5, 1.3])]) / 10.0
GRADED = (EVEN + 2.0 * EVEN**2) / 3.0
HALVES = np.concatenate([0.5 * GRADED[::2], 1.0 - 0.5 * GRADED[::-2][1:]])  # with a face at ½
H = 3.0  # [W/(m2 K)]
LOW, HIGH = (2.0, 0.7, 40.0), (1.0, 3.0, 2.0)  # conductivities below and above z = ½ [W/(m K)]
CAPACITY, EXCHANGE = 5.0, 12.0  # by area of cross-section [W/(m2 K)] and by volume [W/(m3 K)]
LAG = CAPACITY / EXCHANGE


@dataclass(frozen=True)
class Case:
    """T = 300 + X(x) Z(z) (η³ + 3 τ η²), coolant 300 + X Z η³ in z > ½, η along the flow from where it enters.

    τ is the ratio of capacity flow and exchange: that is how coolant follows this solid. Z = sin(2πz)/kz makes
    temperature and flux continuous over the jump of conductivity at z = ½; X = 1 + cos(πx)/2 is adiabatic at its ends.
    """

    faces: tuple[np.ndarray, np.ndarray, np.ndarray]
    direction: str = "y_max"

    def along(self, y):
        """η, and its slope."""
        if self.direction == "split":
            return np.abs(y - 0.5), np.sign(y - 0.5)
        return (y, np.ones_like(y)) if self.direction == "y_max" else (1.0 - y, -np.ones_like(y))

    def parts(self, x, y, z):
        """Rise of solid and coolant, slope of the solid along y, and source [K], [K], [K/m], [W/m3]."""
        eta, sign = self.along(y)
        kx, ky, kz = (np.where(z < 0.5, low, high) for low, high in zip(LOW, HIGH, strict=True))
        X, X2 = 1.0 + 0.5 * np.cos(math.pi * x), -0.5 * math.pi**2 * np.cos(math.pi * x)
        Z, Z2 = np.sin(2.0 * math.pi * z) / kz, -4.0 * math.pi**2
        Y, Y1, Y2 = eta**3 + 3.0 * LAG * eta**2, 3.0 * eta**2 + 6.0 * LAG * eta, 6.0 * eta + 6.0 * LAG
        taken = np.where(z < 0.5, 0.0, CAPACITY * 3.0 * eta**2 * X * Z)
        source = -(kx * X2 * Y + ky * X * Y2 + kz * X * Y * Z2) * Z + taken
        return X * Y * Z, X * Z * eta**3, X * Y1 * sign * Z, source

    def problem(self, refinement: int) -> ConductionProblem:
        grid = Grid.from_faces(*self.faces).refined(refinement)
        x, y, z = np.meshgrid(*grid.centres, indexing="ij")
        problem = ConductionProblem(grid, HIGH)
        problem.set_material(Box(z=(0.0, 0.5)), LOW)
        problem.add_cell_heat(self.parts(x, y, z)[3].transpose() * grid.volumes)
        for side in ("z_min", "z_max"):
            problem.fix_temperature(side, 300.0)
        x, z = x[:, 0], z[:, 0]
        ky = np.where(z < 0.5, LOW[1], HIGH[1])
        T, _, slope, _ = self.parts(x, np.ones_like(x), z)
        problem.set_convection("y_max", h=H, temperature=(300.0 + T + ky * slope / H).transpose())
        problem.set_flux("y_min", (-ky * self.parts(x, np.zeros_like(x), z)[2]).transpose())
        given = {"exchange": EXCHANGE, "inlet_temperature": 300.0, "direction": self.direction}
        problem.add_coolant(Box(z=(0.5, 1.0)), capacity_flow=CAPACITY * 0.5, **given)
        return problem

    def errors(self, field: Field) -> tuple[float, float]:
        """Root mean square errors of solid and of leaving coolant over those of the exact ones."""
        x, y, z = np.meshgrid(*field.grid.centres, indexing="ij")
        exact, volumes = self.parts(x, y, z)[0].transpose(), field.grid.volumes
        solid = (volumes * (field.temperature - 300.0 - exact) ** 2).sum() / (volumes * exact**2).sum()
        coolant = field.coolant[0]
        zone = coolant.zone.cells[0]
        found, exact = coolant.leaving - 300.0, np.empty(coolant.leaving.shape)
        for run in coolant.zone.runs:
            end = field.grid.faces.y[run + (1 if coolant.zone.step[run[0]] > 0 else 0)]
            x, y, z = np.meshgrid(field.grid.centres.x, end, field.grid.centres.z[zone], indexing="ij")
            exact[:, run] = self.parts(x, y, z)[1].transpose()
        weight = volumes[zone]
        return math.sqrt(solid), math.sqrt((weight * (found - exact) ** 2).sum() / (weight * exact**2).sum())


def sabotaged(change: Callable[[Streams], Streams]) -> Callable[[Stencil, Streams], StreamMultigrid]:
    return lambda stencil, streams: StreamMultigrid(stencil, change(streams))


def greedy(streams: Streams) -> Streams:
    """Each cell gives 1 % more to its coolant."""
    return streams._replace(uptake=1.01 * streams.uptake)


def upwind(streams: Streams) -> Streams:
    """First order: N/(1 + N) instead of 1 − exp(−N)."""
    N = -np.log1p(-streams.uptake)
    return streams._replace(uptake=N / (1.0 + N))


CASES = {
    "even": Case((EVEN, EVEN, EVEN)),
    "uneven": Case((UNEVEN, UNEVEN, HALVES)),
    "graded, backward": Case((GRADED, 1.0 - GRADED[::-1], HALVES), "y_min"),
    "split": Case((GRADED, HALVES, EVEN), "split"),
}


def orders(case: Case, solver=None) -> list[list[float]]:
    """Orders of solid and coolant between 8, 16 and 32 cells along each side."""
    errors = zip(*(case.errors(solve(case.problem(n), 1e-10, solver=solver)) for n in (1, 2, 4)), strict=True)
    return [[math.log2(a / b) for a, b in itertools.pairwise(found)] for found in errors]


@pytest.mark.parametrize("name", CASES)
def test_second_order(name: str) -> None:
    solid, coolant = orders(CASES[name])
    assert solid == pytest.approx([2.0, 2.0], abs=0.1)
    assert coolant == pytest.approx([2.0, 2.0], abs=0.1)


@pytest.mark.parametrize("change", [greedy, upwind])
def test_second_order_is_seen_to_fail(change: Callable[[Streams], Streams]) -> None:
    wrong = [value for found in orders(CASES["uneven"], sabotaged(change)) for value in found]
    assert wrong != pytest.approx([2.0] * 4, abs=0.1)


@dataclass(frozen=True)
class Plate:
    """Silicon with a smooth hot spot, paste, copper base, fins with coolant, cover; all widths differ."""

    direction: str

    def solve(self, refinement: int, solver=None) -> Field:
        mm = 1e-3
        x = np.concatenate([[0.0], np.cumsum([5.0, 4.0, 3.0, 3.0, 4.0, 6.0])]) * mm
        y = np.array([0.0, 6.0, 11.0, 15.0, 19.0, 24.0, 30.0]) * mm
        z = np.array([0.0, 0.5, 0.6, 1.6, 2.6, 3.6, 4.6, 5.6]) * mm
        grid = Grid.from_faces(x, y, z).refined(refinement)
        problem = ConductionProblem(grid, 390.0)
        problem.set_material(Box(z=(0.0, z[1])), 120.0)
        problem.set_material(Box(z=(z[1], z[2])), 5.0)
        problem.set_material(Box(z=(z[3], z[6])), (1.0, 195.0, 195.0))
        X, Y = grid.centres.x / x[-1], grid.centres.y / y[-1]
        heat = np.zeros(grid.shape)
        chip = grid.cells_in(Box(z=(0.0, z[1])))[0]
        spot = np.exp(-40.0 * (X - 0.4) ** 2) * np.exp(-25.0 * (Y[:, None] - 0.55) ** 2)
        heat[chip] = 4e9 * spot * grid.volumes[chip]
        problem.add_cell_heat(heat)
        problem.set_convection("z_max", 200.0, 310.0)
        given = {"capacity_flow": 20.0, "inlet_temperature": 300.0, "direction": self.direction}
        problem.add_coolant(Box(z=(z[3], z[6])), exchange=3e7, **given)
        return solve(problem, 1e-11, solver=solver)

    def numbers(self, refinement: int, solver=None) -> np.ndarray:
        """Mean of the chip and of part of it, heat of the coolant, outlet of the middle columns and of the top."""
        field = self.solve(refinement, solver)
        mm = 1e-3
        coolant = field.coolant[0]
        middle, top = slice(refinement, 3 * refinement), slice(2 * refinement, None)
        flow = coolant.zone.capacity
        outlet = coolant.outlets[-1]
        parts = [(flow * outlet)[part].sum() / flow[part].sum() for part in ((slice(None), middle), (top, slice(None)))]
        chip = field.mean(Box(z=(0.0, 0.5 * mm)))
        spot = field.mean(Box((9 * mm, 15 * mm), (15 * mm, 19 * mm), (0.0, 0.5 * mm)))
        return np.array([chip, spot, coolant.heat, *parts])


def richardson(plate: Plate, solver=None) -> np.ndarray:
    """Order seen on three grids, each with half the widths of the one before, of each number."""
    coarse, medium, fine = (plate.numbers(n, solver) for n in (2, 4, 8))
    return np.log2(np.abs((coarse - medium) / (medium - fine)))


@pytest.mark.parametrize("direction", ["y_max", "split"])
def test_second_order_of_a_chip_on_a_finned_plate(direction: str) -> None:
    assert richardson(Plate(direction)) == pytest.approx(2.0, abs=0.1)
    wrong = richardson(Plate(direction), sabotaged(upwind))
    assert wrong != pytest.approx(2.0, abs=0.1)
