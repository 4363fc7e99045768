"""One cold plate with its packages as a field: set up once, solved for any flow, inlet temperature and powers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from thermal.coldplate.closure import film_along, fitted_film_along, unit_cell
from thermal.coldplate.coolant_state import CoolantState, coolant_state
from thermal.coldplate.coolant_zone import CoolantZone, box_of
from thermal.coldplate.field import Plane, PlateField
from thermal.coldplate.mesh import plate_grid
from thermal.coldplate.planform import PlanformFlow, planform_flow
from thermal.coldplate.plenum_film import plenum_film
from thermal.coldplate.readout import Readout, coolant_plane
from thermal.coldplate.stack import Stack, plate_stack
from thermal.correlations.coolant import (
    CoolantTable,
    check_temperature,
    density,
    viscosity,
)
from thermal.correlations.entrance import SlotFilm
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.fv.assemble import System, assemble
from thermal.fv.field import Field
from thermal.fv.grid import Floats, Grid
from thermal.fv.problem import ConductionProblem
from thermal.fv.steady import LinearSolver, solve_system
from thermal.numerics.streams import StreamMultigrid, march
from thermal.rack.parts import Package, Plate
from thermal.results.channel_flow import ChannelFlow

__all__ = ["PlateModel"]

TOLERANCE = 1.0e-8  # relative residual at which the linear solver stops
UNBALANCED = 1.0e-6  # share of the heat that the solver may leave out of balance, before the common shift
BACKWARD = 1.0e-12  # share of the flow that rounding may turn round in a column


class _Operation(NamedTuple):
    """A plate set up for one flow and coolant."""

    system: System
    solver: LinearSolver
    coolant: CoolantState
    pressure_drop: float  # [Pa]
    channels: ChannelFlow


class PlateModel:
    """A cold plate and the packages on it.

    Solids conduct in three dimensions. In the finned zone walls and coolant are smeared over the pitch: two
    temperatures in each cell, h·2/pitch between them, the coolant marched along the channels in layers that do not mix.
    h is calibrated on the exact developed cell and develops from the inlet. In the plenums the coolant takes up heat
    from floor and ceiling by the film of a gap, which develops too. Nothing leaves the outer surfaces.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    plate : Plate
        With `channels` and `body`.
    packages : sequence of Package
        One for each device on it, in the order of the mounts, each with a `body`.
    resolution : float
        1 is the default grid; 2 is twice as fine in each direction.

    Raises
    ------
    InputError
        Bodies that are missing or do not fit, a resolution without meaning or beyond the memory.

    Attributes
    ----------
    name : str
        Of the plate.
    grid : Grid
        The grid.
    stack : Stack
        What lies on it.
    """

    def __init__(self, name: str, plate: Plate, packages: Sequence[Package], *, resolution: float = 1.0) -> None:
        self.name, self.resolution = name, resolution
        self.stack = plate_stack(name, plate, packages)
        self.grid = plate_grid(name, self.stack, resolution)
        if plate.channels is None or plate.body is None:
            raise AssertionError  # the stack has asked
        self._channels, self._body = plate.channels, plate.body
        self._solids = _solids(self.stack, self.grid)
        self._readout = Readout(self.grid, self.stack, self._solids.materials)
        self._zone = CoolantZone(self.stack, self.grid)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.grid.cells

    def junction_cells(self) -> tuple[tuple[tuple[slice, slice], ...], ...]:
        """Rows and columns, in the plane ``junction``, of the chips of each device that count for its junction."""
        return self._readout.junction_cells()

    def pressure_drop(self, mass_flow: float, temperature: float, fluid: CoolantTable) -> float:
        """Pressure drop of the plate with its ports [Pa].

        Parameters
        ----------
        mass_flow : float
            Through the plate [kg/s].
        temperature : float
            Mean temperature of the coolant [K].
        fluid : CoolantTable
            Coolant.
        """
        return float(self.flow(mass_flow, temperature, fluid).pressure_drop)

    def flow(self, mass_flow: float, temperature: float, fluid: CoolantTable) -> PlanformFlow:
        """How the coolant divides among the channels; arguments as of `pressure_drop`."""
        rho, mu = density(fluid, temperature), viscosity(fluid, temperature)
        return planform_flow(self._channels, self._body, mass_flow, rho, mu, self._zone.x_faces)

    def solve(
        self,
        mass_flow: float,
        inlet_temperature: float,
        powers: Sequence[float],
        fluid: CoolantTable,
        *,
        volumes: bool = False,
    ) -> PlateField:
        """Solve one operating point.

        Parameters
        ----------
        mass_flow : float
            Through the plate [kg/s].
        inlet_temperature : float
            Of the coolant [K].
        powers : sequence of float
            Of each device [W].
        fluid : CoolantTable
            Coolant.
        volumes : bool
            Whether the field of all cells is kept.

        Returns
        -------
        PlateField
            Temperatures [K].

        Raises
        ------
        OperatingRangeError
            No flow through a heated plate, powers or flows that make no sense, coolant beyond its table, coolant that
            flows back through some of the channels.
        ConvergenceError
            With the history of the linear solver, also where it leaves more than 1e-6 of the heat out of balance.
        """
        self._check(mass_flow, powers)
        if not any(powers):
            flow = self._flow_cold(mass_flow, inlet_temperature, fluid)
            return self._at_rest(inlet_temperature, flow, volumes=volumes)
        operation = self._operate(mass_flow, inlet_temperature, math.fsum(powers), fluid)
        return self._field(operation, powers, inlet_temperature, operation.coolant.outlet, volumes=volumes)

    def responses(
        self, mass_flow: float, inlet_temperature: float, powers: Sequence[float], fluid: CoolantTable
    ) -> list[PlateField]:
        """Return what one watt of each device alone brings, at the properties of an operating point.

        At given flow and properties temperatures are linear in power: the inlet's temperature and each response times
        its device's power add up to the field of `solve`.

        Parameters
        ----------
        mass_flow, inlet_temperature, powers, fluid : float, float, sequence of float, CoolantTable
            As of `solve`.

        Returns
        -------
        list of PlateField
            One for each device; temperatures over the inlet for 1 W of it [K/W].

        Raises
        ------
        OperatingRangeError
            No flow; and as `solve`.
        """
        self._check(mass_flow, powers, responding=True)
        operation = self._operate(mass_flow, inlet_temperature, math.fsum(powers), fluid)
        capacity = mass_flow * operation.coolant.specific_heat
        units = np.eye(len(powers)).tolist()
        return [self._field(operation, unit, 0.0, 1.0 / capacity, volumes=False) for unit in units]

    def _check(self, mass_flow: float, powers: Sequence[float], *, responding: bool = False) -> None:
        """Refuse what no plate can be asked."""
        devices = len(self.stack.packages)
        if len(powers) != devices:
            msg = f"{self.name}: {len(powers)} powers for {devices} devices; give one for each device on the plate"
            raise OperatingRangeError(msg)
        if not all(0.0 <= power < math.inf for power in powers):
            shown = ", ".join(f"{power:g}" for power in powers)
            msg = f"{self.name}: powers of {shown} W are not possible; give zero or more for each device"
            raise OperatingRangeError(msg)
        if not 0.0 <= mass_flow < math.inf:
            msg = f"{self.name}: a mass flow of {mass_flow:g} kg/s is not possible; give the flow from inlet to outlet"
            raise OperatingRangeError(msg)
        if mass_flow == 0.0 and (any(powers) or responding):
            msg = (
                f"{self.name}: no coolant flows through the plate while its devices give off {math.fsum(powers):g} W, "
                "so that no steady temperature exists; open its circuit, or set the power of its devices to zero"
            )
            raise OperatingRangeError(msg)

    def _operate(self, mass_flow: float, inlet: float, heat: float, fluid: CoolantTable) -> _Operation:
        """Set the plate up for a flow: share of each channel, film, coolant, linear solver."""
        coolant, zone = coolant_state(self.name, mass_flow, inlet, heat, fluid), self._zone
        flow = planform_flow(
            self._channels, self._body, mass_flow, coolant.density, coolant.viscosity, zone.x_faces
        )  # fmt: skip
        fins = self.stack.fins
        halves = 2.0 if fins.split else 1.0
        share = self._shares(flow)
        capacity = mass_flow * coolant.specific_heat / halves * np.outer(zone.heights, share)
        problem = ConductionProblem(self.grid)
        problem.materials = [*self._solids.materials, *zone.materials(coolant.conductivity)]
        problem.contacts = [*self._solids.contacts, *zone.contacts()]
        problem.add_coolant(
            zone.box,
            capacity_flow=capacity,
            exchange=zone.exchange(self._film(coolant, flow.velocity), self._plenum_film(coolant, flow.velocity)),
            inlet_temperature=inlet,
            direction="split" if fins.split else "y_max",
        )
        system = assemble(problem)
        if system.streams is None:
            raise AssertionError  # there is coolant
        solver = StreamMultigrid(system.stencil, system.streams)
        channels = ChannelFlow(zone.x_faces, share, flow.velocity)
        return _Operation(system, solver, coolant, float(flow.pressure_drop), channels)

    def _shares(self, flow: PlanformFlow) -> Floats:
        """Share of the flow in each column; the field knows coolant that runs from inlet to outlet only."""
        least = float(flow.share.min())
        if least < -BACKWARD:
            msg = (
                f"{self.name}: coolant flows back through some channels ({-least:.2g} of the flow in one column of the "
                "grid): the plenums resist too much; give them more height or length (body.plenum)"
            )
            raise OperatingRangeError(msg)
        return np.maximum(flow.share, 0.0)  # rounding about a column that gets nothing

    def _film(self, coolant: CoolantState, velocity: Floats) -> Floats:
        """Film coefficient on the fins' sides, shape (rows of the fins, columns) [W/(m2 K)]."""
        fins, cover = self.stack.fins, self._body.cover
        height = fins.z[1] - fins.z[0]
        cell = unit_cell(
            fins.width, height, fins.wall, fins.conductivity, coolant.conductivity,
            cover=float(cover.thickness), cover_conductivity=float(cover.conductivity[2]),
        )  # fmt: skip
        diffusivity = coolant.conductivity / (coolant.density * coolant.specific_heat)
        begin = fins.middle if fins.split else fins.area.y_low
        closure = self._channels.closure
        if closure is not None:
            return fitted_film_along(
                coolant.conductivity, closure.film, fins.width, height, self._zone.y_faces, begin, velocity,
                diffusivity, slot=SlotFilm(*closure.slot) if closure.slot is not None else None,
                kinematic_viscosity=coolant.viscosity / coolant.density,
            )  # fmt: skip
        return film_along(cell.film, fins.width, height, self._zone.y_faces, begin, velocity, diffusivity)

    def _plenum_film(self, coolant: CoolantState, velocity: Floats) -> Floats:
        """Film coefficient on floor and ceiling of the plenums, shape (rows, columns) [W/(m2 K)]."""
        given = self._body.plenum.height
        height = float(given if given is not None else self._channels.height)
        diffusivity = coolant.conductivity / (coolant.density * coolant.specific_heat)
        faces = self._zone.run_faces
        return plenum_film(self.stack.fins, height, faces, velocity, coolant.conductivity, diffusivity)

    def _field(
        self, operation: _Operation, powers: Sequence[float], inlet: float, outlet: float, *, volumes: bool
    ) -> PlateField:
        """Solve for powers and read off what is asked for; temperatures count from `inlet`."""
        system, found = operation.system, self._solved(operation, powers)
        streams, rise, gz = system.streams, found.rise, system.stencil.gz
        if streams is None:
            raise AssertionError  # there is coolant
        entering, leaving, taken = march(streams, rise)
        mean = coolant_plane(streams, entering, leaving)
        inside = np.where(streams.capacity > 0.0, 0.5 * (entering + leaving), np.nan) if volumes else None
        return PlateField(
            devices=self._readout.devices(rise, gz, powers, inlet),
            inlet=inlet,
            outlet=outlet,
            pressure_drop=operation.pressure_drop,
            heat=float(taken.sum()),
            imbalance=float(taken.sum()) / math.fsum(powers) - 1.0,
            iterations=found.iterations,
            cells=self.cells,
            grid=self.grid,
            planes={**self._readout.planes(rise, gz, powers, inlet), "coolant": self._readout.coolant(mean, inlet)},
            volume=(inlet + rise).astype(np.float32) if volumes else None,
            coolant_volume=(inlet + inside).astype(np.float32) if inside is not None else None,
            channels=operation.channels,
            unbalanced=found.unbalanced,
        )

    def _solved(self, operation: _Operation, powers: Sequence[float]) -> Field:
        """Solve for powers; the solver's account is of the heat put in, whether that is what was asked for or not."""
        rhs = operation.system.rhs  # one array for all solves
        rhs.fill(0.0)
        for plane, power in zip(self._readout.active, powers, strict=True):
            plane.load(rhs, power)
        put = float(rhs.sum())
        found = solve_system(replace(operation.system, rhs=rhs, source=put, entering=put), operation.solver, TOLERANCE)
        if not abs(found.unbalanced) <= UNBALANCED:
            what = f"{self.name}: the temperature field"
            cause = (
                f"{found.unbalanced:.1e} of the heat was left out of balance, {UNBALANCED:g} is allowed; "
                "check conductivities and channels for a wrong unit"
            )
            raise ConvergenceError(what, found.history, "the plate as a whole", cause)
        return found

    def _flow_cold(self, mass_flow: float, inlet: float, fluid: CoolantTable) -> PlanformFlow | None:
        check_temperature(fluid, [inlet], "the coolant", [f"the inlet of {self.name}"])
        return self.flow(mass_flow, inlet, fluid) if mass_flow > 0.0 else None

    def _at_rest(self, inlet: float, flow: PlanformFlow | None, *, volumes: bool) -> PlateField:
        """Return a plate without heat: all of it at the coolant's temperature."""
        nothing = np.zeros((1, 1, 1)) + np.zeros(self.grid.shape)
        powers = [0.0] * len(self.stack.packages)
        wet = self._zone.footprint
        planes: dict[str, Plane] = self._readout.planes(nothing, nothing, powers, inlet)
        planes["coolant"] = self._readout.coolant(np.where(wet, 0.0, np.nan), inlet)
        layers = self._zone.cells[0].stop - self._zone.cells[0].start
        inside = np.broadcast_to(np.where(wet, np.float32(inlet), np.float32(np.nan)), (layers, *wet.shape))
        return PlateField(
            devices=self._readout.devices(nothing, nothing, powers, inlet),
            inlet=inlet,
            outlet=inlet,
            pressure_drop=float(flow.pressure_drop) if flow is not None else 0.0,
            heat=0.0,
            imbalance=0.0,
            iterations=0,
            cells=self.cells,
            grid=self.grid,
            planes=planes,
            volume=(inlet + nothing).astype(np.float32) if volumes else None,
            coolant_volume=inside if volumes else None,
            channels=ChannelFlow(self._zone.x_faces, flow.share, flow.velocity) if flow is not None else None,
        )


def _solids(stack: Stack, grid: Grid) -> ConductionProblem:
    """Return the plate and its packages without coolant."""
    problem = ConductionProblem(grid)
    for region in stack.regions:
        problem.set_material(region.box, region.conductivity)
    if stack.contact is not None:
        for package in stack.packages:
            problem.set_contact(resistance=stack.contact, z=stack.case, within=box_of(package.area, None))
    return problem
