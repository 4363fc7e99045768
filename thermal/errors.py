"""What can go wrong, each kind naming the place, the value and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["ConvergenceError", "InputError", "OperatingRangeError", "Problem", "RangeWarning", "ThermalError"]


class ThermalError(Exception):
    """Base of every error raised on purpose by this package; `exit_status` is what the command line returns."""

    exit_status = 2


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with an input, with its place and its remedy.

    Parameters
    ----------
    file : str
        File name as the user gave it.
    line, column : int
        One-based position; 0 when the problem concerns the whole file.
    path : str
        Dotted path of the field, such as ``coolant.supply_temperature``.
    wrong, right : str
        What is wrong (with the value), and what would be right.
    """

    file: str
    line: int
    column: int
    path: str
    wrong: str
    right: str

    def __str__(self) -> str:
        """Return ``file:line:column: path: what is wrong; what would be right``; no line and column where none is."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.path}: {self.wrong}; {self.right}"


class InputError(ThermalError, ValueError):
    """Every problem found in an input, at once.

    Parameters
    ----------
    problems : iterable of Problem
        At least one; kept in order of file and line in `problems`.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class OperatingRangeError(ThermalError, ValueError):
    """The operating point lies outside what the data describe (beyond a pump curve, outside a fluid's table)."""


class ConvergenceError(ThermalError, ArithmeticError):
    """An iteration did not reach its tolerance; no numbers are returned in its place.

    Parameters
    ----------
    what : str
        The iteration that failed.
    history : sequence of float
        Residual after each iteration.
    place : str
        Where the largest residual sits.
    cause : str
        The likeliest cause, and what to change.
    """

    exit_status = 3

    def __init__(self, what: str, history: Sequence[float], place: str, cause: str) -> None:
        self.what = what
        self.history = tuple(history)
        self.place = place
        self.cause = cause
        tail = ", ".join(f"{value:.2e}" for value in self.history[-5:])
        super().__init__(
            f"{what} did not converge in {len(self.history)} iterations (residuals end … {tail}); "
            f"largest at {place}; {cause}"
        )


class RangeWarning(UserWarning):
    """A closure is used outside the range its source covers."""
