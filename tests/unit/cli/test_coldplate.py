from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
PLATE = "gb300_gpu_plate"
KEYS = {
    *("plate", "title", "rack", "fidelity", "version", "power_W", "like_devices", "devices", "ranges", "rows"),
    *("notes", "rests_on"),
}
ROW = {
    *("fluid", "inlet_C", "flow_L_min", "pressure_drop_kPa", "resistance_K_W", "outlet_C", "case_C"),
    *("reynolds_number", "in_range", "outside"),
}
CHANNELS = ("least", "most", "spread")
OWN = """\
name: mine
rack: {units: 4}
include: [parts/packages.yaml, parts/air.yaml]
coolant: {fluid: water, supply_temperature: 35 degC, control: {kind: flow, value: 4 L/min}}
parts:
  my_plate:
    kind: plate
    pressure_drop: {point: {flow: 2 L/min, pressure_drop: 8 kPa, exponent: 2}}
    resistance: {table: [[1 L/min, 0.04 K/W], [2 L/min, 0.03 K/W], [4 L/min, 0.02 K/W]]}
trays:
  compute:
    kind: compute
    slots: [1]
    circuit: my_plate
    devices: {gpu: {package: b300, count: 1, cooled_by: my_plate}}
"""

OIL = """\
name: oil
columns:
  temperature: {unit: degC, values: [0, 50, 100]}
  density: {unit: kg/m3, values: [900, 890, 880]}
  specific_heat: {unit: J/(kg K), values: [2000, 2000, 2000]}
  conductivity: {unit: W/(m K), values: [0.1, 0.1, 0.1]}
  viscosity: {unit: mPa s, values: [20, 10, 5]}
  vapour_pressure: {unit: Pa, values: [1, 1, 1]}
"""


def test_json_has_one_row_per_coolant_temperature_and_flow(command: Command) -> None:
    asked = ("--fluid", "PG25", "--fluid", "water", "--temperature", "30,40 degC", "--flow", "1,2.2 L/min")
    finished = command("coldplate", PLATE, *asked, "--json")
    curve = json.loads(finished.out)
    assert finished.status == 0
    assert curve.keys() == KEYS
    assert all(row.keys() == ROW for row in curve["rows"])
    found = [(row["fluid"], row["inlet_C"], row["flow_L_min"]) for row in curve["rows"]]
    assert found == [(fluid, T, Q) for fluid in ("PG25", "water") for T in (30.0, 40.0) for Q in (1.0, 2.2)]
    assert (curve["plate"], curve["rack"], curve["fidelity"]) == (PLATE, "gb300_nvl72", "network")
    assert curve["ranges"] == [{"what": "resistance", "quantity": "flow_L_min", "low": 0.5, "high": 4.0}]


def test_values_given_twice_count_once(command: Command) -> None:
    asked = ("--fluid", "water", "--fluid", "water", "--temperature", "40 degC", "--temperature", "313.15 K")
    assert len(json.loads(command("coldplate", PLATE, *asked, "--flow", "2,2 L/min", "--json").out)["rows"]) == 1


