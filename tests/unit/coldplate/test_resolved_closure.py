from __future__ import annotations

import re
from pathlib import Path

import pytest

from thermal.correlations.entrance import fitted_nusselt
from thermal.correlations.slot import slot_path
from thermal.errors import InputError
from thermal.rack.closures import FittedClosure
from thermal.rack.loader import load_rack
from thermal.rack.parts import Plate
from thermal.simulation.plate import plate_curve

CLOSURE = """\
closures:
  mine:
    source: made up
    channel: {width: 0.4 mm, height: 1.2 mm, wall: 0.25 mm, conductivity: 385 W/(m K), path: 15.5 mm}
    reynolds: [50, 900]
    prandtl: [5, 12]
    friction: {developed: 17.09, excess: 1.3, constant: 2.0e-4, range: [0.003, 0.3], error_max: 0.03, error_rms: 0.01,
               grid_error: 0.02}
    film: {developed: 6.4, entry: 0.83, exponent: 0.41, blend: 3, range: [4.0e-4, 0.03], error_max: 0.04,
           error_rms: 0.01, grid_error: 0.02}
    root: {developed: 22.3, entry: 7.6, exponent: 0.33, blend: 3.8, range: [4.0e-3, 0.03], error_max: 0.001,
           error_rms: 0.001, grid_error: 0.01}
"""
RACK = """\
name: own
rack: {units: 4}
include: [closure.yaml, parts/packages.yaml, parts/air.yaml]
coolant: {fluid: PG25, supply_temperature: 40 degC, control: {kind: flow, value: 1 L/min}}
parts:
  plate:
    kind: plate
    channels:
      count: 48
      width: 0.4 mm
      height: 1.2 mm
      length: 31 mm
      wall: 0.25 mm
      base: 1.5 mm
      conductivity: 385 W/(m K)
      footprint_length: 31 mm
      footprint_width: 31.2 mm
      split: centre
      closure: resolved/mine
  wider: {kind: plate, extends: plate, channels: {width: 0.5 mm}}
  same: {kind: plate, extends: plate, channels: {base: 2 mm}}
trays:
  compute:
    kind: compute
    slots: [1]
    circuit: plate
    devices: {cpu: {package: b300, count: 1, cooled_by: plate}}
"""


@pytest.fixture
def rack(tmp_path: Path) -> Path:
    (tmp_path / "closure.yaml").write_text(CLOSURE, encoding="utf-8")
    path = tmp_path / "own.yaml"
    path.write_text(RACK, encoding="utf-8")
    return path


def closure_of(rack: Path, part: str) -> FittedClosure | None:
    plate = load_rack(rack).parts[part]
    assert isinstance(plate, Plate)
    assert plate.channels is not None
    return plate.channels.closure


def test_a_plate_takes_its_closure_by_name(rack: Path) -> None:
    closure = closure_of(rack, "plate")
    assert closure is not None
    assert (closure.name, closure.friction[0], closure.film[1], closure.root[2]) == ("resolved/mine", 17.09, 0.83, 0.33)
    assert (closure.basis, closure.source) == ("inferred", "made up")
    assert closure.error == pytest.approx(0.06)
    assert "closures:" in load_rack(rack).text


def test_a_part_with_other_channels_does_not_take_it_over(rack: Path) -> None:
    assert closure_of(rack, "wider") is None
    assert closure_of(rack, "same") is not None


def test_an_unknown_name_lists_those_known(rack: Path) -> None:
    rack.write_text(RACK.replace("resolved/mine", "resolved/other_one"), encoding="utf-8")
    with pytest.raises(InputError, match=r"there is no closure 'resolved/other_one'.*resolved/mine") as caught:
        load_rack(rack)
    assert len(caught.value.problems) == 1  # parts that take it over do not say it again


def test_other_channels_are_refused_once_with_a_remedy_that_works(rack: Path) -> None:
    taller = {"parts.plate.channels.height": "1.3 mm"}
    with pytest.raises(InputError, match=r"was computed for other channels: height 1\.2 mm, here 1\.3;") as caught:
        load_rack(rack, taller)
    (problem,) = caught.value.problems  # `same` extends it, and has the same fault
    assert problem.path == "parts.plate.channels.closure"
    assert problem.right.endswith("or take it away: --set parts.plate.channels.closure=null, in a file `closure: null`")
    remedy = problem.right.split("--set ")[1].split(",")[0].split("=")
    parts = load_rack(rack, {**taller, remedy[0]: remedy[1]}).parts
    for name in ("plate", "same"):
        plate = parts[name]
        assert isinstance(plate, Plate)
        assert plate.channels is not None
        assert plate.channels.closure is None
        assert float(plate.channels.height) == pytest.approx(1.3e-3)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("exponent: 0.41", "exponent: 1.2", "an exponent of 1.2; give one below 1"),
        ("[50, 900]", "[900, 50]", r"mine\.reynolds: it falls from 900 to 50; give the lower end first"),
        ("source: made up", "note: made up", "`source` is missing"),
        ("entry: 0.83", "entry: -1", "not above zero"),
    ],
)
def test_a_faulty_closure_is_refused(rack: Path, old: str, new: str, message: str) -> None:
    assert CLOSURE.count(old) == 1
    (rack.parent / "closure.yaml").write_text(CLOSURE.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=message) as caught:
        load_rack(rack)
    assert len(caught.value.problems) == 1  # though the file is read, and the plate names it


