"""Fields of plates keep their means when made coarser, and lie where the plate lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.views import scene_samples as samples
from thermal.rack.layout import Box
from thermal.views.scenes.field import Field, coarse, inside, placed, sheet_of, stride

FIELD = Field(samples.X, samples.Y, samples.JUNCTION)


def test_the_mean_goes_by_area() -> None:
    areas = np.array([0.01 * 0.03, 0.02 * 0.03, 0.01 * 0.01, 0.02 * 0.01])
    expected = float((areas * [70.0, 80.0, 75.0, 85.0]).sum() / areas.sum())
    assert FIELD.mean == pytest.approx(expected)
    assert float(np.nanmean(samples.JUNCTION)) != pytest.approx(expected, rel=1e-4)  # the check can fail
    assert FIELD.highest == 85.0
    assert FIELD.hottest == (2, 2)


def test_a_coarser_field_keeps_its_mean() -> None:
    whole = Field(samples.X, samples.Y, np.nan_to_num(samples.JUNCTION, nan=50.0))
    merged = coarse(whole, 2)
    assert merged.values.shape == (2, 2)
    assert merged.mean == pytest.approx(whole.mean)
    assert coarse(whole, 3).values.shape == (2, 2)
    assert coarse(whole, 3).mean == pytest.approx(whole.mean)


def test_a_coarser_cell_is_there_when_half_of_it_is() -> None:
    values = np.array([[60.0, np.nan, np.nan, np.nan]])
    made = coarse(Field(np.array([0.0, 2.0, 4.0, 5.0, 6.0]), np.array([0.0, 1.0]), values), 2)
    assert made.values[0, 0] == pytest.approx(60.0)
    assert np.isnan(made.values[0, 1])


def test_the_budget_sets_the_stride() -> None:
    assert [stride(cells, 100) for cells in (50, 100, 101, 400, 401)] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("turn", range(4))
def test_a_turned_plate_turns_its_points(turn: int) -> None:
    size = (2.0, 3.0, 1.0) if turn % 2 == 0 else (3.0, 2.0, 1.0)
    plate = Box("p", "plate", "p", None, (10.0, 20.0, 30.0), size, turn)
    corner, along_x = placed(np.array([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]), plate)
    way = along_x - corner
    angle = np.degrees(np.arctan2(way[1], way[0])) % 360.0
    assert angle == pytest.approx(90.0 * turn)
    every = placed(np.array([[x, y, 0.0] for x in (0.0, 2.0) for y in (0.0, 3.0)]), plate)
    assert every.min(axis=0) == pytest.approx([10.0, 20.0, 30.0])
    assert every.max(axis=0)[:2] == pytest.approx([10.0 + size[0], 20.0 + size[1]])


def test_each_cell_goes_to_its_nearest_package_once() -> None:
    plate = Box("p", "plate", "p", None, (0.0, 0.0, 0.0), (0.06, 0.08, 0.01))
    left = Box("a", "package", "a", None, (0.015, 0.0, 0.0), (0.01, 0.08, 0.004))
    right = Box("b", "package", "b", None, (0.035, 0.0, 0.0), (0.01, 0.08, 0.004))
    first, second = inside(FIELD, plate, [left, right])
    known = np.isfinite(samples.JUNCTION)
    assert np.array_equal(first | second, known)
    assert not (first & second).any()
    assert first[1, 1]
    assert second[1, 2]
    surface, values = sheet_of(FIELD, first, plate, 0.5)
    assert values.tolist() == [70.0, 70.0, 75.0, 75.0]
    assert set(surface.points[:, 2]) == {0.5}


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("scale", [0.5, 1.0])
def test_a_plate_drawn_smaller_shrinks_its_field(turn: int, scale: float) -> None:
    """As in a tray that holds more than fits side by side."""
    width, length = (0.06, 0.08) if turn % 2 == 0 else (0.08, 0.06)
    plate = Box("p", "plate", "p", None, (1.0, 2.0, 0.0), (scale * width, scale * length, 0.01), turn)
    surface, _ = sheet_of(FIELD, np.ones((4, 4), bool), plate, 0.0)
    assert surface.points[:, :2].min(axis=0) == pytest.approx([1.0, 2.0])
    assert surface.points[:, :2].max(axis=0) == pytest.approx([1.0 + scale * width, 2.0 + scale * length])
    half = Box("a", "package", "a", None, plate.origin, (scale * width / 2, scale * length, 0.004))
    rest = Box("b", "package", "b", None, (1.0 + scale * width / 2, 2.0, 0.0), half.size)
    known = np.isfinite(FIELD.values)
    for large, small in zip(
        inside(FIELD, *_whole(plate, scale, half, rest)), inside(FIELD, plate, [half, rest]), strict=True
    ):
        assert (large == small).all()
        assert 0 < small.sum() < known.sum()


def _whole(plate: Box, scale: float, *boxes: Box) -> tuple[Box, list[Box]]:
    """Return the same plate and packages as large as they are."""

    def grown(box: Box) -> Box:
        origin = [a + (b - a) / scale for a, b in zip(plate.origin, box.origin, strict=True)]
        size = [side / scale for side in box.size]
        return replace(box, origin=tuple(origin), size=tuple(size))  # type: ignore[arg-type]

    return grown(plate), [grown(box) for box in boxes]
