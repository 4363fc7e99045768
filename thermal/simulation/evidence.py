"""What the verdict rests on: the values behind the device with the least margin, each with its basis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from thermal.lumped.plates import law_range, law_resistance
from thermal.rack.laws import Resistance
from thermal.rack.parts import HeatSink, Package, Plate
from thermal.rack.response import Response
from thermal.rack.values import Value
from thermal.results.summary import Evidence
from thermal.simulation.closure_range import closures_evidence

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["evidence", "geometry_values"]


def evidence(solved: Solved) -> list[Evidence]:
    """List the values that decide the least margin of the rack.

    Parameters
    ----------
    solved : Solved
        The solved rack.

    Returns
    -------
    list of Evidence
        Power, limit, resistance to the case and resistance to coolant or air, none without any margin; and the closures
        at work on the rack's plates, with the errors of their fits.
    """
    margin = solved.chips.limit - solved.chips.junction
    known = np.isfinite(margin).any()
    rows: list[Evidence] = [
        {"what": what, "value": value.text, "basis": value.basis, "source": value.source}
        for what, value in (_values(solved, int(np.nanargmin(margin))) if known else ())
    ]
    return [*rows, *closures_evidence(solved)]


def _values(solved: Solved, d: int) -> Iterator[tuple[str, Value]]:
    """Yield the values behind one device's margin."""
    device, parts = solved.assembly.devices[d], solved.rack.parts
    package = parts[device.package]
    assert isinstance(package, Package)  # the loader refuses others
    yield "power", package.power[device.power_state]
    limit = package.limits.slowdown or package.limits.shutdown
    if limit is not None:
        yield "limit", limit
    if solved.plates is not None and any(d in one.devices for one in solved.plates.instances):
        yield from _geometry(solved, d, package)
        return
    plate = parts[solved.assembly.elements[device.element].part] if device.element is not None else None
    if isinstance(plate, Plate) and plate.resistance is not None and plate.resistance.response is not None:
        yield "junction to inlet", _responded(solved, d, plate.resistance.response)
        return
    if package.resistance is not None and package.resistance.junction_to_case is not None:
        yield "junction to case", package.resistance.junction_to_case
    if device.element is not None:
        assert isinstance(plate, Plate)
        if plate.resistance is not None:
            yield "plate resistance", _shown(plate.resistance, float(solved.chips.volume_flow[d]))
        elif plate.channels is not None:
            yield "channel width", plate.channels.width
    elif package.heat_sink is not None:
        sink = parts[package.heat_sink]
        assert isinstance(sink, HeatSink)
        yield "heat sink resistance", _shown(sink.resistance, solved.chips.trays[device.tray].flow)


def _geometry(solved: Solved, d: int, package: Package) -> Iterator[tuple[str, Value]]:
    """Yield what a field rests on most: the joints on both sides of the lid, and the channels."""
    element = solved.assembly.devices[d].element
    assert element is not None
    plate = solved.rack.parts[solved.assembly.elements[element].part]
    assert isinstance(plate, Plate)
    yield from geometry_values(plate, package)


def geometry_values(plate: Plate, package: Package) -> Iterator[tuple[str, Value]]:
    """Yield the values of a plate and a package that its field rests on most.

    Parameters
    ----------
    plate, package : Plate, Package
        With their bodies.
    """
    assert plate.body is not None
    assert plate.channels is not None
    assert package.body is not None
    if package.body.tim1 is not None:
        yield "joint under the lid", package.body.tim1.conductivity[2]
        yield "its thickness", package.body.tim1.thickness
    joint = plate.body.interface
    if joint.areal_resistance is not None:
        yield "joint under the plate", joint.areal_resistance
    elif joint.conductivity is not None and joint.thickness is not None:
        yield "joint under the plate", joint.conductivity
        yield "its thickness", joint.thickness
    yield "channel width", plate.channels.width


def _responded(solved: Solved, d: int, law: Response) -> Value:
    """Return what stands for a plate given by responses: the junction's rise over the inlet per heat of the device."""
    chips, known = solved.chips, law.flows[0]
    resistance = float(chips.junction[d] - chips.inlet[d]) / (solved.assembly.devices[d].power or np.inf)
    return Value(resistance, basis=known.basis, source=known.source, text=f"{resistance:.3g} K/W")


def _shown(law: Resistance, flow: float) -> Value:
    """Return the value that stands for a resistance law: of a table, what it gives at the flow."""
    if law.power is not None:
        return law.power.value
    assert law.table is not None  # the schema asks for one of the two
    low, high = law_range(law)
    resistance = law_resistance(law, min(max(flow, low), high))
    known = law.table[0][1]
    return Value(resistance, basis=known.basis, source=known.source, text=f"{resistance:.3g} K/W")
