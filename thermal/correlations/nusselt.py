"""Laminar Nusselt numbers of rectangular ducts (three or four walls heated), parallel plates and tubes."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from thermal.correlations.nusselt_coefficients import (
    DEVELOPED_H1_3,
    DEVELOPED_H1_4,
    DEVELOPED_T_3,
    DEVELOPED_T_4,
    ENTRANCE_H1_3,
    ENTRANCE_H1_4,
    ENTRANCE_T_3,
    ENTRANCE_T_4,
    RATIO_MAX_3,
    RATIO_MAX_4,
)

__all__ = [
    "developed_nusselt_H1",
    "developed_nusselt_T",
    "local_nusselt_H1",
    "local_nusselt_T",
    "mean_nusselt_T",
    "tube_local_nusselt_H1",
    "tube_mean_nusselt_T",
]


@njit(cache=True)
def chebyshev_sum(coefficients: np.ndarray, x: float) -> float:
    """Return Σ c_k T_k(x) by Clenshaw's recurrence."""
    ahead, beyond = 0.0, 0.0
    for k in range(coefficients.size - 1, 0, -1):
        ahead, beyond = coefficients[k] + 2.0 * x * ahead - beyond, ahead
    return coefficients[0] + x * ahead - beyond


@njit(cache=True)
def chebyshev_sum_2d(coefficients: np.ndarray, x: float, y: float) -> float:
    """Return Σ c_jk T_j(x) T_k(y)."""
    ahead, beyond = 0.0, 0.0
    for j in range(coefficients.shape[0] - 1, 0, -1):
        ahead, beyond = chebyshev_sum(coefficients[j], y) + 2.0 * x * ahead - beyond, ahead
    return chebyshev_sum(coefficients[0], y) + x * ahead - beyond


@njit(cache=True)
def shape_variable(ratio: float, heated_walls: int) -> float:
    """Return width/height mapped to −1 … 1, as the fits use it; a duct with four heated walls may be turned."""
    if heated_walls == 4:
        ratio = min(ratio, 1.0 / ratio) if ratio > 0.0 else 0.0
        limit = RATIO_MAX_4
    else:
        limit = RATIO_MAX_3
        ratio = min(ratio, limit)
    return 2.0 * ratio / (1.0 + ratio) * (1.0 + limit) / limit - 1.0


@njit(cache=True)
def developed_nusselt_T(ratio: float, heated_walls: int) -> float:
    """Nusselt number of developed laminar flow in a rectangular duct, uniform wall temperature.

    h is per heated area, Nu = h·Dh/k with Dh = 4A/P on the whole perimeter. With three heated walls, one wall of the
    duct's width is adiabatic: the cover of a cold plate.

    Parameters
    ----------
    ratio : float
        Width over height of the duct, 0 for parallel plates [-].
    heated_walls : int
        3 or 4.

    Returns
    -------
    float
        Nusselt number [-].

    Notes
    -----
    Range: four walls any ratio, three walls 0 ≤ ratio ≤ 2 (held at 2 beyond); laminar, constant properties.
    Source: fitted within 4e-4 to Legendre–Galerkin solutions (scripts/make_duct_nusselt.py), which agree with Shah &
    London, Laminar Flow Forced Convection in Ducts (1978), to all their digits.

    Examples
    --------
    >>> round(developed_nusselt_T(1.0, 4), 2), round(developed_nusselt_T(0.25, 3), 2)
    (2.98, 4.91)
    """
    x = shape_variable(ratio, heated_walls)
    if heated_walls == 4:
        return chebyshev_sum(DEVELOPED_T_4, x)
    return chebyshev_sum(DEVELOPED_T_3, x)


