"""What is read off a resolved field along the flow: heat through the fins' root and the walls, bulk, root and walls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thermal.coldplate.resolved_cell import CellShape, ResolvedGrid
from thermal.fv.grid import Floats, Grid

__all__ = ["Along", "along", "apparent_friction", "base_mean", "section_pressure"]


@dataclass(frozen=True, slots=True, eq=False)
class Along:
    """Rows of cells along the flow, each array (rows,); temperatures in kelvin.

    Attributes
    ----------
    y : float64
        Centres of the rows, from where the coolant enters [m].
    root_flux : float64
        Into fins and channel floor, by area of base [W/m2].
    wall_flux : float64
        Into the coolant, by wetted area [W/m2].
    bulk, root, wall, base : float64
        Mixed coolant, from the account of heat; mean of the plane of the fins' root, of the walls that give heat, and
        of the base's lower face [K].
    metal : float64
        Mean of the fins [K].
    wall_area : float64
        Wetted [m2].
    faces : (rows + 1,) float64
        Ends of the rows [m].
    sides : int
        Sides of fins in the grid.
    """

    y: Floats
    root_flux: Floats
    wall_flux: Floats
    bulk: Floats
    root: Floats
    wall: Floats
    base: Floats
    metal: Floats
    wall_area: Floats
    faces: Floats
    sides: int

    def wall_film(self) -> Floats:
        """Film coefficient on the walls that give heat (rows,) [W/(m2 K)]."""
        return np.asarray(self.wall_flux / (self.wall - self.bulk))

    def root_conductance(self, rows: slice = slice(None)) -> float:
        """Mean flux through the plane of the fins' root over its mean temperature above the coolant's [W/(m2 K)]."""
        widths = np.diff(self.faces)[rows]
        return float((self.root_flux[rows] @ widths) / ((self.root - self.bulk)[rows] @ widths))

    def side_film(self, shape: CellShape) -> Floats:
        """Film coefficient of fins smeared over their pitch (rows,) [W/(m2 K)].

        All heat that the coolant takes up, by the area of the fins' two sides and by the difference between the fins'
        mean and the mixed coolant. Where coolant flows at one velocity over the height, as it does in the smeared
        fins, that is the difference between metal and coolant of one height, mean over the height.
        """
        heat, over = self._side(shape)
        return np.asarray(heat / over)

    def mean_side_film(self, shape: CellShape, rows: slice = slice(None)) -> Floats:
        """Mean of `side_film` from the first of some rows to the end of each [W/(m2 K)]."""
        heat, over = (part[rows] for part in self._side(shape))
        return np.asarray(np.cumsum(heat) / np.cumsum(over))

    def fins_over_coolant(self, shape: CellShape) -> Floats:
        """Area of the fins' sides times fins over mixed coolant (rows,) [K m2]."""
        return np.asarray(self.sides * shape.height * np.diff(self.faces) * (self.metal - self.bulk))

    def _side(self, shape: CellShape) -> tuple[Floats, Floats]:
        """Heat of each row [W], and area of the fins' sides times fins over coolant [K m2]."""
        return np.nan_to_num(self.wall_flux) * self.wall_area, self.fins_over_coolant(shape)


def along(cut: ResolvedGrid, T: Floats, k: Floats, inlet: float, capacity: float) -> Along:
    """Read the rows of a field.

    Parameters
    ----------
    cut : ResolvedGrid
        Grid and coolant.
    T : (nz, ny, nx) float64
        Temperatures [K].
    k : (nz, ny, nx) float64
        Conductivities [W/(m K)].
    inlet : float
        Temperature of the coolant that enters [K].
    capacity : float
        Capacity flow through the grid [W/K].
    """
    grid, fluid = cut.grid, cut.fluid
    heat, hot, area = _walls(grid, fluid, T, k)
    bulk = inlet + (np.cumsum(heat) - 0.5 * heat) / capacity
    across, r = grid.widths.x, cut.root
    lower, upper = 0.5 * grid.widths.z[r - 1] / k[r - 1], 0.5 * grid.widths.z[r] / k[r]
    through = (T[r - 1] - T[r]) / (lower + upper)
    width = float(across.sum())
    return Along(
        y=grid.centres.y,
        root_flux=through @ across / width,
        wall_flux=heat / np.where(area > 0.0, area, np.nan),
        bulk=bulk,
        root=(T[r] + through * upper) @ across / width,
        wall=hot / np.where(area > 0.0, area, np.nan),
        base=_lower_face(grid, T, k) @ across / width,
        metal=_fins(cut, T),
        wall_area=area,
        faces=grid.faces.y,
        sides=int(np.abs(np.diff(fluid[r, cut.fins[1].start].astype(np.int8))).sum()),
    )


