"""A rack definition: everything a rack file may hold, field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from thermal.rack.boxes import BoxSize, LayoutTable
from thermal.rack.circuit import Circuit
from thermal.rack.coolants import CoolantData
from thermal.rack.model import Model, Name
from thermal.rack.parts import Part
from thermal.rack.quantity import (
    Computing,
    Fraction,
    Length,
    LinearImpedance,
    PositiveFlow,
    PositiveNumber,
    PositivePower,
    PositivePressure,
    QuadraticImpedance,
    Temperature,
    Velocity,
    wrong_value,
)
from thermal.rack.values import Value

__all__ = ["Air", "Ambient", "CduUse", "Control", "Coolant", "DeviceGroup", "Facility", "Frame", "Limits",
           "ManifoldUse", "Rack", "RackFile", "TrayGroup"]  # fmt: skip

_ONE = Value(1.0, text="1")
_MOST_UNITS = 200


class Frame(Model):
    """The rack itself."""

    units: int = Field(ge=1, le=_MOST_UNITS, description="height in rack units")
    unit_height: Length = Field(Value(0.04445, text="44.45 mm"), description="height of one unit")
    rated_power: PositivePower | None = Field(None, description="power the maker states, to compare with")
    depth: Length | None = Field(None, description="depth of the rack")
    width: Length | None = Field(None, description="width of the rack")
    height: Length | None = Field(None, description="height of the rack with its feet, for drawing")


class ReturnTemperatureControl(Model):
    """Pumps hold the return temperature."""

    kind: Literal["return_temperature"]
    value: Temperature = Field(description="temperature to hold, e.g. 55 degC")


class FlowControl(Model):
    """Pumps hold the rack's flow."""

    kind: Literal["flow"]
    value: PositiveFlow = Field(description="flow to hold, e.g. 130 L/min")


class PressureDropControl(Model):
    """Pumps hold the pressure drop between the rack's ports."""

    kind: Literal["pressure_drop"]
    value: PositivePressure = Field(description="pressure drop to hold, e.g. 60 kPa")


class PumpSpeedControl(Model):
    """Pumps run at a fixed share of rated speed."""

    kind: Literal["pump_speed"]
    value: PositiveNumber = Field(description="speed over rated speed, e.g. 0.8")


def _kind_tag(raw: object) -> str | None:
    kind = raw.get("kind") if isinstance(raw, dict) else getattr(raw, "kind", None)
    return f"<{kind}>" if isinstance(kind, str) else None


Control: TypeAlias = Annotated[
    Annotated[ReturnTemperatureControl, Tag("<return_temperature>")]
    | Annotated[FlowControl, Tag("<flow>")]
    | Annotated[PressureDropControl, Tag("<pressure_drop>")]
    | Annotated[PumpSpeedControl, Tag("<pump_speed>")],
    Discriminator(_kind_tag),
]


class Coolant(Model):
    """The loop through the rack."""

    fluid: CoolantData = Field(description="bundled name (PG25), a path (./mine.yaml), or a table written here")
    supply_temperature: Temperature = Field(description="at the rack's supply port")
    viscosity_factor: PositiveNumber = Field(_ONE, description="viscosity over the table's; inhibited fluids 1.02–1.15")
    return_pressure: PositivePressure = Field(
        Value(150e3, text="150 kPa"), description="absolute static pressure at the rack's return port"
    )
    control: Control = Field(description="what the pumps hold")


class Facility(Model):
    """Facility water on the other side of the CDU."""

    fluid: CoolantData = Field(description="as coolant.fluid; usually water")
    supply_temperature: Temperature = Field(description="facility water entering the CDU")
    flow: PositiveFlow | None = Field(None, description="facility water flow through the CDU")
    control: Literal["supply_temperature", "none"] = Field(
        "supply_temperature",
        description="supply_temperature: a valve holds coolant.supply_temperature; none: it follows from the exchanger",
    )


