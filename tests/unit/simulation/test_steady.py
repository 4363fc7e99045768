"""One run: the promised keys with their types, sums that close, notes, provenance."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thermal.hydraulics import newton
from thermal.rack.bundled import bundled
from thermal.rack.loader import load_rack, with_value
from thermal.rack.schema import Rack
from thermal.results.dataset import Results
from thermal.simulation.steady import compile_notice, simulate

Bench = Callable[..., Rack]

NUMBER = (int, float)
SOME_NUMBER = (int, float, type(None))
TOP: dict[str, Any] = {
    "rack": str, "fidelity": str, "version": str, "converged": bool, "iterations": int, "wall_s": float,
    "heat_total_W": NUMBER, "heat_to_liquid_W": NUMBER, "heat_to_air_W": NUMBER, "energy_imbalance_rel": NUMBER,
    "mass_imbalance_rel": NUMBER, "coolant": (dict, type(None)), "pressure_drop_kPa": SOME_NUMBER,
    "pump_power_W": SOME_NUMBER, "flow_spread_rel": SOME_NUMBER, "devices": list, "trays": list, "violations": list,
}  # fmt: skip
COOLANT = {"fluid": str, "supply_C": float, "return_C": float, "flow_L_min": float}
DEVICE: dict[str, Any] = {
    "path": str, "kind": str, "part": str, "plate": (str, type(None)), "power_W": NUMBER, "flow_L_min": SOME_NUMBER,
    "inlet_C": SOME_NUMBER, "outlet_C": SOME_NUMBER, "junction_max_C": SOME_NUMBER, "limit_C": SOME_NUMBER,
    "margin_K": SOME_NUMBER,
}  # fmt: skip
TRAY: dict[str, Any] = {
    "path": str, "flow_L_min": SOME_NUMBER, "pressure_drop_kPa": SOME_NUMBER, "supply_C": SOME_NUMBER,
    "return_C": SOME_NUMBER,
}  # fmt: skip
VIOLATION: dict[str, Any] = {
    "path": str, "quantity": str, "value": NUMBER, "limit": NUMBER, "unit": str, "text": str, "severity": str,
}  # fmt: skip
RACKS = bundled("racks")


@cache
def run(name: str) -> Results:
    return simulate(load_rack(name))


def check_types(found: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, kind in expected.items():
        assert key in found, key
        assert isinstance(found[key], kind), f"{key} is {found[key]!r}"
        assert kind is bool or not isinstance(found[key], bool), key


@pytest.mark.parametrize("name", RACKS)
def test_the_promised_keys_are_there_and_typed(name: str) -> None:
    """After a round through JSON, which refuses NaN, every key of the architecture page has its type."""
    summary = json.loads(json.dumps(run(name).summary, allow_nan=False))
    check_types(summary, TOP)
    if summary["coolant"] is not None:
        check_types(summary["coolant"], COOLANT)
    for rows, kinds in (("devices", DEVICE), ("trays", TRAY), ("violations", VIOLATION)):
        for row in summary[rows]:
            check_types(row, kinds)
    assert summary["rack"] == name
    assert summary["converged"] is True
    assert (summary["coolant"] is None) == (name == "hgx_h100_air")


def test_a_missing_or_mistyped_key_would_be_noticed() -> None:
    summary = dict(run("hgx_h100_air").summary)
    for key, bad in (("iterations", 1.0), ("converged", 1), ("pressure_drop_kPa", "58.6")):
        with pytest.raises(AssertionError):
            check_types({**summary, key: bad}, TOP)
    del summary["wall_s"]
    with pytest.raises(AssertionError):
        check_types(summary, TOP)


@pytest.mark.parametrize("name", RACKS)
def test_sums_close(name: str) -> None:
    """Heat to liquid and to air is the heat of all devices and fans; the summary's rows are the tables' rows."""
    results = run(name)
    s = results.summary
    assert s["heat_to_liquid_W"] + s["heat_to_air_W"] == pytest.approx(s["heat_total_W"], rel=1e-12)
    fans = sum(row["fan_power_W"] or 0.0 for row in s["trays"])
    assert sum(row["power_W"] for row in s["devices"]) + fans == pytest.approx(s["heat_total_W"], rel=1e-12)
    assert s["energy_imbalance_rel"] < 1e-10
    assert s["mass_imbalance_rel"] < 1e-10
    assert len(s["devices"]) == len(results.devices)
    assert len(s["trays"]) == len(results.trays)
    if s["coolant"]:
        trays = [row["flow_L_min"] for row in s["trays"] if row["flow_L_min"] is not None]
        assert sum(trays) == pytest.approx(s["coolant"]["flow_L_min"], rel=1e-6)
        heat = results.branches.numbers("heat")
        assert heat.sum() == pytest.approx(s["heat_to_liquid_W"], rel=1e-12)


def test_margins_are_limit_less_junction() -> None:
    for row in run("gb300_nvl72").summary["devices"]:
        if row["margin_K"] is not None:
            assert row["margin_K"] == pytest.approx(row["limit_C"] - row["junction_max_C"], abs=1e-9)


def test_spread_is_that_of_like_trays() -> None:
    s = run("gb300_nvl72").summary
    spreads = []
    for group in ("compute", "switch"):
        flows = [row["flow_L_min"] for row in s["trays"] if row["path"].startswith(group)]
        spreads.append((max(flows) - min(flows)) / np.mean(flows))
    assert s["flow_spread_rel"] == pytest.approx(max(spreads), rel=1e-12)
    assert 0.0 < max(spreads) < 0.05


def test_share_of_air_heat_shows_in_the_branches(bench: Bench) -> None:
    air = (
        "      gpu: {package: chip, count: 1, cooled_by: plate}\n",
        "      gpu: {package: chip, count: 1, cooled_by: plate}\n      rest: {package: chip, cooled_by: air}\n"
        "    heat_to_liquid: 0.25\n",
    )
    results = simulate(bench(air))
    assert results.summary["heat_to_liquid_W"] == pytest.approx(1250)
    assert results.summary["heat_to_air_W"] == pytest.approx(750)
    assert results.branches.numbers("heat").sum() == pytest.approx(1250)


def test_notes_name_packages_without_the_power_state(bench: Bench) -> None:
    assert simulate(bench()).summary["notes"] == []
    assert simulate(bench(power_state="idle")).summary["notes"] == []
    peak = simulate(bench(power_state="peak")).summary
    assert peak["notes"] == ["no power state 'peak' in chip: their TDP is used"]
    assert {row["power_state"] for row in peak["devices"]} == {"tdp"}


def test_notes_name_what_is_closed(bench: Bench) -> None:
    aside = (
        "trays:\n",
        "  shut: {kind: valve, kv: 0.6 m3/h}\n"
        "trays:\n"
        "  aside: {kind: other, slots: [5], circuit: {series: [shut, plate]}}\n",
    )
    assert simulate(bench(aside)).summary["notes"] == []
    results = simulate(with_value(bench(aside), "parts.shut.opening", 0.0))
    assert results.summary["notes"] == ["closed, or cut off by what is closed: aside[1]/shut, aside[1]/plate"]
    tray = next(row for row in results.summary["trays"] if row["path"] == "aside[1]")
    assert tray["flow_L_min"] == 0.0


@pytest.mark.parametrize("control", ["{kind: flow, value: 4 L/min}", "{kind: pump_speed, value: 0.6}"])
def test_notes_name_a_pump_whose_check_valve_has_closed(bench: Bench, control: str) -> None:
    pumps = ("{series: [swap, pump]}", "{series: [swap, {parallel: [pump, down]}]}")
    down = (
        "  gate:",
        "  down: {extends: pump, head: {coefficients: [30 kPa, 0 kPa/(L/min), -1 kPa/(L/min)^2]}}\n  gate:",
    )
    results = simulate(bench(pumps, down, coolant__control=control))
    assert results.summary["notes"] == ["closed, or cut off by what is closed: cdu/down"]


def test_provenance_holds_definition_tolerances_and_residuals(bench: Bench) -> None:
    rack = bench(coolant__supply_temperature="31 degC")
    kept = simulate(rack).provenance
    assert kept["rack_text"] == rack.text
    assert "# --set coolant.supply_temperature=31 degC" in kept["rack_text"]
    assert kept["rack_sha256"] == rack.sha256
    assert kept["tolerances"]["mass_imbalance_rel"] == newton.MASS_TOLERANCE == 1e-10
    assert kept["tolerances"]["pressure_residual_rel"] == newton.HEAD_TOLERANCE == 1e-8
    for key, tolerance in (("mass_imbalance_rel", 1e-10), ("pressure_residual_rel", 1e-8)):
        assert kept["residuals"][key] < tolerance
    assert kept["residuals"]["energy_imbalance_rel"] < 1e-10


def test_facility_water_carries_the_heat_away() -> None:
    """Facility side by hand: ρ cp Q ΔT at 18 to 50 °C, water 4.16 MJ/(m3 K) within 1 %, is the heat to liquid."""
    facility: Any = run("gb300_nvl72").summary["facility"]  # type: ignore[typeddict-item]
    rise = facility["return_C"] - facility["supply_C"]
    carried = 4.16e6 * facility["flow_L_min"] * 1e-3 / 60 * rise
    assert carried == pytest.approx(facility["heat_W"], rel=0.01)
    assert facility["heat_W"] == pytest.approx(119_700, rel=1e-3)
    assert facility["approach_K"] == pytest.approx(40 - facility["supply_C"])


def test_air_cooled_rack_has_no_coolant() -> None:
    results = run("hgx_h100_air")
    s = results.summary
    assert s["coolant"] is s["pressure_drop_kPa"] is s["pump_power_W"] is s["flow_spread_rel"] is None
    assert len(results.branches) == len(results.nodes) == 0
    assert all(row["return_C"] is None for row in s["trays"])
    assert all(math.isfinite(row["air_outlet_C"]) for row in s["trays"])


def test_no_notice_once_the_solver_is_compiled() -> None:
    run("gb300_nvl72")
    assert compile_notice() is None


@pytest.mark.parametrize(
    ("cached", "told"),
    [
        ((), {"network": 1, "plate": 2, "resolved": 1}),
        (("hydraulics/newton.newton-1.py311.nbi",), {"network": 0, "plate": 1, "resolved": 1}),
        # resolved flow compiles what a plate's field uses as well, and nothing of the network
        (
            ("numerics/saddle_kernels.relax-1.py311.nbi", "numerics/stream_kernels.keep-1.py311.nbi"),
            {"network": 1, "plate": 2, "resolved": 0},
        ),
    ],
)
def test_notice_tells_what_the_fidelity_compiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: tuple[str, ...], told: dict[str, int]
) -> None:
    for name in ("hydraulics/empty", *cached):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    compiled = SimpleNamespace(stats=SimpleNamespace(cache_path=str(tmp_path / "hydraulics")))
    monkeypatch.setattr("thermal.simulation.steady.newton", compiled)
    assert {fidelity: (compile_notice(fidelity) or "").count("once)") for fidelity in told} == told
