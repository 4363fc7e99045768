"""Plain wrong arguments are refused with place and remedy, all at once, never by a traceback or in silence."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from thermal.errors import ConvergenceError, InputError
from thermal.fv import Box, ConductionProblem, FlowField, FlowProblem, Grid, march_flow, solve_flow
from thermal.fv.refusal import numbers, scalar, shown

WRONG: Any = None  # what a type checker would not let pass
CUBE = (1.0, 1.0, 1.0)
NAN = float("nan")


def cavity(**given: Any) -> FlowProblem:
    problem = FlowProblem(Grid.uniform(CUBE, (8, 8, 1)), **{"density": 1.0, "viscosity": 0.1, **given})
    problem.wall("y_max", velocity=(1.0, 0.0, 0.0))
    return problem


def told(call: Callable[[], object]) -> list[str]:
    """Return what a call is refused with, problem by problem."""
    with pytest.raises(InputError) as caught:
        call()
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def flow() -> FlowField:
    return solve_flow(cavity())


def sides(name: object) -> FlowProblem:
    problem = cavity()
    problem.wall(cast("Any", name))
    problem.periodic(cast("Any", name))
    return problem


STATED: list[tuple[Callable[[], object], list[str]]] = [
    (lambda: cavity(least_cells="1.0").checked(), ["FlowProblem: least_cells: '1.0' is not a number"]),
    (lambda: cavity(density="1.0", viscosity=1j).checked(), ["density: '1.0' is not a", "viscosity: 1j is not a"]),
    (lambda: cavity(scheme=np.array([1, 2])).checked(), ["scheme: array([1, 2]) is not known"]),
    (lambda: sides(np.array([1, 2])).checked(), ["periodic: axis: array([1, 2])", "wall: side: array([1, 2])"]),
    (lambda: FlowProblem(WRONG, density=1.0, viscosity=1.0), ["grid: None; give a Grid"]),
    (lambda: ConductionProblem(WRONG), ["grid: None; give a Grid"]),
    (lambda: Grid.uniform((1.0, 1.0), (8, 8)), ["cells: (8, 8); give 3", "size: (1.0, 1.0); give 3"]),
    (lambda: Grid.uniform(cast("Any", 1.0), cast("Any", 8)), ["cells: 8; give 3", "size: 1; give 3"]),
    (
        lambda: Grid.uniform(cast("Any", (1.0, "a", 1.0)), cast("Any", ("8", 8.5, 1))),
        ["x: '8' cells", "y: 8.5 cells", "y: a length of 'a'"],
    ),
    (
        lambda: Grid.from_faces([0, 1, 0.5], cast("Any", "abc"), cast("Any", ["a", "b"])),
        ["x: face 2 at 0.5 m", "y: 'abc'; give positions", "z: ['a', 'b']; give positions"],
    ),
    (lambda: solve_flow(WRONG), ["problem: None; give a FlowProblem"]),
    (lambda: solve_flow(cavity(), tolerance=cast("Any", [1e-8])), ["tolerance: [1e-08]; give a number between"]),
    (
        lambda: solve_flow(cavity(), tolerance=WRONG, start=cast("Any", 3), progress=cast("Any", 3)),
        ["progress: 3; give a function", "start: 3; give a FlowField", "tolerance: None; give"],
    ),
    (lambda: march_flow(WRONG, step=1.0, end=2.0), ["march_flow: problem: None"]),
    (
        lambda: march_flow(
            cavity(), step=cast("Any", "a"), end=cast("Any", "x"), every=cast("Any", "a"), drive=cast("Any", 3),
            start=cast("Any", 4), tolerance=WRONG, progress=cast("Any", 2),
        ),
        ["drive: 3", "end: 'x', and", "every: 'a'", "progress: 2", "start: 4", "step: 'a'", "tolerance: None"],
    ),
    (lambda: march_flow(cavity(), step=0.1, end=1.0, every=cast("Any", 1.5)), ["every: 1.5 steps; give a whole"]),
    (
        lambda: list(march_flow(cavity(), step=0.01, end=0.02, drive=cast("Any", lambda time: None))),
        ["drive: None at 0 s; return a finite number"],
    ),
]  # fmt: skip

ASKED: list[tuple[Callable[[Any], object], list[str]]] = [
    (lambda f: f.mass_flow("top"), ["mass_flow: side: 'top' is not known; use one of x_min"]),
    (lambda f: f.side_pressure("up"), ["side_pressure: side: 'up'"]),
    (lambda f: f.wall_shear("up"), ["wall_shear: side: 'up'"]),
    (lambda f: f.block_shear("u"), ["block_shear: axis: 'u' is not known; use one of x, y, z"]),
    (lambda f: f.flow_through("q", 0.5), ["flow_through: axis: 'q'"]),
    (lambda f: f.flow_through("x", 0.5, within="all"), ["flow_through: box: 'all'; give a Box"]),
    (lambda f: f.flow_through("x", 0.5, within=Box(y=cast("Any", ("a", 1)))), ["y: ('a', 1); give two ends"]),
    (lambda f: f.sample("u", (0.5, 0.5)), ["sample: points: (0.5, 0.5); give three coordinates"]),
    (lambda f: f.sample("u", (0.5, 0.5, "a")), ["points: (0.5, 0.5, 'a'); give three"]),
    (lambda f: f.sample("u", ([0.5] * 2, [0.5] * 3, 0.5)), ["arrays of shapes (2,), (3,), ()"]),
    (lambda f: f.profile("u", "w"), ["profile: axis: 'w'"]),
    (lambda f: f.profile("u", "y", [0.5]), ["at: [0.5]; give coordinates across the line by name, such as {'x'"]),
    (lambda f: f.profile("u", "y", {"k": 0.5}), ["at: 'k' is no direction across a line along y; give x or z"]),
    (lambda f: f.profile("u", "y", {"y": 0.5, "x": "a"}), ["at: 'y' is no direction", "at['x']: 'a'; give one"]),
    (lambda f: f.profile_extrema("u", "y", {"y": 0.5}), ["at: 'y' is no direction"]),
    (lambda f: f.streamlines("x"), ["seeds: 'x'; give one row"]),
    (lambda f: f.streamlines([[0.5, 0.5, 0.5]], longest="a"), ["longest: 'a'; give a length above 0"]),
    (lambda f: f.grid.locate((0.5, 0.5)), ["points: (0.5, 0.5); give 3 values"]),
    (lambda f: f.grid.locate((0.5, "a", 0.5)), ["y: 'a'; give numbers [m]"]),
]


@pytest.mark.parametrize(("call", "wrong"), STATED)
def test_a_wrong_statement_is_refused(call: Callable[[], object], wrong: list[str]) -> None:
    found = told(call)
    assert len(found) == len(wrong)
    for problem, part in zip(found, wrong, strict=True):
        assert part in problem


@pytest.mark.parametrize(("call", "wrong"), ASKED)
def test_a_wrong_question_is_refused(flow: FlowField, call: Callable[[Any], object], wrong: list[str]) -> None:
    found = told(lambda: call(flow))
    assert len(found) == len(wrong)
    for problem, part in zip(found, wrong, strict=True):
        assert part in problem


def test_right_questions_are_answered(flow: FlowField) -> None:
    at = flow.profile("u", "y", {"x": 0.5})
    assert at.value.tolist() == flow.profile("u", "y").value.tolist()
    assert at.value.tolist() != flow.profile("u", "y", {"x": 0.25}).value.tolist()
    assert flow.sample("u", np.array([0.5, 0.5, 0.5])).shape == ()
    assert Grid.uniform(CUBE, cast("Any", (8.0, np.int64(8), 1))).shape == (1, 8, 8)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (
            {"u": "a", "v": ["b"], "heat_capacity": "w", "inlet_temperature": "313 K", "scheme": ["x"]},
            ["heat_capacity: 'w'", "inlet_temperature: '313 K'", "scheme: ['x']", "u: 'a'", "v: ['b']"],
        ),
        ({"inlet_temperature": NAN}, ["inlet_temperature: nan K; give a finite number"]),
        ({"inlet_temperature": {"x_min": 300.0, "q": 5.0}}, ["inlet_temperature: 'q' is not known; use one of x_min"]),
        ({"inlet_temperature": {"x_min": "a"}}, ["inlet_temperature['x_min']: 'a'; give numbers [K]"]),
        ({"heat_capacity": -1.0}, ["heat_capacity: -1 J/(m3 K); give density times specific heat"]),
        ({"sources": "all"}, ["sources: 'all'; give (1, 8, 8) values"]),
    ],
)
def test_a_wrong_flow_for_heat_is_refused(given: dict[str, Any], wrong: list[str]) -> None:
    problem = ConductionProblem(Grid.uniform(CUBE, (8, 8, 1)), conductivity=1.0)
    right = {"u": np.ones((1, 8, 9)), "heat_capacity": 1.0, "inlet_temperature": 300.0}
    problem.carry(**cast("Any", right))
    found = told(lambda: problem.carry(**{**right, **given}))
    assert len(found) == len(wrong)
    for problem_, part in zip(found, wrong, strict=True):
        assert part in problem_


def test_numbers_are_told_from_what_only_looks_like_them() -> None:
    for right in (1, 2.5, np.float32(1.0), [1, 2], np.ones((2, 2)), True):
        assert numbers(right) is not None
    for no_number in ("1.0", ["1"], [1, "2"], 1j, None, [None], [[1], [1, 2]], {}, object()):
        assert numbers(no_number) is None
        assert np.isnan(scalar(no_number))
    assert np.isnan(scalar([1.0]))
    assert (shown(0.5, "m"), shown("a", "m")) == ("0.5 m", "'a'")
    assert len(shown("a" * 200)) < 70


@pytest.mark.parametrize(("speed", "viscosity"), [(1e30, 0.1), (1e20, 1e-20)])
def test_numbers_beyond_bounds_fail_without_warnings_of_numpy(speed: float, viscosity: float) -> None:
    problem = FlowProblem(Grid.uniform(CUBE, (12, 12, 1)), density=1.0, viscosity=viscosity)
    problem.inlet("x_min", velocity=speed)
    problem.outlet("x_max")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ConvergenceError):
            solve_flow(problem)


def test_two_imposed_pressure_drops_are_named() -> None:
    problem = FlowProblem(Grid.uniform(CUBE, (12, 12, 1)), density=1.0, viscosity=0.1, least_cells=1)
    problem.periodic("x", pressure_drop=1.0)
    problem.periodic("y", pressure_drop=2.0)
    problem.block(Box(x=(0.3, 0.7), y=(0.3, 0.7)))
    solved = solve_flow(problem)
    for name in ("pressure_drop", "total_pressure_drop"):
        (problem_,) = told(lambda name=name: getattr(solved, name))  # type: ignore[misc]
        assert re.match(rf"flow: {name}: 1 Pa along x and 2 Pa along y are imposed", problem_)