class Ambient(Model):
    """Air in the room."""

    temperature: Temperature = Field(Value(298.15, text="25 degC"), description="air entering the trays")
    pressure: PositivePressure = Field(Value(101325.0, text="101.325 kPa"), description="absolute")


class CduUse(Model):
    """The coolant distribution unit this rack hangs on."""

    part: Name = Field(description="name of a part of kind cdu")
    racks_served: int = Field(1, ge=1, le=1000, description="racks that share it; the bill counts 1/racks_served")


class ManifoldUse(Model):
    """The two rack manifolds."""

    supply: Name = Field(description="manifold part that feeds the trays")
    return_: Name = Field(alias="return", description="manifold part that collects from the trays")
    arrangement: Literal["direct", "reverse"] = Field(
        "direct", description="direct: both ports at the same end; reverse: the return port at the other end"
    )
    port: Literal["bottom", "top"] = Field("bottom", description="end of the supply port")


class DeviceGroup(Model):
    """Like devices of one tray."""

    package: Name = Field(description="part of kind package")
    count: int = Field(1, ge=1, le=1000, description="how many in each tray")
    cooled_by: Name = Field(description="name of the plates in the tray's circuit that cool them, in order; or `air`")


class FanUse(Model):
    """The fans of one tray."""

    part: Name = Field(description="part of kind fan")
    count: int = Field(ge=1, le=1000, description="how many, side by side")


class AirImpedance(Model):
    """Pressure the tray needs against its air flow: linear × Q + quadratic × Q²."""

    linear: LinearImpedance | None = Field(None, description="per flow")
    quadratic: QuadraticImpedance = Field(description="per flow squared")


class Air(Model):
    """Air through one tray."""

    fans: FanUse = Field(description="the tray's fans")
    impedance: AirImpedance = Field(description="of the tray")


def _positions(raw: Any) -> Any:
    """Turn ``9``, ``"9-16"`` or a list of those into bottom units and ranges, still to be filled."""
    if isinstance(raw, tuple) and len(raw) > _MOST_UNITS:
        raise wrong_value(
            wrong=f"the list has {len(raw)} entries", right=f"a rack has {_MOST_UNITS} units at most; use ranges"
        )
    return raw if isinstance(raw, tuple) else (raw,)


class SlotRange(Model):
    """Units first to last, both included."""

    first: int
    last: int


def _slot(raw: Any) -> Any:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise wrong_value(wrong=f"{raw!r:.40} is not a rack unit", right="write a number or a range such as '9-16'")
    first, dash, last = str(raw).partition("-")
    if not first.strip().isdecimal() or (dash and not last.strip().isdecimal()) or len(str(raw)) > 20:
        raise wrong_value(wrong=f"{raw!r:.40} is not a rack unit", right="write a number or a range such as '9-16'")
    low, high = int(first), int(last) if dash else int(first)
    if not 1 <= low <= high <= _MOST_UNITS:
        raise wrong_value(
            wrong=f"{raw!r:.40} is not a rack unit", right=f"units count upward from 1 to {_MOST_UNITS} at most"
        )
    return SlotRange(first=low, last=high)


def _within_a_rack(slots: tuple[SlotRange, ...]) -> tuple[SlotRange, ...]:
    """Refuse, before any is expanded, ranges that take more units than the tallest rack has."""
    units = sum(part.last - part.first + 1 for part in slots)
    if units > _MOST_UNITS:
        raise wrong_value(
            wrong=f"the slots name {units} units, more than {_MOST_UNITS}", right="give each tray its own units"
        )
    return slots


