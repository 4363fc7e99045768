"""Laminar flow in rectangular ducts: developed and entrance friction, momentum factor, inlet and outlet losses."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from thermal.correlations.entrance import entrance_friction

__all__ = [
    "apparent_friction",
    "apparent_friction_slope",
    "aspect_ratio",
    "contraction_loss",
    "entrance_constants",
    "entrance_excess",
    "expansion_loss",
    "fully_developed_friction",
    "hydraulic_diameter",
    "momentum_factor",
    "reduced_friction",
]

ODD_FIFTH_POWERS = 31.0 / 32.0 * 1.0369277551433699  # Σ 1/n⁵ over odd n, from ζ(5)

# Shah (1978), table of constants for rectangular ducts: aspect ratio, K(∞), C
SHAH_ASPECT = np.array([0.0, 0.2, 0.5, 1.0])
SHAH_EXCESS = np.array([0.674, 0.931, 1.28, 1.43])
SHAH_LOG_C = np.log(np.array([2.9e-5, 7.6e-5, 2.1e-4, 2.9e-4]))


@njit(cache=True)
def aspect_ratio(width: float, height: float) -> float:
    """Short side over long side of a rectangle.

    Parameters
    ----------
    width, height : float
        Sides, in either order [m].

    Returns
    -------
    float
        Aspect ratio α, 0 < α ≤ 1 [-].

    Notes
    -----
    Range: positive sides.
    Source: definition.

    Examples
    --------
    >>> aspect_ratio(2e-3, 1e-3)
    0.5
    """
    return min(width, height) / max(width, height)


@njit(cache=True)
def hydraulic_diameter(width: float, height: float) -> float:
    """Four times the area over the whole wetted perimeter of a rectangle, Dh = 2wh/(w + h).

    Parameters
    ----------
    width, height : float
        Sides [m].

    Returns
    -------
    float
        Hydraulic diameter [m].

    Notes
    -----
    Range: positive sides.
    Source: definition.

    Examples
    --------
    >>> hydraulic_diameter(1e-3, 1e-3)
    0.001
    """
    return 2.0 * width * height / (width + height)


@njit(cache=True)
def fully_developed_friction(alpha: float) -> float:
    """Fanning friction factor times Reynolds number of fully developed laminar flow in a rectangular duct.

    f·Re = 24 / [(1 + α)² (1 − (192 α/π⁵) Σ tanh(nπ/2α)/n⁵)], n odd; both on the hydraulic diameter.

    Parameters
    ----------
    alpha : float
        Short side over long side [-].

    Returns
    -------
    float
        f·Re, four times which is the Darcy value [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1, parallel plates at 0; laminar, Re < about 2000. Exact to 1e-9: the series is summed as
    Σ 1/n⁵ less Σ (1 − tanh)/n⁵, four terms of which suffice.
    Source: Shah & London, Laminar Flow Forced Convection in Ducts (1978), ch. VII.

    Examples
    --------
    >>> round(fully_developed_friction(1.0), 4)
    14.2271
    """
    total = ODD_FIFTH_POWERS
    if alpha > 0.01:  # below, tanh is 1 to rounding in every term
        for n in (1.0, 3.0, 5.0, 7.0):
            fade = math.exp(-n * math.pi / alpha)
            total -= 2.0 * fade / ((1.0 + fade) * n**5)
    return 24.0 / ((1.0 + alpha) ** 2 * (1.0 - 192.0 * alpha / math.pi**5 * total))


@njit(cache=True)
def momentum_factor(alpha: float) -> float:
    """Momentum flux over that of a uniform profile, β = ⟨u²⟩/⟨u⟩², fully developed laminar flow in a rectangle.

    β = 1.2 + α(0.35364 + 0.18271α − 0.97468α² + 0.87859α³ − 0.26178α⁴).

    Parameters
    ----------
    alpha : float
        Short side over long side [-].

    Returns
    -------
    float
        Momentum factor β, 1.2 between plates and 1.378 in a square duct [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1, within 3e-4.
    Source: fitted to the double sine series u = Σ sin(mπx) sin(nπy)/[mn(α²m² + n²)], m and n odd, of Shah & London,
    Laminar Flow Forced Convection in Ducts (1978), ch. VII.

    Examples
    --------
    >>> round(momentum_factor(1.0), 3)
    1.378
    """
    return 1.2 + alpha * (0.35364 + alpha * (0.18271 + alpha * (-0.97468 + alpha * (0.87859 - 0.26178 * alpha))))


@njit(cache=True)
def shah_constant(alpha: float, values: np.ndarray) -> float:
    """Return one of Shah's constants by straight lines in the aspect ratio between his four [-]."""
    for i in range(2, -1, -1):
        if alpha >= SHAH_ASPECT[i]:
            share = (alpha - SHAH_ASPECT[i]) / (SHAH_ASPECT[i + 1] - SHAH_ASPECT[i])
            return values[i] + share * (values[i + 1] - values[i])
    return values[0]


@njit(cache=True)
def entrance_excess(alpha: float) -> float:
    """Pressure drop of a long laminar entrance beyond developed friction, in velocity heads: Hagenbach's K(∞).

    Parameters
    ----------
    alpha : float
        Short side over long side [-].

    Returns
    -------
    float
        K(∞), already part of `apparent_friction` [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1; uniform inlet velocity. Four published values with straight lines between,
    which nothing here checks.
    Source: Shah, J. Fluids Eng. 100 (1978) 177, constants for rectangular ducts.

    Examples
    --------
    >>> round(entrance_excess(0.2), 3)
    0.931
    """
    return shah_constant(alpha, SHAH_EXCESS)


@njit(cache=True)
def reduced_friction(alpha: float, z: float) -> tuple[float, float]:
    """Apparent friction of a laminar entrance against z = 1/x⁺ = Re·Dh/x, with its slope; smooth down to z = 0.

    f_app·Re = 3.44√z + (f·Re + K z/4 − 3.44√z)/(1 + C z²), Shah's correlation written in z.

    Parameters
    ----------
    alpha : float
        Short side over long side [-].
    z : float
        Re·Dh/x, proportional to the flow [-].

    Returns
    -------
    tuple of float
        f_app·Re, mean from the inlet to x [-], and its derivative with respect to z [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1, z < 1e4; laminar, uniform inlet velocity. See `apparent_friction` for the accuracy.
    Source: Shah, J. Fluids Eng. 100 (1978) 177.

    Examples
    --------
    >>> round(reduced_friction(0.0, 100.0)[0], 1)
    39.4
    """
    return entrance_friction(z, *entrance_constants(alpha))


@njit(cache=True)
def entrance_constants(alpha: float) -> tuple[float, float, float]:
    """Constants of `thermal.correlations.entrance.entrance_friction` for a rectangular duct.

    Parameters
    ----------
    alpha : float
        Short side over long side [-].

    Returns
    -------
    tuple of float
        Developed f·Re, K(∞), C [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1; see `apparent_friction` for the accuracy.
    Source: Shah, J. Fluids Eng. 100 (1978) 177; the developed value is exact.

    Examples
    --------
    >>> [round(value, 6) for value in entrance_constants(0.0)]
    [24.0, 0.674, 2.9e-05]
    """
    return fully_developed_friction(alpha), entrance_excess(alpha), math.exp(shah_constant(alpha, SHAH_LOG_C))


@njit(cache=True)
def apparent_friction(alpha: float, x_plus: float) -> float:
    """Apparent Fanning friction factor times Reynolds number, mean from the inlet of a rectangular duct to x.

    f_app·Re = 3.44/√x⁺ + (f·Re + K/(4x⁺) − 3.44/√x⁺)/(1 + C/x⁺²), x⁺ = x/(Dh·Re); it holds wall shear and the
    growth of momentum, so that Δp = 2 f_app·Re μ u x/Dh².

    Parameters
    ----------
    alpha : float
        Short side over long side [-].
    x_plus : float
        Dimensionless length x⁺ [-].

    Returns
    -------
    float
        f_app·Re [-].

    Notes
    -----
    Range: 0 ≤ α ≤ 1, x⁺ > 1e-4, laminar, uniform inlet velocity.
    Accuracy: within 2.4 % of a boundary-layer solution between plates; for other α Shah states 2.4 %, at his own
    four aspect ratios. The constants are quoted from secondary sources (grade C), and lie on straight lines between.
    Source: Shah, J. Fluids Eng. 100 (1978) 177.

    Examples
    --------
    >>> round(apparent_friction(0.0, 0.01), 3)
    39.4
    """
    return reduced_friction(alpha, 1.0 / x_plus)[0]


@njit(cache=True)
def apparent_friction_slope(alpha: float, x_plus: float) -> float:
    """Slope of `apparent_friction` against x⁺.

    Parameters
    ----------
    alpha : float
        Short side over long side [-].
    x_plus : float
        Dimensionless length x⁺ = x/(Dh·Re) [-].

    Returns
    -------
    float
        d(f_app·Re)/dx⁺ [-].

    Notes
    -----
    Range: that of `apparent_friction`.
    Source: derivative of Shah's correlation.

    Examples
    --------
    >>> apparent_friction_slope(0.5, 0.01) < 0.0
    True
    """
    return -reduced_friction(alpha, 1.0 / x_plus)[1] / (x_plus * x_plus)


@njit(cache=True)
def contraction_loss(area_ratio: float) -> float:
    """Loss coefficient of a sharp-edged contraction into channels, K = 0.5(1 − σ), on the channel's velocity head.

    Parameters
    ----------
    area_ratio : float
        Channel area over plenum area σ [-].

    Returns
    -------
    float
        Loss coefficient, to which neither the acceleration (1 − σ²) nor the entrance friction belongs [-].

    Notes
    -----
    Range: 0 ≤ σ ≤ 1, sharp edges, Re > about 1000; at lower Re it is an upper bound, but then friction rules.
    Source: Idelchik, Handbook of Hydraulic Resistance (1986), ch. 4; Borda's loss behind the vena contracta.

    Examples
    --------
    >>> contraction_loss(0.5)
    0.25
    """
    return 0.5 * (1.0 - area_ratio)


@njit(cache=True)
def expansion_loss(area_ratio: float, beta: float) -> float:
    """Loss coefficient of a sudden expansion out of channels, K = 1 − 2βσ + σ², on the channel's velocity head.

    Parameters
    ----------
    area_ratio : float
        Channel area over plenum area σ [-].
    beta : float
        Momentum factor of the channel's profile, see `momentum_factor` [-].

    Returns
    -------
    float
        Loss coefficient, defined with uniform profiles: static pressure rises by (1 − σ² − K)ρu²/2; K may fall
        below zero, for a developed profile carries more momentum than it is credited with [-].

    Notes
    -----
    Range: 0 ≤ σ ≤ 1; the plenum's profile is uniform.
    Source: momentum balance (Borda–Carnot) with the channel's profile; Kays, Trans. ASME 72 (1950) 1067.

    Examples
    --------
    >>> round(expansion_loss(0.5, 1.2), 3)
    0.05
    """
    return 1.0 - 2.0 * beta * area_ratio + area_ratio * area_ratio
