"""Film on floor and ceiling of the plenums: a thermal layer at the wall of a gap, which grows on from the fins."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from thermal.coldplate.stack import FinZone
from thermal.correlations.entrance import mean_fitted_nusselt
from thermal.fv.grid import Floats

__all__ = ["gap_film", "plenum_film"]

GAP = 5.385, 1.490, 1.0 / 3.0, 4.5  # constants of `fitted_nusselt` for a gap of which one wall is heated evenly


def gap_film(conductivity: float, gap: float, distance: Floats, velocity: Floats, diffusivity: float) -> Floats:
    """Film coefficient on a wall of a gap, developing; each value the mean over its row.

    Parameters
    ----------
    conductivity : float
        Of the coolant [W/(m K)].
    gap : float
        Between the walls [m].
    distance : (rows, 2) float64
        Of the near and the far end of each row from where the thermal layer begins, near < far [m].
    velocity : (columns,) float64
        Mean over the gap; 0 counts as fully developed [m/s].
    diffusivity : float
        Thermal diffusivity of the coolant [m2/s].

    Returns
    -------
    (rows, columns) float64
        [W/(m2 K)].

    Notes
    -----
    Range: laminar, developed velocity, x* > 1e-5; within 2 % of the solved Graetz problem (asserted).
    Source: 5.385 = 140/26 and 1.490 x*^−⅓ on twice the gap, Shah & London, Laminar Flow Forced Convection in Ducts
    (1978), parallel plates with one wall heated evenly; blended after Churchill & Usagi (1972), exponent ours.

    Examples
    --------
    >>> gap_film(0.49, 1.2e-3, np.array([[15e-3, 20e-3]]), np.array([0.18, 0.0]), 1.23e-7).round(-1)
    array([[2400., 1100.]])
    """
    scale = conductivity / (2.0 * gap)
    out = np.full((distance.shape[0], velocity.size), GAP[0] * scale)
    for i, speed in enumerate(np.abs(velocity)):
        if speed > 0.0:
            star = distance * diffusivity / (speed * (2.0 * gap) ** 2)
            out[:, i] = [scale * mean_fitted_nusselt(near, far, *GAP) for near, far in star.tolist()]
    return out


def plenum_film(
    fins: FinZone,
    height: float,
    faces: Floats,
    velocity: Floats,
    conductivity: float,
    diffusivity: float,
) -> Floats:
    """Film coefficient on floor and ceiling of the plenums, over the coolant that passes there.

    Behind the fins their jets run on along the floor, merged to a sheet of the channels' height, and the thermal layer
    of the channels' floor grows on: a gap of that height, counted from where the coolant entered the fins. The ceiling
    is counted as if the channels' roof went on; in a higher plenum the end of the cover beside the fins and the eddy
    there stand for it. Before the fins coolant fills the plenum's height, and its layer begins at the outer end.

    Parameters
    ----------
    fins : FinZone
        Fins and plenums.
    height : float
        Of the plenums [m].
    faces : (rows + 1,) float64
        Of the rows of fins and plenums along y, rising [m].
    velocity : (columns,) float64
        In the channels [m/s].
    conductivity, diffusivity : float
        Of the coolant [W/(m K)], [m2/s].

    Returns
    -------
    (rows, columns) float64
        0 over the fins [W/(m2 K)].

    Notes
    -----
    Range: laminar; outlet plenums about as long as the fins or shorter.
    Source: `gap_film`; against resolved sectors in docs/theory/cold_plate.md.
    """
    channel = fins.z[1] - fins.z[0]
    begin = fins.middle if fins.split else fins.area.y_low
    middle = 0.5 * (faces[1:] + faces[:-1])
    out = np.zeros((middle.size, velocity.size))
    merged = velocity * fins.width * channel / (fins.width + fins.wall)  # flow by width [m2/s]
    before = (middle < fins.area.y_low) & (not fins.split)
    behind = ((middle < fins.area.y_low) & fins.split) | (middle > fins.area.y_high)
    for rows, gap, start in ((before, height, fins.coolant.y_low), (behind, min(height, channel), begin)):
        ends = np.sort(np.abs(np.array(list(pairwise(faces - start)))[rows]), axis=1)
        out[rows] = gap_film(conductivity, gap, ends, merged / gap, diffusivity)
    return out
