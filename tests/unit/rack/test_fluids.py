from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import InputError, Problem
from thermal.rack.bundled import bundled
from thermal.rack.loader import load_coolant, load_rack

Write = Callable[..., Path]
Load = Callable[..., Problem]
WATER = "  fluid: water\n"
TABLE = """\
name: oil
freezing_temperature: -20 degC
columns:
  temperature: {unit: degC, values: [0, 50, 100]}
  density: {unit: g/cm3, values: [0.9, 0.85, 0.8]}
  specific_heat: {unit: kJ/(kg K), values: [2, 2.1, 2.2]}
  conductivity: {unit: W/(m K), values: [0.13, 0.125, 0.12]}
  viscosity: {unit: mPa s, values: [20, 9, 5]}
  vapour_pressure: {unit: Pa, values: [0.1, 1, 10]}
"""


@pytest.mark.parametrize("name", bundled("coolants"))
def test_a_bundled_coolant_loads_with_properties_that_make_sense(name: str) -> None:
    coolant = load_coolant(name)
    columns = coolant.columns
    assert coolant.name == name
    assert 900 < columns.density[0] < 1150
    assert 2500 < columns.specific_heat[0] < 4300
    assert columns.viscosity[0] > columns.viscosity[-1] > 1e-4
    assert coolant.freezing_temperature is not None
    assert coolant.freezing_temperature.value <= columns.temperature[0] + 1e-9


def test_water_at_20_degrees_is_water() -> None:
    columns = load_coolant("water").columns
    index = min(range(len(columns.temperature)), key=lambda i: abs(columns.temperature[i] - 293.15))
    assert columns.temperature[index] == pytest.approx(293.15)
    assert columns.density[index] == pytest.approx(998.2, rel=1e-4)  # IAPWS-95
    assert columns.viscosity[index] == pytest.approx(1.0016e-3, rel=1e-3)  # IAPWS 2008


def test_a_mixture_is_made_on_demand(rack_file: Write) -> None:
    pytest.importorskip("CoolProp")
    fluid = load_rack(rack_file((WATER, "  fluid: PG30\n"))).fluid
    assert fluid is not None
    assert fluid.name == "PG30"
    thin, thick = (load_coolant(name).columns.density[-1] for name in ("PG25", "PG55"))
    assert thin < fluid.columns.density[-1] < thick


def test_a_table_in_a_file_beside_the_rack(rack_file: Write, tmp_path: Path) -> None:
    (tmp_path / "oil.yaml").write_text(TABLE)
    fluid = load_rack(rack_file((WATER, "  fluid: ./oil.yaml\n"))).fluid
    assert fluid is not None
    assert fluid.columns.temperature == (273.15, 323.15, 373.15)
    assert fluid.columns.density == pytest.approx((900.0, 850.0, 800.0))
    assert fluid.columns.specific_heat == (2000.0, 2100.0, 2200.0)
    assert fluid.columns.viscosity == pytest.approx((0.02, 0.009, 0.005))


def test_a_table_in_the_rack_itself(rack_file: Write) -> None:
    inline = "".join(f"    {line}\n" for line in TABLE.splitlines())
    fluid = load_rack(rack_file((WATER, f"  fluid:\n{inline}"))).fluid
    assert fluid is not None
    assert fluid.name == "oil"


@pytest.mark.parametrize(
    ("change", "line", "path", "wrong"),
    [
        (("[20, 9, 5]", "[20, 9, 5, 1]"), 4, "columns", "`viscosity` has 4 values, `temperature` has 3"),
        (("[0, 50, 100]", "[0, 100]"), 4, "columns", "the table has 2 row(s)"),
        (("[0.1, 1, 10]", "[0, 1, 10]"), 4, "columns", "`vapour_pressure` has a value that is not above zero"),
        (("[0.9, 0.85, 0.8]", "[0.9, -0.85, 0.8]"), 5, "columns.density", "row 2 is negative"),
        (("[0.9, 0.85, 0.8]", "[0.9, x, 0.8]"), 5, "columns.density", "row 2 is 'x'"),
        (("[0.9, 0.85, 0.8]", "[0.9, .nan, 0.8]"), 5, "columns.density", "row 2 is nan"),
        (("[0.9, 0.85, 0.8]", "[0.9, 0, 0.8]"), 4, "columns", "not above zero"),
        (("g/cm3", "g/cm2"), 5, "columns.density", "is not a density"),
        (("g/cm3", "7"), 5, "columns.density.unit", "7 is not text"),
        (("[0, 50, 100]", "[100, 50, 0]"), 4, "columns", "`temperature` does not rise"),
        (
            ("{unit: Pa, values", "{unit: Pa, value: 3, values"),
            9,
            "columns.vapour_pressure.value",
            "unknown key",
        ),
        (("name: oil\n", ""), 1, "name", "`name` is missing"),
    ],
)
def test_a_faulty_table_is_told_in_its_own_file(
    rack_file: Write, tmp_path: Path, change: tuple[str, str], line: int, path: str, wrong: str
) -> None:
    (tmp_path / "oil.yaml").write_text(TABLE.replace(*change))
    with pytest.raises(InputError) as caught:
        load_rack(rack_file((WATER, "  fluid: ./oil.yaml\n")))
    problem = caught.value.problems[0]
    assert wrong in problem.wrong
    assert problem.path == f"coolant.fluid.{path}"
    if path != "name":
        assert (problem.file, problem.line) == (str(tmp_path / "oil.yaml"), line)


def test_an_unknown_coolant_lists_the_known() -> None:
    with pytest.raises(InputError, match="PG25") as caught:
        load_coolant("mercury")
    assert "PG30" in str(caught.value)


@pytest.mark.parametrize("name", ["PG99", "PG5", "EG0000000"])
def test_a_mixture_out_of_range_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        load_coolant(name)
