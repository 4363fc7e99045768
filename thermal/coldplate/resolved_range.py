"""Cells of resolved coolant beyond the temperatures at which its viscosity is known."""

from __future__ import annotations

import numpy as np

from thermal.coldplate.resolved_cell import ResolvedGrid
from thermal.correlations.coolant import CoolantTable
from thermal.fv.grid import Floats
from thermal.vocabulary import CELSIUS

__all__ = ["beyond_table"]

ROUNDING = 1.0e-6  # [K] by which a cell may be beyond


def beyond_table(cut: ResolvedGrid, temperature: Floats, fluid: CoolantTable) -> tuple[str, ...]:
    """Say where single cells of coolant are beyond its table, which its mixed temperature is not.

    Parameters
    ----------
    cut : ResolvedGrid
        Grid, and which cells hold coolant.
    temperature : (nz, ny, nx) float64
        Of the cells [K].
    fluid : CoolantTable
        Coolant.

    Returns
    -------
    tuple of str
        A sentence for each end of the table that is passed.
    """
    notes = []
    cells = np.count_nonzero(cut.fluid)
    first, last = float(fluid.temperature[0]), float(fluid.temperature[-1])
    ends = (("hottest", "ends", last, temperature - last, "more flow, less heat or a colder inlet"),
            ("coldest", "begins", first, first - temperature, "a warmer inlet or a finer grid"))  # fmt: skip
    for which, verb, end, excess, remedy in ends:
        beyond = np.where(cut.fluid, excess, -np.inf)
        if not beyond.max() > ROUNDING:
            continue
        worst = np.unravel_index(int(beyond.argmax()), beyond.shape)
        share = 100.0 * np.count_nonzero(beyond > ROUNDING) / cells
        notes.append(
            f"the coolant's table {verb} at {end - CELSIUS:.1f} °C, and {share:.2g} % of its cells are beyond, the "
            f"{which} with {temperature[worst] - CELSIUS:.1f} °C, {cut.grid.describe([int(n) for n in worst])}: "
            f"there the viscosity is held at the table's end, and whether it boils or freezes is not asked; give it "
            f"{remedy}, or a coolant with a wider table"
        )
    return tuple(notes)
