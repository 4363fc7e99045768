"""Case A: a chip stack of mould, silicon, paste and copper under a stress map of power, on three meshes."""

from __future__ import annotations

import numpy as np

from thermal.fv.grid import Box, Grid, Layer
from thermal.fv.problem import ConductionProblem

SIDE, DIE = 60e-3, (15e-3, 45e-3)  # [m]
HEIGHTS = 0.78e-3, 0.05e-3, 2.0e-3  # die, paste, base [m]
SILICON, PASTE, COPPER, MOULD = 120.0, 5.0, 390.0, 0.8  # [W/(m K)]
POWER, H = 1400.0, 4.0e4  # [W], [W/(m2 K)]
MESHES = {  # cells along x and y, and through each layer
    "1e5": (60, (10, 4, 14)),
    "1e6": (160, (14, 6, 20)),
    "4e6": (240, (24, 10, 36)),
}
# temperatures of cells over the coolant [K], the same by PyAMG, AMGCL and OpenFOAM on this matrix to all digits
HOTTEST = {"1e5": 127.5720558, "1e6": 127.0574332, "4e6": 127.6491093}
BOTTOM_MEAN = {"1e5": 61.13051778, "1e6": 61.18684825, "4e6": 61.3255023}


def power_map() -> np.ndarray:
    """Power of the 10 × 10 tiles of the die, rows along y [W]."""
    weight = np.ones((10, 10))
    weight[1:9, [1, 3, 6, 8]] = 4.0
    weight[3, 2] = weight[6, 7] = 8.0
    return POWER * weight / weight.sum()


def stack(mesh: str) -> ConductionProblem:
    """Build the case on one of `MESHES`; temperatures count from the coolant's."""
    n, layers = MESHES[mesh]
    return stack_layers(HEIGHTS, layers, n)


def stack_layers(heights: tuple[float, ...], layers: tuple[int, ...], n: int) -> ConductionProblem:
    """Build the stack, with copper above if there are more than its three layers, cooled on top."""
    grid = Grid.layered(
        SIDE, SIDE, [Layer(height, cells) for height, cells in zip(heights, layers, strict=True)], cells=(n, n)
    )
    die, paste = heights[0], heights[0] + heights[1]
    problem = ConductionProblem(grid, conductivity=COPPER)
    problem.set_material(Box(z=(0.0, paste)), MOULD)
    problem.set_material(Box(DIE, DIE, (0.0, die)), SILICON)
    problem.set_material(Box(DIE, DIE, (die, paste)), PASTE)
    problem.add_heat(Box(DIE, DIE, (0.0, die / layers[0])), power_map())
    problem.set_convection("z_max", h=H, temperature=0.0)
    return problem
