"""Channels of a cold plate resolved: Navier–Stokes between real fins, with heat in coolant and metal together."""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from thermal.coldplate.coolant_state import CoolantState, coolant_state
from thermal.coldplate.resolved_cell import (
    CellShape,
    ResolvedGrid,
    cell_grid,
    cell_shape,
    channel_cells,
    conductivities,
)
from thermal.coldplate.resolved_range import beyond_table
from thermal.coldplate.resolved_readout import Along, along, apparent_friction, base_mean, section_pressure
from thermal.correlations.coolant import CoolantTable, viscosity
from thermal.errors import ConvergenceError, OperatingRangeError, RangeWarning
from thermal.fv.boundary import SIDES
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.grid import Axes, Box, Floats, Grid
from thermal.fv.problem import ConductionProblem
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

if TYPE_CHECKING:
    from thermal.fv.field import Field

__all__ = ["LAMINAR", "Domain", "ResolvedCell", "ResolvedRun", "Settings", "alternate"]

LAMINAR = 2000.0  # Reynolds number of a channel up to which its flow is laminar
ROUNDS = 8
SETTLED = 1.0e-4  # relative change of pressure drop and resistance from one round to the next
TABLE = 400  # temperatures at which the viscosity is tabulated
TOLERANCE = 1.0e-7  # relative residual of the flow


@dataclass(frozen=True, slots=True)
class Settings:
    """How a resolved field is solved.

    Attributes
    ----------
    even_properties : bool
        Whether the viscosity is the one at the coolant's mean temperature everywhere, as closures need it; else it
        follows the temperature of each cell.
    tolerance : float
        Relative residual of the flow at which its solver stops [-].
    """

    even_properties: bool = False
    tolerance: float = TOLERANCE


class Domain(Protocol):
    """A part of a plate cut into cells, through which its share of the plate's coolant flows."""

    name: str
    shape: CellShape
    cut: ResolvedGrid
    share: float  # of the plate's flow and heat [-]
    mirrors: tuple[str, ...]  # sides that are planes of symmetry
    slot: float  # length of the fins below the slot that feeds them, 0 without one [m]
    path: float  # of a straight channel with the friction of the fins [m]

    @property
    def heated(self) -> Box:
        """Rectangle of the base's lower face through which heat enters."""
        ...

    @property
    def rows(self) -> slice:
        """Rows of the grid over which the fins stand."""
        ...

    def flow(
        self, coolant: CoolantState, mu: Floats, flow: float, start: FlowField | None, tolerance: float
    ) -> FlowField:
        """Solve the flow [kg/s] for the viscosity of each cell of the whole grid."""
        ...

    def carried(self, flow: FlowField) -> Axes:
        """Velocities on the faces of the whole grid [m/s]."""
        ...

    def pressure_drop(self, flow: FlowField) -> float:
        """Pressure lost between the ends [Pa]."""
        ...


@dataclass(frozen=True, eq=False)
class ResolvedRun:
    """One operating point of a resolved domain.

    Attributes
    ----------
    domain : Domain
        Grid and shape.
    flow : FlowField
        Velocities and pressure, on the domain's own grid of the flow.
    field : Field
        Temperatures of coolant and metal.
    coolant : CoolantState
        Its properties.
    mass_flow, heat : float
        Of the whole plate [kg/s], [W].
    along : Along
        Rows along the flow.
    rounds : int
        Times that flow and heat were solved in turn.
    seconds : float
        Processor time [s].
    beyond : tuple of str
        Where single cells of coolant are beyond its table, see `beyond_table`.
    """

    domain: Domain
    flow: FlowField
    field: Field
    coolant: CoolantState
    mass_flow: float
    heat: float
    along: Along
    rounds: int
    seconds: float
    beyond: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader has to know of flow and coolant."""
        return (*self.flow.notes, *self.beyond)

    @property
    def cells(self) -> int:
        """Number of cells, metal included."""
        return self.domain.cut.grid.cells

    @property
    def velocity(self) -> float:
        """Mean in the channels [m/s]."""
        shape = self.domain.shape
        return self.mass_flow / (self.coolant.density * shape.paths * shape.width * shape.height)

    @property
    def reynolds(self) -> float:
        """Of the channels, on their hydraulic diameter, at the mean temperature [-]."""
        return self.coolant.density * self.velocity * self.domain.shape.hydraulic_diameter / self.coolant.viscosity

    @property
    def prandtl(self) -> float:
        """Of the coolant at its mean temperature [-]."""
        return self.coolant.viscosity * self.coolant.specific_heat / self.coolant.conductivity

    @cached_property
    def pressure_drop(self) -> float:
        """Of the field, without what the model leaves to coefficients [Pa]."""
        return self.domain.pressure_drop(self.flow)

    @property
    def base(self) -> float:
        """Mean temperature of the base's lower face below the fins [K]."""
        return base_mean(self.along, self.domain.cut.grid, self.domain.rows)

    @property
    def resistance(self) -> float:
        """From the mean of the base's lower face below the fins to the inlet, of the whole plate [K/W]."""
        return (self.base - self.coolant.inlet) / self.heat

    @property
    def friction(self) -> float:
        """f_app·Re over the length of the fins, from the whole pressure drop of the field [-]."""
        shape, c = self.domain.shape, self.coolant
        drop, run = np.array(self.pressure_drop), np.array(shape.run)
        return float(apparent_friction(drop, run, self.velocity, c.viscosity, shape.hydraulic_diameter))

    @property
    def nusselt(self) -> float:
        """Mean over the fins' length, of the film on the walls that give heat, on the hydraulic diameter [-]."""
        rows, widths = self.domain.rows, self.domain.cut.grid.widths.y
        film = self.along.wall_film()[rows]
        mean = float(film @ widths[rows] / widths[rows].sum())
        return mean * self.domain.shape.hydraulic_diameter / self.coolant.conductivity


