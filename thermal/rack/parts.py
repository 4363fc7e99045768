"""Every kind of part a catalogue may hold."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from thermal.rack.bodies import PackageBody, PlateBody
from thermal.rack.boxes import BoxSize, LayoutTable
from thermal.rack.circuit import Circuit
from thermal.rack.laws import (
    Channels,
    EfficiencyTable,
    FanCurve,
    FlowPressureTable,
    Head,
    PackageResistance,
    PressureDrop,
    Resistance,
)
from thermal.rack.model import Basis, Model, Name, check_exactly_one
from thermal.rack.quantity import (
    Clogging,
    Conductance,
    Density,
    Efficiency,
    Fraction,
    Length,
    LinearImpedance,
    Number,
    PositiveFlow,
    PositiveNumber,
    PositivePower,
    PositivePressure,
    Power,
    QuadraticImpedance,
    Roughness,
    Temperature,
    TemperatureDifference,
    Viscosity,
    wrong_value,
)
from thermal.rack.response import PlateResistance
from thermal.rack.values import Value

__all__ = ["PART_KINDS", "Assembly", "Cdu", "CheckValve", "Coupling", "Exchanger", "Fan", "Filter", "HeatSink",
           "Manifold", "Orifice", "Package", "Part", "PartBase", "Pipe", "Plate", "Pump", "Valve"]  # fmt: skip

DeviceKind: TypeAlias = Literal["gpu", "cpu", "switch", "cpx", "nic", "power", "dpu", "memory", "asic", "other"]

_CV = "flow coefficient in US units, gpm of water at 1 psi"
_KV = "flow coefficient: flow of water at 1 bar, such as 1.2 m3/h (Kv = 0.865 Cv)"
_BORE = "inside diameter, from which results give velocity and Reynolds number; no effect on the pressure drop"
_NOTHING = Value(0.0, text="0")
_ONE = Value(1.0, text="1")


class PartBase(Model):
    """What every part may say about itself."""

    extends: Name | None = Field(None, description="part whose values this one takes over where it gives none itself")
    title: str = Field("", description="one line for tables")
    item_class: Name | None = Field(None, description="class by which price books count it, e.g. gpu_plate, hose")
    supplier_group: Name | None = Field(None, description="group of makers, e.g. plates, quick_disconnects")
    basis: Basis | None = Field(None, description="default basis of the values below")
    source: str | None = Field(None, description="default source of the values below")
    note: str = Field("", description="free text")
    box: BoxSize | None = Field(None, description="outside measures, for drawing; no effect on any number")


class Pipe(PartBase):
    """A pipe or hose."""

    kind: Literal["pipe"]
    length: Length = Field(description="length")
    inner_diameter: Length = Field(description="inside diameter")
    roughness: Roughness = Field(Value(1.5e-6, text="1.5 um"), description="wall roughness")
    loss_coefficient: Number = Field(_NOTHING, description="sum of K of bends and fittings, on the velocity head")
    ambient_conductance: Conductance = Field(Value(0.0, text="0 W/K"), description="heat loss to the room")


class FlowCoefficient(PartBase):
    """A part whose pressure drop is (density / water) (flow / Kv)²; exactly one of cv and kv."""

    cv: PositiveNumber | None = Field(None, description=_CV)
    kv: PositiveFlow | None = Field(None, description=_KV)
    inner_diameter: Length | None = Field(None, description=_BORE)

    @model_validator(mode="after")
    def _one_form(self) -> FlowCoefficient:
        check_exactly_one(self, ("cv", "kv"))
        return self


class Coupling(PartBase):
    """A pair of quick disconnects; each instance is one pair."""

    kind: Literal["coupling"]
    cv: PositiveNumber | None = Field(None, description=_CV)
    kv: PositiveFlow | None = Field(None, description=_KV)
    table: FlowPressureTable | None = Field(None, description="rows [flow, pressure drop] with water")
    inner_diameter: Length | None = Field(None, description=_BORE)
    pieces: Literal[1, 2] = Field(2, description="halves counted as qd_piece; 1 when the manifold brings the other")
    rated_flow: PositiveFlow | None = Field(None, description="greatest flow allowed by the maker")
    rated_pressure: PositivePressure | None = Field(None, description="greatest pressure allowed by the maker")

    @model_validator(mode="after")
    def _one_form(self) -> Coupling:
        check_exactly_one(self, ("cv", "kv", "table"))
        return self


class Valve(FlowCoefficient):
    """A valve; its Kv scales with the opening."""

    kind: Literal["valve"]
    opening: Fraction = Field(_ONE, description="1 open, 0 closed")


class CheckValve(FlowCoefficient):
    """A valve that lets coolant pass in one direction."""

    kind: Literal["check_valve"]


class Filter(FlowCoefficient):
    """A filter or strainer; its Kv scales with 1 - clogging."""

    kind: Literal["filter"]
    clogging: Clogging = Field(_NOTHING, description="share of the area that is lost, 0 clean, below 1")


class Orifice(PartBase):
    """A local loss K on the velocity head of its diameter."""

    kind: Literal["orifice"]
    loss_coefficient: PositiveNumber = Field(description="K, above zero")
    inner_diameter: Length = Field(description="diameter of the velocity head")


class Plate(PartBase):
    """A cold plate: either measured laws (pressure_drop and resistance) or channels, from which both follow."""

    kind: Literal["plate"]
    inner_diameter: Length | None = Field(None, description="of its ports, for velocities")
    pressure_drop: PressureDrop | None = Field(None, description="measured; goes before what channels would give")
    resistance: PlateResistance | None = Field(
        None,
        description="case to coolant inlet, as each device on the plate sees it, however many share the plate; "
        "goes before what channels give",
    )
    channels: Channels | None = Field(None, description="geometry of the channels")
    body: PlateBody | None = Field(None, description="shape around the channels, for plate fidelity")
    maximum_pressure: PositivePressure | None = Field(None, description="greatest pressure allowed by the maker")

    @model_validator(mode="after")
    def _complete(self) -> Plate:
        if self.channels is None:
            for name in ("pressure_drop", "resistance"):
                if getattr(self, name) is None:
                    raise wrong_value(
                        wrong=f"neither `{name}` nor `channels` is given", right=f"give `{name}` or `channels`"
                    )
        if self.body is not None and self.channels is None:
            raise wrong_value(wrong="there is a `body` and no `channels`", right="add `channels`, or take `body` out")
        return self


class Assembly(PartBase):
    """Parts joined to one item, such as a module of two plates with its couplings."""

    kind: Literal["assembly"]
    circuit: Circuit = Field(description="how its parts are joined")
    layout: LayoutTable = Field(default_factory=dict, description="where its plates and assemblies stand, by name")


class CduRating(Model):
    """What a CDU's maker states."""

    heat: PositivePower = Field(description="heat moved at `approach`")
    approach: TemperatureDifference = Field(description="coolant supply above facility supply")
    flow: PositiveFlow | None = Field(None, description="coolant flow")
    pressure: PositivePressure | None = Field(None, description="external pressure at `flow`")
    power: Power | None = Field(None, description="electric power drawn")


