"""One cold plate alone: pressure drop and resistance against flow, at network fidelity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal.correlations.coolant import (
    CoolantTable,
    conductivity,
    density,
    specific_heat,
    viscosity,
)
from thermal.errors import ConvergenceError
from thermal.hydraulics.assemble import assemble
from thermal.hydraulics.energy import coolant_temperatures
from thermal.hydraulics.solve import HydraulicSolver
from thermal.lumped.plates import case_rise, device_conductance
from thermal.lumped.responses import PlateResponse
from thermal.rack.expand import Assembly, Element, Node
from thermal.rack.schema import Rack
from thermal.simulation.closure_range import passed_over
from thermal.simulation.plate_conditions import Conditions, conditions
from thermal.simulation.plate_range import channel_reynolds, coverages, outside
from thermal.simulation.plate_report import PlateCurve, PlatePoint, evidence_of

__all__ = ["plate_curve"]

ITERATIONS = 40
SETTLED = 1.0e-9  # [K] change of the mean temperature from one pass to the next


def plate_curve(
    rack: Rack,
    name: str,
    *,
    fluids: Sequence[str] = (),
    temperatures: Sequence[float] = (),
    flows: Sequence[float] = (),
    power: float | None = None,
) -> PlateCurve:
    """Compute a plate at every coolant, inlet temperature and flow.

    Parameters
    ----------
    rack : Rack
        For the plate, what heats it, and what is not asked for.
    name : str
        A part of kind plate.
    fluids : sequence of str
        As `load_coolant`; the rack's own coolant by default, which is also found by its name.
    temperatures : sequence of float
        Of the coolant at the inlet [K]; the rack's supply by default.
    flows : sequence of float
        Volume flows at the mean of inlet and outlet temperature, as `simulate` gives them [m3/s]; ten over the range
        of the plate's laws by default.
    power : float, optional
        Heat of all devices on the plate [W]; what the rack puts on it by default, else 1 kW.

    Returns
    -------
    PlateCurve
        One point per coolant, inlet temperature and flow, in that order.

    Raises
    ------
    InputError
        No such plate or coolant.
    OperatingRangeError
        Flow or power that makes no sense, coolant that freezes or leaves its table, a law that no plate can follow.

    Examples
    --------
    >>> from thermal.rack.named_plate import load_plate
    >>> curve = plate_curve(load_plate("gb300_gpu_plate"), "gb300_gpu_plate", flows=[2.2e-3 / 60])
    >>> round(curve.points[0].pressure_drop)
    20078
    """
    at = conditions(rack, name, fluids=fluids, temperatures=temperatures, flows=flows, power=power)
    bench = _Bench(rack, name, at)
    points = tuple(bench.point(place.coolant.name, place.table, place.inlet, place.flow) for place in at.places)
    return PlateCurve(
        plate=name,
        title=rack.parts[name].title or name,
        rack=rack.name,
        power=at.power,
        like_devices=bench.like_devices,
        devices=at.load.devices if at.load is not None else {},
        points=points,
        coverages=tuple(coverages(at.plate)),
        rests_on=(*evidence_of(at.plate, at.load if power is None else None), *at.coolant_evidence),
        notes=tuple(note for note in [passed_over(name, at.plate)] if note),
    )


class _Bench:
    """A network of one branch, the plate, fed with coolant at its inlet."""

    def __init__(self, rack: Rack, name: str, at: Conditions) -> None:
        self.name, self.plate, self.power = name, at.plate, at.power
        self.like_devices = at.load.like_devices if at.load is not None else 1.0
        law = at.plate.resistance.response if at.plate.resistance is not None else None
        self.response = PlateResponse(law) if law is not None else None
        self.shares = [power / at.load.power for power in at.load.powers] if at.load is not None else [1.0]
        if law is not None and at.load is None:
            self.like_devices = float(len(law.packages))
            self.shares = [1.0 / self.like_devices] * len(law.packages)
        nodes = Node("inlet", 0.0), Node("outlet", 0.0)
        element = Element(name, name, 0, 1, None, "tray")
        alone = Assembly(nodes, (element,), (), (), (), (), supply_port=0, return_port=1, cdu_elements=())
        self.network = assemble(rack, alone, [0]).network
        self.solver = HydraulicSolver(self.network, [1])

    def point(self, fluid: str, table: CoolantTable, inlet: float, flow: float) -> PlatePoint:
        """Solve one operating point; properties are taken at the coolant's mean temperature, as in a rack."""
        mean, outlet, drop = self._settled(table, inlet, flow)
        rho, mu, cp = density(table, mean), viscosity(table, mean), specific_heat(table, mean)
        m, like = rho * flow, self.like_devices
        k = conductivity(table, mean)
        R, Rj = self._resistance(flow, m, cp, mean, k)
        by_channels = self.plate.resistance is None or self.plate.pressure_drop is None
        Re = channel_reynolds(self.plate, m, mu) if by_channels else None
        return PlatePoint(
            fluid=fluid,
            inlet_temperature=inlet,
            volume_flow=flow,
            pressure_drop=drop,
            thermal_resistance=R,
            outlet_temperature=outlet,
            case_temperature=inlet + R * self.power / like,
            reynolds_number=Re,
            outside=outside(self.plate, flow, rho, mu, Re, mu * cp / k),
            junction_resistance=Rj,
            junction_temperature=None if Rj is None else inlet + Rj * self.power / like,
        )

    def _resistance(self, flow: float, m: float, cp: float, mean: float, k: float) -> tuple[float, float | None]:
        """From the largest device's case, and where it is known its junction, to the inlet [K/W]."""
        like = self.like_devices
        if self.response is not None:
            largest = max(range(len(self.shares)), key=lambda d: self.shares[d])
            powers = [share / self.shares[largest] for share in self.shares]
            junction, case = self.response.rises(powers, flow, m * cp / flow, mean)
            return float(case[largest]), float(junction[largest])
        UA, base = device_conductance(self.name, self.plate, flow, m, like, cp, k)
        return float(sum(case_rise(1.0, UA, m * cp / like))) + base, None

    def _settled(self, table: CoolantTable, inlet: float, flow: float) -> tuple[float, float, float]:
        """Mean and outlet temperature [K] and pressure drop [Pa] that agree."""
        mean, heat, history = inlet, np.array([self.power]), list[float]()
        while len(history) < ITERATIONS:
            rho = density(table, mean)
            into = np.array([rho * flow, 0.0])
            solved = self.solver.solve(np.zeros(1), density=rho, viscosity=viscosity(table, mean), injection=into)
            t = coolant_temperatures(self.network, solved, table, heat=heat, supply=inlet, density=rho)
            outlet = float(t.outlet[0])
            new = 0.5 * (inlet + outlet)
            history.append(abs(new - mean))
            mean = new
            if history[-1] <= SETTLED:
                return mean, outlet, float(solved.pressure[0] - solved.pressure[1])
        cause = "properties that change faster than the coolant warms; give it more flow or less heat"
        what = "the coolant's mean temperature"
        raise ConvergenceError(what, history, self.name, cause)
