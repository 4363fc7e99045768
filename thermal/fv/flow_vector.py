"""The unknowns of a flow problem as one vector: velocities and pressure within the grid, without ghosts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from thermal.fv.flow_system import FlowSystem
from thermal.fv.grid import Floats

__all__ = ["Unknowns"]


class Unknowns:
    """The way between padded states (4, NZ, NY, NX) and vectors of what is inside.

    Attributes
    ----------
    parts : tuple of int
        Velocities (0, 1, 2 along x, y, z; not those that are flat) and pressure (3), in the vector's order.
    size : int
        Length of the vector.
    """

    def __init__(self, system: FlowSystem) -> None:
        self.parts = (*(m for m in range(3) if not system.flat[m]), 3)
        self.inner = {m: system.inner(m if m < 3 else None) for m in self.parts}
        self._shapes = {m: system.fluid[self.inner[m]].shape for m in self.parts}
        ends = np.cumsum([0, *(int(np.prod(self._shapes[m])) for m in self.parts)])
        self._spans = {m: slice(int(a), int(b)) for m, a, b in zip(self.parts, ends[:-1], ends[1:], strict=True)}
        self.size = int(ends[-1])

    def views(self, vector: NDArray[Any]) -> dict[int, NDArray[Any]]:
        """Parts of a vector in the shape of the grid's faces across x, y, z and of its cells (3)."""
        return {m: vector[self._spans[m]].reshape(self._shapes[m]) for m in self.parts}

    def gather(self, state: Floats, out: NDArray[Any]) -> NDArray[Any]:
        """Put what is inside a state into a vector."""
        for m, view in self.views(out).items():
            view[...] = state[m][self.inner[m]]
        return out

    def add(self, state: Floats, vector: NDArray[Any], factor: float) -> None:
        """Add `factor` times a vector to a state."""
        for m, view in self.views(vector).items():
            state[m][self.inner[m]] += factor * view