class Cdu(PartBase):
    """A coolant distribution unit, from the rack's return port to its supply port."""

    kind: Literal["cdu"]
    circuit: Circuit = Field(description="pumps, exchanger and filter from return to supply")
    rated: CduRating | None = Field(None, description="what the maker states")
    max_flow: PositiveFlow | None = Field(None, description="greatest flow allowed")


class Pump(PartBase):
    """A pump."""

    kind: Literal["pump"]
    head: Head = Field(description="pressure rise against flow at rated speed")
    max_flow: PositiveFlow | None = Field(None, description="end of the curve; beyond it the run is refused")
    efficiency: Annotated[
        Annotated[Efficiency, Tag("<number>")] | Annotated[EfficiencyTable, Tag("<table>")],
        Discriminator(lambda raw: "<table>" if isinstance(raw, dict) and "table" in raw else "<number>"),
    ] = Field(description="hydraulic power over electric power: a number, or {table: [[flow, efficiency], …]}")
    check_valve: bool = Field(True, description="whether coolant cannot flow back through it")
    speed_max: PositiveNumber = Field(_ONE, description="greatest speed over rated speed")


class ExchangerRating(Model):
    """One known operating point, from which the exchanger's UA follows."""

    heat: PositivePower = Field(description="heat moved")
    approach: TemperatureDifference = Field(description="coolant supply above facility supply")
    flow: PositiveFlow = Field(description="coolant flow")
    facility_flow: PositiveFlow = Field(description="facility water flow")


