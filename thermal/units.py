"""Quantities written as text ("2.5 L/min") become SI floats here, and nowhere else.

The conversion factors are those of the `units_llnl` library. Its own text parser is generous (it reads "48 U" as an
enzyme activity and nonsense as NaN), so number and unit are split here, every symbol must stand in `SYMBOLS`, and only
then is the library asked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import units_llnl

__all__ = ["DIMENSIONS", "SYMBOLS", "Dimension", "UnitError", "comparable", "parse_quantity", "parse_unit", "to_si"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One kind of physical quantity.

    Parameters
    ----------
    si : str
        SI unit of the float that stands for it inside the program.
    title : str
        How a message calls it.
    example : str
        Text that is accepted.
    units : tuple of str
        Units shown in messages; any other unit of the same dimension is accepted too.
    """

    si: str
    title: str
    example: str
    units: tuple[str, ...]


def _dimension(si: str, title: str, example: str, *units: str) -> Dimension:
    return Dimension(si, title, example, units)


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        "length": _dimension("m", "a length", "150 um", "m", "mm", "um", "in"),
        "area": _dimension("m^2", "an area", "8 cm2", "m2", "cm2", "mm2"),
        "volume": _dimension("m^3", "a volume", "30 L", "m3", "L", "mL"),
        "mass": _dimension("kg", "a mass", "1.2 kg", "kg", "g", "lb"),
        "time": _dimension("s", "a time", "5 s", "s", "ms", "min", "h"),
        "temperature": _dimension("K", "a temperature", "40 degC", "degC", "K", "degF"),
        "temperature_difference": _dimension("K", "a temperature difference", "5 K", "K"),
        "power": _dimension("W", "a power", "1.4 kW", "W", "kW", "MW"),
        "energy": _dimension("J", "an energy", "3.6 MJ", "J", "kJ", "MJ"),
        "pressure": _dimension("Pa", "a pressure", "20 kPa", "Pa", "kPa", "bar", "psi"),
        "flow": _dimension("m^3/s", "a volume flow", "2.5 L/min", "L/min", "m3/h", "gpm", "m3/s", "cfm"),
        "mass_flow": _dimension("kg/s", "a mass flow", "0.1 kg/s", "kg/s", "kg/h", "g/s"),
        "velocity": _dimension("m/s", "a velocity", "1.5 m/s", "m/s", "ft/s"),
        "density": _dimension("kg/m^3", "a density", "1020 kg/m3", "kg/m3", "g/cm3"),
        "viscosity": _dimension("Pa*s", "a dynamic viscosity", "1.37 mPa s", "Pa s", "mPa s", "cP"),
        "conductivity": _dimension("W/m/K", "a thermal conductivity", "385 W/(m K)", "W/(m K)"),
        "specific_heat": _dimension("J/kg/K", "a specific heat", "3.93 kJ/(kg K)", "J/(kg K)", "kJ/(kg K)"),
        "heat_capacity": _dimension("J/K", "a heat capacity", "180 J/K", "J/K", "kJ/K"),
        "volumetric_heat_capacity": _dimension("J/m^3/K", "a heat capacity per volume", "3.4 MJ/(m3 K)", "J/(m3 K)"),
        "thermal_resistance": _dimension("K/W", "a thermal resistance", "0.025 K/W", "K/W"),
        "areal_resistance": _dimension("m^2*K/W", "a resistance times area", "0.05 K cm2/W", "K cm2/W", "K m2/W"),
        "conductance": _dimension("W/K", "a thermal conductance", "0.5 W/K", "W/K"),
        "heat_transfer_coefficient": _dimension("W/m^2/K", "a heat transfer coefficient", "9 W/(m2 K)", "W/(m2 K)"),
        "heat_flux": _dimension("W/m^2", "a heat flux", "100 W/cm2", "W/m2", "W/cm2"),
        "linear_impedance": _dimension(
            "Pa*s/m^3", "a pressure drop per flow", "4 kPa/(L/min)", "Pa/(m3/s)", "kPa/(L/min)"
        ),
        "quadratic_impedance": _dimension(
            "Pa*s^2/m^6", "a pressure drop per flow squared", "3 kPa/(L/min)^2", "Pa/(m3/s)^2", "kPa/(L/min)^2"
        ),
        "rotational_speed": _dimension("1/s", "a speed of rotation", "3000 rpm", "rpm", "1/s"),
        "computing_rate": _dimension("1/s", "a computing rate", "1.1 EFLOP/s", "TFLOP/s", "PFLOP/s", "EFLOP/s"),
        "dimensionless": _dimension("", "a plain number", "0.9", "", "%"),
    }
)
"""Every dimension a field may have, by name."""