class ResolvedCell:
    """The unit cell of a plate's channels: half a fin, half a channel, base and cover, over the coolant's path.

    The coolant enters evenly; flow and heat develop. Heat enters evenly through the base's lower face; the planes of
    symmetry, the cover's top and the metal's ends are adiabatic. Nothing of the plate around the fins is in it: ports,
    plenums, mouths.

    Parameters
    ----------
    name : str
        Of the plate, for messages.
    channels, body : Channels, PlateBody or None
        Of the plate; without a body the channels' top takes no heat.
    resolution : float
        1 is 10 cells across half a channel; 2 is twice as fine in each direction.

    Raises
    ------
    InputError
        Fewer than 6 cells across a channel; a grid beyond the memory.
    """

    def __init__(self, name: str, channels: Channels, body: PlateBody | None, *, resolution: float = 1.0) -> None:
        self.name, self.resolution = name, resolution
        self.shape = cell_shape(channels, body)
        self.cut = cell_grid(name, self.shape, resolution)
        self.half = channel_cells(name, resolution)
        self.mirrors: tuple[str, ...] = ("x_min", "x_max")
        self.slot, self.path = 0.0, self.shape.run
        self.share = 0.5 / self.shape.paths
        wet = np.flatnonzero(self.cut.fluid[self.cut.root, 0])
        self._columns = slice(int(wet[0]), int(wet[-1]) + 1)

    @property
    def heated(self) -> Box:
        """All of the base's lower face."""
        return Box()

    @property
    def rows(self) -> slice:
        """All rows."""
        return self.cut.fins[1]

    def solve(
        self, mass_flow: float, inlet: float, heat: float, fluid: CoolantTable, settings: Settings = Settings()
    ) -> ResolvedRun:
        """Solve one operating point; see `alternate`."""
        return alternate(self, mass_flow, inlet, heat, fluid, settings)

    def channel_grid(self) -> Grid:
        """Return the coolant's cells as a grid of their own."""
        x, y, z = self.cut.grid.faces
        layers, columns = self.cut.fins[0], self._columns
        return Grid.from_faces(x[columns.start :], y, z[layers.start : layers.stop + 1])

    def flow(
        self, coolant: CoolantState, mu: Floats, flow: float, start: FlowField | None, tolerance: float
    ) -> FlowField:
        """Solve the flow in half a channel."""
        from thermal.fv.flow_steady import solve_flow

        own = mu[self.cut.fins[0], :, self._columns]
        problem = FlowProblem(self.channel_grid(), density=coolant.density, viscosity=np.ascontiguousarray(own))
        problem.symmetry("x_max")
        problem.inlet("y_min", flow=flow)
        problem.outlet("y_max")
        return solve_flow(problem, start=start, tolerance=tolerance)

    def carried(self, flow: FlowField) -> Axes:
        """Return the velocities on the faces of the whole grid, metal at rest."""
        nz, ny, nx = self.cut.grid.shape
        layers, columns = self.cut.fins[0], self._columns
        u, v, w = np.zeros((nz, ny, nx + 1)), np.zeros((nz, ny + 1, nx)), np.zeros((nz + 1, ny, nx))
        u[layers, :, columns.start : columns.stop + 1] = flow.u
        v[layers, :, columns] = flow.v
        w[layers.start : layers.stop + 1, :, columns] = flow.w
        return Axes(u, v, w)

    def pressure_drop(self, flow: FlowField) -> float:
        """Pressure lost between the ends, by the mean of each section [Pa]."""
        return float(self.drops(flow)[1])

    def drops(self, flow: FlowField) -> tuple[Floats, float]:
        """Pressure lost between the inlet and the centre of each row, and in all [Pa]."""
        p = section_pressure(flow.p, flow.grid)
        inlet = float((flow.side_pressure("y_min") * flow.grid.areas(1)).sum() / flow.grid.areas(1).sum())
        return inlet - p, inlet


