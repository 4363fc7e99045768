"""Resolved fields made by hand: half a fin channel between planes of symmetry, and a sector of several channels."""

from __future__ import annotations

import numpy as np

from thermal.results.resolved_file import FlowLines, Resolved, ResolvedField, along_lines

LENGTH, PITCH, BASE, FIN, COVER = 0.03, 2e-4, 1e-3, 2e-3, 5e-4
SUMMARY = {"title": "GPU plate", "part": "gpu_plate", "coolant": "PG25", "version": "0", "flow_L_min": 2.2}


def fin_channel(along: str = "x", *, halves: int = 1, mirrors: tuple[str, ...] = ("low", "high")) -> ResolvedField:
    """Half a pitch, from the middle of the fin to the middle of the channel, or several halves with their mirrors."""
    flow = np.linspace(0.0, LENGTH, 31)
    across = np.linspace(0.0, 0.5 * PITCH * halves, 8 * halves + 1)
    z = np.concatenate([np.linspace(0.0, BASE, 5), BASE + np.linspace(0.0, FIN, 11)[1:], [BASE + FIN + COVER]])
    s, c, h = (0.5 * (row[1:] + row[:-1]) for row in (flow, across, z))
    zc, cc, sc = np.meshgrid(h, c, s, indexing="ij")
    from_fin = np.abs((cc + 0.5 * PITCH) % PITCH - 0.5 * PITCH)
    fluid = (from_fin > 0.25 * PITCH) & (zc > BASE) & (zc < BASE + FIN)
    bulk = 40.0 + 10.0 * sc / LENGTH
    kelvin = 273.15 + np.where(fluid, bulk, bulk + 20.0 - 5e3 * zc)
    speed = np.where(fluid, 0.4 + 1e2 * (zc - BASE), 0.0)
    pressure = np.where(fluid, 1e4 * (1.0 - sc / LENGTH), np.nan)
    starts = [(0.5 * PITCH - 2e-5, BASE + 0.3 * FIN), (0.5 * PITCH - 3e-5, BASE + 0.8 * FIN)]
    points = np.concatenate([np.stack([flow, np.full(31, y), np.full(31, top)], axis=1) for y, top in starts])
    start = np.array([0, 31, 62])
    still = np.zeros_like(speed)
    numbers = along_lines((flow, across, z), kelvin, points, start)
    one = FlowLines(points, start, np.full(62, 0.5), points[:, 0] / 0.5, numbers)
    names = {"low": "min", "high": "max"}
    sides = tuple(f"{'y' if along == 'x' else 'x'}_{names[end]}" for end in mirrors)
    material = np.where(fluid, 1, 0)
    if along == "x":
        velocity = np.stack([speed, still, still])
        return ResolvedField("fin channel, half a pitch", flow, across, z, kelvin, pressure, velocity, fluid, material,
                             ("copper", "PG25"), "x", sides, one)  # fmt: skip
    kelvin, pressure, fluid, material, speed = (a.swapaxes(1, 2) for a in (kelvin, pressure, fluid, material, speed))
    turned = FlowLines(points[:, [1, 0, 2]], start, one.speed, one.time, numbers)
    velocity = np.stack([still.swapaxes(1, 2), speed, still.swapaxes(1, 2)])
    return ResolvedField("fin channel, half a pitch", across, flow, z, kelvin, pressure, velocity, fluid, material,
                         ("copper", "PG25"), "y", sides, turned)  # fmt: skip


def resolved() -> Resolved:
    """A channel and a sector of four half pitches."""
    return Resolved(SUMMARY, {"channel": fin_channel(), "sector": fin_channel(halves=8, mirrors=())})
