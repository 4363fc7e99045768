"""What cannot work once the loop runs: pumps that do not count, a CDU without one, temperatures out of reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from thermal.rack.circuit import Circuit
from thermal.rack.coolants import CoolantData
from thermal.rack.parts import Exchanger, Pump
from thermal.rack.plumbing import Plumbing, uses_in
from thermal.rack.schema import RackFile
from thermal.rack.tree import Location

__all__ = ["Fault", "idle_cdu", "impossible_temperatures", "misplaced_pumps"]

_ZERO_CELSIUS = 273.15

Fault: TypeAlias = tuple[Location, str, str]
"""Location in the file, what is wrong, what would be right."""


def misplaced_pumps(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield the pumps outside the CDU: nothing sets their speed, and no result counts their power."""
    circuits: list[tuple[Location, Circuit | None]] = [(("supply",), rack.supply), (("return",), rack.return_)]
    circuits += [(("trays", name, "circuit"), tray.circuit) for name, tray in rack.trays.items()]
    pumps: dict[str, str | None] = {}
    for location, circuit in circuits:
        for inner, use in uses_in(circuit, location) if circuit else ():
            if use.part not in pumps:
                pumps[use.part] = _pump_in(rack, plumbing, use.part)
            pump = pumps[use.part]
            if pump is not None:
                within = "" if pump == use.part else f" (in '{use.part}')"
                wrong = f"pump '{pump}'{within} stands outside the CDU, where its power would not be counted"
                yield inner, wrong, "put it in the circuit of the cdu part that `cdu` names"


def _pump_in(rack: RackFile, plumbing: Plumbing, name: str) -> str | None:
    inventory = sorted(plumbing.inventory(name))
    return next((inner for inner in inventory if isinstance(rack.parts.get(inner), Pump)), None)


def idle_cdu(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield a CDU without a pump: no control could be kept."""
    if rack.cdu is None or rack.coolant is None or rack.cdu.part not in rack.parts:
        return
    if rack.parts[rack.cdu.part].kind == "cdu" and _pump_in(rack, plumbing, rack.cdu.part) is None:
        wrong = f"'{rack.cdu.part}' holds no pump, so nothing can keep the {rack.coolant.control.kind} of the control"
        yield ("cdu", "part"), wrong, f"add a pump to parts.{rack.cdu.part}.circuit, or take `cdu` out"


def impossible_temperatures(rack: RackFile, plumbing: Plumbing) -> Iterator[Fault]:
    """Yield the supply and return temperatures that the coolant, or the control, cannot have."""
    coolant = rack.coolant
    if coolant is None:
        return
    supply, at = float(coolant.supply_temperature), "coolant"
    if rack.facility is not None and _follows(rack, plumbing):
        # The supply is what the exchanger gives; it can come down to the facility water, not below.
        supply, at = float(rack.facility.supply_temperature), "facility"
    location = (at, "supply_temperature")
    yield from _outside(coolant.fluid, supply, location)
    if coolant.control.kind != "return_temperature":
        return
    back, here = float(coolant.control.value), ("coolant", "control", "value")
    if back <= supply:
        wrong = f"a return of {_celsius(back)} cannot be held with a supply of {_celsius(supply)}"
        yield here, wrong, f"raise it above {at}.supply_temperature"
    else:
        yield from _outside(coolant.fluid, back, here)


def _follows(rack: RackFile, plumbing: Plumbing) -> bool:
    """Whether the supply temperature follows from the exchanger instead of being held."""
    if rack.facility is None or rack.facility.control != "none" or rack.facility.flow is None or rack.cdu is None:
        return False
    return any(isinstance(rack.parts.get(name), Exchanger) for name in plumbing.inventory(rack.cdu.part))


def _outside(fluid: CoolantData, temperature: float, location: Location) -> Iterator[Fault]:
    """Yield a temperature at which the coolant is solid or not known."""
    first, last = fluid.columns.temperature[0], fluid.columns.temperature[-1]
    freezing = fluid.freezing_temperature
    if freezing is not None and temperature <= float(freezing):
        wrong = f"{fluid.name} freezes at {_celsius(float(freezing))}, and this is {_celsius(temperature)}"
        yield location, wrong, "raise it, or choose a fluid with more glycol"
    elif not first <= temperature <= last:
        wrong = f"{fluid.name} is known from {_celsius(first)} to {_celsius(last)}, and this is {_celsius(temperature)}"
        yield location, wrong, "change it, or give the fluid a wider table"


def _celsius(temperature: float) -> str:
    return f"{temperature - _ZERO_CELSIUS:.2f} °C"
