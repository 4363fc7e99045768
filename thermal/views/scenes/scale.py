"""Scales that people can read: round ends, the same for pictures that are compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Scale", "around_zero", "round_scale", "ticks"]

Scale = tuple[float, float]
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def round_step(width: float, count: int) -> float:
    """Return the smallest round step that covers a width in at most `count` steps.

    >>> round_step(47.0, 6)
    10.0
    """
    raw = width / count
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in _STEPS if step * power >= raw * (1.0 - 1e-12))


def round_scale(
    values: Iterable[float | NDArray[np.floating]], count: int = 10, least: float = 2.0, *, upward: bool = False
) -> Scale:
    """Return round ends that hold all finite values, and are at least so far apart: what hardly differs looks alike.

    What is too narrow is widened to both sides, or `upward` only: no coolant is colder than it came in.

    >>> round_scale([41.2, 88.0])
    (40.0, 90.0)
    >>> round_scale([75.2, 76.8], least=10.0)
    (71.0, 81.0)
    >>> round_scale([40.0, 42.4], least=5.0, upward=True)
    (40.0, 45.0)
    """
    ends = [(float(part.min()), float(part.max())) for part in map(_finite, values) if part.size]
    if not ends:
        return 0.0, 1.0
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    if high - low < least and upward:
        high = low + least
    elif high - low < least:
        middle = round(0.5 * (low + high))
        low, high = min(low, middle - 0.5 * least), max(high, middle + 0.5 * least)
    step = round_step(high - low, count)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def around_zero(values: Iterable[float | NDArray[np.floating]], least: float, most: float = math.inf) -> Scale:
    """Return a scale of like ends about zero, at least ±least and at most ±most.

    >>> around_zero([-2.0, 61.0], least=5.0, most=20.0)
    (-20.0, 20.0)
    """
    largest = max((float(np.abs(part).max()) for part in map(_finite, values) if part.size), default=0.0)
    half = min(max(largest, least), most)
    step = round_step(half, 5)
    half = math.ceil(half / step - 1e-9) * step
    return -half, half


def ticks(low: float, high: float, count: int = 12) -> Sequence[tuple[float, str]]:
    """Return the numbers to write beside a scale, with their text; the ends of a `round_scale` are among them.

    >>> [text for _, text in ticks(40.0, 60.0)]
    ['40', '42', '44', '46', '48', '50', '52', '54', '56', '58', '60']
    """
    finest = round_step(high - low, count)
    power = 10.0 ** math.floor(math.log10(finest))
    steps = [size * power * factor for factor in (1.0, 10.0) for size in _STEPS[:-1] if size * power * factor >= finest]
    step = next((one for one in steps if _whole(low / one) and _whole(high / one)), finest)
    digits = next(count for count in range(12) if abs(round(step, count) - step) < 1e-9 * step or count == 11)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    marks = [index * step for index in range(first, last + 1)]
    return [(mark, f"{mark + 0.0:.{digits}f}".replace("-", "−")) for mark in marks]


def _whole(count: float) -> bool:
    return abs(count - round(count)) < 1e-6


def _finite(values: float | NDArray[np.floating]) -> NDArray[np.floating]:
    flat = np.atleast_1d(np.asarray(values)).ravel()
    known: NDArray[np.floating] = flat[np.isfinite(flat)]
    return known
