"""One cold plate resolved: the flow between its fins and the heat in coolant and metal, against flow."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import thermal
from thermal.errors import InputError, OperatingRangeError, Problem, RangeWarning
from thermal.rack.bodies import PlateBody
from thermal.rack.coolants import CoolantData
from thermal.rack.laws import Channels
from thermal.rack.schema import Rack
from thermal.results.summary import Evidence
from thermal.simulation.plate_conditions import (
    Conditions,
    Place,
    conditions,
    laminar_flows,
    mass_flow,
    require_heat,
    single,
)
from thermal.simulation.plate_range import LAMINAR_FLOW
from thermal.simulation.resolved_place import located, place_words, require_laminar
from thermal.vocabulary import VOCABULARY

if TYPE_CHECKING:
    from thermal.coldplate.resolved import ResolvedCell, ResolvedRun
    from thermal.coldplate.resolved_fit import FittedChannel
    from thermal.coldplate.resolved_sector import ResolvedSector

__all__ = ["ResolvedClosure", "ResolvedCurve", "resolved_closure", "resolved_curve"]

COUNT, FITTED = 5, 5  # flows of a table, and of a closure, where none are asked for
LEAST = 4  # flows that hold a closure's constants
DIGITS = 8
COLUMNS = ("inlet_temperature", "volume_flow", "pressure_drop", "thermal_resistance", "outlet_temperature",
           "reynolds_number", "apparent_friction", "nusselt_number")  # fmt: skip


@dataclass(frozen=True, slots=True)
class ResolvedPoint:
    """One operating point; numbers are named as in the vocabulary, SI."""

    fluid: str
    inlet_temperature: float
    volume_flow: float
    pressure_drop: float
    field_drop: float  # of it what the field gives; the rest are coefficients of ports, and of mouths without a sector
    thermal_resistance: float
    outlet_temperature: float
    reynolds_number: float
    apparent_friction: float
    nusselt_number: float
    cells: int
    seconds: float

    @property
    def place(self) -> str:
        """Coolant, inlet and flow in words."""
        inlet, flow = (VOCABULARY[name].shown(getattr(self, name)) for name in COLUMNS[:2])
        return f"{self.fluid} from {inlet:.4g} °C at {flow:.4g} L/min"

    def row(self) -> dict[str, Any]:
        """Return the point with the vocabulary's keys, in display units."""
        numbers = {
            VOCABULARY[name].key: float(f"{VOCABULARY[name].shown(getattr(self, name)):.{DIGITS}g}") for name in COLUMNS
        }
        return {
            "fluid": self.fluid,
            **numbers,
            "field_drop_kPa": float(f"{self.field_drop / 1e3:.{DIGITS}g}"),
            "cells": self.cells,
            "seconds": round(self.seconds, 2),
            "laminar": LAMINAR_FLOW.holds(self.reynolds_number),
        }