@njit(cache=True)
def developed_nusselt_H1(ratio: float, heated_walls: int) -> float:
    """Nusselt number of developed laminar flow in a rectangular duct, uniform heat along, uniform temperature around.

    The condition of a good conductor heated evenly along the flow; conventions as in `developed_nusselt_T`.

    Parameters
    ----------
    ratio : float
        Width over height of the duct, 0 for parallel plates [-].
    heated_walls : int
        3 or 4.

    Returns
    -------
    float
        Nusselt number [-].

    Notes
    -----
    Range: four walls any ratio, three walls 0 ≤ ratio ≤ 2 (held at 2 beyond); laminar, constant properties.
    Source: fitted within 2e-4 to Legendre–Galerkin solutions (scripts/make_duct_nusselt.py), which agree with Shah &
    London (1978). A fifth-degree polynomial often quoted for three walls is 0.5 to 1.4 % lower.

    Examples
    --------
    >>> round(developed_nusselt_H1(1.0, 4), 2), round(developed_nusselt_H1(0.25, 3), 2)
    (3.61, 5.76)
    """
    x = shape_variable(ratio, heated_walls)
    if heated_walls == 4:
        return chebyshev_sum(DEVELOPED_H1_4, x)
    return chebyshev_sum(DEVELOPED_H1_3, x)


@njit(cache=True)
def entrance_mean(ratio: float, t: float, heated_walls: int) -> float:
    """Return Nu_m·t for a uniform wall temperature at t = x*^⅓ between 0 and 1; the Lévêque constant at t = 0."""
    x = shape_variable(ratio, heated_walls)
    if heated_walls == 4:
        return chebyshev_sum_2d(ENTRANCE_T_4, x, 2.0 * t - 1.0)
    return chebyshev_sum_2d(ENTRANCE_T_3, x, 2.0 * t - 1.0)


@njit(cache=True)
def mean_nusselt_T(ratio: float, x_star: float, heated_walls: int) -> float:
    """Mean Nusselt number from the inlet of a rectangular duct to x, uniform wall temperature.

    Defined so that the bulk temperature difference decays by exp(−Nu_m P_h x*·Dh/A). Fitted as Nu_m·x*^⅓, which is
    smooth from the Lévêque limit on; beyond x* = 1 the developed value is reached as 1/x*.

    Parameters
    ----------
    ratio : float
        Width over height of the duct, 0 for parallel plates [-].
    x_star : float
        Dimensionless length x/(Dh·Re·Pr), positive [-].
    heated_walls : int
        3 (one wall of the duct's width adiabatic) or 4.

    Returns
    -------
    float
        Mean Nusselt number on Dh [-].

    Notes
    -----
    Range: x* > 0, ratio as for `developed_nusselt_T`; velocity developed at the inlet, no axial conduction. When the
    velocity develops too, Nu is higher: in a tube at Pr = 10 by 11 % at x* = 0.005, 5 % at 0.02 (Baehr & Stephan).
    Source: fitted within 0.2 % to Legendre–Galerkin solutions of the Graetz problem (scripts/make_duct_nusselt.py).

    Examples
    --------
    >>> round(mean_nusselt_T(0.0, 0.01, 4), 1)
    9.8
    """
    if x_star <= 1.0:
        t = x_star ** (1.0 / 3.0)
        return entrance_mean(ratio, t, heated_walls) / t
    developed = developed_nusselt_T(ratio, heated_walls)
    return developed + (entrance_mean(ratio, 1.0, heated_walls) - developed) / x_star


@njit(cache=True)
def local_nusselt_T(ratio: float, x_star: float, heated_walls: int) -> float:
    """Local Nusselt number at x in a rectangular duct, uniform wall temperature: d(x* Nu_m)/dx*.

    Parameters
    ----------
    ratio : float
        Width over height of the duct, 0 for parallel plates [-].
    x_star : float
        Dimensionless length x/(Dh·Re·Pr), positive [-].
    heated_walls : int
        3 (one wall of the duct's width adiabatic) or 4.

    Returns
    -------
    float
        Local Nusselt number on Dh [-].

    Notes
    -----
    Range: as for `mean_nusselt_T`; the developed value beyond x* = 0.5.
    Source: central difference of the fit of `mean_nusselt_T`; within 1 % of the Graetz solutions.

    Examples
    --------
    >>> round(local_nusselt_T(1.0, 0.01, 4), 2)
    4.35
    """
    if x_star > 0.5:
        return developed_nusselt_T(ratio, heated_walls)
    t = x_star ** (1.0 / 3.0)
    step = 0.02 * t
    ahead, behind = t + step, t - step
    # x* Nu_m = t² (Nu_m t), and dx* = 3 t² dt
    rise = ahead**2 * entrance_mean(ratio, ahead, heated_walls) - behind**2 * entrance_mean(ratio, behind, heated_walls)
    return rise / (ahead**3 - behind**3)


