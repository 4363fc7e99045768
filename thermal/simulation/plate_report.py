"""What `plate_curve` found, point by point, and what its numbers rest on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import thermal
from thermal.rack.laws import PressureDrop
from thermal.rack.parts import Plate
from thermal.rack.response import PlateResistance
from thermal.rack.values import Value
from thermal.results.summary import Evidence
from thermal.simulation.closure_range import closure_evidence
from thermal.simulation.plate_load import PlateLoad
from thermal.simulation.plate_range import Coverage
from thermal.vocabulary import VOCABULARY

__all__ = ["CurveGrid", "PlateCurve", "PlatePoint", "evidence_of"]

COLUMNS = (
    "inlet_temperature", "volume_flow", "pressure_drop", "thermal_resistance", "outlet_temperature",
    "case_temperature", "reynolds_number",
)  # fmt: skip
JUNCTION_COLUMNS = ("junction_resistance", "junction_temperature")
CHANNEL_COLUMNS = ("channel_flow_least", "channel_flow_most", "channel_flow_spread")
DIGITS = 12  # of the numbers shown: what was asked for comes back as it was written


@dataclass(frozen=True, slots=True)
class PlatePoint:
    """One operating point of a plate; numbers are named as in the vocabulary, SI.

    Attributes
    ----------
    fluid : str
        Name of the coolant.
    inlet_temperature, outlet_temperature, case_temperature : float
        Of the coolant, and of the largest device's case [K].
    volume_flow : float
        At the coolant's mean temperature [m3/s].
    pressure_drop : float
        [Pa].
    thermal_resistance : float
        Case of the largest device above the coolant's inlet, per heat of that device [K/W].
    reynolds_number : float or None
        In the channels [-]; None in a plate given by measured laws.
    outside : tuple of str
        Laws whose range the point leaves.
    junction_resistance, junction_temperature : float or None
        As `thermal_resistance` and `case_temperature`, for the hottest junction [K/W], [K]; None where a plate's law at
        network fidelity ends at the case.
    channel_flow_least, channel_flow_most, channel_flow_spread : float or None
        Flow of the channels that get least and most, and their difference, over the mean of all channels [-]; None at
        network fidelity, which has no channels side by side.
    """

    fluid: str
    inlet_temperature: float
    volume_flow: float
    pressure_drop: float
    thermal_resistance: float
    outlet_temperature: float
    case_temperature: float
    reynolds_number: float | None
    outside: tuple[str, ...]
    junction_resistance: float | None = None
    junction_temperature: float | None = None
    channel_flow_least: float | None = None
    channel_flow_most: float | None = None
    channel_flow_spread: float | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its numbers."""
        junction = JUNCTION_COLUMNS if self.junction_resistance is not None else ()
        channels = CHANNEL_COLUMNS if self.channel_flow_spread is not None else ()
        return (*COLUMNS, *junction, *channels)

    def row(self) -> dict[str, Any]:
        """Return the point with the vocabulary's keys, in display units."""
        numbers = {VOCABULARY[name].key: _shown(name, getattr(self, name)) for name in self.columns}
        return {"fluid": self.fluid, **numbers, "in_range": not self.outside, "outside": list(self.outside)}


@dataclass(frozen=True, slots=True)
class CurveGrid:
    """The grid on which a plate's field was solved.

    Attributes
    ----------
    resolution : float
        As asked.
    cells : int
        Cells of it.
    error : float
        What a finer grid would still change at the hot spot of the hottest point, by Richardson's estimate [K].
    volume_flow : float
        Of that point [m3/s].
    imbalance : float
        Largest imbalance of heat of any point, relative [-].
    """

    resolution: float
    cells: int
    error: float
    volume_flow: float
    imbalance: float

    def row(self) -> dict[str, Any]:
        """Return it with keys that end in display units."""
        return {
            "resolution": self.resolution,
            "cells": self.cells,
            "grid_error_K": self.error,
            "grid_error_flow_L_min": _shown("volume_flow", self.volume_flow),
            "energy_imbalance_rel": self.imbalance,
        }


