"""Resistances of porous cells to flow, summed into arrays on the cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from thermal.fv.given import Cells
from thermal.fv.grid import Axes, Floats

__all__ = ["Resistance", "darcy_sum", "linear_sum", "quadratic_sum"]

Three = tuple[float, float, float]


class Resistance(NamedTuple):
    """Resistance of some cells along x, y, z."""

    cells: Cells
    darcy: Three  # inverse of the permeability [1/m2]
    linear: Three  # beside the Darcy part [Pa s/m2]
    quadratic: Three  # [Pa s2/m3]


def darcy_sum(parts: Sequence[Resistance], shape: tuple[int, int, int]) -> Axes | None:
    """Inverse of the permeability of each cell [1/m2]; None where it is zero everywhere."""
    return _sum(((part.cells, part.darcy) for part in parts), shape)


def quadratic_sum(parts: Sequence[Resistance], shape: tuple[int, int, int]) -> Axes | None:
    """Quadratic resistance of each cell [Pa s2/m3]; None where it is zero everywhere."""
    return _sum(((part.cells, part.quadratic) for part in parts), shape)


def linear_sum(parts: Sequence[Resistance], viscosity: Floats) -> Axes | None:
    """Linear resistance of each cell, with the Darcy part [Pa s/m2]; None where it is zero everywhere."""
    darcy = darcy_sum(parts, viscosity.shape)
    linear = _sum(((part.cells, part.linear) for part in parts), viscosity.shape)
    if darcy is None:
        return linear
    if darcy.x is darcy.y is darcy.z:
        product = viscosity * darcy.x
        darcy = Axes(product, product, product)
    else:
        darcy = Axes(*(viscosity * row for row in darcy))
    return darcy if linear is None else Axes(*(a + b for a, b in zip(darcy, linear, strict=True)))


def _sum(parts: Iterable[tuple[Cells, Three]], shape: tuple[int, int, int]) -> Axes | None:
    """Sum of values on cells along three directions; one array three times where they are all alike."""
    used = [(cells, value) for cells, value in parts if any(value)]
    if not used:
        return None
    alike = all(value[0] == value[1] == value[2] for _, value in used)
    rows = [np.zeros(shape) for _ in range(1 if alike else 3)]
    for cells, value in used:
        for row, component in zip(rows, value, strict=False):
            row[cells] += component
    return Axes(*(rows * 3)[:3])
