"""Whatever a public call is given, it takes it or refuses it by name with a remedy; no traceback comes from inside."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from thermal.errors import ConvergenceError, InputError, ThermalError
from thermal.fv import Axes, Box, ConductionProblem, FlowProblem, Grid, Layer, march_flow, solve, solve_flow

GRID = Grid.uniform((0.03, 0.02, 0.01), (6, 5, 4))
LOW = Box(z=(0.0, 0.005))
ROW = np.array([0.0, 1.0])
FILMS = {"h_side": 1.0, "h_bottom": 1.0, "h_top": 1.0}
STREAM = {"box": LOW, "capacity_flow": 1.0, "inlet_temperature": 300.0, "direction": "y_max"}
CARRIED = {"heat_capacity": 1e6, "inlet_temperature": 300.0, "scheme": "upwind", "sources": None}
ODD: list[Any] = [
    "a", b"x", None, float("nan"), float("inf"), -1.0, 0.0, 1e200, -1e200, 1e-320, 10**400, True, 1j, [], {}, {"a": 1},
    object(), lambda one: one, [[1], [1, 2]], np.ones((2, 2)), np.ones(3), np.zeros(0), np.array("x"), Box(), Grid,
]  # fmt: skip


def conduction(name: str) -> Callable[..., Any]:
    return lambda **given: getattr(ConductionProblem(GRID, 10.0), name)(**given)


def flow(name: str) -> Callable[..., Any]:
    def call(**given: Any) -> None:
        problem = FlowProblem(GRID, density=1.0, viscosity=1.0, least_cells=1)
        problem.outlet("x_max")
        getattr(problem, name)(**given)
        problem.checked()

    return call


CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "problem": (ConductionProblem, {"grid": GRID, "conductivity": 1.0}),
    "set_material": (conduction("set_material"), {"box": LOW, "conductivity": 1.0}),
    "add_heat": (conduction("add_heat"), {"box": LOW, "power": 1.0}),
    "add_cell_heat": (conduction("add_cell_heat"), {"power": np.ones(GRID.shape)}),
    "set_contact": (conduction("set_contact"), {"resistance": 1e-4, "z": 0.005, "within": Box(x=(0.0, 0.01))}),
    "fix_temperature": (conduction("fix_temperature"), {"side": "x_min", "temperature": 300.0, "within": LOW}),
    "set_convection": (conduction("set_convection"), {"side": "x_min", "h": 1.0, "temperature": 300.0, "within": LOW}),
    "set_flux": (conduction("set_flux"), {"side": "x_min", "flux": 1.0, "within": LOW}),
    "set_adiabatic": (conduction("set_adiabatic"), {"side": "x_min", "within": LOW}),
    "add_coolant": (conduction("add_coolant"), {**STREAM, "exchange": 1e4}),
    "add_channels": (conduction("add_channels"), {**STREAM, **FILMS, "mask": np.ones((2, 6), bool)}),
    "carry": (conduction("carry"), {**CARRIED, "u": np.ones((4, 5, 7)), "v": None, "w": None}),
    "grid": (lambda **rows: Grid(Axes(**rows)), {"x": ROW, "y": ROW, "z": ROW}),
    "faces": (Grid, {"faces": Axes(ROW, ROW, ROW)}),
    "from_faces": (Grid.from_faces, {"x": [0, 1], "y": [0, 1], "z": [0, 1]}),
    "uniform": (Grid.uniform, {"size": (1.0, 1.0, 1.0), "cells": (1, 1, 1)}),
    "sizes": (lambda a, n: Grid.uniform((a, 1.0, 1.0), (n, 1, 1)), {"a": 1.0, "n": 1}),
    "layered": (Grid.layered, {"length": 1.0, "width": 1.0, "layers": [Layer(1.0, 1)], "cells": (1, 1)}),
    "layer": (
        lambda a, b, n: Grid.layered(1.0, 1.0, [a, Layer(b, n)], cells=(1, 1)), {"a": Layer(1.0, 1), "b": 1.0, "n": 1}
    ),
    "areas": (GRID.areas, {"axis": 1}),
    "refined": (Grid.uniform((1.0, 1.0, 1.0), (1, 1, 1)).refined, {"factor": 2}),
    "cells_in": (GRID.cells_in, {"box": LOW}),
    "ends": (lambda a, b: GRID.ranges(Box(x=(a, b)), "box"), {"a": 0.0, "b": 0.01}),
    "locate": (GRID.locate, {"points": (0.0, 0.0, 0.0)}),
    "flow": (
        lambda **given: FlowProblem(**given).checked(),
        {"grid": GRID, "density": 1.0, "viscosity": 1.0, "scheme": "upwind", "least_cells": 1},
    ),
    "block": (flow("block"), {"where": LOW}),
    "add_porous": (flow("add_porous"), {"where": LOW, "permeability": 1e-9, "forchheimer": 1.0}),
    "add_resistance": (flow("add_resistance"), {"where": LOW, "linear": 1.0, "quadratic": 1.0}),
    "add_mass": (flow("add_mass"), {"where": LOW, "flow": 1.0}),
    "add_force": (flow("add_force"), {"force": (1.0, 0.0, 0.0)}),
    "wall": (flow("wall"), {"side": "x_min", "velocity": (0.0, 1.0, 0.0), "box": LOW}),
    "symmetry": (flow("symmetry"), {"side": "x_min", "box": LOW}),
    "inlet": (flow("inlet"), {"side": "x_min", "velocity": 1.0, "box": LOW}),
    "inlet by flow": (flow("inlet"), {"side": "x_min", "flow": 1.0, "box": LOW}),
    "outlet": (flow("outlet"), {"side": "x_min", "pressure": 1.0, "box": LOW}),
    "periodic": (flow("periodic"), {"axis": "y", "pressure_drop": 1.0}),
}  # fmt: skip
# problems told at once where the others cannot be seen before
LATE = {"problem": 1, "grid": 1, "ends": 1, "flow": 1, "set_contact": 2}


def surprises(name: str) -> Iterator[str]:
    """Yield what a call answers to an odd argument other than by taking it or by an InputError with a remedy."""
    call, right = CALLS[name]
    for path in right:
        for odd in ODD:
            try:
                call(**{**right, path: odd})
            except InputError as error:
                if not all(problem.wrong and problem.right for problem in error.problems):
                    yield f"{path}={odd!r}: no remedy"
            except Exception as error:
                yield f"{path}={odd!r}: {error!r}"


@pytest.mark.parametrize("name", CALLS)
def test_odd_arguments_are_taken_or_refused(name: str) -> None:
    call, right = CALLS[name]
    call(**right)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(surprises(name)) == []


def test_a_missing_check_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thermal.fv.given.number_faults", lambda *_, **__: [])
    assert any("power='a'" in found for found in surprises("add_heat"))


@pytest.mark.parametrize("name", CALLS)
def test_all_that_is_wrong_is_told_at_once(name: str) -> None:
    call, right = CALLS[name]
    with pytest.raises(InputError) as caught:
        call(**dict.fromkeys(right, "a"))
    assert len(caught.value.problems) >= LATE.get(name, len(right))


def channel(**given: Any) -> FlowProblem:
    """Flow through a channel, or under a lid where its speed is given."""
    names = ("density", "viscosity")
    stuff = {"density": 1.0, "viscosity": 0.1, **{name: given[name] for name in names if name in given}}
    problem = FlowProblem(Grid.uniform(given.get("size", (1.0, 1.0, 1.0)), (6, 6, 1)), least_cells=1, **stuff)
    if "lid" in given:
        problem.wall("y_max", velocity=(given["lid"], 0.0, 0.0))
    else:
        problem.inlet("x_min", velocity=given.get("velocity", 1.0))
        problem.outlet("x_max", pressure=given.get("pressure", 0.0))
    return problem


ABSURD: list[dict[str, Any]] = [
    {"velocity": 1e200}, {"viscosity": 1e-200}, {"density": 1e200, "velocity": 1e200}, {"pressure": -1e200},
    {"size": (1e200, 1.0, 1.0)}, {"size": (1e-200, 1.0, 1.0)}, {"lid": 1e200},
]  # fmt: skip


@pytest.mark.parametrize("given", ABSURD)
def test_numbers_beyond_all_bounds_are_refused(given: dict[str, Any]) -> None:
    for run in (solve_flow, lambda problem: list(march_flow(problem, step=0.01, end=0.02))):
        with pytest.raises(InputError, match=r"1e\+?-?(200|30)"):
            run(channel(**given))


@pytest.mark.parametrize(
    "given", [{"velocity": 1e30}, {"lid": 1e30}, {"pressure": 1e30}, {"density": 1e30, "lid": 1e30}]
)
def test_the_largest_numbers_end_in_an_answer_or_an_error_of_ours(given: dict[str, Any]) -> None:
    for run in (solve_flow, lambda problem: list(march_flow(problem, step=0.01, end=0.02))):
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            with suppress(ThermalError):
                run(channel(**given))


def test_a_march_that_runs_away_says_so() -> None:
    with pytest.raises(ConvergenceError, match="velocities grow without bound"):
        list(march_flow(channel(lid=1e30), step=0.01, end=0.02))


def test_what_solve_is_given_is_looked_at() -> None:
    with pytest.raises(InputError) as caught:
        solve("problem", tolerance=2.0, solver=3)  # type: ignore[arg-type]
    assert [problem.path for problem in caught.value.problems] == ["problem", "solver", "tolerance"]


def test_questions_to_a_field_are_looked_at() -> None:
    problem = ConductionProblem(GRID, 10.0)
    problem.fix_temperature("z_min", 300.0)
    field: Any = solve(problem)
    for ask in (
        lambda: field.surface("top"), lambda: field.side_heat(3), lambda: field.heat_flow("x"),
        lambda: field.heat_flux(3),
        lambda: field.hottest("all"), lambda: field.mean("all"), lambda: field.surface_mean("top"),
        lambda: field.sample("a", 0.0, 0.0), lambda: field.sample([0.0] * 2, [0.0] * 3, 0.0),
    ):  # fmt: skip
        with pytest.raises(InputError):
            ask()
