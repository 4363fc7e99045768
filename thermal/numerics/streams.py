"""Conduction with coolant that is carried along: GMRES with the multigrid cycle as right preconditioner.

The coolant's temperature is no unknown: it follows from the cells upstream by marching along the rows.  The operator is
therefore not symmetric.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from thermal.numerics import iteration_kernels, stream_kernels
from thermal.numerics.cycle import Cycle, Streams
from thermal.numerics.gmres import Values, gmres
from thermal.numerics.multigrid import Solution, Stencil, laid_out, require_conductances

__all__ = ["StreamMultigrid", "Streams", "march"]

SAME = 1.0e-9  # relative difference of capacity flows that count as equal
Floats = NDArray[np.float64]


class StreamMultigrid:
    """Solver of one operator with coolant for many right-hand sides.

    Parameters
    ----------
    stencil : Stencil
        Conductances between cells and to known temperatures, none negative [W/K].
    streams : Streams
        The coolant; all temperatures count from that at its inlet.

    Raises
    ------
    ValueError
        Shapes that differ, negative or non-finite numbers (with the place), capacity flow that changes along a run,
        uptakes of 2 and more, or nothing that ties the field to a known temperature.

    Notes
    -----
    Memory: 24 bytes a cell of its own in float64 (diagonal, answer, residual) and about 110 in float32, beside the
    stencil, which is not copied where its arrays lie in memory with the rows outermost. One solution at a time: the
    levels hold the work space, so threads need a solver each.
    """

    def __init__(self, stencil: Stencil, streams: Streams) -> None:
        require_conductances(stencil)
        _require_streams(stencil, streams)
        gx, gy, gz, extra = (np.ascontiguousarray(g.transpose(1, 0, 2), np.float64) for g in stencil)
        C, e = (np.ascontiguousarray(a.transpose(1, 0, 2), np.float64) for a in (streams.capacity, streams.uptake))
        take = np.where(streams.step[:, None, None] != 0, C * e, 0.0)
        diagonal = iteration_kernels.diagonal(gx, gy, gz, extra)
        diagonal[:, streams.first : streams.first + C.shape[1]] += take
        self._shape = stencil.gx.shape
        self._operator = (gx, gy, gz, diagonal, streams.first, take, e, np.asarray(streams.step, np.int8))
        self._cycle = Cycle(gx, gy, gz, extra, streams)

    def solve(self, rhs: Floats, *, tolerance: float = 1.0e-8, start: Floats | None = None) -> Solution:
        """Solve A x = rhs.

        Parameters
        ----------
        rhs : (nz, ny, nx) float64
            Right-hand side [W].
        tolerance : float
            Relative residual in L2 at which to stop [-].
        start : (nz, ny, nx) float64, optional
            Start values; zero by default.

        Returns
        -------
        Solution
            Field, iterations (one cycle each), history.

        Raises
        ------
        ValueError
            A right-hand side or start of another shape, or with values that are not finite.
        ConvergenceError
            With the history.
        """
        b = laid_out(rhs, self._shape, "right-hand side")
        x = np.zeros_like(b) if start is None else laid_out(start, self._shape, "start").copy()
        marched = np.empty(self._operator[5].shape[1:])

        def operator(z: Values, out: Floats) -> None:
            stream_kernels.apply(*self._operator, z, out, marched)

        def precondition(r: Floats, scale: float, out: Values) -> None:
            stream_kernels.plain(self._cycle.apply(r, scale), out)

        found = gmres(operator, precondition, b, x, tolerance)
        return replace(found, x=found.x.transpose(1, 0, 2))


def march(streams: Streams, x: Floats) -> tuple[Floats, Floats, Floats]:
    """Carry the coolant through a field.

    Parameters
    ----------
    streams : Streams
        Coolant.
    x : (nz, ny, nx) float64
        Temperature of the cells, as a rise over the inlet [K].

    Returns
    -------
    entering, leaving : (nk, ny, nx) float64
        Rise of the coolant as it enters and leaves each cell [K].
    heat : (nk, ny, nx) float64
        Heat it takes up there [W].
    """
    nk, ny, _ = streams.capacity.shape
    entering, leaving = np.zeros_like(streams.capacity), np.zeros_like(streams.capacity)
    step = streams.step.astype(int)
    zone = x[streams.first : streams.first + nk]
    for direction in (1, -1):
        for j in range(ny)[::direction]:
            if step[j] != direction:
                continue
            before = j - direction
            if 0 <= before < ny and step[before] == direction:
                entering[:, j] = leaving[:, before]
            leaving[:, j] = entering[:, j] + streams.uptake[:, j] * (zone[:, j] - entering[:, j])
    return entering, leaving, streams.capacity * (leaving - entering)


def _require_streams(stencil: Stencil, streams: Streams) -> None:
    """Refuse coolant that does not fit the grid, has no meaning, or ties nothing down."""
    nz, ny, nx = stencil.gx.shape
    nk = streams.capacity.shape[0]
    if streams.capacity.shape != (nk, ny, nx) or streams.uptake.shape != (nk, ny, nx) or streams.step.shape != (ny,):
        msg = (
            f"streams have the shapes {streams.capacity.shape}, {streams.uptake.shape} and {streams.step.shape}; "
            f"give (layers, {ny}, {nx}) twice and ({ny},)"
        )
        raise ValueError(msg)
    if not 0 <= streams.first <= nz - nk:
        msg = f"streams in layers {streams.first} to {streams.first + nk - 1} of a grid with {nz} layers"
        raise ValueError(msg)
    for name, values, most in (("capacity", streams.capacity, np.inf), ("uptake", streams.uptake, 2.0)):
        bad = ~(np.isfinite(values) & (values >= 0.0) & (values < most))
        if bad.any():
            k, j, i = np.argwhere(bad)[0]
            msg = f"{name} at layer {k}, row {j}, column {i} is {values[k, j, i]}; give 0 or more, below {most:g}"
            raise ValueError(msg)
    joined = (streams.step[1:] == streams.step[:-1]) & (streams.step[1:] != 0)
    jump = np.abs(np.diff(streams.capacity, axis=1)) > SAME * streams.capacity.max(initial=0.0)
    if (jump & joined[:, None]).any():
        k, j, i = np.argwhere(jump & joined[:, None])[0]
        msg = f"the capacity flow changes along a run, between rows {j} and {j + 1} at layer {k}, column {i}"
        raise ValueError(msg)
    if not stencil.extra.any() and not (streams.capacity * streams.uptake)[:, streams.step != 0].any():
        msg = "neither coolant nor a face ties the field to a known temperature; give a flow with an exchange"
        raise ValueError(msg)
