"""Surfaces of triangles: boxes, their edges, tubes along a line, rings, and sheets of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Surface", "box", "edges", "join", "path_length", "ring", "rounded", "sheet", "thinned", "tube"]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# corners of a box by the bits x, y, z; two triangles a side, anticlockwise from outside
_CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=np.float64)
_SIDES = np.array(
    [
        [0, 2, 3], [0, 3, 1],  # bottom
        [4, 5, 7], [4, 7, 6],  # top
        [0, 1, 5], [0, 5, 4],  # front
        [2, 6, 7], [2, 7, 3],  # rear
        [0, 4, 6], [0, 6, 2],  # left
        [1, 3, 7], [1, 7, 5],  # right
    ]
)  # fmt: skip
_SMOOTH = float(np.cos(np.radians(35.0)))  # a line that turns by less at a point is smooth there
_SHARPEST = 1e-9  # [m] shorter steps of a line are one point


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles in space.

    Parameters
    ----------
    points : (n, 3) float64
        [m].
    faces : (m, 3) int64
        Anticlockwise seen from outside.
    along : (m,) float64, optional
        Of a tube, the share of its length at which each face lies.
    """

    points: Floats
    faces: Indices
    along: Floats | None = None

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.faces)


def join(surfaces: Sequence[Surface]) -> Surface:
    """Return several surfaces as one; faces keep their order, `along` is dropped."""
    starts = np.cumsum([0, *(len(one.points) for one in surfaces)])[:-1]
    points = np.concatenate([np.empty((0, 3)), *(one.points for one in surfaces)])
    shifted = [one.faces + start for one, start in zip(surfaces, starts, strict=True)]
    return Surface(points, np.concatenate([np.empty((0, 3), dtype=np.int64), *shifted]))


def box(origin: ArrayLike, size: ArrayLike) -> Surface:
    """Return a closed box from its lowest corner and its size [m].

    >>> len(box((0, 0, 0), (1, 2, 3)))
    12
    """
    return Surface(np.asarray(origin) + _CORNERS * np.asarray(size), _SIDES)


def edges(origin: ArrayLike, size: ArrayLike, width: float) -> Surface:
    """Return the twelve edges of a box as thin bars of square section that stay inside the box.

    Parameters
    ----------
    origin, size : (3,)
        Of the box [m].
    width : float
        Of the bars [m]; not more than half of the box's smallest side is used.
    """
    corner, extent = np.asarray(origin, dtype=np.float64), np.asarray(size, dtype=np.float64)
    thick = np.minimum(width, extent / 2.0)
    bars = []
    for axis in range(3):
        first, second = (other for other in range(3) if other != axis)
        for a in (0.0, 1.0):
            for b in (0.0, 1.0):
                start, bar = corner.copy(), thick.copy()
                start[first] += a * (extent[first] - thick[first])
                start[second] += b * (extent[second] - thick[second])
                bar[axis] = extent[axis]
                bars.append(box(start, bar))
    return join(bars)


def path_length(points: ArrayLike) -> float:
    """Return the length of a line through points [m]."""
    return float(np.linalg.norm(np.diff(np.asarray(points, dtype=np.float64), axis=0), axis=1).sum())


def tube(points: ArrayLike, diameter: float, *, sides: int = 10, closed: bool = False) -> Surface:
    """Return a tube along a line, closed by flat ends; its section is carried along without twist.

    Parameters
    ----------
    points : (n, 3)
        Centre line [m]; points closer than a nanometre count as one.
    diameter : float
        [m].
    sides : int
        Corners of the section, 3 or more.
    closed : bool
        The line returns to its first point, so there are no ends.

    Raises
    ------
    ValueError
        When the line has no length.
    """
    line = _distinct(np.asarray(points, dtype=np.float64))
    if len(line) < 2:
        message = f"a tube along {len(line)} point has no direction; give two points or more"
        raise ValueError(message)
    tangents = _tangents(line, closed=closed)
    first = _frames(tangents)
    second = np.cross(tangents, first)
    angles = 2.0 * np.pi * np.arange(sides) / sides
    round_ = np.cos(angles)[None, :, None] * first[:, None] + np.sin(angles)[None, :, None] * second[:, None]
    rings = line[:, None] + 0.5 * diameter * round_
    at = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1)))
    faces, along = _skin(len(line), sides, at / at[-1], closed=closed)
    if closed:
        return Surface(rings.reshape(-1, 3), faces, along)
    tips = len(line) * sides + np.arange(2)
    around, following = np.arange(sides), np.roll(np.arange(sides), -1)
    last = (len(line) - 1) * sides
    start = np.stack([np.full(sides, tips[0]), following, around], axis=1)
    end = np.stack([np.full(sides, tips[1]), last + around, last + following], axis=1)
    return Surface(
        np.concatenate([rings.reshape(-1, 3), line[[0, -1]]]),
        np.concatenate([faces, start, end]),
        np.concatenate([along, np.zeros(sides), np.ones(sides)]),
    )


