"""Solve the Graetz problem of rectangular ducts and write thermal/correlations/nusselt_coefficients.py.

Legendre–Galerkin eigenproblem on the cross-section (width 1, height H), exact developed velocity, no axial conduction.
Run from the repository's root; takes half a minute. Needs SciPy.
"""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev, legendre
from numpy.typing import NDArray
from scipy.linalg import eigh

Array = NDArray[np.float64]
GAMMA_4_3 = math.gamma(4.0 / 3.0)
DEGREES = [5, 12]  # in the ratio of the sides and in t
RATIO_MAX_4, RATIO_MAX_3 = 1.0, 2.0  # width over height
H1_OVER_T = 2.0 * math.pi / (3.0 * math.sqrt(3.0))  # local Nusselt numbers in the Lévêque limit


class Duct(NamedTuple):
    """One cross-section: its modes and what the Nusselt numbers need."""

    area: float
    diameter: float
    heated: float  # heated perimeter over width
    leveque: float  # mean over the heated perimeter of the cube root of the wall velocity gradient
    decay: Array  # eigenvalues, uniform wall temperature
    weight: Array  # squared projections of the inlet temperature
    decay_flux: Array  # the same for uniform heat per length
    weight_flux: Array


def velocity(y: Array, z: Array, height: float) -> Array:
    """Return ∇²u = −1 in the duct of width 1, on the grid y × z; u is zero at all walls."""
    n = np.arange(1, 800, 2)[:, None]
    near, far = np.minimum(z, height - z), height - np.minimum(z, height - z)
    shape = (np.exp(-n * math.pi * near) + np.exp(-n * math.pi * far)) / (1.0 + np.exp(-n * math.pi * height))
    plates = (0.5 * y * (1.0 - y))[:, None]
    return np.asarray(plates - (4.0 / math.pi**3) * (np.sin(n * math.pi * y) / n**3).T @ shape)


def bubbles(count: int, points: Array, even: bool, free_end: bool) -> tuple[Array, Array]:
    """Return basis functions on (−1, 1), zero at −1 (and at 1 unless free), and their slopes, (count, points)."""
    values: list[Array] = []
    slopes: list[Array] = []
    degree = 1 if free_end else 2
    while len(values) < count:
        if degree == 1:
            values.append(0.5 * (1.0 + points))
            slopes.append(np.full_like(points, 0.5))
        else:
            scale = 1.0 / math.sqrt(4.0 * degree - 2.0)
            up, down = np.zeros(degree + 1), np.zeros(degree + 1)
            up[degree], down[degree - 2] = 1.0, 1.0
            values.append(scale * (legendre.legval(points, up) - legendre.legval(points, down)))
            slopes.append(scale * (2 * degree - 1) * legendre.legval(points, np.eye(degree + 1)[degree - 1]))
        degree += 2 if even else 1
    return np.array(values), np.array(slopes)


def solve(ratio: float, walls: int, modes: tuple[int, int] = (20, 40)) -> Duct:
    """Return the duct of width 1 and height 1/ratio; with 3 walls the top (a wall of the width) is adiabatic."""
    height = 1.0 / ratio
    py, wy = legendre.leggauss(3 * modes[0] + 20)
    pz, wz = legendre.leggauss(3 * modes[1] + 20)
    fy, dy = bubbles(modes[0], py, True, False)
    fz, dz = bubbles(modes[1], pz, walls == 4, walls == 3)
    dy, dz = 2.0 * dy, 2.0 / height * dz
    wy, wz = 0.5 * wy, 0.5 * height * wz
    u = velocity(0.5 * (1.0 + py), 0.5 * height * (1.0 + pz), height)
    u /= (wy @ u @ wz) / height
    mass_y, mass_z = (fy * wy) @ fy.T, (fz * wz) @ fz.T
    stiff = np.kron((dy * wy) @ dy.T, mass_z) + np.kron(mass_y, (dz * wz) @ dz.T)
    basis = np.kron(fy, fz)  # (modes, points)
    load = (u * np.outer(wy, wz)).ravel()
    mass = (basis * load) @ basis.T
    inlet = basis @ load
    decay, shapes = eigh(stiff, mass)
    # uniform flux: one more mode, the uniform wall temperature, free of conduction
    size = inlet.size
    big_mass = np.block([[mass, inlet[:, None]], [inlet[None, :], np.array([[height]])]])
    big_stiff = np.zeros((size + 1, size + 1))
    big_stiff[:size, :size] = stiff
    decay_flux, shapes_flux = eigh(big_stiff, big_mass)
    weight_flux = -shapes_flux[size] * (inlet @ shapes_flux[:size]) / height
    perimeter = 2.0 + 2.0 * height
    heated = perimeter - (1.0 if walls == 3 else 0.0)
    return Duct(
        height, 4.0 * height / perimeter, heated, leveque_mean(height, walls), decay, (inlet @ shapes) ** 2,
        decay_flux[1:], weight_flux[1:],
    )  # fmt: skip


