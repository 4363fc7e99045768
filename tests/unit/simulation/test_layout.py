"""A run knows where everything stands, by the paths of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from thermal.rack.layout import layout_from
from thermal.rack.loader import load_rack
from thermal.results.store import load, store
from thermal.simulation.steady import simulate


@pytest.mark.parametrize("name", ["gb300_nvl72", "hgx_h100_air"])
def test_every_row_of_the_tables_has_its_place(name: str, tmp_path: Path) -> None:
    store(simulate(load_rack(name)), tmp_path / "run")
    results = load(tmp_path / "run")
    assert results.layout is not None
    layout = layout_from(results.layout)
    boxes, tubes = {box.path for box in layout.boxes}, {tube.path for tube in layout.tubes}
    assert set(results.devices["path"]) | set(results.trays["path"]) <= boxes
    branches = {str(path) for path in results.branches["path"]}
    assert tubes == {path for path in branches if not path.startswith("cdu/")}