def rounded(points: ArrayLike, radius: float, *, steps: int = 5) -> Floats:
    """Return a line whose sharp corners are rounded, so that a tube along it does not fold into itself.

    Parameters
    ----------
    points : (n, 3)
        The line [m].
    radius : float
        How far before and after a corner the bend reaches, at most; never more than half way to the next point [m].
    steps : int
        Points of each bend.
    """
    line = _distinct(np.asarray(points, dtype=np.float64))
    if len(line) < 3:
        return line
    steps_ = np.diff(line, axis=0)
    lengths = np.linalg.norm(steps_, axis=1)
    ways = steps_ / lengths[:, None]
    made = [line[0]]
    share = np.linspace(0.0, 1.0, steps)[:, None]
    for index, corner in enumerate(line[1:-1]):
        if float(ways[index] @ ways[index + 1]) > _SMOOTH:
            made.append(corner)
            continue
        reach = min(radius, 0.5 * float(lengths[index]), 0.5 * float(lengths[index + 1]))
        before, after = corner - reach * ways[index], corner + reach * ways[index + 1]
        made += list((1 - share) ** 2 * before + 2 * share * (1 - share) * corner + share**2 * after)
    return np.array([*made, line[-1]])


def thinned(points: ArrayLike, tolerance: float) -> Floats:
    """Return a line without the points that lie nearer than `tolerance` [m] to the line through those that are left."""
    line = np.asarray(points, dtype=np.float64)
    kept = np.zeros(len(line), bool)
    kept[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        start, way = line[first], line[last] - line[first]
        between = line[first + 1 : last] - start
        share = np.clip(between @ way / max(float(way @ way), _SHARPEST**2), 0.0, 1.0)
        away = np.linalg.norm(between - share[:, None] * way, axis=1)
        farthest = first + 1 + int(np.argmax(away))
        if away.max() > tolerance:
            kept[farthest] = True
            spans += [(first, farthest), (farthest, last)]
    return line[kept]


def ring(centre: ArrayLike, radius: float, axis: int, width: float, *, sides: int = 28, wire: int = 5) -> Surface:
    """Return a ring of wire with `wire` corners about an axis of the coordinates: 0, 1 or 2 for x, y or z."""
    angles = 2.0 * np.pi * np.arange(sides) / sides
    first, second = (axis + 1) % 3, (axis + 2) % 3
    line = np.tile(np.asarray(centre, dtype=np.float64), (sides, 1))
    line[:, first] += radius * np.cos(angles)
    line[:, second] += radius * np.sin(angles)
    return tube(line, width, sides=wire, closed=True)


def sheet(x_faces: Floats, y_faces: Floats, z: float, keep: NDArray[np.bool_]) -> Surface:
    """Return a level sheet of rectangular cells that faces up, two triangles for each kept cell.

    Parameters
    ----------
    x_faces, y_faces : (nx + 1,), (ny + 1,) float64
        Edges of the cells [m].
    z : float
        Height [m].
    keep : (ny, nx) bool
        Which cells there are; the faces of one cell follow each other, row after row.
    """
    x, y = np.meshgrid(x_faces, y_faces)
    points = np.stack([x.ravel(), y.ravel(), np.full(x.size, z)], axis=1)
    row, column = np.nonzero(keep)
    width = len(x_faces)
    corner = row * width + column
    quads = np.stack([corner, corner + 1, corner + width + 1, corner, corner + width + 1, corner + width], axis=1)
    used, faces = np.unique(quads.reshape(-1, 3), return_inverse=True)
    return Surface(points[used], faces.reshape(-1, 3).astype(np.int64))


def _distinct(line: Floats) -> Floats:
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    kept: Floats = line[np.append(True, steps > _SHARPEST)]
    return kept


def _tangents(line: Floats, *, closed: bool) -> Floats:
    """Return unit directions at the points: along the bisector of the steps before and after."""
    around = np.concatenate([line[-1:], line, line[:1]]) if closed else line
    steps = np.diff(around, axis=0)
    steps = steps / np.linalg.norm(steps, axis=1, keepdims=True)
    before, after = (
        (steps[:-1], steps[1:]) if closed else (steps[[0, *range(len(steps))]], steps[[*range(len(steps)), -1]])
    )
    both = before + after
    size = np.linalg.norm(both, axis=1, keepdims=True)
    back = size[:, 0] < _SHARPEST  # a line that turns on its heel has no bisector
    both[back], size[back] = before[back], 1.0
    unit: Floats = both / size
    return unit


def _frames(tangents: Floats) -> Floats:
    """Return unit vectors square to the tangents, each the last one turned with the line (double reflection)."""
    start = np.zeros(3)
    start[int(np.argmin(np.abs(tangents[0])))] = 1.0
    normal = np.cross(tangents[0], start)
    normals = [normal / np.linalg.norm(normal)]
    for tangent in tangents[1:]:
        carried = normals[-1] - tangent * float(normals[-1] @ tangent)
        size = float(np.linalg.norm(carried))
        if size < _SHARPEST:  # a right angle in one step
            start = np.zeros(3)
            start[int(np.argmin(np.abs(tangent)))] = 1.0
            carried = np.cross(tangent, start)
            size = float(np.linalg.norm(carried))
        normals.append(carried / size)
    return np.array(normals)


def _skin(rings: int, sides: int, at: Floats, *, closed: bool) -> tuple[Indices, Floats]:
    """Return the faces between neighbouring rings and where along the line they lie."""
    here = np.arange(rings if closed else rings - 1)
    there = (here + 1) % rings
    around = np.arange(sides)
    following = (around + 1) % sides
    a = here[:, None] * sides + around
    b = here[:, None] * sides + following
    c = there[:, None] * sides + following
    d = there[:, None] * sides + around
    faces = np.stack([a, b, c, a, c, d], axis=2).reshape(-1, 3)
    middle = 0.5 * (at[here] + at[there])
    return faces.astype(np.int64), np.repeat(middle, 2 * sides)