@dataclass(frozen=True)
class PlateCurve:
    """A plate at all its operating points.

    Attributes
    ----------
    plate, title, rack : str
        Name and title of the plate, and the rack it was taken from.
    power : float
        Heat of all devices on it [W].
    like_devices : float
        That heat over the largest device's [-].
    devices : mapping of str to int
        Packages that the rack puts on it.
    points : tuple of PlatePoint
        By coolant, inlet temperature and flow.
    coverages : tuple of Coverage
        Ranges of its laws.
    rests_on : tuple of Evidence
        Values behind the numbers.
    grid : CurveGrid or None
        Of the fields; None at network fidelity.
    notes : tuple of str
        What the reader should know beside the numbers.
    """

    plate: str
    title: str
    rack: str
    power: float
    like_devices: float
    devices: Mapping[str, int]
    points: tuple[PlatePoint, ...]
    coverages: tuple[Coverage, ...]
    rests_on: tuple[Evidence, ...]
    grid: CurveGrid | None = None
    notes: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """Return the object that ``thermal coldplate --json`` prints."""
        return {
            "plate": self.plate,
            "title": self.title,
            "rack": self.rack,
            "fidelity": "network" if self.grid is None else "plate",
            "version": thermal.__version__,
            "power_W": self.power,
            "like_devices": self.like_devices,
            "devices": dict(self.devices),
            "ranges": [
                {
                    "what": known.what,
                    "quantity": VOCABULARY[known.quantity].key,
                    "low": _shown(known.quantity, known.low),
                    "high": _shown(known.quantity, known.high),
                }
                for known in self.coverages
            ],
            "rows": [point.row() for point in self.points],
            "notes": list(self.notes),
            "rests_on": list(self.rests_on),
            **({"grid": self.grid.row()} if self.grid is not None else {}),
        }

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings of the CSV file, with display units in brackets."""
        return (
            "plate",
            VOCABULARY["heat"].heading,
            "fluid",
            *(VOCABULARY[name].heading for name in self.points[0].columns),
            "in_range",
            "outside",
        )

    def cells(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the CSV file."""
        for point in self.points:
            *cells, outside = point.row().values()
            yield (self.plate, self.power, *cells, " and ".join(outside))


def _shown(name: str, si: float | None) -> float | None:
    return None if si is None else float(f"{VOCABULARY[name].shown(si):.{DIGITS}g}")


def evidence_of(plate: Plate, load: PlateLoad | None) -> tuple[Evidence, ...]:
    """List the values behind a plate's curve, its coolants left out.

    Parameters
    ----------
    plate : Plate
        The plate.
    load : PlateLoad or None
        What the rack puts on it; None where the heat was asked for.
    """
    return tuple(_evidence(plate, load))


def _evidence(plate: Plate, load: PlateLoad | None) -> Iterator[Evidence]:
    if plate.resistance is not None:
        yield from _of_resistance(plate.resistance)
    if plate.pressure_drop is not None:
        yield from _of_pressure_drop(plate.pressure_drop)
    if plate.channels is not None and (plate.resistance is None or plate.pressure_drop is None):
        c = plate.channels
        yield _row("channels", f"{c.count} of {c.width.text} × {c.height.text}, {c.length.text} long", c.width)
        if c.closure is not None:
            yield closure_evidence(c.closure)
    if load is not None:
        yield _row("power of a device", load.value.text, load.value)


def _of_resistance(law: PlateResistance) -> Iterator[Evidence]:
    if law.response is not None:
        text = f"responses of {len(law.response.packages)} device(s) at {len(law.response.flows)} flows"
        yield _row("resistance", text, law.response.flows[0])
    elif law.power is not None:
        value = law.power.value
        ends = f", {value.low:.4g} to {value.high:.4g} K/W" if value.low is not None and value.high is not None else ""
        yield _row("resistance", f"{value.text} at {law.power.flow.text}{ends}", value)
        yield _row("its exponent", f"−{law.power.exponent.text}", law.power.exponent)
    elif law.table is not None:
        yield _row("resistance", f"table of {len(law.table)} points", law.table[0][1])


def _of_pressure_drop(law: PressureDrop) -> Iterator[Evidence]:
    if law.quadratic is not None:
        terms = [term for term in (law.quadratic.linear, law.quadratic.quadratic) if term is not None]
        yield _row("pressure drop", " and ".join(term.text for term in terms), terms[-1])
    elif law.table is not None:
        yield _row("pressure drop", f"table of {len(law.table.points)} points", law.table.points[0][1])
    elif law.point is not None:
        p = law.point
        text = f"{p.pressure_drop.text} at {p.flow.text}, exponent {p.exponent.text}"
        yield _row("pressure drop", text, p.pressure_drop)


def _row(what: str, text: str, value: Value) -> Evidence:
    return {"what": what, "value": text, "basis": value.basis, "source": value.source}
