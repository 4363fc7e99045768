"""Film between smeared fins and their coolant, fitted to resolved runs so that it gives off the heat that they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.optimize import least_squares

from thermal.coldplate.resolved import ResolvedRun
from thermal.correlations.entrance import SlotFilm, mean_slot_nusselt
from thermal.fv.grid import Floats

__all__ = ["FilmFit", "FilmPath", "film_paths", "fit_film"]

LOW = 0.1  # of the path: samples are means from the inlet to places behind it, or behind the slot
ORDER = 2.0  # of the discretisation, for Richardson's rule
SPREAD = np.log(20.0)  # of constants about where their search begins
EXPONENT = 0.2, 0.6  # of a film near its inlet, about Lévêque's third and a boundary layer's half
BLEND = 1.0, 12.0  # beyond that one film gives way to the other at a corner
MOST = 2.0  # magnitude of exponents of the Reynolds number


class FilmPath(NamedTuple):
    """The fins of one run along the flow."""

    ends: Floats  # (rows, 2) x* of the near and the far end of each row from where the coolant enters [-]
    over: Floats  # (rows,) area of the fins' sides times fins over mixed coolant [K m2]
    at: NDArray[np.intp]  # (samples,) rows at whose far end the samples lie
    value: Floats  # (samples,) Nu of all heat from the inlet to there, extrapolated from two grids [-]
    grid_error: Floats  # (samples,) of the finer grid, relative [-]
    reynolds: float  # of the channels [-]
    edge: float  # x* at the slot's edge, 0 without one [-]


class FilmFit(NamedTuple):
    """Constants of a film, and how well they do."""

    constants: tuple[float, ...]  # developed, entry, exponent, blend
    slot: SlotFilm | None
    error_max: float  # largest relative difference from the runs, of the heat from the inlet to a sample [-]
    error_rms: float  # root of its mean square [-]
    grid_error: float  # largest relative change that Richardson's rule makes to a run on the finer grid [-]
    low: float  # least and greatest x* of the samples [-]
    high: float


def film_paths(pairs: Sequence[tuple[ResolvedRun, ResolvedRun]], ratio: float) -> list[FilmPath]:
    """Read the fins of runs on two grids.

    Parameters
    ----------
    pairs : sequence of (ResolvedRun, ResolvedRun)
        The same point on the finer and the coarser grid.
    ratio : float
        Of their cells' sizes [-].
    """
    return [_path(fine, coarse, ratio) for fine, coarse in pairs]


def _path(fine: ResolvedRun, coarse: ResolvedRun, ratio: float) -> FilmPath:
    shape, rows = fine.domain.shape, fine.domain.rows
    faces = fine.along.faces[rows.start : rows.stop + 1] - fine.along.faces[rows.start]
    slot = fine.domain.slot
    at = np.flatnonzero(faces[1:] > (slot if slot > 0.0 else LOW * shape.run) * (1.0 - 1e-9))
    end = faces[1:][at]
    one, other = (_mean(run, end) for run in (fine, coarse))
    change = (one - other) / (ratio**ORDER - 1.0)
    scale = 1.0 / (shape.hydraulic_diameter * fine.reynolds * fine.prandtl)
    return FilmPath(
        ends=np.stack([faces[:-1], faces[1:]], axis=1) * scale,
        over=fine.along.fins_over_coolant(shape)[rows],
        at=at,
        value=one + change,
        grid_error=np.abs(change / one),
        reynolds=fine.reynolds,
        edge=slot * scale,
    )


def _mean(run: ResolvedRun, ends: Floats) -> Floats:
    """Nu of all heat from where the fins begin to some distances."""
    shape, rows = run.domain.shape, run.domain.rows
    film = run.along.mean_side_film(shape, rows) * shape.hydraulic_diameter / run.coolant.conductivity
    y = run.along.faces[rows.start + 1 : rows.stop + 1] - run.along.faces[rows.start]
    return np.asarray(CubicSpline(y, film)(ends))


def fit_film(paths: Sequence[FilmPath], developed: float, slot: float = 0.0) -> FilmFit:
    """Fit a film so that, between the runs' own fins and coolant, it gives off the runs' heat from the inlet on.

    A mean of h over the length is not what gives the heat, since fins and coolant are not as far apart everywhere:
    each row's film counts with its difference of temperatures.

    Parameters
    ----------
    paths : sequence of FilmPath
        One for each run.
    developed : float
        What Nu tends to.
    slot : float
        Length of the path below a slot; 0 without one [m].

    Returns
    -------
    FilmFit
        Of `thermal.correlations.entrance.mean_slot_nusselt`.
    """
    middle = float(np.exp(np.mean([np.log(path.reynolds) for path in paths])))
    begin, bounds = _search(developed, slotted=slot > 0.0)

    def off(found: Floats) -> Floats:
        return np.concatenate([_modelled(path, _at(found, path.reynolds / middle, developed)) for path in paths])

    found = least_squares(off, begin, bounds=bounds)
    wrong = np.abs(off(found.x))
    entry, exponent, blend = np.exp(found.x[:3]).tolist()
    own = None
    if slot > 0.0:
        power, rise = found.x[4:].tolist()
        own = SlotFilm(slot, float(np.exp(found.x[3])) * middle**-power, power, rise)
        entry *= middle**-rise
    ends = np.concatenate([path.ends[path.at, 1] for path in paths])
    return FilmFit(
        constants=(developed, entry, exponent, blend),
        slot=own,
        error_max=float(wrong.max()),
        error_rms=float(np.sqrt(np.mean(wrong**2))),
        grid_error=float(max(path.grid_error.max() for path in paths)),
        low=float(ends.min()),
        high=float(ends.max()),
    )


def _search(developed: float, *, slotted: bool) -> tuple[Floats, tuple[Floats, Floats]]:
    """Where the search begins, and its bounds: logarithms of what is above zero, then power and rise."""
    begin = np.log([0.15 * developed, 1.0 / 3.0, 3.0, 2.0 * developed])
    low, high = begin - SPREAD, begin + SPREAD
    (low[1], high[1]), (low[2], high[2]) = np.log(EXPONENT), np.log(BLEND)
    if not slotted:
        return begin[:3], (low[:3], high[:3])
    powers = np.array([0.5, 0.1]), np.full(2, -MOST), np.full(2, MOST)
    begin, low, high = (np.concatenate(pair) for pair in zip((begin, low, high), powers, strict=True))
    return begin, (low, high)


def _at(found: Floats, ratio: float, developed: float) -> tuple[float, float, float, float, float]:
    """Developed, entry, exponent, blend and Nu below the slot, at a ratio of Reynolds numbers."""
    entry, exponent, blend = np.exp(found[:3]).tolist()
    if found.size == 3:
        return developed, entry, exponent, blend, 0.0
    return developed, entry * ratio ** float(found[5]), exponent, blend, float(np.exp(found[3]) * ratio ** found[4])


def _modelled(path: FilmPath, own: tuple[float, float, float, float, float]) -> Floats:
    """Heat of the film from the inlet to each sample over the run's, less 1."""
    developed, entry, exponent, blend, below = own
    film = [
        mean_slot_nusselt(near, far, developed, entry, exponent, blend, path.edge, below)
        for near, far in path.ends.tolist()
    ]
    mean = np.cumsum(np.array(film) * path.over) / np.cumsum(path.over)
    return np.asarray(mean[path.at] / path.value - 1.0)
