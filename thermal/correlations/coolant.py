"""Coolant properties against temperature: monotone cubic tables, with the enthalpy their exact integral."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from thermal.errors import InputError, OperatingRangeError, Problem

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


class CoolantTable(NamedTuple):
    """Property values and slopes at rising temperatures, float64 arrays of shape (n,), made by `coolant_table`.

    Viscosity and vapour pressure are kept as natural logarithms, since they are nearly exponential in temperature.
    """

    temperature: FloatArray  # [K]
    density: FloatArray  # [kg/m3]
    density_slope: FloatArray  # [kg/(m3 K)]
    specific_heat: FloatArray  # [J/(kg K)]
    specific_heat_slope: FloatArray  # [J/(kg K2)]
    conductivity: FloatArray  # [W/(m K)]
    conductivity_slope: FloatArray  # [W/(m K2)]
    log_viscosity: FloatArray  # of the viscosity in [Pa s]
    log_viscosity_slope: FloatArray  # [1/K]
    log_vapour_pressure: FloatArray  # of the pressure in [Pa]
    log_vapour_pressure_slope: FloatArray  # [1/K]
    enthalpy: FloatArray  # [J/kg], zero at the first temperature


def coolant_table(
    temperature: ArrayLike,
    density: ArrayLike,
    specific_heat: ArrayLike,
    conductivity: ArrayLike,
    viscosity: ArrayLike,
    vapour_pressure: ArrayLike,
    viscosity_factor: float = 1.0,
) -> CoolantTable:
    """Return the table that the property functions read.

    Parameters
    ----------
    temperature : array_like, shape (n,)
        Strictly rising, n ≥ 3; the spacing may vary [K].
    density, specific_heat, conductivity, viscosity, vapour_pressure : array_like, shape (n,)
        Positive values at those temperatures [kg/m3], [J/(kg K)], [W/(m K)], [Pa s], [Pa].
    viscosity_factor : float
        Multiplies the viscosity; inhibited fluids measure 1.02 to 1.15 times the plain mixture [-].

    Returns
    -------
    CoolantTable
        Arrays of shape (n,).

    Raises
    ------
    InputError
        Naming every column that has the wrong length, is not positive or does not rise.

    Notes
    -----
    Range: the temperatures given; beyond them a property keeps its end value, see `check_temperature`.
    Source: piecewise cubic Hermite with the slope limiter of Fritsch & Carlson, SIAM J. Numer. Anal. 17 (1980) 238.

    Examples
    --------
    >>> water = coolant_table([293.15, 313.15, 333.15], [998.2, 992.2, 983.2], [4184, 4179, 4185],
    ...                       [0.598, 0.629, 0.651], [1.002e-3, 0.653e-3, 0.466e-3], [2339, 7384, 19946])
    >>> round(1e3 * viscosity(water, 303.15), 3)
    0.8
    """
    columns = {
        "density": density,
        "specific_heat": specific_heat,
        "conductivity": conductivity,
        "viscosity": viscosity,
        "vapour_pressure": vapour_pressure,
    }
    T = np.array(temperature, dtype=np.float64)
    arrays = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    problems = list(table_problems(T, arrays, viscosity_factor))
    if problems:
        raise InputError(problems)
    rho, cp, k = arrays["density"], arrays["specific_heat"], arrays["conductivity"]
    log_mu = np.log(arrays["viscosity"] * viscosity_factor)
    log_p = np.log(arrays["vapour_pressure"])
    cp_slope = monotone_slopes(T, cp)
    return CoolantTable(
        T, rho, monotone_slopes(T, rho), cp, cp_slope, k, monotone_slopes(T, k), log_mu, monotone_slopes(T, log_mu),
        log_p, monotone_slopes(T, log_p), knot_enthalpies(T, cp, cp_slope),
    )  # fmt: skip


def table_problems(T: FloatArray, arrays: dict[str, FloatArray], viscosity_factor: float) -> Sequence[Problem]:
    """Return everything wrong with the columns of a table."""
    found = []
    if T.ndim != 1 or T.size < 3:
        found.append(("temperature", f"shape {T.shape}", "give at least three temperatures"))
    elif not (np.all(np.isfinite(T)) and np.all(np.diff(T) > 0.0) and T[0] > 0.0):
        found.append(("temperature", "values are not positive and strictly rising", "sort them, each once, in kelvin"))
    for name, values in arrays.items():
        if values.shape != T.shape:
            found.append((name, f"{values.size} values", f"give {T.size}, one for each temperature"))
        elif not np.all(np.isfinite(values) & (values > 0.0)):
            found.append((name, "values are not all positive", "give a positive value at each temperature"))
    if not 0.0 < viscosity_factor < math.inf:
        found.append(("viscosity_factor", f"{viscosity_factor}", "give a positive number, 1 for a plain mixture"))
    return [Problem("coolant table", 0, 0, *problem) for problem in found]


def monotone_slopes(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return the slopes dy/dx of a monotone cubic through (x, y), three-point estimates then limited, shape (n,)."""
    step = np.diff(x)
    secant = np.diff(y) / step
    inner = (step[1:] * secant[:-1] + step[:-1] * secant[1:]) / (step[1:] + step[:-1])
    first = secant[0] + step[0] * (secant[0] - secant[1]) / (step[0] + step[1])
    last = secant[-1] + step[-1] * (secant[-1] - secant[-2]) / (step[-1] + step[-2])
    slope = np.concatenate([[first], inner, [last]])
    for i, chord in enumerate(secant):
        if chord == 0.0:
            slope[i] = slope[i + 1] = 0.0
            continue
        start, end = max(slope[i] / chord, 0.0), max(slope[i + 1] / chord, 0.0)
        radius = math.hypot(start, end)
        shrink = 3.0 / radius if radius > 3.0 else 1.0
        slope[i], slope[i + 1] = shrink * start * chord, shrink * end * chord
    return slope


def knot_enthalpies(T: FloatArray, cp: FloatArray, slope: FloatArray) -> FloatArray:
    """Return ∫cp dT from the first temperature to each [J/kg], exact for the cubic interpolant, shape (n,)."""
    step = np.diff(T)
    areas = step * (0.5 * (cp[:-1] + cp[1:]) + step * (slope[:-1] - slope[1:]) / 12.0)
    return np.concatenate([[0.0], np.cumsum(areas)])


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
    i = interval(x, value)
    step = x[i + 1] - x[i]
    t = min(max((value - x[i]) / step, 0.0), 1.0)
    s = 1.0 - t
    left = y[i] * (1.0 + 2.0 * t) + slope[i] * step * t
    right = y[i + 1] * (1.0 + 2.0 * s) - slope[i + 1] * step * s
    return left * s * s + right * t * t


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
