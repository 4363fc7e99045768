"""Laws a part may follow, as data: pressure drop and resistance against flow, fan and pump curves, plate channels."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from thermal.rack.closures import ClosureName
from thermal.rack.model import Credited, Model, Name, check_exactly_one
from thermal.rack.quantity import (
    ArealResistance,
    Conductivity,
    Density,
    Efficiency,
    Flow,
    Length,
    LinearImpedance,
    Number,
    PositiveFlow,
    PositiveNumber,
    PositivePressure,
    Pressure,
    QuadraticImpedance,
    SignedLinearImpedance,
    SignedQuadraticImpedance,
    SpecificHeat,
    ThermalResistance,
    Viscosity,
    wrong_value,
)
from thermal.rack.values import Value

__all__ = [
    "Channels",
    "EfficiencyTable",
    "FanCurve",
    "FlowPressureTable",
    "Head",
    "Layer",
    "PackageResistance",
    "PointDrop",
    "PowerLaw",
    "PressureDrop",
    "QuadraticDrop",
    "Resistance",
    "Stack",
    "TableDrop",
]  # fmt: skip


def _rising(rows: tuple[tuple[Value, Value], ...]) -> tuple[tuple[Value, Value], ...]:
    """Check that a table has two rows at least and that its first column rises."""
    if len(rows) < 2:
        raise wrong_value(wrong=f"the table has {len(rows)} row(s)", right="give two rows at least")
    for (here, _), (there, _) in pairwise(rows):
        if there.value <= here.value:
            raise wrong_value(
                wrong=f"the first column does not rise from {here.text} to {there.text}", right="sort the rows"
            )
    return rows


def _one_flow_each(rows: tuple[tuple[Value, Value], ...]) -> tuple[tuple[Value, Value], ...]:
    """Check that each pressure drop has one flow: it never falls, and there is none at rest."""
    if rows[0][0].value == 0.0 and rows[0][1].value != 0.0:
        raise wrong_value(wrong=f"the pressure drop at rest is {rows[0][1].text}", right="give 0 or leave the row out")
    for (_, here), (_, there) in pairwise(rows):
        if there.value < here.value:
            raise wrong_value(
                wrong=f"the pressure drop falls from {here.text} to {there.text}", right="let it rise with the flow"
            )
    return rows


def _from_rest(rows: tuple[tuple[Value, Value], ...]) -> tuple[tuple[Value, Value], ...]:
    """Check that a curve begins without flow, so that nothing is carried on before its first point."""
    if rows[0][0].value != 0.0:
        raise wrong_value(
            wrong=f"the curve begins at {rows[0][0].text}", right="give the pressure at a flow of 0 as the first row"
        )
    return rows


def _never_rising(rows: tuple[tuple[Value, Value], ...]) -> tuple[tuple[Value, Value], ...]:
    """Check that a fan's pressure never rises with its flow, so that it meets an impedance once."""
    for (_, here), (_, there) in pairwise(rows):
        if there.value > here.value:
            raise wrong_value(
                wrong=f"the pressure rises from {here.text} to {there.text}", right="leave out the dip where it stalls"
            )
    return rows


Curve: TypeAlias = Annotated[tuple[tuple[Flow, Pressure], ...], AfterValidator(_rising)]
FlowPressureTable: TypeAlias = Annotated[Curve, AfterValidator(_one_flow_each)]
HeadTable: TypeAlias = Annotated[Curve, AfterValidator(_from_rest)]
FanTable: TypeAlias = Annotated[Curve, AfterValidator(_from_rest), AfterValidator(_never_rising)]
FlowResistanceTable: TypeAlias = Annotated[tuple[tuple[Flow, ThermalResistance], ...], AfterValidator(_rising)]
FlowEfficiencyTable: TypeAlias = Annotated[tuple[tuple[Flow, Efficiency], ...], AfterValidator(_rising)]

_MEASURED_VISCOSITY = "viscosity of the fluid the data hold for; without it they are used uncorrected"
_MEASURED_DENSITY = "density of the fluid the data hold for; without it they are used uncorrected"


class QuadraticDrop(Model):
    """Pressure drop = linear × flow + quadratic × flow²."""

    linear: LinearImpedance | None = Field(None, description="laminar part, scales with viscosity")
    quadratic: QuadraticImpedance | None = Field(None, description="turbulent part, scales with density")
    viscosity: Viscosity | None = Field(None, description=_MEASURED_VISCOSITY)
    density: Density | None = Field(None, description=_MEASURED_DENSITY)

    @model_validator(mode="after")
    def _not_nothing(self) -> QuadraticDrop:
        if self.linear is None and self.quadratic is None:
            raise wrong_value(wrong="neither `linear` nor `quadratic` is given", right="give one at least")
        return self


class TableDrop(Model):
    """Pressure drop read from measured points."""

    points: FlowPressureTable = Field(description="rows [flow, pressure drop], flow rising")
    viscosity: Viscosity | None = Field(None, description=_MEASURED_VISCOSITY)
    density: Density | None = Field(None, description=_MEASURED_DENSITY)


class PointDrop(Model):
    """Pressure drop through one point: pressure_drop × (Q / flow)^exponent."""

    flow: PositiveFlow = Field(description="flow of the known point")
    pressure_drop: PositivePressure = Field(description="pressure drop at that flow")
    exponent: PositiveNumber = Field(description="1 for laminar, 1.75 to 2 for turbulent flow")
    viscosity: Viscosity | None = Field(None, description=_MEASURED_VISCOSITY)
    density: Density | None = Field(None, description=_MEASURED_DENSITY)


