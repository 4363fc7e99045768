"""What the verdict rests on: the values behind the device with the least margin, each with its basis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from thermal.lumped.plates import law_range, law_resistance
from thermal.rack.laws import Resistance
from thermal.rack.parts import HeatSink, Package, Plate
from thermal.rack.values import Value
from thermal.results.summary import Evidence

if TYPE_CHECKING:
    from thermal.simulation.steady import Solved

__all__ = ["evidence"]


def evidence(solved: Solved) -> list[Evidence]:
    """List the values that decide the least margin of the rack.

    Parameters
    ----------
    solved : Solved
        The solved rack.

    Returns
    -------
    list of Evidence
        Power, limit, resistance to the case and resistance to coolant or air; empty without any margin.
    """
    margin = solved.chips.limit - solved.chips.junction
    if not np.isfinite(margin).any():
        return []
    return [
        {"what": what, "value": value.text, "basis": value.basis, "source": value.source}
        for what, value in _values(solved, int(np.nanargmin(margin)))
    ]


def _values(solved: Solved, d: int) -> Iterator[tuple[str, Value]]:
    """Yield the values behind one device's margin."""
    device, parts = solved.assembly.devices[d], solved.rack.parts
    package = parts[device.package]
    assert isinstance(package, Package)  # the loader refuses others
    yield "power", package.power[device.power_state]
    limit = package.limits.slowdown or package.limits.shutdown
    if limit is not None:
        yield "limit", limit
    if package.resistance is not None and package.resistance.junction_to_case is not None:
        yield "junction to case", package.resistance.junction_to_case
    if device.element is not None:
        plate = parts[solved.assembly.elements[device.element].part]
        assert isinstance(plate, Plate)
        if plate.resistance is not None:
            yield "plate resistance", _shown(plate.resistance, float(solved.chips.volume_flow[d]))
        elif plate.channels is not None:
            yield "channel width", plate.channels.width
    elif package.heat_sink is not None:
        sink = parts[package.heat_sink]
        assert isinstance(sink, HeatSink)
        yield "heat sink resistance", _shown(sink.resistance, solved.chips.trays[device.tray].flow)


def _shown(law: Resistance, flow: float) -> Value:
    """Return the value that stands for a resistance law: of a table, what it gives at the flow."""
    if law.power is not None:
        return law.power.value
    assert law.table is not None  # the schema asks for one of the two
    low, high = law_range(law)
    resistance = law_resistance(law, min(max(flow, low), high))
    known = law.table[0][1]
    return Value(resistance, basis=known.basis, source=known.source, text=f"{resistance:.3g} K/W")
