"""Planes of cold plates as sheets of coloured cells, made coarser where a scene holds many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.rack.layout import Box
from thermal.results.plate_fields import PlatePlane
from thermal.views.scenes.solids import Surface, sheet
from thermal.vocabulary import CELSIUS

__all__ = ["Field", "coarse", "field_of", "fitted", "inside", "placed", "sheet_of", "stride"]

Floats = NDArray[np.float64]
SNUG = 1e-6  # of a length, less than which nobody sees


@dataclass(frozen=True, eq=False)
class Field:
    """Cells of a plane in the plate's own axes.

    Parameters
    ----------
    x_faces, y_faces : (nx + 1,), (ny + 1,) float64
        Edges from the plate's corner [m].
    values : (ny, nx) float64
        In the unit of the bar; NaN where there is no material.
    """

    x_faces: Floats
    y_faces: Floats
    values: Floats

    @property
    def extent(self) -> tuple[float, float]:
        """Sides of the plane [m]."""
        return float(self.x_faces[-1]), float(self.y_faces[-1])

    @property
    def hottest(self) -> tuple[int, int]:
        """Row and column of the largest value."""
        row, column = np.unravel_index(int(np.nanargmax(self.values)), self.values.shape)
        return int(row), int(column)

    @property
    def highest(self) -> float:
        """The largest value."""
        return float(np.nanmax(self.values))

    @property
    def mean(self) -> float:
        """Mean over the area."""
        area = np.outer(np.diff(self.y_faces), np.diff(self.x_faces))
        known = np.isfinite(self.values)
        return float((area * np.where(known, self.values, 0.0)).sum() / area[known].sum())


def field_of(plane: PlatePlane) -> Field:
    """Return the plane of one plate in degrees Celsius."""
    return Field(plane.x_faces, plane.y_faces, plane.values[0].astype(np.float64) - CELSIUS)


def stride(cells: int, budget: int) -> int:
    """Return how many cells to take together, each way, for at most about `budget` of them."""
    return max(1, int(np.ceil(np.sqrt(cells / max(budget, 1)))))


def coarse(field: Field, step: int) -> Field:
    """Return a field with `step` × `step` cells made one: their mean by area, present where half of them is."""
    if step == 1:
        return field
    rows, columns = (np.arange(0, count, step) for count in field.values.shape)
    area = np.outer(np.diff(field.y_faces), np.diff(field.x_faces))
    known = np.isfinite(field.values)
    weight = np.where(known, area, 0.0)

    def blocks(cells: Floats) -> Floats:
        return np.add.reduceat(np.add.reduceat(cells, rows, axis=0), columns, axis=1)

    part, whole = blocks(weight), blocks(area)
    total = blocks(weight * np.where(known, field.values, 0.0))
    present = part >= 0.5 * whole
    values = np.where(present, total / np.where(part > 0.0, part, 1.0), np.nan)
    return Field(
        np.append(field.x_faces[columns], field.x_faces[-1]), np.append(field.y_faces[rows], field.y_faces[-1]), values
    )


def fitted(extent: tuple[float, float], plate: Box) -> tuple[float, float, float]:
    """Return how a field lies on a plate that is not drawn as large as the field is.

    A tray that holds more than fits is drawn smaller with all that it holds; a part's box may be larger than its plate.

    Parameters
    ----------
    extent : (float, float)
        Of the field in the plate's own axes [m].
    plate : Box
        Where the plate stands.

    Returns
    -------
    (float, float, float)
        By what to multiply the field's lengths, at most 1, and its corner in the plate's own axes [m].
    """
    width, length = plate.size[:2] if plate.turn % 2 == 0 else plate.size[1::-1]
    scale = min(1.0, width / extent[0], length / extent[1])
    scale = 1.0 if scale > 1.0 - SNUG else scale
    left, front = (0.5 * (own - scale * size) for own, size in zip((width, length), extent, strict=True))
    return scale, left if left > SNUG * width else 0.0, front if front > SNUG * length else 0.0


def inside(field: Field, plate: Box, boxes: Sequence[Box]) -> list[NDArray[np.bool_]]:
    """Return for each box which cells of a plate's field it shows: those nearest to it, each cell once.

    Parameters
    ----------
    field : Field
        Of the plate.
    plate : Box
        Where the plate stands.
    boxes : sequence of Box
        The packages on it.
    """
    x, y = np.meshgrid(_middles(field.x_faces), _middles(field.y_faces))
    points = placed(np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1), plate, field.extent)
    outside = []
    for box in boxes:
        low = np.array(box.origin[:2])
        beyond = np.maximum(np.maximum(low - points[:, :2], points[:, :2] - (low + box.size[:2])), 0.0)
        outside.append(np.hypot(beyond[:, 0], beyond[:, 1]))
    nearest = np.argmin(outside, axis=0).reshape(x.shape)
    known = np.isfinite(field.values)
    return [known & (nearest == index) for index in range(len(boxes))]


def sheet_of(field: Field, keep: NDArray[np.bool_], plate: Box, z: float) -> tuple[Surface, Floats]:
    """Return the kept cells where the plate stands, at height `z` [m], with one value per face."""
    surface = sheet(field.x_faces, field.y_faces, 0.0, keep)
    points = placed(surface.points, plate, field.extent)
    points[:, 2] = z
    return Surface(points, surface.faces), np.repeat(field.values[keep], 2)


def placed(points: Floats, plate: Box, extent: tuple[float, float] | None = None) -> Floats:
    """Return points (n, 3) of a plate's own axes in those of the rack [m]: turned and moved; z counts from its foot.

    Of a field of some `extent`, they are fitted to the plate as it is drawn.
    """
    turn = plate.turn % 4
    width, length = plate.size[:2]  # along the rack's axes
    scale, left, front = fitted(extent, plate) if extent is not None else (1.0, 0.0, 0.0)
    x, y = left + scale * points[:, 0], front + scale * points[:, 1]
    turned = ((x, y), (width - y, x), (width - x, length - y), (y, length - x))[turn]
    moved: Floats = np.stack([*turned, points[:, 2]], axis=1) + np.asarray(plate.origin)
    return moved


def _middles(faces: Floats) -> Floats:
    middles: Floats = 0.5 * (faces[1:] + faces[:-1])
    return middles