def leveque_mean(height: float, walls: int) -> float:
    """Return the heated perimeter's mean of (∂(u/ū)/∂n)^⅓."""
    p, w = legendre.leggauss(200)
    y, z = 0.5 * (1.0 + p), 0.5 * height * (1.0 + p)
    u = velocity(y, z, height)
    mean = (0.5 * w) @ u @ (0.5 * w)
    step = 1e-5
    side = velocity(np.array([step]), z, height)[0] / step + 0.5 * step
    end = velocity(y, np.array([step * height]), height)[:, 0] / (step * height) + 0.5 * step * height
    roots = (2.0 * height * (0.5 * w) @ np.cbrt(side / mean), (0.5 * w) @ np.cbrt(end / mean))
    ends = 2.0 if walls == 4 else 1.0
    return float((roots[0] + ends * roots[1]) / (2.0 * height + ends))


def mean_nusselt_T(duct: Duct, x_star: Array) -> Array:
    """Return the mean Nusselt number for a uniform wall temperature."""
    bulk = np.exp(-np.outer(x_star * duct.diameter**2, duct.decay)) @ duct.weight / duct.area
    return -np.log(bulk) * duct.area / (duct.heated * duct.diameter * x_star)


def local_nusselt_H1(duct: Duct, x_star: Array) -> Array:
    """Return the local Nusselt number for uniform heat per length, wall temperature uniform around."""
    growth = -np.expm1(-np.outer(x_star * duct.diameter**2, duct.decay_flux)) / duct.decay_flux
    return duct.diameter / (duct.heated * (growth @ duct.weight_flux))


def reduced(duct: Duct, t: Array, kind: str) -> Array:
    """Return Nu·t at t = x*^⅓, from the eigenfunctions, and below t = 0.12 joined to the Lévêque limit at t = 0."""
    nusselt = mean_nusselt_T if kind == "T" else local_nusselt_H1
    limit = duct.leveque * np.cbrt(duct.diameter / 9.0) / GAMMA_4_3 * (1.5 if kind == "T" else H1_OVER_T)
    knots = np.array([0.12, 0.13, 0.14, 0.15])
    # Nu t = limit + b t + c t² + … through the knots
    powers = knots[:, None] ** np.arange(1, 5)
    tail = np.linalg.solve(powers, nusselt(duct, knots**3) * knots - limit)
    small = limit + (t[:, None] ** np.arange(1, 5)) @ tail
    return np.where(t < 0.12, small, nusselt(duct, np.maximum(t, 0.12) ** 3) * t)


def fit_reduced(walls: int, ratio_max: float) -> dict[str, Array]:
    """Return the Chebyshev coefficients of Nu·t in s = ratio/(1 + ratio) and t, and of the developed values in s."""
    span = ratio_max / (1.0 + ratio_max)
    nodes = 0.5 * (1.0 - np.cos(np.pi * (np.arange(16) + 0.5) / 16))
    t = 0.5 * (1.0 - np.cos(np.pi * (np.arange(40) + 0.5) / 40))
    s = np.append(span * nodes, span)
    ducts = [solve(v / (1.0 - v), walls, (16, 60) if v < 0.03 else (20, 40)) for v in s]
    developed = {
        "T": np.array([duct.decay[0] * duct.area * duct.diameter / duct.heated for duct in ducts]),
        "H1": np.array([local_nusselt_H1(duct, np.array([1e4]))[0] for duct in ducts]),
    }
    X = 2.0 * s / span - 1.0
    fits = {}
    for kind, values in developed.items():
        field = np.array([reduced(duct, t, kind) for duct in ducts])
        X_grid, Y_grid = np.meshgrid(X, 2.0 * t - 1.0, indexing="ij")
        fits[f"ENTRANCE_{kind}_{walls}"] = fit(
            np.asarray(chebyshev.chebvander2d(X_grid.ravel(), Y_grid.ravel(), DEGREES), dtype=np.float64), field.ravel()
        ).reshape(DEGREES[0] + 1, -1)
        fits[f"DEVELOPED_{kind}_{walls}"] = fit(np.asarray(chebyshev.chebvander(X, 8), dtype=np.float64), values)
    return fits


def fit(matrix: Array, values: Array) -> Array:
    """Return the coefficients of least relative error, and say how large that is."""
    coefficients = np.linalg.lstsq(matrix / values[:, None], np.ones(values.size), rcond=None)[0]
    error = abs(matrix @ coefficients / values - 1.0).max()
    print(f"{matrix.shape[1]} coefficients, largest relative error {error:.1e}")  # noqa: T201 (a script reports)
    return np.asarray(coefficients)


def array_text(values: Array) -> str:
    """Return nested lists of numbers with seven decimals."""
    if values.ndim == 1:
        numbers = ", ".join(f"{value:.7f}" for value in values)
        return "[\n" + textwrap.fill(numbers, 108, initial_indent="    ", subsequent_indent="    ") + ",\n]"
    return "[\n" + ",\n".join(array_text(row) for row in values) + ",\n]"


def main() -> None:
    """Write the coefficient module."""
    fits = {**fit_reduced(4, RATIO_MAX_4), **fit_reduced(3, RATIO_MAX_3)}
    text = (
        '"""Chebyshev coefficients of laminar Nusselt numbers, written by scripts/make_duct_nusselt.py."""\n\n'
        "# fmt: off\n\nimport numpy as np\n\n"
        f"RATIO_MAX_4 = {RATIO_MAX_4}\nRATIO_MAX_3 = {RATIO_MAX_3}\n\n"
    )
    for name, values in fits.items():
        text += f"{name} = np.array(\n{array_text(values)}\n)\n"
    Path("thermal/correlations/nusselt_coefficients.py").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
