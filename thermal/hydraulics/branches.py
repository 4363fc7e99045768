"""Laws of the branches: pressure drop and its slope against mass flow, one scalar function per law."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thermal.correlations.channels import developing_pressure_drop
from thermal.correlations.friction import colebrook, epanet_friction, pipe_friction, swamee_jain
from thermal.numerics.interpolation import hermite

__all__ = [
    "CHANNELS",
    "PIPE",
    "PIPE_EPANET",
    "PIPE_SWAMEE_JAIN",
    "POWER",
    "PUMP",
    "PUMP_TABLE",
    "RESISTANCE",
    "TABLE",
    "Coefficients",
    "pressure_drops",
]

PIPE, PIPE_EPANET, PIPE_SWAMEE_JAIN, RESISTANCE, POWER, TABLE, CHANNELS, PUMP, PUMP_TABLE = range(9)

NO_FLOW = 1.0e-12  # [kg/s] scale below which a quadratic law is given a finite slope
LEAST_SLOPE = 1.0e-3  # [Pa/(kg/s)] in the Newton matrix only, for elements without resistance; the drop is exact
PUMP_STIFFNESS = 1.0e-3  # least slope of a pump curve in the Newton matrix, as a share of shut-off head / end of curve


class Coefficients(NamedTuple):
    """What the laws need at one state of the coolant, one array per coefficient, shape (branches,).

    Attributes
    ----------
    kind : int8
        Law of each branch (`PIPE`, `RESISTANCE`, …).
    curve : int64
        Row of the curve or channel table; −1 when none.
    copies : float64
        How many times the branch's flow passes the element (a shared cooling unit sees all its racks) [-].
    density, viscosity : float64
        Of the coolant in the branch [kg/m3], [Pa s].
    static : float64
        Pressure drop at rest, the weight of the column [Pa].
    reynolds : float64
        Reynolds number per mass flow [s/kg]; 0 where the element has no bore.
    roughness : float64
        Roughness over diameter [-].
    friction : float64
        Pressure drop of a pipe per friction factor and mass flow squared [Pa/(kg/s)2].
    linear, quadratic : float64
        Linear [Pa/(kg/s)] and quadratic [Pa/(kg/s)2] resistance; of a pump, minus the terms of its head.
    factor, exponent : float64
        Δp = factor·ṁⁿ of a power law [Pa/(kg/s)ⁿ], [-]; `factor` also multiplies a tabulated pressure [-].
    scale : float64
        Abscissa of the table per mass flow [(m3/s)/(kg/s)].
    shut_off, limit, stiffness : float64
        Pump: head at rest [Pa], end of the curve [kg/s], least slope in the Newton matrix [Pa/(kg/s)].
    """

    kind: NDArray[np.int8]
    curve: NDArray[np.int64]
    copies: NDArray[np.float64]
    density: NDArray[np.float64]
    viscosity: NDArray[np.float64]
    static: NDArray[np.float64]
    reynolds: NDArray[np.float64]
    roughness: NDArray[np.float64]
    friction: NDArray[np.float64]
    linear: NDArray[np.float64]
    quadratic: NDArray[np.float64]
    factor: NDArray[np.float64]
    exponent: NDArray[np.float64]
    scale: NDArray[np.float64]
    shut_off: NDArray[np.float64]
    limit: NDArray[np.float64]
    stiffness: NDArray[np.float64]


class Curves(NamedTuple):
    """Tabulated laws one after another: points ``start[c]:start[c + 1]`` belong to curve c."""

    start: NDArray[np.int64]
    flow: NDArray[np.float64]
    drop: NDArray[np.float64]
    slope: NDArray[np.float64]


class Channels(NamedTuple):
    """Cold plates described by their channels, one array per number, shape (plates,); SI units."""

    number: NDArray[np.float64]
    width: NDArray[np.float64]
    height: NDArray[np.float64]
    length: NDArray[np.float64]
    loss: NDArray[np.float64]
    laminar_loss: NDArray[np.float64]
    split: NDArray[np.float64]
    developed: NDArray[np.float64]  # this and the next two: constants of entrance friction
    excess: NDArray[np.float64]
    constant: NDArray[np.float64]


@njit(cache=True)
def pipe_law(kind, m, reynolds, roughness, friction, local):  # type: ignore[no-untyped-def]
    """Darcy–Weisbach with losses; odd in m, laminar (a finite slope) at rest."""
    size = abs(m)
    Re = size * reynolds
    if Re < 2000.0:  # 64/Re · m² is linear, no division by a vanishing flow
        return (64.0 * friction / reynolds + local * size) * m, 64.0 * friction / reynolds + 2.0 * local * size
    if kind == PIPE_SWAMEE_JAIN:
        f, slope = swamee_jain(Re, roughness)
    elif kind == PIPE_EPANET:
        f, slope = epanet_friction(Re, roughness)
    elif Re >= 4000.0:
        f, slope = colebrook(Re, roughness)
    else:
        f, slope = pipe_friction(Re, roughness)
    factor = f * friction + local
    return factor * size * m, size * (2.0 * factor + slope * Re * friction)


@njit(cache=True)
def resistance_law(m, linear, local):  # type: ignore[no-untyped-def]
    """Δp = a ṁ + b ṁ √(ṁ² + ε²): linear plus quadratic, ε keeping the slope finite at rest."""
    root = math.sqrt(m * m + NO_FLOW * NO_FLOW)
    return linear * m + local * m * root, linear + local * (2.0 * m * m + NO_FLOW * NO_FLOW) / root


@njit(cache=True)
def power_law(m, factor, n):  # type: ignore[no-untyped-def]
    """Δp = c ṁ (ṁ² + ε²)^((n−1)/2), so c |ṁ|ⁿ with the sign of the flow."""
    square = m * m + NO_FLOW * NO_FLOW
    base = factor * square ** (0.5 * (n - 3.0))
    return base * square * m, base * (n * m * m + NO_FLOW * NO_FLOW)


@njit(cache=True)
def table_law(m, scale, factor, first, last, flow, drop, slopes):  # type: ignore[no-untyped-def]
    """Tabulated pressure drop, odd in m; quadratic beyond the last point, through the origin before the first."""
    x = abs(m) * scale
    end = flow[last - 1]
    if x > end:
        value = drop[last - 1] * (x / end) ** 2
        slope = 2.0 * value / x
    else:
        value, slope = hermite(flow, drop, slopes, first, last, x)
    value *= factor
    return (value if m >= 0.0 else -value), slope * factor * scale


@njit(cache=True)
def pump_law(m, linear, local, shut_off, limit, stiffness):  # type: ignore[no-untyped-def]
    """Minus the head of a pump, −(H₀ + c₁ ṁ + c₂ ṁ²) on its curve, carried on with rising lines beyond its ends.

    Flow driven backwards through it meets its passages' resistance, |c₂| ṁ², besides the shut-off head.
    """
    if m < 0.0:
        passage = abs(local)
        slope = max(linear, stiffness)
        return -shut_off + (slope - passage * m) * m, slope - 2.0 * passage * m
    if m > limit:
        edge = -shut_off + (linear + local * limit) * limit
        slope = max(linear + 2.0 * local * limit, shut_off / limit, stiffness)
        return edge + slope * (m - limit), slope
    return -shut_off + (linear + local * m) * m, max(linear + 2.0 * local * m, stiffness)


@njit(cache=True)
def pump_table_law(m, scale, factor, stiffness, first, last, flow, head, slopes):  # type: ignore[no-untyped-def]
    """Minus the tabulated head of a pump; straight lines that rise carry it on beyond its ends."""
    if m < 0.0:
        return -factor * head[first] + stiffness * m, stiffness
    x = m * scale
    end = flow[last - 1]
    if x > end:
        steep = max(-slopes[last - 1], head[first] / end) * factor * scale
        return -factor * head[last - 1] + steep * (m - end / scale), max(steep, stiffness)
    value, slope = hermite(flow, head, slopes, first, last, x)
    return -factor * value, max(-slope * factor * scale, stiffness)


@njit(cache=True)
def pressure_drops(coefficients, curves, channels, active, m, drop, slope):  # type: ignore[no-untyped-def]
    """Pressure drop of every active branch, and the slope that the Newton matrix uses.

    Parameters
    ----------
    coefficients : Coefficients
        At the coolant's state.
    curves : Curves
        Tabulated laws.
    channels : Channels
        Channel plates.
    active : (branches,) bool
        Branches to evaluate.
    m : (branches,) float64
        Mass flows [kg/s].
    drop, slope : (branches,) float64
        Receive Δp [Pa] and dΔp/dṁ [Pa/(kg/s)]; slopes are positive (a rising pump curve gets a small positive one).

    Returns
    -------
    float
        Largest Δp that is due to flow [Pa].
    """
    # arrays are taken out of the tuples once: each access inside the loop would count references
    kind, curve, copies, static = coefficients.kind, coefficients.curve, coefficients.copies, coefficients.static
    density, viscosity = coefficients.density, coefficients.viscosity
    reynolds, roughness, friction = coefficients.reynolds, coefficients.roughness, coefficients.friction
    linear, quadratic = coefficients.linear, coefficients.quadratic
    factor, exponent, scale = coefficients.factor, coefficients.exponent, coefficients.scale
    shut_off, limit, stiffness = coefficients.shut_off, coefficients.limit, coefficients.stiffness
    begin, flows, drops, slopes = curves.start, curves.flow, curves.drop, curves.slope
    number, width, height, length = channels.number, channels.width, channels.height, channels.length
    loss, slow, split = channels.loss, channels.laminar_loss, channels.split
    developed, excess, constant = channels.developed, channels.excess, channels.constant
    largest = 0.0
    for b in range(m.size):
        if not active[b]:
            continue
        flow = m[b] * copies[b]
        law, c = kind[b], curve[b]
        if law <= PIPE_SWAMEE_JAIN:
            value, rise = pipe_law(law, flow, reynolds[b], roughness[b], friction[b], quadratic[b])
        elif law == RESISTANCE:
            value, rise = resistance_law(flow, linear[b], quadratic[b])
        elif law == POWER:
            value, rise = power_law(flow, factor[b], exponent[b])
        elif law == TABLE:
            value, rise = table_law(flow, scale[b], factor[b], begin[c], begin[c + 1], flows, drops, slopes)
        elif law == CHANNELS:
            value, rise = developing_pressure_drop(
                flow, number[c], width[c], height[c], length[c], loss[c], slow[c], split[c], density[b], viscosity[b],
                developed[c], excess[c], constant[c],
            )  # fmt: skip
        elif law == PUMP:
            value, rise = pump_law(flow, linear[b], quadratic[b], shut_off[b], limit[b], stiffness[b])
        else:
            ends = begin[c], begin[c + 1]
            value, rise = pump_table_law(
                flow, scale[b], factor[b], stiffness[b], ends[0], ends[1], flows, drops, slopes
            )
        drop[b] = value + static[b]
        slope[b] = max(rise * copies[b], LEAST_SLOPE)
        largest = max(largest, abs(value))
    return largest
