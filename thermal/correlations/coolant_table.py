"""The table behind a coolant's property functions: checked columns, limited slopes, enthalpies at the rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thermal.errors import InputError, Problem
from thermal.numerics.interpolation import monotone_slopes

__all__ = ["CoolantTable", "coolant_table", "monotone_slopes"]

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
    >>> round(float(water.enthalpy[-1]))
    167233
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


def knot_enthalpies(T: FloatArray, cp: FloatArray, slope: FloatArray) -> FloatArray:
    """Return ∫cp dT from the first temperature to each [J/kg], exact for the cubic interpolant, shape (n,)."""
    step = np.diff(T)
    areas = step * (0.5 * (cp[:-1] + cp[1:]) + step * (slope[:-1] - slope[1:]) / 12.0)
    return np.concatenate([[0.0], np.cumsum(areas)])
