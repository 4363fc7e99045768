"""The grid of a plate: faces on every edge, columns of nearly one size, a set number of cells through each layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

import numpy as np

from thermal.coldplate.stack import Stack
from thermal.errors import InputError, Problem
from thermal.fv.grid import Floats, Grid
from thermal.fv.memory import BYTES_PER_CELL, available_memory
from thermal.rack.footprints import Rectangle
from thermal.rack.power_map import SNAP

__all__ = ["plate_grid"]

# Cells through each kind of layer at resolution 1, and the size of the highest over that of the lowest.  Heat enters a
# chip at its lower face and leaves the fins mostly near their root, so both are finer there.
LAYERS = {
    "substrate": (3, 0.5), "chip": (6, 3.0), "tim1": (2, 1.0), "lid": (4, 1.0),
    "interface": (2, 1.0), "base": (5, 1.0), "fins": (10, 4.0), "cover": (2, 1.0),
}  # fmt: skip
# Columns of one size: a grid that grows coarser away from the chips saves half of them and costs the multigrid, whose
# coarse cells are pairs of equal ones, two to three times as many iterations.
COLUMNS = 18_000  # at resolution 1, so that a plate has half a million cells and more
FINEST = 0.4e-3  # column of a small plate [m]
ACROSS = 10.0  # least number of columns across a chip that counts for the junction and is heated
FINER = 2.0  # times that a chip may make columns finer for it: the whole plate has them
SLIVER = 0.05  # an edge nearer than this share of a cell to a kept one gets no face of its own
SAMPLES = 400  # of the cell size between two edges
Density = Callable[[Floats], Floats]  # cells per metre at resolution 1


def plate_grid(name: str, stack: Stack, resolution: float = 1.0) -> Grid:
    """Return the grid of a plate.

    Two edges that nearly meet would make slivers of cells, so the less important one gets no face: coolant first, then
    chips, then packages.  Material there is rounded to the nearest cell, and heat is shared by volume, so that none is
    lost; the edge moves by 5 % of a cell at most.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    stack : Stack
        What is to be cut.
    resolution : float
        1 is the default; 2 is twice as fine in each direction.

    Raises
    ------
    InputError
        A resolution that is not above zero, or one whose cells do not fit into the memory (asked before any are made).
    """
    if not (math.isfinite(resolution) and resolution > 0.0):
        raise _refused(name, f"{resolution:g}", "give a number above zero; 1 is the default")
    size = _column(stack)
    rows = [(_edges(stack, axis, size / max(resolution, 1.0)), _even(size)) for axis in (0, 1)]
    z = np.unique([end for level in stack.levels for end in level.z])
    rows.append((np.append(z[:-1][np.diff(z) > SNAP], z[-1]), _through(stack)))
    cuts = [[_cut(a, b, density, resolution) for a, b in pairwise(edges)] for edges, density in rows]
    _require_memory(name, [sum(n for n, _, _ in row) for row in cuts], resolution)
    x, y, z = (_faces(edges, row) for (edges, _), row in zip(rows, cuts, strict=True))
    return Grid.from_faces(x, y, z)


def _edges(stack: Stack, axis: int, size: float) -> Floats:
    """Return where faces have to lie along x or y, for cells of a size [m]."""
    kept: list[float] = []
    for edge in _wanted(stack, axis):
        if 0.0 <= edge <= stack.size[axis] and all(abs(edge - other) > max(SLIVER * size, SNAP) for other in kept):
            kept.append(edge)
    return np.array(sorted(kept))


def _wanted(stack: Stack, axis: int) -> Iterator[float]:
    """Yield edges along x or y, the most important first."""
    fins = stack.fins
    yield from (0.0, stack.size[axis])
    yield from _ends(fins.area, axis)
    yield from _ends(fins.coolant, axis)
    if fins.split and axis == 1:
        yield fins.middle
    for package in stack.packages:
        for chip in package.chips:
            yield from _ends(chip.area, axis)
    for package in stack.packages:
        yield from _ends(package.area, axis)


def _ends(area: Rectangle, axis: int) -> tuple[float, float]:
    return (area.x_low, area.x_high) if axis == 0 else (area.y_low, area.y_high)


def _column(stack: Stack) -> float:
    """Width of a column of cells at resolution 1 [m]."""
    even = max(FINEST, math.sqrt(stack.size[0] * stack.size[1] / COLUMNS))
    chips = [chip.area for package in stack.packages for chip in package.chips if chip.junction and chip.share > 0.0]
    narrowest = min((high - low for chip in chips for low, high in (_ends(chip, 0), _ends(chip, 1))), default=math.inf)
    return min(even, max(narrowest / ACROSS, even / FINER))


def _even(size: float) -> Density:
    """Cells per metre of one size [m]."""
    return lambda at: np.full(at.shape, 1.0 / size)


def _through(stack: Stack) -> Density:
    """Cells per metre along z: the most that any of the layers at a level asks for."""

    def density(at: Floats) -> Floats:
        most = np.zeros(at.shape)
        for kind, (low, high) in stack.levels:
            cells, ratio = LAYERS[kind]
            slope = (ratio - 1.0) / (high - low)  # the size grows evenly from the lowest cell to the highest
            first = (math.log(ratio) / slope if ratio != 1.0 else high - low) / cells
            size = first * (1.0 + slope * (at - low))
            inside = (at >= low) & (at <= high)
            most[inside] = np.maximum(most[inside], 1.0 / size[inside])
        return most

    return density


def _cut(low: float, high: float, density: Density, resolution: float) -> tuple[int, Floats, Floats]:
    """Return the number of cells between two edges, and the number wanted up to each of many places."""
    places = np.linspace(low, high, SAMPLES + 1)
    wanted = density(0.5 * (places[1:] + places[:-1])) * np.diff(places)
    count = np.concatenate([np.zeros(1), np.cumsum(wanted)])
    # the same number in mirror images, even where half a cell is left but for rounding
    return max(1, math.floor(resolution * float(count[-1]) + 0.5 - 1.0e-9)), places, count


def _faces(edges: Floats, cuts: Sequence[tuple[int, Floats, Floats]]) -> Floats:
    """Return the faces of a row: between two edges, each cell takes an equal part of what is wanted there."""
    rows = [edges[:1]]
    for (n, places, count), end in zip(cuts, edges[1:], strict=True):
        rows += [np.interp(count[-1] * np.arange(1, n) / n, count, places), np.array([end])]
    return np.concatenate(rows)


def _require_memory(name: str, counts: Sequence[int], resolution: float) -> None:
    """Refuse a grid that does not fit, naming the resolution that would."""
    need, free = BYTES_PER_CELL * math.prod(counts), available_memory()
    if need > free:
        nx, ny, nz = counts
        wrong = (
            f"resolution {resolution:g} cuts it into {nx} × {ny} × {nz} cells, which need about {need / 1e9:.3g} GB; "
            f"{free / 1e9:.3g} GB are free"
        )
        fitting = resolution * (free / need) ** (1.0 / 3.0)
        raise _refused(name, wrong, f"use a resolution of at most {math.floor(100.0 * fitting) / 100.0:g}")


def _refused(name: str, wrong: str, right: str) -> InputError:
    return InputError([Problem(name, 0, 0, "resolution", wrong, right)])
