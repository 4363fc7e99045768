"""Case A's stack under a finned plate with coolant: our solver on four meshes and two flows, beside PyAMG's best."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import bmat, csr_matrix, diags_array

from benchmarks.conduction import matrix
from benchmarks.machine import peak_memory
from benchmarks.stack import HEIGHTS, SIDE, stack_layers
from thermal.fv.assemble import assemble
from thermal.fv.grid import Box
from thermal.numerics.multigrid import Multigrid, Stencil
from thermal.numerics.streams import StreamMultigrid, Streams, march

__all__ = ["cooled"]

FINS, COVER = 3.0e-3, 1.0e-3  # heights over the stack [m]
FINNED = 5e-3, 55e-3  # along x and y [m]
FIN_K = 1.0, 195.0, 195.0  # copper fins of half the volume: hardly across, along the channels, upward [W/(m K)]
FILM = 2.0 * 15_000.0 / 150e-6  # two sides of a fin in each pitch [W/(m3 K)]
FLOWS = 2.2, 0.3  # PG25 [L/min]
HEAT_CAPACITY = 1014.0 * 3981.0  # [J/(m3 K)]
MESHES = {  # cells along x and y, and through die, paste, base, fins, cover
    "1e5": (60, (6, 3, 5, 9, 5)),
    "2.6e5": (90, (7, 3, 7, 10, 5)),
    "1e6": (160, (9, 4, 9, 14, 4)),
    "4e6": (240, (16, 6, 16, 24, 8)),
}
WARM = 12, (2, 2, 2, 3, 2)
PEER_MESHES = ("1e5", "2.6e5")  # the peer is run where it takes seconds
REPEATS, TOLERANCE = 7, 1.0e-8
Floats = NDArray[np.float64]


def cooled(*, peers: bool = True) -> list[dict[str, float | str]]:
    """Median CPU time of set-up and solve to 1e-8 for each mesh and flow."""
    return [_case(mesh, flow, peers=peers and mesh in PEER_MESHES) for mesh in MESHES for flow in FLOWS]


def _case(mesh: str, flow: float, *, peers: bool) -> dict[str, float | str]:
    stencil, rhs, streams, pure = problem(MESHES[mesh], flow)
    cooled_times, pure_times = [], []
    for _ in range(REPEATS + 1):
        begun = time.process_time()
        solution = StreamMultigrid(stencil, streams).solve(rhs, tolerance=TOLERANCE)
        cooled_times.append(time.process_time() - begun)
        begun = time.process_time()
        plain = Multigrid(pure).solve(rhs, tolerance=TOLERANCE)
        pure_times.append(time.process_time() - begun)
    ours = statistics.median(cooled_times[1:])
    row: dict[str, float | str] = {
        "mesh": mesh,
        "cells": rhs.size,
        "flow_L_min": flow,
        "iterations": solution.iterations,
        "ours_s": ours,
        "over_pure_conduction": ours / statistics.median(pure_times[1:]),
        "pure_conduction_iterations": plain.iterations,
        "heat_lost_rel": float(abs(march(streams, solution.x)[2].sum() / rhs.sum() - 1.0)),
        "peak_bytes_per_cell": _own_peak(mesh, flow) / rhs.size,
    }
    if peers and (peer := _pyamg(stencil, rhs, streams, solution.x)) is not None:
        row |= {"pyamg_rs_bicgstab_s": peer, "peer_over_ours": peer / ours}
    return row


def _own_peak(mesh: str, flow: float) -> float:
    """Most memory that building and solving takes in a process of its own [bytes]."""
    command = [sys.executable, "-m", __name__, mesh, repr(flow)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603 - our own


def _peak_bytes(mesh: str, flow: float) -> float:
    """Most memory that this process takes more than with everything loaded [bytes]."""
    for cells in (WARM, MESHES[mesh]):
        base = peak_memory()
        stencil, rhs, streams = problem(cells, flow)[:3]
        StreamMultigrid(stencil, streams).solve(rhs, tolerance=TOLERANCE)
    return (peak_memory() - base) * 1e9


def problem(cells: tuple[int, tuple[int, ...]], flow: float) -> tuple[Stencil, Floats, Streams, Stencil]:
    """Build the operator, the heat, the coolant, and case A on the same grid with its top face cooled instead."""
    n, layers = cells
    tops = np.cumsum([*HEIGHTS, FINS, COVER])
    conduction = stack_layers((*HEIGHTS, FINS, COVER), layers, n)
    pure = assemble(conduction).stencil
    conduction.set_material(Box(FINNED, FINNED, (tops[2], tops[3])), FIN_K)
    conduction.set_convection("z_max", h=1.0, temperature=0.0)
    system = assemble(conduction)
    stencil = Stencil(*system.stencil[:3], np.zeros_like(system.rhs))
    first, nk, d = sum(layers[:3]), layers[3], SIDE / n
    centre = (np.arange(n) + 0.5) * d
    inside = (centre > FINNED[0]) & (centre < FINNED[1])
    capacity = np.zeros((nk, n, n))
    capacity[:, inside[:, None] & inside] = flow / 6e4 * HEAT_CAPACITY / (nk * inside.sum())
    exchange = FILM * d * d * FINS / nk
    uptake = np.where(capacity > 0.0, -np.expm1(-exchange / np.where(capacity > 0.0, capacity, 1.0)), 0.0)
    return stencil, system.rhs, Streams(first, capacity, uptake, inside.astype(np.int8)), pure


def _pyamg(stencil: Stencil, rhs: Floats, streams: Streams, ours: Floats) -> float | None:
    """CPU time of PyAMG's classical multigrid with BiCGStab [s], the coolant's temperatures being unknowns as well."""
    try:
        import pyamg
    except ImportError:
        return None
    A = _with_coolant(stencil, streams)
    b = np.zeros(A.shape[0])
    b[: rhs.size] = rhs.ravel()
    begun = time.process_time()
    answer = pyamg.ruge_stuben_solver(A).solve(b, tol=TOLERANCE, accel="bicgstab", maxiter=500)
    taken = time.process_time() - begun
    assert np.max(np.abs(answer[: rhs.size] - ours.ravel())) < 1e-4 * ours.max()
    return taken


def _with_coolant(stencil: Stencil, streams: Streams) -> csr_matrix:
    """Assemble the operator on the cells and the coolant that leaves each cell with coolant."""
    nz, ny, nx = stencil.gx.shape
    flowing = streams.capacity.ravel() > 0.0
    cells = np.flatnonzero(flowing)
    C, e = streams.capacity.ravel()[cells], streams.uptake.ravel()[cells]
    number = np.full(flowing.size, -1)
    number[cells] = np.arange(cells.size)
    upstream = np.full(cells.size, -1)
    has_row = cells % (ny * nx) >= nx
    upstream[has_row] = number[cells[has_row] - nx]
    inner = upstream >= 0
    m = cells.size
    solid = cells + streams.first * ny * nx
    take = csr_matrix((C * e, (solid, solid)), shape=(rhs_size := nz * ny * nx, rhs_size))
    carried = csr_matrix((-(C * e)[inner], (solid[inner], upstream[inner])), shape=(rhs_size, m))
    rise = csr_matrix((-C * e, (np.arange(m), solid)), shape=(m, rhs_size))
    along = diags_array(C) - csr_matrix((((1.0 - e) * C)[inner], (np.flatnonzero(inner), upstream[inner])), (m, m))
    return csr_matrix(bmat([[matrix(stencil) + take, carried], [rise, along]]))


if __name__ == "__main__":
    print(_peak_bytes(sys.argv[1], float(sys.argv[2])))
