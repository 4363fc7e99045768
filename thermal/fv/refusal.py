"""How this package refuses its input: everything wrong at once, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem

__all__ = ["number_faults", "refuse"]


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