_SAME = (
    "m mm cm um nm km in ft L mL s ms min h W mW kW MW GW J kJ MJ Pa hPa kPa MPa mPa bar mbar psi atm kg g mg lb N cP "
    "K Hz"
)
_ALIASES = {
    "µm": "um", "μm": "um", '"': "in", "inch": "in", "l": "L", "ml": "mL", "hr": "h",
    "lpm": "L*min^-1", "LPM": "L*min^-1", "gpm": "gal*min^-1", "GPM": "gal*min^-1", "gal": "gal",
    "cfm": "ft^3*min^-1", "CFM": "ft^3*min^-1", "rpm": "min^-1", "t": "t", "micron": "um",
    "mK": "m*K", "kgK": "kg*K", "mPas": "mPa*s", "Pas": "Pa*s",
    "FLOP": "1", "TFLOP": "10^12", "PFLOP": "10^15", "EFLOP": "10^18", "%": "%",
    # Inside a compound unit a degree is a difference; alone it is an absolute temperature (see `_ABSOLUTE`).
    "degC": "K", "°C": "K", "℃": "K", "degF": "degR", "°F": "degR", "℉": "degR",
}  # fmt: skip

SYMBOLS: Mapping[str, str] = MappingProxyType({symbol: symbol for symbol in _SAME.split()} | _ALIASES)
"""Every unit symbol understood, and how the conversion library writes it."""

_ABSOLUTE = {"degC": "degC", "°C": "degC", "℃": "degC", "degF": "degF", "°F": "degF", "℉": "degF", "K": "K"}
_NUMBER = re.compile(r"\s*([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*)", re.DOTALL)
_TOKEN = re.compile(r'\s*(?:([A-Za-zµμ°℃℉%"]+)|([0-9]+|[²³])|([*·/()^])|(-[0-9]+))')
_LONGEST_TEXT = 120


class UnitError(ValueError):
    """A text that is not a quantity of the asked dimension.

    Parameters
    ----------
    wrong, right : str
        What is wrong (with the text), and what would be right.
    """

    def __init__(self, wrong: str, right: str) -> None:
        self.wrong, self.right = wrong, right
        super().__init__(f"{wrong}; {right}")


def parse_quantity(text: str, dimension: str) -> float:
    """Return the SI value of a number with its unit.

    Parameters
    ----------
    text : str
        Such as ``"2.5 L/min"``; everything after a slash belongs to the denominator, so ``W/m2K`` is W/(m² K).
    dimension : str
        A name of `DIMENSIONS`.

    Returns
    -------
    float
        Value in the SI unit of the dimension; temperatures are absolute [K].

    Raises
    ------
    UnitError
        Not a number with a unit, another dimension, or not finite; the message ends with what is accepted.

    Examples
    --------
    >>> parse_quantity("40 degC", "temperature")
    313.15
    >>> round(parse_quantity("1 gpm", "flow") * 60000, 4)
    3.7854
    """
    number, unit = _split(text, dimension)
    return to_si(number, unit, dimension)


def to_si(number: float, unit: str, dimension: str) -> float:
    """Return `number` of `unit` in the SI unit of `dimension`; raises UnitError like `parse_quantity`."""
    try:
        scale, offset = parse_unit(unit, dimension)
    except UnitError as error:
        # The unit is cached without its number; the message shows both.
        shown = f"{number:g} {unit}".strip()
        raise UnitError(f"'{shown}'" + error.wrong.removeprefix(f"'{unit}'"), error.right) from None
    value = number * scale + offset
    if not math.isfinite(value):
        raise _error(wrong=f"'{number:g} {unit}' is not a finite number", dimension=dimension)
    if dimension == "temperature" and value < 0.0:
        raise _error(wrong=f"'{number:g} {unit}' lies below absolute zero", dimension=dimension)
    return value


