"""Spreading of heat from rectangles on a layered, convection-cooled rectangular plate: exact series, closed form."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from thermal.errors import InputError, Problem

__all__ = [
    "Plate",
    "Rectangle",
    "layered_plate",
    "resistance_at_point",
    "resistance_between",
    "resistance_mean",
    "song_lee_au",
    "uniform_resistance",
]

FloatArray = NDArray[np.float64]
MODES_PER_SIDE = 32.0  # modes per ratio of plate to source: truncation error below 3e-5
FEWEST, MOST = 64, 400  # modes in one direction


class Plate(NamedTuple):
    """A plate of layers with one footprint, insulated edges, and convection below; made by `layered_plate`."""

    length: float  # along x [m]
    width: float  # along y [m]
    thickness: FloatArray  # from the heated layer down, shape (n,) [m]
    conductivity: FloatArray  # shape (n,) [W/(m K)]
    contact: FloatArray  # contact resistance below each layer, the last above the coolant, shape (n,) [m2 K/W]
    h: float  # [W/(m2 K)]


class Rectangle(NamedTuple):
    """A rectangle on the plate's top face; sides of zero length make it a point or a line."""

    x: float  # centre from the plate's corner, along its length [m]
    y: float  # along its width [m]
    length: float  # side along x [m]
    width: float  # side along y [m]


def layered_plate(
    length: float, width: float, thickness: ArrayLike, conductivity: ArrayLike, h: float, contact: ArrayLike = 0.0
) -> Plate:
    """Return a plate for the resistance functions.

    Parameters
    ----------
    length, width : float
        Footprint [m].
    thickness, conductivity : array_like, shape (n,)
        Layers from the heated face down [m], [W/(m K)].
    h : float
        Heat transfer coefficient on the lower face; effective value per base area when fins stand there [W/(m2 K)].
    contact : array_like, shape (n,) or scalar
        Contact resistance below each layer [m2 K/W].

    Returns
    -------
    Plate
        With float64 arrays of shape (n,).

    Raises
    ------
    InputError
        When a number is not positive (a contact resistance: is negative) or the layers differ in number.

    Notes
    -----
    Range: at least one layer.
    Source: definition.

    Examples
    --------
    >>> layered_plate(0.05, 0.05, [3e-3], [390.0], 2e4).thickness.size
    1
    """
    layers = np.atleast_1d(np.array(thickness, dtype=np.float64))
    k = np.atleast_1d(np.array(conductivity, dtype=np.float64))
    contacts = np.broadcast_to(np.asarray(contact, dtype=np.float64), layers.shape).copy()
    sizes = {"length": length, "width": width, "h": h}
    found = [(name, f"{value}", "give a positive number") for name, value in sizes.items() if not value > 0.0]
    if k.shape != layers.shape:
        found.append(("conductivity", f"{k.size} values", f"give {layers.size}, one for each layer"))
    if not (np.all(layers > 0.0) and np.all(k > 0.0)):
        found.append(("layers", "not all positive", "give a positive thickness and conductivity"))
    if not np.all(contacts >= 0.0):
        found.append(("contact", "negative", "give zero or a positive contact resistance"))
    if found:
        raise InputError([Problem("plate", 0, 0, *problem) for problem in found])
    return Plate(float(length), float(width), layers, k, contacts, float(h))


@njit(cache=True)
def uniform_resistance(plate: Plate) -> float:
    """Resistance from a wholly heated face to the coolant: layers, contacts and convection in series.

    Parameters
    ----------
    plate : Plate
        Layers and cooling.

    Returns
    -------
    float
        Resistance [K/W].

    Notes
    -----
    Range: any plate.
    Source: Fourier's law in one dimension.

    Examples
    --------
    >>> round(uniform_resistance(layered_plate(0.05, 0.05, [3e-3], [390.0], 2e4)), 6)
    0.023077
    """
    per_area = 1.0 / plate.h
    for i in range(plate.thickness.size):
        per_area += plate.thickness[i] / plate.conductivity[i] + plate.contact[i]
    return per_area / (plate.length * plate.width)


