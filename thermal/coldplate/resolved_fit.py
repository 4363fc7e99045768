"""Closures fitted to resolved runs: apparent friction against x⁺, films against x*, losses of mouths and turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares

from thermal.coldplate.closure import unit_cell
from thermal.coldplate.film_fit import FilmFit, film_paths, fit_film
from thermal.coldplate.resolved import ResolvedCell, ResolvedRun, Settings
from thermal.coldplate.resolved_cell import HALF, LEAST, CellShape, channel_cells
from thermal.coldplate.resolved_readout import apparent_friction
from thermal.coldplate.resolved_sector import ResolvedSector
from thermal.correlations.channels import developing_pressure_drop
from thermal.correlations.coolant import CoolantTable
from thermal.correlations.entrance import SlotFilm, entrance_friction, fitted_nusselt
from thermal.errors import InputError, Problem
from thermal.fv.grid import Floats
from thermal.rack.bodies import PlateBody
from thermal.rack.laws import Channels

__all__ = ["Fit", "FittedChannel", "Losses", "Samples", "fit_channel", "fit_friction", "fit_root"]

WITHIN = 0.1, 1.0  # of the path: where samples lie, which are means from the inlet
Pair = tuple[ResolvedRun, ResolvedRun]
ORDER = 2.0  # of the discretisation, for Richardson's rule
COARSER = 2.0  # the second grid
TWO_GRIDS = 8  # cells across a channel from which the second grid is coarser, and still resolves it
# Cells across a channel below which a closure is coarse. Richardson's rule moves films of unit cells, 0.5 to 4 L/min,
# by 22 % (Grace) and 19 % (GB300 GPU) with 8 cells, by 6 and 10 % with 12, by 3 and 6 % with 16.
FEW = 16
# Beyond these a closure says that it is a poor one: what a fit leaves, and what Richardson's rule moves. The bundled
# closures leave 1.4 % rms at most and are moved by 4.5 %.
POOR_FIT, POOR_GRID = 0.05, 0.10
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


class Losses(NamedTuple):
    """K = constant + laminar/Re of mouths and turns, on the channels' velocity head."""

    constant: float
    laminar: float
    error_max: float  # largest difference from the runs over the whole pressure drop [-]


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
    film : FilmFit
        `mean_slot_nusselt` of the film on the fins' sides, between metal and coolant of one height, as plate fidelity
        has it: developed, entry, exponent, blend.
    root : Fit
        `fitted_nusselt` of the conductance from the fins' root to the mixed coolant, by area of base.
    losses : Losses or None
        Of mouths and turns, from a sector.
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
    film: FilmFit
    root: Fit
    losses: Losses | None
    reynolds: tuple[float, float]
    prandtl: tuple[float, float]
    cells: int
    across: int
    runs: int
    seconds: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader has to know: fits that are off, a grid with few cells, what Richardson's rule makes of it."""
        fits = (("friction", self.friction), ("film", self.film), ("root", self.root))
        poor = tuple(
            f"poor: the fit of {name} is off by {100.0 * fit.error_rms:.2g} % rms and {100.0 * fit.error_max:.2g} % at "
            f"most, and {100.0 * POOR_FIT:g} % rms would do; give flows of a narrower range, all of them laminar"
            for name, fit in fits
            if fit.error_rms > POOR_FIT
        )
        if self.across >= FEW:
            return *poor, *(
                f"poor: the extrapolation from a second grid moves {name} by {100.0 * fit.grid_error:.2g} %, and "
                f"{100.0 * POOR_GRID:g} % would do; use a finer resolution"
                for name, fit in fits
                if fit.grid_error > POOR_GRID
            )
        moved = ", ".join(f"{name} by {100.0 * fit.grid_error:.2g} %" for name, fit in fits)
        return (
            *poor,
            f"coarse: {self.across} cells across a channel, fewer than {FEW}; the extrapolation from a second grid "
            f"moves {moved}, and what it leaves may be as large; use a resolution of {0.5 * FEW / HALF:g} or more",
        )

    @property
    def slot(self) -> SlotFilm | None:
        """Film below the slot of a sector, and what it does behind."""
        return self.film.slot


