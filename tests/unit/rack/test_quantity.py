from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from thermal.errors import Problem
from thermal.rack.loader import load_rack
from thermal.rack.schema import Rack
from thermal.rack.values import BASES, Value

Load = Callable[..., Problem]
POWER = "rated_power: 3 kW"


@pytest.mark.parametrize(
    ("written", "path", "snippet", "wrong", "right"),
    [
        ("3 kg", "", "3 kg", "'3 kg' is not a power", "'1.4 kW' (units: W, kW, MW)"),
        ("3", "", "3}", "3 has no unit", "'1.4 kW'"),
        ("-3 kW", "", "-3 kW", "'-3 kW' is not above zero", "positive"),
        ("0 W", "", "0 W", "'0 W' is not above zero", "positive"),
        (".inf", "", ".inf", "inf is not a finite number", "'1.4 kW'"),
        (".nan", "", ".nan", "nan is not a finite number", "'1.4 kW'"),
        ("[3 kW]", "", "[3 kW]", "a list is not a power", "'1.4 kW'"),
        ("true", "", "true", "True is not a power", "'1.4 kW'"),
        ("{low: 1 kW}", ".value", "rated_power:", "`value` is missing", "add `value: 1.4 kW`"),
        ("{value: 3 kW, low: 4 kW}", "", "{value", "low '4 kW' lies above the value '3 kW'", "low <= value <= high"),
        ("{value: 3 kW, high: 2 kW}", "", "{value", "high '2 kW' lies below the value '3 kW'", "low <= value <= high"),
        ("{value: 3 kW, low: 1 K}", ".low", "1 K", "'1 K' is not a power", "'1.4 kW'"),
        ("{value: 3 kW, lwo: 1 kW}", ".lwo", "lwo", "unknown key 'lwo'", "did you mean 'low'?"),
        ("{value: 3 kW, basis: publshed}", ".basis", "publ", "'publshed' is not a basis", "did you mean 'published'?"),
        ("{value: 3 kW, basis: 7}", ".basis", "7", "7 is not a basis", "assumed"),
        ("{value: 3 kW, source: 7}", ".source", "7", "7 is not text", "quoted"),
    ],
)
def test_a_wrong_value_is_told_with_place_and_remedy(
    problem: Load, rack_file: Callable[..., Path], written: str, path: str, snippet: str, wrong: str, right: str
) -> None:
    change = (POWER, f"rated_power: {written}")
    found = problem(change)
    assert (found.line, found.path) == (3, f"rack.rated_power{path}")
    assert rack_file(change).read_text().splitlines()[2][found.column - 1 :].startswith(snippet)
    assert wrong in found.wrong
    assert right in found.right


def test_an_empty_value_is_refused_where_one_is_needed(problem: Load) -> None:
    found = problem(("length: 0.5 m", "length: "))
    assert (found.path, found.wrong) == ("parts.hose.length", "nothing is not a length")


def test_an_empty_value_that_is_optional_is_as_good_as_absent(rack_file: Callable[..., Path]) -> None:
    assert load_rack(rack_file((POWER, "rated_power: "))).rack.rated_power is None


def test_a_mapping_gives_range_basis_and_source(rack_file: Callable[..., Path]) -> None:
    text = "rated_power: {value: 3 kW, low: 2 kW, high: 4000 W, basis: estimate, source: a note}"
    rack = load_rack(rack_file((POWER, text)))
    assert rack.rack.rated_power == Value(3000.0, 2000.0, 4000.0, "estimate", "a note", "3 kW")


def test_a_part_gives_its_basis_and_source_to_its_values(small: Rack) -> None:
    law = small.parts["plate"].resistance.power  # type: ignore[union-attr]
    assert law.value == Value(0.03, 0.02, 0.04, "fitted", "a rig", "0.03 K/W")
    assert (law.flow.basis, law.flow.source) == ("fitted", "a rig")
    assert small.parts["hose"].length.basis is None  # type: ignore[union-attr]


def test_a_plain_number_will_do_without_dimension(small: Rack) -> None:
    assert small.parts["coupling"].cv == Value(1.4, text="1.4")  # type: ignore[union-attr]


def test_a_fraction_above_one_is_refused(problem: Load) -> None:
    found = problem(("kv: 2 m3/h", "kv: 2 m3/h, opening: 1.5"))
    assert (found.path, found.wrong, found.right) == ("parts.gate.opening", "1.5 is too large", "at most 1")


def test_a_value_is_a_number() -> None:
    assert float(Value(2.0)) == 2.0


def test_every_basis_is_explained() -> None:
    assert set(BASES) == {"published", "estimate", "article", "inferred", "fitted", "assumed"}
    assert all(BASES.values())
