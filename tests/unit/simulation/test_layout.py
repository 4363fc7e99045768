"""A run knows where everything stands, by the paths of its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from thermal.rack import placement
from thermal.rack.expand import expand
from thermal.rack.layout import Layout, layout_from
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


def test_a_run_that_nobody_draws_places_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A band is hundreds of runs, each shorter than the placing of its parts."""
    placed: list[Layout] = []

    def counted(*given: object, own: object = placement.place) -> Layout:
        placed.append(own(*given))  # type: ignore[operator]
        return placed[-1]

    monkeypatch.setattr(placement, "place", counted)
    results = simulate(load_rack("gb300_nvl72"), band=True)
    assert placed == []
    assert isinstance(results.layout, Mapping)
    assert results.layout["rack"] == "gb300_nvl72"
    assert layout_from(results.layout) == placed[0]
    assert len(placed) == 1


def test_a_layout_made_plain_has_every_field() -> None:
    rack = load_rack("vr200_nvl144_cpx")
    layout = placement.place(rack, expand(rack))
    assert layout.plain() == asdict(layout)
