"""A slow, independent solver of the same operator: a sparse matrix entry by entry, and SciPy's elimination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from thermal.numerics.multigrid import Solution, Stencil
from thermal.numerics.streams import Streams

Floats = NDArray[np.float64]


class Direct:
    """Solves A x = b with (A x)_P = Σ g (x_P − x_neighbour) + extra x_P + C e (x_P − s) by elimination.

    The temperatures s with which coolant enters its cells are unknowns of their own: s = 0 at an inlet, else what the
    cell before it leaves, s_before + e (x_before − s_before).
    """

    def __init__(self, stencil: Stencil, streams: Streams | None = None) -> None:
        self.number = np.arange(stencil.extra.size).reshape(stencil.extra.shape)
        self.size = stencil.extra.size
        self.entries: list[tuple[Floats, Floats, Floats]] = []
        self.put(self.number, self.number, stencil.extra)
        for axis, g in ((2, stencil.gx), (1, stencil.gy), (0, stencil.gz)):
            here = np.moveaxis(self.number, axis, 0)[:-1]
            there = np.moveaxis(self.number, axis, 0)[1:]
            link = np.moveaxis(g, axis, 0)[:-1]
            for row, column, sign in ((here, here, 1), (there, there, 1), (here, there, -1), (there, here, -1)):
                self.put(row, column, sign * link)
        if streams is not None:
            self.add_streams(streams)
        rows, columns, values = (np.concatenate(part) for part in zip(*self.entries, strict=True))
        self.matrix = coo_array((values, (rows, columns)), shape=(self.size, self.size)).tocsc()
        self.factors = splu(self.matrix)

    def put(self, row: NDArray[np.int64], column: NDArray[np.int64], value: Floats | float) -> None:
        """Note entries of the matrix."""
        self.entries.append((row.ravel(), column.ravel(), np.broadcast_to(value, row.shape).ravel()))

    def add_streams(self, streams: Streams) -> None:
        """Note what the coolant takes up, and one equation for each temperature with which it enters a cell."""
        e, step = streams.uptake, streams.step
        cells = self.number[streams.first : streams.first + e.shape[0]]
        s = self.size + np.arange(e.size).reshape(e.shape)
        self.size += e.size
        take = streams.capacity * e
        self.put(cells, cells, take)
        self.put(cells, s, -take)
        self.put(s, s, 1.0)
        for j in range(step.size):
            before = j - step[j]
            if step[j] != 0 and 0 <= before < step.size and step[before] == step[j]:
                self.put(s[:, j], s[:, before], e[:, before] - 1.0)
                self.put(s[:, j], cells[:, before], -e[:, before])

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve exactly; the arguments are those of the multigrid, and are not needed."""
        del tolerance, start
        b = np.zeros(self.size)
        b[: rhs.size] = rhs.ravel()
        x = self.factors.solve(b)
        left = float(np.linalg.norm(b - self.matrix @ x)) / (float(np.linalg.norm(b)) or 1.0)
        return Solution(x[: rhs.size].reshape(rhs.shape), 1, (1.0, left))
