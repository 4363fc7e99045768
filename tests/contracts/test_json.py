"""The keys of ``--json`` and of ``summary.json`` are a promise: added to, never renamed; here with the real solver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thermal.cli import run
from thermal.results.store import load

TOP = {
    *("rack", "fidelity", "version", "converged", "iterations", "wall_s"),
    *("heat_total_W", "heat_to_liquid_W", "heat_to_air_W", "energy_imbalance_rel", "mass_imbalance_rel"),
    *("coolant", "pressure_drop_kPa", "pump_power_W", "flow_spread_rel", "devices", "trays", "violations"),
}
DEVICE = {
    *("path", "kind", "part", "plate", "power_W", "flow_L_min", "inlet_C", "outlet_C"),
    *("junction_max_C", "limit_C", "margin_K"),
}
TRAY = {"path", "flow_L_min", "pressure_drop_kPa", "supply_C", "return_C"}
AT_PLATE_FIDELITY = {"case_C", "junction_mean_C", "memory_max_C"}
PLATES = {
    *("plates", "resolution", "cells_per_plate", "solves", "interpolated", "largest_interpolation_error_K"),
    *("grid_error_K", "grid_error_plate", "energy_imbalance_rel", "network_passes", "channels"),
}
CHANNELS = {"path", *(f"channel_flow_{end}_rel" for end in ("least", "most", "spread"))}
VIOLATION = {"path", "quantity", "value", "limit", "unit", "text"}


def simulated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["simulate", *arguments, "--json"]) == 0
    summary: dict[str, Any] = json.loads(capsys.readouterr().out)
    return summary


@pytest.mark.parametrize("rack", ["gb300_nvl72", "hgx_h100_air"])
def test_the_promised_keys_are_there(capsys: pytest.CaptureFixture[str], rack: str) -> None:
    summary = simulated(capsys, rack)
    assert summary.keys() >= TOP
    assert all(device.keys() >= DEVICE for device in summary["devices"])
    assert all(tray.keys() >= TRAY for tray in summary["trays"])
    assert summary["fidelity"] == "network"


def test_plate_fidelity_adds_keys_and_takes_none_away(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    coarse = ("--fidelity", "plate", "--resolution", "0.25", "--out", str(tmp_path / "run"))
    network, plate = simulated(capsys, "gb300_nvl72"), simulated(capsys, "gb300_nvl72", *coarse)
    assert plate["fidelity"] == "plate"
    assert plate.keys() == network.keys() | {"plates"}
    assert plate["plates"].keys() == PLATES
    assert plate["plates"]["channels"].keys() == plate["plates"]["cells_per_plate"].keys()
    assert all(spread.keys() == CHANNELS for spread in plate["plates"]["channels"].values())
    assert [row["path"] for row in plate["devices"]] == [row["path"] for row in network["devices"]]
    for ours, theirs in zip(plate["devices"], network["devices"], strict=True):
        assert ours.keys() == theirs.keys() | AT_PLATE_FIDELITY
    assert plate["energy_imbalance_rel"] < 1e-8
    stored = load(tmp_path / "run")
    assert stored.summary == plate
    assert stored.plates is not None
    assert len(stored.plates.paths) == plate["plates"]["plates"] == 126


def test_violations_name_place_limit_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    hot = ("--set", "coolant.supply_temperature=54 degC", "--set", "coolant.control.kind=flow")
    summary = simulated(capsys, "gb300_nvl72", *hot, "--set", "coolant.control.value=119 L/min")
    assert summary["violations"]
    assert all(violation.keys() == VIOLATION | {"severity"} for violation in summary["violations"])


def test_a_real_run_is_read_again_as_it_was(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    printed = simulated(capsys, "gb300_nvl72", "--out", str(tmp_path / "run"))
    results = load(tmp_path / "run")
    assert results.summary == printed
    assert results.provenance["rack_text"].strip()
    junctions = [device["junction_max_C"] for device in printed["devices"] if device["junction_max_C"] is not None]
    stored = results.devices.numbers("junction_temperature")
    np.testing.assert_allclose(stored[~np.isnan(stored)] - 273.15, junctions, rtol=1e-12)


@pytest.mark.parametrize(("rack", "complete"), [("gb300_nvl72", {True}), ("asic_liquid", {True, False})])
def test_bills_say_whether_they_are_complete(
    capsys: pytest.CaptureFixture[str], rack: str, complete: set[bool]
) -> None:
    assert {bill["complete"] for bill in simulated(capsys, rack)["bill"]} == complete
