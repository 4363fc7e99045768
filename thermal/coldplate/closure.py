"""Film coefficient of a fin zone that is smeared over its pitch, calibrated on the exact cell between two fins."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from thermal.coldplate.exact_cell import CellSection, CellSolution, solve_cell
from thermal.correlations.entrance import SlotFilm, mean_slot_nusselt
from thermal.correlations.nusselt import developed_nusselt_H1, local_nusselt_H1
from thermal.errors import InputError, OperatingRangeError, Problem

__all__ = ["UnitCell", "developing_factor", "film_along", "fitted_film_along", "root_resistance", "unit_cell"]

WALLS = 3  # heated: the two fins and the floor
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(8)  # exact for the fits of `local_nusselt_H1`, of degree 12 in x*^⅓
CACHED = 256  # cells kept: one for each geometry and exact conductivity of coolant, so for each operating point


class UnitCell(NamedTuple):
    """A cell and the one number that the smeared model needs of it."""

    film: float  # h on the fins' two sides, developed flow [W/(m2 K)]
    section: CellSection
    exact: CellSolution


def root_resistance(film: float, width: float, height: float, wall: float, conductivity: float) -> float:
    """Resistance from bulk coolant to the fins' root plane that the smeared two-temperature model has.

    Per height, developed flow at one velocity takes up the same heat everywhere, so the metal's temperature is a
    parabola: R = H/(3 k φ) + p/(2 h H), with φ = wall/p and p = width + wall.

    Parameters
    ----------
    film : float
        h on the fins' two sides [W/(m2 K)].
    width, height, wall : float
        Of a channel, and the fin's thickness [m].
    conductivity : float
        Of the fins [W/(m K)].

    Returns
    -------
    float
        Resistance times area of base [K m2/W].

    Notes
    -----
    Range: developed flow; coolant that does not mix over the height; no heat at the fins' far end.
    Source: integration of k φ d²T/dz² = q/H from dT/dz = 0 at the far end.

    Examples
    --------
    >>> round(root_resistance(18664.0, 100e-6, 2e-3, 100e-6, 390.0) * 1e6, 3)
    6.098
    """
    pitch = width + wall
    return height * pitch / (3.0 * conductivity * wall) + pitch / (2.0 * film * height)


@lru_cache(maxsize=CACHED)
def unit_cell(
    width: float,
    height: float,
    wall: float,
    conductivity_solid: float,
    conductivity_fluid: float,
    *,
    cover: float = 0.0,
    cover_conductivity: float | None = None,
) -> UnitCell:
    """Film coefficient with which the smeared model has the root resistance of the exact cell.

    The smeared model: metal and coolant side by side in every volume, metal conducting k·wall/p along the fins' height
    and along the channels, coolant in layers over the height that do not mix, exchange 2h/p per volume. Floor and
    cover walls have no exchange of their own; the heat they give is in h.

    Parameters
    ----------
    width, height, wall : float
        Of a channel, and the fin's thickness [m].
    conductivity_solid, conductivity_fluid : float
        Of base and fins, and of the coolant [W/(m K)].
    cover : float, optional
        Thickness of a cover that is joined to the fins and conducts, its outside adiabatic; 0 for a cover that takes
        no heat [m].
    cover_conductivity : float, optional
        That of the fins when absent [W/(m K)].

    Returns
    -------
    UnitCell
        h, and the exact cell it comes from.

    Raises
    ------
    InputError
        A dimension or conductivity that is not above zero.
    OperatingRangeError
        Fins that conduct so little that the coolant carries the heat up between them; no h describes that.

    Notes
    -----
    Range: laminar, developed, heat from the fins' root. Heat that comes through the cover alone is the same cell
    turned over. With heat from both ends the mean over both stays within about 1 % (asserted for 57/43/180 µm silicon).
    Source: `solve_cell`, inverted with `root_resistance`.

    Examples
    --------
    Between plates without end Nu = 8.235, here h = 19 560, with which the root would be 2 % too cold:

    >>> round(unit_cell(100e-6, 2e-3, 100e-6, 390.0, 0.475).film, -1)
    18660.0
    """
    cap = conductivity_solid if cover_conductivity is None else cover_conductivity
    section = CellSection(width, height, wall, conductivity_solid, conductivity_fluid, cover, cap)
    _check(section)
    exact = solve_cell(section)
    pitch = width + wall
    metal = height * pitch / (3.0 * conductivity_solid * wall)
    if exact.root <= metal:
        message = (
            f"unit_cell: fins of {wall * 1e6:.4g} µm, {height * 1e3:.4g} mm high, of {conductivity_solid:.4g} W/(m K): "
            "the coolant between them conducts more heat up than they do; "
            "give fins that are thicker, shorter or better conductors"
        )
        raise OperatingRangeError(message)
    return UnitCell(pitch / (2.0 * height * (exact.root - metal)), section, exact)


def _check(section: CellSection) -> None:
    found = []
    for name, value in section._asdict().items():
        least = value >= 0.0 if name == "cover" else value > 0.0
        if not (least and np.isfinite(value)):
            unit = "W/(m K)" if "conductivity" in name else "m"
            found.append(Problem("unit_cell", 0, 0, name, f"{value:g} {unit}", "give a finite number above zero"))
    if found:
        raise InputError(found)


@njit(cache=True)
def developing_factor(ratio: float, start: float, end: float) -> float:
    """Mean of the local over the developed Nusselt number between two distances from the inlet.

    Nu_x,H1 grows as x*^−⅓ towards the inlet, so the mean is taken over t = x*^⅓, where the integrand is a polynomial.

    Parameters
    ----------
    ratio : float
        Width over height of the channel [-].
    start, end : float
        Distances x* = x/(Dh Re Pr), 0 ≤ start < end [-].

    Returns
    -------
    float
        At least 1, and 1 far from the inlet [-].

    Notes
    -----
    Range: as for `local_nusselt_H1` with three heated walls; velocity developed at the inlet.
    Source: Gauss–Legendre quadrature of `local_nusselt_H1`.

    Examples
    --------
    >>> round(developing_factor(0.05, 0.0, 0.01), 2), round(developing_factor(0.05, 1.0, 1.1), 3)
    (1.46, 1.0)
    """
    low, high = start ** (1.0 / 3.0), min(end, 1.0) ** (1.0 / 3.0)
    if low >= high:
        return 1.0
    total = 0.0
    for i in range(POINTS.size):
        t = 0.5 * (low + high) + 0.5 * (high - low) * POINTS[i]
        total += WEIGHTS[i] * 3.0 * t * t * local_nusselt_H1(ratio, t**3, WALLS)
    total *= 0.5 * (high - low) / developed_nusselt_H1(ratio, WALLS)
    return (total + max(end - 1.0, 0.0)) / (end - start)


@njit(cache=True)
def film_along(
    film: float,
    width: float,
    height: float,
    faces: NDArray[np.float64],
    inlet: float,
    velocity: NDArray[np.float64],
    diffusivity: float,
) -> NDArray[np.float64]:
    """Film coefficient of every row and column of a fin zone, thermally developing from where the coolant enters.

    h = h_developed · Nu_x/Nu_∞, each value the mean over its row, so that a coarse row at the inlet misses nothing.

    Parameters
    ----------
    film : float
        Developed h, from `unit_cell` [W/(m2 K)].
    width, height : float
        Of a channel [m].
    faces : (rows + 1,) float64
        Positions along the channels, rising [m].
    inlet : float
        Where the coolant enters; the coolant runs away from it, to one side or (centre-fed) to both [m].
    velocity : (columns,) float64
        In the channels of each column; 0 counts as fully developed [m/s].
    diffusivity : float
        Thermal diffusivity of the coolant k/(ρ cp) [m2/s].

    Returns
    -------
    (rows, columns) float64
        Film coefficient on the fins' sides [W/(m2 K)].

    Notes
    -----
    Range: as for `developing_factor`.
    Source: `unit_cell` and `developing_factor`.

    Examples
    --------
    >>> h = film_along(2.0e4, 1e-4, 2e-3, np.array([0.0, 0.01, 0.02]), 0.0, np.array([0.4]), 1.2e-7)
    >>> h[:, 0].round(-2)
    array([21300., 20000.])
    """
    rows, ratio = faces.size - 1, width / height
    Dh = 2.0 * width * height / (width + height)
    out = np.full((rows, velocity.size), film)
    for i in range(velocity.size):
        if velocity[i] == 0.0:
            continue
        scale = diffusivity / (abs(velocity[i]) * Dh * Dh)  # x* per metre
        for j in range(rows):
            below, above = faces[j] - inlet, faces[j + 1] - inlet
            if below < 0.0 < above:  # the row from which both ways lead
                part = above * developing_factor(ratio, 0.0, above * scale)
                part -= below * developing_factor(ratio, 0.0, -below * scale)
                out[j, i] *= part / (above - below)
            else:
                near, far = min(abs(below), abs(above)), max(abs(below), abs(above))
                out[j, i] *= developing_factor(ratio, near * scale, far * scale)
    return out


def fitted_film_along(
    conductivity: float,
    constants: tuple[float, float, float, float],
    width: float,
    height: float,
    faces: NDArray[np.float64],
    inlet: float,
    velocity: NDArray[np.float64],
    diffusivity: float,
    *,
    slot: SlotFilm | None = None,
    kinematic_viscosity: float = 0.0,
) -> NDArray[np.float64]:
    """Film coefficient of every row and column of a fin zone, from a film that was fitted to resolved channels.

    Parameters
    ----------
    conductivity : float
        Of the coolant [W/(m K)].
    constants : (float, float, float, float)
        Of `thermal.correlations.entrance.fitted_nusselt`.
    width, height, faces, inlet, velocity, diffusivity
        As of `film_along`.
    slot : SlotFilm, optional
        Where the fit is of a sector fed through a slot.
    kinematic_viscosity : float
        Of the coolant, for a slot [m2/s].

    Returns
    -------
    (rows, columns) float64
        Film coefficient on the fins' sides, each the mean over its row [W/(m2 K)].

    Notes
    -----
    Range: that of the fit.
    Source: `mean_slot_nusselt`.

    Examples
    --------
    >>> own = (7.4, 1.3, 0.333, 3.0)
    >>> h = fitted_film_along(0.475, own, 1e-4, 2e-3, np.array([0.0, 0.01, 0.02]), 0.0, np.array([0.4]), 1.2e-7)
    >>> h[:, 0].round(-2)
    array([20300., 18700.])
    """
    Dh = 2.0 * width * height / (width + height)
    scale = conductivity / Dh
    out = np.full((faces.size - 1, velocity.size), constants[0] * scale)
    developed, entry, exponent, blend = constants
    for i, speed in enumerate(np.abs(velocity)):
        if speed == 0.0:
            continue
        star = diffusivity / (speed * Dh * Dh)  # x* per metre
        own = (developed, entry, exponent, blend, 0.0, 0.0)
        if slot is not None:
            Re = speed * Dh / kinematic_viscosity
            own = developed, entry * Re**slot.rise, exponent, blend, slot.length * star, slot.factor * Re**slot.power
        for j, (below, above) in enumerate(pairwise(((faces - inlet) * star).tolist())):
            if below < 0.0 < above:  # the row from which both ways lead
                total = above * mean_slot_nusselt(0.0, above, *own) - below * mean_slot_nusselt(0.0, -below, *own)
                out[j, i] = scale * total / (above - below)
            else:
                near, far = sorted((abs(below), abs(above)))
                out[j, i] = scale * mean_slot_nusselt(near, far, *own)
    return out
