"""A slow, independent solver of the same operator: a sparse matrix entry by entry, and SciPy's elimination."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.linalg import splu

from thermal.numerics.multigrid import Solution, Stencil

Floats = NDArray[np.float64]


class Direct:
    """Solves A x = b with (A x)_P = Σ g (x_P − x_neighbour) + extra x_P by elimination."""

    def __init__(self, stencil: Stencil) -> None:
        number = np.arange(stencil.extra.size).reshape(stencil.extra.shape)
        rows, columns, values = [number.ravel()], [number.ravel()], [stencil.extra.ravel()]
        for axis, g in ((2, stencil.gx), (1, stencil.gy), (0, stencil.gz)):
            here = np.moveaxis(number, axis, 0)[:-1].ravel()
            there = np.moveaxis(number, axis, 0)[1:].ravel()
            link = np.moveaxis(g, axis, 0)[:-1].ravel()
            for row, column, sign in ((here, here, 1), (there, there, 1), (here, there, -1), (there, here, -1)):
                rows.append(row)
                columns.append(column)
                values.append(sign * link)
        entries = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
        self.matrix = coo_array(entries, shape=(number.size, number.size)).tocsc()
        self.factors = splu(self.matrix)

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve exactly; the arguments are those of the multigrid, and are not needed."""
        del tolerance, start
        b = rhs.ravel()
        x = self.factors.solve(b)
        left = float(np.linalg.norm(b - self.matrix @ x)) / (float(np.linalg.norm(b)) or 1.0)
        return Solution(x.reshape(rhs.shape), 1, (1.0, left))