def alternate(
    domain: Domain, mass_flow: float, inlet: float, heat: float, fluid: CoolantTable, settings: Settings
) -> ResolvedRun:
    """Solve flow and heat in turn until neither changes what the other does.

    Parameters
    ----------
    domain : Domain
        What to solve.
    mass_flow : float
        Of the plate [kg/s].
    inlet : float
        Temperature of the coolant that enters [K].
    heat : float
        Of the plate, evenly over the base's lower face below the fins [W].
    fluid : CoolantTable
        Coolant.
    settings : Settings
        Properties and tolerance.

    Returns
    -------
    ResolvedRun
        Pressure drop and resistance settled to 1e-4.

    Raises
    ------
    OperatingRangeError
        No flow, no heat, coolant beyond its table.
    ConvergenceError
        Flow, heat or their alternation did not settle.

    Warns
    -----
    RangeWarning
        Single cells of coolant beyond its table, where its viscosity is held; the run's `beyond` says the same.
    """
    _check(domain.name, mass_flow, heat)
    begin = time.process_time()
    coolant = coolant_state(domain.name, mass_flow, inlet, heat, fluid)
    mu = np.full(domain.cut.grid.shape, coolant.viscosity)
    k = conductivities(domain.cut, domain.shape, coolant.conductivity)
    local = _viscosities(fluid, coolant)
    flow: FlowField | None = None
    history: list[float] = []
    before = (0.0, 0.0)
    for number in range(1, ROUNDS + 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RangeWarning)  # the run tells of the flow's notes
            flow = domain.flow(coolant, mu, mass_flow * domain.share, flow, settings.tolerance)
        field = _heat(domain, flow, coolant, k, heat * domain.share)
        capacity = mass_flow * domain.share * coolant.specific_heat
        rows = along(domain.cut, field.temperature, k, inlet, capacity)
        run = ResolvedRun(domain, flow, field, coolant, mass_flow, heat, rows, number, time.process_time() - begin)
        after = (run.pressure_drop, run.resistance)
        history.append(max(abs(new - old) / abs(new) for new, old in zip(after, before, strict=True)))
        if settings.even_properties:
            return run
        if history[-1] <= SETTLED:
            return _told(run, fluid)
        before = after
        mu = np.where(domain.cut.fluid, local(field.temperature), coolant.viscosity)
    cause = "the viscosity changes too much over the plate; give it more flow or less heat"
    what = "flow and heat in turn"
    raise ConvergenceError(what, history, domain.name, cause)


def _told(run: ResolvedRun, fluid: CoolantTable) -> ResolvedRun:
    """Return a settled run with what of its coolant is beyond the table, and warn of it.

    While flow and heat alternate a temperature may stray; the mixed coolant was refused beyond the table at once.
    """
    notes = beyond_table(run.domain.cut, run.field.temperature, fluid)
    for note in notes:
        warnings.warn(f"{run.domain.name} at {run.mass_flow:.4g} kg/s: {note}", RangeWarning, stacklevel=4)
    return replace(run, beyond=notes)


def _check(name: str, mass_flow: float, heat: float) -> None:
    if not 0.0 < mass_flow < math.inf:
        msg = f"{name}: a mass flow of {mass_flow:g} kg/s is nothing to resolve; give a flow above zero"
        raise OperatingRangeError(msg)
    if not 0.0 < heat < math.inf:
        msg = f"{name}: a heat of {heat:g} W gives no resistance; give a power above zero"
        raise OperatingRangeError(msg)


def _viscosities(fluid: CoolantTable, coolant: CoolantState):  # type: ignore[no-untyped-def]
    """Return the viscosity as a function of arrays of temperatures; held beyond the table, see `_told`."""
    T = np.linspace(float(fluid.temperature[0]), float(fluid.temperature[-1]), TABLE)
    log_mu = np.log([viscosity(fluid, t) for t in T])
    return lambda temperature: np.exp(np.interp(temperature, T, log_mu))


def _heat(domain: Domain, flow: FlowField, coolant: CoolantState, k: Floats, heat: float) -> Field:
    """Solve the temperatures of coolant and metal."""
    from thermal.fv.steady import solve

    grid, u = domain.cut.grid, domain.carried(flow)
    problem = ConductionProblem(grid)
    problem.set_material(None, k)
    x, y, _ = grid.ranges(domain.heated, "heated")
    problem.set_flux("z_min", heat / ((x[1] - x[0]) * (y[1] - y[0])), domain.heated)
    capacity = coolant.density * coolant.specific_heat
    arriving = {**dict.fromkeys(SIDES, coolant.inlet), "y_max": coolant.outlet}  # there what left comes back, mixed
    problem.carry(u.x, u.y, u.z, heat_capacity=capacity, inlet_temperature=arriving)
    return solve(problem)
