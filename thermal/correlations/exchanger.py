"""Effectiveness–NTU laws of heat exchangers, their inverses, and the coolant temperatures that a heat load imposes."""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from thermal.errors import OperatingRangeError

__all__ = [
    "ExchangerTemperatures",
    "counterflow_effectiveness",
    "counterflow_ntu",
    "crossflow_effectiveness",
    "exchanger_temperatures",
    "parallel_effectiveness",
    "parallel_ntu",
    "rated_conductance",
]


class ExchangerTemperatures(NamedTuple):
    """What a counterflow exchanger does to both streams at a given heat."""

    hot_inlet: float  # [K]
    hot_outlet: float  # [K]
    cold_outlet: float  # [K]


@njit(cache=True)
def counterflow_effectiveness(ntu: float, ratio: float) -> float:
    """Effectiveness of a counterflow exchanger, ε = (1 − E)/(1 − C E), E = exp(−NTU (1 − C)).

    Parameters
    ----------
    ntu : float
        UA over the smaller capacity flow [-].
    ratio : float
        Smaller over larger capacity flow, C [-].

    Returns
    -------
    float
        Heat over the heat of an infinite exchanger [-].

    Notes
    -----
    Range: NTU ≥ 0, 0 ≤ C ≤ 1; constant properties, no loss to the outside.
    Source: Kays & London, Compact Heat Exchangers, 3rd ed. (1984), ch. 2.

    Examples
    --------
    >>> round(counterflow_effectiveness(2.0, 0.5), 5), counterflow_effectiveness(1.0, 1.0)
    (0.7746, 0.5)
    """
    gap = ntu * (1.0 - ratio)
    if gap < 1e-8:  # the limit at equal capacity flows, to first order in 1 − C
        return ntu / (1.0 + ntu)
    rest = -math.expm1(-gap)  # 1 − E without cancellation
    return rest / (1.0 - ratio + ratio * rest)


@njit(cache=True)
def counterflow_ntu(effectiveness: float, ratio: float) -> float:
    """NTU of a counterflow exchanger with a given effectiveness; inverse of `counterflow_effectiveness`.

    Parameters
    ----------
    effectiveness : float
        ε [-].
    ratio : float
        Smaller over larger capacity flow, C [-].

    Returns
    -------
    float
        UA over the smaller capacity flow [-].

    Notes
    -----
    Range: 0 ≤ ε < 1, 0 ≤ C ≤ 1.
    Source: Kays & London, Compact Heat Exchangers, 3rd ed. (1984), ch. 2.

    Examples
    --------
    >>> round(counterflow_ntu(0.7746003, 0.5), 4)
    2.0
    """
    gap = 1.0 - ratio
    rest = gap * effectiveness / (1.0 - ratio * effectiveness)  # 1 − E
    if rest < 1e-8:
        return effectiveness / (1.0 - effectiveness)
    return -math.log1p(-rest) / gap


@njit(cache=True)
def parallel_effectiveness(ntu: float, ratio: float) -> float:
    """Effectiveness of a parallel-flow exchanger, ε = (1 − exp(−NTU (1 + C)))/(1 + C).

    Parameters
    ----------
    ntu : float
        UA over the smaller capacity flow [-].
    ratio : float
        Smaller over larger capacity flow, C [-].

    Returns
    -------
    float
        Heat over the heat of an infinite counterflow exchanger [-].

    Notes
    -----
    Range: NTU ≥ 0, 0 ≤ C ≤ 1; C = 0 is a wall of uniform temperature, such as a cold plate's base.
    Source: Kays & London, Compact Heat Exchangers, 3rd ed. (1984), ch. 2.

    Examples
    --------
    >>> round(parallel_effectiveness(1.0, 0.0), 4)
    0.6321
    """
    return -math.expm1(-ntu * (1.0 + ratio)) / (1.0 + ratio)


@njit(cache=True)
def parallel_ntu(effectiveness: float, ratio: float) -> float:
    """NTU of a parallel-flow exchanger with a given effectiveness; inverse of `parallel_effectiveness`.

    Parameters
    ----------
    effectiveness : float
        ε [-].
    ratio : float
        Smaller over larger capacity flow, C [-].

    Returns
    -------
    float
        UA over the smaller capacity flow [-].

    Notes
    -----
    Range: 0 ≤ ε < 1/(1 + C), 0 ≤ C ≤ 1.
    Source: Kays & London, Compact Heat Exchangers, 3rd ed. (1984), ch. 2.

    Examples
    --------
    >>> round(parallel_ntu(0.6321206, 0.0), 4)
    1.0
    """
    return -math.log1p(-effectiveness * (1.0 + ratio)) / (1.0 + ratio)


