"""A reduced plate at network fidelity against the field it was fitted from, at flows and powers it has not seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from thermal.coldplate.reduced import reduce_plate
from thermal.errors import InputError, OperatingRangeError
from thermal.rack.schema import Rack
from thermal.results.dataset import Results
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_field_curve import plate_field_curve
from thermal.simulation.plate_instances import plate_model
from thermal.simulation.plate_reduced import ReducedPart, reduced_part
from thermal.simulation.reduced_file import check_reduced, reduced_text, write_reduced
from thermal.simulation.steady import simulate, solve

Bench = Callable[..., Rack]
COARSE, L_MIN = 0.3, 1e-3 / 60
GPU = "      gpu: {package: chip, count: 1, cooled_by: plate}\n"
# Two devices one behind the other along the coolant, the second of less power.
PAIR = (
    ("length: 20 mm, wall", "length: 50 mm, wall"),
    ("      length: 36 mm\n", "      length: 66 mm\n      mounts: [[16 mm, 20 mm], [16 mm, 46 mm]]\n"),
    ("trays:\n  compute:", "  aide: {extends: chip, power: {tdp: 120 W, idle: 60 W, odd: 170 W}}\ntrays:\n  compute:"),
    (GPU, f"{GPU}      aide: {{package: aide, count: 1, cooled_by: plate}}\n"),
)
USED = (
    ("parts:\n", "include: [reduced.yaml]\nparts:\n"),
    ("{series: [gate, plate]}", "{series: [gate, {part: plate_reduced, name: plate}]}"),
)


@pytest.fixture
def pair(plated: Bench) -> Bench:
    """Load the bench with two devices on each plate and a coolant whose properties change with temperature."""

    def load(*changes: tuple[str, str], **values: str) -> Rack:
        return plated(*PAIR, *changes, **{"coolant__fluid": "PG25", "coolant__supply_temperature": "40 degC", **values})

    return load


@pytest.fixture
def fitted(pair: Bench, tmp_path: Path) -> ReducedPart:
    """Fit the pair's plate and store it beside the rack."""
    part = reduced_part(pair(), "plate", flows=[0.5 * L_MIN, 1.0 * L_MIN, 2.0 * L_MIN, 4.0 * L_MIN], resolution=COARSE)
    write_reduced(tmp_path / "reduced.yaml", part)
    return part


def rises(results: Results) -> np.ndarray:
    """Junctions over the supply [K]."""
    return results.devices.numbers("junction_temperature") - results.summary["coolant"]["supply_C"] - 273.15


def largest_difference(load: Bench, **values: str) -> float:
    """Of the junctions' rise, reduced plate against field, relative."""
    reduced = simulate(load(*USED, **values))
    field = simulate(load(**values), fidelity="plate", resolution=COARSE)
    flows = [results.devices.numbers("volume_flow") for results in (reduced, field)]
    np.testing.assert_allclose(*flows, rtol=1e-4)
    cases = [results.devices.numbers("plate_rise") for results in (reduced, field)]
    np.testing.assert_allclose(*cases, atol=0.005 * rises(field).max())
    return float(np.abs(rises(reduced) / rises(field) - 1.0).max())


@pytest.mark.parametrize(
    ("flow", "state", "supply"),
    [
        ("1.4 L/min", "tdp", "40 degC"),
        ("3 L/min", "idle", "40 degC"),
        ("5.6 L/min", "odd", "40 degC"),
        ("1.2 L/min", "odd", "33 degC"),
        ("2.8 L/min", "idle", "45 degC"),
    ],
)
def test_the_field_is_reproduced(pair: Bench, fitted: ReducedPart, flow: str, state: str, supply: str) -> None:
    """Between the fitted flows, for powers not fitted (20 + 60, 200 + 170 W), warmer and colder."""
    values = {"coolant__control__value": flow, "power_state": state, "coolant__supply_temperature": supply}
    assert largest_difference(pair, **values) < 0.0025


