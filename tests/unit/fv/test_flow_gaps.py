"""How many cells a flow needs across its gaps, and which gaps are asked."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from tests.unit.fv.flow_problems import WATER, channel, refused
from thermal.errors import InputError
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv.flow_gaps import resolve_gaps


def slots(cells: int, length: int = 12) -> np.ndarray:
    """Blocked cells of a plane grid (1, 24, 30): a slot of some cells across y, in the middle along x."""
    mask = np.zeros((1, 24, 30), bool)
    mask[:, :, 9 : 9 + length] = True
    mask[:, 8 : 8 + cells, 9 : 9 + length] = False
    return mask


SLOTTED = Grid.uniform((0.030, 0.024, 0.001), (30, 24, 1))


@pytest.mark.parametrize(("cells", "fine"), [(7, True), (6, True), (5, False), (1, False)])
def test_a_slot_needs_its_cells(cells: int, fine: bool) -> None:
    problem = channel(SLOTTED)
    problem.block(slots(cells))
    if fine:
        problem.checked()
        return
    words = refused(problem)
    assert "grid: y at cell (z, y, x) = (0, 8, 9) at x = 0.0095, y = 0.0085, z = 0.0005 m: the gap of 0.00" in words
    has = f"{cells} cell{'s' * (cells > 1)} across, 11 more rows of cells have too few"
    assert f"from y = 0.008 to 0.0{8 + cells:02d} m has {has}" in words
    assert (
        f"grid with at least 6 cells across it, none wider than {0.001 * cells / 6:.3g} m, or lower least_cells"
        in words
    )
    lower = channel(SLOTTED, least_cells=cells)
    lower.block(slots(cells))
    flow = lower.checked()
    with pytest.raises(InputError, match=f"grid with at least {cells + 1} cells"):
        resolve_gaps(flow, least=cells + 1)


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_short_slot_counts_as_well(length: int) -> None:
    problem = channel(SLOTTED)
    problem.block(slots(4, length))
    assert "has 4 cells across" in refused(problem)


def test_a_slot_right_before_an_outlet_counts_as_well() -> None:
    mask = np.zeros((1, 24, 30), bool)
    mask[:, :, 29] = True
    mask[:, 8:12, 29] = False
    problem = channel(SLOTTED)
    problem.block(mask)
    assert "has 4 cells across" in refused(problem)


def test_pockets_count_as_well() -> None:
    problem = channel(SLOTTED)
    mask = np.zeros((1, 24, 30), bool)
    mask[:, 8:11, 8:14] = True
    mask[:, 9, 9:13] = False
    problem.block(mask)
    words = refused(problem)
    assert "x at cell (z, y, x) = (0, 9, 9)" in words
    assert "to 0.013 m has 4 cells across; grid" in words
    assert "to 0.01 m has 1 cell across, 3 more" in words


def test_a_porous_slot_is_not_asked() -> None:
    problem = channel(SLOTTED)
    problem.block(slots(4))
    problem.add_porous(Box(x=(0.009, 0.021)), permeability=1e-9)
    problem.checked()
    half = channel(SLOTTED)
    half.block(slots(4))
    half.add_porous(Box(x=(0.009, 0.021), y=(0.0, 0.010)), permeability=1e-9)
    assert "has 4 cells across" in refused(half)


def test_symmetry_counts_cells_twice() -> None:
    problem = channel(Grid.uniform((0.01, 0.001, 0.001), (8, 3, 1)))
    problem.symmetry("y_max")
    problem.checked()
    coarse = channel(Grid.uniform((0.01, 0.001, 0.001), (8, 2, 1)))
    coarse.symmetry("y_max")
    words = refused(coarse)
    assert "the half gap, up to the plane of symmetry, of 0.001 m from y = 0 to 0.001 m has 2 cells across" in words
    assert "grid with at least 3 cells across it" in words
    coarse.symmetry("y_min")
    coarse.checked()


def test_a_gap_through_a_periodic_side() -> None:
    problem = FlowProblem(Grid.uniform((0.024, 0.01, 0.001), (24, 1, 1)), **WATER)
    problem.periodic("x")
    problem.periodic("y", pressure_drop=1.0)
    problem.block(Box(x=(0.003, 0.022)))
    words = refused(problem)
    assert "x at cell (z, y, x) = (0, 0, 22)" in words
    assert "the gap of 0.005 m from x = 0.022 to 0.027 m has 5 cells across" in words
    wider = FlowProblem(Grid.uniform((0.024, 0.01, 0.001), (24, 1, 1)), **WATER)
    wider.periodic("x")
    wider.periodic("y", pressure_drop=1.0)
    wider.block(Box(x=(0.003, 0.021)))
    wider.checked()


@pytest.mark.parametrize(("across", "fine"), [(6, True), (8, True), (11, True), (24, True), (5, False)])
def test_a_round_duct_is_asked_for_its_diameter(across: int, fine: bool) -> None:
    grid = Grid.uniform((1.0, 1.0, 4.0), (across, across, 7))
    problem = FlowProblem(grid, **WATER)
    x, y, _ = grid.centres
    problem.block(np.broadcast_to((x - 0.5) ** 2 + (y[:, None] - 0.5) ** 2 > 0.25, grid.shape))
    problem.inlet("z_min", velocity=0.1)
    problem.outlet("z_max")
    if fine:
        problem.checked()
    else:
        assert "has 3 cells across" in refused(problem) or "has 5 cells across" in refused(problem)


def test_a_coarse_cavity_on_purpose() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (4, 4, 1))
    problem = FlowProblem(grid, **WATER)
    assert len(re.findall("has 4 cells across", refused(problem))) == 2  # along x and y
    FlowProblem(grid, **WATER, least_cells=4).checked()


def test_replaced_fluid_is_seen_by_the_gaps() -> None:
    flow = channel(SLOTTED).checked()
    resolve_gaps(flow)
    with pytest.raises(InputError, match="has 3 cells"):
        resolve_gaps(replace(flow, fluid=~slots(3)))
