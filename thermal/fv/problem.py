"""A steady conduction problem, filled step by step: materials, heat, contacts, coolant, conditions on the sides."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thermal.fv.boundary import SIDES, Condition, Side
from thermal.fv.conjugate import Carried, CarryScheme, InletTemperature, carried_flow
from thermal.fv.contact import Contact, contact, rectangle
from thermal.fv.coolant import Zone
from thermal.fv.coolant_input import Direction, channel_zone, porous_zone, refuse_conflicts
from thermal.fv.given import Notes
from thermal.fv.grid import Box, Floats, Grid, Slices
from thermal.fv.materials import Conductivity, Material, material
from thermal.fv.memory import require_memory
from thermal.fv.overlap import tile_shares

__all__ = ["ConductionProblem", "Contact", "Heat"]


class Heat(NamedTuple):
    """Heat given to a block of cells."""

    cells: Slices
    power: Floats  # of each cell of the block [W]


class ConductionProblem:
    """∇·(k∇T) + q = 0 on a grid, adiabatic until told otherwise.

    What is said later about a material, a contact or a side replaces what was said before about the same place;
    heat adds up.

    Parameters
    ----------
    grid : Grid
        The grid.
    conductivity : float, (kx, ky, kz) or (nz, ny, nx) float64, optional
        Of everything that `set_material` does not name [W/(m K)].

    Raises
    ------
    InputError
        A grid too large for the memory of the machine; as `set_material` for the conductivity.

    Attributes
    ----------
    materials, heats, contacts, zones, conditions : list
        What has been said so far, checked.
    carried : Carried or None
        The flow that carries heat, see `carry`.

    Examples
    --------
    A plate of 3 mm copper, 100 W over its bottom, cooled above: 100 W/(1e-4 m2) · (1/(2e4) + 0.003/390) = 57.69 K.

    >>> from thermal.fv import ConductionProblem, Grid, solve
    >>> problem = ConductionProblem(Grid.uniform((0.01, 0.01, 0.003), (4, 4, 6)), conductivity=390.0)
    >>> problem.set_flux("z_min", 100.0 / 1e-4)
    >>> problem.set_convection("z_max", h=2e4, temperature=300.0)
    >>> field = solve(problem)
    >>> round(float(field.surface("z_min").mean()), 2)
    357.69
    """

    def __init__(self, grid: Grid, conductivity: Conductivity | None = None) -> None:
        require_memory(grid)
        self.grid = grid
        self.materials: list[Material] = []
        self.heats: list[Heat] = []
        self.contacts: list[Contact] = []
        self.zones: list[Zone] = []
        self.carried: Carried | None = None
        self.conditions: dict[Side, list[Condition]] = {side: [] for side in SIDES}
        if conductivity is not None:
            self.set_material(None, conductivity)

    def set_material(self, box: Box | None, conductivity: Conductivity) -> None:
        """Give the cells whose centres lie in a box a conductivity.

        Parameters
        ----------
        box : Box or None
            Put faces of the grid on its sides, else it is rounded to whole cells; None is the whole grid.
        conductivity : float, (kx, ky, kz) or (nz, ny, nx) float64
            One value, one for each direction, or one for each cell (whole grid only) [W/(m K)].

        Raises
        ------
        InputError
            Not above zero or not finite, with the place; a box outside the grid or without a centre of a cell.
        """
        self.materials.append(material(self.grid, box, conductivity))

    def add_heat(self, box: Box, power: ArrayLike) -> None:
        """Add heat to a box, evenly or as a map; the total is kept to rounding however the grid cuts the box.

        Parameters
        ----------
        box : Box
            Where; cells in it in part take their share by volume.
        power : float, (my, mx) or (mz, my, mx) array_like
            Total, or the power of each of the equal tiles that cut the box [W].

        Raises
        ------
        InputError
            A box outside the grid, a power that is not finite.
        """
        notes, place = Notes(), "add_heat"
        tiles = notes.numbers(place, "power", power, "W", shapes=None)
        if tiles is not None and (tiles.ndim not in {0, 2, 3} or not tiles.size):
            wrong = f"{tiles.ndim} dimensions" if tiles.size else f"no tiles, in the shape {tiles.shape}"
            notes.add(place, [("power", wrong, "give a number, a map (my, mx) or (mz, my, mx)")])
        ends = notes.tried(lambda: self.grid.ranges(box, place))
        tiles, ends = notes.right(tiles), notes.right(ends)
        tiles = tiles.reshape((1,) * (3 - tiles.ndim) + tiles.shape)
        cells, shares = [], []
        for axis in (2, 1, 0):
            share = tile_shares(ends[axis], tiles.shape[2 - axis], self.grid.faces[axis])
            touched = np.flatnonzero(share.any(axis=0))
            cells.append(slice(int(touched[0]), int(touched[-1]) + 1))
            shares.append(share[:, cells[-1]])
        heat = np.einsum("lmn,lk,mj,ni->kji", tiles, *shares, optimize=True)
        self.heats.append(Heat((cells[0], cells[1], cells[2]), np.ascontiguousarray(heat)))

    def add_cell_heat(self, power: ArrayLike) -> None:
        """Add heat cell by cell.

        Parameters
        ----------
        power : (nz, ny, nx) array_like
            Power of each cell [W].

        Raises
        ------
        InputError
            Another shape, a power that is not finite.
        """
        notes = Notes()
        heat = notes.right(notes.numbers("add_cell_heat", "power", power, "W", shapes=(self.grid.shape,)))
        nz, ny, nx = self.grid.shape
        self.heats.append(Heat((slice(0, nz), slice(0, ny), slice(0, nx)), heat))

    def set_contact(
        self,
        *,
        resistance: float,
        x: float | None = None,
        y: float | None = None,
        z: float | None = None,
        within: Box | None = None,
    ) -> None:
        """Put a contact resistance on an inner plane of the grid.

        Parameters
        ----------
        resistance : float
            Resistance of a unit of area [m2 K/W].
        x, y, z : float
            Position of the plane, exactly one of them, on faces of the grid [m].
        within : Box, optional
            Rectangle of the plane; faces in it in part are two paths side by side.

        Raises
        ------
        InputError
            A negative resistance, a plane that is not on inner faces (the nearest are named), a box outside the grid.
        """
        self.contacts.append(contact(self.grid, (x, y, z), within, resistance))

    def fix_temperature(self, side: Side, temperature: float | Floats, within: Box | None = None) -> None:
        """Hold a side, or a rectangle of it, at a temperature.

        Parameters
        ----------
        side : str
            ``x_min``, ``x_max``, ``y_min``, ``y_max``, ``z_min`` or ``z_max``.
        temperature : float or (rows, columns) float64
            One value, or one for each face of the whole side [K].
        within : Box, optional
            Rectangle of the side.

        Raises
        ------
        InputError
            An unknown side, a value that is not finite, another shape, a box outside the grid.
        """
        self._add("fix_temperature", side, within, "temperature", temperature=(temperature, "K", None))

    def set_convection(
        self, side: Side, h: float | Floats, temperature: float | Floats, within: Box | None = None
    ) -> None:
        """Cool (or heat) a side, or a rectangle of it, by convection to a known temperature.

        Parameters
        ----------
        side : str
            As in `fix_temperature`, as are `within` and what is raised.
        h : float or (rows, columns) float64
            Heat-transfer coefficient, not negative [W/(m2 K)].
        temperature : float or (rows, columns) float64
            Of what flows by [K].
        within : Box, optional
            Rectangle of the side.
        """
        given = {"h": (h, "W/(m2 K)", 0.0), "temperature": (temperature, "K", None)}
        self._add("set_convection", side, within, "convection", **given)

    def set_flux(self, side: Side, flux: float | Floats, within: Box | None = None) -> None:
        """Send a heat flux into the solid through a side, or a rectangle of it.

        Parameters
        ----------
        side : str
            As in `fix_temperature`, as are `within` and what is raised.
        flux : float or (rows, columns) float64
            Into the solid [W/m2].
        within : Box, optional
            Rectangle of the side.
        """
        self._add("set_flux", side, within, "flux", flux=(flux, "W/m2", None))

    def set_adiabatic(self, side: Side, within: Box | None = None) -> None:
        """Let no heat through a side, or a rectangle of it, after all."""
        self.set_flux(side, 0.0, within)

    def add_coolant(
        self,
        box: Box,
        *,
        capacity_flow: ArrayLike,
        exchange: ArrayLike,
        inlet_temperature: float,
        direction: Direction,
    ) -> None:
        """Let coolant flow along y through a box of solid, as between fins: two temperatures in each cell.

        Parameters
        ----------
        box : Box
            The cells whose centres lie in it; give the solid there its conductivities with `set_material`.
        capacity_flow : float or (layers, columns) array_like
            Mass flow times specific heat [W/K]: of the whole box, spread over its cross-section by area, or of each
            layer and column of its cells (zero: none flows there). Layers and columns do not mix.
        exchange : float or (layers, rows, columns) array_like
            Heat that solid and coolant exchange, by volume and temperature difference, not negative [W/(m3 K)].
        inlet_temperature : float
            Of the coolant that enters [K].
        direction : str
            ``y_max`` or ``y_min``, to which it flows; ``split``, from a face in the middle to both, the capacity flow
            being that of each half.

        Raises
        ------
        InputError
            Everything wrong at once: values, shapes, a box off the grid or without cells, a zone to be split without a
            face in its middle; cells of another zone, coolant that flows against it in a row or runs on into it.

        Examples
        --------
        100 W into copper with coolant of 50 W/K: 2 K from inlet to outlet.

        >>> from thermal.fv import Box, ConductionProblem, Grid, solve
        >>> problem = ConductionProblem(Grid.uniform((0.03, 0.04, 0.004), (6, 8, 4)), conductivity=390.0)
        >>> problem.add_heat(Box(z=(0.0, 0.001)), 100.0)
        >>> fins = {"capacity_flow": 50.0, "exchange": 2e7, "inlet_temperature": 300.0, "direction": "y_max"}
        >>> problem.add_coolant(Box(z=(0.002, 0.004)), **fins)
        >>> round(solve(problem).coolant[0].outlet_temperature, 6)
        302.0
        """
        zone = porous_zone(
            self.grid,
            box,
            capacity_flow=capacity_flow,
            exchange=exchange,
            inlet_temperature=inlet_temperature,
            direction=direction,
        )
        refuse_conflicts(self.grid, [*self.zones, zone], "add_coolant")
        self.zones.append(zone)

    def add_channels(
        self,
        box: Box,
        *,
        capacity_flow: ArrayLike,
        h_side: ArrayLike,
        h_bottom: ArrayLike,
        h_top: ArrayLike,
        inlet_temperature: float,
        direction: Direction,
        mask: ArrayLike | None = None,
    ) -> None:
        """Let coolant fill cells of a box and flow through them along y, each cell between its own walls.

        Such a cell has the mean temperature of its coolant; it needs no material, conducts nothing to other cells of
        coolant nor along y, and is tied to a solid neighbour by 1/(1/(hA) + half a cell of the solid).

        Parameters
        ----------
        box, inlet_temperature, direction : Box, float, str
            As in `add_coolant`, as is what is raised.
        capacity_flow : float or (layers, columns) array_like
            As in `add_coolant`, spread over the cells of coolant [W/K].
        h_side, h_bottom, h_top : float or (layers, rows, columns) array_like
            Heat-transfer coefficients to the walls across x, below and above, on the mean temperature of the
            coolant in the cell [W/(m2 K)]. A coefficient for a whole channel asks for cells as wide and high as it.
        mask : (layers, columns) array_like of bool, optional
            Which cells of the box are coolant; the others are its walls. By default all.
        """
        zone = channel_zone(
            self.grid,
            box,
            mask=mask,
            capacity_flow=capacity_flow,
            films=(h_side, h_bottom, h_top),
            inlet_temperature=inlet_temperature,
            direction=direction,
        )
        refuse_conflicts(self.grid, [*self.zones, zone], "add_channels")
        self.zones.append(zone)

    def carry(
        self,
        u: ArrayLike | None = None,
        v: ArrayLike | None = None,
        w: ArrayLike | None = None,
        *,
        heat_capacity: float,
        inlet_temperature: InletTemperature,
        scheme: CarryScheme = "linear_upwind",
        inlet_conduction: bool = False,
        sources: ArrayLike | None = None,
    ) -> None:
        """Let a known flow carry heat, solid and fluid on one grid; what was carried before is replaced.

        Give the fluid its conductivity with `set_material`; a tiny one along the flow leaves out conduction there.
        Conditions on a side do not act on faces through which fluid passes.

        Parameters
        ----------
        u : (nz, ny, nx + 1) array_like, optional
            Velocity along x on the faces across x; zero in solids. None for none [m/s].
        v, w : (nz, ny + 1, nx), (nz + 1, ny, nx) array_like, optional
            Along y and z.
        heat_capacity : float
            Density times specific heat of the fluid [J/(m3 K)].
        inlet_temperature : float or mapping of side to float or (rows, columns)
            Of all that comes in, or side by side; of what is put into cells under ``cells``, one or (nz, ny, nx). Fluid
            that comes back in through an outlet is among it [K].
        scheme : str, optional
            ``linear_upwind`` or ``central`` (second order), ``bounded`` (second order, without new extremes),
            ``upwind`` (first order).
        inlet_conduction : bool, optional
            Whether heat is conducted through inlets as well, from a face held at their temperature. Where such a face
            meets a warm wall the heat lost through the corner grows without limit as the grid is refined.
        sources : (nz, ny, nx) array_like, optional
            Volume put into each cell, as ``flow.input.mass / flow.input.density``; where negative, taken out with the
            temperature of its cell [m3/s].

        Raises
        ------
        InputError
            Everything wrong at once; a flow that is made or lost in some cell.
        """
        self.carried = carried_flow(
            self.grid, (u, v, w), heat_capacity=heat_capacity, inlet_temperature=inlet_temperature, scheme=scheme,
            inlet_conduction=inlet_conduction, sources=sources,
        )  # fmt: skip

    def _add(
        self,
        place: str,
        side: Side,
        within: Box | None,
        kind: Literal["temperature", "convection", "flux"],
        **given: tuple[float | Floats, str, float | None],
    ) -> None:
        """Check and note one condition; each given is (value, unit, least)."""
        notes = Notes()
        known = notes.known(place, "side", side, tuple(SIDES))
        axis = SIDES[side][0] if known else None
        where = place if axis is None else f"{place} {side}"
        whole = () if axis is None or within is not None else (self.grid.areas(axis).shape,)
        values: dict[str, float | Floats] = {}
        for name, (value, unit, least) in given.items():
            array = notes.numbers(where, name, value, unit, shapes=((), *whole) if known else None, least=least)
            if array is not None:
                values[name] = array if array.ndim else float(array)
        covered = notes.tried(lambda: rectangle(self.grid, axis, within, where))
        condition = Condition(kind, notes.right(covered), **values)
        self.conditions[side].append(condition)
