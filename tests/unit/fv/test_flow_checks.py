"""Whether the parts of a flow problem fit together: flows that balance, paths that are open, walls that hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.unit.fv.flow_problems import BLOCK, GRID, WATER, channel, refused
from thermal.errors import InputError
from thermal.fv import Box, FlowProblem, Grid
from thermal.fv.flow_checks import require_held
from thermal.fv.flow_input import FlowInput
from thermal.fv.flow_regions import regions, winds


def test_inflow_without_outflow() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.inlet("x_min", flow=0.25)
    assert "flow: inlet x_min: 0.25 kg/s flow in and nothing lets them out; add an outlet" in refused(problem)
    problem.inlet("x_max", flow=-0.2)
    words = (
        "inlet x_min, inlet x_max: 0.25 kg/s flow in and 0.2 kg/s out, and nothing takes the difference of 0.05 kg/s"
    )
    assert words in refused(problem)
    problem.add_mass(Box(y=(0.0, 0.01)), -0.05)
    assert regions(problem.checked()).floating.tolist() == [1]


def test_mass_drawn_from_a_closed_box() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.add_mass(Box(), -0.1)
    assert "add_mass: 0.1 kg/s are drawn out and nothing lets them in; add an outlet, which lets" in refused(problem)
    problem.outlet("x_max")
    problem.checked()


def test_a_blocked_channel_names_the_inlet_and_the_place() -> None:
    problem = channel()
    problem.block(Box(x=(0.02, 0.0225)))
    problem.wall("x_min", box=Box(y=(0.0, 0.005)))
    words = refused(problem)
    assert (
        "inlet x_min: 0.0015 kg/s enter, and no path of fluid cells leads from cell (z, y, x) = (0, 2, 0) at" in words
    )
    assert "to an outlet; the channel is blocked: open a path" in words


def test_cells_that_touch_at_an_edge_are_no_path() -> None:
    mask = np.zeros(GRID.shape, bool)
    mask[0, :6, 8] = mask[0, 6:, 9] = True  # open from column 8 to 9 in rows 6 and 5: only over an edge
    problem = channel(least_cells=1)
    problem.block(mask)
    assert "no path of fluid cells" in refused(problem)
    mask[0, 6, 9] = False
    problem = channel(least_cells=1)
    problem.block(mask)
    problem.checked()


def test_a_channel_between_two_pressures_is_blocked() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.outlet("x_min", pressure=10.0)
    problem.outlet("x_max")
    problem.checked()
    problem.block(Box(x=(0.02, 0.0225)))
    words = refused(problem)
    assert "outlet x_min: no path of fluid cells leads from cell (z, y, x) = (0, 0, 0)" in words
    assert "outlet x_max: no path" in words
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))  # then each half is a cavity of its own
    problem.checked()


def test_a_pocket_without_drive_is_fine_and_one_with_a_source_is_not() -> None:
    problem = channel()
    problem.block(Box(x=(0.02, 0.0225)))
    problem.inlet("x_min", flow=0.0)
    flow = problem.checked()
    found = regions(flow)
    assert found.count == 2
    assert found.floating.tolist() == [found.labels[0, 0, 0]]
    problem.add_mass(Box(x=(0.0, 0.01)), 0.1)
    assert "add_mass: 0.1 kg/s enter, and no path" in refused(problem)


def test_a_path_may_lead_through_a_periodic_side() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.inlet("y_min", flow=0.1, box=Box(x=(0.0, 0.01)))
    problem.outlet("y_max", box=Box(x=(0.03, 0.04)))
    problem.block(Box(x=(0.02, 0.0225)))
    assert "no path" in refused(problem)
    problem.periodic("x")
    assert regions(problem.checked()).count == 1


def test_an_inlet_before_blocked_cells() -> None:
    problem = channel()
    problem.block(Box(x=(0.0, 0.0025), y=(0.0, 0.005)))
    problem.inlet("x_min", velocity=1.0, box=Box(y=(0.0, 0.005)))
    assert "inlet x_min: box: all of its 2 faces lie before blocked cells; move it, or leave" in refused(problem)
    problem.wall("x_min", box=Box(y=(0.0, 0.005)))  # what was replaced is not asked
    problem.checked()
    blocked = FlowProblem(GRID, **WATER)
    blocked.block(Box())
    assert "block: all cells are blocked" in refused(blocked)
    blocked.add_mass(Box(), 1.0)
    assert "add_mass: where: all cells for 1 kg/s are blocked" in refused(blocked)


def test_a_periodic_direction_has_no_sides() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.periodic("x", pressure_drop=1.0)
    problem.wall("x_min")
    assert (
        "wall x_min: side: x is periodic, so that x_min is no end; leave this call out, or the one of periodic('x')"
        in (refused(problem))
    )


def test_a_circuit_must_be_open() -> None:
    def circuit(*boxes: Box) -> FlowProblem:
        problem = FlowProblem(BLOCK, **WATER, least_cells=1)
        problem.periodic("x", pressure_drop=2.0)
        problem.periodic("y")
        for box in boxes:
            problem.block(box)
        return problem

    assert "periodic x: a pressure drop of 2 Pa, and blocked cells part the two sides of x everywhere" in refused(
        circuit(Box(x=(0.01, 0.015)))
    )
    assert winds(circuit(Box(x=(0.01, 0.015), z=(0.0, 0.005))).checked(), 0)
    # a wall across x with a door, and one along it: in plane layers the way round leads through y
    spiral = circuit()
    fluid = np.zeros(BLOCK.shape, bool)
    fluid[:, 0, :6] = fluid[:, :, 5] = fluid[:, 6, 5:] = True  # x round at row 0 ends in column 5, goes on at row 6
    fluid[:, 6, 0] = fluid[:, 0, 0] = True
    spiral.block(~fluid)
    assert winds(spiral.checked(), 0)
    fluid[:, 6, 5:] = False
    fluid[:, 6, 5] = True
    shut = circuit()
    shut.block(~fluid)
    assert "periodic x: a pressure drop" in refused(shut)  # round y only


def held(change: Callable[[FlowProblem], object], grid: Grid = BLOCK) -> FlowInput:
    problem = FlowProblem(grid, **WATER)
    for axis in "xyz":
        problem.periodic(axis)  # type: ignore[arg-type]
    change(problem)
    return problem.checked()


def test_something_has_to_hold_a_steady_flow() -> None:
    def pushed(problem: FlowProblem) -> None:
        problem.add_force((3.0, 0.0, 0.0))

    with pytest.raises(InputError) as caught:
        require_held(held(pushed))
    words = str(caught.value)
    assert (
        "steady flow: x: a mean force of 3 N/m3 speeds the flow up without end, as nothing holds it; add a wall"
        in words
    )
    assert "y: nothing sets the mean velocity along y" in words
    with pytest.raises(InputError, match=r"z: a mean force of 200 N/m3"):
        require_held(held(lambda p: p.periodic("z", pressure_drop=2.0)))
    for hold in (
        lambda p: p.add_porous(Box(), permeability=1e-8),
        lambda p: p.add_resistance(Box(x=(0.0, 0.005)), quadratic=1.0),
        lambda p: p.block(Box(x=(0.0, 0.005))),
    ):
        require_held(held(hold))
    with pytest.raises(InputError) as caught:
        require_held(held(lambda p: p.add_resistance(Box(), linear=(1.0, 1.0, 0.0))))
    assert [problem.path for problem in caught.value.problems] == ["z"]


def test_symmetry_holds_across_itself_only() -> None:
    problem = FlowProblem(GRID, **WATER)
    problem.periodic("x", pressure_drop=1.0)
    problem.symmetry("y_min")
    problem.symmetry("y_max")
    flow = problem.checked()
    with pytest.raises(InputError) as caught:
        require_held(flow)
    assert [found.path for found in caught.value.problems] == ["x"]
    problem.wall("y_max")
    require_held(problem.checked())
