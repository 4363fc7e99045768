"""What zones of coolant refuse, alone and against each other."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest

from thermal.errors import InputError
from thermal.fv import Box, ConductionProblem, Grid, solve

GRID = Grid.uniform((6.0, 5.0, 4.0), (6, 5, 4))
GIVEN: dict[str, Any] = {
    "capacity_flow": 3.0,
    "exchange": 10.0,
    "inlet_temperature": 300.0,
    "direction": "y_max",
}
FILMS: dict[str, Any] = {"h_side": 1.0, "h_bottom": 1.0, "h_top": 1.0}


def porous(box: Box = Box(z=(2.0, 4.0)), **other: Any) -> ConductionProblem:  # noqa: B008 - a tuple, never changed
    problem = ConductionProblem(GRID, conductivity=10.0)
    problem.add_coolant(box, **GIVEN | other)
    return problem


def channels(**other: Any) -> ConductionProblem:
    problem = ConductionProblem(GRID, conductivity=10.0)
    given = {name: value for name, value in GIVEN.items() if name != "exchange"}
    problem.add_channels(Box(z=(2.0, 4.0)), **given | FILMS | other)
    return problem


MASK = np.ones((2, 6), bool)
REFUSED = {
    "no flow": (lambda: porous(capacity_flow=0.0), "capacity_flow: 0 W/K; give a capacity flow above zero"),
    "no flow at all": (lambda: porous(capacity_flow=np.zeros((2, 6))), "0 W/K; give a capacity flow above zero"),
    "backward flow": (lambda: porous(capacity_flow=-1.0), "add_coolant.*-1 W/K; give a finite number, not below 0"),
    "flow of another shape": (lambda: porous(capacity_flow=np.ones((6, 2))), "give one number or the shape (2, 6)"),
    "exchange": (lambda: porous(exchange=-5.0), "exchange: -5 W/(m3 K); give a finite number, not below 0"),
    "exchange of another shape": (lambda: porous(exchange=np.ones(3)), "one number or the shape (2, 5, 6)"),
    "inlet": (lambda: porous(inlet_temperature=math.nan), "inlet_temperature: nan K; give a finite number"),
    "direction": (lambda: porous(direction="up"), "direction: 'up'; use one of y_max, y_min, split"),
    "split": (lambda: porous(direction="split"), "no face in the middle of the zone, at y = 2.5 m; put one there; the"),
    "box": (lambda: porous(Box(x=(5.0, 7.0))), "add_coolant.*x: the box runs from 5 to 7 m, outside the grid"),
    "empty box": (lambda: porous(Box(x=(5.6, 5.9))), "holds no centre of a cell; put faces of the grid on its ends"),
    "several": (lambda: porous(Box(x=(5.0, 7.0)), capacity_flow=-1.0, direction="up"), "capacity_flow.*'up'.*x: the b"),
    "several values": (lambda: porous(capacity_flow=math.inf, exchange=-1.0), "inf W/K.*exchange: -1 W/(m3 K)"),
    "film": (lambda: channels(h_side=-1.0, h_top=math.nan), "h_side: -1 W/(m2 K).*h_top: nan W/(m2 K)"),
    "film of another shape": (lambda: channels(h_top=np.ones((5, 6))), "h_top: the shape (5, 6) is given"),
    "mask": (lambda: channels(mask=np.ones((2, 6))), "mask: float64 of shape (2, 6); give (2, 6) booleans"),
    "mask of another shape": (lambda: channels(mask=MASK[:1]), "bool of shape (1, 6); give (2, 6) booleans"),
    "all walls": (lambda: channels(mask=~MASK), "mask: no cell is coolant; set at least one to True"),
    "flow in a wall": (
        lambda: channels(mask=MASK & (np.arange(6) != 4), capacity_flow=2.0 * MASK),
        "2 W/K in layer 0, column 4 of the box, where the mask has a wall; give zero there, or set the mask",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        call()
    pattern = ".*".join(map(re.escape, words.split(".*")))
    assert re.search(pattern, str(caught.value), re.DOTALL)


LOWER, UPPER = Box(y=(0.0, 2.0), z=(2.0, 4.0)), Box(y=(2.0, 5.0), z=(2.0, 4.0))
CONFLICTS = {
    "head on": (Box(z=(0.0, 1.0)), "y_min", "zone 2 flows against zone 1 in the row at y = 0.5 m; let all coolant of"),
    "overlap": (Box((5.0, 6.0), (1.0, 2.0), (3.0, 4.0)), "y_max", "zone 2 has cells of zone 1; let each cell belong"),
    "runs on": (UPPER, "y_max", "the coolant of one of the zones 1 and 2 would run on into the other; make them one"),
}


@pytest.mark.parametrize("case", CONFLICTS)
def test_conflicts(case: str) -> None:
    box, direction, words = CONFLICTS[case]
    problem = porous(LOWER)
    with pytest.raises(InputError, match=re.escape(words)):
        problem.add_coolant(box, **GIVEN | {"direction": direction})
    assert len(problem.zones) == 1


def test_what_does_not_conflict() -> None:
    problem = porous(LOWER)
    problem.add_coolant(UPPER, **GIVEN | {"direction": "y_min"})  # towards each other, to one outlet in the middle
    given = {name: value for name, value in GIVEN.items() if name != "exchange"}
    with pytest.raises(InputError, match=r"add_channels.*zone 3 flows against zone 2"):
        problem.add_channels(Box(z=(0.0, 1.0)), **given | FILMS)
    apart = porous(LOWER)
    apart.add_coolant(Box(y=(3.0, 5.0), z=(2.0, 4.0)), **GIVEN)
    assert solve(apart).energy.coolant == (0.0, 0.0)


def test_a_third_zone_may_join_two_that_were_apart() -> None:
    """Rows have one direction: where a zone beside them fills the gap, the first two lie in one run."""
    problem = ConductionProblem(GRID, conductivity=10.0)
    problem.add_coolant(Box((0.0, 2.0), (0.0, 2.0), (2.0, 4.0)), **GIVEN)
    problem.add_coolant(Box((0.0, 2.0), (3.0, 5.0), (2.0, 4.0)), **GIVEN)
    with pytest.raises(InputError, match="the coolant of one of the zones 1 and 2 would run on into the other"):
        problem.add_coolant(Box((4.0, 6.0), (0.0, 5.0), (2.0, 4.0)), **GIVEN)


def test_channels_beside_each_other_in_one_box_do_not_overlap() -> None:
    """The walls of one zone of channels may be the coolant of another."""
    problem = channels(mask=MASK & (np.arange(6) % 2 == 0))
    given = {name: value for name, value in GIVEN.items() if name != "exchange"}
    problem.add_channels(Box(z=(2.0, 4.0)), mask=MASK & (np.arange(6) == 3), **given | FILMS)
    problem.add_heat(Box(z=(0.0, 1.0)), 5.0)
    field = solve(problem)
    assert sum(field.energy.coolant) == pytest.approx(5.0, rel=1e-12)


def test_coolant_without_exchange_cools_nothing() -> None:
    problem = porous(exchange=0.0)
    problem.add_heat(Box(), 12.0)
    with pytest.raises(InputError, match=r"adiabatic.*, and no solid exchanges heat with the coolant; add fix.* 12 W"):
        solve(problem)
