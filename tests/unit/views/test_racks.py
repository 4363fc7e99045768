from __future__ import annotations

from dataclasses import dataclass

from thermal.views.racks import racks_text, valid_line


@dataclass
class Device:
    power: float
    element: int | None


@dataclass
class Tray:
    group: str


def test_a_valid_rack_is_counted() -> None:
    trays = [Tray("compute"), Tray("compute"), Tray("switch")]
    devices = [Device(1400.0, 7), Device(880.0, 9), Device(880.0, 9), Device(40.0, None)]
    line = "OK  x: 3 trays (2 compute + 1 switch), 4 devices on 2 plates, devices 3.2 kW"
    assert valid_line("x", trays, devices) == line
    assert valid_line("x", trays[:1], devices[:1]) == "OK  x: 1 tray (compute), 1 devices on 1 plates, devices 1.4 kW"


def test_the_listing() -> None:
    listing = {
        "racks": [
            {"name": "a", "title": "A rack", "status": "product", "rated_power_W": 135e3},
            {"name": "b", "title": "B rack", "status": "generic", "rated_power_W": None},
        ],
        "parts": ["plates"],
        "prices": ["guosen_2026"],
        "shares": ["analysts_2025"],
        "coolants": [],
    }
    lines = racks_text(listing).splitlines()
    assert lines[2].split() == ["a", "A", "rack", "product", "135", "kW"]
    assert lines[3].split() == ["b", "B", "rack", "generic", "–"]
    assert "  coolants   none" in lines