@lru_cache(maxsize=4096)
def parse_unit(unit: str, dimension: str) -> tuple[float, float]:
    """Return scale and offset such that SI value = number × scale + offset; raises UnitError.

    Examples
    --------
    >>> parse_unit("kPa/(L/min)", "linear_impedance")
    (60000000.0, 0.0)
    """
    title = DIMENSIONS[dimension].title
    if not unit and dimension != "dimensionless":
        raise _error(wrong="'' has no unit", dimension=dimension)
    if dimension == "temperature":
        if unit not in _ABSOLUTE:
            raise _error(wrong=f"'{unit}' is not {title}", dimension=dimension)
        zero = round(units_llnl.convert(0.0, _ABSOLUTE[unit], "K"), 12)
        return float(units_llnl.convert(1.0, SYMBOLS[unit], "K")), zero
    if dimension == "temperature_difference" and unit in _ABSOLUTE and unit != "K":
        raise _error(wrong=f"'{unit}' is a temperature, not {title}", dimension=dimension)
    source, target = _unit(unit, dimension), units_llnl.Unit(DIMENSIONS[dimension].si)
    scale = float(units_llnl.convert(1.0, source, target)) if source.has_same_base(target) else math.nan
    if not math.isfinite(scale):
        raise _error(wrong=f"'{unit}' is not {title}", dimension=dimension)
    return scale, 0.0


def comparable(text: str) -> tuple[float, str]:
    """Return a number in base units and the name of that base, to order two texts whose dimension is not known.

    Raises
    ------
    UnitError
        Not a number with a known unit.
    """
    number, unit = _split(text, "dimensionless")
    if unit in _ABSOLUTE:
        return to_si(number, unit, "temperature"), "K"
    source = _unit(unit, "dimensionless")
    return number * float(units_llnl.convert(1.0, source, source.base_units)), str(source.base_units)


def _split(text: str, dimension: str) -> tuple[float, str]:
    """Separate "2.5 L/min" into 2.5 and "L/min"."""
    shown = repr(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…")
    match = _NUMBER.fullmatch(text)
    if match is None or len(text) > _LONGEST_TEXT:
        raise _error(wrong=f"{shown} is not a number with a unit", dimension=dimension)
    digits, unit = match.groups()
    if re.match(r"[,_'][0-9]", unit):
        raise _error(wrong=f"{shown} has a separator inside the number (use a decimal point)", dimension=dimension)
    number = float(digits)
    if not math.isfinite(number):
        raise _error(wrong=f"{shown} is not a finite number", dimension=dimension)
    return number, unit.strip()


def _unit(unit: str, dimension: str) -> units_llnl.Unit:
    """Build the library's unit from known symbols and powers only."""
    out = units_llnl.Unit("")
    for symbol, power in _Reader(unit, dimension).product():
        out *= units_llnl.Unit(SYMBOLS[symbol]) ** power
    return out


class _Reader:
    """Reads one unit text: symbols with powers, side by side, with at most nested brackets and slashes."""

    def __init__(self, unit: str, dimension: str) -> None:
        self.unit, self.dimension = unit, dimension
        self.tokens: list[str] = []
        self.place = 0
        position = 0
        while position < len(unit.rstrip()):
            match = _TOKEN.match(unit, position)
            if match is None:
                raise self._unknown(unit[position:].strip())
            self.tokens.append(match.group().strip())
            position = match.end()

    def _unknown(self, what: str) -> UnitError:
        return _error(f"'{self.unit}' is not {DIMENSIONS[self.dimension].title} ({what!r} is no unit)", self.dimension)

    def _peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.place += 1
        return token

    def product(self, depth: int = 0) -> list[tuple[str, int]]:
        """Return (symbol, power) pairs up to the end or the closing bracket."""
        sign = 1
        out: list[tuple[str, int]] = []
        while part := self._take():
            if part == "/" and self._peek() not in ("", "/", ")"):
                sign = -1
            elif part == ")" and depth:
                return out
            elif part in "*·":
                continue
            elif part == "(":
                inner = self.product(depth + 1)
                power = self._power()
                out += [(symbol, sign * power * exponent) for symbol, exponent in inner]
            elif part in SYMBOLS:
                out.append((part, sign * self._power()))
            elif part == "1" and not out and self._peek() == "/":
                continue
            else:
                raise self._unknown(part)
        if depth:
            raise self._unknown(what="(")
        return out

    def _power(self) -> int:
        """Read an exponent such as ``2``, ``^2``, ``^-1``, ``²``; 1 when there is none."""
        if self._peek() == "^":
            self._take()
        elif not re.fullmatch(r"[0-9]+|[²³]", self._peek()):
            return 1
        token = self._take()
        power = {"²": 2, "³": 3}.get(token) or (int(token) if re.fullmatch(r"-?[0-9]", token) else 0)
        if not power:
            raise self._unknown(token)
        return power


def _error(wrong: str, dimension: str) -> UnitError:
    known = DIMENSIONS[dimension]
    if dimension == "dimensionless":
        return UnitError(wrong, f"write a plain number such as {known.example}")
    return UnitError(wrong, f"write for example '{known.example}' (units: {', '.join(known.units)})")
