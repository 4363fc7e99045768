"""How many cells a flow has across its gaps, and the refusal of gaps with too few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_input import SYMMETRY, WALL, FlowInput, pairs
from thermal.fv.grid import NAMES
from thermal.fv.refusal import Fault, refuse

__all__ = ["LEAST_CELLS", "gap_faults", "resolve_gaps"]

LEAST_CELLS = 6  # across the thinnest gap between two walls
FREE = np.iinfo(np.int32).max  # cells of a run that no two walls bound
Whole = NDArray[np.int64]


class Runs(NamedTuple):
    """Rows of fluid cells along one axis, from one blocked cell or side to the next; (runs,) each."""

    line: Whole  # which line of the grid along the axis, in the order of its other two indices
    start: Whole  # first cell; of a run through a periodic side it ends beyond the last one
    stop: Whole  # one after the last cell
    cells: Whole  # across the gap: twice the run's where a plane of symmetry ends it; FREE without two walls


def resolve_gaps(flow: FlowInput, least: int = LEAST_CELLS) -> None:
    """Refuse a flow where a gap between two walls has too few cells across.

    A gap is a row of fluid cells along x, y or z with a blocked cell or a wall at both ends; a plane of symmetry at one
    end counts its cells twice. Gaps that are porous from wall to wall are not asked, nor are the rounded ends that
    wider gaps have where walls stand askew to the grid.

    Parameters
    ----------
    flow : FlowInput
        The flow.
    least : int, optional
        Cells that every gap must have.

    Raises
    ------
    InputError
        The thinnest gap along each direction, its width, its cells and the number needed.
    """
    refuse("grid", gap_faults(flow, least))


def gap_faults(flow: FlowInput, least: int) -> Iterator[Fault]:
    """Yield the thinnest gap along each axis that has less than the least cells, in words."""
    for axis in range(3):
        runs = _runs(flow, axis)
        thin = runs.cells < least
        if thin.any():
            thin &= ~_porous(flow, axis, runs)
        if thin.any():
            thin &= ~_rounded(flow, axis, runs, least)
        if thin.any():
            yield _words(flow, axis, runs, thin, least)


def _lines(values: NDArray[np.generic], axis: int) -> NDArray[np.generic]:
    """Return an array on cells as (lines, cells along an axis)."""
    along = np.moveaxis(values, 2 - axis, -1)
    return along.reshape(-1, along.shape[-1])


def _runs(flow: FlowInput, axis: int) -> Runs:
    """Every row of fluid cells along an axis."""
    fluid = _lines(flow.fluid, axis)
    n = fluid.shape[1]
    if flow.periodic[axis]:  # two lengths of it hold each row that ends at blocked cells from end to end
        fluid = np.concatenate([fluid, fluid], axis=1)
    line, at = np.nonzero(np.diff(np.pad(fluid, ((0, 0), (1, 1))).view(np.int8), axis=1))
    line, start, stop = line[::2], at[::2], at[1::2]
    if flow.periodic[axis]:
        whole = (start > 0) & (stop < 2 * n) & (start <= n)
        line, start, stop = line[whole], start[whole], stop[whole]
        return Runs(line, start, stop, stop - start)
    low, high = (flow.sides[side].kind.ravel()[line] for side in pairs()[axis])
    low, high = np.where(start > 0, WALL, low), np.where(stop < n, WALL, high)
    mirrored = ((low == SYMMETRY) & (high == WALL)) | ((low == WALL) & (high == SYMMETRY))
    length = stop - start
    bounded = np.where((low == WALL) & (high == WALL), length, FREE)
    return Runs(line, start, stop, np.where(mirrored, 2 * length, bounded))


def _porous(flow: FlowInput, axis: int, runs: Runs) -> NDArray[np.bool_]:
    """Whether all cells of a run resist the flow by themselves."""
    porous = np.zeros(flow.fluid.shape, bool)
    for rows in (flow.linear, flow.quadratic):
        for row in {id(row): row for row in rows or ()}.values():
            porous |= row > 0.0
    if not porous.any():
        return np.zeros(runs.line.shape, bool)
    lines = _lines(porous, axis)
    if flow.periodic[axis]:
        lines = np.concatenate([lines, lines], axis=1)
    before = np.pad(np.cumsum(lines, axis=1), ((0, 0), (1, 0)))
    return np.asarray(before[runs.line, runs.stop] - before[runs.line, runs.start] == runs.stop - runs.start)


def _rounded(flow: FlowInput, axis: int, runs: Runs, least: int) -> NDArray[np.bool_]:
    """Whether a thin run is an end of a wider gap: longer on one hand until it is long enough, shorter on the other.

    The last rows of a round duct on a rectilinear grid are such runs.
    """
    n = flow.fluid.shape[2 - axis]
    owner: Whole = np.full((flow.fluid.size // n, n), -1)
    sizes = runs.stop - runs.start
    line = np.repeat(runs.line, sizes)
    along = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes - runs.start, sizes)
    owner[line, along % n] = np.repeat(np.arange(len(sizes)), sizes)
    others = [other for other in range(3) if other != axis]
    owner = owner.reshape(*np.moveaxis(flow.fluid, 2 - axis, -1).shape)
    touching = [[_beside(flow, axis, other, owner, step) for step in (1, -1)] for other in others]
    fine = runs.cells >= least
    rounded = np.zeros(fine.shape, bool)
    for _ in range(least):
        for one, two in touching:
            for wider, narrower in ((one, two), (two, one)):
                larger = _largest(owner, wider, np.where(fine, runs.cells, 0), len(sizes))
                rounded |= (
                    ~fine & (larger > runs.cells) & (_largest(owner, narrower, runs.cells, len(sizes)) < runs.cells)
                )
        if not (rounded & ~fine).any():
            break
        fine = fine | rounded
    return rounded


def _beside(flow: FlowInput, axis: int, other: int, owner: Whole, step: int) -> Whole:
    """Return the run beside each cell along another axis: -1 where there is none, its own beyond an open side."""
    place = [d for d in range(3) if d != 2 - axis].index(2 - other)
    beside = np.roll(owner, step, place)
    if not flow.periodic[other]:
        at: list[slice | int] = [slice(None)] * 3
        at[place] = 0 if step == 1 else -1
        side = pairs()[other][0 if step == 1 else 1]
        kind = flow.sides[side].kind  # in (z, y, x) order without the other axis; the axis comes last here
        kind = np.moveaxis(kind, [d for d in range(3) if d != 2 - other].index(2 - axis), -1)
        beside[tuple(at)] = np.where(kind == WALL, -1, owner[tuple(at)])
    return np.asarray(beside)


def _largest(owner: Whole, beside: Whole, cells: Whole, count: int) -> Whole:
    """Return the largest number of cells among the runs beside each run, 0 where there is none."""
    largest = np.zeros(count, np.int64)
    both = (owner >= 0) & (beside >= 0)
    np.maximum.at(largest, owner[both], cells[beside[both]])
    return largest


def _words(flow: FlowInput, axis: int, runs: Runs, thin: NDArray[np.bool_], least: int) -> Fault:
    """Return the thinnest gap along an axis in words."""
    faces, name = flow.grid.faces[axis], NAMES[axis]
    n, extent = len(faces) - 1, float(np.ptp(faces))
    ends = np.concatenate([faces, faces[1:] + extent])
    width = ends[runs.stop] - ends[runs.start]
    few = np.flatnonzero(thin)
    worst = few[np.lexsort((width[few], runs.cells[few]))[0]]
    cells, length = int(runs.cells[worst]), int(runs.stop[worst] - runs.start[worst])
    index = list(np.unravel_index(runs.line[worst], [m for d, m in enumerate(flow.grid.shape) if d != 2 - axis]))
    index.insert(2 - axis, runs.start[worst] % n)
    place = flow.grid.describe([int(m) for m in index])
    start, stop, half = ends[runs.start[worst]], ends[runs.stop[worst]], cells > length
    more = np.count_nonzero(thin) - 1
    what = "half gap, up to the plane of symmetry," if half else "gap"
    has = f"{length} cell{'s' * (length > 1)} across"
    wrong = f"the {what} of {width[worst]:.4g} m from {name} = {start:.6g} to {stop:.6g} m has {has}"
    wrong += f", {more} more rows of cells have too few as well" if more else ""
    needed = -(-least // 2) if half else least
    right = f"grid with at least {needed} cells across it, none wider than {width[worst] / needed:.3g} m"
    return f"{name} at {place}", wrong, f"{right}, or lower least_cells"
