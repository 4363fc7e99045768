"""Developed conjugate heat transfer in one half pitch of a fin array, solved exactly on a plane across the flow."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solveh_banded

__all__ = ["CellSection", "CellSolution", "solve_cell"]

Floats = NDArray[np.float64]
COARSE = 12  # cells along each side of the solid and of the half channel; the second grid has twice as many
ALONG_FIN = 3  # times as many over the height of the fin


class CellSection(NamedTuple):
    """The section of a cell, from the middle of a fin to the middle of the next channel."""

    width: float  # of the channel [m]
    height: float  # of channel and fin [m]
    wall: float  # fin thickness [m]
    conductivity: float  # of base and fin [W/(m K)]
    fluid_conductivity: float  # [W/(m K)]
    cover: float  # thickness of a cover that conducts, joined to the fins; 0: the channel's top takes no heat [m]
    cover_conductivity: float  # [W/(m K)]


class CellSolution(NamedTuple):
    """What one unit of heat flux through the base brings, over the coolant's bulk temperature."""

    root: float  # mean of the whole plane of the fins' root, metal and channel floor [K m2/W]
    floor: float  # mean of the channel floor [K m2/W]
    tip: float  # mean of the plane at the other end: the cover, or the fin's top where there is none [K m2/W]
    wetted: float  # mean of all walls that give heat [K m2/W]
    fin: float  # mean of the fin [K m2/W]
    side_share: float  # of the heat that leaves through the fin's side [-]
    floor_share: float  # through the channel floor [-]
    cover_share: float  # through the cover [-]
    friction: float  # Fanning friction factor times Reynolds number, on the hydraulic diameter [-]


def solve_cell(section: CellSection) -> CellSolution:
    """Solve the developed cell on two grids and extrapolate.

    Laminar developed velocity, ∇²u = const; heat at an even rate along the flow (H1), k_f ∇²T = ρ cp u dT/dy in the
    fluid and ∇²T = 0 in the metal, without jumps on the walls; an even flux enters one pitch below the root plane,
    where what the channels imprint on the base has faded by exp(−2π). Finite volumes clustered as cosines towards the
    walls are second order even at the metal's corners; two grids and Richardson's rule leave about 3e-5.

    Parameters
    ----------
    section : CellSection
        All lengths and conductivities positive, the cover's thickness not negative.

    Returns
    -------
    CellSolution
        Resistances from bulk to walls, shares of heat, friction.

    Notes
    -----
    Range: laminar flow, constant properties, x* > about 0.15 (thermally developed).
    Source: the statement of the problem is that of Shah & London, Laminar Flow Forced Convection in Ducts (1978),
    ch. II, H1 condition with finite wall conduction.

    Examples
    --------
    >>> cell = solve_cell(CellSection(100e-6, 2e-3, 100e-6, 390.0, 0.475, 0.0, 390.0))
    >>> round(cell.root * 1e6, 2), round(cell.friction, 1)
    (6.1, 22.5)
    """
    coarse, fine = _on_grid(section, COARSE), _on_grid(section, 2 * COARSE)
    return CellSolution(*(float((4.0 * b - a) / 3.0) for a, b in zip(coarse, fine, strict=True)))


def _clustered(start: float, end: float, cells: int, dense: str) -> Floats:
    """Return faces from start to end, dense as a cosine at the ``start``, the ``end`` or ``both``."""
    t = np.linspace(0.0, 1.0, cells + 1)
    spread = {
        "start": 1.0 - np.cos(0.5 * np.pi * t),
        "end": np.sin(0.5 * np.pi * t),
        "both": np.sin(0.5 * np.pi * t) ** 2,
    }
    return start + (end - start) * spread[dense]


def _joined(*pieces: Floats) -> Floats:
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def _conductances(k: Floats, dx: Floats, dz: Floats) -> tuple[Floats, Floats]:
    """Return the conductances of inner faces across x (nz, nx − 1) and across z (nz − 1, nx) [W/(m K)]."""
    half_x, half_z = 0.5 * dx / k, 0.5 * dz[:, None] / k
    return dz[:, None] / (half_x[:, :-1] + half_x[:, 1:]), dx / (half_z[:-1] + half_z[1:])


def _solve(gx: Floats, gz: Floats, ground: Floats, source: Floats) -> Floats:
    """Solve Σ g (T − T_nb) + ground·T = source on the plane, by banded Cholesky."""
    nz, nx = source.shape
    band = np.zeros((nx + 1, nz, nx))
    band[0] = ground
    band[0, :, :-1] += gx
    band[0, :, 1:] += gx
    band[0, :-1] += gz
    band[0, 1:] += gz
    band[1, :, :-1] = -gx
    band[nx, :-1] = -gz
    answer: Floats = solveh_banded(band.reshape(nx + 1, -1), source.ravel(), lower=True, overwrite_ab=True)
    return answer.reshape(nz, nx)


