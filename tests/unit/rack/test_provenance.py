"""Every value knows what stands behind it: its part, its section, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from thermal.rack.loader import load_rack
from thermal.rack.provenance import values_in
from thermal.rack.tree import dotted
from thermal.rack.used_values import used_values
from thermal.rack.values import DEFAULT, Value


def values(rack: object) -> dict[str, Value]:
    return {dotted(path): value for path, value in values_in(rack)}


def test_what_no_file_writes_is_assumed_and_says_so() -> None:
    found = values(load_rack("gb300_nvl72"))
    header = found["parts.manifold_44ru.loss_coefficient"]
    assert (header.basis, header.source) == ("assumed", DEFAULT)
    assert found["parts.manifold_44ru.inner_diameter"].basis == "article"
    assert found["trays.compute.heat_to_liquid"].source == DEFAULT


def test_the_record_of_a_run_says_the_same_as_the_rack() -> None:
    rack = load_rack("gb300_nvl72")
    found = values(rack)
    rows = {row.path: row for row in used_values(rack)}
    single = [path for path in rows if path in found]
    assert len(single) > 100
    for path in single:
        assert (rows[path].basis, rows[path].source) == (found[path].basis, found[path].source)


def test_places_have_a_basis_of_their_own() -> None:
    """Of an assembly whose circuit stands in an article, the millimetres are still our own."""
    found = values(load_rack("gb300_nvl72"))
    spot = found["parts.gb300_module.layout.gpu_plate.at[1][1]"]
    assert spot.basis == "assumed"
    assert "millimetres assumed" in (spot.source or "")
    assert found["trays.compute.layout.nic.step[1]"].basis == "assumed"


def test_a_coolants_values_are_the_coolants(rack_file: Callable[..., Path]) -> None:
    rack = load_rack("gb300_nvl72")
    assert rack.coolant is not None
    freezing = values(rack)["coolant.fluid.freezing_temperature"]
    assert (freezing.basis, freezing.source) == (rack.coolant.fluid.basis, rack.coolant.fluid.source)
    assert freezing.basis
    bare = values(load_rack(rack_file()))["coolant.supply_temperature"]
    assert bare.basis is None, "written without any: nobody knows, and no default of ours"
