"""The band: each uncertain value at both ends, then all together; what decides the margin is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from thermal.rack.loader import load_rack, uncertain_values, with_value
from thermal.rack.schema import Rack
from thermal.results.summary import Band
from thermal.simulation.band import least_margin
from thermal.simulation.steady import simulate, solve

Bench = Callable[..., Rack]

PLATE = "parts.gb300_gpu_plate.resistance.power.value"


@cache
def gb300() -> tuple[Rack, Band, list[str]]:
    rack = load_rack("gb300_nvl72", {"coolant.supply_temperature": "45 degC"})
    summary: Any = simulate(rack, band=True).summary
    return rack, summary["band"], summary["notes"]


def test_gb300_at_45_degrees_is_decided_by_its_plate() -> None:
    """Nobody publishes the GPU plate's resistance: at its low end the rack is fine, at its high end it throttles."""
    _, band, _ = gb300()
    decided = band["decided_by"]
    assert decided is not None
    assert decided["path"] == PLATE
    assert decided["title"] == "resistance of GPU cold plate of GB300"
    assert decided["basis"] == "fitted"
    assert decided["source"]
    assert "no measurement is public" in decided["source"]
    assert (decided["low"], decided["high"], decided["unit"]) == (pytest.approx(0.02), pytest.approx(0.035), "K/W")
    assert decided["margin_at_low_K"] > 3.0
    assert decided["margin_at_high_K"] < -10.0


def test_band_brackets_the_nominal_and_every_single_end() -> None:
    _, band, _ = gb300()
    assert band["margin_low_K"] < 0.0 < band["margin_high_K"]
    assert band["margin_low_K"] < band["nominal_K"] < band["margin_high_K"]
    for row in band["values"]:
        for margin in (row["margin_at_low_K"], row["margin_at_high_K"]):
            assert band["margin_low_K"] <= margin <= band["margin_high_K"]
    moves = [abs(row["margin_at_high_K"] - row["margin_at_low_K"]) for row in band["values"]]
    assert all(here >= there for here, there in pairwise(moves))
    assert band["decided_by"] == band["values"][0]


@pytest.mark.parametrize("path", [PLATE, "parts.b300.resistance.junction_to_case", "parts.gb_tray_coupling.cv"])
def test_margins_of_one_value_are_reproduced_by_changing_it_alone(path: str) -> None:
    rack, band, _ = gb300()
    value = dict(uncertain_values(rack))[path]
    row = next(row for row in band["values"] if row["path"] == path)
    for end, margin in ((value.low, row["margin_at_low_K"]), (value.high, row["margin_at_high_K"])):
        assert end is not None
        assert least_margin(solve(with_value(rack, path, end))) == pytest.approx(margin, abs=1e-9)
    assert least_margin(solve(with_value(rack, path, float(value)))) == pytest.approx(band["nominal_K"], abs=1e-9)


def test_plates_end_by_hand() -> None:
    """1400 W: the plate's 0.0235 to 0.035 K/W at the same flow are 1400 × 0.0115 × (Q/2.2)^−0.36 K."""
    rack, band, _ = gb300()
    row = band["values"][0]
    solved = solve(rack)
    flow = solved.chips.volume_flow[np.nanargmin(solved.chips.limit - solved.chips.junction)] * 6e4
    expected = 1400 * (0.035 - 0.0235) * (flow / 2.2) ** -0.36
    assert band["nominal_K"] - row["margin_at_high_K"] == pytest.approx(expected, rel=0.01)
    assert band["nominal_K"] - row["margin_at_high_K"] != pytest.approx(1.05 * expected, rel=0.01)


def test_all_together_is_all_worst_ends_at_once() -> None:
    rack, band, _ = gb300()
    values = dict(uncertain_values(rack))
    worst = rack
    for row in band["values"]:
        value = values[row["path"]]
        end = value.low if row["margin_at_low_K"] < row["margin_at_high_K"] else value.high
        assert end is not None
        worst = with_value(worst, row["path"], end)
    assert least_margin(solve(worst)) == pytest.approx(band["margin_low_K"], abs=1e-9)