@njit(cache=True)
def local_nusselt_H1(ratio: float, x_star: float, heated_walls: int) -> float:
    """Local Nusselt number at x in a rectangular duct, uniform heat along, wall temperature uniform around.

    Parameters
    ----------
    ratio : float
        Width over height of the duct, 0 for parallel plates [-].
    x_star : float
        Dimensionless length x/(Dh·Re·Pr), positive [-].
    heated_walls : int
        3 (one wall of the duct's width adiabatic) or 4.

    Returns
    -------
    float
        Local Nusselt number on Dh [-].

    Notes
    -----
    Range: x* > 0, ratio as for `developed_nusselt_H1`; velocity developed at the inlet, no axial conduction.
    Source: fitted within 0.2 % to Legendre–Galerkin solutions of the Graetz problem (scripts/make_duct_nusselt.py).

    Examples
    --------
    >>> round(local_nusselt_H1(1.0, 0.01, 4), 1)
    5.5
    """
    if x_star > 1.0:
        return developed_nusselt_H1(ratio, heated_walls)
    t = x_star ** (1.0 / 3.0)
    x = shape_variable(ratio, heated_walls)
    if heated_walls == 4:
        return chebyshev_sum_2d(ENTRANCE_H1_4, x, 2.0 * t - 1.0) / t
    return chebyshev_sum_2d(ENTRANCE_H1_3, x, 2.0 * t - 1.0) / t


@njit(cache=True)
def tube_mean_nusselt_T(x_star: float) -> float:
    """Mean Nusselt number from the inlet of a tube to x, laminar, uniform wall temperature.

    Nu_m = 3.657/tanh(2.264 x*^⅓ + 1.7 x*^⅔) + 0.0499 tanh(x*)/x*.

    Parameters
    ----------
    x_star : float
        Dimensionless length x/(D·Re·Pr), positive [-].

    Returns
    -------
    float
        Mean Nusselt number on the diameter [-].

    Notes
    -----
    Range: 1e-4 < x*, Re < 2300, velocity developed at the inlet; within 1.5 % of the Graetz solution.
    Source: Baehr & Stephan, Heat and Mass Transfer, 3rd ed. (2011), section 3.8.

    Examples
    --------
    >>> round(tube_mean_nusselt_T(0.01), 1)
    7.2
    """
    t = x_star ** (1.0 / 3.0)
    return 3.657 / math.tanh(2.264 * t + 1.7 * t * t) + 0.0499 * math.tanh(x_star) / x_star


@njit(cache=True)
def tube_local_nusselt_H1(x_star: float) -> float:
    """Local Nusselt number at x in a tube, laminar, uniform heat flux.

    Nu + 1 = 5.364 [1 + (220 x*/π)^(−10/9)]^(3/10).

    Parameters
    ----------
    x_star : float
        Dimensionless length x/(D·Re·Pr), positive [-].

    Returns
    -------
    float
        Local Nusselt number on the diameter [-].

    Notes
    -----
    Range: 1e-4 < x*, Re < 2300, velocity developed at the inlet; within 5 % of the Graetz solution.
    Source: Churchill & Ozoe, J. Heat Transfer 95 (1973) 416.

    Examples
    --------
    >>> round(tube_local_nusselt_H1(1.0), 2)
    4.38
    """
    return 5.364 * (1.0 + (220.0 * x_star / math.pi) ** (-10.0 / 9.0)) ** 0.3 - 1.0