def _fins(cut: ResolvedGrid, T: Floats) -> Floats:
    """Mean temperature of the fins of each row (rows,) [K]."""
    layers, rows, _ = cut.fins
    dz = cut.grid.widths.z[layers]
    across = np.where(cut.fluid[layers.start, rows.start], 0.0, cut.grid.widths.x)
    return np.asarray(dz @ (T[layers] @ across) / (dz.sum() * across.sum()))


def _lower_face(grid: Grid, T: Floats, k: Floats) -> Floats:
    """Temperature of the base's lower face (ny, nx), by the flux between the two lowest cells [K]."""
    dz = grid.widths.z
    flux = (T[0] - T[1]) / (0.5 * dz[0] / k[0] + 0.5 * dz[1] / k[1])
    return np.asarray(T[0] + flux * 0.5 * dz[0] / k[0])


def _walls(grid: Grid, fluid: np.ndarray, T: Floats, k: Floats) -> tuple[Floats, Floats, Floats]:
    """Heat into the coolant [W], wall temperature times area [K m2], and area [m2] of each row."""
    rows = grid.shape[1]
    heat, hot, area = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for axis, width, face in (
        (2, grid.widths.x, grid.widths.z[:, None, None] * grid.widths.y[:, None]),
        (1, grid.widths.y[:, None], grid.widths.z[:, None, None] * grid.widths.x),
        (0, grid.widths.z[:, None, None], grid.widths.y[:, None] * grid.widths.x),
    ):
        low = tuple(slice(0, -1) if n == axis else slice(None) for n in range(3))
        high = tuple(slice(1, None) if n == axis else slice(None) for n in range(3))
        half = 0.5 * width / k
        flux = (T[low] - T[high]) / (half[low] + half[high])  # towards rising coordinates
        wet_low, wet_high = fluid[low] & ~fluid[high], fluid[high] & ~fluid[low]
        size = np.broadcast_to(face, flux.shape)
        for wet, sign, part in ((wet_high, 1.0, high), (wet_low, -1.0, low)):
            into = np.where(wet, sign * flux, 0.0)
            surface = np.where(wet, T[part] + into * half[part], 0.0)
            into_rows = part[1] if axis == 1 else slice(None)  # of the coolant's own row
            heat[into_rows] += (into * size).sum(axis=(0, 2))
            hot[into_rows] += (surface * size).sum(axis=(0, 2))
            area[into_rows] += (wet * size).sum(axis=(0, 2))
    return heat, hot, area


def base_mean(rows: Along, grid: Grid, within: slice = slice(None)) -> float:
    """Mean temperature of the base's lower face over some rows [K]."""
    widths = grid.widths.y[within]
    return float(rows.base[within] @ widths / widths.sum())


def section_pressure(p: Floats, grid: Grid) -> Floats:
    """Mean pressure of each row of a channel's own grid (ny,) [Pa]."""
    area = grid.widths.z[:, None] * grid.widths.x
    return np.asarray(np.einsum("kji,ki->j", p, area) / area.sum())


def apparent_friction(drop: Floats, y: Floats, velocity: float, viscosity: float, hydraulic_diameter: float) -> Floats:
    """f_app·Re from the pressure lost between the inlet and y, Δp = 2 f_app·Re μ u y/Dh² [-]."""
    return np.asarray(drop * hydraulic_diameter**2 / (2.0 * viscosity * velocity * y))
