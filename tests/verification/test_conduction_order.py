"""Order of accuracy of conduction on manufactured fields: even and uneven grids, jumps on faces, anisotropy."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, solve
from thermal.numerics.multigrid import Multigrid, Stencil

H = 3.0  # [W/(m2 K)]
SOFT, HARD = 1.0, 40.0  # either side of the jump [W/(m K)]
EVEN = np.linspace(0.0, 1.0, 9)
UNEVEN = np.concatenate([[0.0], np.cumsum([1.0, 1.6, 0.9, 2.0, 1.2, 1.0, 1.5, 0.8])]) / 10.0
GRADED = (np.linspace(0.0, 1.0, 9) + 2.0 * np.linspace(0.0, 1.0, 9) ** 2) / 3.0


@dataclass(frozen=True)
class Case:
    """T = 300 + X(x) (1 + sin 2y) cos(πz)/κ, with X = sin(2πx) and κ = k(x), or X = cosh x and κ = 1.

    With the sine, T and k ∂T/∂x are continuous over the jump of k at x = ½.
    """

    faces: tuple[np.ndarray, np.ndarray, np.ndarray]
    k: tuple[float, float, float] = (2.0, 2.0, 2.0)
    jump: bool = False

    def parts(self, x, y, z):
        """T − 300, its derivative along y, and the source [K], [K/m], [W/m3]."""
        kx, ky, kz = self.k
        if self.jump:
            conductivity = np.where(x < 0.5, SOFT, HARD)
            X, X2 = np.sin(2.0 * math.pi * x) / conductivity, -((2.0 * math.pi) ** 2)
            kx = ky = kz = conductivity
        else:
            X, X2 = np.cosh(x), 1.0
        Y, Y1, Y2, Z = 1.0 + np.sin(2.0 * y), 2.0 * np.cos(2.0 * y), -4.0 * np.sin(2.0 * y), np.cos(math.pi * z)
        source = -(kx * X2 * X * Y + ky * X * Y2 - kz * math.pi**2 * X * Y) * Z
        return X * Y * Z, X * Y1 * Z, source

    def problem(self, refinement: int) -> ConductionProblem:
        """Temperature held on the sides in x, flux in at y = 0, convection at y = 1, adiabatic in z."""
        grid = Grid.from_faces(*self.faces).refined(refinement)
        x, y, z = np.meshgrid(*grid.centres, indexing="ij")
        problem = ConductionProblem(grid, self.k)
        if self.jump:
            problem.set_material(Box(x=(0.0, 0.5)), SOFT)
            problem.set_material(Box(x=(0.5, 1.0)), HARD)
        problem.add_cell_heat(self.parts(x, y, z)[2].transpose() * grid.volumes)
        for side, place in (("x_min", 0.0), ("x_max", 1.0)):
            problem.fix_temperature(side, 300.0 + self.parts(np.full_like(x[0], place), y[0], z[0])[0].transpose())
        x, z = x[:, 0], z[:, 0]
        ky = np.where(x < 0.5, SOFT, HARD) if self.jump else self.k[1]
        problem.set_flux("y_min", (-ky * self.parts(x, np.zeros_like(x), z)[1]).transpose())
        T, slope, _ = self.parts(x, np.ones_like(x), z)
        problem.set_convection("y_max", h=H, temperature=(300.0 + T + ky * slope / H).transpose())
        return problem

    def error(self, field: Field) -> float:
        """Root mean square error by volume over that of the field itself."""
        x, y, z = np.meshgrid(*field.grid.centres, indexing="ij")
        exact = self.parts(x, y, z)[0].transpose()
        volumes = field.grid.volumes
        return math.sqrt((volumes * (field.temperature - 300.0 - exact) ** 2).sum() / (volumes * exact**2).sum())


def off(stencil: Stencil) -> Multigrid:
    """The sabotage: conductances along x 1 % too large."""
    return Multigrid(stencil._replace(gx=1.01 * stencil.gx))


def orders(case: Case, solver=Multigrid) -> tuple[list[float], list[float]]:
    """Errors on 8, 16 and 32 cells along each side, and the orders between them."""
    errors = [case.error(solve(case.problem(n), 1e-11, solver=solver)) for n in (1, 2, 4)]
    return errors, [math.log2(a / b) for a, b in itertools.pairwise(errors)]


CASES = {
    "even": Case((EVEN, EVEN, EVEN)),
    "uneven": Case((UNEVEN, EVEN, UNEVEN[::-1].max() - UNEVEN[::-1])),
    "graded": Case((GRADED, 1.0 - GRADED[::-1], GRADED)),
    "anisotropic": Case((EVEN, GRADED, EVEN), k=(2.0, 0.7, 9.0)),
    "jump on a face": Case((EVEN, EVEN, EVEN), jump=True),
    "jump, uneven": Case((np.concatenate([0.5 * GRADED[::2], 1.0 - 0.5 * GRADED[::-2][1:]]), GRADED, EVEN), jump=True),
}


@pytest.mark.parametrize("name", CASES)
def test_second_order(name: str) -> None:
    errors, order = orders(CASES[name])
    assert errors[-1] < 5e-3
    assert order == pytest.approx([2.0, 2.0], abs=0.1)
    _, sabotaged = orders(CASES[name], off)
    assert sabotaged != pytest.approx([2.0, 2.0], abs=0.1)
