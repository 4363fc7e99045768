"""Coolant properties against temperature: monotone cubic tables, with the enthalpy their exact integral."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from thermal.correlations.coolant_table import CoolantTable, coolant_table
from thermal.errors import OperatingRangeError
from thermal.numerics.interpolation import hermite as between

__all__ = [
    "CoolantTable",
    "check_temperature",
    "conductivity",
    "coolant_table",
    "density",
    "enthalpy",
    "specific_heat",
    "temperature_of_enthalpy",
    "vapour_pressure",
    "viscosity",
]

ZERO_CELSIUS = 273.15
FloatArray = NDArray[np.float64]


@njit(cache=True)
def interval(x: FloatArray, value: float) -> int:
    """Return i with x[i] ≤ value < x[i+1], kept between 0 and n − 2."""
    low, high = 0, x.size - 1
    while high - low > 1:
        middle = (low + high) // 2
        if value < x[middle]:
            high = middle
        else:
            low = middle
    return low


@njit(cache=True)
def hermite(x: FloatArray, y: FloatArray, slope: FloatArray, value: float) -> float:
    """Return the cubic Hermite interpolant at a value; beyond the table, the end value."""
    return between(x, y, slope, 0, x.size, min(max(value, x[0]), x[-1]))[0]


@njit(cache=True)
def density(fluid: CoolantTable, T: float) -> float:
    """Density of the coolant.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Density [kg/m3].

    Notes
    -----
    Range: the table's temperatures; the end value beyond.
    Source: monotone cubic through the table (Fritsch & Carlson 1980).

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1000, 990, 980], [4e3] * 3, [0.6] * 3, [1e-3] * 3, [5e3] * 3)
    >>> density(line, 304.0)
    996.0
    """
    return hermite(fluid.temperature, fluid.density, fluid.density_slope, T)


@njit(cache=True)
def specific_heat(fluid: CoolantTable, T: float) -> float:
    """Specific heat of the coolant at constant pressure.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Specific heat [J/(kg K)].

    Notes
    -----
    Range: the table's temperatures; the end value beyond.
    Source: monotone cubic through the table (Fritsch & Carlson 1980).

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4000, 4010, 4020], [0.6] * 3, [1e-3] * 3, [5e3] * 3)
    >>> specific_heat(line, 304.0)
    4004.0
    """
    return hermite(fluid.temperature, fluid.specific_heat, fluid.specific_heat_slope, T)


@njit(cache=True)
def conductivity(fluid: CoolantTable, T: float) -> float:
    """Thermal conductivity of the coolant.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Conductivity [W/(m K)].

    Notes
    -----
    Range: the table's temperatures; the end value beyond.
    Source: monotone cubic through the table (Fritsch & Carlson 1980).

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4e3] * 3, [0.60, 0.61, 0.62], [1e-3] * 3, [5e3] * 3)
    >>> conductivity(line, 305.0)
    0.605
    """
    return hermite(fluid.temperature, fluid.conductivity, fluid.conductivity_slope, T)


@njit(cache=True)
def viscosity(fluid: CoolantTable, T: float) -> float:
    """Dynamic viscosity of the coolant, interpolated in its logarithm; the viscosity factor is included.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Viscosity [Pa s].

    Notes
    -----
    Range: the table's temperatures; the end value beyond.
    Source: monotone cubic through the logarithms of the table (Fritsch & Carlson 1980).

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4e3] * 3, [0.6] * 3, [1e-3, 5e-4, 2.5e-4], [5e3] * 3, 1.1)
    >>> round(1e3 * viscosity(line, 305.0), 6)
    0.777817
    """
    return math.exp(hermite(fluid.temperature, fluid.log_viscosity, fluid.log_viscosity_slope, T))


@njit(cache=True)
def vapour_pressure(fluid: CoolantTable, T: float) -> float:
    """Pressure below which the coolant boils, interpolated in its logarithm.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Vapour pressure [Pa].

    Notes
    -----
    Range: the table's temperatures; the end value beyond.
    Source: monotone cubic through the logarithms of the table (Fritsch & Carlson 1980).

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4e3] * 3, [0.6] * 3, [1e-3] * 3, [4e3, 8e3, 16e3])
    >>> round(vapour_pressure(line, 305.0), 1)
    5656.9
    """
    return math.exp(hermite(fluid.temperature, fluid.log_vapour_pressure, fluid.log_vapour_pressure_slope, T))


@njit(cache=True)
def enthalpy(fluid: CoolantTable, T: float) -> float:
    """Specific enthalpy of the coolant, the exact integral of `specific_heat`; zero at the table's first temperature.

    The term v·dp is left out (0.1 J/kg for each 100 Pa): pressure work enters energy balances as friction heat.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : float
        Temperature [K].

    Returns
    -------
    float
        Enthalpy [J/kg].

    Notes
    -----
    Range: the table's temperatures; beyond, the specific heat keeps its end value and the enthalpy is linear.
    Source: integral of the cubic Hermite interpolant, term by term.

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4000, 4010, 4020], [0.6] * 3, [1e-3] * 3, [5e3] * 3)
    >>> round(enthalpy(line, 310.0) - enthalpy(line, 300.0), 6)
    40050.0
    """
    x = fluid.temperature
    last = x.size - 1
    if x[0] > T:
        return (T - x[0]) * fluid.specific_heat[0]
    if x[last] < T:
        return fluid.enthalpy[last] + (T - x[last]) * fluid.specific_heat[last]
    i = interval(x, T)
    step = x[i + 1] - x[i]
    t = (T - x[i]) / step
    t2, t3, t4 = t * t, t * t * t, t * t * t * t
    values = fluid.specific_heat[i] * (t - t3 + 0.5 * t4) + fluid.specific_heat[i + 1] * (t3 - 0.5 * t4)
    slopes = fluid.specific_heat_slope[i] * (0.5 * t2 - 2.0 * t3 / 3.0 + 0.25 * t4) + fluid.specific_heat_slope[
        i + 1
    ] * (0.25 * t4 - t3 / 3.0)
    return fluid.enthalpy[i] + step * (values + step * slopes)


@njit(cache=True)
def temperature_of_enthalpy(fluid: CoolantTable, h: float) -> float:
    """Temperature at which the coolant has a given specific enthalpy; the inverse of `enthalpy`.

    Newton's method inside the table interval that holds the root, halved whenever a step would leave it.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    h : float
        Specific enthalpy [J/kg].

    Returns
    -------
    float
        Temperature, to 1e-12 relative or better [K].

    Notes
    -----
    Range: any enthalpy; beyond the table the specific heat keeps its end value.
    Source: Newton's method; the specific heat is positive, so that the root is unique.

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4000, 4010, 4020], [0.6] * 3, [1e-3] * 3, [5e3] * 3)
    >>> round(temperature_of_enthalpy(line, 40050.0), 9)
    310.0
    """
    x = fluid.temperature
    last = x.size - 1
    if h <= 0.0:
        return x[0] + h / fluid.specific_heat[0]
    if h >= fluid.enthalpy[last]:
        return x[last] + (h - fluid.enthalpy[last]) / fluid.specific_heat[last]
    i = interval(fluid.enthalpy, h)
    low, high = x[i], x[i + 1]
    T = low + (high - low) * (h - fluid.enthalpy[i]) / (fluid.enthalpy[i + 1] - fluid.enthalpy[i])
    for _ in range(60):
        excess = enthalpy(fluid, T) - h
        if excess > 0.0:
            high = T
        else:
            low = T
        new = T - excess / specific_heat(fluid, T)
        if not low <= new <= high:
            new = 0.5 * (low + high)
        if abs(new - T) <= 4e-16 * T:
            return new
        T = new
    return T


def check_temperature(fluid: CoolantTable, T: ArrayLike, name: str, places: Sequence[str]) -> None:
    """Raise when a temperature lies outside the coolant's table, naming each place.

    Parameters
    ----------
    fluid : CoolantTable
        Property table.
    T : array_like, shape (m,)
        Temperatures [K].
    name : str
        The coolant's name, for the message.
    places : sequence of str, length m
        Where each temperature occurs.

    Raises
    ------
    OperatingRangeError
        With coolant, range, places and temperatures; at most five places are listed, the worst first.

    Notes
    -----
    Range: any temperature.
    Source: the table's own first and last temperature.

    Examples
    --------
    >>> line = coolant_table([300, 310, 320], [1e3] * 3, [4e3] * 3, [0.6] * 3, [1e-3] * 3, [5e3] * 3)
    >>> check_temperature(line, [305.0], "line", ["supply"])
    """
    first, last = float(fluid.temperature[0]), float(fluid.temperature[-1])
    temperatures = np.atleast_1d(np.asarray(T, dtype=np.float64))
    beyond = np.fmax(first - temperatures, temperatures - last)
    outside = np.flatnonzero(~(beyond <= 0.0))
    if outside.size == 0:
        return
    worst = outside[np.argsort(-np.nan_to_num(beyond[outside], nan=np.inf), kind="stable")]
    listed = ", ".join(f"{places[i]} at {temperatures[i] - ZERO_CELSIUS:.2f} °C" for i in worst[:5])
    more = f" and {worst.size - 5} more" if worst.size > 5 else ""
    message = (
        f"{name} is known from {first - ZERO_CELSIUS:.2f} to {last - ZERO_CELSIUS:.2f} °C, but {listed}{more}; "
        f"change the supply temperature, the flow or the heat, or give {name} a wider table"
    )
    raise OperatingRangeError(message)
