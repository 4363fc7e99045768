"""A coolant network as named arrays, and the builder that a rack, a test or a notebook fills it with."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.correlations.ducts import aspect_ratio, entrance_constants
from thermal.correlations.fittings import KV_UNIT, WATER_DENSITY
from thermal.errors import InputError, Problem
from thermal.hydraulics.branches import (
    CHANNELS,
    PIPE,
    POWER,
    PUMP,
    PUMP_STIFFNESS,
    PUMP_TABLE,
    RESISTANCE,
    TABLE,
    Channels,
    Coefficients,
    Curves,
)  # fmt: skip
from thermal.numerics.interpolation import monotone_slopes

__all__ = ["Network", "NetworkBuilder", "coefficients"]

GRAVITY = 9.80665  # [m/s2]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Network:
    """Geometry and data of every branch, shape (branches,) unless said; SI units.

    Pressures of nodes are total (stagnation) pressures.  Data that depend on the fluid they were measured with
    carry its density and viscosity, and are moved to the coolant by similarity.

    Attributes
    ----------
    nodes, branches : tuple of str
        Paths, used in messages and results.
    height : (nodes,) float64
        Height above the floor [m].
    start, end : int64
        Node at each end; flow from start to end counts positive.
    kind : int8
        Law, see `thermal.hydraulics.branches`.
    is_open, one_way : bool
        False for a closed valve; True for a check valve or a pump with one.
    length, diameter, roughness, loss : float64
        Pipe: [m], [m], [m], ΣK [-]. The diameter (0 when unknown) also gives velocities of other elements.
    linear, quadratic : float64
        Δp = linear·Q·(μ/μ₀) + quadratic·Q²·(ρ/ρ₀), [Pa/(m3/s)], [Pa/(m3/s)2].
    factor, exponent : float64
        Δp = factor·Qⁿ, [Pa/(m3/s)ⁿ], [-].
    density, viscosity : float64
        ρ₀, μ₀ of the fluid the data refer to [kg/m3], [Pa s]; 0 when unknown, the data are then used as they are.
    shut_off, limit, speed : float64
        Pump: head at rest and full speed [Pa], end of the curve [m3/s], speed over rated speed [-].
    copies : float64
        How many times the branch's flow passes the element [-].
    curve : int64
        Row of the curve or channel table.
    ambient_conductance : float64
        Heat exchange with the surroundings, UA [W/K].
    well_mixed : bool
        True when that heat is given off at the outlet temperature (a stirred cell), not along the way.
    tee_run, tee_side : (tees,) int64
        Header branch away from the port (−1 at the end of a header), and the branch at the side.
    tee_node : (tees,) int64
        Node of the junction.
    tee_header, tee_tap : (tees,) float64
        Bores of header and tap [m].
    tee_coefficient : (tees,) float64
        Coefficient of the dividing straight passage [-].
    """

    nodes: tuple[str, ...]
    branches: tuple[str, ...]
    height: Floats
    start: Integers
    end: Integers
    kind: NDArray[np.int8]
    is_open: NDArray[np.bool_]
    one_way: NDArray[np.bool_]
    length: Floats
    diameter: Floats
    roughness: Floats
    loss: Floats
    linear: Floats
    quadratic: Floats
    factor: Floats
    exponent: Floats
    density: Floats
    viscosity: Floats
    shut_off: Floats
    limit: Floats
    speed: Floats
    copies: Floats
    curve: Integers
    ambient_conductance: Floats
    well_mixed: NDArray[np.bool_]
    curves: Curves
    channels: Channels
    tee_run: Integers
    tee_side: Integers
    tee_node: Integers
    tee_header: Floats
    tee_tap: Floats
    tee_coefficient: Floats


@dataclass
class NetworkBuilder:
    """Collects nodes and branches; `build` freezes them into a `Network`.

    Examples
    --------
    >>> b = NetworkBuilder()
    >>> inlet, outlet = b.node("inlet"), b.node("outlet")
    >>> b.pipe("hose", inlet, outlet, length=2.0, diameter=0.02)
    0
    >>> b.build().branches
    ('hose',)
    """

    _nodes: list[tuple[str, float]] = field(default_factory=list)
    _rows: list[dict[str, float | str | bool]] = field(default_factory=list)
    _curves: list[tuple[Floats, Floats]] = field(default_factory=list)
    _channels: list[dict[str, float]] = field(default_factory=list)
    _tees: list[tuple[int, int, int, float, float, float]] = field(default_factory=list)

    def node(self, path: str, height: float = 0.0) -> int:
        """Add a node at a height [m]; return its number."""
        self._nodes.append((path, height))
        return len(self._nodes) - 1

    def _add(self, path: str, start: int, end: int, kind: int, **values: float | bool) -> int:
        self._rows.append({"path": path, "start": start, "end": end, "kind": kind, **values})
        return len(self._rows) - 1

    def pipe(
        self,
        path: str,
        start: int,
        end: int,
        *,
        length: float,
        diameter: float,
        roughness: float = 1.5e-6,
        loss: float = 0.0,
        law: int = PIPE,
        ambient_conductance: float = 0.0,
        well_mixed: bool = False,
    ) -> int:
        """Add a pipe, hose or header segment; lengths in [m], `loss` is ΣK on the velocity head, UA in [W/K]."""
        values = {"length": length, "diameter": diameter, "roughness": roughness, "loss": loss}
        outside = {"ambient_conductance": ambient_conductance, "well_mixed": well_mixed}
        return self._add(path, start, end, law, **outside, **values)

    def fitting(
        self,
        path: str,
        start: int,
        end: int,
        *,
        kv: float,
        diameter: float = 0.0,
        opening: float = 1.0,
        one_way: bool = False,
    ) -> int:
        """Add a coupling, valve, filter or check valve with a flow coefficient Kv [m3/h]; opening 0 is closed."""
        is_open = opening > 0.0
        quadratic = 1.0 / (kv * KV_UNIT * (opening if is_open else 1.0)) ** 2
        fluid = {"density": WATER_DENSITY, "viscosity": 1.0e-3}
        flags = {"is_open": is_open, "one_way": one_way}
        return self._add(path, start, end, RESISTANCE, quadratic=quadratic, diameter=diameter, **fluid, **flags)

    def resistance(
        self,
        path: str,
        start: int,
        end: int,
        *,
        linear: float = 0.0,
        quadratic: float = 0.0,
        density: float = 0.0,
        viscosity: float = 0.0,
        diameter: float = 0.0,
    ) -> int:
        """Add Δp = linear·Q + quadratic·Q|Q| [Pa, m3/s], measured with a fluid of this density and viscosity."""
        values = {"linear": linear, "quadratic": quadratic, "density": density, "viscosity": viscosity}
        return self._add(path, start, end, RESISTANCE, diameter=diameter, **values)

    def orifice(self, path: str, start: int, end: int, *, loss: float, diameter: float) -> int:
        """Add a loss coefficient K at a bore [m]."""
        quadratic = loss * 1000.0 / 2.0 / (0.25 * pi * diameter**2) ** 2
        fluid = {"density": 1000.0, "viscosity": 1.0e-3}
        return self._add(path, start, end, RESISTANCE, quadratic=quadratic, diameter=diameter, **fluid)

    def power(
        self,
        path: str,
        start: int,
        end: int,
        *,
        factor: float,
        exponent: float,
        density: float = 0.0,
        viscosity: float = 0.0,
        diameter: float = 0.0,
    ) -> int:
        """Add Δp = factor·Qⁿ [Pa, m3/s], measured with a fluid of this density and viscosity."""
        values = {"density": density, "viscosity": viscosity, "diameter": diameter}
        return self._add(path, start, end, POWER, factor=factor, exponent=exponent, **values)

    def table(
        self,
        path: str,
        start: int,
        end: int,
        *,
        flow: Floats,
        drop: Floats,
        density: float = 0.0,
        viscosity: float = 0.0,
        diameter: float = 0.0,
    ) -> int:
        """Add a tabulated Δp(Q) [Pa, m3/s], which must not fall; the origin is added when it is missing."""
        curve = self._curve(flow, drop)
        _refuse_falling(path, *self._curves[curve])
        values = {"density": density, "viscosity": viscosity, "diameter": diameter}
        return self._add(path, start, end, TABLE, curve=curve, **values)

    def channels(self, path: str, start: int, end: int, *, diameter: float = 0.0, **geometry: float) -> int:
        """Add a plate by its channels, see `Channels`; friction not given is that of a rectangular duct."""
        usual = entrance_constants(aspect_ratio(geometry["width"], geometry["height"]))
        duct = dict(zip(("developed", "excess", "constant"), usual, strict=True), laminar_loss=0.0)
        self._channels.append(duct | geometry)
        return self._add(path, start, end, CHANNELS, curve=len(self._channels) - 1, diameter=diameter)

    def pump(
        self,
        path: str,
        start: int,
        end: int,
        *,
        head: tuple[float, float, float] | tuple[Floats, Floats],
        limit: float,
        speed: float = 1.0,
        check_valve: bool = True,
    ) -> int:
        """Add a pump, H = c₀ + c₁Q + c₂Q² [Pa, m3/s] or a table (Q, H), up to the flow `limit`, at a relative speed."""
        common = {"limit": limit, "speed": speed, "one_way": check_valve}
        if len(head) == 3:
            c0, c1, c2 = (float(c) for c in head)
            return self._add(path, start, end, PUMP, shut_off=c0, linear=-c1, quadratic=-c2, **common)
        flow, rise = (np.asarray(column, float) for column in head)
        curve = self._curve(flow, rise, through_origin=False)
        return self._add(path, start, end, PUMP_TABLE, shut_off=float(rise[0]), curve=curve, **common)

    def _curve(self, flow: Floats, drop: Floats, *, through_origin: bool = True) -> int:
        flow, drop = np.asarray(flow, float), np.asarray(drop, float)
        if through_origin and flow[0] > 0.0:
            flow, drop = np.insert(flow, 0, 0.0), np.insert(drop, 0, 0.0)
        self._curves.append((flow, drop))
        return len(self._curves) - 1

    def tee(
        self, node: int, run: int | None, side: int, *, header: float, tap: float, coefficient: float = 0.4
    ) -> None:
        """Add the losses of a header tee: `run` is the header branch away from the port, bores in [m]."""
        self._tees.append((node, -1 if run is None else run, side, header, tap, coefficient))

    def scale(self, branch: int, copies: float) -> None:
        """Let a branch see its flow `copies` times (one cooling unit for several like racks)."""
        self._rows[branch]["copies"] = copies

    def build(self) -> Network:
        """Freeze what was added."""
        rows = self._rows

        columns: dict[str, Any] = {
            name: np.full(len(rows), default)
            for name, default in (
                ("length", 0.0), ("diameter", 0.0), ("roughness", 0.0), ("loss", 0.0), ("linear", 0.0),
                ("quadratic", 0.0), ("factor", 0.0), ("exponent", 2.0), ("density", 1.0), ("viscosity", 1.0),
                ("shut_off", 0.0), ("limit", np.inf), ("speed", 1.0), ("copies", 1.0), ("ambient_conductance", 0.0),
                ("start", np.int64(-1)), ("end", np.int64(-1)), ("curve", np.int64(-1)), ("kind", np.int8(0)),
                ("is_open", True), ("one_way", False), ("well_mixed", False),
            )
        }  # fmt: skip
        for b, row in enumerate(rows):
            for name, value in row.items():
                if name != "path":
                    columns[name][b] = value
        tees: list[Any] = list(zip(*self._tees, strict=True)) or [()] * 6
        names = ("tee_node", "tee_run", "tee_side", "tee_header", "tee_tap", "tee_coefficient")
        types = (np.int64, np.int64, np.int64, np.float64, np.float64, np.float64)
        junctions: dict[str, Any] = {n: np.array(c, t) for n, c, t in zip(names, tees, types, strict=True)}
        return Network(
            nodes=tuple(path for path, _ in self._nodes),
            branches=tuple(str(row["path"]) for row in rows),
            height=np.array([height for _, height in self._nodes], float),
            curves=_freeze_curves(self._curves),
            channels=Channels(*(np.array([c[n] for c in self._channels], float) for n in Channels._fields)),
            **columns,
            **junctions,
        )


def _refuse_falling(path: str, flow: Floats, drop: Floats) -> None:
    """Raise when a table of pressure drop has more than one flow for one pressure, which has no single answer."""
    if not np.all(np.diff(flow) > 0.0):
        wrong, right = "the flows of the table do not rise from row to row", "sort the rows"
    elif flow[0] == 0.0 and drop[0] != 0.0:
        wrong, right = f"the table has {drop[0]:g} Pa at rest", "give no pressure drop without flow"
    elif not np.all(np.diff(drop) >= 0.0):
        k = int(np.flatnonzero(~(np.diff(drop) >= 0.0))[0])
        wrong = f"the pressure drop falls from {drop[k]:g} to {drop[k + 1]:g} Pa while the flow rises"
        right = "correct the table"
    else:
        return
    raise InputError([Problem("network", 0, 0, path, wrong, right)])


def _freeze_curves(curves: list[tuple[Floats, Floats]]) -> Curves:
    """Lay the tabulated curves one after another."""
    start = np.concatenate([[0], np.cumsum([flow.size for flow, _ in curves])]).astype(np.int64)
    empty = [np.empty(0)]
    return Curves(
        start,
        np.concatenate([flow for flow, _ in curves] or empty),
        np.concatenate([drop for _, drop in curves] or empty),
        np.concatenate([monotone_slopes(flow, drop) for flow, drop in curves] or empty),
    )


def coefficients(network: Network, density: Floats, viscosity: Floats, pump_speed: float = 1.0) -> Coefficients:
    """Turn geometry and data into what the laws need at one state of the coolant.

    Data measured with another fluid are moved by similarity: Δp ρ/μ² is a function of Q ρ/μ alone.

    Parameters
    ----------
    network : Network
        The network.
    density, viscosity : (branches,) float64
        Of the coolant in each branch [kg/m3], [Pa s].
    pump_speed : float
        Factor on the speed of every pump [-].

    Returns
    -------
    Coefficients
        For `thermal.hydraulics.branches.pressure_drop`.
    """
    n = network  # copies: what is only broadcast cannot be written to, and kernels would be compiled once more for it
    rho, mu = (np.array(np.broadcast_to(given, n.kind.shape), float) for given in (density, viscosity))
    bore = np.where(n.diameter > 0.0, n.diameter, 1.0)
    area = 0.25 * pi * bore**2
    pump = (n.kind == PUMP) | (n.kind == PUMP_TABLE)
    speed = n.speed * pump_speed
    with np.errstate(divide="ignore"):
        thinner = np.where(n.viscosity > 0.0, mu / n.viscosity, 1.0)
        heavier = np.where(n.density > 0.0, rho / n.density, 1.0)
    linear = np.where(pump, n.linear * speed, n.linear * thinner) / rho
    quadratic = np.where(pump, n.quadratic, n.quadratic * heavier) / rho**2
    quadratic = np.where(n.kind < RESISTANCE, n.loss / (2.0 * rho * area**2), quadratic)
    with np.errstate(invalid="ignore"):
        limit = np.where(pump, n.limit * speed * rho, np.inf)
        rate = np.where(pump, n.shut_off / (n.limit * rho), 0.0)
    power = n.kind == POWER
    moved = np.where(power, heavier ** (n.exponent - 1.0) * thinner ** (2.0 - n.exponent), thinner**2 / heavier)
    return Coefficients(
        kind=n.kind,
        curve=n.curve,
        copies=n.copies,
        density=rho,
        viscosity=mu,
        static=rho * GRAVITY * (n.height[n.end] - n.height[n.start]),
        reynolds=np.where(n.diameter > 0.0, 4.0 / (pi * bore * mu), 0.0),
        roughness=n.roughness / bore,
        friction=n.length / bore / (2.0 * rho * area**2),
        linear=linear,
        quadratic=quadratic,
        factor=np.where(power, n.factor * moved / rho**n.exponent, np.where(pump, speed**2, moved)),
        exponent=n.exponent,
        scale=np.where(pump, 1.0 / (rho * np.maximum(speed, 1.0e-9)), heavier / thinner / rho),
        shut_off=n.shut_off * speed**2,
        limit=np.where(limit > 0.0, limit, np.inf),
        stiffness=PUMP_STIFFNESS * rate,
    )
