"""Streamlines of a flow, exact for velocities that vary straight from face to face: they never cross a wall.

In a cell each velocity depends on its own direction only, so that the path is known in closed form (Pollock 1988), and
what flows in equals what flows out along every bundle of lines. In a plane the lines are the contours of the stream
function.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from thermal.fv.boundary import SIDES
from thermal.fv.flow_accounts import side_flow
from thermal.fv.flow_input import INLET, OUTLET, PERIODIC, FlowInput
from thermal.fv.grid import Axes, Floats
from thermal.fv.refusal import numbers, refuse, scalar, shown

__all__ = ["Streamline", "Streamlines", "inlet_seeds", "trace"]

GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)
LENGTHS = 10.0  # times the sum of the sides of the grid, at which an endless line ends
POINTS = 100  # times the cells along all three directions: room for the points of one line
CLOSED = 1.0e-6  # of a cell, within which a line meets itself


@dataclass(frozen=True, eq=False)
class Streamline:
    """One streamline, from its seed on."""

    points: Floats  # (n, 3), x, y, z [m]
    speed: Floats  # (n,) [m/s]
    time: Floats  # (n,), from the seed; falling where it was followed backward [s]
    closed: bool  # whether it met itself


@dataclass(frozen=True, eq=False)
class Streamlines:
    """Streamlines end to end in one set of arrays.

    Attributes
    ----------
    points : (n, 3) float64
        Where they pass: the seed and every face that they cross [m].
    speed : (n,) float64
        Magnitude of the velocity there [m/s].
    time : (n,) float64
        Since the seed [s].
    start : (lines + 1,) int
        First point of each line, and the number of all points.
    closed : (lines,) bool
        Whether the line met itself.
    """

    points: Floats
    speed: Floats
    time: Floats
    start: NDArray[np.intp]
    closed: NDArray[np.bool_]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.closed)

    def __getitem__(self, line: int) -> Streamline:
        """Return one line."""
        n = range(len(self))[line]
        part = slice(int(self.start[n]), int(self.start[n + 1]))
        return Streamline(self.points[part], self.speed[part], self.time[part], bool(self.closed[n]))

    def __iter__(self) -> Iterator[Streamline]:
        """Yield line after line."""
        return (self[n] for n in range(len(self)))


def trace(
    given: FlowInput, velocity: Axes, seeds: ArrayLike, *, backward: bool = False, longest: float | None = None
) -> Streamlines:
    """Follow the flow from points until it leaves, comes to rest, meets itself, or the line is too long.

    Parameters
    ----------
    given : FlowInput
        The problem.
    velocity : Axes
        On the faces [m/s].
    seeds : (n, 3) array_like
        Where to start, (x, y, z) [m].
    backward : bool
        Whether to follow the fluid back to where it came from.
    longest : float, optional
        Length of a line [m].

    Raises
    ------
    InputError
        A point outside the grid.
    """
    known = numbers(seeds)
    points = np.ascontiguousarray(np.atleast_2d(np.zeros(0) if known is None else known))
    wrongs = []
    if known is None or points.ndim != 2 or points.shape[1] != 3:
        wrong = shown(seeds) if known is None else f"an array of shape {points.shape}"
        wrongs.append(("seeds", wrong, "give one row (x, y, z) for each line"))
    if longest is not None and not scalar(longest) > 0.0:
        wrongs.append(("longest", shown(longest, "m"), "give a length above 0"))
    refuse("streamlines", wrongs)
    cells = np.stack(given.grid.locate(list(points.T)), axis=1).astype(np.int64)
    sign = -1.0 if backward else 1.0
    u, v, w = (np.ascontiguousarray(sign * part) for part in velocity)
    x, y, z = given.grid.faces
    reach = LENGTHS * sum(float(np.ptp(row)) for row in (x, y, z)) if longest is None else longest
    room = np.empty((POINTS * sum(given.grid.shape), 5))
    lines, closed = [], []
    for point, cell in zip(points, cells, strict=True):
        count, met = follow(point, cell, x, y, z, u, v, w, reach, CLOSED, room)
        lines.append(room[:count].copy())
        closed.append(met)
    found = np.concatenate(lines) if lines else np.empty((0, 5))
    start = np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.intp)
    return Streamlines(found[:, :3], found[:, 3], sign * found[:, 4], start, np.array(closed, np.bool_))


def inlet_seeds(given: FlowInput, velocity: Axes, count: int) -> Floats:
    """Spread points over all inlets so that each stands for the same flow, shape (n, 3) [m].

    Where fluid comes in only through outlets or periodic sides, over those.

    Raises
    ------
    InputError
        Nothing comes in, or no point is asked for.
    """
    inflow = {side: np.maximum(side_flow(given, velocity, side), 0.0) for side in SIDES}
    wanted = {}
    for kind in (INLET, OUTLET, PERIODIC):
        wanted = {side: np.where(given.sides[side].kind == kind, flow, 0.0) for side, flow in inflow.items()}
        if any(flow.any() for flow in wanted.values()):
            break
    total = sum(float(flow.sum()) for flow in wanted.values())
    if count < 1 or total == 0.0:
        wrong = f"{count} lines" if count < 1 else "nothing comes in through a side"
        right = "ask for at least one" if count < 1 else "give the points at which streamlines start"
        refuse("streamlines", [("seeds", wrong, right)])
    points = []
    done = share = 0.0
    for side, flow in wanted.items():
        share += float(flow.sum()) / total
        number = round(count * share) - round(count * done)
        done = share
        if number:
            axis, end = SIDES[side]
            first, second = (n for n in range(3) if n != axis)
            place = np.full((number, 3), given.grid.faces[axis][end])
            place[:, first], place[:, second] = _spread(flow, given.grid.faces[first], given.grid.faces[second], number)
            points.append(place)
    return np.concatenate(points)


def _spread(flow: Floats, columns: Floats, rows: Floats, count: int) -> tuple[Floats, Floats]:
    """Return so many points on a side, evenly by flow: a Fibonacci lattice mapped by the flow added up."""
    if flow.shape[0] > flow.shape[1]:
        second, first = _spread(np.ascontiguousarray(flow.T), rows, columns, count)
        return first, second
    even = (np.arange(count) + 0.5) / count
    turned = (0.5 + np.arange(count) * GOLDEN) % 1.0
    across = _placed(flow.sum(axis=0), columns, even)
    index = np.clip(np.searchsorted(columns, across, side="right") - 1, 0, flow.shape[1] - 1)
    along = [float(_placed(flow[:, n], rows, np.array([share]))[0]) for n, share in zip(index, turned, strict=True)]
    return across, np.array(along)


def _placed(flow: Floats, faces: Floats, shares: Floats) -> Floats:
    """Return where shares of the flow are reached, counted from the low end."""
    added = np.concatenate([[0.0], np.cumsum(flow)])
    keep = np.concatenate([[True], np.diff(added) > 0.0])
    keep[:-1] |= keep[1:]  # the low face of every cell through which something flows
    return np.interp(shares * added[-1], added[keep], faces[keep])


@njit(cache=True, nogil=True)
def pace(x: float, low: float, high: float, v_low: float, v_high: float) -> float:
    """Velocity at x, between those on two faces [m/s]; exactly theirs on them."""
    if x >= high:
        return v_high
    return v_low + (v_high - v_low) * ((x - low) / (high - low))


@njit(cache=True, nogil=True)
def leaving(x: float, low: float, high: float, v_low: float, v_high: float) -> float:
    """Time in which fluid at x reaches the face that it moves to [s]; infinite when it never does.

    Source: D. W. Pollock, Groundwater 26 (1988) 743.
    """
    rate = (v_high - v_low) / (high - low)
    v = pace(x, low, high, v_low, v_high)
    way, end = (high - x, v_high) if v > 0.0 else (low - x, v_low)
    if v == 0.0 or v * end <= 0.0:
        return np.inf
    growth = rate * way / v
    if abs(growth) < 1.0e-9:
        return way / v * (1.0 - 0.5 * growth)
    return math.log1p(growth) / rate


@njit(cache=True, nogil=True)
def moved(x: float, low: float, high: float, v_low: float, v_high: float, time: float) -> float:
    """Where fluid at x is after a time [m]."""
    rate = (v_high - v_low) / (high - low)
    v = pace(x, low, high, v_low, v_high)
    if abs(rate * time) < 1.0e-12:
        return x + v * time
    return x + v * math.expm1(rate * time) / rate


@njit(cache=True, nogil=True)
def velocity_at(point, cell, x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    """Velocity at a point of a cell along x, y, z [m/s]."""
    k, j, i = cell[0], cell[1], cell[2]
    return (
        pace(point[0], x[i], x[i + 1], u[k, j, i], u[k, j, i + 1]),
        pace(point[1], y[j], y[j + 1], v[k, j, i], v[k, j + 1, i]),
        pace(point[2], z[k], z[k + 1], w[k, j, i], w[k + 1, j, i]),
    )


@njit(cache=True, nogil=True)
def step(point, cell, x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    """Move a point to where it leaves its cell; returns the time, the direction and whether upwards along that."""
    k, j, i = cell[0], cell[1], cell[2]
    velocity = velocity_at(point, cell, x, y, z, u, v, w)
    times = (
        leaving(point[0], x[i], x[i + 1], u[k, j, i], u[k, j, i + 1]),
        leaving(point[1], y[j], y[j + 1], v[k, j, i], v[k, j + 1, i]),
        leaving(point[2], z[k], z[k + 1], w[k, j, i], w[k + 1, j, i]),
    )
    time = min(times)
    axis = 0 if times[0] == time else (1 if times[1] == time else 2)
    up = velocity[axis] > 0.0
    if time < np.inf:
        low, high = (x[i], y[j], z[k]), (x[i + 1], y[j + 1], z[k + 1])
        point[0] = moved(point[0], x[i], x[i + 1], u[k, j, i], u[k, j, i + 1], time)
        point[1] = moved(point[1], y[j], y[j + 1], v[k, j, i], v[k, j + 1, i], time)
        point[2] = moved(point[2], z[k], z[k + 1], w[k, j, i], w[k + 1, j, i], time)
        for n in range(3):  # within the cell, and on its face without rounding
            point[n] = min(max(point[n], low[n]), high[n])
        point[axis] = high[axis] if up else low[axis]
    return time, axis, up


@njit(cache=True, nogil=True)
def note(out, count, point, cell, clock, x, y, z, u, v, w):  # type: ignore[no-untyped-def]
    """Write down a point with its speed and time."""
    a, b, c = velocity_at(point, cell, x, y, z, u, v, w)
    out[count, :3] = point
    out[count, 3] = math.sqrt(a * a + b * b + c * c)
    out[count, 4] = clock


@njit(cache=True, nogil=True)
def follow(seed, first, x, y, z, u, v, w, longest, closed, out):  # type: ignore[no-untyped-def]
    """Follow one line; returns the number of its points and whether it met itself.

    Parameters
    ----------
    seed : (3,) float64
        Start [m].
    first : (3,) int64
        Its cell (z, y, x).
    x, y, z : float64
        Faces [m].
    u, v, w : float64
        Velocities on the faces [m/s].
    longest, closed : float
        Length of the line [m]; share of a cell within which it meets itself.
    out : (room, 5) float64
        Filled with x, y, z, speed and time of each point.
    """
    point, cell = seed.copy(), first.copy()
    once = seed.copy()  # where the line left the cell of its seed
    clock = length = 0.0
    note(out, 0, point, cell, clock, x, y, z, u, v, w)
    count = 1
    while count < len(out) and length < longest:
        before = point.copy()
        time, axis, up = step(point, cell, x, y, z, u, v, w)
        if time == np.inf:
            break  # comes to rest in this cell
        clock += time
        length += math.sqrt(((point - before) ** 2).sum())
        note(out, count, point, cell, clock, x, y, z, u, v, w)
        count += 1
        k, j, i = cell[0], cell[1], cell[2]
        if k == first[0] and j == first[1] and i == first[2]:
            size = min(x[i + 1] - x[i], y[j + 1] - y[j], z[k + 1] - z[k])
            if count == 2:
                once[:] = point
            elif math.sqrt(((point - once) ** 2).sum()) < closed * size:
                return count, True
        cell[2 - axis] += 1 if up else -1
        if cell[2 - axis] < 0 or cell[2 - axis] >= u.shape[2 - axis] - (1 if axis == 0 else 0):
            break  # left through a side
    return count, False
