"""The grid of a plate: faces on edges, cells where they count, refinement, memory."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from thermal.coldplate import mesh
from thermal.coldplate.mesh import plate_grid
from thermal.coldplate.stack import Stack, plate_stack
from thermal.errors import InputError
from thermal.rack.parts import Package, Plate

Parts = Callable[..., tuple[Plate, Package]]
MM = 1e-3


def laid(parts: Parts, *changes: tuple[str, str]) -> Stack:
    plate, package = parts(*changes)
    return plate_stack("plate", plate, [package])


def on_a_face(row: np.ndarray, *places: float) -> bool:
    return all(np.abs(row - place).min() < 1e-12 for place in places)


def test_every_edge_lies_on_a_face(parts: Parts) -> None:
    grid = plate_grid("plate", laid(parts))
    x, y, z = grid.faces
    assert on_a_face(x, *(MM * edge for edge in (0, 4, 7, 15, 17, 25, 13, 19, 28, 32)))
    assert on_a_face(y, *(MM * edge for edge in (0, 4, 8, 28, 32, 13, 23, 24, 7, 29, 36)))
    assert on_a_face(z, *(MM * edge for edge in (0, 1, 1.6, 1.65, 3.15, 4.65, 6.65, 7.65)))
    assert not on_a_face(x, 7.01 * MM)


def test_split_flow_has_a_face_in_the_middle(parts: Parts) -> None:
    split = ("split: end_to_end", "split: centre"), ("length: 36 mm", "length: 36 mm\n      slot: 2 mm")
    uneven = ("length: 22 mm", "length: 21 mm"), ("at: [5 mm, 0 mm]", "at: [5 mm, 0.7 mm]")
    assert on_a_face(plate_grid("plate", laid(parts, *split, *uneven)).faces.y, 18 * MM)


def test_edges_that_nearly_meet_make_no_sliver(parts: Parts) -> None:
    """The package's edge comes within 5 µm of the fins' edge; cells there are about half a millimetre."""
    grid = plate_grid("plate", laid(parts, ("width: 24 mm", "width: 23.99 mm")))
    assert on_a_face(grid.faces.x, 4 * MM)
    assert not on_a_face(grid.faces.x, 4.005 * MM)
    assert grid.widths.x.min() > 0.1 * MM


def test_columns_have_nearly_one_size(parts: Parts) -> None:
    """Between two edges a whole number of cells fits, so that the size may be off by half a cell in the gap."""
    x, y, _ = plate_grid("plate", laid(parts)).widths
    for row in (x, y):
        assert row.max() < 1.5 * mesh.FINEST
        assert row.min() > 0.5 * mesh.FINEST


def test_large_plates_get_wider_columns_unless_a_chip_is_small(parts: Parts) -> None:
    large = (("length: 36 mm", "length: 80 mm"), ("width: 32 mm", "width: 80 mm"))
    grid = plate_grid("plate", laid(parts, *large))
    assert grid.cells == pytest.approx(mesh.COLUMNS * grid.shape[0], rel=0.3)
    small = plate_grid("plate", laid(parts, ("at: [5 mm, 0 mm], width: 8 mm", "at: [5 mm, 0 mm], width: 2 mm")))
    assert small.widths.x.max() <= 1.3 * 2e-3 / mesh.ACROSS


def test_layers_get_their_cells(parts: Parts) -> None:
    stack = laid(parts)
    z = plate_grid("plate", stack).centres.z
    for kind, (low, high) in stack.levels:
        assert np.count_nonzero((z > low) & (z < high)) == mesh.LAYERS[kind][0]
    widths = np.diff(plate_grid("plate", stack).faces.z)
    fins = widths[(z > stack.fins.z[0]) & (z < stack.fins.z[1])]
    assert fins[-1] / fins[0] == pytest.approx(mesh.LAYERS["fins"][1], rel=0.25)


def test_resolution_multiplies_the_cells_of_each_direction(parts: Parts) -> None:
    stack = laid(parts)
    default, twice, half = (plate_grid("plate", stack, resolution) for resolution in (1.0, 2.0, 0.5))
    assert np.divide(twice.shape, default.shape) == pytest.approx([2.0] * 3, rel=0.05)
    assert np.divide(half.shape, default.shape) == pytest.approx([0.5] * 3, rel=0.08)
    coarsest = plate_grid("plate", stack, 1e-6)
    assert coarsest.shape[0] == len(stack.levels)


def test_a_plate_that_is_its_own_mirror_image_has_such_a_grid(parts: Parts) -> None:
    faces = plate_grid("plate", laid(parts)).faces.x
    assert faces + faces[::-1] == pytest.approx(np.full(faces.shape, 32 * MM), abs=1e-12)
    moved = plate_grid("plate", laid(parts, ("at: [5 mm, 0 mm]", "at: [5.5 mm, 0 mm]"))).faces.x
    assert len(moved) != len(faces) or np.abs(moved + moved[::-1] - 32 * MM).max() > 1e-5


@pytest.mark.parametrize("resolution", [0.0, -1.0, float("nan"), float("inf")])
def test_a_resolution_without_meaning_is_refused(parts: Parts, resolution: float) -> None:
    with pytest.raises(InputError, match="give a number above zero"):
        plate_grid("plate", laid(parts), resolution)


def test_memory_is_asked_for_before_cells_are_made(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = laid(parts)
    cells = plate_grid("plate", stack).cells
    monkeypatch.setattr(mesh, "available_memory", lambda: 1.1 * mesh.BYTES_PER_CELL * cells)
    assert plate_grid("plate", stack).cells == cells
    with pytest.raises(InputError) as caught:
        plate_grid("plate", stack, 20.0)
    (problem,) = caught.value.problems
    assert (problem.file, problem.path) == ("plate", "resolution")
    assert "are free" in problem.wrong
    fitting = float(problem.right.rsplit(" ", 1)[1])
    assert fitting == pytest.approx(1.0, abs=0.1)
    with pytest.raises(InputError, match="cells, which need about"):
        plate_grid("plate", stack, 1e6)
