"""The GPU plate of GB300 on finer and finer grids: what the shipped default leaves in the hot spot."""

from __future__ import annotations

from functools import cache

import pytest

from thermal.coldplate.field import PlateField
from thermal.coldplate.model import PlateModel
from thermal.coldplate.refinement import GridEstimate, grid_estimate
from thermal.correlations.coolant import CoolantTable
from thermal.hydraulics.loop import fluid_table
from thermal.rack.fluids import load_coolant
from thermal.rack.loader import load_rack
from thermal.rack.parts import Package, Plate

LEFT = 0.1  # the most that the default grid may leave in the hot spot [K]
NAME = "gb300_gpu_plate"
MASS_FLOW, INLET, POWER = 0.0259, 313.15, 1400.0  # as in the rack at 40 °C supply [kg/s], [K], [W]


@cache
def parts() -> tuple[Plate, Package, CoolantTable]:
    rack = load_rack("gb300_nvl72")
    plate, package = rack.parts[NAME], rack.parts["b300"]
    assert isinstance(plate, Plate)
    assert isinstance(package, Package)
    return plate, package, fluid_table(load_coolant("PG25"))


@cache
def field(resolution: float) -> PlateField:
    plate, package, fluid = parts()
    return PlateModel(NAME, plate, [package], resolution=resolution).solve(MASS_FLOW, INLET, [POWER], fluid)


def hot_spot(resolution: float) -> float:
    return field(resolution).devices[0].junction_max


def place(resolution: float) -> tuple[float, float]:
    """Where the hot spot lies, from the middle of the plate: its four quarters are alike [m]."""
    (x, y), body = field(resolution).devices[0].hot_spot, parts()[0].body
    assert body is not None
    return abs(x - 0.5 * float(body.width)), abs(y - 0.5 * float(body.length))


def estimate(resolution: float) -> GridEstimate:
    plate, package, fluid = parts()
    return grid_estimate(
        NAME, plate, [package], mass_flow=MASS_FLOW, inlet_temperature=INLET, powers=[POWER], fluid=fluid,
        resolution=resolution, finest=field(resolution),
    )  # fmt: skip


def test_a_finer_grid_finds_the_same_hot_spot() -> None:
    assert 4e5 < field(1.0).cells < 6e5  # about half a million by default
    assert field(1.4).cells > 2.5 * field(1.0).cells
    assert hot_spot(1.0) == pytest.approx(hot_spot(1.4), abs=LEFT)
    assert place(1.0) == pytest.approx(place(1.4), abs=1e-3)


def test_four_million_cells_find_the_same_hot_spot() -> None:
    assert field(2.0).cells > 3.5e6
    assert hot_spot(1.0) == pytest.approx(hot_spot(2.0), abs=LEFT)
    assert hot_spot(1.4) == pytest.approx(hot_spot(2.0), abs=LEFT)


def test_the_estimate_says_so_without_a_finer_grid() -> None:
    found = estimate(1.0)
    assert found.hot_spot.error < LEFT
    assert abs(found.hot_spot.limit - hot_spot(1.4)) < LEFT


def test_a_coarse_grid_is_off_by_more() -> None:
    """The sabotaged twin: the check can fail, and the estimate on that grid tells it."""
    assert abs(hot_spot(0.25) - hot_spot(1.4)) > LEFT
    assert estimate(0.25).hot_spot.error > LEFT
