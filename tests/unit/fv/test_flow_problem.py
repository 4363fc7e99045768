"""What a flow problem takes, keeps and refuses."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from tests.unit.fv.flow_problems import BLOCK, GRID, WATER, channel, refused
from thermal.errors import InputError
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv.flow_checks import require_held
from thermal.fv.flow_input import INLET, OUTLET, PERIODIC, SYMMETRY, WALL
from thermal.fv.flow_regions import regions


def test_a_plane_channel() -> None:
    flow = channel().checked()
    assert flow.flat == (False, False, True)
    assert flow.has_outlet
    assert flow.inflow("x_min").sum() == pytest.approx(1000.0 * 0.1 * 0.02 * 0.001)
    kinds = {side: np.unique(condition.kind).tolist() for side, condition in flow.sides.items()}
    assert kinds == {
        "x_min": [INLET], "x_max": [OUTLET], "y_min": [WALL], "y_max": [WALL], "z_min": [SYMMETRY], "z_max": [SYMMETRY],
    }  # fmt: skip
    assert (flow.sides["x_max"].pressure == 5.0).all()
    assert flow.linear is flow.quadratic is flow.mass is flow.force is None
    assert flow.viscosity.shape == GRID.shape
    assert flow.scheme == "bounded"
    assert flow.gradient == (0.0, 0.0, 0.0)


def test_a_cavity_needs_no_outlet() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.wall("y_max", velocity=(0.2, 0.0, 0.0))
    flow = problem.checked()
    assert not flow.has_outlet
    assert regions(flow).floating.tolist() == [1]
    assert (flow.sides["y_max"].velocity[0] == 0.2).all()
    require_held(flow)


def test_the_later_condition_wins_and_flow_goes_through_what_is_left() -> None:
    problem = channel(BLOCK)
    problem.inlet("x_min", flow=0.3)
    problem.wall("x_min", box=Box(y=(0.0, 0.00571)))  # two of seven rows
    problem.block(Box(x=(0.0, 0.005), y=(0.0171, 0.02)))  # and one
    flow = problem.checked()
    side = flow.sides["x_min"]
    assert (side.kind[:, :2] == WALL).all()
    assert (side.kind[:, 2:6] == INLET).all()
    assert (side.kind[:, 6] == WALL).all()
    assert flow.inflow("x_min").sum() == pytest.approx(0.3, rel=1e-14)
    assert side.velocity[0, 0, 3] == pytest.approx(0.3 / (1000.0 * 0.01 * 0.02 * 4 / 7))
    assert not side.velocity[:, :, :2].any()
    assert not side.velocity[:, :, 6].any()


def test_velocities_of_an_inlet_in_all_forms() -> None:
    shape = (6, 7)
    speeds = np.arange(42.0).reshape(shape)
    for given, u, v in (
        (0.5, -0.5, 0.0),
        ((-0.5, 0.25, 0.0), -0.5, 0.25),
        (speeds, -speeds, 0.0),
        (np.stack([speeds, -speeds, 0.0 * speeds]), speeds, -speeds),
    ):
        problem = FlowProblem(BLOCK, **WATER)
        problem.outlet("x_min")
        problem.inlet("x_max", velocity=given)
        velocity = problem.checked().sides["x_max"].velocity
        np.testing.assert_array_equal(velocity[0], np.broadcast_to(u, shape))
        np.testing.assert_array_equal(velocity[1], np.broadcast_to(v, shape))


def test_resistances_add_up_and_follow_the_viscosity() -> None:
    problem = channel(BLOCK)
    half = Box(x=(0.0, 0.02))
    problem.add_porous(half, permeability=(1e-9, 2e-9, math.inf), forchheimer=40.0)
    problem.add_resistance(Box(), linear=7.0, quadratic=(1.0, 2.0, 3.0))
    flow = problem.checked()
    assert flow.linear is not None
    assert flow.quadratic is not None
    np.testing.assert_allclose([row[0, 0, 0] for row in flow.linear], [1e6 + 7.0, 5e5 + 7.0, 7.0])
    np.testing.assert_allclose([row[0, 0, 0] for row in flow.quadratic], [40001.0, 40002.0, 40003.0])
    np.testing.assert_allclose([row[0, 0, -1] for row in flow.linear], [7.0] * 3)
    thicker = flow.with_viscosity(3.0 * flow.viscosity)
    assert thicker.linear is not None
    np.testing.assert_allclose([row[0, 0, 0] for row in thicker.linear], [3e6 + 7.0, 1.5e6 + 7.0, 7.0])
    assert (thicker.viscosity == 3e-3).all()


def test_equal_resistances_are_kept_once() -> None:
    problem = channel(BLOCK)
    problem.add_porous(Box(), permeability=1e-9)
    flow = problem.checked()
    assert flow.linear is not None
    assert flow.linear.x is flow.linear.y is flow.linear.z
    assert flow.quadratic is None
    assert flow.with_viscosity(2.0 * flow.viscosity).linear.x is not None  # type: ignore[union-attr]


def test_mass_spreads_by_volume_over_open_cells() -> None:
    grid = Grid.from_faces([0.0, 1.0, 3.0, 6.0], np.arange(7.0), [0.0, 1.0])
    problem = FlowProblem(grid, **WATER)
    problem.outlet("y_max")
    mask = np.zeros(grid.shape, bool)
    mask[0, 0, :] = True
    problem.add_mass(mask, 0.6)
    problem.add_mass(mask, 0.4)
    problem.block(Box(x=(0.0, 1.0), y=(0.0, 1.0)))
    problem.symmetry("x_min")
    problem.symmetry("x_max")
    mass = problem.checked().mass
    assert mass is not None
    np.testing.assert_allclose(mass[0, 0], [0.0, 0.4, 0.6])
    assert mass.sum() == pytest.approx(1.0, rel=1e-15)


def test_forces_add_up_where_the_velocities_stand() -> None:
    problem = channel(BLOCK)
    fx = np.random.default_rng(5).normal(size=(6, 7, 9))
    problem.add_force((fx, 0.0, 0.0))
    problem.add_force((1.0, 2.0, 0.0))
    force = problem.checked().force
    assert force is not None
    np.testing.assert_allclose(force.x, fx + 1.0)
    assert force.y.shape == (6, 8, 8)
    assert force.z.shape == (7, 7, 8)
    assert (force.y == 2.0).all()


def test_periodic_with_one_cell_along_it() -> None:
    problem = FlowProblem(Grid.uniform((0.5, 0.02, 0.01), (1, 8, 6)), **WATER)
    problem.periodic("x", pressure_drop=3.0)
    flow = problem.checked()
    assert flow.periodic == (True, False, False)
    assert flow.gradient == (6.0, 0.0, 0.0)
    assert (flow.sides["x_min"].kind == PERIODIC).all()
    assert flow.flat == (False, False, False)
    require_held(flow)


def test_changing_the_problem_leaves_what_was_checked_alone() -> None:
    problem = channel()
    flow = problem.checked()
    problem.block(Box(x=(0.0, 0.01)))
    problem.wall("x_max")
    assert flow.fluid.all()
    assert flow.has_outlet


REFUSED: dict[str, tuple[Callable[[FlowProblem], object], str]] = {
    "side": (lambda p: p.inlet("x_mn", velocity=1.0), "inlet: side: 'x_mn' is not known; did you mean 'x_min'?"),
    "axis": (lambda p: p.periodic("w"), "periodic: axis: 'w' is not known; use one of x, y, z"),
    "velocity": (lambda p: p.inlet("x_min", velocity=math.nan), "inlet x_min: velocity: nan m/s; give a finite number"),
    "word": (lambda p: p.inlet("x_min", velocity="fast"), "velocity: 'fast' is not a number; give numbers [m/s]"),
    "both": (lambda p: p.inlet("x_min", velocity=1.0, flow=1.0), "both velocity and flow are given; give one of"),
    "neither": (lambda p: p.inlet("x_min"), "neither velocity nor flow is given; give one of the two"),
    "flow": (lambda p: p.inlet("x_min", flow=math.inf), "flow: inf kg/s; give a finite number"),
    "shape": (lambda p: p.inlet("x_min", velocity=np.ones((2, 2))), "the shape (2, 2) is given; give one number"),
    "wall": (lambda p: p.wall("y_max", velocity=0.1), "wall y_max: velocity: one number is given; give the"),
    "through": (lambda p: p.wall("y_max", velocity=(0.1, -0.2, 0.0)), "-0.2 m/s along y, through the wall"),
    "pressure": (lambda p: p.outlet("x_max", pressure=[1.0]), "pressure: the shape (1,) is given; give one number or"),
    "drop": (lambda p: p.periodic("x", pressure_drop=math.nan), "periodic x: pressure_drop: nan Pa; give a finite"),
    "block": (lambda p: p.block(Box(x=(0.03, 0.05))), "block: x: the box runs from 0.03 to 0.05 m, outside the grid"),
    "thin": (lambda p: p.block(Box(y=(0.001, 0.0011))), "holds no centre of a cell; put faces of the grid on its ends"),
    "mask": (lambda p: p.block(np.ones((2, 2), bool)), "shape (2, 2) and type bool; give booleans of shape"),
    "integers": (lambda p: p.block(np.ones(GRID.shape, int)), "and type int64; give booleans"),
    "nothing": (lambda p: p.block(np.zeros(GRID.shape, bool)), "mask: no cell is marked; mark cells, or leave"),
    "no box": (lambda p: p.block(((0.0, 1.0), None, None)), "where: a tuple; give a Box, or booleans (nz, ny, nx)"),
    "rectangle": (lambda p: p.wall("y_min", box=Box(y=(0.0, 0.01))), "rectangle on y_min has ends in y; leave that"),
    "permeability": (lambda p: p.add_porous(Box(), permeability=0.0), "permeability: 0 m2; give a number above 0"),
    "two": (lambda p: p.add_porous(Box(), permeability=(1.0, 2.0)), "the shape (2,) is given; give one number"),
    "inertia": (lambda p: p.add_porous(Box(), permeability=1e-9, forchheimer=(0, -1, 0)), "forchheimer[1]: -1 1/m;"),
    "linear": (lambda p: p.add_resistance(Box(), linear=-3.0), "linear: -3 Pa s/m2; give a finite number, not below 0"),
    "quadratic": (lambda p: p.add_resistance(Box(), quadratic=math.nan), "quadratic: nan Pa s2/m3; give a finite"),
    "mass": (lambda p: p.add_mass(Box(), math.nan), "add_mass: flow: nan kg/s; give a finite number"),
    "force": (lambda p: p.add_force((1.0, 2.0)), "add_force: force: 2 components; give three: along x, y, z"),
    "number": (lambda p: p.add_force(2.0), "add_force: force: 1 components; give three: along x, y, z"),
    "faces": (lambda p: p.add_force((np.ones(GRID.shape), 0.0, 0.0)), "shape (1, 8, 16) is given; give.*(1, 8, 17)"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, words = REFUSED[case]
    problem = channel()
    problem.checked()
    call(problem)
    assert re.search(".*".join(map(re.escape, words.split(".*"))), refused(problem))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"density": 0.0}, "FlowProblem: density: 0 kg/m3; give a finite number above 0"),
        ({"density": math.inf}, "density: inf kg/m3; give a finite number above 0"),
        ({"viscosity": -1.0}, "viscosity: -1 Pa s; give a finite number above 0"),
        (
            {"viscosity": np.ones((3, 3))},
            "viscosity: the shape (3, 3) is given; give one number or the shape (1, 8, 16)",
        ),
        (
            {"scheme": "bound"},
            "scheme: 'bound' is not known; did you mean 'bounded'? use one of bounded, linear_upwind",
        ),
        ({"least_cells": 0}, "least_cells: 0 cells; give a finite number, not below 1"),
    ],
)
def test_refused_at_once(given: dict[str, float], words: str) -> None:
    assert words in refused(channel(**given))


def test_a_bad_viscosity_is_placed() -> None:
    viscosity = np.full(GRID.shape, 1e-3)
    viscosity[0, 3, 4] = math.nan
    assert "viscosity[0, 3, 4]: nan Pa s" in refused(channel(viscosity=viscosity))


def test_everything_wrong_is_told_at_once() -> None:
    problem = FlowProblem(GRID, density=-1.0, viscosity=0.0)
    problem.inlet("z", velocity=1.0)
    problem.add_mass(Box(x=(1.0, 0.0)), math.nan)
    for _ in range(2):  # and told again
        with pytest.raises(InputError) as caught:
            problem.checked()
        assert len(caught.value.problems) == 5
