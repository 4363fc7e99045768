"""How this package refuses its input: everything wrong at once, each with its place and remedy."""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem

__all__ = ["known_faults", "number_faults", "numbers", "refuse", "scalar", "shown"]

LONGEST = 60  # letters of what is shown of a wrong argument


def refuse(place: str, problems: Iterable[tuple[str, str, str]]) -> None:
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


def known_faults(name: str, value: object, names: Iterable[str]) -> Iterable[tuple[str, str, str]]:
    """Yield a problem where a value is not one of the names."""
    listed = list(names)
    if not (isinstance(value, str) and value in listed):
        yield name, f"{shown(value)} is not known", f"use one of {', '.join(listed)}"


def number_faults(
    name: str, value: NDArray[np.float64], unit: str, *, least: float | None = None
) -> Iterable[tuple[str, str, str]]:
    """Yield a problem where a value or one of an array is not finite or below the least allowed.

    Parameters
    ----------
    name : str
        Of the argument.
    value : float64
        One value or many.
    unit : str
        Their unit, for the message.
    least : float, optional
        The least that is allowed.
    """
    bad: NDArray[Any] = ~np.isfinite(value) if least is None else ~(np.isfinite(value) & (value >= least))
    if bad.any():
        bound = "" if least is None else f", not below {least:g}"
        yield name, f"{value[bad].flat[0]:g} {unit}", f"give a finite number{bound}"
