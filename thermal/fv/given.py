"""Turning what a user gives for a problem into arrays; what is wrong is noted, to be told all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from thermal.errors import InputError, Problem
from thermal.fv.boundary import SIDES, Side
from thermal.fv.grid import NAMES, Box, Floats, Grid, Slices
from thermal.fv.refusal import LARGEST, Fault, number_faults, numbers, shown

__all__ = ["Cells", "Notes", "Rectangle", "Where"]

Where = Box | NDArray[np.bool_]
Cells = Slices | NDArray[np.bool_]
Rectangle = tuple[slice, slice]
T = TypeVar("T")


class Notes:
    """What was found wrong so far."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, place: str, problems: Iterable[Fault]) -> bool:
        """Note problems (path, what is wrong, what would be right) of a place; return whether there were any."""
        found = [Problem(place, 0, 0, *problem) for problem in problems]
        self.problems += found
        return bool(found)

    def tell(self) -> None:
        """Raise InputError with all that was noted, if anything was."""
        if self.problems:
            raise InputError(self.problems)

    def right(self, value: T | None) -> T:
        """Return what was checked; InputError with all that was noted, if anything was."""
        self.tell()
        if value is None:  # what is not right is noted
            raise AssertionError
        return value

    def known(self, place: str, path: str, given: object, names: Sequence[str]) -> bool:
        """Whether a name is one of those known; else note which are near."""
        if isinstance(given, str) and given in names:
            return True
        close = get_close_matches(str(given), names, n=1)
        right = f"did you mean {close[0]!r}? " if close else ""
        self.add(place, [(path, f"{shown(given)} is not known", f"{right}use one of {', '.join(names)}")])
        return False

    def numbers(
        self,
        place: str,
        name: str,
        given: Any,
        unit: str,
        *,
        shapes: Sequence[tuple[int, ...]] | None = ((),),
        above: float | None = None,
        least: float | None = None,
        most: float = LARGEST,
    ) -> Floats | None:
        """Return numbers as an array of one of the shapes allowed; None, and a note, where they are not right."""
        found = number_faults(name, given, unit, shapes=shapes, above=above, least=least, most=most)
        return None if self.add(place, found) else np.array(numbers(given))

    def tried(self, check: Callable[[], T]) -> T | None:
        """Return what a check returns; None, and its problems noted, where it refuses."""
        try:
            return check()
        except InputError as error:
            self.problems += error.problems
            return None

    def cells(self, place: str, grid: Grid, where: object) -> Cells | None:
        """Return the cells of a box or of a mask (nz, ny, nx); None, and a note, where there are none."""
        if isinstance(where, np.ndarray):
            if where.shape != grid.shape or where.dtype != np.bool_:
                wrong = f"an array of shape {where.shape} and type {where.dtype}"
                self.add(place, [("mask", wrong, f"give booleans of shape (nz, ny, nx) = {grid.shape}")])
                return None
            if not where.any():
                self.add(place, [("mask", "no cell is marked", "mark cells, or leave the call out")])
                return None
            return where.copy()
        if not isinstance(where, Box):
            self.add(place, [("where", f"a {type(where).__name__}", "give a Box, or booleans (nz, ny, nx)")])
            return None
        return self.tried(lambda: grid.cells_in(where, place))

    def rectangle(self, place: str, grid: Grid, side: Side, box: object) -> Rectangle | None:
        """Return the faces of a side whose centres lie in a box; None, and a note, where there are none."""
        axis = SIDES[side][0]
        box = Box() if box is None else box
        if isinstance(box, Box) and box[axis] is not None:
            wrong = f"the rectangle on {side} has ends in {NAMES[axis]}"
            self.add(place, [(NAMES[axis], wrong, "leave that direction out")])
            return None
        cells = self.cells(place, grid, box)
        if cells is None or isinstance(cells, np.ndarray):
            return None
        rows, columns = (cut for n, cut in enumerate(cells) if n != 2 - axis)
        return rows, columns
