"""Closures fitted to resolved runs: apparent friction against x⁺, film against x*, losses of mouths and turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares

from thermal.coldplate.closure import unit_cell
from thermal.coldplate.resolved import ResolvedCell, ResolvedRun, Settings
from thermal.coldplate.resolved_cell import LEAST, CellShape
from thermal.coldplate.resolved_readout import apparent_friction
from thermal.correlations.coolant import CoolantTable
from thermal.correlations.entrance import entrance_friction, fitted_nusselt
from thermal.fv.grid import Floats
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

__all__ = ["Fit", "FittedChannel", "Samples", "fit_channel", "fit_film", "fit_friction", "sample_runs"]

WITHIN = 0.1, 0.8  # of the path: samples leave out what the inlet's edge and the metal's ends do to the rows there
LEAST_RUNS = 4  # that hold the three constants of the root's fit
ORDER = 2.0  # of the discretisation, for Richardson's rule
COARSER = 2.0  # the second grid
SPREAD = np.log(20.0)  # of constants about where their search begins
STEEPEST = 0.6  # exponent of a film near its inlet


class Fit(NamedTuple):
    """Constants of a form, and how well it does."""

    constants: tuple[float, ...]
    error_max: float  # largest relative difference from the runs [-]
    error_rms: float  # root of its mean square [-]
    grid_error: float  # largest relative change that Richardson's rule makes to a run on the finer grid [-]
    low: float  # least and greatest argument of the runs, x⁺ or x* [-]
    high: float


class Samples(NamedTuple):
    """What runs say, arrays of one length."""

    distance: Floats  # x⁺ or x* [-]
    value: Floats  # f_app·Re or Nu, extrapolated from two grids [-]
    grid_error: Floats  # of the finer grid, relative [-]


@dataclass(frozen=True, slots=True, eq=False)
class FittedChannel:
    """A closure of one channel geometry.

    Attributes
    ----------
    shape : CellShape
        The cell it was computed for.
    friction : Fit
        `entrance_friction`: developed, excess, constant.
    film : Fit
        `fitted_nusselt` of the film on the fins' sides, between metal and coolant of one height, as plate fidelity
        has it: developed, entry, exponent, blend.
    root : Fit
        The same of the conductance from the fins' root to the mixed coolant, by area of base.
    reynolds, prandtl : (float, float)
        Range of the runs [-].
    cells : int
        Of the finer grid.
    across : int
        Cells across a channel there.
    runs : int
        Operating points.
    seconds : float
        Processor time [s].
    """

    shape: CellShape
    friction: Fit
    film: Fit
    root: Fit
    reynolds: tuple[float, float]
    prandtl: tuple[float, float]
    cells: int
    across: int
    runs: int
    seconds: float


def fit_channel(
    name: str,
    channels: Channels,
    body: PlateBody | None,
    points: Sequence[tuple[float, float, float]],
    fluid: CoolantTable,
    *,
    resolution: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> FittedChannel:
    """Run the unit cell at operating points on two grids, extrapolate, and fit.

    Parameters
    ----------
    name : str
        Of the plate.
    channels, body : Channels, PlateBody or None
        Of the plate.
    points : sequence of (float, float, float)
        Mass flow of the plate [kg/s], inlet temperature [K] and heat [W]; properties are those of the mean temperature.
    fluid : CoolantTable
        Coolant.
    resolution : float
        Of the finer grid; the other is twice as coarse, but has 6 cells across a channel at least.
    progress : callable, optional
        Called with runs done and to be done.

    Returns
    -------
    FittedChannel
        With the errors of fit and grid.

    Raises
    ------
    InputError, OperatingRangeError, ConvergenceError
        As `ResolvedCell` and its `solve`.
    """
    fine = ResolvedCell(name, channels, body, resolution=resolution)
    across = _across(fine)
    coarse = ResolvedCell(name, channels, body, resolution=resolution * max(1.0 / COARSER, LEAST / across))
    pairs = []
    for number, (mass_flow, inlet, heat) in enumerate(points):
        if progress is not None:
            progress(number, len(points))
        settings = Settings(even_properties=True)
        one, other = (cell.solve(mass_flow, inlet, heat, fluid, settings) for cell in (fine, coarse))
        pairs.append((one, other))
    if progress is not None:
        progress(len(points), len(points))
    ratio = across / _across(coarse)
    developed = _developed(fine.shape, pairs[0][0].coolant.conductivity)
    friction, film, root = sample_runs(pairs, ratio)
    runs = [run for run, _ in pairs]
    return FittedChannel(
        shape=fine.shape,
        friction=fit_friction(friction, developed[0]),
        film=fit_film(film, developed[1]),
        root=fit_film(root, developed[2]),
        reynolds=(min(run.reynolds for run in runs), max(run.reynolds for run in runs)),
        prandtl=(min(run.prandtl for run in runs), max(run.prandtl for run in runs)),
        cells=fine.cut.grid.cells,
        across=across,
        runs=len(runs),
        seconds=sum(run.seconds for pair in pairs for run in pair),
    )


def _across(cell: ResolvedCell) -> int:
    """Cells across a whole channel."""
    return 2 * int(cell.cut.fluid[cell.cut.root, 0].sum())


def _developed(shape: CellShape, conductivity: float) -> tuple[float, float, float]:
    """f·Re, and Nusselt numbers of the fins' sides and of their root, of developed flow: the cell solved exactly."""
    cell = unit_cell(
        shape.width, shape.height, shape.wall, shape.conductivity, conductivity,
        cover=shape.cover, cover_conductivity=shape.cover_conductivity,
    )  # fmt: skip
    scale = shape.hydraulic_diameter / conductivity
    sides = shape.pitch / (2.0 * shape.height * cell.exact.fin)
    return cell.exact.friction, sides * scale, scale / cell.exact.root