@njit(cache=True)
def surface_impedance(plate: Plate, wave: float) -> float:
    """Return temperature over heat flux of a cosine pattern with wave number [1/m] on the top face [m2 K/W]."""
    if wave * plate.thickness[0] > 9.0:  # the pattern dies inside the first layer, to exp(−18)
        return 1.0 / (plate.conductivity[0] * wave)
    Z = 1.0 / plate.h
    for i in range(plate.thickness.size - 1, -1, -1):
        Z += plate.contact[i]
        kw = plate.conductivity[i] * wave
        fade = math.exp(-2.0 * wave * plate.thickness[i])
        depth = (1.0 - fade) / (1.0 + fade)  # tanh, three times as fast
        Z = (Z + depth / kw) / (1.0 + kw * Z * depth)
    return Z


@njit(cache=True)
def mode_weights(
    side: float, source: float, source_side: float, target: float, target_side: float, count: int, taper: bool
) -> FloatArray:
    """Return the cosine products of source and target in one direction, with a soft cut over the last half if asked."""
    weights = np.ones(count + 1)
    for m in range(1, count + 1):
        wave = m * math.pi / side
        value = 2.0 * math.cos(wave * source) * math.cos(wave * target)
        for half in (0.5 * wave * source_side, 0.5 * wave * target_side):
            if half > 0.0:
                value *= math.sin(half) / half
        if taper and 2 * m > count:
            value *= math.cos(math.pi * (m / count - 0.5)) ** 2
        weights[m] = value
    return weights


@njit(cache=True)
def mode_sum(plate: Plate, x_weights: FloatArray, y_weights: FloatArray) -> tuple[float, float]:
    """Return Σ Σ weights × surface impedance / area, over all modes and over the lower half in each direction [K/W]."""
    total, lower = 0.0, 0.0
    half_x, half_y = x_weights.size // 2, y_weights.size // 2
    for m in range(x_weights.size):
        if abs(x_weights[m]) < 1e-12:  # every odd mode of a centred source
            continue
        x_wave = m * math.pi / plate.length
        for n in range(y_weights.size):
            if m + n > 0 and abs(y_weights[n]) > 1e-12:
                y_wave = n * math.pi / plate.width
                wave = math.sqrt(x_wave * x_wave + y_wave * y_wave)
                term = x_weights[m] * y_weights[n] * surface_impedance(plate, wave)
                total += term
                if m <= half_x and n <= half_y:
                    lower += term
    area, uniform = plate.length * plate.width, uniform_resistance(plate)
    return total / area + uniform, lower / area + uniform


@njit(cache=True)
def mode_count(side: float, smallest: float) -> int:
    """Return how many modes resolve the smallest side on a plate's side, even and within bounds."""
    wanted = MODES_PER_SIDE * side / max(smallest, 1e-3 * side)
    return 2 * int(0.5 * min(max(wanted, FEWEST), MOST))


@njit(cache=True)
def resistance_mean(plate: Plate, source: Rectangle) -> float:
    """Mean temperature of a uniformly heated rectangle above the coolant, per watt.

    The double cosine series, its square partial sums at N and N/2 modes extrapolated (their error falls as 1/N²).

    Parameters
    ----------
    plate : Plate
        Layers and cooling.
    source : Rectangle
        Where the heat enters, uniformly.

    Returns
    -------
    float
        Resistance, conduction in the layers and convection included [K/W].

    Notes
    -----
    Range: the rectangle inside the plate, its sides above 1/12 of the plate's (below, the modes are capped at 400);
    edges and top face outside the source insulated. Truncation error below 2e-5.
    Source: Muzychka, Culham & Yovanovich, J. Electron. Packag. 125 (2003) 178; layers by the usual recursion.

    Examples
    --------
    >>> plate = layered_plate(0.05, 0.05, [3e-3], [390.0], 2e4)
    >>> round(resistance_mean(plate, Rectangle(0.025, 0.025, 0.025, 0.025)), 5)
    0.04981
    """
    nx, ny = mode_count(plate.length, source.length), mode_count(plate.width, source.width)
    X = mode_weights(plate.length, source.x, source.length, source.x, source.length, nx, False)
    Y = mode_weights(plate.width, source.y, source.width, source.y, source.width, ny, False)
    fine, coarse = mode_sum(plate, X, Y)
    return fine + (fine - coarse) / 3.0


