from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thermal.units import DIMENSIONS, SYMBOLS, UnitError, comparable, parse_quantity, parse_unit, to_si

GOOD = [
    ("1.4 kW", "power", 1400.0),
    ("1.4kW", "power", 1400.0),
    ("  2 MW ", "power", 2e6),
    ("18.4 psi", "pressure", 18.4 * 6894.757293168),
    ("2.5 bar", "pressure", 2.5e5),
    ("150 um", "length", 150e-6),
    ("150 µm", "length", 150e-6),  # micro sign
    ("150 μm", "length", 150e-6),  # Greek mu
    ("44.45 mm", "length", 0.04445),
    ('2"', "length", 0.0508),
    ("2 in", "length", 0.0508),
    ("40 degC", "temperature", 313.15),
    ("40 °C", "temperature", 313.15),
    ("-9.97 degC", "temperature", 263.18),
    ("313 K", "temperature", 313.0),
    ("104 degF", "temperature", 313.15),
    ("5 K", "temperature_difference", 5.0),
    ("2.5 L/min", "flow", 2.5e-3 / 60),
    ("2.5 l/min", "flow", 2.5e-3 / 60),
    ("2.5 lpm", "flow", 2.5e-3 / 60),
    ("1 gpm", "flow", 3.785411784e-3 / 60),
    ("1 cfm", "flow", 0.3048**3 / 60),
    ("1 m3/h", "flow", 1 / 3600),
    ("1 m³/h", "flow", 1 / 3600),
    ("1 m^3/h", "flow", 1 / 3600),
    ("3000 rpm", "rotational_speed", 50.0),
    ("1.37 mPa s", "viscosity", 1.37e-3),
    ("1.37 cP", "viscosity", 1.37e-3),
    ("1.37e-3 Pa*s", "viscosity", 1.37e-3),
    ("9 W/m2K", "heat_transfer_coefficient", 9.0),
    ("9 W/(m2 K)", "heat_transfer_coefficient", 9.0),
    ("9 W/(m²·K)", "heat_transfer_coefficient", 9.0),
    ("9 W/m^2/K", "heat_transfer_coefficient", 9.0),
    ("9 W m^-2 K^-1", "heat_transfer_coefficient", 9.0),
    ("385 W/(m K)", "conductivity", 385.0),
    ("385 W/mK", "conductivity", 385.0),
    ("0.05 K cm2/W", "areal_resistance", 5e-6),
    ("0.05 cm2 K/W", "areal_resistance", 5e-6),
    ("0.5 W/°C", "conductance", 0.5),
    ("3 Pa/(m3/s)^2", "quadratic_impedance", 3.0),
    ("1 kPa/(L/min)^2", "quadratic_impedance", 1000 / (1e-3 / 60) ** 2),
    ("1 kPa/(L/min)", "linear_impedance", 6e7),
    ("3.93 kJ/(kg K)", "specific_heat", 3930.0),
    ("1.1 EFLOP/s", "computing_rate", 1.1e18),
    ("5 %", "dimensionless", 0.05),
    ("0.9", "dimensionless", 0.9),
    ("+1e-3 W", "power", 1e-3),
]


@pytest.mark.parametrize(("text", "dimension", "expected"), GOOD)
def test_a_quantity_is_read(text: str, dimension: str, expected: float) -> None:
    assert parse_quantity(text, dimension) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("text", "dimension", "expected"), GOOD)
def test_the_check_above_notices_an_error_of_one_per_cent(text: str, dimension: str, expected: float) -> None:
    assert parse_quantity(text, dimension) != pytest.approx(1.01 * expected, rel=1e-12)


@pytest.mark.parametrize("name", DIMENSIONS)
def test_the_example_and_the_units_of_a_dimension_are_read(name: str) -> None:
    known = DIMENSIONS[name]
    assert math.isfinite(parse_quantity(known.example, name))
    for unit in known.units:
        assert to_si(1.0, unit, name) > 0.0


BAD = [
    ("48 U", "length", "'U' is no unit"),
    ("1 kW", "flow", "'1 kW' is not a volume flow; write for example '2.5 L/min'"),
    ("20 kPa", "power", "is not a power"),
    ("5", "power", "'5' has no unit; write for example '1.4 kW'"),
    ("nonsense", "power", "not a number with a unit"),
    ("", "power", "not a number with a unit"),
    ("W", "power", "not a number with a unit"),
    ("nan W", "power", "not a number with a unit"),
    ("inf W", "power", "not a number with a unit"),
    ("1e999 W", "power", "not a finite number"),
    ("1e308 MW", "power", "not a finite number"),
    ("1,5 kW", "power", "use a decimal point"),
    ("1_000 W", "power", "use a decimal point"),
    ("0x10 W", "power", "'x' is no unit"),
    ("1 kW/", "power", "is no unit"),
    ("1 kW//s", "power", "is no unit"),
    ("1 (((W", "power", "is no unit"),
    ("1 W)", "power", "is no unit"),
    ("1 W^99999999", "power", "is no unit"),
    ("1 2 W", "power", "is no unit"),
    ("1 W; rm -rf", "power", "is no unit"),
    ("-300 degC", "temperature", "below absolute zero"),
    ("40 C", "temperature", "degC"),
    ("40 kW", "temperature", "is not a temperature"),
    ("5 degC", "temperature_difference", "is a temperature, not a temperature difference"),
    ("3 W", "dimensionless", "is not a plain number"),
    ("1 kW" * 100, "power", "not a number with a unit"),
    ("1 W\x00", "power", "is no unit"),
]


@pytest.mark.parametrize(("text", "dimension", "message"), BAD)
def test_what_is_no_quantity_is_refused_with_a_remedy(text: str, dimension: str, message: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_quantity(text, dimension)
    assert message in str(caught.value)
    assert DIMENSIONS[dimension].example in caught.value.right


def test_a_unit_is_scale_and_offset() -> None:
    assert parse_unit("kW", "power") == (1000.0, 0.0)
    scale, offset = parse_unit("degF", "temperature")
    assert scale == pytest.approx(5 / 9)
    assert offset == pytest.approx(459.67 * 5 / 9)


def test_texts_of_unknown_dimension_can_be_ordered() -> None:
    assert comparable("30 kPa") < comparable("0.4 bar")
    assert comparable("40 degC") == (313.15, "K")
    assert comparable("1 kW")[1] != comparable("1 kPa")[1]
    with pytest.raises(UnitError):
        comparable("40 nonsense")


@given(st.text(max_size=60), st.sampled_from(sorted(DIMENSIONS)))
def test_any_text_gives_a_finite_number_or_a_unit_error(text: str, dimension: str) -> None:
    with suppress(UnitError):
        assert math.isfinite(parse_quantity(text, dimension))


@given(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.lists(st.sampled_from([*SYMBOLS, *"/()*^ 123", "^-2"]), max_size=8).map("".join),
    st.sampled_from(sorted(DIMENSIONS)),
)
def test_any_heap_of_symbols_gives_a_finite_number_or_a_unit_error(number: str, unit: str, dimension: str) -> None:
    with suppress(UnitError):
        assert math.isfinite(parse_quantity(f"{number} {unit}", dimension))