class PressureDrop(Model):
    """Pressure drop against flow, in exactly one of three forms."""

    quadratic: QuadraticDrop | None = Field(None, description="linear and quadratic coefficients")
    table: TableDrop | None = Field(None, description="measured points")
    point: PointDrop | None = Field(None, description="one point and an exponent")

    @model_validator(mode="after")
    def _one_form(self) -> PressureDrop:
        check_exactly_one(self, ("quadratic", "table", "point"))
        return self


_RATED_FLUID = "of the coolant the law holds for, to move it to another; without it the law is used as it is"


class PowerLaw(Model):
    """Resistance = value × (Q / flow)^−exponent."""

    value: ThermalResistance = Field(description="resistance at `flow`, from case to coolant inlet")
    flow: PositiveFlow = Field(description="flow at which `value` holds")
    exponent: Number = Field(description="how fast the resistance falls with flow, e.g. 0.36")
    flow_low: PositiveFlow | None = Field(None, description="least flow the law covers")
    flow_high: PositiveFlow | None = Field(None, description="greatest flow the law covers")
    conductivity: Conductivity | None = Field(None, description=_RATED_FLUID)
    density: Density | None = Field(None, description=_RATED_FLUID)
    specific_heat: SpecificHeat | None = Field(None, description=_RATED_FLUID)

    @model_validator(mode="after")
    def _whole_fluid(self) -> PowerLaw:
        given = [name for name in ("conductivity", "density", "specific_heat") if getattr(self, name) is not None]
        if len(given) in (1, 2):
            raise wrong_value(
                wrong=f"only {' and '.join(given)} of the coolant is given", right="give all three or none"
            )
        return self


class Resistance(Model):
    """Thermal resistance from case to the entering coolant (or air) against flow, in one of two forms."""

    power: PowerLaw | None = Field(None, description="power law through one point")
    table: FlowResistanceTable | None = Field(None, description="rows [flow, resistance], flow rising")

    @model_validator(mode="after")
    def _one_form(self) -> Resistance:
        check_exactly_one(self, ("power", "table"))
        return self


class Channels(Credited):
    """Parallel rectangular channels of a plate; resistance and pressure drop follow from the geometry."""

    count: int = Field(ge=1, le=100_000, description="number of channels side by side")
    width: Length = Field(description="channel width")
    height: Length = Field(description="channel (fin) height")
    length: Length = Field(description="length of the channels along the flow, end to end")
    wall: Length = Field(description="thickness of the fin between two channels")
    base: Length = Field(description="thickness of the base under the channels")
    conductivity: Conductivity = Field(description="of base and fins; copper about 385 W/(m K)")
    footprint_length: Length = Field(description="heated area under the base, along the channels")
    footprint_width: Length = Field(description="heated area under the base, across the channels")
    split: Literal["end_to_end", "centre"] = Field(
        "end_to_end", description="centre: fed in the middle, so the coolant passes half the length each way"
    )
    inlet_loss: Number = Field(Value(0.5, text="0.5"), description="loss coefficient at the channels' mouth")
    outlet_loss: Number = Field(Value(1.0, text="1.0"), description="loss coefficient at the channels' end")
    closure: ClosureName | None = Field(
        None, description="friction and film computed for these channels, such as resolved/NAME; formulas when absent"
    )


class Head(Model):
    """Pressure rise of a pump at rated speed against flow, in one of two forms."""

    table: HeadTable | None = Field(None, description="rows [flow, pressure rise], flow rising from 0")
    coefficients: tuple[PositivePressure, SignedLinearImpedance, SignedQuadraticImpedance] | None = Field(
        None, description="[c0, c1, c2] of c0 + c1 Q + c2 Q², e.g. [476 kPa, 0.09 kPa/(L/min), -2.3e-4 kPa/(L/min)^2]"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Head:
        check_exactly_one(self, ("table", "coefficients"))
        return self


class FanCurve(Model):
    """Static pressure of a fan against volume flow at the speed it runs."""

    table: FanTable = Field(description="rows [air flow, pressure], flow rising from 0, pressure falling")


class EfficiencyTable(Model):
    """Overall efficiency of a pump against flow."""

    table: FlowEfficiencyTable = Field(description="rows [flow, efficiency], flow rising")


class Layer(Model):
    """One layer between die and case: thickness and conductivity, or a resistance times area."""

    name: Name = Field(description="such as tim1, lid")
    thickness: Length | None = Field(None, description="thickness of the layer")
    conductivity: Conductivity | None = Field(None, description="conductivity of the layer")
    areal_resistance: ArealResistance | None = Field(None, description="instead of thickness and conductivity")
    length: Length | None = Field(None, description="footprint; the die's when absent")
    width: Length | None = Field(None, description="footprint; the die's when absent")

    @model_validator(mode="after")
    def _one_form(self) -> Layer:
        solid = self.thickness is not None and self.conductivity is not None
        half = (self.thickness is None) != (self.conductivity is None)
        if half or solid == (self.areal_resistance is not None):
            raise wrong_value(
                wrong=f"layer '{self.name}' does not say what it conducts",
                right="give `thickness` and `conductivity`, or `areal_resistance`",
            )
        return self


class Stack(Model):
    """Layers from the die up to the case."""

    die_length: Length = Field(description="heated length of the die (all dies together)")
    die_width: Length = Field(description="heated width of the die")
    layers: tuple[Layer, ...] = Field(min_length=1, description="from the die towards the case")


class PackageResistance(Model):
    """What lies between junction and case, in one of two forms."""

    junction_to_case: ThermalResistance | None = Field(None, description="one number")
    stack: Stack | None = Field(None, description="layers with their footprints")

    @model_validator(mode="after")
    def _one_form(self) -> PackageResistance:
        check_exactly_one(self, ("junction_to_case", "stack"))
        return self