class TrayGroup(Model):
    """Like trays of the rack."""

    kind: Literal["compute", "switch", "system", "power", "other"] = Field(
        description="items are counted as <kind>_tray"
    )
    title: str = Field("", description="one line for tables")
    note: str = Field("", description="free text")
    slots: Annotated[
        tuple[Annotated[SlotRange, BeforeValidator(_slot)], ...],
        BeforeValidator(_positions),
        AfterValidator(_within_a_rack),
        Field(
            min_length=1,
            description="lowest unit of each tray, from 1: a number, a range '9-16' filled bottom to top, or a list",
        ),
    ]
    height: int = Field(1, ge=1, le=_MOST_UNITS, description="rack units of one tray")
    circuit: Circuit | None = Field(None, description="coolant from supply to return; absent when cooled by air alone")
    devices: dict[Name, DeviceGroup] = Field(default_factory=dict, description="what gives off heat in each tray")
    air: Air | None = Field(None, description="fans and impedance; without it nothing in the tray is cooled by air")
    heat_to_liquid: Fraction = Field(
        Value(0.0, text="0"),
        description="share of the heat of devices cooled by `air` that ends in the coolant all the same",
    )
    remove: tuple[int, ...] = Field((), description="trays left out, counted from the bottom from 1")
    box: BoxSize | None = Field(None, description="width and depth of a tray, for drawing")
    layout: LayoutTable = Field(
        default_factory=dict,
        description="where things stand in each tray, by name: plates and assemblies of its circuit, devices cooled "
        "by air, `fans`; what is not named is arranged",
    )

    @property
    def positions(self) -> tuple[int, ...]:
        """Lowest unit of each tray, from the bottom, removed trays included."""
        units = (unit for part in self.slots for unit in range(part.first, part.last + 1, self.height))
        return tuple(sorted(units))


class Limits(Model):
    """What the rack must stay within; exceeding one is a violation that names the source."""

    return_temperature: Temperature | None = Field(None, description="coolant at the return port")
    supply_temperature_low: Temperature | None = Field(None, description="coldest supply allowed")
    supply_temperature_high: Temperature | None = Field(None, description="warmest supply allowed")
    velocity: Velocity | None = Field(None, description="in manifold headers")
    pressure: PositivePressure | None = Field(None, description="above the room's, anywhere in the rack")
    pressure_drop: PositivePressure | None = Field(None, description="between the rack's ports")
    flow_spread: Fraction | None = Field(None, description="(max - min) / mean over like trays")


class RackFile(Model):
    """A rack definition."""

    name: Name = Field(description="short name, as in file names")
    title: str = Field("", description="name for people")
    status: Literal["product", "scenario", "generic"] = Field(
        "generic", description="product: sold; scenario: announced or imagined; generic: stands for no product"
    )
    note: str = Field("", description="free text")
    performance: Computing | None = Field(None, description="such as 1.1 EFLOP/s")
    include: tuple[str, ...] = Field((), description="files with `parts:`, relative to this one or to bundled racks")
    parts: dict[Name, Part] = Field(default_factory=dict, description="parts by name")
    power_state: Name = Field("tdp", description="tdp, peak, idle, avc_article, …; packages without it keep tdp")
    rack: Frame = Field(description="the rack itself")
    coolant: Coolant | None = Field(None, description="the loop; absent in racks cooled by air alone")
    facility: Facility | None = Field(None, description="facility water")
    ambient: Ambient = Field(Ambient(), description="the room")
    cdu: CduUse | None = Field(None, description="the coolant distribution unit")
    supply: Circuit | None = Field(None, description="from the rack's supply port to the supply manifold")
    return_: Circuit | None = Field(None, alias="return", description="from the return manifold to the return port")
    manifold: ManifoldUse | None = Field(None, description="the rack manifolds; without them trays join the ports")
    trays: dict[Name, TrayGroup] = Field(min_length=1, max_length=_MOST_UNITS, description="trays by group")
    limits: Limits = Field(Limits(), description="what the rack must stay within")
    guidelines: Limits = Field(Limits(), description="good practice: reported when exceeded, but no limit is broken")


class Rack(RackFile):
    """A rack that was read and checked.

    Parameters
    ----------
    file : str
        Where it was read from.
    text : str
        Text of the rack file, its includes and the changes given on the command line.
    sha256 : str
        Hash of `text`.
    """

    file: str = ""
    text: str = Field("", repr=False)
    sha256: str = ""

    @property
    def fluid(self) -> CoolantData | None:
        """The coolant, or None in a rack cooled by air alone."""
        return self.coolant.fluid if self.coolant else None
