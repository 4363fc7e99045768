from __future__ import annotations

import json
from typing import Any

import pytest

from thermal.cost.prices import PriceBook
from thermal.cost.shares import ShareFile
from thermal.rack.bundled import bundled_root
from thermal.rack.json_schema import json_schema, schema_of
from thermal.rack.parts import PART_KINDS

FILES = {
    "rack": lambda: json_schema(),
    "parts": lambda: json_schema("parts"),
    "coolant": lambda: json_schema("coolant"),
    "prices": lambda: schema_of(PriceBook),
    "shares": lambda: schema_of(ShareFile),
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


@pytest.mark.parametrize("kind", FILES)
def test_the_file_is_current(kind: str) -> None:
    path = bundled_root() / "schema" / f"{kind}.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == FILES[kind](), "run `make docs`"


def test_each_bundled_file_names_a_schema_that_is_there() -> None:
    for path in bundled_root().rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / first.partition("=")[2]).is_file(), path


def references(schema: object) -> set[str]:
    if isinstance(schema, dict):
        own = {schema["$ref"]} if isinstance(schema.get("$ref"), str) else set()
        return own.union(*(references(child) for child in schema.values()))
    return set().union(*(references(child) for child in schema)) if isinstance(schema, list) else set()


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    assert references(schema) <= {f"#/$defs/{name}" for name in schema["$defs"]}


def test_every_field_is_explained(schema: dict[str, Any]) -> None:
    for name, definition in schema["$defs"].items():
        for form in definition.get("anyOf", [definition]):
            for key, field in form.get("properties", {}).items():
                bare = key in ("kind", "value", "low", "high") or name.startswith("quantity_")
                assert bare or "description" in field, f"{name}.{key}"


def test_a_value_is_text_or_mapping(schema: dict[str, Any]) -> None:
    text, mapping = schema["$defs"]["quantity_power_from_0"]["anyOf"]
    assert text["examples"] == ["1.4 kW"]
    assert mapping["required"] == ["value"]
    assert "published" in mapping["properties"]["basis"]["enum"]


def test_an_extending_part_may_leave_out_what_it_takes_over(schema: dict[str, Any]) -> None:
    definitions = schema["$defs"]
    for model in PART_KINDS.values():
        assert "kind" in definitions[model.__name__]["required"]
        assert definitions[f"{model.__name__}_extending"]["required"] == ["extends"]
    assert "required" not in definitions["PowerLaw_extending"]


def test_an_empty_circuit_is_refused(schema: dict[str, Any]) -> None:
    for name, key in (("Series", "series"), ("Parallel", "parallel")):
        assert schema["$defs"][name]["properties"][key]["minItems"] == 1


def test_an_efficiency_lies_above_zero(schema: dict[str, Any]) -> None:
    number = schema["$defs"]["quantity_dimensionless_to_1_positive"]["anyOf"][0]["anyOf"][0]
    assert (number["exclusiveMinimum"], number["maximum"]) == (0, 1.0)


def test_a_plate_says_whose_resistance_it_states(schema: dict[str, Any]) -> None:
    assert "as each device on the plate sees it" in schema["$defs"]["Plate"]["properties"]["resistance"]["description"]


def test_the_defaults_are_written_as_in_files(schema: dict[str, Any]) -> None:
    pipe = schema["$defs"]["Pipe"]["properties"]
    assert pipe["roughness"]["default"] == "1.5 um"
    assert pipe["loss_coefficient"]["default"] == 0.0
