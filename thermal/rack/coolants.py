"""Coolants as tables against temperature, bundled, from a user's file, or written into the rack."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from thermal.rack.model import Model
from thermal.rack.quantity import Temperature, wrong_value
from thermal.units import DIMENSIONS, UnitError, to_si

__all__ = ["LEAST_ROWS", "Column", "CoolantColumns", "CoolantData"]

LEAST_ROWS = 3
"""Rows of a property table, at least: its curves need a point between their ends."""


@dataclass(frozen=True, slots=True)
class Column:
    """Marks a field written ``{unit: …, values: […]}`` that becomes a tuple of SI floats.

    Parameters
    ----------
    dimension : str
        A name of `thermal.units.DIMENSIONS`.
    """

    dimension: str

    def floats(self, raw: Mapping[str, Any]) -> tuple[float, ...]:
        """Convert one column; every number must be finite and not negative."""
        out = []
        for row, number in enumerate(raw["values"], start=1):
            if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
                raise wrong_value(
                    wrong=f"row {row} is {number!r:.40}", right="write finite plain numbers, the unit once in `unit`"
                )
            try:
                out.append(to_si(float(number), raw["unit"], self.dimension))
            except UnitError as error:
                raise wrong_value(error.wrong, error.right) from None
            if out[-1] < 0.0:
                raise wrong_value(wrong=f"row {row} is negative ({number:g})", right="write zero or positive numbers")
        return tuple(out)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept the mapping; a tuple of floats passes as it is."""
        field = core_schema.typed_dict_field
        fields = core_schema.typed_dict_schema(
            {
                "unit": field(core_schema.str_schema(strict=True), required=True),
                "values": field(core_schema.tuple_schema([core_schema.any_schema()], variadic_item_index=0)),
            },
            extra_behavior="forbid",
            total=True,
        )
        mapping = core_schema.no_info_after_validator_function(self.floats, fields)
        return core_schema.no_info_wrap_validator_function(
            lambda raw, check: raw if isinstance(raw, tuple) else check(raw), mapping
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the mapping form."""
        known = DIMENSIONS[self.dimension]
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["unit", "values"],
            "properties": {
                "unit": {"type": "string", "examples": list(known.units)},
                "values": {"type": "array", "items": {"type": "number"}},
            },
        }


Floats: TypeAlias = tuple[float, ...]


class CoolantColumns(Model):
    """Properties against temperature, all of one length; SI after loading."""

    temperature: Annotated[Floats, Column("temperature")] = Field(description="rising [K]")
    density: Annotated[Floats, Column("density")] = Field(description="[kg/m³]")
    specific_heat: Annotated[Floats, Column("specific_heat")] = Field(description="[J/(kg K)]")
    conductivity: Annotated[Floats, Column("conductivity")] = Field(description="[W/(m K)]")
    viscosity: Annotated[Floats, Column("viscosity")] = Field(description="dynamic [Pa s]")
    vapour_pressure: Annotated[Floats, Column("pressure")] = Field(description="absolute [Pa]")

    @model_validator(mode="after")
    def _consistent(self) -> CoolantColumns:
        rows = len(self.temperature)
        if rows < LEAST_ROWS:
            raise wrong_value(wrong=f"the table has {rows} row(s)", right=f"give {LEAST_ROWS} temperatures at least")
        for name in type(self).model_fields:
            column = getattr(self, name)
            if len(column) != rows:
                raise wrong_value(
                    wrong=f"`{name}` has {len(column)} values, `temperature` has {rows}", right="make them equal"
                )
            if min(column) <= 0.0:
                raise wrong_value(wrong=f"`{name}` has a value that is not above zero", right="write positive values")
        if any(there <= here for here, there in zip(self.temperature, self.temperature[1:], strict=False)):
            raise wrong_value(wrong="`temperature` does not rise from row to row", right="sort the rows")
        return self


class CoolantData(Model):
    """A coolant: its properties as tables, and where they come from."""

    name: str = Field(description="how racks call it")
    title: str = Field("", description="one line for tables")
    basis: str | None = Field(None, description="what stands behind the numbers")
    source: str | None = Field(None, description="document they come from")
    note: str = Field("", description="free text")
    freezing_temperature: Temperature | None = Field(None, description="below it a supply is refused")
    columns: CoolantColumns = Field(description="the tables")
