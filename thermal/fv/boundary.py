"""Conditions on the six sides as conductances to known temperatures and as given heat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.fv.conductance import in_series
from thermal.fv.grid import Floats, Grid, Range
from thermal.fv.layout import at
from thermal.fv.overlap import owned_shares

__all__ = [
    "SIDES",
    "Condition",
    "Exchange",
    "Side",
    "exchange",
    "middle",
    "plane_of",
    "reference_temperature",
    "side_of",
]

Side = Literal["x_min", "x_max", "y_min", "y_max", "z_min", "z_max"]
SIDES: dict[Side, tuple[int, int]] = {  # axis (0, 1, 2 for x, y, z) and which end
    "x_min": (0, 0), "x_max": (0, -1),
    "y_min": (1, 0), "y_max": (1, -1),
    "z_min": (2, 0), "z_max": (2, -1),
}  # fmt: skip


class Condition(NamedTuple):
    """One condition on a rectangle of a side; numbers, or arrays on all faces of the side."""

    kind: Literal["temperature", "convection", "flux"]
    rectangle: tuple[Range, Range]
    temperature: float | Floats = 0.0  # [K], without meaning for a flux
    h: float | Floats = 0.0  # [W/(m2 K)], of convection only
    flux: float | Floats = 0.0  # into the solid [W/m2]


@dataclass(frozen=True, eq=False)
class Exchange:
    """What one side exchanges with the cells behind it, on the faces of the side.

    Attributes
    ----------
    conductance : (rows, columns) float64
        From the centres of the cells to what surrounds them [W/K].
    pull : (rows, columns) float64
        Conductance times temperature of the surroundings less the reference [W].
    heat : (rows, columns) float64
        Heat given, into the solid [W].
    half : (rows, columns) float64
        From the centres of the cells to the faces [W/K].
    """

    conductance: Floats
    pull: Floats
    heat: Floats
    half: Floats

    def received(self, rise: Floats) -> Floats:
        """Heat into the solid [W], from the rise over the reference of the cells behind the side [K]."""
        return np.asarray(self.pull - self.conductance * rise + self.heat)

    def surface(self, rise: Floats) -> Floats:
        """Rise of the face over the reference, mean over each face [K].

        Where a channel's wall has no film, nothing flows from the face to the cell, and the face has the cell's
        temperature; without limit where heat is given there all the same.
        """
        heat = self.received(rise)
        cut_off = np.where(heat == 0.0, 0.0, np.copysign(np.inf, heat))
        return np.asarray(rise + np.divide(heat, self.half, out=cut_off, where=self.half > 0.0))


def _robin(h: Any, u: Any) -> Any:
    """1/(1/h + 1/u), and nothing where both are nothing: a channel's wall without a film, and no convection either."""
    return in_series(h, np.where(u > 0.0, u, 1.0)) * (u > 0.0)


# conductance per area from the centre of a cell, u being that from there to the face [W/(m2 K)]
LAWS: dict[str, Callable[[Any, Any], Any]] = {
    "temperature": lambda u, h: u,
    "convection": lambda u, h: _robin(h, u),
    "flux": lambda u, h: 0.0 * u,
}


def plane_of(side: Side) -> tuple[int | slice, ...]:
    """Index of the cells behind a side in an array (nz, ny, nx)."""
    axis, end = SIDES[side]
    return at(axis, end)


def side_of(values: Floats, side: Side) -> Floats:
    """Return the cells of an array (nz, ny, nx) that lie behind a side, contiguous."""
    return np.ascontiguousarray(values[plane_of(side)])


def exchange(
    grid: Grid,
    side: Side,
    u: Floats,
    conditions: Sequence[Condition],
    reference: float,
    through: NDArray[np.bool_] | None = None,
) -> Exchange:
    """Gather the conditions on a side; of two on the same place the later one counts.

    Parameters
    ----------
    grid : Grid
        The grid.
    side : str
        One of `SIDES`.
    u : (rows, columns) float64
        Conductance per area from the centres of the cells behind it to the side [W/(m2 K)].
    conditions : sequence of Condition
        On this side; what they do not cover is adiabatic.
    reference : float
        Temperature from which all others are counted [K].
    through : (rows, columns) bool, optional
        Faces on which no condition acts, because coolant flows through them.
    """
    axis, _ = SIDES[side]
    columns, rows = (row for n, row in enumerate(grid.faces) if n != axis)
    area = grid.areas(axis)
    conductance, pull, heat = np.zeros_like(area), np.zeros_like(area), np.zeros_like(area)
    shares = owned_shares([condition.rectangle for condition in conditions], columns, rows)
    for condition, share in zip(conditions, shares, strict=True):
        if through is not None:
            share[through] = 0.0
        g = share * area * LAWS[condition.kind](u, condition.h)
        conductance += g
        pull += g * (condition.temperature - reference)
        heat += share * area * condition.flux
    return Exchange(conductance, pull, heat, area * u)


def holds(condition: Condition) -> bool:
    """Whether a condition ties the solid to a known temperature."""
    return condition.kind == "temperature" or bool(np.any(np.asarray(condition.h) > 0.0))


def reference_temperature(conditions: Sequence[Condition]) -> float | None:
    """Return a temperature amid those given [K], exactly theirs where all are the same; None where none is given.

    Solving for the rise over it keeps the digits that a large common offset would take.
    """
    given = [np.asarray(condition.temperature) for condition in conditions if holds(condition)]
    if not given:
        return None
    return middle([float(end) for t in given for end in (t.min(), t.max())])


def middle(temperatures: Sequence[float]) -> float:
    """Half way between the lowest and the highest, exactly theirs where all are the same [K]."""
    low, high = min(temperatures), max(temperatures)
    return low + 0.5 * (high - low)
