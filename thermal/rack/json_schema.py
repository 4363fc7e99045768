"""JSON Schema of the files people write, from the models that check them; editors complete and explain from it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from thermal.rack.bundled import bundled
from thermal.rack.catalogue import CatalogueFile
from thermal.rack.coolants import CoolantData
from thermal.rack.parts import PART_KINDS
from thermal.rack.quantity import SCHEMA_KEY, value_schema
from thermal.rack.schema import RackFile
from thermal.rack.values import Value

__all__ = ["json_schema", "schema_of"]

_MODELS: dict[str, type[BaseModel]] = {"rack": RackFile, "parts": CatalogueFile, "coolant": CoolantData}
_KINDS = [model.__name__ for model in PART_KINDS.values()]
_PARTIAL = "_extending"


def json_schema(kind: str = "rack") -> dict[str, Any]:
    """Return the JSON Schema of one kind of file: ``rack``, ``parts`` (a catalogue) or ``coolant``.

    Examples
    --------
    >>> json_schema()["required"]
    ['name', 'rack', 'trays']
    """
    return schema_of(_MODELS[kind])


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of any model made of the rack's field types, such as a price book."""
    out = model.model_json_schema(schema_generator=_Generator)
    definitions = out.setdefault("$defs", {})
    for name, patch in _PATCHES.items():
        if name in definitions:
            definitions[name] = patch(definitions[name])
    _let_extend(out)
    out = _tidy(out, definitions)
    out["$defs"] = dict(sorted(definitions.items()))
    return {"$schema": "http://json-schema.org/draft-07/schema#", **out}


class _Generator(GenerateJsonSchema):
    """Without the titles that repeat field names, and with defaults as they are written in files."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        default = schema.get("default")
        if isinstance(default, Value):
            return {**self.generate_inner(schema["schema"]), "default": _written(default)}
        if default is None or isinstance(default, BaseModel):
            return self.generate_inner(schema["schema"])
        return super().default_schema(schema)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        return {"anyOf": [self.generate_inner(choice) for choice in schema["choices"].values()]}


def _written(value: Value) -> str | float:
    """Return a default as it would stand in a file."""
    try:
        return float(value.text)
    except ValueError:
        return value.text


def _use(definition: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{**definition["properties"]["part"], "description": "name of a part"}, definition]}


def _fluid(definition: dict[str, Any]) -> dict[str, Any]:
    text = {"type": "string", "description": "bundled name, or a path such as ./mine.yaml"}
    return {"anyOf": [{**text, "examples": bundled("coolants")}, definition]}


def _slot(_: dict[str, Any]) -> dict[str, Any]:
    texts = {"type": "string", "pattern": r"^\s*[0-9]+\s*(-\s*[0-9]+\s*)?$", "examples": ["9-16"]}
    return {"anyOf": [{"type": "integer", "minimum": 1}, texts]}


def _trays(definition: dict[str, Any]) -> dict[str, Any]:
    slots = definition["properties"]["slots"]
    several = {"type": "array", "items": slots["items"], "minItems": 1}
    definition["properties"]["slots"] = {"description": slots["description"], "anyOf": [slots["items"], several]}
    return definition


_PATCHES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "Use": _use, "CoolantData": _fluid, "SlotRange": _slot, "TrayGroup": _trays,
}  # fmt: skip


def _let_extend(schema: dict[str, Any]) -> None:
    """Allow a part that extends another to leave out what it takes over, at any depth."""
    definitions = schema["$defs"]
    present = [kind for kind in _KINDS if kind in definitions]
    if not present:
        return
    reach: set[str] = set()
    todo = list(present)
    while todo:
        name = todo.pop()
        if name not in reach and name != "CoolantData":
            reach.add(name)
            todo += _references(definitions[name])
    for name in sorted(reach):
        loose = _loosened(copy.deepcopy(definitions[name]), reach)
        if name in present:
            loose["required"] = ["extends"]
        definitions[name + _PARTIAL] = loose
    choices = [{"$ref": f"#/$defs/{kind}{suffix}"} for suffix in ("", _PARTIAL) for kind in present]
    for entry in schema["properties"]["parts"]["patternProperties"]:
        schema["properties"]["parts"]["patternProperties"][entry] = {"anyOf": choices}


def _references(schema: Any) -> list[str]:
    """Return the definitions a schema refers to."""
    if isinstance(schema, dict):
        own = [schema["$ref"].rpartition("/")[2]] if isinstance(schema.get("$ref"), str) else []
        return own + [name for child in schema.values() for name in _references(child)]
    return [name for child in schema for name in _references(child)] if isinstance(schema, list) else []


def _loosened(schema: Any, renamed: set[str]) -> Any:
    """Return the schema with nothing required, referring to the loosened definitions."""
    if isinstance(schema, dict):
        out = {key: _loosened(child, renamed) for key, child in schema.items() if key != "required"}
        if isinstance(out.get("$ref"), str) and out["$ref"].rpartition("/")[2] in renamed:
            out["$ref"] += _PARTIAL
        return out
    return [_loosened(child, renamed) for child in schema] if isinstance(schema, list) else schema


def _tidy(schema: Any, definitions: dict[str, Any]) -> Any:
    """Name each quantity once in the definitions, and close mappings whose keys follow a pattern."""
    for name in [name for name in definitions if not name.startswith("quantity_")]:
        definitions[name] = _named(definitions[name], definitions)
    return _named({key: child for key, child in schema.items() if key != "$defs"}, definitions)


def _named(schema: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_named(child, definitions) for child in schema]
    if not isinstance(schema, dict):
        return schema
    if SCHEMA_KEY in schema:
        quantity = schema[SCHEMA_KEY]
        name = f"quantity_{quantity.name}"
        definitions.setdefault(name, value_schema(quantity))
        rest = {key: child for key, child in schema.items() if key != SCHEMA_KEY}
        return _named({"$ref": f"#/$defs/{name}", **rest}, definitions)
    if "$ref" in schema and len(schema) > 1:
        # Draft 7 ignores what stands beside a $ref.
        rest = {key: child for key, child in schema.items() if key != "$ref"}
        return {"allOf": [{"$ref": schema["$ref"]}], **rest}
    out = {key: _named(child, definitions) for key, child in schema.items()}
    if "patternProperties" in out:
        out["additionalProperties"] = False
    return out
