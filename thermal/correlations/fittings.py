"""Losses of couplings, valves, orifices and manifold tees."""

from __future__ import annotations

import math

from numba import njit

__all__ = ["junction_losses", "orifice_resistance", "valve_resistance"]

WATER_DENSITY = 999.016  # [kg/m3] at 60 °F, the fluid that defines Kv
KV_UNIT = 1.0 / 3600.0 / math.sqrt(1.0e5)  # 1 m3/h at 1 bar


@njit(cache=True)
def valve_resistance(kv: float, density: float) -> float:
    """Quadratic resistance of a fitting with a flow coefficient: Δp = r ṁ|ṁ|.

    Δp = 1 bar · (ρ/ρ_w) · (Q / Kv)², Q in m3/h; with Cv in US units Kv = 0.865 Cv.

    Parameters
    ----------
    kv : float
        Flow coefficient Kv, positive [m3/h].
    density : float
        Density of the coolant ρ [kg/m3].

    Returns
    -------
    float
        Resistance r [Pa/(kg/s)2].

    Notes
    -----
    Range: turbulent flow in the fitting (Re > 1e4 at its bore).
    Source: IEC 60534-2-1:2011; OCP UQD/UQDB v1.0 gives Cv of the couplings.

    Examples
    --------
    >>> round(valve_resistance(0.865 * 1.4, 1000.0) * 0.1**2 / 1e3, 3)
    8.846
    """
    r = density / (WATER_DENSITY * (kv * KV_UNIT) ** 2)
    return r / (density * density)


@njit(cache=True)
def orifice_resistance(loss: float, diameter: float, density: float) -> float:
    """Quadratic resistance of a loss coefficient at a bore: Δp = K ρ v²/2 = r ṁ|ṁ|.

    Parameters
    ----------
    loss : float
        Loss coefficient K on the velocity head [-].
    diameter : float
        Bore that the velocity refers to [m].
    density : float
        Density of the coolant ρ [kg/m3].

    Returns
    -------
    float
        Resistance r [Pa/(kg/s)2].

    Notes
    -----
    Range: turbulent flow, Re > 1e4 at the bore.
    Source: definition; values of K in Idelchik, Handbook of Hydraulic Resistance, 3rd ed. (1996).

    Examples
    --------
    >>> round(orifice_resistance(1.0, 0.01, 1000.0) * 0.1**2, 3)
    810.569
    """
    area = 0.25 * math.pi * diameter * diameter
    return loss / (2.0 * density * area * area)


@njit(cache=True)
def junction_losses(port: float, far: float, side: float, run: float) -> tuple[float, float]:
    """Total-pressure differences over a 90° tee in a straight header, at any direction of flow.

    The three legs are the header towards its port P, the header away from it F, and the side S; `port`, `far` and
    `side` are the velocity-like flows into the junction (they need not be scaled alike: see Parameters), P is the
    reference.  With V the header velocity and v the side velocity, in units of ρ/2:

    ====================  =========================================  =====================================
    pattern               P_P − P_F                                  P_P − P_S
    ====================  =========================================  =====================================
    P in, F and S out     τ (V_P − V_F)²                             V_P² + v²
    F and S in, P out     −(1.55 V_P w − w²), w = V_P − V_F          −(V_P² + v² − 2 V_F²)
    ====================  =========================================  =====================================

    The mirrored patterns (F is the common leg) exchange P and F.  Where the side is the common leg the two header
    legs are joined by the expressions that meet these at V_F = 0 and V_P = 0, so the law is continuous everywhere.
    Subtracting V² shows the momentum recovery: as flow leaves, the static pressure in the header rises.

    Parameters
    ----------
    port, far : float
        Velocity into the junction in the two header legs, same bore, positive towards the junction [m/s].
    side : float
        Velocity into the junction in the side's bore, positive towards the junction [m/s].
    run : float
        Coefficient τ of the dividing straight passage, 0.4 for a header much larger than its side [-].

    Returns
    -------
    tuple of float
        P_P − P_F and P_P − P_S, total pressures, divided by ρ/2 [m2/s2].

    Notes
    -----
    Range: turbulent flow, side area below 0.35 of the header's for the combining tee; others within ±20 %.
    Source: Idelchik, Handbook of Hydraulic Resistance, 3rd ed. (1996), diagrams 7-4 and 7-20; the patterns with the
    side as common leg are our continuous extension.

    Examples
    --------
    >>> junction_losses(1.0, -0.5, -2.0, 0.4)
    (0.1, 5.0)
    """
    if port >= 0.0 and far <= 0.0 and side <= 0.0:
        return _dividing(port, far, side, run)
    if port <= 0.0 and far >= 0.0 and side >= 0.0:
        return _combining(port, far, side)
    if far >= 0.0 and port <= 0.0 and side <= 0.0:
        to_port, to_side = _dividing(far, port, side, run)
        return -to_port, to_side - to_port
    if far <= 0.0 and port >= 0.0 and side >= 0.0:
        to_port, to_side = _combining(far, port, side)
        return -to_port, to_side - to_port
    p2, f2, s2 = port * port, far * far, side * side
    if side <= 0.0:  # both header legs feed the side
        return run * (p2 - f2), p2 + (1.0 - run) * f2 + s2
    return -0.55 * (p2 - f2), -(p2 + 0.45 * f2 + s2)  # the side feeds both header legs


