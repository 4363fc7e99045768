"""Flow is solved on the box around its fluid, and comes back on the whole grid."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv.flow_crop import Crop
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import INLET, OUTLET, SYMMETRY, WALL, FlowInput
from thermal.fv.flow_steady import solve_flow
from thermal.fv.memory import FLOW_SOLVED


def channel_in_metal() -> FlowInput:
    """A quarter of the section is fluid."""
    grid = Grid.from_faces(np.linspace(0.0, 0.02, 11), np.linspace(0.0, 1e-3, 13), np.linspace(0.0, 2e-3, 17))
    problem = FlowProblem(grid, density=990.0, viscosity=1e-3)
    problem.block(Box(z=(0.0, 1e-3)))
    problem.block(Box(y=(0.5e-3, 1e-3)))
    problem.inlet("x_min", velocity=0.02)
    problem.outlet("x_max")
    problem.symmetry("y_min")
    return problem.checked()


def test_the_box_holds_all_fluid_and_no_more() -> None:
    """Sides that moved inward are walls; those that stayed keep their conditions."""
    part = Crop(channel_in_metal()).part
    assert part.grid.shape == (8, 6, 10)
    assert part.fluid.all()
    kinds = {side: set(np.unique(condition.kind)) for side, condition in part.sides.items()}
    assert kinds["x_min"] == {INLET}
    assert kinds["x_max"] == {OUTLET}
    assert kinds["y_min"] == {SYMMETRY}
    assert kinds["y_max"] == kinds["z_min"] == kinds["z_max"] == {WALL}


def test_a_field_comes_back_where_it_was() -> None:
    """Inward after outward is the same; outside all is at rest."""
    crop, rng = Crop(channel_in_metal()), np.random.default_rng(1)
    nz, ny, nx = crop.part.grid.shape
    shapes = ((nz, ny, nx + 1), (nz, ny + 1, nx), (nz + 1, ny, nx), (nz, ny, nx))
    field = FlowField(crop.part, *(rng.random(shape) for shape in shapes))
    whole = crop.outward(field)
    back = crop.inward(whole)
    assert all(np.array_equal(a, b) for a, b in zip(back.velocity, field.velocity, strict=True))
    assert np.array_equal(back.p, field.p)
    assert not whole.p[~crop.whole.fluid].any()
    assert np.isclose(np.abs(whole.u).sum(), np.abs(field.u).sum())


def test_blocked_cells_around_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The flow on the whole grid is that of the box."""
    given = channel_in_metal()
    small = solve_flow(given)
    monkeypatch.setattr("thermal.fv.flow_crop._box", lambda flow: tuple(slice(0, n) for n in flow.grid.shape))
    large = solve_flow(given)
    assert small.grid is given.grid
    for a, b in zip((*small.velocity, small.p), (*large.velocity, large.p), strict=True):
        assert np.abs(a - b).max() <= 1e-5 * np.abs(b).max()
    assert small.imbalance < 1e-12


def test_more_cells_than_memory_are_refused_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is asked for the fluid's box at the flow solver's own need."""
    given = channel_in_metal()
    cells = Crop(given).part.grid.cells
    monkeypatch.setattr("thermal.fv.memory.available_memory", lambda: 0.99 * FLOW_SOLVED * cells)
    with pytest.raises(InputError, match="GB are free"):
        solve_flow(given)