@njit(cache=True)
def resistance_between(plate: Plate, source: Rectangle, target: Rectangle) -> float:
    """Mean temperature of one rectangle above the coolant, per watt put uniformly into another.

    Superposition over the dies of a package: T_i − T_coolant = Σ_j R_ij P_j. Symmetric in source and target.

    Parameters
    ----------
    plate : Plate
        Layers and cooling.
    source, target : Rectangle
        Heated and observed rectangle; for the same rectangle `resistance_mean` is more accurate.

    Returns
    -------
    float
        Resistance [K/W].

    Notes
    -----
    Range: rectangles inside the plate; the series is cut softly, truncation error below 5e-5 of the source's own
    resistance when they do not overlap.
    Source: Muzychka, Culham & Yovanovich, J. Electron. Packag. 125 (2003) 178; Muzychka, J. Thermophys. Heat Transfer
    20 (2006) 247, for influence coefficients.

    Examples
    --------
    >>> plate = layered_plate(0.05, 0.05, [3e-3], [390.0], 2e4)
    >>> left, right = Rectangle(0.0125, 0.025, 0.02, 0.02), Rectangle(0.0375, 0.025, 0.02, 0.02)
    >>> round(resistance_between(plate, left, right), 5)
    0.00707
    """
    nx = mode_count(plate.length, min(source.length, target.length) if target.length > 0.0 else source.length)
    ny = mode_count(plate.width, min(source.width, target.width) if target.width > 0.0 else source.width)
    X = mode_weights(plate.length, source.x, source.length, target.x, target.length, nx, True)
    Y = mode_weights(plate.width, source.y, source.width, target.y, target.width, ny, True)
    return mode_sum(plate, X, Y)[0]


@njit(cache=True)
def resistance_at_point(plate: Plate, source: Rectangle, x: float, y: float) -> float:
    """Temperature of one point of the top face above the coolant, per watt put uniformly into a rectangle.

    Parameters
    ----------
    plate : Plate
        Layers and cooling.
    source : Rectangle
        Where the heat enters.
    x, y : float
        The point, from the plate's corner; the source's centre is its hottest point or near it [m].

    Returns
    -------
    float
        Resistance [K/W].

    Notes
    -----
    Range: as for `resistance_mean`; the series is cut softly, truncation error below 3e-5 away from the source's edge.
    Source: Muzychka, Culham & Yovanovich, J. Electron. Packag. 125 (2003) 178.

    Examples
    --------
    >>> plate = layered_plate(0.05, 0.05, [3e-3], [390.0], 2e4)
    >>> round(resistance_at_point(plate, Rectangle(0.025, 0.025, 0.025, 0.025), 0.025, 0.025), 5)
    0.06346
    """
    return resistance_between(plate, source, Rectangle(x, y, 0.0, 0.0))


@njit(cache=True)
def song_lee_au(
    source_area: float, plate_area: float, thickness: float, conductivity: float, h: float
) -> tuple[float, float]:
    """Mean and peak resistance of a centred source on one plate, quick closed form from the circular equivalent.

    Parameters
    ----------
    source_area, plate_area : float
        Areas [m2].
    thickness, conductivity : float
        Of the plate [m], [W/(m K)].
    h : float
        Heat transfer coefficient on the lower face [W/(m2 K)].

    Returns
    -------
    tuple of float
        Mean and peak temperature of the source above the coolant per watt, convection included [K/W].

    Notes
    -----
    Range: compact centred sources of near the plate's shape; against the exact series +0.8 % (mean) and +4.6 % (peak)
    for a quarter of a 50 mm square plate. For eccentric or layered cases use `resistance_mean`.
    Source: Lee, Song, Au & Moran, ASME/JSME Thermal Engineering 4 (1995) 199.

    Examples
    --------
    >>> round(song_lee_au(25e-3**2, 50e-3**2, 3e-3, 390.0, 2e4)[0], 5)
    0.05023
    """
    a, b = math.sqrt(source_area / math.pi), math.sqrt(plate_area / math.pi)
    epsilon, tau = a / b, thickness / b
    lam = math.pi + 1.0 / (math.sqrt(math.pi) * epsilon)
    ratio = lam * conductivity / (h * b)  # λ/Bi
    depth = math.tanh(lam * tau)
    phi = (depth + ratio) / (1.0 + ratio * depth)
    slab = epsilon * tau / math.sqrt(math.pi)
    mean = slab + 0.5 * (1.0 - epsilon) ** 1.5 * phi
    peak = slab + (1.0 - epsilon) * phi / math.sqrt(math.pi)
    scale = 1.0 / (math.sqrt(math.pi) * conductivity * a)
    convection = 1.0 / (h * plate_area)
    return mean * scale + convection, peak * scale + convection
