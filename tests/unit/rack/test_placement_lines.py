"""Hoses side by side part from their joints gently."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from thermal.rack.layout import Point
from thermal.rack.placement_lines import beside, rounded

ASIDE = 0.05
WAY = rounded([(0.9, 1.0, 0.05), (0.1, 1.0, 0.05), (0.1, 0.9, 0.05)], 0.09)


def turns(line: tuple[Point, ...]) -> list[float]:
    """Angles by which a line turns at its points [rad]."""
    ways = [tuple(b - a for a, b in zip(*ends, strict=True)) for ends in pairwise(line)]
    return [
        math.acos(min(1.0, sum(a * b for a, b in zip(one, two, strict=True)) / (math.hypot(*one) * math.hypot(*two))))
        for one, two in pairwise(ways)
    ]


def test_a_line_beside_another_has_its_ends_and_no_kink() -> None:
    line = beside(WAY, ASIDE, (0.3, 0.5), 2.0)
    assert (line[0], line[-1]) == (WAY[0], WAY[-1])
    assert max(turns(line)) < math.radians(40.0)


def test_a_line_beside_another_keeps_its_distance_between_the_joints() -> None:
    line = beside(WAY, ASIDE, (0.3, 0.5), 2.0)
    middle = [y for x, y, _ in line if 0.35 < x < 0.65]
    assert middle == pytest.approx([1.0 - ASIDE] * len(middle))
    assert beside(WAY, 0.0, (0.3, 0.5), 2.0) == tuple(WAY)
