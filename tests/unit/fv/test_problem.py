"""What a conduction problem takes, keeps and refuses."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, ConductionProblem, Grid, solve
from thermal.fv import memory as memory_module
from thermal.fv.assemble import assemble

GRID = Grid.uniform((0.03, 0.02, 0.01), (6, 5, 4))
INFINITE = math.inf


def plate() -> ConductionProblem:
    problem = ConductionProblem(GRID, conductivity=10.0)
    problem.set_convection("z_max", h=100.0, temperature=300.0)
    return problem


def test_heat_of_a_box_is_kept_and_shared_by_volume() -> None:
    problem = plate()
    box = Box((0.0012, 0.0123), (0.0031, 0.0199), (0.0004, 0.0071))
    problem.add_heat(box, 7.0)
    problem.add_heat(box, np.arange(12.0).reshape(3, 4))
    system = assemble(problem)
    assert system.source == pytest.approx(73.0, rel=1e-14)
    heat = system.rhs.copy()
    assert heat.sum() == pytest.approx(73.0, rel=1e-14)
    evenly = plate()
    evenly.add_heat(box, 7.0)
    rhs = assemble(evenly).rhs
    share = (0.005 - 0.0012) * (0.004 - 0.0031) * (0.0025 - 0.0004) / (0.0111 * 0.0168 * 0.0067)
    assert rhs[0, 0, 0] == pytest.approx(7.0 * share, rel=1e-12)


def test_a_map_is_turned_the_right_way() -> None:
    problem = plate()
    problem.add_heat(Box(), [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])  # rows along y
    heat = assemble(problem).rhs.sum(axis=0)
    assert heat[:, :3].sum() == pytest.approx(9.0)
    assert heat[:, 3:].sum() == pytest.approx(12.0)
    assert heat[0].sum() == pytest.approx(3.0 * 0.6)
    assert heat[0, 0] < heat[0, -1] < heat[-1, -1]


def test_heat_by_cell_adds_up() -> None:
    problem = plate()
    cells = np.random.default_rng(3).normal(size=GRID.shape)
    problem.add_cell_heat(cells)
    problem.add_cell_heat(cells)
    np.testing.assert_allclose(assemble(problem).rhs, 2.0 * cells, rtol=1e-15)


def test_changing_the_problem_leaves_the_field_alone() -> None:
    problem = plate()
    problem.set_flux("z_min", 1e4)
    field = solve(problem)
    before = float(field.surface("z_min").mean())
    problem.set_flux("z_min", 2e4)
    problem.set_material(None, 1.0)
    assert float(field.surface("z_min").mean()) == before
    assert field.sample(0.01, 0.01, 0.0) == pytest.approx(before, rel=1e-9)


REFUSED = {
    "conductivity": (lambda p: p.set_material(Box(z=(0.0, 0.005)), 0.0), "set_material.*a conductivity of 0; give a"),
    "anisotropic": (lambda p: p.set_material(None, (1.0, INFINITE, -2.0)), "conductivity of -2(.|\n)*of inf"),
    "two values": (lambda p: p.set_material(None, (1.0, 2.0)), "2 values; give one, or"),
    "shape": (lambda p: p.set_material(None, np.ones((2, 2, 2))), "shape (2, 2, 2) for a grid of (4, 5, 6)"),
    "material outside": (lambda p: p.set_material(Box(x=(0.02, 0.04)), 1.0), "outside the grid"),
    "heat outside": (lambda p: p.add_heat(Box(y=(-0.01, 0.01)), 1.0), "add_heat.*outside the grid; stay between 0"),
    "heat not finite": (lambda p: p.add_heat(Box(), math.nan), "power: nan W; give a finite number"),
    "row of heat": (lambda p: p.add_heat(Box(), [1.0, 2.0]), "1 dimensions; give a number, a map"),
    "heat of cells": (lambda p: p.add_cell_heat(np.ones(3)), "the shape (3,) is given; give the shape (4, 5, 6)"),
    "resistance": (lambda p: p.set_contact(z=0.005, resistance=-1.0), "-1 m2 K/W; give a finite number, not below 0"),
    "no face": (lambda p: p.set_contact(z=0.004, resistance=1.0), "no face at 0.004 m; put a face there; the nearest"),
    "outer face": (lambda p: p.set_contact(x=0.03, resistance=1.0), "is an outer side; give set_convection with h = 1"),
    "two planes": (lambda p: p.set_contact(x=0.01, y=0.01, resistance=1.0), "2 positions; give exactly one"),
    "side": (lambda p: p.set_flux("top", 1.0), "'top' is not known; use one of x_min"),
    "h": (lambda p: p.set_convection("z_min", -5.0, math.nan), "h: -5 W/(m2 K)(.|\n)*temperature: nan K"),
    "array": (lambda p: p.set_flux("z_min", np.ones((3, 3))), "give one number or the shape (5, 6)"),
    "array on part": (lambda p: p.set_flux("z_min", np.ones((5, 6)), Box(x=(0.0, 0.01))), "the shape (5, 6) is given"),
    "rectangle": (lambda p: p.set_flux("z_min", 1.0, Box(z=(0.0, 0.01))), "has ends in z; leave that direction out"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        call(plate())
    for part in words.split("(.|\n)*"):
        assert re.search(".*".join(map(re.escape, part.split(".*"))), str(caught.value))


def test_a_bad_cell_is_named() -> None:
    k = np.ones(GRID.shape)
    k[3, 1, 2] = math.nan
    with pytest.raises(InputError, match=r"cell \(z, y, x\) = \(3, 1, 2\) at x = 0\.0125.*a conductivity of nan"):
        ConductionProblem(GRID, k)


def test_cells_without_material() -> None:
    problem = ConductionProblem(GRID)
    problem.set_convection("z_max", 1.0, 300.0)
    problem.set_material(Box(z=(0.0, 0.005)), 1.0)
    with pytest.raises(InputError, match=r"cell \(z, y, x\) = \(2, 0, 0\).*60 cells have no material; call set_mat"):
        solve(problem)


def test_nothing_fixes_the_temperature() -> None:
    problem = ConductionProblem(GRID, conductivity=1.0)
    problem.add_heat(Box(), 12.0)
    problem.set_convection("x_min", 0.0, 300.0)
    with pytest.raises(InputError, match=r"nothing fixes the temp.*add fix_temperature or set_convection .* the 12 W"):
        solve(problem)
    problem.fix_temperature("y_min", 300.0)
    problem.set_flux("y_min", 1.0)
    with pytest.raises(InputError, match="what y_min had was replaced later"):
        solve(problem)


def test_a_mesh_too_large_for_memory_is_refused_before_it_is_allocated() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (100_000, 100_000, 100_000))
    with pytest.raises(InputError, match=r"100000 × 100000 × 100000 cells need about 2e\+08 GB.*use at most"):
        ConductionProblem(grid, conductivity=1.0)
    memory_module.require_memory(GRID, available=200.0 * GRID.cells)
    with pytest.raises(InputError, match=r"use at most 1\.2e"):
        memory_module.require_memory(GRID, available=199.0 * GRID.cells)


def test_memory_of_a_container(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(memory_module, "GROUP", tmp_path)
    free = memory_module.available_memory()
    assert 1e6 < free < 1e15
    (tmp_path / "memory.max").write_text("5000\n")
    (tmp_path / "memory.current").write_text("2000\n")
    assert memory_module.available_memory() == 3000.0
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_module.available_memory() > 3000.0
    monkeypatch.setattr(memory_module, "MEMINFO", tmp_path / "absent")
    assert memory_module.available_memory() > 1e6  # the whole memory where the free part is not told