def test_text_and_csv(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "plate.csv"
    finished = command("coldplate", PLATE, "--flow", "0.4,2.2 L/min", "--power", "1 kW", "--csv", str(target))
    assert finished.status == 0
    assert finished.out.startswith("GPU cold plate of GB300 (gb300_nvl72) · 1,000 W · network fidelity\n")
    assert f"  stored     {target}" in finished.out
    assert max(map(len, finished.out.splitlines()[:-1])) <= 110
    with target.open(encoding="utf-8", newline="") as file:
        low, rated = csv.DictReader(file)
    assert list(rated)[:5] == ["plate", "heat [W]", "fluid", "inlet_temperature [degC]", "volume_flow [L/min]"]
    assert (low["in_range"], low["outside"], rated["in_range"], rated["outside"]) == ("False", "resistance", "True", "")
    assert (rated["volume_flow [L/min]"], rated["reynolds_number [1]"]) == ("2.2", "")
    assert float(rated["thermal_resistance [K/W]"]) == pytest.approx(0.0235, rel=5e-3)


def test_quiet_leaves_only_the_file(command: Command, tmp_path: Path) -> None:
    finished = command("coldplate", PLATE, "--quiet", "--csv", str(tmp_path / "plate.csv"))
    assert (finished.status, finished.out, finished.err) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["plate.csv"]


def test_a_plate_of_ones_own_rack(command: Command, tmp_path: Path) -> None:
    """8 kPa at 2 L/min and the square of it: 18 kPa at 3 L/min; the table's middle point as it stands."""
    rack = tmp_path / "mine.yaml"
    rack.write_text(OWN, encoding="utf-8")
    asked = ("--rack", str(rack), "--flow", "2,3 L/min", "--json")
    curve = json.loads(command("coldplate", "my_plate", *asked).out)
    assert (curve["rack"], curve["power_W"]) == ("mine", 1400.0)
    assert [row["pressure_drop_kPa"] for row in curve["rows"]] == pytest.approx([8.0, 18.0], rel=1e-9)
    assert curve["rows"][0]["resistance_K_W"] == pytest.approx(0.03, rel=1e-9)
    assert {(row["fluid"], row["inlet_C"]) for row in curve["rows"]} == {("water", 35.0)}
    changed = ("--set", "parts.my_plate.pressure_drop.point.pressure_drop=4 kPa")
    curve = json.loads(command("coldplate", "my_plate", *asked, *changed).out)
    assert curve["rows"][0]["pressure_drop_kPa"] == pytest.approx(4.0, rel=1e-9)


def test_a_coolant_from_a_file(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "oil.yaml"
    file.write_text(OIL, encoding="utf-8")
    finished = command("coldplate", PLATE, "--fluid", str(file), "--flow", "3 L/min", "--json")
    assert [row["fluid"] for row in json.loads(finished.out)["rows"]] == ["oil"]
    assert command("coldplate", PLATE, "--fluid", str(tmp_path / "none.yaml")).status == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gb300_gpu_plat",), "did you mean 'gb300_gpu_plate'?"),
        (("uqdb04",), "'uqdb04' is a coupling, not a plate"),
        ((PLATE, "--flow", "0,2 L/min"), "a flow of 0 L/min"),
        ((PLATE, "--flow", "1:2 L/min"), "Invalid value for --flow: '1:2 L/min' is not a range"),
        ((PLATE, "--flow", "2 kW"), "'2 kW' is not a volume flow"),
        ((PLATE, "--temperature", "40"), "'40' has no unit"),
        ((PLATE, "--temperature", "-15 degC"), "PG25 freezes at"),
        ((PLATE, "--power", "lots"), "Invalid value for --power: 'lots' is not a number"),
        ((PLATE, "--power", "-1 W"), "a power of -1 W"),
        ((PLATE, "--fluid", "PG2S"), "did you mean 'PG25'?"),
        ((PLATE, "--fidelity", "field"), "'field' is not one of 'network', 'plate'"),
        (
            (PLATE, "--resolution", "2"),
            "Invalid value for --resolution: it is about plates in 3D; add --fidelity plate",
        ),
        ((PLATE, "--fidelity", "plate", "--resolution", "-1"), "-1.0 is not in the range"),
        ((PLATE, "--fidelity", "plate", "--resolution", "0.2", "--power", "0 W"), "a power of 0 W gives no resistance"),
        ((PLATE, "--rack", "gb300"), "did you mean 'gb300_nvl72'?"),
        ((PLATE, "--set", f"parts.{PLATE}.resistance.power.value=0.01 K/W"), "no plate can do that"),
    ],
)
def test_bad_input_is_refused_with_a_remedy(command: Command, arguments: tuple[str, ...], message: str) -> None:
    finished = command("coldplate", *arguments)
    assert finished.status == 2
    assert message in finished.err
    assert "Traceback" not in finished.err
    assert finished.out == ""


def test_a_folder_is_refused_before_the_work(command: Command, tmp_path: Path) -> None:
    finished = command("coldplate", "no_such_plate", "--csv", str(tmp_path))
    assert finished.status == 2
    assert "--csv: is a folder" in finished.err


