"""Where a steady flow lacks balance most when it was not found, why that may be, and what to change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from thermal.fv.flow_kernels import BOUNDED
from thermal.fv.flow_residual import Residual
from thermal.fv.grid import Floats

__all__ = ["likely_cause", "worst_place"]

ROUNDING = 1.0e-9  # of what flows: less than this may be rounding
STEEP = 30.0  # viscosity of a cell over that of the next from which the turned stress is too much for the linear steps
CREEPING = 1.0  # Reynolds number below which steady flow is never in doubt
DIVERGES = "it diverges; check velocities and viscosity, refine the grid where flow turns sharply"
ROUNDED = "rounding leaves about {left:.1e} here; give a tolerance of {enough:.0e} or more"
JUMPS = "the viscosity changes {ratio:.0f}-fold from one cell to the next; let it change over several cells"
CREEPS = (
    "the flow creeps (Reynolds number {number:.1g}), so its nature is not at fault: resistances or sizes of cells may "
    "differ too much from place to place; give finer cells there, or march in time"
)
UNSTEADY = (
    "there may be no steady flow at this Reynolds number ({number:.3g}, over the narrowest extent of the fluid): lower "
    "the flow or raise the viscosity, refine the grid, {scheme}or march in time"
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
    given = system.input
    size = min(float(given.grid.widths[t].sum()) for t in residual.live)
    fastest = max(float(np.abs(x[m]).max()) for m in residual.live)
    number = residual.rho * fastest * size / float(given.viscosity[given.fluid].min())
    if number < CREEPING:
        return CREEPS.format(number=number)
    return UNSTEADY.format(number=number, scheme="" if residual.scheme == BOUNDED else "use scheme='bounded', ")


def _steepest(residual: Residual) -> float:
    """Largest ratio of the viscosities of neighbours with fluid."""
    given, most = residual.system.input, 1.0
    for t in residual.live:
        mu = np.moveaxis(np.where(given.fluid, given.viscosity, np.nan), 2 - t, 0)
        ratio = np.abs(np.log(mu[1:] / mu[:-1]))
        if np.isfinite(ratio).any():
            most = max(most, float(np.exp(np.nanmax(ratio))))
    return most