def fit_channel(
    name: str,
    channels: Channels,
    body: PlateBody | None,
    points: Sequence[tuple[float, float, float]],
    fluid: CoolantTable,
    *,
    resolution: float = 1.0,
    sector: bool = False,
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
    sector : bool
        Whether films are those of a sector with slot and plenums, and its losses are fitted; friction is the cell's.
    progress : callable, optional
        Called with runs done and to be done.

    Returns
    -------
    FittedChannel
        With the errors of fit and grid.

    Raises
    ------
    InputError, OperatingRangeError, ConvergenceError
        As `ResolvedCell` and its `solve`; fewer than 8 cells across a channel.
    """
    _require_two_grids(name, resolution)
    fine = ResolvedCell(name, channels, body, resolution=resolution)
    across = _across(fine)
    coarse = ResolvedCell(name, channels, body, resolution=resolution * max(1.0 / COARSER, LEAST / across))
    settings = Settings(even_properties=True)
    pairs, parts = list[Pair](), list[Pair]()
    domains = (fine, coarse)
    wider = tuple(ResolvedSector(name, channels, body, resolution=d.resolution, number=1) for d in domains if sector)
    for number, (mass_flow, inlet, heat) in enumerate(points):
        if progress is not None:
            progress(number, len(points))
        one, other = (cell.solve(mass_flow, inlet, heat, fluid, settings) for cell in domains)
        pairs.append((one, other))
        if sector:
            one, other = (part.solve(mass_flow, inlet, heat, fluid, settings) for part in wider)
            parts.append((one, other))
    if progress is not None:
        progress(len(points), len(points))
    ratio = across / _across(coarse)
    developed = _developed(fine.shape, pairs[0][0].coolant.conductivity)
    friction = fit_friction(friction_samples(pairs, ratio), developed[0])
    wide = parts or pairs
    runs = [run for run, _ in pairs]
    return FittedChannel(
        shape=fine.shape,
        friction=friction,
        film=fit_film(film_paths(wide, ratio), developed[1], wide[0][0].domain.slot),
        root=fit_root(root_samples(wide, ratio), developed[2]),
        losses=fit_losses(parts, ratio, friction) if parts else None,
        reynolds=(min(run.reynolds for run in runs), max(run.reynolds for run in runs)),
        prandtl=(min(run.prandtl for run in runs), max(run.prandtl for run in runs)),
        cells=fine.cut.grid.cells,
        across=across,
        runs=len(runs),
        seconds=sum(run.seconds for pair in (*pairs, *parts) for run in pair),
    )


def _require_two_grids(name: str, resolution: float) -> None:
    """Refuse a grid than which none is coarser."""
    across = 2 * channel_cells(name, resolution)
    if across < TWO_GRIDS:
        wrong = (
            f"{resolution:g} puts {across} cells across a channel, and no coarser grid to extrapolate from resolves it"
        )
        right = f"use a resolution of {0.5 * TWO_GRIDS / HALF:g} or more for a closure, better {0.5 * FEW / HALF:g}"
        raise InputError([Problem(name, 0, 0, "resolution", wrong, right)])


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


def friction_samples(pairs: Sequence[Pair], ratio: float) -> Samples:
    """f_app·Re against x⁺ at the rows of the finer grid of each pair of unit cells, extrapolated by Richardson's rule.

    Parameters
    ----------
    pairs : sequence of (ResolvedRun, ResolvedRun)
        The same point on the finer and the coarser grid.
    ratio : float
        Of their cells' sizes [-].
    """
    found = []
    for pair in pairs:
        fine, coarse = (_moved(run, pair[0], *_friction(run)) for run in pair)
        found.append(_extrapolated(pair[0], fine, coarse, ratio))
    x_plus, _, f, error = np.concatenate(found, axis=1)
    return Samples(x_plus, f, error)


def root_samples(pairs: Sequence[Pair], ratio: float) -> Samples:
    """Nu of the fins' root, mean over the path, against x* at its end, one for each pair; as `friction_samples`."""
    ends = []
    for pair in pairs:
        run = pair[0]
        one, other = (np.array([_root(run)]) for run in pair)
        at_end = np.array([run.domain.shape.run])
        ends.append(_extrapolated(run, (at_end, one), (at_end, other), ratio))
    _, x_star, root, error = np.concatenate(ends, axis=1)
    return Samples(x_star, root, error)


def _extrapolated(run: ResolvedRun, fine: tuple[Floats, Floats], coarse: tuple[Floats, Floats], ratio: float) -> Floats:
    """x⁺, x*, extrapolated values and the finer grid's relative error, shape (4, rows)."""
    change = (fine[1] - coarse[1]) / (ratio**ORDER - 1.0)
    x_plus = fine[0] / (run.domain.shape.hydraulic_diameter * run.reynolds)
    return np.array([x_plus, x_plus / run.prandtl, fine[1] + change, np.abs(change / fine[1])])


def _friction(run: ResolvedRun) -> tuple[Floats, Floats]:
    """Distances from the inlet [m], and f_app·Re."""
    if not isinstance(run.domain, ResolvedCell):
        raise TypeError
    y, shape = run.along.y, run.domain.shape
    drops = run.domain.drops(run.flow)[0]
    return y, apparent_friction(drops, y, run.velocity, run.coolant.viscosity, shape.hydraulic_diameter)


def _root(run: ResolvedRun) -> float:
    """Mean Nu of the fins' root."""
    return run.along.root_conductance(run.domain.rows) * run.domain.shape.hydraulic_diameter / run.coolant.conductivity


def _moved(run: ResolvedRun, fine: ResolvedRun, y: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Positions of the finer run's rows within the part of the path that is fitted [m], and the values there."""
    low, high = (share * run.domain.shape.run for share in WITHIN)
    rows = fine.domain.rows
    at = fine.along.y[rows] - fine.along.faces[rows.start]
    at = at[(at >= low) & (at <= high)]
    return at, np.asarray(np.exp(CubicSpline(np.log(y), np.log(values))(np.log(at))))


def fit_losses(pairs: Sequence[Pair], ratio: float, friction: Fit) -> Losses:
    """Fit K = constant + laminar/Re to what sectors lose beyond the friction of their channels."""
    gain = 1.0 / (ratio**ORDER - 1.0)
    rows = []
    for fine, coarse in pairs:
        drop = fine.pressure_drop + gain * (fine.pressure_drop - coarse.pressure_drop)
        s, c = fine.domain.shape, fine.coolant
        own = developing_pressure_drop(
            fine.mass_flow, s.paths, s.width, s.height, fine.domain.path, 0.0, 0.0, False, c.density, c.viscosity,
            *friction.constants,
        )[0]  # fmt: skip
        head = 0.5 * c.density * fine.velocity**2
        rows.append([head / drop, head / (drop * fine.reynolds), 1.0 - own / drop])
    table = np.array(rows)
    found = np.linalg.lstsq(table[:, :2], table[:, 2], rcond=None)[0]
    wrong = np.abs(table[:, :2] @ found - table[:, 2])
    return Losses(float(found[0]), float(found[1]), float(wrong.max()))


def fit_friction(samples: Samples, developed: float) -> Fit:
    """Fit K(∞) and C of `thermal.correlations.entrance.entrance_friction` to f_app·Re(x⁺), by relative errors."""

    def form(constants: Floats) -> Floats:
        excess, constant = constants
        return np.array([entrance_friction(1.0 / x, developed, excess, constant)[0] for x in samples.distance])

    return _fitted(form, (0.8, 5.0e-5), samples, developed)


def fit_root(samples: Samples, developed: float) -> Fit:
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
