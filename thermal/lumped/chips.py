"""Junction temperature of every device, with the chain of temperature steps that leads to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thermal.errors import OperatingRangeError
from thermal.hydraulics.loop import LoopSolution
from thermal.lumped.air import TrayAir, tray_air
from thermal.lumped.packages import package_resistance
from thermal.lumped.plates import (
    case_rise,
    device_conductance,
    law_range,
    law_resistance,
)
from thermal.lumped.responses import PlateResponse, departures
from thermal.rack.expand import Assembly, Device
from thermal.rack.parts import HeatSink, Package, Plate
from thermal.rack.response import Response
from thermal.rack.schema import Rack

AT_THE_END = 0.005  # share of a range's end within which a flow counts as inside

__all__ = ["Chips", "coolant_heat", "solve_chips"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Chips:
    """Temperatures of the devices, in the assembly's order; NaN where a quantity does not apply.

    Attributes
    ----------
    volume_flow, inlet, outlet : (devices,) float64
        Of the coolant through the device's plate [m3/s], [K], [K].
    coolant_rise, plate_rise, package_rise : (devices,) float64
        Steps of temperature from the supply to the junction [K]; in air the first is zero and the second is the heat
        sink's.
    junction, limit : (devices,) float64
        Highest junction temperature and its limit [K].
    air : (devices,) float64
        Air that enters the device's tray [K]; NaN on a plate.
    trays : dict of str to TrayAir
        Air of each tray that has fans.
    air_heat : dict of str to float
        Heat that each tray gives to air, fans not counted [W].
    notes : tuple of str
        Laws used outside their range.
    """

    volume_flow: Floats
    inlet: Floats
    outlet: Floats
    coolant_rise: Floats
    plate_rise: Floats
    package_rise: Floats
    junction: Floats
    limit: Floats
    air: Floats
    trays: dict[str, TrayAir]
    air_heat: dict[str, float]
    notes: tuple[str, ...]


def coolant_heat(rack: Rack, assembly: Assembly) -> tuple[Floats, dict[str, float]]:
    """Heat put into the coolant in each element, and heat left to the air in each tray [W].

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack.

    Returns
    -------
    (elements,) float64
        On plates, plus the share ``heat_to_liquid`` of a tray's other heat, put in at its last element.
    dict of str to float
        Heat to air by tray.
    """
    heat = np.zeros(len(assembly.elements))
    to_air: dict[str, float] = defaultdict(float)
    last = {element.tray: index for index, element in enumerate(assembly.elements) if element.tray is not None}
    share = {tray.path: float(rack.trays[tray.group].heat_to_liquid) for tray in assembly.trays}
    for device in assembly.devices:
        if device.element is not None:
            heat[device.element] += device.power
            continue
        to_liquid = share.get(device.tray, 0.0) * device.power
        if to_liquid and device.tray in last:
            heat[last[device.tray]] += to_liquid
        to_air[device.tray] += device.power - to_liquid
    return heat, dict(to_air)


def solve_chips(rack: Rack, assembly: Assembly, loop: LoopSolution | None, air_heat: dict[str, float]) -> Chips:
    """Compute every device's temperatures.

    Parameters
    ----------
    rack, assembly : Rack, Assembly
        The rack.
    loop : LoopSolution or None
        The solved coolant; None in a rack without.
    air_heat : dict of str to float
        Heat to air by tray, from `coolant_heat` [W].

    Returns
    -------
    Chips
        One entry per device.

    Raises
    ------
    OperatingRangeError
        Data that contradict physics (a plate better than its coolant), or fans whose curve misses the impedance.
    """
    names = ("volume_flow", "inlet", "outlet", "coolant_rise", "plate_rise", "package_rise", "junction", "limit", "air")
    columns = {name: np.full(len(assembly.devices), np.nan) for name in names}
    trays = _tray_airs(rack, assembly, air_heat)
    plates = _Plates(rack, assembly, loop) if loop is not None else None
    sinks = _HeatSinks(rack, trays)
    for d, device in enumerate(assembly.devices):
        package = rack.parts[device.package]
        assert isinstance(package, Package)  # the loader refuses others
        limit = package.limits.slowdown or package.limits.shutdown
        if limit is not None:
            columns["limit"][d] = float(limit)
        if device.element is not None and plates is not None:
            row = plates.row(device, package)
        else:
            row = sinks.row(device, package)
        for name, value in row.items():
            columns[name][d] = value
    notes = tuple(plates.notes.values()) if plates is not None else ()
    return Chips(**columns, trays=trays, air_heat=air_heat, notes=notes)


def _tray_airs(rack: Rack, assembly: Assembly, air_heat: dict[str, float]) -> dict[str, TrayAir]:
    """Air of every tray with fans; like trays of like heat share one operating point."""
    like: dict[tuple[str, float], TrayAir] = {}
    out = {}
    for tray in assembly.trays:
        air = rack.trays[tray.group].air
        if air is not None:
            key = (tray.group, air_heat.get(tray.path, 0.0))
            if key not in like:
                like[key] = tray_air(rack, tray.path, air, key[1])
            out[tray.path] = like[key]
    return out


class _Plates:
    """Coolant side of the devices on plates; states of a plate are computed once for all its devices."""

    def __init__(self, rack: Rack, assembly: Assembly, loop: LoopSolution) -> None:
        self.rack, self.assembly, self.loop = rack, assembly, loop
        self.branch = {int(e): b for b, e in enumerate(loop.part.elements)}
        self.total: dict[int, float] = defaultdict(float)
        self.largest: dict[int, float] = defaultdict(float)
        self.powers: dict[int, dict[str, float]] = defaultdict(dict)
        for device in assembly.devices:
            if device.element is not None:
                self.total[device.element] += device.power
                self.largest[device.element] = max(self.largest[device.element], device.power)
                self.powers[device.element][device.path] = device.power
        self.notes: dict[tuple[str, str], str] = {}
        self.known: dict[int, tuple[float, float, float, float, float, float]] = {}
        self.responses: dict[str, PlateResponse] = {}
        self.responded: dict[int, dict[str, tuple[float, float]]] = {}

    def state(self, element: int) -> tuple[float, float, float, float, float, float]:
        """Inlet, outlet, volume flow, capacity flow, UA per device and base resistance of a plate."""
        if element not in self.known:
            b = self.branch[element]
            t = self.loop.temperatures
            inlet, outlet = float(t.inlet[b]), float(t.outlet[b])
            m = abs(float(self.loop.flow.mass_flow[b]))
            cp = float(self.loop.specific_heat[b])
            flow = m / float(self.loop.density[b])
            UA, base = self._conductance(element, flow, m, cp, float(self.loop.conductivity[b]))
            self.known[element] = (inlet, outlet, flow, m * cp, UA, base)
        return self.known[element]

    def _conductance(self, element: int, flow: float, m: float, cp: float, k: float) -> tuple[float, float]:
        place = self.assembly.elements[element]
        plate = self._plate(element)
        if self.total[element] <= 0.0 or m == 0.0 or _response(plate) is not None:
            return np.inf, 0.0
        equals = self.total[element] / self.largest[element]
        if plate.resistance is not None:
            self._note_range(place.path, place.part, law_range(plate.resistance), flow)
        return device_conductance(place.path, plate, flow, m, equals, cp, k)

    def _plate(self, element: int) -> Plate:
        plate = self.rack.parts[self.assembly.elements[element].part]
        assert isinstance(plate, Plate)
        return plate

    def _note_range(
        self, path: str, part: str, covered: tuple[float, float], flow: float, beyond: str = "film is held at the end"
    ) -> None:
        """Remember the first plate of a kind whose flow its resistance law does not cover."""
        low, high = covered
        if low * (1.0 - AT_THE_END) <= flow <= high * (1.0 + AT_THE_END):
            return
        side = "below" if flow < low else "above"
        self.notes.setdefault(
            (part, side),
            f"{path}: {flow * 6e4:.2f} L/min is {side} the range of {part}'s resistance "
            f"({low * 6e4:.2f} to {high * 6e4:.2f} L/min); its {beyond} of the range",
        )

    def _rises(self, element: int, law: Response) -> dict[str, tuple[float, float]]:
        """Rise over the inlet of junction and case of each device on a plate that is given by responses [K]."""
        if element not in self.responded:
            place, powers = self.assembly.elements[element], self.powers[element]
            inlet, outlet, flow, capacity, *_ = self.state(element)
            junction = case = np.zeros(len(powers))
            if self.total[element] > 0.0:
                if place.part not in self.responses:
                    self.responses[place.part] = PlateResponse(law)
                found = self.responses[place.part]
                mean, covered = 0.5 * (inlet + outlet), (float(law.flows[0]), float(law.flows[-1]))
                junction, case = found.rises(list(powers.values()), flow, capacity / flow, mean)
                self._note_range(place.path, place.part, covered, flow, "response is continued from the end")
                for key, departure in departures(law, self.loop.fluid, mean):
                    self.notes.setdefault((place.part, key), f"{place.path}: {place.part} was {departure}")
            self.responded[element] = dict(zip(powers, zip(junction.tolist(), case.tolist(), strict=True), strict=True))
        return self.responded[element]

    def row(self, device: Device, package: Package) -> dict[str, float]:
        """Temperatures of one device on a plate."""
        assert device.element is not None
        inlet, outlet, flow, capacity, UA, base = self.state(device.element)
        row = {"volume_flow": flow, "inlet": inlet, "outlet": outlet}
        law = _response(self._plate(device.element))
        if law is not None:
            junction, case = self._rises(device.element, law)[device.path]
            row["coolant_rise"] = outlet - self.loop.supply
            row["plate_rise"] = inlet + case - outlet
            row["package_rise"] = junction - case
            row["junction"] = inlet + junction
            return row
        if package.resistance is None:
            return row
        total = self.total[device.element]
        if device.power == 0.0 or total == 0.0:
            coolant, plate = outlet - inlet, 0.0
        else:
            coolant, plate = case_rise(device.power, UA, capacity * device.power / total)
            plate += base * device.power
        beyond = (coolant + plate) / device.power if device.power else 0.0
        inner = package_resistance(package.resistance, beyond) * device.power if device.power else 0.0
        row["coolant_rise"] = inlet - self.loop.supply + coolant
        row["plate_rise"] = plate
        row["package_rise"] = inner
        row["junction"] = inlet + coolant + plate + inner
        return row


def _response(plate: Plate) -> Response | None:
    return plate.resistance.response if plate.resistance is not None else None


class _HeatSinks:
    """Air side of the devices; a heat sink is looked up once for each air flow."""

    def __init__(self, rack: Rack, trays: dict[str, TrayAir]) -> None:
        self.rack, self.trays = rack, trays
        self.entering = float(rack.ambient.temperature)
        self.known: dict[tuple[str, float], float] = {}

    def resistance(self, device: Device, name: str, flow: float) -> float:
        """Resistance from case to entering air [K/W]."""
        if (name, flow) not in self.known:
            sink = self.rack.parts[name]
            assert isinstance(sink, HeatSink)  # the loader refuses others
            low, high = law_range(sink.resistance)
            if not low <= flow <= high:
                msg = (
                    f"{device.path}: {flow:.4g} m3/s of air is outside the range of {name} ({low:.4g} to {high:.4g} "
                    "m3/s); extend its resistance table or change the fans"
                )
                raise OperatingRangeError(msg)
            self.known[name, flow] = law_resistance(sink.resistance, flow)
        return self.known[name, flow]

    def row(self, device: Device, package: Package) -> dict[str, float]:
        """Temperatures of one device in the air of its tray."""
        row = {"air": self.entering}
        air = self.trays.get(device.tray)
        if air is None or package.heat_sink is None or package.resistance is None:
            return row
        beyond = self.resistance(device, package.heat_sink, air.flow)
        row["coolant_rise"] = 0.0
        row["plate_rise"] = beyond * device.power
        row["package_rise"] = package_resistance(package.resistance, beyond) * device.power
        row["junction"] = self.entering + row["plate_rise"] + row["package_rise"]
        return row
