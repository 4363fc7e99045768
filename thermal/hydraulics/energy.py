"""Coolant temperature: energy carried along the solved flow, mixed at nodes, friction heat included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thermal.correlations.coolant import CoolantTable, enthalpy, specific_heat, temperature_of_enthalpy
from thermal.errors import ConvergenceError, OperatingRangeError
from thermal.hydraulics.network import GRAVITY, Network
from thermal.hydraulics.solve import Flow

__all__ = ["Temperatures", "coolant_temperatures"]

SWEEPS = 1000
LEAP = 8  # sweeps between two extrapolations
NO_FLOW = 1.0e-12  # flows below this share of the largest are rounding: dead ends, balanced bridges
FRESH = 1.0e-9  # what leaves a node beyond this share of what arrives has come from outside; less is rounding
SETTLED = 1.0e-14  # change of an enthalpy flow per sweep, over the largest flow times the table's range


@dataclass(frozen=True)
class Temperatures:
    """Coolant temperatures [K] and the energy account.

    Attributes
    ----------
    inlet, outlet : (branches,) float64
        At the upstream and downstream end of each branch, by the direction of flow.
    node : (nodes,) float64
        Mixed temperature; where nothing flows, the surroundings'.
    reached : (nodes,) bool
        False where nothing flows, so that `node` is the surroundings' temperature.
    heat : float
        Heat put in by devices [W].
    dissipation : float
        Heat of friction [W].
    ambient : float
        Heat given to the surroundings [W].
    carried : float
        Enthalpy flow out minus in over the given-pressure and injection nodes [W].
    imbalance : float
        (heat + dissipation − ambient − carried) over heat + dissipation [-].
    """

    inlet: NDArray[np.float64]
    outlet: NDArray[np.float64]
    node: NDArray[np.float64]
    reached: NDArray[np.bool_]
    heat: float
    dissipation: float
    ambient: float
    carried: float
    imbalance: float


def coolant_temperatures(
    network: Network,
    flow: Flow,
    fluid: CoolantTable,
    *,
    heat: NDArray[np.float64],
    supply: float | NDArray[np.float64],
    density: NDArray[np.float64] | float,
    ambient: float = 298.15,
    held: dict[int, float] | None = None,
) -> Temperatures:
    """Carry energy along the flow.

    Parameters
    ----------
    network, flow : Network, Flow
        The network and its solved flows.
    fluid : CoolantTable
        Properties of the coolant.
    heat : (branches,) float64
        Heat put into the coolant in each branch [W].
    supply : float or (nodes,) float64
        Temperature of the coolant that enters from outside at injection and given-pressure nodes [K].
    density : float or (branches,) float64
        Density that the flow was solved with, for the friction heat [kg/m3].
    ambient : float
        Temperature of the surroundings [K].
    held : dict, optional
        Outlet temperature of branches where something else controls it (a cooling unit), branch → [K].

    Returns
    -------
    Temperatures
        Energy balanced to rounding.

    Raises
    ------
    OperatingRangeError
        A heated branch without flow, or coolant hotter or colder than the fluid's table; names the branch.
    ConvergenceError
        When flow runs in circles and their temperature does not settle.
    """
    n = network
    m = np.where(np.abs(flow.mass_flow) > NO_FLOW * np.max(np.abs(flow.mass_flow), initial=0.0), flow.mass_flow, 0.0)
    _check_heated(n, m, heat)
    rho = np.broadcast_to(np.asarray(density, float), m.shape)
    lost = flow.pressure[n.start] - flow.pressure[n.end] - rho * GRAVITY * (n.height[n.end] - n.height[n.start])
    friction = np.where(np.isfinite(n.limit) | ~flow.active, 0.0, lost * m / rho)
    held_h = np.full(m.shape, -1.0)
    for b, T in (held or {}).items():
        held_h[b] = enthalpy(fluid, T)
    supply_T = np.ascontiguousarray(np.broadcast_to(np.asarray(supply, float), len(n.nodes)))
    kinds, which = np.unique(supply_T, return_inverse=True)
    supply_h = np.array([enthalpy(fluid, T) for T in kinds])[which]
    h_in, h_out, h_node, given_off, reached, bad, history = _carry(
        n.start, n.end, m, heat, friction, held_h, supply_h, n.ambient_conductance, n.well_mixed, ambient, fluid
    )
    if bad >= 0:
        _outside(n, bad, m[bad] / rho[bad], heat[bad], friction[bad], fluid)
    if history.size and not history[-1] <= SETTLED:
        place = n.nodes[int(np.flatnonzero(reached)[0])]
        cause = "flow runs in circles (two pumps, one of them backwards?); give the pumps check valves"
        what = "the coolant temperature"
        raise ConvergenceError(what, history.tolist(), place, cause)
    node = _temperatures(fluid, h_node)
    node[~reached] = ambient
    outlet = _temperatures(fluid, h_out)
    inlet = node[np.where(m >= 0.0, n.start, n.end)]
    still = m == 0.0
    outlet[still] = node[n.end[still]]
    count, forth, back = len(n.nodes), np.maximum(m, 0.0), np.maximum(-m, 0.0)
    arriving = np.bincount(n.end, forth, count) + np.bincount(n.start, back, count)
    outward = arriving - np.bincount(n.start, forth, count) - np.bincount(n.end, back, count)
    carried = float(np.sum(outward * np.where(-outward > FRESH * arriving, supply_h, h_node)))
    controlled = held_h >= 0.0
    carried += float(np.sum(np.abs(m[controlled]) * (h_in[controlled] - h_out[controlled])))
    put_in, rubbed = float(heat[~controlled].sum()), float(friction[~controlled].sum())
    lost_heat = float(given_off.sum())
    total = abs(put_in) + abs(rubbed) + abs(lost_heat)
    imbalance = (put_in + rubbed - lost_heat - carried) / total if total > 0.0 else 0.0
    return Temperatures(inlet, outlet, node, reached, put_in, rubbed, lost_heat, carried, float(imbalance))


def _check_heated(network: Network, m: NDArray[np.float64], heat: NDArray[np.float64]) -> None:
    dry = np.flatnonzero((heat != 0.0) & (m == 0.0))
    if dry.size:
        names = ", ".join(f"{network.branches[b]} ({heat[b]:.0f} W)" for b in dry[:5])
        more = f" and {dry.size - 5} more" if dry.size > 5 else ""
        msg = f"heated without coolant flow: {names}{more}; open the valve on its path or switch its devices off"
        raise OperatingRangeError(msg)


def _outside(network: Network, b: int, flow: float, heat: float, friction: float, fluid: CoolantTable) -> None:
    """Raise for coolant that leaves its table, with the cause that is the larger: devices or friction."""
    low, high = fluid.temperature[0] - 273.15, fluid.temperature[-1] - 273.15
    cause = f"{heat:.0f} W of devices into {abs(flow) * 6e4:.3g} L/min; give it more flow or less heat"
    if friction > heat:
        cause = f"{friction:.3g} W of friction at {abs(flow) * 6e4:.3g} L/min; the control asks for an absurd flow"
    msg = f"the coolant leaves {network.branches[b]} outside its table ({low:.1f} to {high:.1f} °C): {cause}"
    raise OperatingRangeError(msg)


@njit(cache=True)
def _temperatures(fluid, h):  # type: ignore[no-untyped-def]
    out = np.empty(h.size)
    for i in range(h.size):
        out[i] = temperature_of_enthalpy(fluid, h[i])
    return out


@njit(cache=True)
def _carry(start, end, m, heat, friction, held, supply, conductance, well_mixed, ambient, fluid):  # type: ignore[no-untyped-def]
    """March enthalpy downstream, node by node; circles are swept until they settle."""
    nodes, branches = supply.size, m.size
    top, bottom = fluid.enthalpy[-1], fluid.enthalpy[0]
    h_node, reached = supply.copy(), np.zeros(nodes, np.bool_)
    h_in, h_out, given_off = np.zeros(branches), np.zeros(branches), np.zeros(branches)
    first, inflow, outflow, waiting = _incidence(nodes, start, end, m, held)
    sequence = np.empty(nodes, np.int64)
    filled, done = 0, 0
    for i in range(nodes):
        if waiting[i] == 0:
            sequence[filled] = i
            filled += 1
    while done < filled:
        i = sequence[done]
        done += 1
        for q in range(first[i], first[i + 1]):
            b = outflow[q]
            if held[b] < 0.0:
                down = end[b] if m[b] > 0.0 else start[b]
                waiting[down] -= 1
                if waiting[down] == 0:
                    sequence[filled] = down
                    filled += 1
    acyclic = filled == nodes
    for i in range(nodes):
        if waiting[i] > 0:
            sequence[filled] = i
            filled += 1
    history = np.zeros(0 if acyclic else SWEEPS)
    mass, energy = np.zeros(nodes), np.zeros(nodes)
    before, older, largest = h_out.copy(), h_out.copy(), np.max(np.abs(m))
    for b in range(branches):  # one value for all, since a circle without renewal would turn differences round for ever
        h_out[b] = held[b] if held[b] >= 0.0 else supply.mean()
    for sweep in range(1 if acyclic else SWEEPS):
        change = 0.0
        for s in range(nodes):
            i = sequence[s]
            mass[i] = 0.0
            energy[i] = 0.0
            for q in range(inflow[0][i], inflow[0][i + 1]):
                b = inflow[1][q]
                mass[i] += abs(m[b])
                energy[i] += abs(m[b]) * h_out[b]
            leaving = 0.0
            for q in range(first[i], first[i + 1]):
                leaving += abs(m[outflow[q]])
            if leaving > mass[i] * (1.0 + FRESH):  # the rest comes from outside
                energy[i] += (leaving - mass[i]) * supply[i]
                mass[i] = leaving
            if mass[i] > 0.0:
                h = energy[i] / mass[i]
                h_node[i] = h
                reached[i] = True
            for q in range(first[i], first[i + 1]):
                b = outflow[q]
                size = abs(m[b])
                h_in[b] = h_node[i]
                if held[b] >= 0.0:
                    continue
                h = h_node[i] + (heat[b] + friction[b]) / size
                if conductance[b] > 0.0:
                    T = temperature_of_enthalpy(fluid, h)
                    units = conductance[b] / (size * specific_heat(fluid, T))
                    left = 1.0 / (1.0 + units) if well_mixed[b] else np.exp(-units)
                    cooled = enthalpy(fluid, ambient + (T - ambient) * left)
                    given_off[b] = size * (h - cooled)
                    h = cooled
                if not (bottom <= h <= top):
                    return h_in, h_out, h_node, given_off, reached, b, history[:0]
                change = max(change, abs(h - h_out[b]) * size)
                h_out[b] = h
        if not acyclic:
            history[sweep] = change / ((top - bottom) * largest)
            if history[sweep] <= SETTLED:
                return h_in, h_out, h_node, given_off, reached, -1, history[: sweep + 1]
            if sweep % LEAP == LEAP - 1:
                _leap(h_out, before, older, held, bottom, top)
            older, before = before, h_out.copy()
    return h_in, h_out, h_node, given_off, reached, -1, history


@njit(cache=True)
def _leap(h, before, older, held, bottom, top):  # type: ignore[no-untyped-def]
    """Carry each branch's enthalpy to the end of a geometric sequence (Aitken), as slowly renewed circles give."""
    for b in range(h.size):
        first, second = before[b] - older[b], h[b] - before[b]
        if held[b] < 0.0 and first != 0.0 and 0.0 < second / first < 1.0:
            end = h[b] + second * second / (first - second)
            if bottom <= end <= top:
                h[b] = end


@njit(cache=True)
def _incidence(nodes, start, end, m, held):  # type: ignore[no-untyped-def]
    """Outgoing and incoming branches of each node by the direction of flow, and how many it must wait for."""
    first, into = np.zeros(nodes + 1, np.int64), np.zeros(nodes + 1, np.int64)
    waiting = np.zeros(nodes, np.int64)
    for b in range(m.size):
        if m[b] != 0.0:
            up, down = (start[b], end[b]) if m[b] > 0.0 else (end[b], start[b])
            first[up + 1] += 1
            into[down + 1] += 1
            if held[b] < 0.0:
                waiting[down] += 1
    first, into = np.cumsum(first), np.cumsum(into)
    out_list, in_list = np.empty(first[nodes], np.int64), np.empty(into[nodes], np.int64)
    out_fill, in_fill = first.copy(), into.copy()
    for b in range(m.size):
        if m[b] != 0.0:
            up, down = (start[b], end[b]) if m[b] > 0.0 else (end[b], start[b])
            out_list[out_fill[up]] = b
            out_fill[up] += 1
            in_list[in_fill[down]] = b
            in_fill[down] += 1
    return first, (into, in_list), out_list, waiting
