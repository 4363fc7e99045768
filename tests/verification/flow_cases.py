"""What checks of flows share: wall-clustered faces, reading of tables, and a sabotage of the solver."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from thermal.fv import flow_steady
from thermal.fv.flow_field import FlowField

DATA = Path(__file__).parents[1] / "data"
MASS = 1e-12  # largest net flow of a cell over what flows in
Floats = NDArray[np.float64]


def table(name: str) -> list[dict[str, str]]:
    """Rows of a table of references."""
    lines = [line for line in (DATA / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def clustered(cells: int, share: float = 1.0, length: float = 1.0) -> Floats:
    """Faces that lie closer at both ends: `share` of a cosine, the rest even."""
    s = np.linspace(0.0, 1.0, cells + 1)
    return length * ((1.0 - share) * s + share * 0.5 * (1.0 - np.cos(np.pi * s)))


def sabotage(monkeypatch: pytest.MonkeyPatch, **factors: float) -> None:
    """Multiply parts of the system (links, wall, quadratic …) that the solver works on."""

    def scaled(part: Any, factor: float) -> Any:
        return tuple(scaled(p, factor) for p in part) if isinstance(part, tuple) else factor * part

    layout = flow_steady.flow_system

    def wrong(given: Any) -> Any:
        system = layout(given)
        return system._replace(**{name: scaled(getattr(system, name), f) for name, f in factors.items()})

    monkeypatch.setattr(flow_steady, "flow_system", wrong)


def assert_mass_is_conserved(flow: FlowField) -> None:
    """In every cell, to rounding."""
    assert flow.imbalance < MASS
