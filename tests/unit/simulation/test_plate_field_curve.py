"""One plate alone as a field: the plate of its rack, both resistances, heat, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from thermal.errors import InputError, OperatingRangeError
from thermal.rack.schema import Rack
from thermal.results.store import load, store
from thermal.simulation.plate import plate_curve
from thermal.simulation.plate_field_curve import plate_field_curve
from thermal.simulation.plate_report import PlateCurve
from thermal.simulation.steady import simulate

Bench = Callable[..., Rack]
L_MIN = 1e-3 / 60
COARSE = 0.3


def curve(rack: Rack, *flows: float, name: str = "plate", **asked: Any) -> PlateCurve:
    return plate_field_curve(rack, name, flows=[flow * L_MIN for flow in flows], resolution=COARSE, **asked)


def test_a_plate_alone_is_the_plate_in_its_rack(plated: Bench) -> None:
    rack = plated()
    results = simulate(rack, fidelity="plate", resolution=COARSE)
    row = results.summary["devices"][0]
    point = curve(rack, row["flow_L_min"], temperatures=[row["inlet_C"] + 273.15]).points[0]
    assert point.case_temperature - 273.15 == pytest.approx(row["case_C"], abs=1e-6)
    assert point.junction_temperature == pytest.approx(row["junction_max_C"] + 273.15, abs=1e-6)
    b = list(results.branches["part"]).index("plate")
    assert point.pressure_drop == pytest.approx(results.branches.numbers("pressure_drop")[b], rel=1e-6)


def test_resistances_and_outlet_by_definition(plated: Bench) -> None:
    """2 L/min of 1000 kg/m3 and 4000 J/(kg K) take up 200 W in 1.5 K."""
    point = curve(plated(), 2.0).points[0]
    assert point.outlet_temperature - point.inlet_temperature == pytest.approx(1.5, rel=1e-9)
    assert point.thermal_resistance == pytest.approx((point.case_temperature - 303.15) / 200.0, rel=1e-12)
    assert point.junction_temperature is not None
    assert point.junction_resistance == pytest.approx((point.junction_temperature - 303.15) / 200.0, rel=1e-12)
    assert point.junction_resistance > point.thermal_resistance > 0.5 * 1.5 / 200.0
    assert point.reynolds_number == pytest.approx(505.1, rel=1e-3)


def test_resistances_do_not_depend_on_the_heat(plated: Bench) -> None:
    """At constant properties the field is linear in the heat."""
    rack = plated()
    one, ten = (curve(rack, 2.0, power=power).points[0] for power in (20.0, 200.0))
    assert one.junction_resistance == pytest.approx(ten.junction_resistance, rel=1e-6)
    assert one.case_temperature - 303.15 == pytest.approx(0.1 * (ten.case_temperature - 303.15), rel=1e-5)


def test_more_flow_is_colder_and_takes_more_pressure(plated: Bench) -> None:
    found = curve(plated(), 0.5, 1.0, 2.0, 4.0)
    R = [point.thermal_resistance for point in found.points]
    drop = [point.pressure_drop for point in found.points]
    assert (np.diff(R) < 0.0).all()
    assert (np.diff(drop) > 0.0).all()


def test_points_come_by_coolant_temperature_and_flow_with_progress(plated: Bench) -> None:
    told: list[tuple[int, int]] = []
    found = curve(
        plated(), 1.0, 2.0, fluids=["plain", "water"], temperatures=[303.15, 313.15],
        progress=lambda done, of: told.append((done, of)),
    )  # fmt: skip
    places = [(p.fluid, p.inlet_temperature, round(p.volume_flow / L_MIN, 9)) for p in found.points]
    assert places == [(f, T, Q) for f in ("plain", "water") for T in (303.15, 313.15) for Q in (1.0, 2.0)]
    assert told == [(n, 8) for n in range(1, 9)]


def test_the_summary_tells_the_grid(plated: Bench) -> None:
    told = curve(plated(), 1.0, 2.0).summary()
    assert told["fidelity"] == "plate"
    assert told["grid"].keys() == {
        "resolution", "cells", "grid_error_K", "grid_error_flow_L_min", "energy_imbalance_rel"
    }  # fmt: skip
    assert told["grid"]["grid_error_flow_L_min"] == 1.0  # where the junction is hottest
    assert told["grid"]["energy_imbalance_rel"] < 1e-8
    assert {"junction_resistance_K_W", "junction_max_C"} <= told["rows"][0].keys()
    assert [row["what"] for row in told["rests_on"]][:3] == [
        "joint under the lid",
        "its thickness",
        "joint under the plate",
    ]


def test_network_fidelity_keeps_its_keys(plated: Bench) -> None:
    told = plate_curve(plated(), "plate", flows=[2.0 * L_MIN]).summary()
    assert "grid" not in told
    assert "junction_resistance_K_W" not in told["rows"][0]
    assert not any(key.startswith("channel_flow") for key in told["rows"][0])


def test_the_headings_are_those_of_the_cells(plated: Bench) -> None:
    found = curve(plated(), 2.0)
    (cells,) = found.cells()
    assert len(found.headings) == len(cells)
    shown = dict(zip(found.headings, cells, strict=True))
    assert shown["junction_resistance [K/W]"] == pytest.approx(found.points[0].junction_resistance)
    assert shown["channel_flow_spread [1]"] == pytest.approx(found.points[0].channel_flow_spread)


def test_what_is_printed_of_the_channels_is_what_is_stored(plated: Bench, tmp_path: Path) -> None:
    """The spread over the channels from the netCDF file of a run, and the plate's alone at the flow it has there."""
    results = simulate(plated(), fidelity="plate", resolution=COARSE)
    store(results, tmp_path / "run")
    with netCDF4.Dataset(tmp_path / "run" / "plates.nc") as file:
        one = file["set_1"]
        share, velocity, edges = (np.asarray(one[name][:]) for name in ("share", "velocity", "column_bounds"))
    assert share.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    np.testing.assert_allclose(share, share[:, ::-1], rtol=1e-6)  # the plate is its own mirror image
    per_width = share[0] / np.diff(edges, axis=1)[:, 0] * (edges[-1, 1] - edges[0, 0])
    spread = per_width.max() - per_width.min()
    row = results.summary["devices"][0]
    told = curve(plated(), row["flow_L_min"], temperatures=[row["inlet_C"] + 273.15]).summary()["rows"][0]
    assert told["channel_flow_spread_rel"] == pytest.approx(spread, rel=1e-6)
    assert told["channel_flow_spread_rel"] != pytest.approx(1.01 * spread, rel=1e-3)
    assert told["channel_flow_least_rel"] == pytest.approx(per_width.min(), rel=1e-6)
    assert told["channel_flow_most_rel"] == pytest.approx(per_width.max(), rel=1e-6)
    assert np.ptp(velocity[0]) / (velocity[0] @ np.diff(edges, axis=1)[:, 0]) * (edges[-1, 1] - edges[0, 0]) == (
        pytest.approx(spread, rel=1e-9)
    )
    again = load(tmp_path / "run").plates
    assert again is not None
    np.testing.assert_array_equal(again.channels(again.paths[0]).share, share[0])


def test_turbulent_channels_are_marked(plated: Bench) -> None:
    found = curve(plated(), 2.0, 10.0)
    assert [point.outside for point in found.points] == [(), ("laminar flow",)]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"power": 0.0}, "a power of 0 W gives no resistance; give a power"),
        ({"power": -1.0}, "a power of -1 W is not possible"),
        ({"temperatures": [260.0]}, "plain freezes at"),
        ({"power": 1.0e6}, "but the outlet of plate at"),
    ],
)
def test_impossible_points_are_refused(plated: Bench, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(OperatingRangeError, match=message):
        curve(plated(), 2.0, **asked)


def test_a_plate_without_geometry_or_devices_is_refused(bench: Bench, plated: Bench) -> None:
    with pytest.raises(InputError, match=r"parts\.chip\.body: is not given, and plate fidelity solves it"):
        curve(bench(), 2.0)
    spare = ("trays:\n", "  spare: {extends: plate}\ntrays:\n")
    with pytest.raises(InputError, match=r"the rack puts no heated device on 'spare'.*--rack"):
        curve(plated(spare), 2.0, name="spare")
