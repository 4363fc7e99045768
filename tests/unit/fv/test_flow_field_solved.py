"""Answers of solved flows against their balance of forces, and the compiled steps of streamlines against plain ones."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_lines import follow, note, step, velocity_at
from thermal.fv.flow_steady import solve_flow


@pytest.fixture(scope="module")
def ridged() -> FlowField:
    """A duct driven by an imposed pressure, with a ridge on its floor and a moving cover."""
    faces = [np.linspace(0.0, 1.0, 3), np.linspace(0.0, 1.0, 9), np.linspace(0.0, 1.0, 9) ** 1.2]
    problem = FlowProblem(Grid.from_faces(*faces), density=1.0, viscosity=0.5, least_cells=1)
    problem.block(Box(y=(0.25, 0.5), z=(0.0, float(faces[2][4]))))
    problem.periodic("x", pressure_drop=3.0)
    problem.wall("z_max", velocity=(0.1, 0.0, 0.0))
    return solve_flow(problem, tolerance=1e-11)


def drag(field: FlowField) -> float:
    """Force of the fluid on all walls along x [N]."""
    sides = sum(float((field.wall_shear(side)[0] * field.grid.areas(n)).sum())
                for n in (1, 2) for side in (f"{'xyz'[n]}_min", f"{'xyz'[n]}_max"))  # type: ignore[arg-type]  # fmt: skip
    blocks = sum(float((field.block_shear("xyz"[n])[0] * np.expand_dims(field.grid.areas(n), 2 - n)).sum())  # type: ignore[arg-type]
                 for n in (1, 2))  # fmt: skip
    return sides + blocks


def test_the_shear_on_all_walls_holds_what_the_pressure_drives(ridged: FlowField) -> None:
    driven = 3.0 * float(ridged.grid.volumes[ridged.input.fluid].sum())
    assert drag(ridged) == pytest.approx(driven, rel=1e-8)
    assert 1.01 * drag(ridged) != pytest.approx(driven, rel=1e-8)
    assert ridged.block_shear("z")[0].any()


def test_a_plane_of_symmetry_goes_on_round_a_periodic_channel() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 0.5, 1.0), (2, 6, 1)), density=1.0, viscosity=0.5, least_cells=1)
    problem.symmetry("y_max")
    problem.periodic("x", pressure_drop=3.0)
    half = solve_flow(problem, tolerance=1e-11)
    assert drag(half) == pytest.approx(1.5, rel=1e-8)
    assert np.ptp(half.u, axis=2).max() < 1e-9


def test_a_streamline_of_a_duct_comes_out_where_it_came_in(ridged: FlowField) -> None:
    line = ridged.streamlines([(0.0, 0.7, 0.6)])[0]
    np.testing.assert_allclose(line.points[-1], [1.0, 0.7, 0.6], atol=1e-9)


def test_compiled_and_plain_lines_agree() -> None:
    rng = np.random.default_rng(3)
    x, y, z = (np.concatenate([[0.0], np.cumsum(rng.uniform(0.5, 1.0, n))]) for n in (4, 3, 2))
    u, v, w = rng.normal(1.0, 0.3, (2, 3, 5)), rng.normal(0.0, 0.3, (2, 4, 4)), rng.normal(0.0, 0.3, (3, 3, 4))
    seed, cell = np.array([0.1, y[1] + 0.1, z[1] + 0.1]), np.array([1, 1, 0])
    out = np.empty((50, 5))
    count, met = follow(seed, cell, x, y, z, u, v, w, 100.0, 1e-6, out)
    assert not met
    assert count > 3
    again = np.empty((50, 5))
    assert follow.py_func(seed, cell, x, y, z, u, v, w, 100.0, 1e-6, again) == (count, met)
    np.testing.assert_allclose(again[:count], out[:count], rtol=1e-13)
    point, here = seed.copy(), cell.copy()
    time, axis, _ = step.py_func(point, here, x, y, z, u, v, w)
    np.testing.assert_allclose(point, out[1, :3], rtol=1e-13)
    assert time == pytest.approx(out[1, 4])
    assert point[axis] in (x, y, z)[axis]
    row = np.empty((1, 5))
    note.py_func(row, 0, seed, cell, 0.0, x, y, z, u, v, w)
    np.testing.assert_allclose(row[0], out[0], rtol=1e-13)
    assert np.linalg.norm(velocity_at.py_func(seed, cell, x, y, z, u, v, w)) == pytest.approx(out[0, 3])
