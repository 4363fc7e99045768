"""Flow fields by formula: a duct, a vortex in a square, anything on the faces of a problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from thermal.fv import Grid
from thermal.fv.flow import FlowProblem
from thermal.fv.flow_field import FlowField
from thermal.fv.flow_input import FlowInput, staggered_shapes

WIDE, HIGH, LONG = 3e-4, 1e-3, 0.01
RHO, MU = 998.0, 1e-3
Function = Callable[[Any, Any, Any], Any]


def on_faces(given: FlowInput, functions: tuple[Function, Function, Function], p: Function) -> FlowField:
    """A field with the velocities and the pressure of formulas at the places where they stand."""
    parts = []
    for axis, function in enumerate(functions):
        x, y, z = (given.grid.faces[n] if n == axis else given.grid.centres[n] for n in range(3))
        parts.append(np.broadcast_to(function(x, y[:, None], z[:, None, None]), staggered_shapes(given.grid)[axis]))
    x, y, z = given.grid.centres
    pressure = np.broadcast_to(p(x, y[:, None], z[:, None, None]), given.grid.shape)
    u, v, w = (np.array(part, np.float64) for part in parts)
    return FlowField(given, u, v, w, np.array(pressure, np.float64))


def nothing(x: Any, y: Any, z: Any) -> Any:
    return 0.0 * (x + y + z)


def channel(cells: tuple[int, int, int] = (12, 9, 8), speed: float = 0.1) -> FlowField:
    """A duct with a flow that falls off as parabolas to its four walls, and a straight fall of pressure."""
    x = np.linspace(0.0, 1.0, cells[0] + 1) ** 1.3 * LONG
    grid = Grid.from_faces(x, np.linspace(0.0, WIDE, cells[1] + 1), np.linspace(0.0, HIGH, cells[2] + 1))
    problem = FlowProblem(grid, density=RHO, viscosity=MU, least_cells=1)
    problem.inlet("x_min", velocity=speed)
    problem.outlet("x_max", pressure=50.0)

    def u(x: Any, y: Any, z: Any) -> Any:
        return 36.0 * speed * y * (WIDE - y) / WIDE**2 * z * (HIGH - z) / HIGH**2 + 0.0 * x

    return on_faces(problem.checked(), (u, nothing, nothing), lambda x, y, z: 50.0 + 3e5 * (LONG - x) + 0.0 * (y + z))


def cavity(n: int, u: Function, v: Function, p: Function = nothing) -> FlowField:
    """Fluid in a square of side 1, one cell deep."""
    grid = Grid.uniform((1.0, 1.0, 0.2), (n, n, 1))
    return on_faces(FlowProblem(grid, density=2.0, viscosity=0.1, least_cells=1).checked(), (u, v, nothing), p)


def vortex(n: int = 16) -> FlowField:
    """Taylor and Green's vortices in a closed square; on the faces they conserve mass exactly."""
    pi, half = np.pi, 0.5 / n

    def u(x: Any, y: Any, z: Any) -> Any:  # from the stream function sin(pi x) sin(pi y) / pi at the corners
        return np.sin(pi * x) * (np.sin(pi * (y + half)) - np.sin(pi * (y - half))) * n / pi + 0.0 * z

    def v(x: Any, y: Any, z: Any) -> Any:
        return -(np.sin(pi * (x + half)) - np.sin(pi * (x - half))) * n / pi * np.sin(pi * y) + 0.0 * z

    return cavity(n, u, v)
