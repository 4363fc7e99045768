"""Straight fins of constant thickness: profile, efficiency, and the conductance of an array on its base."""

from __future__ import annotations

import math

from numba import njit

__all__ = ["fin_array_conductance", "fin_efficiency", "fin_parameter", "fin_profile", "surface_efficiency"]


@njit(cache=True)
def fin_parameter(h: float, conductivity: float, thickness: float) -> float:
    """Inverse length over which a fin's temperature falls, m = √(2h/(k t)), cooled on both faces.

    Parameters
    ----------
    h : float
        Heat transfer coefficient [W/(m2 K)].
    conductivity : float
        Of the fin [W/(m K)].
    thickness : float
        Of the fin [m].

    Returns
    -------
    float
        Fin parameter m [1/m].

    Notes
    -----
    Range: transverse Biot number h t/(2k) below about 0.1; width of the fin much larger than its thickness.
    Source: Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.

    Examples
    --------
    >>> round(fin_parameter(15000.0, 390.0, 1e-4), 3)
    877.058
    """
    return math.sqrt(2.0 * h / (conductivity * thickness))


@njit(cache=True)
def fin_efficiency(mH: float) -> float:
    """Heat of a straight fin with adiabatic tip over that of one at root temperature, η = tanh(mH)/(mH).

    Parameters
    ----------
    mH : float
        Fin parameter times height [-].

    Returns
    -------
    float
        Efficiency [-].

    Notes
    -----
    Range: mH ≥ 0; uniform h and coolant temperature along the height. In narrow channels h is not uniform: see
    `channel_plate_resistance` for the bias this brings.
    Source: Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.

    Examples
    --------
    >>> round(fin_efficiency(1.0), 4)
    0.7616
    """
    if mH < 1e-4:
        return 1.0 - mH * mH / 3.0
    return math.tanh(mH) / mH


@njit(cache=True)
def fin_profile(mH: float, fraction: float) -> float:
    """Temperature excess along a straight fin with adiabatic tip, over that of its root: cosh(mH(1 − s))/cosh(mH).

    Parameters
    ----------
    mH : float
        Fin parameter times height [-].
    fraction : float
        Distance from the root over the height, s [-].

    Returns
    -------
    float
        θ(s)/θ(0) [-].

    Notes
    -----
    Range: 0 ≤ s ≤ 1, mH ≥ 0.
    Source: Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.

    Examples
    --------
    >>> round(fin_profile(1.0, 1.0), 4)
    0.6481
    """
    # divided through by exp(mH), so that long fins do not overflow
    return (math.exp(-mH * fraction) + math.exp(-mH * (2.0 - fraction))) / (1.0 + math.exp(-2.0 * mH))


@njit(cache=True)
def surface_efficiency(efficiency: float, fin_area: float, total_area: float) -> float:
    """Efficiency of fins and bare floor together, η_o = 1 − (A_f/A)(1 − η).

    Parameters
    ----------
    efficiency : float
        Of one fin [-].
    fin_area : float
        Wetted area of the fins [m2].
    total_area : float
        Wetted area of fins and bare floor [m2].

    Returns
    -------
    float
        Overall surface efficiency [-].

    Notes
    -----
    Range: 0 ≤ fin_area ≤ total_area.
    Source: Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.

    Examples
    --------
    >>> round(surface_efficiency(0.6, 0.9, 1.0), 4)
    0.64
    """
    return 1.0 - fin_area / total_area * (1.0 - efficiency)


@njit(cache=True)
def fin_array_conductance(h: float, gap: float, wall: float, height: float, conductivity: float) -> float:
    """Conductance from the fins' root plane to the coolant per area of base, (h/pitch)(gap + 2ηH).

    Parameters
    ----------
    h : float
        Heat transfer coefficient, uniform over floor and fins [W/(m2 K)].
    gap, wall, height : float
        Clear distance between fins, fin thickness, fin height [m].
    conductivity : float
        Of the fins [W/(m K)].

    Returns
    -------
    float
        Conductance per base area [W/(m2 K)].

    Notes
    -----
    Range: as for `fin_parameter`; tips adiabatic (closed by a cover that takes no heat).
    Source: Incropera & DeWitt, Fundamentals of Heat and Mass Transfer, section 3.6.

    Examples
    --------
    >>> round(fin_array_conductance(20000.0, 1e-4, 1e-4, 2e-3, 390.0))
    200727
    """
    efficiency = fin_efficiency(height * fin_parameter(h, conductivity, wall))
    return h * (gap + 2.0 * efficiency * height) / (gap + wall)
