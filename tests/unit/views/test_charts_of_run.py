from __future__ import annotations

from typing import Any

import pytest

from thermal.views.chart.bars import bars_of
from thermal.views.chart.lines import lines_of
from thermal.views.chart.of_run import flow_per_tray, plate_curves, pressure_path, temperature_chain

DEVICE = {
    "path": "compute[2]/gpu[1]",
    "kind": "gpu",
    "plate": "gpu_plate",
    "junction_max_C": 86.0,
    "limit_C": 87.0,
    "margin_K": 1.0,
    "coolant_rise_K": 13.6,
    "plate_rise_K": 24.0,
    "package_rise_K": 8.4,
    "air_C": None,
}


def summary(**changes: Any) -> Any:
    content = {
        "rack": "my-rack",
        "coolant": {"fluid": "PG25", "supply_C": 40.0, "return_C": 55.0, "flow_L_min": 30.0},
        "flow_spread_rel": 0.016,
        "devices": [DEVICE, {**DEVICE, "path": "compute[1]/gpu[1]", "margin_K": 5.0, "junction_max_C": 82.0}],
        "trays": [
            {"path": "power[1]", "kind": "power", "flow_L_min": None},
            {"path": "compute[1]", "kind": "compute", "flow_L_min": 6.2},
            {"path": "compute[2]", "kind": "compute", "flow_L_min": 6.1},
            {"path": "switch[1]", "kind": "switch", "flow_L_min": 0.99},
        ],
    }
    return {**content, **changes}


def step(path: str, what: str, drop: float) -> dict[str, Any]:
    return {"path": path, "part": "x", "what": what, "pressure_drop_kPa": drop}


PATH = [
    step("supply/hose", "rack hose", 1.0),
    step("supply_manifold/segment[1]", "supply manifold", 0.5),
    step("supply_manifold/segment[2]", "supply manifold", 0.25),
    step("compute[2]/inlet_coupling", "quick disconnect", 9.0),
    step("compute[2]/module[1]/gpu_plate[1]", "GPU plate", 11.0),
    step("compute[2]/module[1]/gpu_plate[2]", "GPU plate", 12.0),
    step("compute[2]/outlet_coupling", "quick disconnect", 9.5),
    step("return_manifold/segment[2]", "return manifold", 0.3),
    step("return_manifold/segment[1]", "return manifold", 0.7),
    step("return/hose", "rack hose", 1.0),
]


def test_flows_stand_in_the_order_of_the_rack_without_dry_trays() -> None:
    chart = flow_per_tray(summary())
    assert chart is not None
    assert list(chart.categories) == ["switch[1]", "compute[2]", "compute[1]"]
    by_name = {series.name: list(series.values) for series in chart.series}
    assert by_name == {"switch": [0.99, None, None], "compute": [None, 6.1, 6.2]}
    assert "compute 6.10 to 6.20 L/min" in chart.description
    assert "1.6 %" in chart.note
    assert "1.6 %" not in chart.description, "said once"
    assert chart.name == "flow_per_tray_my_rack"
    assert len(bars_of(chart).rods) == 3


def test_a_rack_in_air_has_no_chart_of_flow_or_pressure() -> None:
    dry = summary(trays=[{"path": "system[1]", "kind": "system", "flow_L_min": None}], flow_spread_rel=None)
    assert flow_per_tray(dry) is None
    assert pressure_path(dry) is None


def test_the_chain_leads_from_supply_to_the_junction_of_the_device_with_the_least_margin() -> None:
    chart = temperature_chain(summary())
    assert chart is not None
    assert list(chart.categories) == ["supply", "coolant", "plate", "package", "junction"]
    assert list(chart.series[0].values) == pytest.approx([40.0, 13.6, 24.0, 8.4, 86.0])
    assert chart.limit == 87.0
    assert "compute[2]/gpu[1]" in chart.title
    assert "junction 86.0 °C, limit 87.0 °C" in chart.description
    bars_of(chart)  # adds up


def test_what_the_steps_of_the_chain_leave_unsaid_is_said() -> None:
    chart = temperature_chain(summary(devices=[{**DEVICE, "plate_rise_K": 20.0}]))
    assert chart is not None
    assert list(chart.categories) == ["supply", "coolant", "plate", "package", "other", "junction"]
    assert chart.series[0].values[4] == pytest.approx(4.0)
    bars_of(chart)


def test_a_device_in_air_begins_at_its_air() -> None:
    in_air = {**DEVICE, "plate": None, "coolant_rise_K": None, "air_C": 35.0, "plate_rise_K": 42.6}
    chart = temperature_chain(summary(devices=[in_air], coolant=None))
    assert chart is not None
    assert list(chart.categories) == ["air", "heat sink", "package", "junction"]
    assert chart.series[0].values[0] == 35.0
    assert chart.base == 20.0
    bars_of(chart)


def test_no_temperature_no_chain() -> None:
    assert temperature_chain(summary(devices=[{**DEVICE, "junction_max_C": None, "margin_K": None}])) is None
    assert temperature_chain(summary(devices=[])) is None


def test_segments_of_a_header_are_one_step_and_plates_in_series_stay_two() -> None:
    chart = pressure_path(summary(pressure_path=PATH))
    assert chart is not None
    values = [float(value or 0.0) for value in chart.series[0].values]
    assert values == pytest.approx([1.0, 0.75, 9.0, 11.0, 12.0, 9.5, 1.0, 1.0, 45.25])
    assert chart.categories[0] == "rack hose\nsupply"
    assert chart.categories[3] == "GPU plate\ngpu plate[1]"
    assert chart.categories[1] == "supply manifold"
    assert "GPU plate 23.0 kPa (51 %)" in chart.description
    bars_of(chart)


def test_many_steps_keep_the_largest_in_their_order_and_the_sum() -> None:
    many = [step(f"compute[1]/part_{n}", f"part {n}", float(n)) for n in range(1, 31)]
    chart = pressure_path(summary(pressure_path=many))
    assert chart is not None
    assert len(chart.categories) == 15
    assert chart.categories[0] == "part 18"
    assert chart.categories[13] == "17 smaller steps"
    assert chart.series[0].values[-1] == pytest.approx(sum(range(1, 31)))
    bars_of(chart)


def test_curves_of_plates_share_the_flows_and_pair_their_colours() -> None:
    curves = [
        {"plate": "a", "flow_L_min": [1.0, 2.0], "resistance_K_W": [0.04, 0.03], "pressure_drop_kPa": [1.0, 4.0]},
        {"plate": "b", "title": "B", "flow_L_min": [2.0, 4.0], "resistance_K_W": [0.05, 0.04]}
        | {"pressure_drop_kPa": [2.0, 8.0], "at_L_min": 3.0},
    ]
    chart = plate_curves(curves)
    assert chart is not None
    assert list(chart.x) == [1.0, 2.0, 4.0]
    assert [series.name for series in chart.series] == ["a: R", "B: R", "a: Δp", "B: Δp"]
    assert list(chart.series[1].values) == [None, 0.05, 0.04]
    lines = {line.name: line for line in lines_of(chart)}
    assert lines["B: R"].mark == (3.0, pytest.approx(0.045))
    assert lines["a: R"].mark is None
    assert lines["B: R"].color == lines["B: Δp"].color != lines["a: R"].color
    assert "Rings" in chart.note
    assert plate_curves([]) is None
