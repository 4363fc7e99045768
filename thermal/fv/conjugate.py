"""Heat carried by a known flow: capacity flows through faces, inlets, and what the flow carries off from each cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import ArrayLike

from thermal.fv import conjugate_kernels as kernels
from thermal.fv.boundary import SIDES, Exchange, Side
from thermal.fv.grid import NAMES, Axes, Floats, Grid
from thermal.fv.layout import by_rows, zeros
from thermal.fv.refusal import LARGEST, Fault, known_faults, number_faults, numbers, refuse, scalar, shown
from thermal.numerics.gmres import Values

__all__ = ["Carried", "CarryScheme", "InletTemperature", "Lines", "carried_flow", "conducting_inlet"]

CarryScheme = Literal["upwind", "linear_upwind", "central", "bounded"]
CODES: dict[str, int] = {name: code for code, name in enumerate(get_args(CarryScheme))}  # as in the kernels
Entry = Side | Literal["cells"]  # where fluid comes in
InletTemperature = float | Mapping[Side, ArrayLike] | Mapping[Entry, ArrayLike]
ROUNDING = 1.0e-13  # share of the greatest velocity that counts as none
IMBALANCE = 1.0e-9  # largest net flow of a cell, over the flow that enters, that makes no heat to speak of
Shape3 = tuple[int, int, int]


class Lines(NamedTuple):
    """One direction as the kernels see it: arrays (outer, n, inner)."""

    f: Floats
    low: Floats
    high: Floats
    T_low: Floats
    T_high: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Carried:
    """A flow that carries heat; made by `ConductionProblem.carry`.

    Attributes
    ----------
    grid : Grid
        The grid.
    flows : Axes of (nz, ny, nx) float64
        Capacity flow through the face to the next cell in x, y, z, zero in the last column, row, layer [W/K].
    through : mapping from side to (rows, columns) float64
        Capacity flow into the grid through the faces of the sides, out of it where negative [W/K].
    inlets : mapping from side to (rows, columns) float64
        Temperature of what comes in there [K].
    scheme : str
        ``upwind``, ``linear_upwind``, ``central`` or ``bounded``.
    inlet_conduction : bool
        Whether heat is conducted through inlets as well.
    sources : (nz, ny, nx) float64, or None
        Capacity flow put into each cell, taken out of it where negative; None where there is none [W/K].
    source_temperature : (nz, ny, nx) float64, or None
        Of what is put in, zero elsewhere; what is taken out has its cell's [K].
    """

    grid: Grid
    flows: Axes
    through: Mapping[Side, Floats]
    inlets: Mapping[Side, Floats]
    scheme: CarryScheme
    inlet_conduction: bool
    sources: Floats | None = None
    source_temperature: Floats | None = None

    @property
    def code(self) -> int:
        """Number of the scheme in the kernels."""
        return CODES[self.scheme]

    @property
    def entering(self) -> float:
        """Capacity flow that comes in over all sides and is put into cells [W/K]."""
        return float(sum(flow.sum(where=flow > 0.0) for flow in (*self.through.values(), self.put_in)))

    def is_below(self, share: float, conductances: Iterable[Floats]) -> bool:
        """Whether the capacity flow that comes in is less than a share of the greatest conductance [W/K]."""
        return self.entering < share * max(float(g.max()) for g in conductances)

    def mixed(self, heat: float) -> float:
        """Temperature of all that leaves, mixed, once it has taken up heat [W]; something has to come in [K]."""
        brought = sum((flow * self.inlets[side]).sum(where=flow > 0.0) for side, flow in self.through.items())
        return float(brought + self.brought.sum() + heat) / self.entering

    @cached_property
    def put_in(self) -> Floats:
        """Capacity flow put into each cell, shape (nz, ny, nx), or of none [W/K]."""
        return np.zeros(0) if self.sources is None else np.maximum(self.sources, 0.0)

    @cached_property
    def taken_out(self) -> Floats:
        """Capacity flow taken out of each cell, shape (nz, ny, nx), or of none [W/K]."""
        return np.zeros(0) if self.sources is None else np.maximum(-self.sources, 0.0)

    @cached_property
    def brought(self) -> Floats:
        """Heat brought by what is put into each cell, shape (nz, ny, nx), or of none [W]."""
        return np.zeros(0) if self.source_temperature is None else self.put_in * self.source_temperature

    @property
    def inlet_range(self) -> tuple[float, float]:
        """Lowest and highest temperature of what comes in [K]."""
        given = [self.inlets[side][flow > 0.0] for side, flow in self.through.items()]
        if self.source_temperature is not None:
            given.append(self.source_temperature[self.put_in > 0.0])
        all_given = np.concatenate([row for row in given if row.size] or [np.array([np.nan])])
        return float(all_given.min()), float(all_given.max())

    @cached_property
    def without_inlets(self) -> Carried:
        """The same flow with zero for the temperature of all inlets, as for differences of fields."""
        nothing = None if self.source_temperature is None else np.zeros_like(self.source_temperature)
        inlets = {side: np.zeros_like(row) for side, row in self.inlets.items()}
        return replace(self, inlets=inlets, source_temperature=nothing)

    def over(self, reference: float) -> Carried:
        """Return the same flow with temperatures counted from a reference [K]."""
        put_in = None if self.source_temperature is None else self.source_temperature - reference
        inlets = {side: row - reference for side, row in self.inlets.items()}
        return replace(self, inlets=inlets, source_temperature=put_in)

    @cached_property
    def lines(self) -> tuple[Lines, Lines, Lines]:
        """Directions x, y, z as the kernels see them, on arrays of `by_rows`."""
        made = []
        for axis, name in enumerate(NAMES):
            low, high = (side for side in SIDES if side[0] == name)
            f = by_rows(self.flows[axis])
            outer, _, inner = self._seen(f, axis).shape
            ends = (self.through[low], -self.through[high], self.inlets[low], self.inlets[high])
            flat = (np.ascontiguousarray(end.T if axis == 0 else end, np.float64) for end in ends)
            first, second, third, fourth = (end.reshape(outer, inner) for end in flat)
            weights = kernels.weights_of(self.grid.faces[axis])
            made.append(Lines(self._seen(f, axis), first, second, third, fourth, weights))
        return made[0], made[1], made[2]

    def carried_off(self, T: Floats, shares: tuple[Floats, ...] | None = None, *, first: float = 1.0) -> Floats:
        """Heat that the flow carries off from each cell, less what it brings, shape (nz, ny, nx) [W].

        Parameters
        ----------
        T : (nz, ny, nx) float64
            Temperature of the cells, counted as that of the inlets [K].
        shares : three arrays, optional
            Of the bounded scheme, from `limits`; by default those that follow from T.
        first : float
            1, or 0 for what the second order adds to upwind alone.
        """
        out = zeros(self.grid.shape)
        self.add_carried_off(by_rows(T), by_rows(out), shares or self.limits(T), first)
        return out

    def add_carried_off(self, T: Values, out: Floats, shares: tuple[Floats, ...], first: float) -> None:
        """Add what `carried_off` tells to `out`, arrays of `by_rows`; directions without flow are passed over."""
        for axis, lines in enumerate(self.lines):
            if self.moving[axis]:
                row, into = self._seen(T, axis), self._seen(out, axis)
                kernels.carry(row, *lines, self.code, shares[axis], first, into)
        if self.sources is not None:
            taken_out, brought = self._cells_by_rows
            out += first * taken_out * T - brought

    def limits(self, T: Floats) -> tuple[Floats, ...]:
        """Shares of the bounded scheme that follow from a field (nz, ny, nx); empty arrays for other schemes."""
        if self.scheme != "bounded":
            return (np.empty((0, 0, 0)),) * 3
        shares = []
        for axis, lines in enumerate(self.lines):
            share = np.empty(lines.f.shape if self.moving[axis] else (0, 0, 0))
            if self.moving[axis]:
                kernels.limit(self._seen(by_rows(T), axis), *lines, share)
            shares.append(share)
        return tuple(shares)

    @cached_property
    def _cells_by_rows(self) -> tuple[Floats, Floats]:
        """What is taken out of cells [W/K] and the heat brought into them [W], in the layout of `by_rows`."""
        return by_rows(self.taken_out), by_rows(self.brought)

    def face_temperatures(self, T: Floats, axis: int) -> Floats:
        """Temperature with which the flow passes all faces across x, y or z, one more than cells that way [K].

        Where nothing flows it is that of the cell before.
        """
        lines = self.lines[axis]
        outer, n, inner = lines.f.shape
        out = np.empty((outer, n + 1, inner))
        row = self._seen(by_rows(T), axis)
        kernels.faces(row, *lines, self.code, out)
        return self._unseen(out, axis)

    def face_flows(self, axis: int) -> Floats:
        """Capacity flow through all faces across x, y or z, positive towards higher coordinates [W/K]."""
        f, low, high = self.lines[axis][:3]
        return self._unseen(np.concatenate([low[:, None], f[:, :-1], high[:, None]], axis=1), axis)

    @cached_property
    def moving(self) -> tuple[bool, bool, bool]:
        """Directions along which anything flows."""
        x, y, z = (bool(row.f.any() or row.low.any() or row.high.any()) for row in self.lines)
        return x, y, z

    @property
    def imbalance(self) -> Floats:
        """What flows out of each cell less what flows in and is put in, shape (nz, ny, nx) [W/K]."""
        out = zeros(self.grid.shape)
        for axis, lines in enumerate(self.lines):
            kernels.net(*lines[:3], self._seen(by_rows(out), axis))
        return out if self.sources is None else out - self.sources

    def _seen(self, rows: Any, axis: int) -> Any:
        """See an array (ny, nz, nx) as lines along x, y or z."""
        ny, nz, nx = rows.shape
        return rows.reshape({0: (ny * nz, nx, 1), 1: (1, ny, nz * nx), 2: (ny, nz, nx)}[axis])

    def _unseen(self, lines: Floats, axis: int) -> Floats:
        """Turn values on faces across a direction, seen as lines, into an array of the order (z, y, x)."""
        nz, ny, nx = self.grid.shape
        shape = {0: (ny, nz, nx + 1), 1: (ny + 1, nz, nx), 2: (ny, nz + 1, nx)}[axis]
        return np.asarray(lines.reshape(shape).transpose(1, 0, 2))


def carried_flow(
    grid: Grid,
    velocities: tuple[ArrayLike | None, ArrayLike | None, ArrayLike | None],
    *,
    heat_capacity: float,
    inlet_temperature: InletTemperature,
    scheme: CarryScheme,
    inlet_conduction: bool,
    sources: ArrayLike | None = None,
) -> Carried:
    """Return a checked flow; arguments and errors of `ConductionProblem.carry`."""
    place = "carry"
    found: list[Fault] = []
    if not 1.0 / LARGEST <= scalar(heat_capacity) <= LARGEST:
        right = "give density times specific heat, a finite number above zero"
        found.append(("heat_capacity", shown(heat_capacity, "J/(m3 K)"), right))
    found += known_faults("scheme", scheme, CODES)
    found += _inlet_faults(inlet_temperature)
    u = [_velocity(grid, axis, row, found) for axis, row in enumerate(velocities)]
    put_in = _sources(grid, sources, found)
    refuse(place, found)
    least = ROUNDING * max(float(np.abs(row).max()) for row in u)
    u = [np.where(np.abs(row) > least, row, 0.0) for row in u]  # walls that let rounding through are walls
    flows, through = [], {}
    for axis, row in enumerate(u):
        d = 2 - axis
        flow = np.moveaxis(heat_capacity * row * np.expand_dims(grid.areas(axis), d), d, 0)
        inner = zeros(grid.shape)
        np.moveaxis(inner, d, 0)[:-1] = flow[1:-1]
        flows.append(inner)
        low, high = (side for side in SIDES if side[0] == NAMES[axis])
        through[low], through[high] = flow[0].copy(), -flow[-1]
    inlets = {side: _inlet(side, flow, inlet_temperature, found) for side, flow in through.items()}
    warmth = None
    if put_in is not None:
        put_in = heat_capacity * put_in
        warmth = np.where(put_in > 0.0, _inlet("cells", put_in, inlet_temperature, found), 0.0)
    refuse(place, found)
    carried = Carried(grid, Axes(*flows), through, inlets, scheme, inlet_conduction, put_in, warmth)
    refuse(place, _unbalanced(carried))
    return carried


def _velocity(grid: Grid, axis: int, given: ArrayLike | None, found: list[Fault]) -> Floats:
    """Return velocities on the faces across an axis; none given is none there."""
    nz, ny, nx = grid.shape
    shape = (nz + (axis == 2), ny + (axis == 1), nx + (axis == 0))
    name = "uvw"[axis]
    if given is None:
        return np.zeros(shape)
    row = numbers(given)
    if row is None:
        found.append((name, shown(given), "give numbers [m/s]"))
        return np.zeros(shape)
    if row.shape != shape:
        found.append((name, f"an array of shape {row.shape}", f"give {shape} values, one for each face across it"))
        return np.zeros(shape)
    found += number_faults(name, row, "m/s")
    return row


def _sources(grid: Grid, given: ArrayLike | None, found: list[Fault]) -> Floats | None:
    """Return what is put into cells [m3/s]; None where nothing is."""
    if given is None:
        return None
    row = numbers(given)
    if row is None or row.shape != grid.shape:
        wrong = shown(given) if row is None else f"an array of shape {row.shape}"
        found.append(("sources", wrong, f"give {grid.shape} values, one for each cell"))
        return None
    found += number_faults("sources", row, "m3/s")
    return row if row.any() else None


def _inlet_faults(given: object) -> Iterable[Fault]:
    """Yield what is wrong with inlet temperatures whatever comes in: one that is no number, names of no side."""
    if isinstance(given, Mapping):
        for name in given:
            yield from known_faults("inlet_temperature", name, (*SIDES, "cells"))
        return
    row = numbers(given)
    if row is None:
        yield "inlet_temperature", shown(given), "give numbers [K]"
    elif not row.ndim:
        yield from number_faults("inlet_temperature", row, "K")


def _inlet(side: Entry, flow: Floats, given: InletTemperature, found: list[Fault]) -> Floats:
    """Return the temperature of what comes in on each face of a side, or is put into cells; zero without one."""
    value = cast("Mapping[Entry, ArrayLike]", given).get(side) if isinstance(given, Mapping) else given
    comes = flow > 0.0
    if value is None:
        if comes.any():
            where = "are put into cells" if side == "cells" else f"come in on {side}"
            right = f"add inlet_temperature[{side!r}]"
            if side != "cells" and (flow < 0.0).any():
                right += ", that of what comes back in, or move the outlet to where all of it lets fluid out"
            found.append(("inlet_temperature", f"{flow[comes].sum():g} W/K {where} without one", right))
        return np.zeros(flow.shape)
    row = numbers(value)
    if row is None:
        found.append((f"inlet_temperature[{side!r}]", shown(value), "give numbers [K]"))
        return np.zeros(flow.shape)
    if row.ndim and row.shape != flow.shape:
        found.append(("inlet_temperature", f"an array of shape {row.shape} for {side}", f"give one, or {flow.shape}"))
        return np.zeros(flow.shape)
    row = np.array(np.broadcast_to(row, flow.shape))
    found += number_faults("inlet_temperature", row[comes] if comes.any() else row, "K")
    return row


def _unbalanced(carried: Carried) -> Iterable[Fault]:
    """Refuse a flow that is made or lost in cells: there it would make heat or lose it."""
    size = max(carried.entering, max(float(np.abs(flow).max(initial=0.0)) for flow in carried.flows))
    net = carried.imbalance
    cell = np.unravel_index(int(np.abs(net).argmax()), net.shape)
    if size > 0.0 and abs(net[cell]) > IMBALANCE * size:
        place = carried.grid.describe([int(n) for n in cell])
        wrong = f"{net[cell] / size:.2g} of the flow arises in {place}"
        right = "give what is put into cells or taken out of them as `sources`, as mass over density of add_mass()"
        if carried.sources is not None:
            right = "make velocities and `sources` balance"
        yield "velocities", wrong, f"{right}, or solve the flow more closely, to {IMBALANCE:g} of what enters"


def conducting_inlet(carried: Carried, side: Side, exchange: Exchange, reference: float) -> Exchange:
    """Return what a side exchanges with heat conducted through its inlets, as from a face at their temperature."""
    comes = (carried.through[side] > 0.0) & carried.inlet_conduction
    conductance = np.where(comes, exchange.half, exchange.conductance)
    pull = np.where(comes, exchange.half * (carried.inlets[side] - reference), exchange.pull)
    return replace(exchange, conductance=conductance, pull=pull)
