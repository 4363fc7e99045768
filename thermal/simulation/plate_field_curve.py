"""One cold plate alone, solved as a field in 3D: pressure drop and resistances against flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from thermal.correlations.coolant import (
    check_temperature,
    conductivity,
    enthalpy,
    specific_heat,
    temperature_of_enthalpy,
    viscosity,
)
from thermal.errors import InputError, Problem
from thermal.rack.parts import Package, Plate
from thermal.rack.schema import Rack
from thermal.results.summary import Evidence
from thermal.simulation.closure_range import closure_evidence
from thermal.simulation.evidence import geometry_values
from thermal.simulation.plate_conditions import Conditions, Place, conditions, mass_flow, require_heat
from thermal.simulation.plate_instances import (
    PlateInstance,
    geometry_problems,
    lacking_geometry,
    plate_grid_estimate,
    plate_model,
)
from thermal.simulation.plate_load import PlateLoad
from thermal.simulation.plate_pool import all_done
from thermal.simulation.plate_range import (
    LAMINAR_FLOW,
    beyond_closure,
    channel_coverages,
    channel_extremes,
    channel_reynolds,
)
from thermal.simulation.plate_report import CurveGrid, PlateCurve, PlatePoint

if TYPE_CHECKING:
    from thermal.coldplate.field import PlateField
    from thermal.coldplate.model import PlateModel

__all__ = ["field_load", "plate_field_curve"]

CELSIUS, L_MIN = 273.15, 1.0e-3 / 60.0
Fed = tuple[Place, float]  # an operating point and its mass flow [kg/s]


def plate_field_curve(
    rack: Rack,
    name: str,
    *,
    fluids: Sequence[str] = (),
    temperatures: Sequence[float] = (),
    flows: Sequence[float] = (),
    power: float | None = None,
    resolution: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> PlateCurve:
    """Solve a plate's field at every coolant, inlet temperature and flow.

    Parameters
    ----------
    rack, name, fluids, temperatures, flows, power
        As of `plate_curve`; a power asked for is shared among the devices as the rack's is.
    resolution : float
        Of the grid: 1 is the default, 2 twice as fine in each direction.
    progress : callable, optional
        Called with points done and in all.

    Returns
    -------
    PlateCurve
        With the resistance from junction to inlet, and the error of the grid at the hottest point.

    Raises
    ------
    InputError
        No such plate or coolant; no device of the rack on the plate; no geometry; a grid too large for the memory.
    OperatingRangeError
        As `plate_curve`, or no heat.
    ConvergenceError
        A field did not converge.
    """
    at = conditions(rack, name, fluids=fluids, temperatures=temperatures, flows=flows, power=power)
    load, powers = field_load(rack, name, at)
    model = plate_model(rack, name, load.packages, resolution)
    places = [(place, mass_flow(name, *place[1:], at.power)) for place in at.places]
    _require_known(name, places, at.power)
    done = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, len(places))

    fields = all_done([partial(_solve, model, place, powers) for place in places], model.cells, tell)
    points = [_point(at.plate, place, field, powers) for place, field in zip(places, fields, strict=True)]
    hottest = max(range(len(points)), key=lambda i: points[i].junction_temperature or 0.0)
    (_, table, inlet, flow), m = places[hottest]
    one = PlateInstance(0, name, name, load.packages, powers, ())
    grid = plate_grid_estimate(rack, one, resolution, (m, inlet, table), fields[hottest])
    return PlateCurve(
        plate=name,
        title=rack.parts[name].title or name,
        rack=rack.name,
        power=at.power,
        like_devices=at.power / max(powers),
        devices=load.devices,
        points=tuple(points),
        coverages=tuple(channel_coverages(at.plate)),
        rests_on=_evidence(rack, at, load, power),
        grid=CurveGrid(
            resolution, model.cells, grid.hot_spot.error, flow, max(one.largest_imbalance for one in fields)
        ),
    )


def field_load(rack: Rack, name: str, at: Conditions) -> tuple[PlateLoad, tuple[float, ...]]:
    """Return the devices on the plate and the heat of each; refuse a plate without devices, geometry or heat."""
    file = rack.file or rack.name
    if at.load is None:
        wrong = f"the rack puts no heated device on '{name}', so nothing says where heat enters"
        right = "name a rack that does with --rack, or use --fidelity network"
        raise InputError([Problem(file, 0, 0, f"parts.{name}", wrong, right)])
    require_heat(name, at)
    lacking = lacking_geometry(rack, name, at.load.packages)
    if lacking:
        raise InputError(geometry_problems(rack, lacking))
    return at.load, tuple(at.power / at.load.power * own for own in at.load.powers)


def _require_known(name: str, places: Sequence[Fed], power: float) -> None:
    """Refuse all points at which a coolant would leave its table, at once."""
    for fluid in dict.fromkeys(place.coolant.name for place, _ in places):
        ends, where = [], []
        for (_, table, inlet, flow), m in (one for one in places if one[0].coolant.name == fluid):
            at = f"of {name} at {flow / L_MIN:.3g} L/min from {inlet - CELSIUS:.1f} °C"
            ends += [inlet, temperature_of_enthalpy(table, enthalpy(table, inlet) + power / m)]
            where += [f"the inlet {at}", f"the outlet {at}"]
        check_temperature(next(place.table for place, _ in places if place.coolant.name == fluid), ends, fluid, where)


def _solve(model: PlateModel, fed: Fed, powers: tuple[float, ...]) -> PlateField:
    (_, table, inlet, _), m = fed
    return model.solve(m, inlet, powers, table)


def _point(plate: Plate, fed: Fed, field: PlateField, powers: tuple[float, ...]) -> PlatePoint:
    """Read the resistances of the largest device off a field."""
    (coolant, table, inlet, flow), m = fed
    largest = max(range(len(powers)), key=lambda d: powers[d])
    device, heat = field.devices[largest], powers[largest]
    mean = 0.5 * (inlet + field.outlet)
    mu = viscosity(table, mean)
    Re, Pr = channel_reynolds(plate, m, mu) or 0.0, mu * specific_heat(table, mean) / conductivity(table, mean)
    least, most = _least_and_most(field)
    return PlatePoint(
        fluid=coolant.name,
        inlet_temperature=inlet,
        volume_flow=flow,
        pressure_drop=field.pressure_drop,
        thermal_resistance=(device.case_mean - inlet) / heat,
        outlet_temperature=field.outlet,
        case_temperature=device.case_mean,
        reynolds_number=Re,
        outside=(
            *(() if LAMINAR_FLOW.holds(Re) else (LAMINAR_FLOW.what,)),
            *beyond_closure(plate, channel_extremes(Re, field.channels), Pr),
        ),
        junction_resistance=(device.junction_max - inlet) / heat,
        junction_temperature=device.junction_max,
        channel_flow_least=least,
        channel_flow_most=most,
        channel_flow_spread=most - least,
    )


def _least_and_most(field: PlateField) -> tuple[float, float]:
    """Flow of the channels that get least and most over the mean of all."""
    if field.channels is None:
        raise AssertionError  # a heated plate has flow
    relative = field.channels.relative
    return float(relative.min()), float(relative.max())


def _evidence(rack: Rack, at: Conditions, load: PlateLoad, power: float | None) -> tuple[Evidence, ...]:
    """List the values that the field rests on most."""
    package = rack.parts[max(zip(load.powers, load.packages, strict=True))[1]]
    assert isinstance(package, Package)
    values = [*geometry_values(at.plate, package), *([("power of a device", load.value)] if power is None else [])]
    rows: list[Evidence] = [
        {"what": what, "value": value.text, "basis": value.basis, "source": value.source} for what, value in values
    ]
    closure = at.plate.channels.closure if at.plate.channels is not None else None
    closures = [closure_evidence(closure)] if closure is not None else []
    return *rows, *closures, *at.coolant_evidence
