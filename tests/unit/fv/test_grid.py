"""Grids, boxes on them, and how they refuse bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, Grid, Layer


def test_a_layered_grid_puts_faces_on_interfaces() -> None:
    grid = Grid.layered(0.06, 0.04, [Layer(1e-3, 4), Layer(5e-5, 1), Layer(2e-3, 5)], cells=(30, 20))
    assert grid.shape == (10, 20, 30)
    assert grid.faces.z[[0, 4, 5, 10]] == pytest.approx([0.0, 1e-3, 1.05e-3, 3.05e-3], rel=1e-15)
    assert grid.volumes.sum() == pytest.approx(0.06 * 0.04 * 3.05e-3, rel=1e-13)
    assert grid.centres.x[:2] == pytest.approx([1e-3, 3e-3])


def test_areas_have_the_shape_of_the_cells_without_their_axis() -> None:
    grid = Grid.from_faces([0, 1, 3], [0, 2, 3, 7], [0, 1, 2, 3, 5])
    dx, dy, dz = grid.widths
    np.testing.assert_array_equal(grid.areas(0), np.outer(dz, dy))
    np.testing.assert_array_equal(grid.areas(1), np.outer(dz, dx))
    np.testing.assert_array_equal(grid.areas(2), np.outer(dy, dx))


def test_refining_keeps_the_faces() -> None:
    grid = Grid.from_faces([0, 1, 3], [0, 2], [0, 1, 2, 7])
    fine = grid.refined(3)
    assert fine.shape == (9, 3, 6)
    np.testing.assert_allclose(fine.faces.x[::3], grid.faces.x, rtol=1e-15)
    np.testing.assert_allclose(fine.widths.x, [1 / 3] * 3 + [2 / 3] * 3, rtol=1e-14)


def test_neighbouring_boxes_share_no_cell_and_leave_none() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (7, 5, 3))
    cut = 0.5  # the centre of a cell
    _, _, low = grid.cells_in(Box(x=(0.0, cut)))
    _, _, high = grid.cells_in(Box(x=(cut, math.inf)))
    assert (low.start, low.stop, high.start, high.stop) == (0, 3, 3, 7)


def test_faces_are_read_only() -> None:
    given = np.linspace(0.0, 1.0, 4)
    grid = Grid.from_faces(given, given, given)
    given[1] = 0.9
    assert grid.faces.x[1] == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="read-only"):
        grid.faces.x[1] = 0.5


def test_all_faults_of_faces_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Grid.from_faces([0.0, 2.0, 1.0], [0.0, math.nan], [1.0])
    assert [problem.path for problem in caught.value.problems] == ["x", "y", "z"]
    assert "face 2 at 1 m follows face 1 at 2 m; faces have to rise" in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Grid.uniform((1.0, 0.0, -1.0), (1, 2, 0)), ["a length of 0 m", "a length of -1 m", "0 cells"]),
        (lambda: Grid.layered(1.0, 1.0, [], cells=(1, 1)), ["layers: there are none"]),
        (lambda: Grid.layered(1.0, 1.0, [Layer(-1e-3, 2)], cells=(1, 1)), ["layers[1]: a length of -0.001 m"]),
    ],
)  # fmt: skip
def test_bad_sizes(make, words) -> None:
    with pytest.raises(InputError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


def test_bad_boxes() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (4, 4, 4))
    with pytest.raises(
        InputError, match=r"x: the box runs from 0\.5 to 1\.5 m, outside the grid; stay between 0 and 1"
    ):
        grid.cells_in(Box(x=(0.5, 1.5)))
    with pytest.raises(InputError, match="give the lower end first"):
        grid.cells_in(Box(z=(0.5, 0.4)))
    with pytest.raises(InputError, match="holds no centre of a cell; put faces of the grid on its ends"):
        grid.cells_in(Box(z=(0.5, 0.6)))
    with pytest.raises(InputError, match=r"y: 1\.1 m lies outside the grid"):
        grid.locate((0.5, 1.1, 0.5))


def test_rounding_outside_the_grid_is_forgiven() -> None:
    grid = Grid.uniform((0.3, 1.0, 1.0), (3, 1, 1))
    assert grid.cells_in(Box(x=(0.0, 0.1 + 0.2)))[2] == slice(0, 3)  # 0.30000000000000004
    assert grid.locate((0.1 + 0.2, 0.5, 0.5))[2] == 2
