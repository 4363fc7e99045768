"""Every bundled rack loads, expands, and gives each of its values a basis."""

from __future__ import annotations

from pathlib import Path

import pytest

from thermal.rack.bundled import bundled
from thermal.rack.expand import expand
from thermal.rack.loader import load_rack

ROOT = Path(__file__).parents[2]
REQUIRED = {
    "gb300_nvl72",
    "vr200_nvl144_cpx",
    "vr200_nvl72",
    "gb200_nvl72",
    "hgx_h100_liquid",
    "hgx_h100_air",
    "asic_liquid",
}


def test_the_required_racks_are_bundled() -> None:
    assert set(bundled("racks")) >= REQUIRED


@pytest.mark.parametrize("name", bundled("racks"))
def test_a_bundled_rack_loads_and_has_devices(name: str) -> None:
    assert len(expand(load_rack(name)).devices) > 0


@pytest.mark.parametrize("path", sorted((ROOT / "racks").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bundled_rack_names_its_schema_for_editors(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=schema/rack.schema.json"