@njit(cache=True)
def _dividing(common: float, straight: float, side: float, run: float) -> tuple[float, float]:
    """Differences common − straight and common − side where the common leg flows in."""
    lost = common + straight
    return run * lost * lost, common * common + side * side


@njit(cache=True)
def _combining(common: float, straight: float, side: float) -> tuple[float, float]:
    """Differences common − straight and common − side where the common leg flows out."""
    V = -common
    w = V - straight
    return -(1.55 * V * w - w * w), -(V * V + side * side - 2.0 * straight * straight)


@njit(cache=True)
def junction_slopes(
    port: float, far: float, side: float, run: float, ratio: float
) -> tuple[float, float, float, float]:
    """Slopes of `junction_losses` where the port leg carries what the two others do not.

    Parameters
    ----------
    port, far, side : float
        Velocities into the junction as in `junction_losses`, with port = −(far + ratio·side) [m/s].
    run : float
        Coefficient τ of the dividing straight passage [-].
    ratio : float
        Area of the side over area of the header [-].

    Returns
    -------
    tuple of float
        d(P_P − P_F)/d far, d(P_P − P_F)/d side, d(P_P − P_S)/d far, d(P_P − P_S)/d side, over ρ/2 [m/s].

    Notes
    -----
    Range: as `junction_losses`.
    Source: derivative of `junction_losses`.

    Examples
    --------
    >>> [round(s, 3) for s in junction_slopes(1.0, -0.5, -2.0, 0.4, 0.25)]
    [0.0, -0.1, -2.0, -4.5]
    """
    if (port >= 0.0 and far <= 0.0 and side <= 0.0) or (port <= 0.0 and far >= 0.0 and side >= 0.0):
        a_port, a_far, b_port, b_far, b_side = _common_slopes(port, far, side, run)
    elif (far >= 0.0 and port <= 0.0 and side <= 0.0) or (far <= 0.0 and port >= 0.0 and side >= 0.0):
        c_far, c_port, d_far, d_port, d_side = _common_slopes(far, port, side, run)
        a_port, a_far = -c_port, -c_far
        b_port, b_far, b_side = d_port - c_port, d_far - c_far, d_side
    elif side <= 0.0:
        a_port, a_far = 2.0 * run * port, -2.0 * run * far
        b_port, b_far, b_side = 2.0 * port, 2.0 * (1.0 - run) * far, 2.0 * side
    else:
        a_port, a_far = -1.1 * port, 1.1 * far
        b_port, b_far, b_side = -2.0 * port, -0.9 * far, -2.0 * side
    return a_far - a_port, -ratio * a_port, b_far - b_port, b_side - ratio * b_port


@njit(cache=True)
def _common_slopes(common: float, straight: float, side: float, run: float) -> tuple[float, float, float, float, float]:
    """Slopes of the two differences against the common, straight and side velocities."""
    if common >= 0.0:
        lost = 2.0 * run * (common + straight)
        return lost, lost, 2.0 * common, 0.0, 2.0 * side
    # with V = −common, w = V − straight: −(1.55 V w − w²) = −0.55 V² − 0.45 V s + s²
    return -1.1 * common + 0.45 * straight, 0.45 * common + 2.0 * straight, -2.0 * common, 4.0 * straight, -2.0 * side
