"""Coolant tables refuse bad columns, stay monotone, and name what runs out of range."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thermal.correlations import coolant
from thermal.correlations.coolant import check_temperature
from thermal.correlations.coolant_table import CoolantTable, coolant_table, monotone_slopes
from thermal.errors import InputError, OperatingRangeError

T = [280.0, 300.0, 330.0, 370.0]


def table(viscosity_factor: float = 1.0) -> CoolantTable:
    return coolant_table(
        T, [1000.0, 996.0, 984.0, 960.0], [4200.0, 4180.0, 4180.0, 4210.0], [0.57, 0.61, 0.65, 0.68],
        [1.4e-3, 0.85e-3, 0.49e-3, 0.29e-3], [1e3, 3.5e3, 1.7e4, 9e4], viscosity_factor,
    )  # fmt: skip


def test_values_at_the_rows_are_kept() -> None:
    fluid = table()
    assert [coolant.density(fluid, t) for t in T] == [1000.0, 996.0, 984.0, 960.0]
    assert [coolant.viscosity(fluid, t) for t in T] == pytest.approx([1.4e-3, 0.85e-3, 0.49e-3, 0.29e-3], rel=1e-14)


def test_viscosity_factor_multiplies_the_viscosity_alone() -> None:
    plain, inhibited = table(), table(1.1)
    assert coolant.viscosity(inhibited, 311.0) == pytest.approx(1.1 * coolant.viscosity(plain, 311.0), rel=1e-14)
    assert coolant.density(inhibited, 311.0) == coolant.density(plain, 311.0)


def test_beyond_the_rows_properties_keep_their_end_values() -> None:
    fluid = table()
    assert coolant.density(fluid, 100.0) == 1000.0
    assert coolant.viscosity(fluid, 900.0) == pytest.approx(0.29e-3)
    assert coolant.enthalpy(fluid, 380.0) - coolant.enthalpy(fluid, 370.0) == pytest.approx(42100.0)
    assert coolant.enthalpy(fluid, 270.0) == pytest.approx(-42000.0)


def test_compiled_and_plain_python_agree() -> None:
    fluid = table()
    for law in (coolant.density, coolant.viscosity, coolant.enthalpy):
        plain = getattr(law, "py_func", law)  # no such attribute when the compiler is off
        assert law(fluid, 317.3) == pytest.approx(plain(fluid, 317.3), rel=1e-14)
    h = coolant.enthalpy(fluid, 317.3)
    invert = coolant.temperature_of_enthalpy
    assert getattr(invert, "py_func", invert)(fluid, h) == pytest.approx(317.3, rel=1e-13)


def test_every_bad_column_is_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        coolant_table([300.0, 300.0, 310.0], [1.0, 2.0], [1.0, -1.0, 1.0], [1.0] * 3, [1.0] * 3, [1.0] * 3, 0.0)
    assert [problem.path for problem in caught.value.problems] == [
        "density", "specific_heat", "temperature", "viscosity_factor",
    ]  # fmt: skip


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(InputError, match="at least three temperatures"):
        coolant_table([300.0, 310.0], *([1.0, 1.0],) * 5)


def test_a_place_out_of_range_is_named_worst_first() -> None:
    with pytest.raises(OperatingRangeError, match=r"brew is known from 6.85 to 96.85 °C, but b at 126.85 °C, a at 1"):
        check_temperature(table(), [374.0, 400.0, 300.0], "brew", ["a", "b", "c"])
    check_temperature(table(), [280.0, 370.0], "brew", ["a", "b"])


def test_a_temperature_that_is_no_number_is_out_of_range() -> None:
    with pytest.raises(OperatingRangeError, match="x at nan"):
        check_temperature(table(), [np.nan], "brew", ["x"])


@settings(deadline=None, max_examples=100)
@given(st.lists(st.floats(0.01, 10.0), min_size=3, max_size=9), st.lists(st.floats(0.0, 5.0), min_size=9, max_size=9))
def test_interpolant_of_rising_values_never_falls(steps: list[float], rises: list[float]) -> None:
    x = np.cumsum(steps)
    y = np.cumsum(rises[: x.size])
    slope = monotone_slopes(x, y)
    fine = np.linspace(x[0], x[-1], 200)
    values = np.array([coolant.hermite(x, y, slope, float(v)) for v in fine])
    assert np.all(np.diff(values) >= -1e-12 * max(1.0, float(y[-1])))
