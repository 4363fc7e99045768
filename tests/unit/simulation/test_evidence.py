"""What the verdict rests on is the deciding device's own values."""

from __future__ import annotations

from thermal.rack.loader import load_rack
from thermal.simulation.evidence import evidence
from thermal.simulation.steady import solve


def rows(name: str, overrides: dict[str, str] | None = None) -> dict[str, tuple[str, str | None]]:
    return {row["what"]: (row["value"], row["basis"]) for row in evidence(solve(load_rack(name, overrides)))}


def test_a_chip_on_a_plate() -> None:
    found = rows("gb300_nvl72")
    assert found["plate resistance"] == ("0.0235 K/W", "fitted")
    assert found["junction to case"] == ("0.006 K/W", "fitted")
    assert found["power"] == ("1400 W", "published")
    assert found["limit"][1] == "assumed"


def test_a_chip_in_air_names_its_heat_sink() -> None:
    found = rows("hgx_h100_air")
    assert "heat sink resistance" in found
    assert "plate resistance" not in found


def test_a_changed_value_is_shown_as_given() -> None:
    path = "parts.gb300_gpu_plate.resistance.power.value"
    assert rows("gb300_nvl72", {path: "0.03 K/W"})["plate resistance"] == ("0.03 K/W", "assumed")
