"""Spreading of heat in plates against the exact cosine series, on three meshes each."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from thermal.fv import Box, ConductionProblem, Field, Grid, Layer, solve

CASES = json.loads((Path(__file__).parents[1] / "data" / "spreading.json").read_text(encoding="utf-8"))
S_A, S_B, S_C = "S_A_single_centered", "S_B_single_eccentric", "S_C_three_layer_hotspot"


def ends(centre: float, length: float) -> tuple[float, float]:
    return centre - 0.5 * length, centre + 0.5 * length


def spread(case: dict[str, Any], cell: float, cells: list[int], factor: float = 1.0) -> tuple[Field, Box]:
    """One watt into the source at z = 0, convection at the far side, in square cells of one size."""
    layers = [Layer(thickness, n) for (thickness, _), n in zip(case["layers"], cells, strict=True)]
    count = round(case["Lx"] / cell), round(case["Ly"] / cell)
    problem = ConductionProblem(Grid.layered(case["Lx"], case["Ly"], layers, cells=count))
    at = 0.0
    for n, (thickness, k) in enumerate(case["layers"]):
        problem.set_material(Box(z=(at, at + thickness)), factor * k)
        at += thickness
        if case["Rc"] and n < len(case["Rc"]):
            problem.set_contact(z=at, resistance=case["Rc"][n])
    source = Box(ends(case["xc"], case["a"]), ends(case["yc"], case["b"]))
    problem.set_flux("z_min", 1.0 / (case["a"] * case["b"]), source)
    problem.set_convection("z_max", case["h"], 0.0)
    return solve(problem), source


def errors(name: str, cell: float, cells: list[int], factor: float = 1.0) -> tuple[float, float]:
    """Relative errors of the mean over the source and of the temperature at its centre."""
    case = CASES[name]["case"]
    field, source = spread(case, cell, cells, factor)
    mean, centre = field.surface_mean("z_min", source), float(field.sample(case["xc"], case["yc"], 0.0))
    return mean / CASES[name]["R_mean"] - 1.0, centre / CASES[name]["R_src_centre"] - 1.0


# cell [m], cells through each layer, bounds on the errors of mean and centre
MESHES = {
    S_A: [(1.0e-3, [3], 1.0e-3, 1.0e-3), (5e-4, [6], 1.5e-3, 1e-4), (2.5e-4, [12], 5e-4, 1e-5)],
    S_B: [(1.0e-3, [2], 8.0e-3, 1.2e-3), (5e-4, [4], 4.2e-3, 6e-4), (2.5e-4, [8], 1.2e-3, 1.5e-4)],
    S_C: [(5e-4, [4, 2, 4], 1.5e-2, 2e-3), (2.5e-4, [8, 4, 8], 4.4e-3, 5e-4), (5e-3 / 30, [12, 4, 12], 2.1e-3, 3e-4)],
}


@pytest.mark.parametrize("name", MESHES)
def test_mean_and_centre_of_the_source(name: str) -> None:
    for cell, cells, *bounds in MESHES[name]:
        assert all(abs(error) < bound for error, bound in zip(errors(name, cell, cells), bounds, strict=True))
    for factor in (0.99, 1.01):
        wrong = errors(name, cell, cells, factor)
        assert all(abs(error) > bound for error, bound in zip(wrong, bounds, strict=True))


def test_the_error_is_that_of_another_finite_volume_code() -> None:
    """1.4 %, 0.4 %, 0.2 % on cells of 1/2, 1/4, 1/6 mm, as an independent sequence of grids gave for S_C."""
    found = [errors(S_C, cell, cells)[0] for cell, cells, *_ in MESHES[S_C]]
    assert found == pytest.approx([0.014, 0.004, 0.002], abs=5e-4)
    wrong = [errors(S_C, cell, cells, 1.01)[0] for cell, cells, *_ in MESHES[S_C]]
    assert wrong != pytest.approx([0.014, 0.004, 0.002], abs=5e-4)


@pytest.mark.parametrize(("name", "cells"), [(S_A, [6]), (S_B, [4])])
def test_the_error_falls_fourfold_on_halved_cells(name: str, cells: list[int]) -> None:
    """Sources on faces of both meshes; at the rim of the source the flux is singular, yet the mean keeps its order."""
    coarse, fine = errors(name, 5e-4, cells)[0], errors(name, 2.5e-4, [2 * n for n in cells])[0]
    assert 1.75 < math.log2(coarse / fine) < 2.1
    factor = 1.01  # with a wrong conductivity the error stays
    coarse, fine = errors(name, 5e-4, cells, factor)[0], errors(name, 2.5e-4, [2 * n for n in cells], factor)[0]
    assert not 1.75 < math.log2(abs(coarse / fine)) < 2.1


@pytest.mark.parametrize("name", MESHES)
def test_far_corners(name: str) -> None:
    cell, cells, _, _ = MESHES[name][1]
    reference = CASES[name]
    case = reference["case"]
    field, _ = spread(case, cell, cells)
    near, far = field.sample([0.0, case["Lx"]], [0.0, case["Ly"]], 0.0)
    assert near == pytest.approx(reference["T_corner_origin"], rel=2.5e-3)
    assert far == pytest.approx(reference["T_corner_far"], rel=2.5e-3)
    wrong, _ = spread(case, cell, cells, 1.01)
    assert wrong.sample(0.0, 0.0, 0.0) != pytest.approx(reference["T_corner_origin"], rel=2.5e-3)
    assert field.energy.sides["z_max"] == pytest.approx(-1.0, rel=1e-12)
