"""Backward-facing step after Gartling (1990): lengths of the recirculations, and a profile behind them."""

from __future__ import annotations

import itertools
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from tests.verification.flow_cases import Floats, assert_mass_is_conserved, sabotage, table
from thermal.fv import FlowProblem, Grid
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_steady import solve_flow

LENGTHS = {int(row["Re"]): row for row in table("bfs_lengths.csv")}
PROFILES = [{k: float(v) for k, v in row.items()} for row in table("bfs_re800_profile_x7.csv")]
PUBLISHED = [{k: float(v) for k, v in row.items()} for row in table("bfs_re800_gartling.csv")]
WITHIN = 0.002  # extrapolated


class Channel(NamedTuple):
    """A grid: length in heights, cells along (closer at the step) and across (even)."""

    length: float
    along: int
    across: int


CHANNELS = {100: Channel(12.0, 120, 32), 200: Channel(16.0, 120, 32), 800: Channel(30.0, 240, 48)}


@cache
def step(reynolds: int, finer: int = 1, scheme: str = "bounded") -> FlowField:
    """Rectangle one high; a parabola of mean speed one enters through the upper half of the left side."""
    channel = CHANNELS[reynolds]
    s = np.linspace(0.0, 1.0, channel.along * finer + 1)
    y = np.linspace(-0.5, 0.5, channel.across * finer + 1)
    grid = Grid.from_faces(channel.length * np.sinh(1.5 * s) / np.sinh(1.5), y, [0.0, 1.0])
    problem = FlowProblem(grid, density=1.0, viscosity=1.0 / reynolds, scheme=scheme)  # type: ignore[arg-type]
    upper = np.clip(y, 0.0, 0.5)
    problem.inlet("x_min", velocity=(np.diff(6.0 * upper**2 - 8.0 * upper**3) / np.diff(y))[None, :])
    problem.outlet("x_max")
    return solve_flow(problem)


def turns(flow: FlowField, side: str) -> list[float]:
    """Where the shear on a wall changes its sign, beyond the corner."""
    shear, x = flow.wall_shear(side)[0, 0], flow.grid.centres.x  # type: ignore[arg-type]
    at = np.flatnonzero(np.sign(shear[1:]) != np.sign(shear[:-1]))
    places = x[at] - shear[at] * (x[at + 1] - x[at]) / (shear[at + 1] - shear[at])
    return [float(place) for place in places if place > 0.2]


def limit(coarse: float, fine: float) -> float:
    """Limit of a second-order sequence from two grids, the finer with half the width."""
    return (4.0 * fine - coarse) / 3.0


BOTH = pytest.mark.parametrize(("reynolds", "scheme"), list(itertools.product((100, 200), ("bounded", "central"))))


@BOTH
def test_where_the_flow_comes_back_to_the_wall(reynolds: int, scheme: str) -> None:
    found = [turns(step(reynolds, finer, scheme), "y_min")[0] for finer in (1, 2)]
    assert limit(*found) == pytest.approx(float(LENGTHS[reynolds]["x_lower_reattach"]), rel=WITHIN)
    assert_mass_is_conserved(step(reynolds, 2, scheme))


@BOTH
def test_a_viscosity_one_per_cent_off_is_seen(reynolds: int, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=1.01, walls=1.01)
    found = [turns(step.__wrapped__(reynolds, finer, scheme), "y_min")[0] for finer in (1, 2)]
    assert limit(*found) != pytest.approx(float(LENGTHS[reynolds]["x_lower_reattach"]), rel=WITHIN)


def lengths(flow: FlowField) -> list[float]:
    """Where the flow comes back to the lower wall, leaves the upper one and comes back to it."""
    (lower, *_), (start, end, *_) = turns(flow, "y_min"), turns(flow, "y_max")
    return [lower, start, end]


def off_at_800(flows: list[FlowField]) -> list[float]:
    """Relative, of those three, extrapolated from two grids."""
    exact = [float(LENGTHS[800][name]) for name in ("x_lower_reattach", "x_upper_sep", "x_upper_reattach")]
    return [limit(*found) / right - 1.0 for *found, right in zip(*map(lengths, flows), exact, strict=True)]


def test_at_800_there_is_a_second_recirculation_above() -> None:
    flows = [step(800, finer) for finer in (1, 2)]
    assert max(map(abs, off_at_800(flows))) < WITHIN
    for flow in flows:
        assert_mass_is_conserved(flow)


def profile(flow: FlowField, name: str, x: int, y: Floats) -> Floats:
    """u or v across the channel at a plane, by splines."""
    line = flow.profile(name, "y", {"x": float(x)})  # type: ignore[arg-type]
    return np.asarray(CubicSpline(line.position, line.value)(y))


def difference(flows: list[FlowField], rows: list[dict[str, float]], name: str, x: int) -> float:
    """Largest difference of u or v at a plane from a table."""
    y = np.array([row["y"] for row in rows[1:-1]])
    wanted = np.array([row[f"{name}_x{x}"] for row in rows[1:-1]])
    coarse, fine = (profile(flow, name, x, y) for flow in flows)
    return float(np.abs((4.0 * fine - coarse) / 3.0 - wanted).max())


# own reference, and what is published, to three decimals
PROFILE_CHECKS = [(PROFILES, "u", 7, 0.002), (PROFILES, "v", 7, 2e-4), (PUBLISHED, "u", 7, 0.0025),
                  (PUBLISHED, "u", 15, 0.0015)]  # fmt: skip


def test_at_800_the_profiles_behind_them() -> None:
    flows = [step(800, finer, "linear_upwind") for finer in (1, 2)]  # limits of slopes do not go with the width squared
    for rows, name, x, within in PROFILE_CHECKS:
        assert difference(flows, rows, name, x) < within, (name, x)


def test_at_800_one_per_cent_of_viscosity_moves_all_of_these(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the coarser grid, where it is cheap, by more than the bounds allow: 0.38 to 0.84 % of the lengths."""
    right = step(800)
    sabotage(monkeypatch, links=1.01, walls=1.01)
    wrong = step.__wrapped__(800)
    assert min(abs(b / a - 1.0) for a, b in zip(lengths(right), lengths(wrong), strict=True)) > 1.5 * WITHIN
    for rows, name, x, within in PROFILE_CHECKS:
        y = np.array([row["y"] for row in rows[1:-1]])
        moved = profile(wrong, name, x, y) - profile(right, name, x, y)
        assert np.abs(moved).max() > 1.5 * within, (name, x)


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_at_800_a_viscosity_one_per_cent_off_is_seen(factor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    sabotage(monkeypatch, links=factor, walls=factor)
    flows = [step.__wrapped__(800, finer) for finer in (1, 2)]
    for rows, name, x, within in PROFILE_CHECKS:
        assert difference(flows, rows, name, x) > within, (name, x)
    assert min(map(abs, off_at_800(flows))) > WITHIN


def test_the_two_references_agree_to_what_is_published() -> None:
    own = {row["y"]: row["u_x7"] for row in PROFILES}
    assert max(abs(row["u_x7"] - own[row["y"]]) for row in PUBLISHED) < 0.0011
