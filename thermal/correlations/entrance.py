"""Forms of friction and film in the entrance of a duct whose constants are fitted to computed flows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

__all__ = ["SlotFilm", "entrance_friction", "fitted_nusselt", "mean_fitted_nusselt", "mean_slot_nusselt"]

POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


class SlotFilm(NamedTuple):
    """Film of channels fed through a slot over their middle: Nu = factor·Re^power below it; rise behind it."""

    length: float  # of the path that lies below the slot, half of the slot's width [m]
    factor: float  # [-]
    power: float  # [-]
    rise: float  # the entry of `fitted_nusselt` is multiplied by Re^rise, as the turn stirs the coolant [-]


@njit(cache=True)
def entrance_friction(z: float, developed: float, excess: float, constant: float) -> tuple[float, float]:
    """Apparent friction of a laminar entrance against z = 1/x⁺ = Re·Dh/x, with its slope; smooth down to z = 0.

    f_app·Re = 3.44√z + (developed + excess·z/4 − 3.44√z)/(1 + constant·z²).

    Parameters
    ----------
    z : float
        Re·Dh/x, zero or more [-].
    developed, excess, constant : float
        f·Re of developed flow; velocity heads that the entrance costs beyond it, K(∞); how soon it is developed [-].

    Returns
    -------
    tuple of float
        f_app·Re, mean from the inlet to x [-], and its derivative with respect to z [-].

    Notes
    -----
    Range: that of the constants.
    Source: form of Shah, J. Fluids Eng. 100 (1978) 177, written in z.

    Examples
    --------
    >>> round(entrance_friction(100.0, 24.0, 0.674, 2.9e-5)[0], 1)
    39.4
    """
    # 3.44√z [1 − 1/(1 + C z²)] = 3.44 C z^2.5/(1 + C z²): no difference of large numbers, no infinite slope at 0
    C = constant
    bottom = 1.0 + C * z * z
    top = developed + 0.25 * excess * z + 3.44 * C * z**2.5
    value = top / bottom
    slope = (0.25 * excess + 8.6 * C * z**1.5 - value * 2.0 * C * z) / bottom
    return value, slope


@njit(cache=True)
def fitted_nusselt(x_star: float, developed: float, entry: float, exponent: float, blend: float) -> float:
    """Local Nusselt number of a laminar entrance, Nu = (developed^b + (entry·x*^−exponent)^b)^(1/b), b = blend.

    Parameters
    ----------
    x_star : float
        x/(Dh Re Pr), above zero [-].
    developed, entry, exponent, blend : float
        Developed value; factor and exponent of the power law near the inlet; how sharply one gives way to the other.

    Returns
    -------
    float
        Nu at x [-].

    Notes
    -----
    Range: that of the constants.
    Source: form of Churchill & Usagi, AIChE J. 18 (1972) 1121.

    Examples
    --------
    >>> round(fitted_nusselt(1e3, 8.235, 1.49, 0.3333, 4.0), 3)
    8.235
    """
    near = entry * x_star**-exponent / developed
    return developed * (1.0 + near**blend) ** (1.0 / blend)


@njit(cache=True)
def mean_fitted_nusselt(
    start: float, end: float, developed: float, entry: float, exponent: float, blend: float
) -> float:
    """Mean of `fitted_nusselt` between two distances from the inlet.

    Parameters
    ----------
    start, end : float
        Distances x*, 0 ≤ start < end [-].
    developed, entry, exponent, blend : float
        As of `fitted_nusselt`; the exponent below 1.

    Returns
    -------
    float
        Mean Nu [-].

    Notes
    -----
    Range: that of the constants.
    Source: Gauss–Legendre quadrature over x*^(1 − exponent), in which the power law is constant.

    Examples
    --------
    Without a developed part the mean from the inlet is the end's value over 1 − exponent:

    >>> round(mean_fitted_nusselt(0.0, 0.01, 1e-9, 1.5, 0.25, 3.0) / fitted_nusselt(0.01, 1e-9, 1.5, 0.25, 3.0), 6)
    1.333333
    """
    power = 1.0 - exponent
    low, high = start**power, end**power
    total = 0.0
    for i in range(POINTS.size):
        t = 0.5 * (low + high) + 0.5 * (high - low) * POINTS[i]
        x = t ** (1.0 / power)
        total += WEIGHTS[i] * fitted_nusselt(x, developed, entry, exponent, blend) * x**exponent
    return total * 0.5 * (high - low) / (power * (end - start))


@njit(cache=True)
def mean_slot_nusselt(
    start: float,
    end: float,
    developed: float,
    entry: float,
    exponent: float,
    blend: float,
    edge: float,
    below: float,
) -> float:
    """Mean Nusselt number between two distances from the middle of a slot that feeds the channels.

    Below the slot one value; behind it `fitted_nusselt`, counted from the slot's edge.

    Parameters
    ----------
    start, end : float
        Distances x*, 0 ≤ start < end [-].
    developed, entry, exponent, blend : float
        As of `fitted_nusselt`; the exponent below 1.
    edge : float
        x* at the slot's edge [-].
    below : float
        Nu below the slot [-].

    Returns
    -------
    float
        Mean Nu [-].

    Notes
    -----
    Range: that of the constants.
    Source: `mean_fitted_nusselt`.

    Examples
    --------
    Half of it below the slot, half of it developed:

    >>> round(mean_slot_nusselt(0.0, 0.02, 6.0, 1e-9, 0.3, 3.0, 0.01, 20.0), 6)
    13.0
    """
    total = below * max(min(end, edge) - start, 0.0)
    near, far = max(start - edge, 0.0), end - edge
    if far > near:
        total += (far - near) * mean_fitted_nusselt(near, far, developed, entry, exponent, blend)
    return total / (end - start)