def test_a_plate_as_a_field(command: Command, tmp_path: Path) -> None:
    """The same table with the junction's resistance and the grid's error beside it."""
    target = tmp_path / "plate.csv"
    asked = (PLATE, "--fidelity", "plate", "--resolution", "0.25", "--flow", "1,2 L/min", "--fluid", "water")
    finished = command("coldplate", *asked, "--json", "--csv", str(target))
    assert finished.status == 0
    curve = json.loads(finished.out)
    assert curve.keys() == KEYS | {"grid"}
    more = {"junction_resistance_K_W", "junction_max_C", *(f"channel_flow_{end}_rel" for end in CHANNELS)}
    assert all(row.keys() == ROW | more for row in curve["rows"])
    assert (curve["fidelity"], curve["grid"]["resolution"]) == ("plate", 0.25)
    slow, fast = curve["rows"]
    assert 0.0 < fast["resistance_K_W"] < slow["resistance_K_W"] < slow["junction_resistance_K_W"]
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[1]["junction_resistance [K/W]"]) == fast["junction_resistance_K_W"]
    assert float(rows[1]["channel_flow_spread [1]"]) == fast["channel_flow_spread_rel"] > 0.0
    text = command("coldplate", *asked).out
    assert "plate fidelity" in text.splitlines()[0]
    assert "Rj [K/W]  junction [°C]" in text
    assert "cells: hot spot known to" in text
    assert f"  channels   {fast['channel_flow_least_rel']:.2f}–{fast['channel_flow_most_rel']:.2f} × mean flow" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_plate_without_geometry_is_refused(command: Command, tmp_path: Path) -> None:
    rack = tmp_path / "mine.yaml"
    rack.write_text(OWN, encoding="utf-8")
    finished = command("coldplate", "my_plate", "--rack", str(rack), "--fidelity", "plate")
    assert finished.status == 2
    assert "parts.my_plate.body: is not given, and plate fidelity solves it; describe the geometry" in finished.err


def test_a_plate_is_reduced_to_a_part_that_a_rack_includes(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "reduced.yaml"
    asked = (PLATE, "--fidelity", "plate", "--resolution", "0.25", "--reduced", str(target))
    told = json.loads(command("coldplate", *asked, "--flow", "1,2,4 L/min", "--json").out)
    assert told.keys() == {
        *("part", "plate", "title", "rack", "fidelity", "version", "packages", "powers_W", "fluid", "inlet_C"),
        *("coolant_low_C", "coolant_high_C", "rows", "largest_error_rel", "largest_error_flow_L_min"),
        *("pressure_drop_error_rel", "laminar_to_L_min", "solves", "resolution", "cells", "file", "replaced"),
    }
    assert (told["part"], told["packages"], told["largest_error_rel"] < 0.005) == (f"{PLATE}_reduced", ["b300"], True)
    text = command("coldplate", *asked, "--flow", "1,4 L/min").out
    assert not told["replaced"]
    assert f"  stored     {target}, replaces the file that was there" in text
    assert max(map(len, text.splitlines()[:-1])) <= 110
    rack = tmp_path / "mine.yaml"
    rack.write_text(
        "name: mine\nrack: {units: 4}\n"
        "include: [reduced.yaml, parts/plates.yaml, parts/packages.yaml, parts/air.yaml]\n"
        "coolant: {fluid: PG25, supply_temperature: 40 degC, control: {kind: flow, value: 2 L/min}}\n"
        f"trays:\n  compute:\n    kind: compute\n    slots: [1]\n    circuit: {PLATE}_reduced\n"
        f"    devices: {{gpu: {{package: b300, count: 1, cooled_by: {PLATE}_reduced}}}}\n",
        encoding="utf-8",
    )
    (device,) = json.loads(command("simulate", str(rack), "--json").out)["devices"]
    (row,) = [row for row in told["rows"] if row["flow_L_min"] == pytest.approx(2.0)]
    rise = row["junction_resistance_K_W"] * 1400.0
    assert device["junction_max_C"] - device["inlet_C"] == pytest.approx(rise, rel=0.002)


def test_reducing_goes_with_plate_fidelity_and_tabulates_nothing(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "reduced.yaml"
    finished = command("coldplate", PLATE, "--reduced", str(target))
    assert finished.status == 2
    assert "add --fidelity plate" in finished.err
    both = ("--fidelity", "plate", "--reduced", str(target), "--csv", str(tmp_path / "x.csv"))
    assert command("coldplate", PLATE, *both).status == 2
    target.write_text("name: mine\n", encoding="utf-8")
    finished = command("coldplate", PLATE, "--fidelity", "plate", "--reduced", str(target))
    assert finished.status == 2
    assert "is there already, and holds no reduced plate" in finished.err
    assert not (tmp_path / "x.csv").exists()
