"""Film on the walls of plenums: the developing gap against its Graetz problem, where layers begin, any grid."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from scipy.linalg import solve_banded

from thermal.coldplate.coolant_zone import CoolantZone
from thermal.coldplate.plenum_film import gap_film, plenum_film
from thermal.coldplate.stack import FinZone, Stack
from thermal.fv import ConductionProblem, Grid, solve
from thermal.fv.grid import Floats
from thermal.rack.footprints import Rectangle

K, DIFFUSIVITY, GAP, SPEED = 0.5, 1.25e-7, 1.0e-3, 0.2
FINS = FinZone(
    Rectangle(0.0, 1e-3, 0.01, 0.03), Rectangle(0.0, 1e-3, 0.0, 0.04), (1e-3, 2e-3), 4e-4, 6e-4, 385.0, split=False
)
VELOCITY = np.array([SPEED])


def graetz(places: list[float]) -> Floats:
    """Local Nu on twice the gap, one wall heated evenly, against x*: implicit march with steps of 1 %."""
    faces = np.linspace(0.0, 1.0, 801) ** 2
    flow, centres = np.diff(3.0 * faces**2 - 2.0 * faces**3), 0.5 * (faces[1:] + faces[:-1])
    g = 4.0 / np.diff(centres)
    T, x, out = np.zeros(800), 0.0, []

    def moved(T: Floats, step: float) -> Floats:
        band = np.zeros((3, 800))
        band[1] = flow / step
        band[1, :-1] += g
        band[1, 1:] += g
        band[0, 1:], band[2, :-1] = -g, -g
        rhs = flow / step * T
        rhs[0] += 4.0
        return np.asarray(solve_banded((1, 1), band, rhs))

    for place in places:
        while x < place:
            step = min(max(1e-9, 0.01 * x), place - x)
            T = 2.0 * moved(moved(T, 0.5 * step), 0.5 * step) - moved(T, step)
            x = place if step == place - x else x + step
        out.append(2.0 / (T[0] + centres[0] - flow @ T))
    return np.array(out)


def test_the_gap_against_its_graetz_problem() -> None:
    places = [1e-5, 1e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 1.0]
    metres = np.array(places) * SPEED * (2.0 * GAP) ** 2 / DIFFUSIVITY
    thin = np.stack([metres * (1.0 - 1e-5), metres * (1.0 + 1e-5)], axis=1)
    found = gap_film(K, GAP, thin, VELOCITY, DIFFUSIVITY)[:, 0] * 2.0 * GAP / K
    np.testing.assert_allclose(found, graetz(places), rtol=0.02)
    assert np.abs(found / graetz(places) - 1.05).max() > 0.05


def test_layers_begin_at_the_plate_s_end_and_at_the_fins() -> None:
    faces = np.linspace(0.0, 0.04, 9)
    film = plenum_film(FINS, 2e-3, faces, VELOCITY, K, DIFFUSIVITY)
    assert (film[2:6] == 0.0).all()  # the fins
    before, behind = film[:2, 0], film[6:, 0]
    merged = SPEED * 0.6  # channels and fins side by side
    np.testing.assert_allclose(
        before, gap_film(K, 2e-3, np.array([[0.0, 5e-3], [5e-3, 1e-2]]), np.array([merged / 2.0]), DIFFUSIVITY)[:, 0]
    )
    np.testing.assert_allclose(
        behind, gap_film(K, 1e-3, np.array([[2e-2, 2.5e-2], [2.5e-2, 3e-2]]), np.array([merged]), DIFFUSIVITY)[:, 0]
    )
    both = plenum_film(replace(FINS, split=True), 2e-3, faces, VELOCITY, K, DIFFUSIVITY)
    np.testing.assert_allclose(both[:2, 0], both[:-3:-1, 0])  # a centre-fed plate has two outlets alike
    still = plenum_film(FINS, 2e-3, faces, np.zeros(1), K, DIFFUSIVITY)
    assert still[7, 0] == pytest.approx(5.385 * K / (2.0 * GAP))


@pytest.mark.parametrize("layers", [1, 2, 5, 20])
def test_a_plenum_takes_heat_by_its_film_on_any_grid(layers: int) -> None:
    """Base and cover at one temperature each: h·A of floor and ceiling each, from the coolant of their halves."""
    z = [0.0, 1e-3, *np.linspace(1e-3, 2e-3, layers + 1)[1:], 3e-3]
    grid = Grid.from_faces([0.0, 1e-3], np.linspace(0.0, 0.04, 41), z)
    zone = CoolantZone(cast("Stack", SimpleNamespace(fins=FINS)), grid)
    problem = ConductionProblem(grid, 1e5)
    problem.materials += zone.materials(K)
    problem.contacts += zone.contacts()
    film = np.full((40, 1), 1000.0)
    problem.fix_temperature("z_min", 320.0)
    problem.fix_temperature("z_max", 310.0)
    problem.add_coolant(
        zone.box,
        capacity_flow=50.0 * zone.heights[:, None],
        exchange=zone.exchange(np.full((20, 1), 1e-6), film),
        inlet_temperature=300.0,
        direction="y_max",
    )
    found = solve(problem)
    taken = float(found.side_heat("z_min").sum() + found.side_heat("z_max").sum())  # fins pass on the rest
    area = 2.0 * 1e-3 * 1e-2  # of both plenums
    assert taken == pytest.approx(1000.0 * area * (20.0 + (10.0 if layers > 1 else 0.0)), rel=1e-2)  # one: the floor's