def test_network_fidelity_uses_it(rack: Path) -> None:
    flow = 1e-3 / 60.0
    own = plate_curve(load_rack(rack), "plate", flows=[flow]).points[0]
    rack.write_text(RACK.replace("      closure: resolved/mine\n", ""), encoding="utf-8")
    formula = plate_curve(load_rack(rack), "plate", flows=[flow]).points[0]
    assert own.pressure_drop == pytest.approx(formula.pressure_drop, rel=0.05)
    assert own.pressure_drop != pytest.approx(formula.pressure_drop, rel=1e-3)
    # straight fins with the duct's film do not know how the flow is slower beside floor and cover
    assert own.thermal_resistance == pytest.approx(formula.thermal_resistance, rel=0.2)
    assert own.thermal_resistance != pytest.approx(formula.thermal_resistance, rel=1e-3)


def test_losses_of_a_closure_replace_those_of_the_file(rack: Path) -> None:
    flow = 3e-3 / 60.0
    without = plate_curve(load_rack(rack), "plate", flows=[flow]).points[0]
    losses = "    losses: {constant: 2.5, laminar: 0, error_max: 0.01}\n"
    (rack.parent / "closure.yaml").write_text(CLOSURE + losses, encoding="utf-8")
    more = plate_curve(load_rack(rack), "plate", flows=[flow]).points[0]
    velocity = flow / (96 * 0.4e-3 * 1.2e-3)
    assert more.pressure_drop - without.pressure_drop == pytest.approx(0.5 * 1010.0 * velocity**2, rel=0.01)


def test_a_slot_shortens_the_path_at_network_fidelity_too(rack: Path) -> None:
    """As far below Re = 1 friction is developed, the drop goes with the path."""
    flow = 1e-3 / 60.0 / 100.0
    whole = plate_curve(load_rack(rack), "plate", flows=[flow], power=1.0).points[0]
    body = """      closure: resolved/mine
    body:
      length: 80 mm
      width: 84 mm
      plenum: {length: 5 mm}
      slot: 3 mm
      cover: {thickness: 5 mm, conductivity: 385 W/(m K)}
      port: {diameter: 8 mm, loss_coefficient: 7}
      interface: {areal_resistance: 0.05 cm2*K/W}
"""
    rack.write_text(RACK.replace("      closure: resolved/mine\n", body), encoding="utf-8")
    slotted = plate_curve(load_rack(rack), "plate", flows=[flow], power=1.0).points[0]
    shorter = slot_path(15.5e-3, 1.2e-3, 3e-3) / 15.5e-3
    assert slotted.pressure_drop == pytest.approx(shorter * whole.pressure_drop, rel=1e-2)
    assert slotted.pressure_drop != pytest.approx(whole.pressure_drop, rel=5e-2)


def test_the_film_falls_to_its_developed_value(rack: Path) -> None:
    closure = closure_of(rack, "plate")
    assert closure is not None
    values = [fitted_nusselt(x, *closure.film) for x in (1e-4, 1e-3, 1e-2, 1e2)]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(6.4, rel=1e-3)


def test_flow_beyond_its_runs_is_told(rack: Path) -> None:
    inside, beyond = plate_curve(load_rack(rack), "plate", flows=[1e-3 / 60.0, 7e-3 / 60.0]).points
    assert inside.outside == ()
    assert beyond.reynolds_number is not None
    assert beyond.reynolds_number > 900.0
    assert beyond.outside == ("closure",)


def test_a_closure_of_a_sector_goes_with_its_slot(rack: Path) -> None:
    slot = "    slot: {length: 1.5 mm, factor: 1.5, power: 0.55, rise: 0.18}\n"
    (rack.parent / "closure.yaml").write_text(CLOSURE + slot, encoding="utf-8")
    plate = load_rack(rack).parts["plate"]
    assert isinstance(plate, Plate)
    assert plate.channels is not None
    assert isinstance(plate.channels.closure, FittedClosure)
    assert plate.channels.closure.slot == pytest.approx((1.5e-3, 1.5, 0.55, 0.18))


def test_another_slot_is_refused() -> None:
    named = {"parts.grace_plate.channels.closure": "resolved/grace_sector"}
    plate = load_rack("gb300_nvl72", named).parts["grace_plate"]
    assert isinstance(plate, Plate)
    narrow = {"parts.grace_plate.body.slot": "2 mm"}
    message = r"was computed for a slot of 3 mm, here 2 mm; compute one for this slot.* --set (\S+)=null, in a file"
    with pytest.raises(InputError, match=message) as caught:
        load_rack("gb300_nvl72", {**named, **narrow})
    found = re.search(message, str(caught.value))
    assert found is not None
    assert load_rack("gb300_nvl72", {**narrow, found[1]: "null"}).parts["grace_plate"].channels.closure is None  # type: ignore[attr-defined]