def _velocity(dx: Floats, dz: Floats) -> Floats:
    """Velocity in the half channel for unit −dp/dy and viscosity; walls at the left, below and above."""
    gx, gz = _conductances(np.ones((dz.size, dx.size)), dx, dz)
    ground = np.zeros((dz.size, dx.size))
    ground[:, 0] += dz / (0.5 * dx[0])
    ground[0] += dx / (0.5 * dz[0])
    ground[-1] += dx / (0.5 * dz[-1])
    return _solve(gx, gz, ground, np.outer(dz, dx))


class _Grid(NamedTuple):
    """Widths of the cells, their conductivities, and where the coolant is."""

    dx: Floats
    dz: Floats
    k: Floats  # (nz, nx)
    rows: slice
    columns: slice


def _grid(section: CellSection, n: int) -> _Grid:
    """Cut a cell with n cells along each side."""
    wall, pitch, H = section.wall, section.width + section.wall, section.height
    x = _joined(_clustered(0.0, 0.5 * wall, n, "end"), _clustered(0.5 * wall, 0.5 * pitch, n, "start"))
    pieces = [_clustered(-pitch, 0.0, n, "end"), _clustered(0.0, H, ALONG_FIN * n, "both")]
    if section.cover > 0.0:
        # metal further from the channels than a pitch changes nothing, and would only waste cells
        pieces.append(_clustered(H, H + min(section.cover, pitch), n, "start"))
    dx, dz = np.diff(x), np.diff(_joined(*pieces))
    rows, columns = slice(n, n + ALONG_FIN * n), slice(n, 2 * n)
    k = np.full((dz.size, dx.size), section.conductivity)
    k[rows.stop :] = section.cover_conductivity
    k[rows, columns] = section.fluid_conductivity
    return _Grid(dx, dz, k, rows, columns)


def _on_grid(section: CellSection, n: int) -> CellSolution:
    """Solve on one grid with n cells along each side."""
    grid = _grid(section, n)
    dx, dz, k, rows, columns = grid
    flow = _velocity(dx[columns], dz[rows]) * np.outer(dz[rows], dx[columns])
    w, H = section.width, section.height
    Dh, mean_velocity = 2.0 * w * H / (w + H), flow.sum() / (0.5 * w * H)
    flow /= flow.sum()

    gx, gz = _conductances(k, dx, dz)
    source = np.zeros(k.shape)
    source[0] = dx  # unit flux into the base
    source[rows, columns] -= flow * dx.sum()
    ground = np.zeros(k.shape)
    ground[rows.start, columns.start] = gz.mean()  # sources and sinks are equal: it passes no heat, it sets the level
    T = _solve(gx, gz, ground, source)
    T -= (T[rows, columns] * flow).sum()
    return _read(section, grid, T, gx, gz, Dh * Dh / (2.0 * mean_velocity))


def _read(section: CellSection, grid: _Grid, T: Floats, gx: Floats, gz: Floats, friction: float) -> CellSolution:
    """Read walls, planes and shares of the heat from the temperatures at unit flux.

    A wall's temperature is that of the cell of coolant behind it plus the drop over half that cell.
    """
    dx, dz, _, rows, columns = grid
    n, above, k = columns.start, rows.stop, section.fluid_conductivity
    total, across = dx.sum(), dx[columns]
    side = (T[rows, n - 1] - T[rows, n]) * gx[rows, n - 1]
    floor = (T[n - 1, columns] - T[n, columns]) * gz[n - 1, columns]
    T_side = T[rows, n] + 0.5 * side * dx[n] / (dz[rows] * k)
    T_floor = T[n, columns] + 0.5 * floor * dz[n] / (across * k)
    walls, perimeter = T_side @ dz[rows] + T_floor @ across, dz[rows].sum() + across.sum()
    if section.cover > 0.0:
        roof = (T[above, columns] - T[above - 1, columns]) * gz[above - 1, columns]
        T_roof = T[above - 1, columns] + 0.5 * roof * dz[above - 1] / (across * k)
        walls, perimeter = walls + T_roof @ across, perimeter + across.sum()
        tip, cover_share = T[-1] @ dx / total, roof.sum() / total
    else:
        tip, cover_share = T[above - 1, :n] @ dx[:n] / dx[:n].sum(), 0.0
    entry = T[0] @ dx / total + 0.5 * dz[0] / section.conductivity
    return CellSolution(
        root=entry - (section.width + section.wall) / section.conductivity,
        floor=T_floor @ across / across.sum(),
        tip=tip,
        wetted=walls / perimeter,
        fin=dz[rows] @ T[rows, :n] @ dx[:n] / (dz[rows].sum() * dx[:n].sum()),
        side_share=side.sum() / total,
        floor_share=floor.sum() / total,
        cover_share=cover_share,
        friction=friction,
    )