@dataclass(frozen=True)
class ResolvedCurve:
    """A plate's channels or a sector of it at all operating points.

    Attributes
    ----------
    plate, title, rack : str
        Name and title of the plate, and the rack it was taken from.
    sector : bool
        Whether mouths and turns are in the field.
    power : float
        Heat, evenly below the fins [W].
    across : int
        Cells across a channel.
    points : tuple of ResolvedPoint
        By coolant, inlet temperature and flow.
    rests_on : tuple of Evidence
        Values behind the numbers.
    runs : tuple of ResolvedRun
        The fields, in the order of the points.
    """

    plate: str
    title: str
    rack: str
    sector: bool
    power: float
    across: int
    points: tuple[ResolvedPoint, ...]
    rests_on: tuple[Evidence, ...]
    runs: tuple[ResolvedRun, ...]

    def summary(self) -> dict[str, Any]:
        """Return the object that ``thermal coldplate --fidelity resolved --json`` prints."""
        return {
            "plate": self.plate,
            "part": self.plate,
            "title": self.title,
            "rack": self.rack,
            "coolant": self.points[0].fluid,
            "fidelity": "resolved",
            "domain": "sector" if self.sector else "unit cell",
            "version": thermal.__version__,
            "power_W": self.power,
            "cells_across_channel": self.across,
            "rows": [point.row() for point in self.points],
            "notes": self.notes,
            "rests_on": list(self.rests_on),
        }

    @property
    def notes(self) -> list[str]:
        """What flow and coolant of the points have to tell, point by point."""
        pairs = zip(self.points, self.runs, strict=True)
        return [f"{point.place}: {note}" for point, run in pairs for note in run.notes]

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings of the CSV file, with display units in brackets."""
        return ("plate", VOCABULARY["heat"].heading, "fluid", *(VOCABULARY[name].heading for name in COLUMNS),
                "field_drop [kPa]", "cells", "seconds [s]", "laminar")  # fmt: skip

    def cells(self) -> list[tuple[Any, ...]]:
        """Rows of the CSV file."""
        return [(self.plate, self.power, *point.row().values()) for point in self.points]


@dataclass(frozen=True)
class ResolvedClosure:
    """A closure with what it was computed from.

    Attributes
    ----------
    name, plate, title, rack : str
        Of the closure, of the plate, and the rack it was taken from.
    coolant : CoolantData
        Coolant of the runs.
    flows : tuple of float
        Of the runs [m3/s].
    inlet, power : float
        [K], [W].
    fit : FittedChannel
        Constants and errors.
    on : date
        Day of the runs.
    """

    name: str
    plate: str
    title: str
    rack: str
    coolant: CoolantData
    flows: tuple[float, ...]
    inlet: float
    power: float
    fit: FittedChannel
    on: date

    def summary(self) -> dict[str, Any]:
        """Return the object that ``thermal coldplate --closure FILE --json`` prints."""
        fit = self.fit
        return {
            "closure": f"resolved/{self.name}",
            "plate": self.plate,
            "title": self.title,
            "rack": self.rack,
            "fidelity": "resolved",
            "version": thermal.__version__,
            "coolant": self.coolant.name,
            "flows_L_min": [float(f"{VOCABULARY['volume_flow'].shown(flow):.{DIGITS}g}") for flow in self.flows],
            "reynolds": list(fit.reynolds),
            "prandtl": list(fit.prandtl),
            **{
                name: {
                    "constants": list(one.constants),
                    "error_max_rel": one.error_max,
                    "error_rms_rel": one.error_rms,
                    "grid_error_rel": one.grid_error,
                    "range": [one.low, one.high],
                }
                for name, one in (("friction", fit.friction), ("film", fit.film), ("root", fit.root))
            },
            "losses": None if fit.losses is None else fit.losses._asdict(),
            "slot": None if fit.slot is None else fit.slot._asdict(),
            "cells": fit.cells,
            "cells_across_channel": fit.across,
            "notes": list(fit.notes),
            "seconds": round(fit.seconds, 1),
        }


def resolved_curve(
    rack: Rack,
    name: str,
    *,
    fluids: Sequence[str] = (),
    temperatures: Sequence[float] = (),
    flows: Sequence[float] = (),
    power: float | None = None,
    resolution: float = 1.0,
    sector: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ResolvedCurve:
    """Resolve the channels of a plate, or a sector of it, at every coolant, inlet temperature and flow.

    Parameters
    ----------
    rack, name, fluids, temperatures, flows, power
        As of `thermal.simulation.plate.plate_curve`; the heat enters evenly below the fins. Five flows by default.
    resolution : float
        1 is 10 cells across half a channel.
    sector : bool
        Whether slot, plenums and turns are in the field, not only a channel.
    progress : callable, optional
        Called with points done and in all.

    Raises
    ------
    InputError
        No such plate or coolant, no channels, a grid that is too coarse or too large.
    OperatingRangeError
        Flow or power without meaning, coolant beyond its table.
    ConvergenceError
        A field did not converge.

    Warns
    -----
    RangeWarning
        Single cells of coolant beyond its table; the curve's `notes` say the same.
    """
    from thermal.coldplate.resolved import ResolvedCell
    from thermal.coldplate.resolved_sector import ResolvedSector

    at = conditions(rack, name, fluids=fluids, temperatures=temperatures, flows=flows, power=power)
    channels, body = _geometry(rack, name, at, sector=sector)
    places = replace(at, flows=list(flows) or laminar_flows(at, COUNT)).places
    domain = (ResolvedSector if sector else ResolvedCell)(name, channels, body, resolution=resolution)
    points, runs = [], []
    with located(name, at, places, progress) as tell:
        for number, place in enumerate(places):
            tell(number)
            run = _solved(name, domain, place, at.power)
            runs.append(run)
            points.append(_point(place.coolant.name, place.flow, run, channels, body, sector=sector))
        tell(len(places))
    return ResolvedCurve(
        plate=name,
        title=rack.parts[name].title or name,
        rack=rack.name,
        sector=sector,
        power=at.power,
        across=2 * domain.half,
        points=tuple(points),
        rests_on=_evidence(at, channels),
        runs=tuple(runs),
    )


def resolved_closure(
    rack: Rack,
    name: str,
    closure: str,
    *,
    fluids: Sequence[str] = (),
    temperatures: Sequence[float] = (),
    flows: Sequence[float] = (),
    power: float | None = None,
    resolution: float = 1.0,
    sector: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ResolvedClosure:
    """Fit friction and films of a plate's channels to resolved runs on two grids.

    Parameters
    ----------
    rack, name, fluids, temperatures, flows, power, resolution, sector, progress
        As of `resolved_curve`, but for one coolant and one inlet temperature, and four flows at least; with a sector
        films are its own, and what mouths and turns lose is fitted as well.
    closure : str
        Its name.

    Raises
    ------
    InputError, OperatingRangeError, ConvergenceError
        As `resolved_curve`; several coolants or temperatures; fewer than four flows, or flows that are not laminar;
        fewer than 8 cells across a channel.

    Warns
    -----
    RangeWarning
        A coarse grid, a poor fit; the closure's file and summary say the same.
    """
    from thermal.coldplate.resolved_fit import fit_channel

    at = conditions(rack, name, fluids=fluids, temperatures=temperatures, flows=flows, power=power)
    data, table, inlet = single(name, at, "a closure is computed with")
    channels, body = _geometry(rack, name, at, sector=sector)
    chosen = sorted(set(flows)) or laminar_flows(at, FITTED)
    if len(chosen) < LEAST:
        msg = f"{name}: {len(chosen)} flow(s) do not hold the constants of a closure; give {LEAST} or more"
        raise OperatingRangeError(msg)
    places = [Place(data, table, inlet, flow) for flow in chosen]
    require_laminar(name, at, places)
    with located(name, at, places, progress) as tell:
        points = [(mass_flow(name, table, inlet, flow, at.power), inlet, at.power) for flow in chosen]
        fit = fit_channel(
            name, channels, body, points, table, resolution=resolution, sector=sector,
            progress=lambda number, _: tell(number),
        )  # fmt: skip
    for note in fit.notes:
        warnings.warn(f"closure {closure}: {note}", RangeWarning, stacklevel=2)
    title = rack.parts[name].title or name
    return ResolvedClosure(closure, name, title, rack.name, data, tuple(chosen), inlet, at.power, fit, date.today())


def _geometry(rack: Rack, name: str, at: Conditions, *, sector: bool) -> tuple[Channels, PlateBody | None]:
    """Return channels and body of the plate; refuse what has too little of them, and no heat."""
    file = rack.file or rack.name
    channels, body = at.plate.channels, at.plate.body
    lacking = ["channels"] if channels is None else ["body"] if sector and body is None else []
    if channels is None or lacking:
        right = "describe them, or use --fidelity network"
        wrong = "is not given, and resolved fidelity needs it"
        raise InputError([Problem(file, 0, 0, f"parts.{name}.{lacking[0]}", wrong, right)])
    require_heat(name, at)
    return channels, body


def _solved(name: str, domain: ResolvedCell | ResolvedSector, place: Place, power: float) -> ResolvedRun:
    """Solve one point; what its coolant has to tell is warned of with the point in front."""
    m = mass_flow(name, place.table, place.inlet, place.flow, power)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RangeWarning)  # said below, with coolant and flow
        run = domain.solve(m, place.inlet, power, place.table)
    for note in run.beyond:
        warnings.warn(f"{place_words(name, place)}: {note}", RangeWarning, stacklevel=3)
    return run


def _point(
    fluid: str, flow: float, run: ResolvedRun, channels: Channels, body: PlateBody | None, *, sector: bool
) -> ResolvedPoint:
    """Read a run; what is not in its field is added by the file's coefficients."""
    c = run.coolant
    losses = 0.0
    if not sector:
        losses += (float(channels.inlet_loss) + float(channels.outlet_loss)) * 0.5 * c.density * run.velocity**2
    if body is not None:
        port = run.mass_flow / (c.density * 0.25 * math.pi * float(body.port.diameter) ** 2)
        losses += float(body.port.loss_coefficient) * 0.5 * c.density * port**2
    return ResolvedPoint(
        fluid=fluid,
        inlet_temperature=c.inlet,
        volume_flow=flow,
        pressure_drop=run.pressure_drop + losses,
        field_drop=run.pressure_drop,
        thermal_resistance=run.resistance,
        outlet_temperature=c.outlet,
        reynolds_number=run.reynolds,
        apparent_friction=run.friction,
        nusselt_number=run.nusselt,
        cells=run.cells,
        seconds=run.seconds,
    )


def _evidence(at: Conditions, c: Channels) -> tuple[Evidence, ...]:
    text = f"{c.count} of {c.width.text} × {c.height.text}, {c.length.text} long"
    rows: list[Evidence] = [{"what": "channels", "value": text, "basis": c.width.basis, "source": c.width.source}]
    return *rows, *at.coolant_evidence
