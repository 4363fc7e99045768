"""Property columns of a glycol–water mixture that no shipped table covers, from CoolProp when it is installed."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLUMNS", "freezing_temperature", "mixture_columns", "mixture_temperatures"]

COLUMNS = ("temperature", "density", "specific_heat", "conductivity", "viscosity", "vapour_pressure")

ZERO_CELSIUS = 273.15
STEP = 2.5  # [K] between rows; tests hold the interpolation error below 1e-5 (1e-4 for viscosity) at this step
PRESSURE = 3e5  # [Pa] keeps water liquid up to 100 °C; the mixtures are incompressible
WATER_MOLAR_MASS, WATER_DENSITY = 18.015e-3, 998.2  # [kg/mol], [kg/m3] at 20 °C
# CoolProp name, molar mass [kg/mol], density at 20 °C [kg/m3] of the pure glycol
GLYCOLS = {"PG": ("APG", 76.094e-3, 1036.0), "EG": ("AEG", 62.068e-3, 1113.0)}


def mixture_columns(name: str) -> dict[str, NDArray[np.float64]]:
    """Return the property table of ``PGnn`` or ``EGnn``, nn being the glycol's volume per cent.

    Density, specific heat, conductivity and viscosity come from CoolProp's incompressible mixtures APG and AEG,
    which are fits to the volume-based glycol tables of the ASHRAE Handbook — Fundamentals (2001). The vapour
    pressure is Raoult's law: the water's mole fraction times the vapour pressure of water; the glycol's own is
    neglected (about 20 Pa for propylene glycol at 25 °C). Corrosion inhibitors are not included.

    Parameters
    ----------
    name : str
        ``PG`` (propylene) or ``EG`` (ethylene glycol) and a volume percentage from 10 to 60, such as ``PG30``.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        ``temperature`` [K], rising in steps of 2.5 K from just above freezing to 100 °C, ``density`` [kg/m3],
        ``specific_heat`` [J/(kg K)], ``conductivity`` [W/(m K)], ``viscosity`` [Pa s], ``vapour_pressure`` [Pa].

    Raises
    ------
    ValueError
        When the name is no such mixture, the percentage is out of range, or CoolProp is not installed.

    Examples
    --------
    >>> columns = mixture_columns("PG25")
    >>> float(np.interp(313.15, columns["temperature"], columns["density"]))
    1014.47
    """
    glycol, fraction = parse_mixture(name)
    fluid = f"INCOMP::{GLYCOLS[glycol][0]}[{fraction:.2f}]"
    temperature = mixture_temperatures(name)
    columns = {"temperature": temperature}
    for column, key in zip(COLUMNS[1:5], "DCLV", strict=True):
        columns[column] = evaluate(key, temperature, fluid)
    columns["vapour_pressure"] = water_mole_fraction(name) * water_vapour_pressure(temperature)
    return columns


def freezing_temperature(name: str) -> float:
    """Return the freezing temperature of a ``PGnn`` or ``EGnn`` mixture [K], from the same ASHRAE fits."""
    glycol, fraction = parse_mixture(name)
    fluid = f"INCOMP::{GLYCOLS[glycol][0]}[{fraction:.2f}]"
    return float(coolprop()("T_freeze", "T", 300.0, "P", PRESSURE, fluid))


def mixture_temperatures(name: str) -> NDArray[np.float64]:
    """Return the temperatures of the table of a mixture, from just above freezing to 100 °C [K], shape (n,)."""
    glycol, fraction = parse_mixture(name)
    fluid = f"INCOMP::{GLYCOLS[glycol][0]}[{fraction:.2f}]"
    coldest = max(freezing_temperature(name), float(coolprop()("Tmin", "T", 300.0, "P", PRESSURE, fluid)))
    first = int(np.floor((coldest - ZERO_CELSIUS) / STEP + 1e-9)) + 1
    return np.asarray(ZERO_CELSIUS + STEP * np.arange(first, round(100.0 / STEP) + 1), dtype=np.float64)


def water_mole_fraction(name: str) -> float:
    """Return the water's mole fraction, volumes being those of the pure liquids at 20 °C [-]."""
    glycol, fraction = parse_mixture(name)
    _, molar_mass, density = GLYCOLS[glycol]
    water = (1.0 - fraction) * WATER_DENSITY / WATER_MOLAR_MASS
    return water / (water + fraction * density / molar_mass)


def water_vapour_pressure(temperature: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vapour pressure of water [Pa]; below the triple point that of supercooled water.

    IAPWS-95 by CoolProp above 0.01 °C. Below, the formula of Murphy & Koop (Q. J. R. Meteorol. Soc. 131 (2005)
    1539), scaled to join (by less than 0.02 %), for a mixture is liquid where water would be ice.
    """
    triple = 273.16
    props = coolprop()
    warm = np.maximum(temperature, triple)
    liquid = np.array([props("P", "T", float(T), "Q", 0, "Water") for T in warm])
    cold = np.minimum(temperature, triple)
    return np.asarray(liquid * murphy_koop(cold) / murphy_koop(np.full_like(cold, triple)))


def murphy_koop(T: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vapour pressure of supercooled water after Murphy & Koop (2005), 123 K to 332 K [Pa]."""
    tail = 53.878 - 1331.22 / T - 9.44523 * np.log(T) + 0.014025 * T
    log_pressure = 54.842763 - 6763.22 / T - 4.21 * np.log(T) + 0.000367 * T + np.tanh(0.0415 * (T - 218.8)) * tail
    return np.asarray(np.exp(log_pressure))


def evaluate(key: str, temperature: NDArray[np.float64], fluid: str) -> NDArray[np.float64]:
    """Return one CoolProp property at each temperature, shape (n,)."""
    props = coolprop()
    return np.array([props(key, "T", float(T), "P", PRESSURE, fluid) for T in temperature])


def parse_mixture(name: str) -> tuple[str, float]:
    """Return the glycol's key and volume fraction [-] of a name such as ``PG25``."""
    match = re.fullmatch(r"(PG|EG)(\d{1,2})", name)
    if match is None or not 10 <= int(match[2]) <= 60:
        message = f"{name!r} is no known mixture; use PGnn or EGnn with nn from 10 to 60 per cent by volume"
        raise ValueError(message)
    return match[1], int(match[2]) / 100.0


def coolprop() -> Any:
    """Return CoolProp's ``PropsSI``, imported only here because the import takes seconds."""
    try:
        from CoolProp.CoolProp import PropsSI
    except ImportError:
        message = "a coolant without a shipped table needs CoolProp; pip install 'thermal[mixtures]', or ship a table"
        raise ValueError(message) from None
    return PropsSI
