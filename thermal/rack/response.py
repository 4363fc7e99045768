"""Responses of the devices on a plate to each other's heat, as data: what a field was reduced to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from thermal.rack.laws import Resistance
from thermal.rack.model import Model, Name, check_exactly_one
from thermal.rack.quantity import Conductivity, Density, PositiveFlow, SpecificHeat, Temperature, wrong_value
from thermal.rack.values import Value
from thermal.units import DIMENSIONS, UnitError, to_si

__all__ = ["Matrices", "PlateResistance", "Response", "ResponseState"]

DIMENSION = "thermal_resistance"


@dataclass(frozen=True, slots=True)
class _Matrices:
    """Marks a field written ``{unit: K/W, values: [[[…]]]}`` that becomes nested tuples of SI floats."""

    @staticmethod
    def floats(raw: Mapping[str, Any]) -> tuple[tuple[tuple[float, ...], ...], ...]:
        """Convert the numbers; each must be finite and not negative."""
        try:
            factor = to_si(1.0, raw["unit"], DIMENSION)
        except UnitError as error:
            raise wrong_value(error.wrong, error.right) from None
        return tuple(
            tuple(tuple(_number(number, m, r) * factor for number in row) for r, row in enumerate(_list(matrix, m), 1))
            for m, matrix in enumerate(raw["values"], 1)
        )

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept the mapping; tuples of floats pass as they are."""
        field, many = core_schema.typed_dict_field, core_schema.tuple_schema
        fields = core_schema.typed_dict_schema(
            {
                "unit": field(core_schema.str_schema(strict=True), required=True),
                "values": field(many([core_schema.any_schema()], variadic_item_index=0), required=True),
            },
            extra_behavior="forbid",
        )
        mapping = core_schema.no_info_after_validator_function(self.floats, fields)
        return core_schema.no_info_wrap_validator_function(
            lambda raw, check: raw if isinstance(raw, tuple) else check(raw), mapping
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the mapping form."""
        row = {"type": "array", "items": {"type": "number", "minimum": 0}, "minItems": 1}
        matrix = {"type": "array", "items": row, "minItems": 1}
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["unit", "values"],
            "properties": {
                "unit": {"type": "string", "examples": list(DIMENSIONS[DIMENSION].units)},
                "values": {"type": "array", "items": matrix, "minItems": 2},
            },
        }


def _list(matrix: object, m: int) -> tuple[tuple[object, ...], ...]:
    if not isinstance(matrix, tuple) or not all(isinstance(row, tuple) for row in matrix):
        raise wrong_value(wrong=f"matrix {m} is not a list of rows", right="write one matrix [[…], …] for each flow")
    return matrix


def _number(number: object, m: int, r: int) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise wrong_value(
            wrong=f"row {r} of matrix {m} holds {number!r:.40}", right="write finite plain numbers, the unit in `unit`"
        )
    if number < 0.0:
        raise wrong_value(
            wrong=f"row {r} of matrix {m} holds {number:g}", right="heat cools nothing: write zero or positive numbers"
        )
    return float(number)


Matrices: TypeAlias = Annotated[tuple[tuple[tuple[float, ...], ...], ...], _Matrices()]
"""One square matrix for each flow [K/W]."""

_OWN = "over the inlet, per heat of each device: for each flow one row for each device, one column for each source"


class ResponseState(Model):
    """Responses with the coolant at one mean temperature."""

    temperature: Temperature = Field(description="mean of the coolant between inlet and outlet")
    conductivity: Conductivity = Field(description="of the coolant there")
    density: Density = Field(description="of the coolant there")
    specific_heat: SpecificHeat = Field(description="of the coolant there")
    junction: Matrices = Field(description=f"of the hottest junction {_OWN}; with `spots` one row for each of them")
    case: Matrices = Field(description=f"of the case's mean {_OWN}")


class Response(Model):
    """Rise of every device per watt of every device on the plate; linear, so that rises add up."""

    packages: tuple[Name, ...] = Field(description="devices it holds for, in the order in which the rack puts them")
    coolant: str = Field(description="coolant it holds for")
    flows: tuple[PositiveFlow, ...] = Field(description="rising; of the whole plate")
    spots: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(
        None, description="how many places each junction is followed at, the hottest of which counts; one when absent"
    )
    states: tuple[ResponseState, ...] = Field(description="by rising temperature of the coolant")

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of spots of each device."""
        return self.spots if self.spots is not None else (1,) * len(self.packages)

    @model_validator(mode="after")
    def _fits_together(self) -> Response:
        devices = len(self.packages)
        if not devices:
            raise wrong_value(wrong="`packages` is empty", right="name the package of each device on the plate")
        if len(self.counts) != devices:
            raise wrong_value(
                wrong=f"`spots` has {len(self.counts)} numbers for {devices} device(s)", right="give one for each"
            )
        if len(self.flows) < 2 or not self.states:
            wrong = f"there are {len(self.flows)} flows and {len(self.states)} states"
            raise wrong_value(wrong, right="give two flows and one state at least")
        _check_rising("flows", self.flows)
        _check_rising("temperatures", tuple(state.temperature for state in self.states))
        for number, state in enumerate(self.states, 1):
            for name, rows in (("junction", sum(self.counts)), ("case", devices)):
                self._check_shape(f"`{name}` of state {number}", getattr(state, name), rows)
            self._check_own(number, state)
        return self

    def _check_shape(self, name: str, matrices: tuple[tuple[tuple[float, ...], ...], ...], rows: int) -> None:
        devices = len(self.packages)
        if len(matrices) != len(self.flows):
            raise wrong_value(
                wrong=f"{name} has {len(matrices)} matrices for {len(self.flows)} flows", right="give one for each"
            )
        for m, matrix in enumerate(matrices, 1):
            sizes = [len(row) for row in matrix]
            if sizes != [devices] * rows:
                shown = f"{len(sizes)} row(s) of {' or '.join(map(str, dict.fromkeys(sizes)))} number(s)"
                raise wrong_value(
                    wrong=f"matrix {m} of {name} has {shown}",
                    right=f"{devices} device(s) with {rows} row(s) need {rows} × {devices}",
                )

    def _check_own(self, number: int, state: ResponseState) -> None:
        """Check that a device's own heat warms it."""
        owners = [d for d, count in enumerate(self.counts) for _ in range(count)]
        for name, columns in (("junction", owners), ("case", list(range(len(self.packages))))):
            for m, matrix in enumerate(getattr(state, name), 1):
                if not all(row[own] > 0.0 for row, own in zip(matrix, columns, strict=True)):
                    raise wrong_value(
                        wrong=f"matrix {m} of `{name}` of state {number} has a 0 for a device's own heat",
                        right="its own heat warms it: write a positive number",
                    )


def _check_rising(what: str, values: tuple[Value, ...]) -> None:
    for here, there in pairwise(values):
        if there.value <= here.value:
            raise wrong_value(
                wrong=f"the {what} do not rise from {here.text} to {there.text}",
                right="sort them, with what belongs to them",
            )


class PlateResistance(Resistance):
    """Thermal resistance of a cold plate against flow, in one of three forms."""

    response: Response | None = Field(
        None, description="each device's rise per watt of each, junction included; as `thermal coldplate` fits it"
    )

    @model_validator(mode="after")
    def _one_form(self) -> PlateResistance:
        check_exactly_one(self, ("power", "table", "response"))
        return self