@pytest.mark.parametrize("name", ["junction", "flows", "specific_heat"])
def test_a_response_one_per_cent_off_is_noticed(pair: Bench, fitted: ReducedPart, tmp_path: Path, name: str) -> None:
    text = reduced_text(fitted)
    if name == "junction":
        matrix = re.compile(r"^( +- \[\[)([0-9.e-]+)", re.MULTILINE)
        text = matrix.sub(lambda found: f"{found[1]}{1.01 * float(found[2]):.7g}", text)
    elif name == "flows":  # rows that belong to flows 2 % smaller
        wrong = ", ".join(f"{Q / L_MIN * 1.02:.9g} L/min" for Q in fitted.fit.flows)
        text = re.sub(r"flows: \[.*\]", f"flows: [{wrong}]", text)
    else:
        text = re.sub(r"specific_heat: ([0-9.]+)", lambda found: f"specific_heat: {0.98 * float(found[1])}", text)
    (tmp_path / "reduced.yaml").write_text(text, encoding="utf-8")
    values = {"coolant__control__value": "1.4 L/min", "power_state": "idle"}
    assert largest_difference(pair, **values) > 0.0025


def test_a_device_downstream_feels_its_neighbour(fitted: ReducedPart) -> None:
    """And less so the one upstream; the coolant carries heat one way."""
    begin = fitted.fit.spots[0]
    first, second = fitted.fit.junction[..., 0, 1], fitted.fit.junction[..., begin, 0]
    assert (second > 2.0 * first).all()
    assert (first > 0.0).all()


def test_the_fit_says_its_error(fitted: ReducedPart) -> None:
    fit = fitted.fit
    assert 1e-5 < fit.largest_error < 0.005
    assert fit.drop_error < 1e-3
    assert fit.flows[0] < fit.error_flow < fit.flows[-1]
    assert fit.solves >= 2 * len(fit.flows) + 3
    low, high = fit.temperatures
    assert low == pytest.approx(303.15)
    assert high > 313.15 + 10.0 + 0.5 * 320.0 / (4.1e6 * 0.5 * L_MIN)


def test_flows_are_added_where_the_fit_needs_them(pair: Bench) -> None:
    rack = pair()
    model = plate_model(rack, "plate", ("chip", "aide"), COARSE)
    assert rack.coolant is not None
    from thermal.hydraulics.loop import fluid_table

    given = [0.2 * L_MIN, 5.0 * L_MIN], (303.15, 343.15), [200.0, 120.0], fluid_table(rack.coolant.fluid)
    found = reduce_plate(model, *given)
    assert len(found.flows) > 3
    assert found.largest_error < 0.005
    loose = reduce_plate(model, *given, tolerance=0.5)
    assert len(loose.flows) == 2
    assert loose.largest_error > 0.005  # said, not hidden


def test_the_plate_alone_has_the_fields_curve(pair: Bench, fitted: ReducedPart) -> None:
    flows = [0.7 * L_MIN, 2.8 * L_MIN]
    ours = plate_curve(pair(*USED), "plate_reduced", flows=flows)
    theirs = plate_field_curve(pair(), "plate", flows=flows, resolution=COARSE)
    for one, other in zip(ours.points, theirs.points, strict=True):
        assert one.thermal_resistance == pytest.approx(other.thermal_resistance, rel=0.003)
        assert one.junction_resistance == pytest.approx(other.junction_resistance, rel=0.003)
        assert one.pressure_drop == pytest.approx(other.pressure_drop, rel=1e-3)
        assert one.outside == ()
    assert ours.rests_on[0]["value"] == f"responses of 2 device(s) at {len(fitted.fit.flows)} flows"
    assert ours.rests_on[0]["basis"] == "fitted"


def test_steps_add_up_and_the_evidence_names_the_field(pair: Bench, fitted: ReducedPart) -> None:
    results = simulate(pair(*USED))
    supply = results.summary["coolant"]
    assert supply is not None
    for row in results.summary["devices"]:
        steps = row["coolant_rise_K"] + row["plate_rise_K"] + row["package_rise_K"]
        assert supply["supply_C"] + steps == pytest.approx(row["junction_max_C"], abs=1e-9)
    assert not results.summary.get("notes")
    (shown,) = [row for row in results.summary["rests_on"] if row["what"] == "junction to inlet"]
    assert shown["basis"] == "fitted"
    assert shown["source"].startswith("field in 3D of plate with 1 chip + 1 aide in bench, resolution 0.3 (")


