"""How this package refuses its input: everything wrong at once, each with its place and remedy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem

__all__ = ["LARGEST", "Fault", "axis_faults", "called_faults", "known_faults", "number_faults", "numbers", "refuse",
           "scalar", "shown", "tolerance_faults"]  # fmt: skip

Fault = tuple[str, str, str]  # path, what is wrong (with the value), what would be right
LONGEST = 60  # letters of what is shown of a wrong argument
LARGEST = 1.0e30  # of any number in SI: multigrids' single precision ends at 3e38; its inverse is the least above 0


def refuse(place: str, problems: Iterable[Fault]) -> None:
    """Raise what was found, if anything.

    Parameters
    ----------
    place : str
        The call or the thing at fault.
    problems : iterable of (str, str, str)
        Path inside it, what is wrong (with the value), what would be right.

    Raises
    ------
    InputError
        With every problem.
    """
    found = [Problem(place, 0, 0, *problem) for problem in problems]
    if found:
        raise InputError(found)


def numbers(value: object) -> NDArray[np.float64] | None:
    """Return numbers as an array; None where they are none: text, complex numbers, rows of unlike length."""
    try:
        found: NDArray[Any] = np.asarray(value)
        if found.dtype.kind not in "biufO" or (
            found.dtype.kind == "O" and not all(isinstance(one, Real) for one in found.flat)
        ):
            return None
        return np.asarray(found, np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def scalar(value: object) -> float:
    """Return one number; NaN, which lies within no bounds, where it is none."""
    found = numbers(value)
    return float(found) if found is not None and not found.ndim else math.nan


def shown(value: object, unit: str = "") -> str:
    """Return a wrong argument for a message: a number with its unit, else as it was written."""
    found = numbers(value)
    if found is None or found.ndim:
        text = " ".join(repr(value).split())
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f"{float(found):g} {unit}".strip()


def known_faults(name: str, value: object, names: Iterable[str]) -> Iterable[Fault]:
    """Yield a problem where a value is not one of the names."""
    listed = list(names)
    if not (isinstance(value, str) and value in listed):
        yield name, f"{shown(value)} is not known", f"use one of {', '.join(listed)}"


def number_faults(
    name: str,
    given: object,
    unit: str,
    *,
    shapes: Sequence[tuple[int, ...]] | None = None,
    above: float | None = None,
    least: float | None = None,
    most: float = LARGEST,
) -> Iterable[Fault]:
    """Yield a problem where what is given is no number or numbers, of another shape, not finite or out of bounds.

    Parameters
    ----------
    name : str
        Of the argument.
    given : object
        What was given for it.
    unit : str
        Its unit, for the message.
    shapes : sequence of tuple, optional
        Shapes that are allowed, () being that of one number; without, any.
    above : float, optional
        What each has to exceed.
    least, most : float, optional
        The least that is allowed; the greatest size.
    """
    values = numbers(given)
    if values is None:
        yield name, f"{shown(given)} is not a number", f"give numbers [{unit}]"
        return
    if shapes is not None and values.shape not in shapes:
        yield name, f"{_shape(values.shape)} is given", f"give {' or '.join(_shape(shape) for shape in shapes)}"
        return
    good = np.abs(values) <= most
    if above is not None:
        good &= values >= max(np.nextafter(above, np.inf), 1.0 / LARGEST)
    if least is not None:
        good &= values >= least
    if not np.all(good):
        first = tuple(int(n) for n in np.argwhere(~good)[0])
        path = f"{name}[{', '.join(map(str, first))}]" if first else name
        yield path, f"{values[first]:g} {unit}", _right(float(values[first]), above, least, most)


def tolerance_faults(tolerance: object) -> Iterable[Fault]:
    """Yield a problem where a relative tolerance is not between 0 and 1."""
    if not 0.0 < scalar(tolerance) < 1.0:
        yield "tolerance", shown(tolerance), "give a number between 0 and 1, such as 1e-8"


def called_faults(name: str, function: object) -> Iterable[Fault]:
    """Yield a problem where something that may be left out and is to be called cannot be."""
    if function is not None and not callable(function):
        yield name, shown(function), "give a function, or leave it out"


def axis_faults(axis: object) -> Iterable[Fault]:
    """Yield a problem where a direction is not given by its number."""
    if scalar(axis) not in {0.0, 1.0, 2.0}:
        yield "axis", f"{shown(axis)} is no direction", "give 0, 1 or 2 for x, y, z"


def _right(value: float, above: float | None, least: float | None, most: float) -> str:
    """Say what would be right instead of a number."""
    if most < abs(value) < math.inf:
        return f"give a number of at most {most:g} in size"
    if above is not None and above < value < math.inf:
        return f"give a number of at least {1.0 / LARGEST:g}"
    what = "a number" if most == math.inf else "a finite number"
    bound = f" above {above:g}" if above is not None else f", not below {least:g}" if least is not None else ""
    return f"give {what}{bound}"


def _shape(shape: tuple[int, ...]) -> str:
    """Shape in words."""
    return f"the shape {shape}" if shape else "one number"
