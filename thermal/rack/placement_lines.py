"""Lines in space that tubes follow: along the axes, with rounded bends, cut into stretches, moved aside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from thermal.rack.layout import Point

__all__ = ["along_axes", "apart", "beside", "cut", "rounded", "straight_part"]

_SAME = 1e-6  # [m] points closer than this are one
_ARC = 6  # straight pieces of a bend
_LEAVE = 4.0  # way on which a line moves aside, over how far it moves


def apart(first: Point, second: Point) -> float:
    """Return the distance of two points [m]."""
    return math.dist(first, second)


def along_axes(start: Point, end: Point, order: str) -> tuple[Point, ...]:
    """Return the way from one point to another, one axis after the other.

    Parameters
    ----------
    order : str
        Axes in the order in which they are passed, such as ``"yxz"``.
    """
    here = list(start)
    out = [start]
    for axis in order:
        index = "xyz".index(axis)
        here[index] = end[index]
        out.append((here[0], here[1], here[2]))
    return _distinct([*out, end])


def beside(points: Sequence[Point], aside: float, middle: tuple[float, float], rear: float) -> tuple[Point, ...]:
    """Return a line with the same ends that runs `aside` of it, towards a middle in x and up to `rear` in y too [m].

    It parts from the first line gently and comes back to it as gently, so that both meet in a joint without a kink.
    """
    if not aside:
        return tuple(points)
    whole = sum(apart(a, b) for a, b in pairwise(points))
    leave = min(_LEAVE * aside, 0.4 * whole)
    stretches = cut(points, [leave / _ARC] * _ARC + [whole - 2.0 * leave] + [leave / _ARC] * _ARC)
    moved, at = [points[0]], 0.0
    for start, (x, y, z) in pairwise(_distinct(point for stretch in stretches for point in stretch)):
        at += apart(start, (x, y, z))
        share = min(at, max(whole - at, 0.0)) / leave
        by = aside * (1.0 if share >= 1.0 else share * share * (3.0 - 2.0 * share))
        back = math.copysign(by, middle[1] - y) if y < rear else 0.0
        moved.append((x + math.copysign(by, middle[0] - x), y + back, z))
    return _distinct([*moved[:-1], points[-1]])


def rounded(points: Sequence[Point], radius: float) -> tuple[Point, ...]:
    """Return the line with its corners rounded; where the radius does not fit, with the largest that does."""
    corners = _straightened(points)
    out = [corners[0]]
    for index in range(1, len(corners) - 1):
        before, corner, after = corners[index - 1 : index + 2]
        # At an inner piece of the line two bends share its length.
        room = min(
            apart(before, corner) * (0.5 if index > 1 else 0.95),
            apart(corner, after) * (0.5 if index < len(corners) - 2 else 0.95),
        )
        out += _bend(before, corner, after, radius, room)
    return _distinct([*out, corners[-1]])


def cut(points: Sequence[Point], shares: Sequence[float]) -> list[tuple[Point, ...]]:
    """Return the line cut into consecutive stretches with lengths in the ratio of `shares` (each above 0)."""
    total, whole = sum(shares), sum(apart(a, b) for a, b in pairwise(points))
    rest = list(points)
    out: list[tuple[Point, ...]] = []
    for share in shares[:-1]:
        stretch, rest = _taken(rest, whole * share / total)
        out.append(stretch)
    return [*out, tuple(rest)]


def straight_part(points: Sequence[Point], longest: float) -> tuple[tuple[Point, ...], ...]:
    """Return the line in three: before, within and after the middle of its longest straight piece.

    The middle one is `longest` at most [m]; the others may hold one point only, that is nothing.
    """
    pieces = list(pairwise(points))
    index = max(range(len(pieces)), key=lambda number: apart(*pieces[number]))
    start, end = pieces[index]
    size = apart(start, end)
    half = min(longest / size, 1.0) / 2 if size else 0.5
    low, high = _between(start, end, 0.5 - half), _between(start, end, 0.5 + half)
    return _distinct([*points[: index + 1], low]), (low, high), _distinct([high, *points[index + 1 :]])


def _distinct(points: Iterable[Point]) -> tuple[Point, ...]:
    """Return the points without those that repeat the one before."""
    out: list[Point] = []
    for point in points:
        if not out or apart(out[-1], point) > _SAME:
            out.append(point)
    return tuple(out)


def _straightened(points: Sequence[Point]) -> list[Point]:
    """Return the points without those in the middle of a straight run."""
    out: list[Point] = []
    for point in _distinct(points):
        while len(out) > 1 and _turn(out[-2], out[-1], point) < _SAME:
            out.pop()
        out.append(point)
    return out


def _turn(before: Point, corner: Point, after: Point) -> float:
    """Return the angle by which the way turns at a corner [rad]."""
    first, second = _direction(before, corner), _direction(corner, after)
    return math.acos(max(-1.0, min(1.0, sum(a * b for a, b in zip(first, second, strict=True)))))


def _bend(before: Point, corner: Point, after: Point, radius: float, room: float) -> list[Point]:
    """Return the points of a rounded corner; the corner itself where the way turns back."""
    turn = _turn(before, corner, after)
    if turn > math.pi - 1e-3 or room < _SAME:
        return [corner]
    reach = min(radius * math.tan(turn / 2), room)
    first, second = _direction(before, corner), _direction(corner, after)
    start = _moved(corner, first, -reach)
    radius = reach / math.tan(turn / 2)
    # From the start of the arc its centre lies towards the inside of the bend, square to the way in.
    inward = _unit(tuple(b - math.cos(turn) * a for a, b in zip(first, second, strict=True)))
    out = []
    for step in range(_ARC + 1):
        angle = turn * step / _ARC
        forward, sideways = radius * math.sin(angle), radius * (1.0 - math.cos(angle))
        out.append(_moved(_moved(start, first, forward), inward, sideways))
    return out


def _taken(points: list[Point], length: float) -> tuple[tuple[Point, ...], list[Point]]:
    """Return the first stretch of that length, and the rest, which starts where it ends."""
    out = [points[0]]
    for index, (start, end) in enumerate(pairwise(points)):
        size = apart(start, end)
        if size >= length:
            point = _between(start, end, length / size if size else 0.0)
            return (*out, point), [point, *points[index + 1 :]]
        length -= size
        out.append(end)
    return tuple(out), [points[-1], points[-1]]


def _between(start: Point, end: Point, share: float) -> Point:
    x, y, z = (a + share * (b - a) for a, b in zip(start, end, strict=True))
    return x, y, z


def _direction(start: Point, end: Point) -> Point:
    return _unit(tuple(b - a for a, b in zip(start, end, strict=True)))


def _unit(vector: tuple[float, ...]) -> Point:
    size = math.hypot(*vector) or 1.0
    x, y, z = (value / size for value in vector)
    return x, y, z


def _moved(point: Point, direction: Point, by: float) -> Point:
    x, y, z = (a + by * b for a, b in zip(point, direction, strict=True))
    return x, y, z
