"""Richardson's estimate: on powers of the cell size, on scatter, and on a plate."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import pytest

from thermal.coldplate.refinement import extrapolate, grid_estimate
from thermal.correlations.coolant import CoolantTable, coolant_table
from thermal.errors import InputError
from thermal.rack.parts import Package, Plate

Parts = Callable[..., tuple[Plate, Package]]
R = sqrt(2.0)


@pytest.fixture(scope="module")
def coolant() -> CoolantTable:
    return coolant_table([250, 300, 370], [1e3] * 3, [4e3] * 3, [0.5] * 3, [1e-3] * 3, [5e3] * 3)


@pytest.mark.parametrize("order", [1.0, 1.5, 2.0])
def test_finds_order_and_limit_of_a_power(order: float) -> None:
    found = extrapolate([350.0 + 0.3 * (h**order) for h in (1.0, R, 2.0)], R)
    assert found.order == pytest.approx(order, abs=1e-9)
    assert found.limit == pytest.approx(350.0, abs=1e-9)
    assert found.error == pytest.approx(0.3, abs=1e-9)
    assert found.order != pytest.approx(1.01 * order, abs=1e-3)


def test_two_grids_take_the_methods_order() -> None:
    found = extrapolate([350.1, 350.4], 2.0)
    assert found.order is None
    assert found.limit == pytest.approx(350.0)
    assert found.error == pytest.approx(0.1)


def test_orders_that_no_method_has_are_not_believed() -> None:
    high = extrapolate([1.01, 1.02, 1.02 + 0.01 * R**6], R)
    assert high.order == pytest.approx(6.0)
    assert high.error == pytest.approx(0.01)  # as for the second order, not 0.01/7


def test_scatter_is_fitted_and_added() -> None:
    """Against h² = 1, 2, 4 the line through 0, 0.4, 0.5 is −0.05 + 0.15 h²; it is off by 0.1, −0.15 and 0.05."""
    found = extrapolate([5.0, 5.4, 5.5], R)
    assert found.order == pytest.approx(-4.0)
    assert found.limit == pytest.approx(4.95)
    assert found.error == pytest.approx(0.05 + sqrt(0.035))
    to_and_fro = extrapolate([1.0, 1.1, 1.05], R)
    assert to_and_fro.order is None
    assert 0.05 < to_and_fro.error < 0.15
    assert extrapolate([1.0, 1.0, 1.0], R).error == 0.0


def test_estimate_on_a_plate_holds_the_finer_answer(parts: Parts, coolant: CoolantTable) -> None:
    plate, package = parts()
    point = {"mass_flow": 1 / 60, "inlet_temperature": 303.15, "powers": [200.0], "fluid": coolant}
    estimate = grid_estimate("plate", plate, [package], resolution=0.7, **point)
    finer = grid_estimate("plate", plate, [package], resolution=1.4, grids=2, **point)
    assert estimate.resolutions == pytest.approx((0.7, 0.7 / R, 0.35))
    assert estimate.cells[0] > 2 * estimate.cells[1] > 4 * estimate.cells[2]
    assert finer.hot_spot.values[1] == pytest.approx(estimate.hot_spot.values[0], abs=1e-6)
    for found, reference in ((estimate.hot_spot, finer.hot_spot), (estimate.mean, finer.mean)):
        off = abs(found.values[0] - reference.limit)
        assert off < 3.0 * found.error
        assert found.error < 1.0


def test_number_of_grids_is_two_or_three(parts: Parts, coolant: CoolantTable) -> None:
    plate, package = parts()
    with pytest.raises(InputError, match="give 2 or 3"):
        grid_estimate(
            "plate", plate, [package], mass_flow=1 / 60, inlet_temperature=303.15, powers=[1.0], fluid=coolant, grids=4
        )
