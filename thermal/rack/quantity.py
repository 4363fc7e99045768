"""Field types of the schema: text or number in the file, `Value` in SI after validation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, TypeAlias

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from thermal.rack.values import BASES, Value
from thermal.units import DIMENSIONS, UnitError, parse_quantity

__all__ = [
    "SCHEMA_KEY",
    "VALUE_KEYS",
    "Area",
    "ArealResistance",
    "Clogging",
    "Computing",
    "Conductance",
    "Conductivity",
    "Coordinate",
    "Density",
    "Efficiency",
    "Flow",
    "Fraction",
    "Length",
    "LinearImpedance",
    "Number",
    "PositiveFlow",
    "PositiveNumber",
    "PositivePower",
    "PositivePressure",
    "Power",
    "Pressure",
    "QuadraticImpedance",
    "Quantity",
    "Roughness",
    "SignedLinearImpedance",
    "SignedNumber",
    "SignedQuadraticImpedance",
    "SpecificHeat",
    "Temperature",
    "TemperatureDifference",
    "ThermalResistance",
    "Velocity",
    "Viscosity",
    "value_schema",
    "wrong_value",
]

SCHEMA_KEY = "x-quantity"
VALUE_KEYS = ("value", "low", "high", "basis", "source")


def wrong_value(wrong: str, right: str) -> PydanticCustomError:
    """Return the error of one field: what is wrong, and what would be right."""
    return PydanticCustomError("rack", "{wrong}; {right}", {"wrong": wrong, "right": right})


@dataclass(frozen=True, slots=True)
class Quantity:
    """Marks a `Value` field with its dimension and the numbers it accepts.

    Parameters
    ----------
    dimension : str
        A name of `thermal.units.DIMENSIONS`.
    least, most : float
        Inclusive bounds [SI].
    positive : bool
        Zero is refused too.
    """

    dimension: str
    least: float = -math.inf
    most: float = math.inf
    positive: bool = False

    def number(self, raw: object) -> float:
        """Return the SI number of a text (or of a plain number, for dimensionless fields)."""
        dimensionless = self.dimension == "dimensionless"
        example = DIMENSIONS[self.dimension].example
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            what = "nothing" if raw is None else "a list" if isinstance(raw, tuple) else repr(raw)
            raise wrong_value(
                wrong=f"{what} is not {DIMENSIONS[self.dimension].title}", right=f"write for example {example!r}"
            )
        if isinstance(raw, str):
            try:
                number = parse_quantity(raw, self.dimension)
            except UnitError as error:
                raise wrong_value(error.wrong, error.right) from None
        elif dimensionless and math.isfinite(raw):
            number = float(raw)
        elif math.isfinite(raw):
            units = ", ".join(DIMENSIONS[self.dimension].units)
            raise wrong_value(wrong=f"{raw!r} has no unit", right=f"write for example '{example}' (units: {units})")
        else:
            raise wrong_value(wrong=f"{raw!r} is not a finite number", right=f"write for example {example!r}")
        self._check(number, raw)
        return number

    def _check(self, number: float, raw: str | float) -> None:
        unit = DIMENSIONS[self.dimension].si
        if self.positive and number <= 0.0:
            raise wrong_value(wrong=f"{raw!r} is not above zero", right="write a positive value")
        if number < self.least:
            right = "write zero or a positive value" if self.least == 0.0 else f"at least {self.least:g} {unit}"
            raise wrong_value(f"{raw!r} is too small" if self.least else f"{raw!r} is negative", right)
        if number > self.most:
            raise wrong_value(wrong=f"{raw!r} is too large", right=f"at most {self.most:g} {unit}".strip())

    def build(self, fields: dict[str, Any]) -> Value:
        """Make the value from validated fields and check its range."""
        text, number = fields["value"]
        low, high = (fields.get(key) and fields[key][1] for key in ("low", "high"))
        if low is not None and low > number:
            raise wrong_value(
                wrong=f"low {fields['low'][0]!r} lies above the value {text!r}", right="write low <= value <= high"
            )
        if high is not None and high < number:
            raise wrong_value(
                wrong=f"high {fields['high'][0]!r} lies below the value {text!r}", right="write low <= value <= high"
            )
        return Value(number, low, high, fields.get("basis"), fields.get("source"), str(text))

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept text, a number, or a mapping with the keys of `VALUE_KEYS`; a `Value` passes as it is."""
        number = core_schema.no_info_plain_validator_function(lambda raw: (raw, self.number(raw)))
        field = core_schema.typed_dict_field
        fields = core_schema.typed_dict_schema(
            {
                "value": field(number, required=True),
                "low": field(core_schema.nullable_schema(number), required=False),
                "high": field(core_schema.nullable_schema(number), required=False),
                "basis": field(core_schema.no_info_plain_validator_function(_basis), required=False),
                "source": field(core_schema.str_schema(strict=True), required=False),
            },
            extra_behavior="forbid",
        )
        mapping = core_schema.no_info_after_validator_function(self.build, fields)
        return core_schema.no_info_wrap_validator_function(self._any_form, mapping)

    def _any_form(self, raw: object, mapping: Callable[[object], Value]) -> Value:
        if isinstance(raw, Value):
            return raw
        if isinstance(raw, dict):
            return mapping(raw)
        return Value(self.number(raw), text=str(raw))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Leave a note that `thermal.rack.json_schema` replaces with `value_schema`, once per quantity."""
        return {SCHEMA_KEY: self}

    @property
    def name(self) -> str:
        """Name in the JSON Schema, different for different bounds."""
        bounds = [f"from_{self.least:g}"] if math.isfinite(self.least) else []
        bounds += [f"to_{self.most:g}"] if math.isfinite(self.most) else []
        return "_".join([self.dimension, *bounds, *(["positive"] if self.positive else [])])


def value_schema(quantity: Quantity) -> dict[str, Any]:
    """Return the JSON Schema of a value: text (or a number, when dimensionless), or a mapping with its range."""
    known = DIMENSIONS[quantity.dimension]
    sign = r"\+?" if quantity.least == 0.0 or quantity.positive else "[-+]?"
    single: dict[str, Any] = {
        "type": "string",
        "pattern": rf"^\s*{sign}[.0-9]+([eE][-+]?[0-9]+)?\s*\S",
        "description": f"{known.title} with its unit ({', '.join(known.units)})",
        "examples": [known.example],
    }
    if quantity.dimension == "temperature":
        single["pattern"] = r"^\s*[-+]?[.0-9]+([eE][-+]?[0-9]+)?\s*(degC|°C|℃|K|degF|°F|℉)\s*$"
    if quantity.dimension == "dimensionless":
        number: dict[str, Any] = {"type": "number", "examples": [float(known.example)]}
        number |= {"minimum": quantity.least} if math.isfinite(quantity.least) else {}
        number |= {"maximum": quantity.most} if math.isfinite(quantity.most) else {}
        number |= {"exclusiveMinimum": 0} if quantity.positive else {}
        single = {"anyOf": [number, {"type": "string", "pattern": r"^\s*\+?[.0-9]+([eE][-+]?[0-9]+)?\s*%?\s*$"}]}
    mapping = {
        "type": "object",
        "additionalProperties": False,
        "required": ["value"],
        "properties": {
            "value": single,
            "low": {**single, "description": "lower end of the range it may lie in"},
            "high": {**single, "description": "upper end of the range it may lie in"},
            "basis": {"enum": list(BASES), "description": "; ".join(f"{key}: {what}" for key, what in BASES.items())},
            "source": {"type": "string", "description": "document the value comes from"},
        },
    }
    return {"anyOf": [single, mapping]}


def _basis(raw: object) -> str:
    if isinstance(raw, str) and raw in BASES:
        return raw
    close = get_close_matches(str(raw), BASES, n=1)
    right = f"did you mean '{close[0]}'?" if close else f"one of {', '.join(BASES)}"
    raise wrong_value(wrong=f"{raw!r:.60} is not a basis", right=right)


Length: TypeAlias = Annotated[Value, Quantity("length", positive=True)]
Coordinate: TypeAlias = Annotated[Value, Quantity("length")]
Roughness: TypeAlias = Annotated[Value, Quantity("length", least=0.0)]
Area: TypeAlias = Annotated[Value, Quantity("area", positive=True)]
Temperature: TypeAlias = Annotated[Value, Quantity("temperature", positive=True)]
TemperatureDifference: TypeAlias = Annotated[Value, Quantity("temperature_difference", positive=True)]
Power: TypeAlias = Annotated[Value, Quantity("power", least=0.0)]
PositivePower: TypeAlias = Annotated[Value, Quantity("power", positive=True)]
Pressure: TypeAlias = Annotated[Value, Quantity("pressure", least=0.0)]
PositivePressure: TypeAlias = Annotated[Value, Quantity("pressure", positive=True)]
Flow: TypeAlias = Annotated[Value, Quantity("flow", least=0.0)]
PositiveFlow: TypeAlias = Annotated[Value, Quantity("flow", positive=True)]
Velocity: TypeAlias = Annotated[Value, Quantity("velocity", positive=True)]
SpecificHeat: TypeAlias = Annotated[Value, Quantity("specific_heat", positive=True)]
Density: TypeAlias = Annotated[Value, Quantity("density", positive=True)]
Viscosity: TypeAlias = Annotated[Value, Quantity("viscosity", positive=True)]
Conductivity: TypeAlias = Annotated[Value, Quantity("conductivity", positive=True)]
Conductance: TypeAlias = Annotated[Value, Quantity("conductance", least=0.0)]
ThermalResistance: TypeAlias = Annotated[Value, Quantity("thermal_resistance", positive=True)]
ArealResistance: TypeAlias = Annotated[Value, Quantity("areal_resistance", least=0.0)]
LinearImpedance: TypeAlias = Annotated[Value, Quantity("linear_impedance", least=0.0)]
QuadraticImpedance: TypeAlias = Annotated[Value, Quantity("quadratic_impedance", least=0.0)]
Computing: TypeAlias = Annotated[Value, Quantity("computing_rate", positive=True)]
SignedLinearImpedance: TypeAlias = Annotated[Value, Quantity("linear_impedance")]
SignedQuadraticImpedance: TypeAlias = Annotated[Value, Quantity("quadratic_impedance")]
Number: TypeAlias = Annotated[Value, Quantity("dimensionless", least=0.0)]
SignedNumber: TypeAlias = Annotated[Value, Quantity("dimensionless")]
PositiveNumber: TypeAlias = Annotated[Value, Quantity("dimensionless", positive=True)]
Fraction: TypeAlias = Annotated[Value, Quantity("dimensionless", least=0.0, most=1.0)]
Efficiency: TypeAlias = Annotated[Value, Quantity("dimensionless", most=1.0, positive=True)]
Clogging: TypeAlias = Annotated[Value, Quantity("dimensionless", least=0.0, most=0.99)]