def sample_runs(pairs: Sequence[tuple[ResolvedRun, ResolvedRun]], ratio: float) -> tuple[Samples, Samples, Samples]:
    """Read friction and films of each pair, extrapolated by Richardson's rule.

    Parameters
    ----------
    pairs : sequence of (ResolvedRun, ResolvedRun)
        The same point on the finer and the coarser grid.
    ratio : float
        Of their cells' sizes [-].

    Returns
    -------
    (Samples, Samples, Samples)
        f_app·Re against x⁺, and Nu of the fins' sides against x*, at the rows of the finer grid; Nu of the fins' root,
        mean over the path, against x* at its end, one for each pair.
    """
    gain = 1.0 / (ratio**ORDER - 1.0)
    rows: list[Floats] = []
    ends: list[Floats] = []
    for pair in pairs:
        for read, found in ((_rows, rows), (_ends, ends)):
            fine, coarse = (read(run, pair[0]) for run in pair)
            change = gain * (fine[2:] - coarse[2:])
            found.append(np.concatenate([fine[:2], fine[2:] + change, np.abs(change / fine[2:])]))
    x_plus, x_star, f, side, f_error, side_error = np.concatenate(rows, axis=1)
    _, x_end, root, root_error = np.array(ends).T
    return Samples(x_plus, f, f_error), Samples(x_star, side, side_error), Samples(x_end, root, root_error)


def _rows(run: ResolvedRun, fine: ResolvedRun) -> Floats:
    """x⁺, x*, f_app·Re and Nu of the fins' sides of a run at the rows of the finer one, shape (4, rows)."""
    cell, shape, c = run.domain, run.domain.shape, run.coolant
    if not isinstance(cell, ResolvedCell):
        raise TypeError
    Dh, rows = shape.hydraulic_diameter, run.along
    f = apparent_friction(cell.drops(run.flow)[0], rows.y, run.velocity, c.viscosity, Dh)
    side = rows.side_film(shape) * Dh / c.conductivity
    low, high = (share * shape.run for share in WITHIN)
    at = fine.along.y[(fine.along.y >= low) & (fine.along.y <= high)]
    known = rows.y >= 0.3 * low
    moved = (CubicSpline(np.log(rows.y[known]), values[known])(np.log(at)) for values in (f, side))
    x_plus = at / (Dh * run.reynolds)
    return np.array([x_plus, x_plus / run.prandtl, *moved])


def _ends(run: ResolvedRun, fine: ResolvedRun) -> Floats:
    """x⁺ and x* at the end of the path, and the mean Nu of the fins' root, shape (3,)."""
    del fine
    shape = run.domain.shape
    x_plus = shape.run / (shape.hydraulic_diameter * run.reynolds)
    nu = run.along.root_conductance() * shape.hydraulic_diameter / run.coolant.conductivity
    return np.array([x_plus, x_plus / run.prandtl, nu])


def fit_friction(samples: Samples, developed: float) -> Fit:
    """Fit K(∞) and C of `thermal.correlations.entrance.entrance_friction` to f_app·Re(x⁺), by relative errors."""

    def form(constants: Floats) -> Floats:
        excess, constant = constants
        return np.array([entrance_friction(1.0 / x, developed, excess, constant)[0] for x in samples.distance])

    return _fitted(form, (0.8, 5.0e-5), samples, developed)


def fit_film(samples: Samples, developed: float) -> Fit:
    """Fit entry, exponent and blend of `thermal.correlations.entrance.fitted_nusselt` to Nu(x*), by relative errors."""

    def form(constants: Floats) -> Floats:
        entry, exponent, blend = constants
        return np.array([fitted_nusselt(x, developed, entry, exponent, blend) for x in samples.distance])

    return _fitted(form, (0.15 * developed, 1.0 / 3.0, 3.0), samples, developed)


def _fitted(form: Callable[[Floats], Floats], start: tuple[float, ...], samples: Samples, developed: float) -> Fit:
    """Find constants, by their logarithms as all are above zero, within factors of 20 of where they start."""
    begin = np.log(start)
    bounds = begin - SPREAD, begin + SPREAD
    if len(start) > 2:
        bounds[1][1] = np.log(STEEPEST)
    found = least_squares(lambda constants: form(np.exp(constants)) / samples.value - 1.0, begin, bounds=bounds)
    wrong = np.abs(form(np.exp(found.x)) / samples.value - 1.0)
    return Fit(
        constants=(developed, *(float(value) for value in np.exp(found.x))),
        error_max=float(wrong.max()),
        error_rms=float(np.sqrt(np.mean(wrong**2))),
        grid_error=float(samples.grid_error.max()),
        low=float(samples.distance.min()),
        high=float(samples.distance.max()),
    )
