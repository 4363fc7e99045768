"""Darcy friction factors of pipes, each with its slope against the Reynolds number."""

from __future__ import annotations

import math

from numba import njit

__all__ = ["colebrook", "epanet_friction", "laminar", "pipe_friction", "swamee_jain"]

LN10 = math.log(10.0)
RE_LAMINAR = 2000.0
RE_TURBULENT = 4000.0


@njit(cache=True)
def laminar(Re: float) -> tuple[float, float]:
    """Friction factor of laminar pipe flow, f = 64/Re, and df/dRe.

    Parameters
    ----------
    Re : float
        Reynolds number, positive [-].

    Returns
    -------
    tuple of float
        Darcy friction factor [-] and its slope [-].

    Notes
    -----
    Range: 0 < Re < 2300.
    Source: Hagen 1839, Poiseuille 1840; exact solution of the Navier–Stokes equations.

    Examples
    --------
    >>> laminar(1000.0)[0]
    0.064
    """
    f = 64.0 / Re
    return f, -f / Re


@njit(cache=True)
def colebrook(Re: float, roughness: float) -> tuple[float, float]:
    """Friction factor of turbulent pipe flow after Colebrook and White, and df/dRe.

    1/√f = −2 log10(ε/3.7 + 2.51/(Re √f)), solved to rounding by two steps of a quartic iteration.

    Parameters
    ----------
    Re : float
        Reynolds number [-].
    roughness : float
        Roughness over diameter ε [-].

    Returns
    -------
    tuple of float
        Darcy friction factor [-] and its slope [-].

    Notes
    -----
    Range: 4000 < Re < 1e8, 0 <= ε < 0.05.
    Source: Colebrook, J. ICE 11 (1939) 133; solved as by Clamond, Ind. Eng. Chem. Res. 48 (2009) 3665.

    Examples
    --------
    >>> round(colebrook(1.0e5, 1.0e-4)[0], 7)
    0.0185139
    """
    rough = roughness * Re * 0.123968186335417556
    shift = math.log(Re) - 0.779397488455682028
    F = shift - 0.2
    for _ in range(2):
        E = (math.log(rough + F) + F - shift) / (1.0 + rough + F)
        F -= (1.0 + rough + F + 0.5 * E) * E * (rough + F) / (1.0 + rough + F + E * (1.0 + E / 3.0))
    X = F * (2.0 / LN10)  # 1/√f
    inside = roughness / 3.7 + 2.51 * X / Re
    weight = 2.0 / LN10 / inside
    dX = weight * 2.51 * X / (Re * Re) / (1.0 + weight * 2.51 / Re)
    return 1.0 / (X * X), -2.0 * dX / (X * X * X)


@njit(cache=True)
def swamee_jain(Re: float, roughness: float) -> tuple[float, float]:
    """Friction factor of turbulent pipe flow, explicit form of Swamee and Jain, and df/dRe.

    f = 0.25 / log10(ε/3.7 + 5.74/Re^0.9)².

    Parameters
    ----------
    Re : float
        Reynolds number [-].
    roughness : float
        Roughness over diameter ε [-].

    Returns
    -------
    tuple of float
        Darcy friction factor [-] and its slope [-].

    Notes
    -----
    Range: 5000 < Re < 1e8, 1e-6 < ε < 0.05; within 3 % of Colebrook. Used to compare with other programs.
    Source: Swamee & Jain, J. Hydraul. Div. ASCE 102 (1976) 657.

    Examples
    --------
    >>> round(swamee_jain(1.0e5, 1.0e-4)[0], 7)
    0.0184524
    """
    tail = 5.74 * math.exp(-0.9 * math.log(Re))
    inside = roughness / 3.7 + tail
    log = math.log(inside) / LN10
    f = 0.25 / (log * log)
    return f, 2.0 * f / log * 0.9 * tail / (Re * inside * LN10)


@njit(cache=True)
def pipe_friction(Re: float, roughness: float) -> tuple[float, float]:
    """Friction factor of pipe flow at any Reynolds number, and df/dRe; this is the law the racks use.

    Laminar below Re 2000, Colebrook above 4000; between, the two are mixed with the weight 3t² − 2t³,
    t = (Re − 2000)/2000, so that the factor and its slope have no jump.

    Parameters
    ----------
    Re : float
        Reynolds number, positive [-].
    roughness : float
        Roughness over diameter ε [-].

    Returns
    -------
    tuple of float
        Darcy friction factor [-] and its slope [-].

    Notes
    -----
    Range: 0 < Re < 1e8, 0 <= ε < 0.05; the transition itself is uncertain by tens of per cent in nature.
    Source: laminar and Colebrook as above; the mixing is ours (docs/theory/network.md).

    Examples
    --------
    >>> round(pipe_friction(3000.0, 0.0)[0], 6)
    0.032426
    """
    if Re <= RE_LAMINAR:
        return laminar(Re)
    if Re >= RE_TURBULENT:
        return colebrook(Re, roughness)
    low, low_slope = laminar(Re)
    high, high_slope = colebrook(Re, roughness)
    t = (Re - RE_LAMINAR) / (RE_TURBULENT - RE_LAMINAR)
    weight = t * t * (3.0 - 2.0 * t)
    slope = 6.0 * t * (1.0 - t) / (RE_TURBULENT - RE_LAMINAR)
    return low + weight * (high - low), low_slope + weight * (high_slope - low_slope) + slope * (high - low)


@njit(cache=True)
def epanet_friction(Re: float, roughness: float) -> tuple[float, float]:
    """Friction factor as EPANET computes it, and df/dRe; for comparisons with that program.

    64/Re below Re 2000, Swamee–Jain above 4000, the cubic of Dunlop (1991) between.

    Parameters
    ----------
    Re : float
        Reynolds number, positive [-].
    roughness : float
        Roughness over diameter ε [-].

    Returns
    -------
    tuple of float
        Darcy friction factor [-] and its slope [-].

    Notes
    -----
    Range: 0 < Re < 1e8, 0 <= ε < 0.05.
    Source: Rossman et al., EPANET 2.2 User Manual, EPA/600/R-20/133 (2020), section 12.1.

    Examples
    --------
    >>> round(epanet_friction(3000.0, 0.0)[0], 6)
    0.033074
    """
    if Re <= RE_LAMINAR:
        return laminar(Re)
    if Re >= RE_TURBULENT:
        return swamee_jain(Re, roughness)
    y2 = roughness / 3.7 + 5.74 / 4000.0**0.9
    y3 = -2.0 / LN10 * math.log(y2)
    fa = 1.0 / (y3 * y3)
    fb = fa * (2.0 - 3.6 / LN10 * 5.74 / 4000.0**0.9 / (y2 * y3))
    R = Re / 2000.0
    x1 = 7.0 * fa - fb
    x2 = 0.128 - 17.0 * fa + 2.5 * fb
    x3 = -0.128 + 13.0 * fa - 2.0 * fb
    x4 = 0.032 - 3.0 * fa + 0.5 * fb
    f = x1 + R * (x2 + R * (x3 + R * x4))
    return f, (x2 + R * (2.0 * x3 + R * 3.0 * x4)) / 2000.0
