"""A plate's plenums cut into cells: links between the cells, and where the ports let coolant in and out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thermal.coldplate.planform_network import PlenumLinks
from thermal.correlations.ducts import aspect_ratio, fully_developed_friction, hydraulic_diameter

__all__ = ["Plenum", "joined", "plenum", "port_shares"]

Floats = NDArray[np.float64]
TURBULENT = 0.01  # Fanning friction factor of a smooth duct, Blasius at Re = 4000; 0.0079 at 10 000
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)  # over a port's chord in each column


class Plenum(NamedTuple):
    """A plenum's links across (columns − 1, rows) and along (columns, rows − 1) the channels' direction.

    The last item of each triple is the area that the link flows through; the drop is linear·ṁ + quadratic·ṁ|ṁ|.
    """

    across: tuple[Floats, Floats, Floats]
    along: tuple[Floats, Floats, Floats]
    mouth: tuple[Floats, Floats]  # (columns,) from the last row's centre to the fins


def plenum(depth: float, side: float, height: float, columns: Floats, rows: int, rho: float, mu: float) -> Plenum:
    """Cut a plenum into cells.

    Parameters
    ----------
    depth : float
        Along the channels [m].
    side : float
        Of the duct that the plenum is to flow across the channels; twice the depth for half a slot [m].
    height : float
        [m].
    columns : (n + 1,) float64
        Faces across the channels [m].
    rows : int
        Cells over the depth.
    rho, mu : float
        Density [kg/m3], viscosity [Pa s].

    Returns
    -------
    Plenum
        −∂p/∂s = a U + (2 f ρ/Dh) U|U|: across, a = 2 f·Re μ/Dh² of the duct side × height; along, 12 μ/height².
    """
    dx, dy = np.diff(columns), depth / rows
    between = np.repeat(0.5 * (dx[:-1] + dx[1:])[:, None], rows, axis=1)
    Dh = hydraulic_diameter(side, height)
    friction = 2.0 * fully_developed_friction(aspect_ratio(side, height)) * mu / (Dh * Dh)
    area = np.repeat(height * dx[:, None], rows - 1, axis=1)
    gap = 12.0 * mu / height**2
    return Plenum(
        across=_links(friction, Dh, between, np.full(between.shape, height * dy), rho),
        along=_links(gap, 2.0 * height, np.full(area.shape, dy), area, rho),
        mouth=_links(gap, 2.0 * height, np.full(dx.size, 0.5 * dy), height * dx, rho)[:2],
    )


def _links(laminar: float, Dh: float, length: Floats, area: Floats, rho: float) -> tuple[Floats, Floats, Floats]:
    """Return coefficients of links of some length and area, `laminar` being their −∂p/∂s per velocity."""
    return laminar * length / (rho * area), 2.0 * TURBULENT / Dh * length / (rho * area**2), area


def joined(inlet: Plenum, outlet: Plenum, channels: Floats, entering: Floats) -> PlenumLinks:
    """Join two plenums by the channels between them."""

    def rows(which: int) -> Floats:
        return np.hstack([inlet.along[which], (inlet.mouth[which] + outlet.mouth[which])[:, None], outlet.along[which]])

    return PlenumLinks(
        linear_x=np.hstack([inlet.across[0], outlet.across[0]]),
        quadratic_x=np.hstack([inlet.across[1], outlet.across[1]]),
        linear_y=rows(0),
        quadratic_y=rows(1),
        channels=channels,
        entering=entering,
    )


def port_shares(at: float, middle: float, depth: float, diameter: float, columns: Floats, rows: int) -> Floats:
    """Share of a port's flow in each cell, even over the part of its disc that lies over the plenum.

    Parameters
    ----------
    at, middle : float
        The disc's centre across the channels, in the columns' frame, and along them from the plenum's outer end [m].
    depth, diameter : float
        Of the plenum along the channels, and of the disc [m].
    columns : (n + 1,) float64
        Faces across the channels [m].
    rows : int
        Cells over the depth.

    Returns
    -------
    (columns, rows) float64
        Sum 1; by quadrature over chords, even cells about the centre to rounding [-].

    Examples
    --------
    >>> port_shares(2.0, 0.5, 1.0, 0.5, np.linspace(0.0, 4.0, 5), 2).round(3)
    array([[0.  , 0.  ],
           [0.25, 0.25],
           [0.25, 0.25],
           [0.  , 0.  ]])
    """
    radius = 0.5 * diameter
    low = np.clip(columns[:-1] - at, -radius, radius)
    high = np.clip(columns[1:] - at, -radius, radius)
    x = 0.5 * (low + high)[:, None] + 0.5 * (high - low)[:, None] * POINTS
    half = np.sqrt(np.maximum(radius**2 - x**2, 0.0))[:, None, :]
    faces = np.linspace(0.0, depth, rows + 1)[:, None] - middle
    covered = np.diff(np.clip(faces, -half, half), axis=1)  # of each row by each chord
    areas: Floats = 0.5 * (high - low)[:, None] * (covered @ WEIGHTS)
    return areas / areas.sum()