class Exchanger(PartBase):
    """A liquid-to-liquid heat exchanger, coolant side."""

    kind: Literal["exchanger"]
    linear: LinearImpedance | None = Field(None, description="pressure drop per flow")
    quadratic: QuadraticImpedance | None = Field(None, description="pressure drop per flow squared")
    viscosity: Viscosity | None = Field(None, description="viscosity at which `linear` was measured")
    density: Density | None = Field(None, description="density at which `quadratic` was measured")
    rated: ExchangerRating = Field(description="known operating point")


class Manifold(PartBase):
    """A rack manifold: a header with one tap per tray."""

    kind: Literal["manifold"]
    inner_diameter: Length = Field(description="inside diameter of the header")
    roughness: Roughness = Field(Value(1.5e-6, text="1.5 um"), description="wall roughness")
    inlet_length: Length = Field(Value(0.1, text="0.1 m"), description="header from its port to the nearest tap")
    tap_diameter: Length | None = Field(None, description="inside diameter of a tap; the header's when absent")
    tee_run: Number = Field(Value(0.4, text="0.4"), description="loss coefficient straight on past a dividing tap")
    loss_coefficient: Number = Field(_NOTHING, description="K of each header segment beyond friction")


class PackageLimits(Model):
    """Junction temperatures at which the device reacts."""

    slowdown: Temperature | None = Field(None, description="it throttles")
    shutdown: Temperature | None = Field(None, description="it switches off")


class Package(PartBase):
    """A device that gives off heat: a chip in its package, or the rest of a tray taken together."""

    kind: Literal["package"]
    device_kind: DeviceKind = Field(description="how results group it")
    power: dict[Name, Power] = Field(description="heat in each power state; `tdp` is needed")
    resistance: PackageResistance | None = Field(None, description="junction to case; without it no junction is given")
    limits: PackageLimits = Field(PackageLimits(), description="junction limits")
    heat_sink: Name | None = Field(None, description="heat_sink part used when it is cooled by air")
    body: PackageBody | None = Field(None, description="shape and materials, for plate fidelity")

    @model_validator(mode="after")
    def _has_tdp(self) -> Package:
        if "tdp" not in self.power:
            raise wrong_value(wrong="`power` has no state `tdp`", right="add it, e.g. `tdp: 1.4 kW`")
        return self


class HeatSink(PartBase):
    """A finned block in the air stream."""

    kind: Literal["heat_sink"]
    resistance: Resistance = Field(description="case to entering air against the tray's air flow")


class Fan(PartBase):
    """A fan."""

    kind: Literal["fan"]
    curve: FanCurve = Field(description="pressure against air flow")
    power: Power | None = Field(None, description="electric power drawn")


PART_KINDS: dict[str, type[PartBase]] = {
    "pipe": Pipe, "coupling": Coupling, "valve": Valve, "check_valve": CheckValve, "orifice": Orifice,
    "filter": Filter, "plate": Plate, "assembly": Assembly, "cdu": Cdu, "pump": Pump, "exchanger": Exchanger,
    "manifold": Manifold, "package": Package, "heat_sink": HeatSink, "fan": Fan,
}  # fmt: skip
"""The part kinds by the word that stands in `kind:`."""


def _kind_tag(raw: object) -> str | None:
    """Return the tag of a part's kind; the angle brackets keep it apart from keys in error locations."""
    kind = raw.get("kind") if isinstance(raw, dict) else getattr(raw, "kind", None)
    return f"<{kind}>" if isinstance(kind, str) else None


Part: TypeAlias = Annotated[
    Annotated[Pipe, Tag("<pipe>")]
    | Annotated[Coupling, Tag("<coupling>")]
    | Annotated[Valve, Tag("<valve>")]
    | Annotated[CheckValve, Tag("<check_valve>")]
    | Annotated[Orifice, Tag("<orifice>")]
    | Annotated[Filter, Tag("<filter>")]
    | Annotated[Plate, Tag("<plate>")]
    | Annotated[Assembly, Tag("<assembly>")]
    | Annotated[Cdu, Tag("<cdu>")]
    | Annotated[Pump, Tag("<pump>")]
    | Annotated[Exchanger, Tag("<exchanger>")]
    | Annotated[Manifold, Tag("<manifold>")]
    | Annotated[Package, Tag("<package>")]
    | Annotated[HeatSink, Tag("<heat_sink>")]
    | Annotated[Fan, Tag("<fan>")],
    Discriminator(_kind_tag),
]
"""One entry of `parts:`, told apart by its `kind`."""
