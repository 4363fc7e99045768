"""Conductances of faces: half cells in series, contacts, sides."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import Box, ConductionProblem, Grid
from thermal.fv.assemble import assemble
from thermal.fv.conductance import _faces, face_conductances, in_series
from thermal.fv.materials import conductivity

GRID = Grid.from_faces([0.0, 1.0, 3.0], [0.0, 2.0], [0.0, 0.5, 1.0])


def problem() -> ConductionProblem:
    made = ConductionProblem(GRID, conductivity=(2.0, 3.0, 5.0))
    made.set_material(Box(x=(1.0, 3.0)), 8.0)
    made.set_convection("z_max", h=4.0, temperature=300.0)
    return made


def test_half_cells_in_series() -> None:
    g = assemble(problem()).stencil
    assert g.gx[0, 0, 0] == pytest.approx(1.0 / (0.5 / 2.0 + 1.0 / 8.0))  # area 2 · 0.5
    assert g.gz[0, 0] == pytest.approx([2.0 * 5.0 / 0.5, 4.0 * 8.0 / 0.5])
    assert not g.gx[..., -1].any()
    assert not g.gy.any()
    assert not g.gz[-1].any()


def test_robin_face() -> None:
    extra = assemble(problem()).stencil.extra
    assert extra[1, 0] == pytest.approx([2.0 / (1 / 4 + 0.25 / 5), 4.0 / (1 / 4 + 0.25 / 8)])
    assert not extra[0].any()


def test_a_contact_in_series_and_on_half_a_face() -> None:
    made = problem()
    made.set_contact(z=0.5, resistance=0.3)
    assert assemble(made).stencil.gz[0, 0, 0] == pytest.approx(2.0 / (0.3 + 0.5 / 5.0))
    made = problem()
    made.set_contact(z=0.5, resistance=0.3, within=Box(x=(0.0, 2.0)))
    bare, covered = 2.0 / (0.5 / 8.0), 2.0 / (0.3 + 0.5 / 8.0)
    assert assemble(made).stencil.gz[0, 0, 1] == pytest.approx(bare + covered)
    made.set_contact(z=0.5, resistance=0.0)  # the later one counts
    assert assemble(made).stencil.gz[0, 0, 1] == pytest.approx(2.0 * bare)


def test_a_later_condition_replaces_an_earlier_one() -> None:
    made = problem()
    made.fix_temperature("z_max", 290.0, Box(x=(1.5, 2.5)))
    extra = assemble(made).stencil.extra
    assert extra[1, 0, 1] == pytest.approx(2.0 / (1 / 4 + 0.25 / 8) + 2.0 / (0.25 / 8))
    made.set_adiabatic("z_max", Box(x=(1.0, 3.0)))
    assert assemble(made).stencil.extra[1, 0, 1] == 0.0


def test_compiled_and_plain_kernels_agree() -> None:
    grid = Grid.from_faces([0, 1, 3, 4, 8, 9], [0, 1, 2, 5, 6], [0, 3, 4, 5])
    nz, ny, nx = grid.shape
    k = np.random.default_rng(1).uniform(0.1, 9.0, (3, ny, nz, nx))
    compiled, plain = np.zeros_like(k), np.zeros_like(k)
    _faces(*k, *grid.widths, *compiled)
    getattr(_faces, "py_func", _faces)(*k, *grid.widths, *plain)
    np.testing.assert_allclose(compiled, plain, rtol=1e-14)


def test_isotropic_materials_take_one_array() -> None:
    made = ConductionProblem(GRID, conductivity=2.0)
    k = conductivity(GRID, made.materials)
    assert k.x is k.y is k.z
    made.set_material(Box(z=(0.5, 1.0)), (1.0, 2.0, 3.0))
    k = conductivity(GRID, made.materials)
    assert (k.x[0, 0, 0], k.x[1, 0, 0], k.y[1, 0, 0], k.z[1, 0, 0]) == (2.0, 1.0, 2.0, 3.0)
    assert face_conductances(GRID, k).z[0, 0, 0] == pytest.approx(2.0 * in_series(2.0 / 0.25, 3.0 / 0.25))