@njit(cache=True)
def crossflow_effectiveness(ntu: float, ratio: float) -> float:
    """Effectiveness of a single-pass crossflow exchanger with both streams unmixed, such as a radiator.

    ε = Σ_k P_k(NTU) P_k(C NTU)/(C NTU), where P_k(x) = 1 − e^(−x) Σ_{m ≤ k} x^m/m!.

    Parameters
    ----------
    ntu : float
        UA over the smaller capacity flow [-].
    ratio : float
        Smaller over larger capacity flow, C [-].

    Returns
    -------
    float
        Heat over the heat of an infinite counterflow exchanger [-].

    Notes
    -----
    Range: 0 ≤ NTU ≤ 50, 0 ≤ C ≤ 1; exact. The approximation with NTU^0.22 in textbooks is 3 % low at NTU = 0.5.
    Source: Mason, Proc. 2nd U.S. Nat. Congr. Appl. Mech. (1954) 801; Kays & London (1984), ch. 2.

    Examples
    --------
    >>> round(crossflow_effectiveness(1.0, 1.0), 3)
    0.476
    """
    if ratio * ntu < 1e-9:
        return -math.expm1(-ntu)
    y = ratio * ntu
    rest_x, rest_y = -math.expm1(-ntu), -math.expm1(-y)  # P_0
    term_x, term_y = math.exp(-ntu), math.exp(-y)
    total, k = 0.0, 0
    while rest_x * rest_y > 1e-16 * total and k < 500:
        total += rest_x * rest_y
        k += 1
        term_x *= ntu / k
        term_y *= y / k
        rest_x -= term_x
        rest_y -= term_y
    return total / y


def rated_conductance(heat: float, approach: float, C_hot: float, C_cold: float) -> float:
    """Conductance UA of a counterflow exchanger from its rating: heat and approach at two capacity flows.

    The approach is the hot stream's outlet less the cold stream's inlet temperature, as coolant distribution units
    are rated.

    Parameters
    ----------
    heat : float
        Rated heat [W].
    approach : float
        Hot outlet less cold inlet temperature [K].
    C_hot, C_cold : float
        Capacity flows ṁ·cp of both streams [W/K].

    Returns
    -------
    float
        UA [W/K].

    Raises
    ------
    OperatingRangeError
        When no exchanger, however large, has that rating.

    Notes
    -----
    Range: positive heat and approach; with C_hot > C_cold the approach must exceed heat/C_cold − heat/C_hot.
    Source: definition of the effectiveness; Kays & London (1984), ch. 2.

    Examples
    --------
    >>> round(rated_conductance(121e3, 4.0, 7900.0, 8300.0))
    27761
    """
    smaller, larger = min(C_hot, C_cold), max(C_hot, C_cold)
    effectiveness = heat / (smaller * (approach + heat / C_hot))
    if not 0.0 < effectiveness < 1.0:
        message = (
            f"no counterflow exchanger passes {heat:.6g} W at an approach of {approach:.4g} K with capacity flows "
            f"{C_hot:.6g} and {C_cold:.6g} W/K (effectiveness {effectiveness:.4g}); raise the approach or a flow"
        )
        raise OperatingRangeError(message)
    return float(smaller * counterflow_ntu(effectiveness, smaller / larger))


@njit(cache=True)
def exchanger_temperatures(
    heat: float, conductance: float, C_hot: float, C_cold: float, cold_inlet: float
) -> ExchangerTemperatures:
    """Temperatures of a counterflow exchanger that passes a given heat: where a cooling loop settles.

    Parameters
    ----------
    heat : float
        Heat passed from the hot to the cold stream [W].
    conductance : float
        UA [W/K].
    C_hot, C_cold : float
        Capacity flows ṁ·cp of both streams [W/K].
    cold_inlet : float
        Inlet temperature of the cold stream [K].

    Returns
    -------
    ExchangerTemperatures
        Hot inlet, hot outlet and cold outlet [K].

    Notes
    -----
    Range: positive conductance and capacity flows.
    Source: Kays & London, Compact Heat Exchangers, 3rd ed. (1984), ch. 2.

    Examples
    --------
    >>> loop = exchanger_temperatures(120e3, 28e3, 12576.0, 16720.0, 303.15)
    >>> round(loop.hot_outlet - 273.15, 3)
    33.211
    """
    smaller, larger = min(C_hot, C_cold), max(C_hot, C_cold)
    effectiveness = counterflow_effectiveness(conductance / smaller, smaller / larger)
    hot_inlet = cold_inlet + heat / (effectiveness * smaller)
    return ExchangerTemperatures(hot_inlet, hot_inlet - heat / C_hot, cold_inlet + heat / C_cold)
