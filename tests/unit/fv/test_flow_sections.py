"""Shear on walls, Reynolds numbers of sections, and where a flow would not be laminar."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.unit.fv.flow_fields import HIGH, MU, RHO, WIDE, channel, nothing, on_faces, vortex
from thermal.fv import Box, Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_jets import jets
from thermal.fv.flow_turbulence import fastest_passage, turbulence_notes


def test_the_shear_of_a_straight_profile_acts_on_both_walls() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 0.5, 1.0), (4, 6, 1)), density=1.0, viscosity=0.2, least_cells=1)
    problem.wall("y_max", velocity=(3.0, 0.0, 0.0))
    problem.periodic("x")
    field = on_faces(problem.checked(), (lambda x, y, z: 6.0 * y + 0.0 * (x + z), nothing, nothing), nothing)
    np.testing.assert_allclose(field.wall_shear("y_min")[0], 1.2, rtol=1e-13)
    np.testing.assert_allclose(field.wall_shear("y_max")[0], -1.2, rtol=1e-13)
    assert not field.wall_shear("z_max").any()  # symmetry


def test_the_shear_on_blocks_is_that_on_walls_in_their_place() -> None:
    grid = Grid.uniform((1.0, 1.0, 1.0), (3, 10, 1))
    problem = FlowProblem(grid, density=1.0, viscosity=0.2, least_cells=1)
    problem.block(Box(y=(0.0, 0.2)))
    problem.periodic("x", pressure_drop=1.0)
    field = on_faces(
        problem.checked(), (lambda x, y, z: np.maximum(y - 0.2, 0.0) + 0.0 * (x + z), nothing, nothing), nothing
    )
    shear = field.block_shear("y")
    np.testing.assert_allclose(shear[0, :, 2], 0.2, rtol=1e-13)
    assert not np.delete(shear[0], 2, axis=1).any()
    assert not field.wall_shear("y_min").any()


def test_reynolds_stands_on_four_areas_over_the_perimeter() -> None:
    field = channel()
    speed = field.mass_flow("x_min") / (RHO * WIDE * HIGH)
    diameter = 2.0 * WIDE * HIGH / (WIDE + HIGH)
    assert field.reynolds() == pytest.approx(RHO * speed * diameter / MU, rel=1e-12)
    assert field.sections.diameter == pytest.approx(np.full(12, diameter), rel=1e-12)
    assert turbulence_notes(field) == {}


def test_parts_of_a_section_have_their_own_numbers() -> None:
    grid = Grid.uniform((4.0, 3.0, 1.0), (4, 12, 5))
    problem = FlowProblem(grid, density=1.0, viscosity=0.5, least_cells=1)
    problem.block(Box(y=(1.0, 1.5)))
    problem.symmetry("z_max")
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    field = on_faces(problem.checked(), (lambda x, y, z: 1.0 + 0.0 * (x + y + z), nothing, nothing), nothing)
    assert sorted(set(np.round(field.sections.area, 9))) == [1.0, 1.5]
    assert sorted(set(np.round(field.sections.perimeter, 9))) == [3.0, 3.5]  # no wall at the side of symmetry
    assert field.reynolds() == pytest.approx(4.0 * 1.5 / 3.5 / 0.5, rel=1e-12)


def test_porous_cells_are_no_channels() -> None:
    problem = FlowProblem(Grid.uniform((1.0, 1.0, 1.0), (4, 8, 8)), density=1.0, viscosity=1.0, least_cells=1)
    problem.add_porous(Box(), permeability=1e-6)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    field = on_faces(problem.checked(), (lambda x, y, z: 1.0 + 0.0 * (x + y + z), nothing, nothing), nothing)
    assert field.reynolds() == 0.0
    assert turbulence_notes(field) == {}


def test_a_fast_channel_is_said_to_be_turbulent() -> None:
    (note,) = turbulence_notes(channel(speed=7.0)).values()
    assert "above about 2000 channel flow turns turbulent" in note
    assert "lower the flow" in note
    assert turbulence_notes(channel(speed=4.0)) == {}


def test_a_fast_step_is_said_to_be_unsteady() -> None:
    def step(speed: float) -> FlowField:
        problem = FlowProblem(Grid.uniform((4.0, 1.0, 1.0), (16, 16, 1)), density=1.0, viscosity=1e-3, least_cells=1)
        problem.block(Box(x=(0.0, 1.0), y=(0.0, 0.5)))
        problem.inlet("x_min", velocity=speed)
        problem.outlet("x_max")
        given = problem.checked()

        def u(x: Any, y: Any, z: Any) -> Any:
            return np.where(x <= 1.0, speed * (y > 0.5), 0.5 * speed) + 0.0 * z

        return on_faces(given, (u, nothing, nothing), nothing)

    (note,) = turbulence_notes(step(0.8)).values()
    assert "Reynolds number 800 before the expansion" in note
    assert "no longer plane above about 400 (Biswas et al. 2004)" in note
    assert turbulence_notes(step(0.3)) == {}


def test_a_fast_jet_is_said_to_be_turbulent() -> None:
    def jet(speed: float, *, symmetric: bool = False) -> FlowField:
        grid = Grid.uniform((8.0, 3.0, 2.0), (8, 6, 4))
        problem = FlowProblem(grid, density=1.0, viscosity=1e-3, least_cells=1)
        problem.inlet("z_max", velocity=speed, box=Box(x=(0.0, 1.0), y=(0.0, 1.0)))
        problem.outlet("x_max")
        if symmetric:
            problem.symmetry("x_min")
        w = np.zeros((5, 6, 8))
        w[-1, :2, 0] = -speed
        field = on_faces(problem.checked(), (nothing, nothing, nothing), nothing)
        return replace(field, w=w)

    (found,) = jets(jet(1.2).input, jet(1.2).velocity, 1.5)
    assert (found.side, found.diameter, found.wider) == ("z_max", pytest.approx(1.0), pytest.approx(24.0))
    assert found.reynolds == pytest.approx(1200.0)
    (half,) = jets(jet(1.2, symmetric=True).input, jet(1.2).velocity, 1.5)
    assert half.reynolds == pytest.approx(1600.0)  # a rim of 3 instead of 4
    (note,) = (note for note in turbulence_notes(jet(1.2)).values() if "1200 of the jet from z_max" in note)
    assert "above about 1000, by a rule of thumb, jets are unsteady" in note
    assert not any("jet" in note for note in turbulence_notes(jet(0.9)).values())
    assert jets(channel().input, channel().velocity, 1.5) == []  # as wide as what it opens into


def test_a_fast_cavity_is_said_to_be_unsteady() -> None:
    field = vortex()
    assert turbulence_notes(field) == {}
    thin = replace(field, input=replace(field.input, viscosity=1e-3 * field.input.viscosity))
    (note,) = turbulence_notes(thin).values()
    assert "above about 1900 by a rule of thumb recirculating flow in a closed space becomes unsteady" in note


def test_a_cavity_has_the_reynolds_number_of_its_lid() -> None:
    problem = FlowProblem(Grid.uniform((2.0, 1.5, 0.1), (4, 6, 1)), density=3.0, viscosity=0.01, least_cells=1)
    problem.wall("y_max", velocity=(-0.2, 0.0, 0.0))
    field = on_faces(problem.checked(), (nothing, nothing, nothing), nothing)
    assert field.reynolds() == pytest.approx(3.0 * 0.2 * 1.5 / 0.01)


def test_what_flows_through_a_cavity_does_not_hide_its_lid() -> None:
    def lid(speed: float) -> FlowField:
        problem = FlowProblem(Grid.uniform((1.0, 1.0, 0.1), (6, 6, 1)), density=1.0, viscosity=2e-4, least_cells=1)
        problem.wall("y_max", velocity=(speed, 0.0, 0.0))
        problem.inlet("x_min", velocity=1e-3, box=Box(y=(0.0, 0.4)))
        problem.outlet("x_max", box=Box(y=(0.0, 0.4)))
        return on_faces(problem.checked(), (lambda x, y, z: 1e-3 + 0.0 * (x + y + z), nothing, nothing), nothing)

    fast, slow = lid(1.0), lid(0.3)
    assert fast.sections.open
    assert fast.reynolds() == pytest.approx(5000.0)
    (note,) = turbulence_notes(fast).values()
    assert "Reynolds number 5000 on the fastest moving wall and the shortest side: above about 1900" in note
    assert turbulence_notes(slow) == {}
    huge = replace(fast, input=replace(fast.input, density=1e300))
    assert turbulence_notes(huge)["cavity"].startswith("Reynolds number 5e+303 on the fastest")
    assert channel().sections.lid == 0.0  # walls at rest


def test_a_narrow_passage_across_the_main_direction_is_told_of() -> None:
    def plenums(speed: float) -> FlowField:
        problem = FlowProblem(Grid.uniform((8.0, 3.0, 4.0), (16, 6, 8)), density=1.0, viscosity=1e-3, least_cells=1)
        wall = np.zeros((8, 6, 16), np.bool_)
        wall[3:5] = True
        wall[3:5, 2:4, 7:9] = False  # 1 by 1
        problem.block(wall)
        problem.inlet("x_min", velocity=speed, box=Box(z=(2.5, 4.0)))
        problem.outlet("x_max", box=Box(z=(0.0, 1.5)))
        given = problem.checked()
        through = np.zeros((9, 6, 16))
        through[3:6, 2:4, 7:9] = -4.5 * speed
        u = np.zeros((8, 6, 17))
        u[5:, :, :8] = u[:3, :, 9:] = speed
        return replace(on_faces(given, (nothing, nothing, nothing), nothing), u=u, w=through)

    field = plenums(0.2)
    assert field.sections.axis == 0
    notes = turbulence_notes(field)
    assert set(notes) == {"expansion"}
    assert "Reynolds number 900 before the expansion at z = 1." in notes["expansion"]  # where it opens
    assert "on a hydraulic diameter of 1 m" in notes["expansion"]
    assert "Reynolds number 2250 at z = " in turbulence_notes(plenums(0.5))["channel"]
    assert turbulence_notes(plenums(0.08)) == {}
    assert fastest_passage(field.input, field.velocity) == "900 at z = 1.75 m on a hydraulic diameter of 1 m"
    assert fastest_passage(vortex().input, vortex().velocity) is None


def bar(width: int, ratio: float = 1.0) -> FlowField:
    """A bar of some of 16 rows in a free stream, Reynolds number 16000 over all of them; `ratio` above over below."""
    problem = FlowProblem(Grid.uniform((4.0, 16.0, 1.0), (16, 16, 1)), density=1.0, viscosity=1e-3, least_cells=1)
    problem.block(Box(x=(1.0, 2.0), y=(8.0 - 0.5 * width, 8.0 + 0.5 * width)))
    problem.symmetry("y_min")
    problem.symmetry("y_max")
    problem.inlet("x_min", velocity=0.05)
    problem.outlet("x_max")
    u = np.full((1, 16, 17), 0.05)
    low, high = slice(0, 8 - width // 2), slice(8 + width // 2, 16)
    beside = (x := np.linspace(0.0, 4.0, 17)) >= 1.0
    beside &= x <= 2.0
    total = 0.05 * 16 / (16 - width) * 2.0
    u[0, :, beside] = 0.0
    u[0, low, beside], u[0, high, beside] = total / (1.0 + ratio), total * ratio / (1.0 + ratio)
    return replace(on_faces(problem.checked(), (nothing, nothing, nothing), nothing), u=u)


def test_two_streams_beside_a_bar_are_no_expansion_of_either() -> None:
    assert "expansion" not in turbulence_notes(bar(2))  # 14 of 16, but each of them 7
    assert "expansion" in turbulence_notes(bar(8))  # half is closed, again and again beyond the planes of symmetry
    assert "expansion" in turbulence_notes(bar(2, 0.01))  # one of them hardly flows


def test_a_contraction_is_no_expansion() -> None:
    def step(sign: float) -> FlowField:
        problem = FlowProblem(Grid.uniform((4.0, 1.0, 1.0), (16, 16, 1)), density=1.0, viscosity=1e-3, least_cells=1)
        problem.block(Box(x=(0.0, 1.0), y=(0.0, 0.5)))
        sides = ("x_min", "x_max") if sign > 0.0 else ("x_max", "x_min")
        problem.inlet(sides[0], velocity=0.8 if sign > 0.0 else 0.4)  # type: ignore[arg-type]
        problem.outlet(sides[1])  # type: ignore[arg-type]

        def u(x: Any, y: Any, z: Any) -> Any:
            return sign * np.where(x <= 1.0, 0.8 * (y > 0.5), 0.4) + 0.0 * z

        return on_faces(problem.checked(), (u, nothing, nothing), nothing)

    assert set(turbulence_notes(step(1.0))) == {"expansion"}
    assert turbulence_notes(step(-1.0)) == {}


def test_a_space_that_is_mostly_open_is_no_duct() -> None:
    problem = FlowProblem(Grid.uniform((4.0, 4.0, 1.0), (8, 8, 4)), density=1.0, viscosity=1e-3, least_cells=1)
    problem.inlet("x_min", velocity=1.0)
    problem.outlet("x_max")
    for side in ("y_min", "y_max", "z_max"):
        problem.outlet(side)  # type: ignore[arg-type]
    field = on_faces(problem.checked(), (lambda x, y, z: 1.0 + 0.0 * (x + y + z), nothing, nothing), nothing)
    assert field.sections.openings == pytest.approx(np.full(8, 6.0))
    assert field.sections.perimeter == pytest.approx(np.full(8, 4.0))
    assert turbulence_notes(field) == {}
