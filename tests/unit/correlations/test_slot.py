"""Path of coolant that a slot lets in, against the potential flow in the plane of the fins."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import diags, kron
from scipy.sparse.linalg import spsolve

from thermal.correlations.slot import slot_path

HEIGHT, RUN = 1.0, 6.0


def solved(slot: float, cells: int) -> float:
    """Length from a finite-volume solution: pressure 1 over the slot, 0 at the end, walls elsewhere."""
    ny, nz, d = int(RUN * cells), int(HEIGHT * cells), 1.0 / cells
    y = (np.arange(ny) + 0.5) * d
    below = y < 0.5 * slot

    def second(n: int, *, end: bool) -> np.ndarray:
        out = np.diag(np.full(n, 2.0)) - np.diag(np.ones(n - 1), 1) - np.diag(np.ones(n - 1), -1)
        out[0, 0] = 1.0
        out[-1, -1] = 3.0 if end else 1.0  # half a cell to the end
        return out

    A = kron(np.eye(nz), second(ny, end=True)) + kron(second(nz, end=False), np.eye(ny))
    held = np.zeros((nz, ny))
    held[-1, below] = 2.0
    p = spsolve((A + diags(held.ravel())).tocsr(), held.ravel()).reshape(nz, ny)
    flow = (held * (1.0 - p)).sum()
    return HEIGHT / float(flow)  # pressure 1 = flow by height times length


@pytest.mark.parametrize("slot", [0.5, 1.0, 2.5])
def test_against_the_potential(slot: float) -> None:
    # the slot's edge is singular: first order in the cells
    coarse, fine = solved(slot, 20), solved(slot, 40)
    found = slot_path(RUN, HEIGHT, slot)
    assert 2.0 * fine - coarse == pytest.approx(found, abs=2e-3)
    assert 2.0 * fine - coarse != pytest.approx(RUN - 0.25 * slot, abs=0.05)  # as if it came in evenly


def test_wide_slots_shorten_the_path() -> None:
    assert slot_path(20.0, 1.0, 12.0) == pytest.approx(14.0 + 2.0 * np.log(2.0) / np.pi)
    assert slot_path(20.0, 1.0, 1e-3) > 20.0
    assert slot_path(2e3, 2.0, 1e3) < 1502.0  # no overflow
