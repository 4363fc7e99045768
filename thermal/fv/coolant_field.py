"""Temperatures of the coolant in a solved field, and the heat it carries off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermal.fv.assemble import System
from thermal.fv.coolant import Zone, arriving, within
from thermal.fv.grid import Floats
from thermal.numerics.streams import march

__all__ = ["Coolant", "coolant_of"]


@dataclass(frozen=True, eq=False)
class Coolant:
    """The coolant of one zone.

    Attributes
    ----------
    zone : Zone
        Where, and how much flows.
    entering, leaving : (layers, rows, columns) float64
        Temperature with which it enters and leaves each cell of the zone; NaN where none flows [K].
    taken_up : (layers, rows, columns) float64
        Heat it takes up in each cell [W].
    """

    zone: Zone
    entering: Floats
    leaving: Floats
    taken_up: Floats

    @property
    def heat(self) -> float:
        """Heat it carries off [W]."""
        return float(self.taken_up.sum())

    @property
    def given_off(self) -> float:
        """Heat that those streams bring in which leave colder than they came [W]."""
        streams = [self.taken_up[:, run].sum(axis=1) for run in self.zone.runs]
        return float(-sum(heat.sum(where=heat < 0.0) for heat in streams))

    @property
    def capacity_flow(self) -> float:
        """Capacity flow of all streams together [W/K]."""
        return float(self.zone.capacity.sum()) * len(self.zone.runs)

    @property
    def inlet_temperature(self) -> float:
        """Temperature with which it comes [K]."""
        return self.zone.inlet_temperature

    @property
    def outlet_temperature(self) -> float:
        """Temperature of all that leaves the zone, mixed [K]."""
        return self.inlet_temperature + self.heat / self.capacity_flow

    @property
    def outlets(self) -> list[Floats]:
        """Temperature with which each stream leaves, (layers, columns) for each feed, towards y_min first [K]."""
        return [self.leaving[:, run[-1]] for run in self.zone.runs]


def coolant_of(system: System, rise: Floats) -> tuple[Coolant, ...]:
    """Carry the coolant through a field, zone by zone in the order in which they were added.

    Parameters
    ----------
    system : System
        The assembled problem.
    rise : (nz, ny, nx) float64
        Temperature over the system's reference [K].
    """
    streams = system.streams
    if streams is None:
        return ()
    entering, leaving, heat = march(streams, rise)
    found = []
    for zone in system.zones:
        part = within(streams, zone)
        uptake = streams.uptake[part]
        come, gone, taken = entering[part], leaving[part], heat[part]
        difference = zone.inlet_temperature - system.reference
        if difference != 0.0:  # the march is linear: add what is left of the difference at the inlet
            ahead = difference * arriving(zone, uptake)
            come, gone = come + ahead, gone + (1.0 - uptake) * ahead
            taken = taken - streams.capacity[part] * uptake * ahead
        flows = (zone.capacity > 0.0)[:, None, :]
        come, gone = (np.where(flows, system.reference + row, np.nan) for row in (come, gone))
        found.append(Coolant(zone, come, gone, np.where(flows, taken, 0.0)))
    return tuple(found)