def test_a_value_without_range_or_effect_is_not_listed() -> None:
    _, band, _ = gb300()
    listed = {row["path"] for row in band["values"]}
    assert not any("xdu1350" in path or path.startswith("facility") for path in listed)  # the supply is held
    assert "coolant.viscosity_factor" not in listed


def test_units_are_those_of_the_file(bench: Bench) -> None:
    rack = bench(
        parts__plate__resistance__power__value="{value: 0.05 K/W, low: 0.04 K/W, high: 0.06 K/W, source: guess}",
        coolant__supply_temperature="{value: 86 degF, low: 77 degF, high: 95 degF, basis: assumed, source: room}",
    )
    band: Any = simulate(rack, band=True).summary["band"]  # type: ignore[typeddict-item]
    rows = {row["path"]: row for row in band["values"]}
    supply = rows["coolant.supply_temperature"]
    assert (supply["low"], supply["high"], supply["unit"]) == (pytest.approx(77), pytest.approx(95), "degF")
    assert supply["margin_at_low_K"] - supply["margin_at_high_K"] == pytest.approx(10.0, abs=1e-6)
    plate = rows["parts.plate.resistance.power.value"]
    assert plate["margin_at_low_K"] - plate["margin_at_high_K"] == pytest.approx(500 * 0.02, rel=1e-9)
    assert band["margin_high_K"] - band["margin_low_K"] == pytest.approx(20.0, abs=1e-5)


@pytest.mark.parametrize("text", ["50 K/kW", "0.05 K/W", "0.05K/W", "5e-2 K/W"])
def test_ends_are_shown_in_the_unit_of_the_value(bench: Bench, text: str) -> None:
    """However the number and the ends are written, the row speaks the value's own unit."""
    rack = bench(parts__plate__resistance__power__value=f"{{value: {text}, low: 0.04 K/W, high: 60 K/kW}}")
    band: Any = simulate(rack, band=True).summary["band"]  # type: ignore[typeddict-item]
    per = 1e3 if "kW" in text else 1.0
    row = band["values"][0]
    assert (row["low"], row["high"]) == pytest.approx((0.04 * per, 0.06 * per), rel=1e-12)
    assert row["unit"] == ("K/kW" if "kW" in text else "K/W")


def test_an_end_without_an_operating_point_is_noted(bench: Bench) -> None:
    """A gate so narrow that the pump cannot feed it: the band goes on without that end and says so."""
    rack = bench(
        parts__gate__kv="{value: 0.6 m3/h, low: 0.05 m3/h, high: 0.7 m3/h}",
        parts__plate__resistance__power__value="{value: 0.05 K/W, low: 0.04 K/W, high: 0.06 K/W}",
    )
    summary: Any = simulate(rack, band=True).summary
    assert [row["path"] for row in summary["band"]["values"]] == ["parts.plate.resistance.power.value"]
    assert len(summary["notes"]) == 1
    assert summary["notes"][0].startswith(
        "band: no operating point with parts.gate.kv moved: unit: at its highest speed"
    )


def test_no_band_without_junctions(bench: Bench) -> None:
    summary: Any = simulate(bench(("    resistance: {junction_to_case: 0.02 K/W}\n", "")), band=True).summary
    assert summary["band"] is None
    assert summary["notes"] == ["no band: no device has both a junction temperature and a limit"]


def test_progress_counts_up_to_all_runs(bench: Bench) -> None:
    calls: list[tuple[int, int]] = []
    rack = bench(parts__plate__resistance__power__value="{value: 0.05 K/W, low: 0.04 K/W, high: 0.06 K/W}")
    simulate(rack, band=True, progress=lambda done, total: calls.append((done, total)))
    assert calls == sorted(calls)
    assert {total for _, total in calls} == {4}
    assert calls[-1] == (4, 4)
