"""Where a steady flow lacks balance most when it was not found, why that may be, and what to change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal.fv.flow_kernels import BOUNDED
from thermal.fv.flow_residual import Residual
from thermal.fv.flow_turbulence import fastest_passage
from thermal.fv.grid import Floats

__all__ = ["likely_cause", "worst_place"]

ROUNDING = 1.0e-9  # of what flows: less than this may be rounding
STEEP = 30.0  # viscosity of a cell over that of the next from which the turned stress is too much for the linear steps
DENSE, EASY = 4.0e6, 1.0e6  # pressure lost in zones over what moves fluid in the open: too much for float32; well held
CREEPING = 1.0  # Reynolds number below which steady flow is never in doubt
DIVERGES = "it diverges; check velocities and viscosity, refine the grid where flow turns sharply"
ROUNDED = "rounding leaves about {left:.1e} here; give a tolerance of {enough:.0e} or more"
JUMPS = "the viscosity changes {ratio:.0f}-fold from one cell to the next; let it change over several cells"
RESISTS = (
    "{where} resists so much that {drop:.1g} Pa are lost there, {ratio:.1g} times what moves fluid in the open: the "
    "linear solver's digits do not reach from one to the other; give a permeability {factor} times as large or "
    "more (the pressure drop is in proportion), or block these cells"
)
CREEPS = (
    "the flow creeps (Reynolds number below {number:.1g} over the shortest side), so its nature is not at fault: "
    "resistances or sizes of cells may differ too much from place to place; give finer cells there, or march in time"
)
UNSTEADY = (
    "there may be no steady flow {number}: lower the flow or raise the viscosity, refine the grid, {scheme}or march in "
    "time"
)


def worst_place(residual: Residual, r: Floats, units: tuple[float, float]) -> str:
    """Tell where a residual (4, NZ, NY, NX) is largest, in units of momentum and volume, in words."""
    found, text = -1.0, "the whole field"
    system = residual.system
    centres = system.input.grid.centres
    for m in (*residual.live, 3):
        part = np.abs(r[m][system.inner()]) * units[m == 3]
        k, j, i = np.unravel_index(int(part.argmax()), part.shape)
        if np.isfinite(part[k, j, i]) and part[k, j, i] > found:
            found = float(part[k, j, i])
            what = "mass" if m == 3 else f"momentum along {'xyz'[m]}"
            text = f"x = {centres.x[i]:.6g}, y = {centres.y[j]:.6g}, z = {centres.z[k]:.6g} m ({what})"
    return text


def likely_cause(residual: Residual, x: Floats, history: Sequence[float]) -> str:
    """Say why the iteration may have stalled, and what to change."""
    system = residual.system
    left = min(history)
    if left < ROUNDING:
        return ROUNDED.format(left=left, enough=10.0 * left)
    ratio = _steepest(residual)
    if ratio > STEEP:
        return JUMPS.format(ratio=ratio)
    dense = _too_dense(residual, x)
    if dense is not None:
        return dense
    given = system.input
    size, fastest = _size(residual), _fastest(residual, x)
    number = residual.rho * fastest * size / float(given.viscosity[given.fluid].min())
    if number < CREEPING:
        return CREEPS.format(number=number)
    passage = fastest_passage(given, system.velocity(x))
    return UNSTEADY.format(
        number="as fast as this" if passage is None else f"at this Reynolds number ({passage})",
        scheme="" if residual.scheme == BOUNDED else "use scheme='bounded', ",
    )


def _size(residual: Residual) -> float:
    """Shortest side of the grid [m]."""
    return min(float(residual.system.input.grid.widths[t].sum()) for t in residual.live)


def _fastest(residual: Residual, x: Floats) -> float:
    """Largest velocity along any axis [m/s]."""
    return max(float(np.abs(x[m]).max()) for m in residual.live)


def _too_dense(residual: Residual, x: Floats) -> str | None:
    """Name the zone whose pressure drop leaves no digits for the fluid outside it, and what to change."""
    system, given = residual.system, residual.system.input
    if given.linear is None and given.quadratic is None:
        return None
    fastest = _fastest(residual, x)
    drop = float(np.ptp(x[3][system.inner()][given.fluid]))
    moves = residual.rho * fastest**2 + float(given.viscosity[given.fluid].min()) * fastest / _size(residual)
    if not drop > DENSE * moves:
        return None
    drag = np.zeros(given.grid.shape)
    for rows, factor in ((given.linear, 1.0), (given.quadratic, residual.speed(x)[system.inner()])):
        for row in rows or ():
            drag += factor * (0.0 if row is None else row)
    zone = np.argwhere(given.fluid & (drag > 0.1 * drag.max()))
    low, high = zone.min(axis=0), zone.max(axis=0) + 1
    faces = {t: given.grid.faces[t] for t in residual.live}
    where = ", ".join(f"{'xyz'[t]} = {f[low[2 - t]]:.4g} to {f[high[2 - t]]:.4g} m" for t, f in faces.items())
    ratio = drop / moves
    factor = 10.0 ** np.ceil(np.log10(ratio / EASY))
    return RESISTS.format(where=f"the zone at {where}", drop=drop, ratio=ratio, factor=f"{factor:.0f}")


def _steepest(residual: Residual) -> float:
    """Largest ratio of the viscosities of neighbours with fluid."""
    given, most = residual.system.input, 1.0
    for t in residual.live:
        mu = np.moveaxis(np.where(given.fluid, given.viscosity, np.nan), 2 - t, 0)
        ratio = np.abs(np.log(mu[1:] / mu[:-1]))
        if np.isfinite(ratio).any():
            most = max(most, float(np.exp(np.nanmax(ratio))))
    return most
