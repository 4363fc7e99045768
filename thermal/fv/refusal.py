"""How this package refuses its input: everything wrong at once, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Iterable

from thermal.errors import InputError, Problem

__all__ = ["refuse"]


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
