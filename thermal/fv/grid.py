"""A rectilinear grid: three rows of faces, and the cells, widths and boxes that follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.fv.refusal import LARGEST, Fault, axis_faults, numbers, refuse, scalar, shown

__all__ = ["Axes", "Box", "Floats", "Grid", "Layer", "Range"]

Floats = NDArray[np.float64]
Range = tuple[float, float]
Slices = tuple[slice, slice, slice]
NAMES = "xyz"
MOST = 10**7  # cells along one direction
ROUNDING = 1.0e-9  # two places closer than this share of the extent are the same place


class Axes(NamedTuple):
    """One array for each direction; ``axes.z`` and ``axes[2]`` are the same."""

    x: Floats
    y: Floats
    z: Floats


class Box(NamedTuple):
    """A box with its sides along the axes, from low to high in each direction [m]; None is the whole extent.

    An end at infinity stands for the end of the grid: ``Box(z=(1e-3, math.inf))`` is all above 1 mm.
    """

    x: Range | None = None
    y: Range | None = None
    z: Range | None = None


class Layer(NamedTuple):
    """A layer of a stack."""

    thickness: float  # [m]
    cells: int  # through the thickness


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells between faces; arrays on it have the shape (nz, ny, nx), x contiguous.

    Attributes
    ----------
    faces : Axes
        Positions of faces, rising, one more than there are cells in that direction [m].

    Raises
    ------
    InputError
        Faces that do not rise, are not finite, or are fewer than two.

    Examples
    --------
    >>> grid = Grid.layered(0.06, 0.04, [Layer(1e-3, 4), Layer(2e-3, 5)], cells=(30, 20))
    >>> grid.shape, float(grid.faces.z[4]), grid.cells
    ((9, 20, 30), 0.001, 5400)
    """

    faces: Axes

    def __post_init__(self) -> None:
        given: object = self.faces
        if not (isinstance(given, tuple) and len(given) == 3 and all(isinstance(row, np.ndarray) for row in given)):
            refuse("grid", [("faces", shown(given), "give three arrays, or use Grid.from_faces(x, y, z)")])
        rows = [(name, numbers(row), row) for name, row in zip(NAMES, self.faces, strict=True)]
        refuse("grid", (problem for row in rows for problem in _faces(*row)))

    @classmethod
    def from_faces(cls, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> Grid:
        """Return the grid between the given faces [m]."""
        given = [numbers(row) for row in (x, y, z)]
        refuse("grid", (problem for row in zip(NAMES, given, (x, y, z), strict=True) for problem in _faces(*row)))
        rows = [np.array(row) for row in given]
        for row in rows:
            row.setflags(write=False)
        return cls(Axes(*rows))

    @classmethod
    def uniform(cls, size: Sequence[float], cells: Sequence[int]) -> Grid:
        """Return a block with a corner in the origin, of `size` (x, y, z) [m], in equal cells (nx, ny, nz)."""
        refuse("grid", (*_count("size", size, 3), *_count("cells", cells, 3)))
        refuse("grid", (problem for row in zip(NAMES, size, cells, strict=True) for problem in _row(*row)))
        return cls.from_faces(*(np.linspace(0.0, length, int(n) + 1) for length, n in zip(size, cells, strict=True)))

    @classmethod
    def layered(cls, length: float, width: float, layers: Sequence[Layer], *, cells: Sequence[int]) -> Grid:
        """Return a stack of layers from z = 0 up.

        Parameters
        ----------
        length, width : float
            Footprint in x and y [m].
        layers : sequence of Layer
            From the lowest up; each in equal cells through its thickness.
        cells : (int, int)
            Cells along x and y.
        """
        wrong = list(_count("cells", cells, 2))
        across = cells if not wrong else (1, 1)
        stack, faults = _stack(layers)
        rows = [*stack, ("x", length, across[0]), ("y", width, across[1])]
        refuse("grid", [*wrong, *faults, *(problem for row in rows for problem in _row(*row))])
        z = [np.zeros(1)]
        for layer in layers:
            z.append(z[-1][-1] + np.linspace(0.0, layer.thickness, int(layer.cells) + 1)[1:])
        footprint = [np.linspace(0.0, extent, int(n) + 1) for extent, n in ((length, cells[0]), (width, cells[1]))]
        return cls.from_faces(footprint[0], footprint[1], np.concatenate(z))

    @cached_property
    def centres(self) -> Axes:
        """Centres of cells along each direction [m]."""
        return Axes(*(0.5 * (row[1:] + row[:-1]) for row in self.faces))

    @cached_property
    def widths(self) -> Axes:
        """Widths of cells along each direction [m]."""
        return Axes(*(np.diff(row) for row in self.faces))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Cells along (z, y, x), the shape of every array on the grid."""
        x, y, z = self.faces
        return len(z) - 1, len(y) - 1, len(x) - 1

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @property
    def volumes(self) -> Floats:
        """Volumes of cells, shape (nz, ny, nx) [m3]."""
        dx, dy, dz = self.widths
        return np.asarray(dz[:, None, None] * dy[:, None] * dx)

    def areas(self, axis: int) -> Floats:
        """Areas of the faces across a direction (0, 1, 2 for x, y, z), shape of the cells without that axis [m2]."""
        refuse("areas", axis_faults(axis))
        first, second = (width for n, width in enumerate(self.widths) if n != axis)
        return np.asarray(second[:, None] * first)

    def refined(self, factor: int) -> Grid:
        """Return the grid with each cell cut into `factor` equal parts in every direction."""
        refuse("refined", _whole("factor", factor))
        parts = np.arange(int(factor)) / factor
        rows = (
            np.append((row[:-1, None] + width[:, None] * parts).ravel(), row[-1])
            for row, width in zip(self.faces, self.widths, strict=True)
        )
        return Grid.from_faces(*rows)

    def ranges(self, box: Box, place: str) -> tuple[Range, Range, Range]:
        """Return the ends of a box on this grid, moved to the nearest face where they differ from it by rounding only.

        Raises
        ------
        InputError
            A box outside the grid or turned round; `place` opens the message.
        """
        refuse(place, [("box", shown(box), "give a Box")] * (not (isinstance(box, tuple) and len(box) == 3)))
        found, ranges = [], []
        for name, row, given in zip(NAMES, self.faces, box, strict=True):
            low, high = float(row[0]), float(row[-1])
            slack = ROUNDING * (high - low)
            ends = numbers((low, high) if given is None else given)
            if ends is None or ends.shape != (2,):
                found.append((name, shown(given), "give two ends, from low to high, or None"))
                continue
            a, b = ends.tolist()
            a, b = (low if a == -math.inf else a), (high if b == math.inf else b)
            if not a < b:
                found.append((name, f"the box runs from {a:g} to {b:g} m", "give the lower end first"))
            elif not (a >= low - slack and b <= high + slack):
                wrong = f"the box runs from {a:.6g} to {b:.6g} m, outside the grid"
                found.append((name, wrong, f"stay between {low:.6g} and {high:.6g} m"))
            else:
                ranges.append((_snap(a, row, slack), _snap(b, row, slack)))
        refuse(place, found)
        return ranges[0], ranges[1], ranges[2]

    def cells_in(self, box: Box, place: str = "box") -> Slices:
        """Slices (z, y, x) of the cells whose centres lie in a box.

        Raises
        ------
        InputError
            A box outside the grid, or so thin that it holds no centre of a cell.
        """
        x, y, z = (
            slice(int(np.searchsorted(row, a)), int(np.searchsorted(row, b)))
            for row, (a, b) in zip(self.centres, self.ranges(box, place), strict=True)
        )
        refuse(
            place,
            (
                (name, f"the box {box} holds no centre of a cell", "put faces of the grid on its ends")
                for name, cut in zip(NAMES, (x, y, z), strict=True)
                if cut.start == cut.stop
            ),
        )
        return z, y, x

    def locate(self, points: Sequence[ArrayLike]) -> tuple[NDArray[np.intp], ...]:
        """Index arrays (z, y, x) of the cells that hold points (x, y, z) [m]; raises InputError outside the grid."""
        refuse("point", _count("points", points, 3))
        found, index = [], []
        for name, row, given in zip(NAMES, self.faces, points, strict=True):
            at = numbers(given)
            if at is None:
                found.append((name, shown(given), "give numbers [m]"))
                continue
            slack = ROUNDING * (row[-1] - row[0])
            outside = ~((at >= row[0] - slack) & (at <= row[-1] + slack))
            if outside.any():
                wrong = f"{at[outside].flat[0]:.6g} m lies outside the grid"
                found.append((name, wrong, f"stay between {row[0]:.6g} and {row[-1]:.6g} m"))
            index.append(np.clip(np.searchsorted(row, at, side="right") - 1, 0, len(row) - 2))
        refuse("point", found)
        return tuple(index[::-1])

    def describe(self, cell: Sequence[int]) -> str:
        """Place of a cell (z, y, x) in words, for messages."""
        x, y, z = (row[n] for row, n in zip(self.centres, reversed(cell), strict=True))
        return f"cell (z, y, x) = ({cell[0]}, {cell[1]}, {cell[2]}) at x = {x:.6g}, y = {y:.6g}, z = {z:.6g} m"


def _snap(value: float, row: Floats, slack: float) -> float:
    """Return the face of a row that lies within the slack of a value, else the value."""
    nearest = float(row[np.abs(row - value).argmin()])
    return nearest if abs(nearest - value) <= slack else value


def _listed(given: object) -> list[Any] | None:
    """Return what is in a list, tuple or array; None where there is no such thing."""
    if not isinstance(given, Sequence | np.ndarray) or isinstance(given, str):
        return None
    return list(np.atleast_1d(given)) if isinstance(given, np.ndarray) else list(given)


def _count(name: str, given: object, count: int) -> Iterable[Fault]:
    """Problem of what has to be so many values, one for each direction."""
    listed = _listed(given)
    if listed is None or len(listed) != count:
        yield name, shown(given), f"give {count} values, one for each of {', '.join(NAMES[:count])}"


def _stack(layers: object) -> tuple[list[tuple[str, float, int]], list[Fault]]:
    """Return name, thickness and cells of each layer, and problems of what is none."""
    right = "give Layer(thickness, cells)"
    listed = (None if isinstance(layers, Layer) else _listed(layers)) or []
    known = [(f"layers[{n}]", *layer) for n, layer in enumerate(listed, start=1) if isinstance(layer, Layer)]
    wrong = [(f"layers[{n}]", shown(one), right) for n, one in enumerate(listed, 1) if not isinstance(one, Layer)]
    if not listed:
        none = "there are none" if _listed(layers) == [] else shown(layers)
        wrong.append(("layers", none, f"{right}, at least one, in a list"))
    return known, wrong


def _faces(name: str, row: Floats | None, given: object = None) -> Iterable[Fault]:
    """Problems of one row of faces; None of what is given is no numbers."""
    if row is None:
        yield name, shown(given), "give positions in metres"
    elif row.ndim != 1 or row.size < 2:
        yield name, f"faces of shape {row.shape}", "give one row of at least two"
    elif not np.isfinite(row).all():
        yield name, f"face {np.flatnonzero(~np.isfinite(row))[0]} is not finite", "give positions in metres"
    elif not (np.diff(row) > 0.0).all():
        n = int(np.flatnonzero(np.diff(row) <= 0.0)[0])
        yield name, f"face {n + 1} at {row[n + 1]:g} m follows face {n} at {row[n]:g} m", "faces have to rise"
    elif not (np.abs(row).max() <= LARGEST and np.diff(row).min() >= 1.0 / LARGEST):
        wrong = f"cells from {np.diff(row).min():g} m wide on between faces up to {np.abs(row).max():g} m"
        yield name, wrong, f"give widths from {1.0 / LARGEST:g} m on and faces up to {LARGEST:g} m"


def _row(name: str, length: float, cells: int) -> Iterable[Fault]:
    """Problems of one row of equal cells."""
    if not 0.0 < scalar(length) <= LARGEST:
        yield name, f"a length of {shown(length, 'm')}", f"give a length above zero and up to {LARGEST:g} m"
    yield from _whole(name, cells, " cells")


def _whole(name: str, given: object, what: str = "") -> Iterable[Fault]:
    """Problem of what has to be a count."""
    number = scalar(given)
    if not (1.0 <= number <= MOST and number.is_integer()):
        yield name, f"{shown(given)}{what}", f"give a whole number, at least one and at most {MOST:.0g}"
