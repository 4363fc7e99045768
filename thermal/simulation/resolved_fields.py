"""The fields of a resolved plate as they are stored: temperatures, velocities, pressure and streamlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from thermal.results.resolved_file import Curve, FlowLines, Resolved, ResolvedField, along_lines
from thermal.simulation.plate_resolved import ResolvedCurve

if TYPE_CHECKING:
    from thermal.coldplate.resolved import ResolvedRun

__all__ = ["resolved_field", "resolved_result"]

LINES = 40
METAL, COVER, COOLANT = range(3)


def resolved_result(curve: ResolvedCurve) -> Resolved:
    """Return what is stored of a curve: its table, and a field for each point, numbered where there are more."""
    what = "sector" if curve.sector else "channel"
    names = [what if len(curve.runs) == 1 else f"{what}_{n}" for n in range(1, len(curve.runs) + 1)]
    fields = {
        name: resolved_field(run, f"{what}, {point.volume_flow * 6e4:.4g} L/min")
        for name, run, point in zip(names, curve.runs, curve.points, strict=True)
    }
    return Resolved(curve.summary(), fields, Curve(curve.headings, curve.cells()))


def resolved_field(run: ResolvedRun, title: str) -> ResolvedField:
    """Return the field of a run on its whole grid, metal included."""
    cut = run.domain.cut
    u, v, w = run.domain.carried(run.flow)
    velocity = 0.5 * np.array([u[:, :, 1:] + u[:, :, :-1], v[:, 1:] + v[:, :-1], w[1:] + w[:-1]])
    pressure = np.full(cut.grid.shape, np.nan)
    pressure[cut.fluid] = run.flow.p[run.flow.input.fluid]
    material = np.full(cut.grid.shape, METAL, np.int8)
    material[cut.fins[0].stop :] = COVER
    material[cut.fluid] = COOLANT
    faces, temperature = cut.grid.faces, run.field.temperature
    traced = run.flow.streamlines(LINES)
    points, start = np.asarray(traced.points), np.asarray(traced.start)
    lines = FlowLines(
        points, start, np.asarray(traced.speed), np.asarray(traced.time),
        along_lines(faces, temperature, points, start),
    )  # fmt: skip
    return ResolvedField(
        title=title,
        x_faces=faces.x, y_faces=faces.y, z_faces=faces.z,
        temperature=temperature,
        pressure=pressure,
        velocity=velocity,
        fluid=cut.fluid,
        material=material,
        materials=("base and fins", "cover", "coolant"),
        along="y",
        mirrors=run.domain.mirrors,
        lines=lines,
    )  # fmt: skip