def test_idle_plates_are_as_warm_as_the_coolant(pair: Bench, fitted: ReducedPart) -> None:
    none = {"parts__chip__power__tdp": "0 W", "parts__aide__power__tdp": "0 W"}
    chips = solve(pair(*USED, **none)).chips
    np.testing.assert_allclose(chips.junction, chips.inlet, atol=1e-9)


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({"coolant__control__value": "0.8 L/min"}, r"0\.40 L/min is below .*; its response is continued from the end"),
        ({"coolant__control__value": "9 L/min"}, r"4\.50 L/min is above the range of plate_reduced's resistance"),
        ({"coolant__supply_temperature": "25 degC"}, r"coolant of 30 to \d+ °C on the plate, which here has 2\d"),
        ({"coolant__fluid": "water"}, r"with PG25; this coolant conducts heat 1\.\d+ times as well and takes up"),
    ],
)
def test_what_the_fit_does_not_cover_is_noted(
    pair: Bench, fitted: ReducedPart, values: dict[str, str], note: str
) -> None:
    head = "{coefficients: [100 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}\n    max_flow: 9 L/min"
    strong = head, "{coefficients: [400 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}"
    notes = solve(pair(strong, *USED, **values)).chips.notes
    assert len(notes) == 1
    assert re.search(note, notes[0])


def test_below_its_flows_the_coolants_rise_goes_on(pair: Bench, fitted: ReducedPart) -> None:
    """At three fifths of the least flow, where all of it is extrapolated, still within 3 %."""
    values = {"coolant__control__value": "0.6 L/min"}
    reduced, field = simulate(pair(*USED, **values)), simulate(pair(**values), fidelity="plate", resolution=COARSE)
    np.testing.assert_allclose(rises(reduced), rises(field), rtol=0.03)


def test_other_devices_are_refused(pair: Bench, fitted: ReducedPart) -> None:
    swapped = ("package: aide, count", "package: chip, count")
    message = (
        r"resistance\.response\.packages: it holds for 2 device\(s\) \(chip, aide\) in this order, and the rack puts "
        r"2 device\(s\) \(chip, chip\) on the plate; fit it"
    )
    with pytest.raises(InputError, match=message):
        pair(*USED, swapped)


def test_only_a_reduced_plate_is_replaced(fitted: ReducedPart, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("name: mine\n", encoding="utf-8")
    for refused in (check_reduced, lambda file: write_reduced(file, fitted)):
        with pytest.raises(InputError, match=r"--reduced: is there already, and holds no reduced plate"):
            refused(own)
    assert own.read_text(encoding="utf-8") == "name: mine\n"
    write_reduced(tmp_path / "reduced.yaml", fitted)
    with pytest.raises(InputError, match="--reduced: is a folder"):
        check_reduced(tmp_path)
    with pytest.raises(InputError, match=r"--reduced: YAML is written, and the ending '\.txt' does not say so; end"):
        write_reduced(tmp_path / "reduced.txt", fitted)
    assert not (tmp_path / "reduced.txt").exists()
    check_reduced(tmp_path / "other.YML")


def test_asking_the_impossible_is_refused(pair: Bench) -> None:
    for asked, message in (
        ({"flows": [1.0 * L_MIN]}, "two different flows"),
        ({"fluids": ["PG25", "water"]}, "one coolant and one inlet temperature"),
        ({"temperatures": [300.0, 310.0]}, "one coolant and one inlet temperature"),
        ({"power": 0.0}, "gives no resistance"),
    ):
        with pytest.raises(OperatingRangeError, match=message):
            reduced_part(pair(), "plate", resolution=0.2, **asked)  # type: ignore[arg-type]
