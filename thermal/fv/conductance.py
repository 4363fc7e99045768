"""Conductances between neighbouring cells: half a cell, a contact, half a cell in series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numba import njit

from thermal.fv.grid import Axes, Floats, Grid
from thermal.fv.layout import by_rows, zeros

__all__ = ["add_contact", "face_conductances", "in_series"]


def in_series(a: Any, b: Any) -> Any:
    """Conductance of two conductances one behind the other, 1/(1/a + 1/b); floats or arrays.

    >>> in_series(3.0, 6.0)
    2.0
    """
    return a * b / (a + b)


@njit(cache=True)
def _link(k: float, width: float, k_next: float, width_next: float) -> float:
    """Conductance per area between the centres of two cells, `in_series` with one division [W/(m2 K)]."""
    return 2.0 * k * k_next / (width * k_next + width_next * k)


@njit(cache=True)
def _faces(kx, ky, kz, dx, dy, dz, gx, gy, gz):  # type: ignore[no-untyped-def]
    """Conductance to the next cell in each direction, arrays (ny, nz, nx) [W/K]; the last ones stay as they are."""
    ny, nz, nx = kx.shape
    for j in range(ny):
        for k in range(nz):
            area = dy[j] * dz[k]
            for i in range(nx - 1):
                gx[j, k, i] = area * _link(kx[j, k, i], dx[i], kx[j, k, i + 1], dx[i + 1])
            if j < ny - 1:
                for i in range(nx):
                    gy[j, k, i] = dx[i] * dz[k] * _link(ky[j, k, i], dy[j], ky[j + 1, k, i], dy[j + 1])
            if k < nz - 1:
                for i in range(nx):
                    gz[j, k, i] = dx[i] * dy[j] * _link(kz[j, k, i], dz[k], kz[j, k + 1, i], dz[k + 1])


def _by_rows(axes: Axes) -> Axes:
    return Axes(*(by_rows(row) for row in axes))


def face_conductances(grid: Grid, k: Axes) -> Axes:
    """Conductance from each cell to the next one in x, y and z.

    Exact for steady heat through layers whose interfaces lie on faces, whatever the jump of conductivity.

    Parameters
    ----------
    grid : Grid
        The grid.
    k : Axes
        Conductivity along each direction, shape (nz, ny, nx) [W/(m K)].

    Returns
    -------
    Axes
        Shape (nz, ny, nx), zero in the last column, row and layer [W/K].
    """
    g = Axes(*(zeros(grid.shape) for _ in range(3)))
    _faces(*_by_rows(k), *grid.widths, *_by_rows(g))
    return g


def add_contact(g: Floats, area: Floats, shares: Sequence[Floats], resistances: Sequence[float]) -> None:
    """Put contact resistances into a plane of conductances, in place.

    A face covered in part is two paths side by side.

    Parameters
    ----------
    g : (rows, columns) float64
        Conductances through the plane [W/K]; changed.
    area : (rows, columns) float64
        Areas of the faces [m2].
    shares : sequence of (rows, columns) float64
        Share of each face covered by each contact [-].
    resistances : sequence of float
        Contact resistances [m2 K/W].
    """
    bare = g.copy()
    for share, resistance in zip(shares, resistances, strict=True):
        g += share * (bare / (1.0 + bare * resistance / area) - bare)
