"""A cold plate of a rack reduced to a part for network fidelity: over what flows and temperatures it is fitted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import thermal
from thermal.correlations.coolant import CoolantTable, density, enthalpy, temperature_of_enthalpy, viscosity
from thermal.errors import OperatingRangeError
from thermal.rack.coolants import CoolantData
from thermal.rack.schema import Rack
from thermal.simulation.plate_conditions import Conditions, conditions, laminar_flows, single
from thermal.simulation.plate_field_curve import field_load
from thermal.simulation.plate_instances import plate_model
from thermal.simulation.plate_pool import all_done
from thermal.simulation.plate_range import laminar_flow

if TYPE_CHECKING:
    from thermal.coldplate.reduced import ReducedPlate

__all__ = ["ReducedPart", "reduced_part"]

COUNT = 5  # flows to begin with
MARGIN = 10.0  # [K] by which the coolant may be warmer or colder than between all power and none
LEAST = 1.0  # [K] range of temperatures that a fit needs
CELSIUS, L_MIN = 273.15, 1.0e-3 / 60.0


@dataclass(frozen=True, eq=False)
class ReducedPart:
    """A reduced plate, with what it was made from.

    Attributes
    ----------
    plate, title, rack : str
        Name and title of the plate, and the rack it was taken from.
    packages : tuple of str
        Devices on it.
    powers : tuple of float
        Their full power [W].
    coolant : CoolantData
        Coolant, and `fluid`, its table.
    fluid : CoolantTable
        Properties.
    inlet : float
        Temperature of the coolant at the inlet [K].
    resolution, cells : float, int
        Of the grid.
    fit : ReducedPlate
        The numbers.
    laminar : float or None
        Flow above which the channels are not laminar, where it lies within the fit [m3/s].
    """

    plate: str
    title: str
    rack: str
    packages: tuple[str, ...]
    powers: tuple[float, ...]
    coolant: CoolantData
    fluid: CoolantTable
    inlet: float
    resolution: float
    cells: int
    fit: ReducedPlate
    laminar: float | None

    @property
    def part(self) -> str:
        """Name of the part that it becomes."""
        return f"{self.plate}_reduced"

    def rows(self) -> list[dict[str, float]]:
        """Return resistances of the largest device and pressure drop at each flow, in display units."""
        fit, heat = self.fit, np.array(self.powers)
        d = int(heat.argmax())
        begin = sum(fit.spots[:d])
        case = (fit.case.mean(axis=0) @ heat)[:, d] / heat[d]
        junction = (fit.junction.mean(axis=0) @ heat)[:, begin : begin + fit.spots[d]].max(axis=1) / heat[d]
        drop = np.interp(fit.flows, *fit.drops.T)  # the flows are among the points, or close to some
        return [
            {"flow_L_min": Q / L_MIN, "pressure_drop_kPa": p / 1e3, "resistance_K_W": R, "junction_resistance_K_W": Rj}
            for Q, p, R, Rj in zip(fit.flows.tolist(), drop.tolist(), case.tolist(), junction.tolist(), strict=True)
        ]

    def summary(self) -> dict[str, Any]:
        """Return the object that ``thermal coldplate --reduced FILE --json`` prints."""
        fit = self.fit
        return {
            "part": self.part,
            "plate": self.plate,
            "title": self.title,
            "rack": self.rack,
            "fidelity": "plate",
            "version": thermal.__version__,
            "packages": list(self.packages),
            "powers_W": list(self.powers),
            "fluid": self.coolant.name,
            "inlet_C": self.inlet - CELSIUS,
            "coolant_low_C": float(fit.temperatures[0]) - CELSIUS,
            "coolant_high_C": float(fit.temperatures[-1]) - CELSIUS,
            "rows": self.rows(),
            "largest_error_rel": fit.largest_error,
            "largest_error_flow_L_min": fit.error_flow / L_MIN,
            "pressure_drop_error_rel": fit.drop_error,
            "laminar_to_L_min": None if self.laminar is None else self.laminar / L_MIN,
            "solves": fit.solves,
            "resolution": self.resolution,
            "cells": self.cells,
        }


def reduced_part(
    rack: Rack,
    name: str,
    *,
    fluids: Sequence[str] = (),
    temperatures: Sequence[float] = (),
    flows: Sequence[float] = (),
    power: float | None = None,
    resolution: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> ReducedPart:
    """Fit a plate with the devices that the rack puts on it.

    Parameters
    ----------
    rack, name : Rack, str
        As of `plate_field_curve`.
    fluids, temperatures : sequence of str, of float
        One coolant and one inlet temperature at most [K]; the rack's by default.
    flows : sequence of float
        Volume flows to fit at, two at least [m3/s]; five over the range of the plate's laws, as far as its channels are
        laminar, by default. More are added where the fit needs them.
    power : float, optional
        Full heat on the plate, shared among the devices as the rack's is [W]; the rack's by default.
    resolution : float
        Of the grid.
    progress : callable, optional
        Called with operating points done and known to be needed.

    Returns
    -------
    ReducedPart
        With the error of the fit.

    Raises
    ------
    InputError, OperatingRangeError, ConvergenceError
        As `plate_field_curve`; several coolants or inlet temperatures; fewer than two flows.
    """
    from thermal.coldplate.reduced import reduce_plate

    at = conditions(rack, name, fluids=fluids, temperatures=temperatures, flows=flows, power=power)
    data, table, inlet = single(name, at, "a reduced model is fitted for")
    load, powers = field_load(rack, name, at)
    chosen = list(flows) or laminar_flows(at, COUNT)
    span = _temperatures(name, at, min(chosen))
    model = plate_model(rack, name, load.packages, resolution)
    done = known = 0

    def tell() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, known)

    def do_all(tasks: Sequence[Callable[[], Any]]) -> list[Any]:
        nonlocal known
        known += len(tasks)
        return all_done(tasks, model.cells, tell)

    fit = reduce_plate(model, chosen, span, powers, table, do_all=do_all)
    return ReducedPart(
        plate=name,
        title=rack.parts[name].title or name,
        rack=rack.name,
        packages=load.packages,
        powers=powers,
        coolant=data,
        fluid=table,
        inlet=inlet,
        resolution=resolution,
        cells=model.cells,
        fit=fit,
        laminar=_laminar(at, table, span[1], float(fit.flows[-1])),
    )


def _laminar(at: Conditions, table: CoolantTable, temperature: float, flow: float) -> float | None:
    """Flow at which the channels stop being laminar, where that is below a flow [m3/s]."""
    found = laminar_flow(at.plate, flow, density(table, temperature), viscosity(table, temperature))
    return found if found < flow else None


def _temperatures(name: str, at: Conditions, least: float) -> tuple[float, float]:
    """Range of the coolant's mean temperature, from no power to all of it at the least flow, with a margin [K]."""
    (data, table), inlet = at.coolants[0], at.inlets[0]
    heat = at.power / (density(table, inlet) * least)
    outlet = temperature_of_enthalpy(table, enthalpy(table, inlet) + heat)
    freezing = float(data.freezing_temperature) if data.freezing_temperature is not None else 0.0
    low = max(inlet - MARGIN, float(table.temperature[0]), freezing)
    high = min(0.5 * (inlet + outlet) + MARGIN, float(table.temperature[-1]))
    if high - low < LEAST:
        msg = (
            f"{name}: {data.name} is known up to {float(table.temperature[-1]) - CELSIUS:.1f} °C, which leaves no "
            f"range above the inlet's {inlet - CELSIUS:.1f} °C; give a colder inlet"
        )
        raise OperatingRangeError(msg)
    return low, high
