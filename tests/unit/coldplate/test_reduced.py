"""Fits of a model known in closed form: how many flows they take, places that no heat reaches, responses below zero."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from thermal.coldplate import reduced
from thermal.coldplate.reduced import ReducedPlate, reduce_plate
from thermal.errors import ConvergenceError

RANGE = (300.0, 320.0)
FLUID: Any = object()


class Model:
    """Two devices of two faces each; the second is upstream and gets `back` of the first one's heat [K/W]."""

    name = "plate"

    def __init__(self, back: float = 0.01, wiggle: float = 0.0) -> None:
        self.back, self.wiggle = back, wiggle

    def junction_cells(self) -> list[list[tuple[slice, slice]]]:
        return [[(slice(0, 1), slice(0, 2))], [(slice(1, 2), slice(0, 2))]]

    def pressure_drop(self, mass_flow: float, temperature: float, fluid: Any) -> float:
        return mass_flow**2

    def responses(self, mass_flow: float, temperature: float, powers: Any, fluid: Any) -> list[Any]:
        own = 0.1 + 0.05 / mass_flow + self.wiggle * np.sin(50.0 * mass_flow)
        across = np.array([[own, self.back], [0.02, own]])  # [source, device]
        return [
            SimpleNamespace(
                planes={"junction": SimpleNamespace(values=np.outer(row, [1.0, 0.9]).astype(np.float32))},
                devices=[SimpleNamespace(case_mean=0.5 * rise) for rise in row],
            )
            for row in across
        ]


def fit(model: Model, flows: Any, powers: tuple[float, float] = (100.0, 50.0)) -> ReducedPlate:
    anything: Any = model
    return reduce_plate(anything, flows, RANGE, powers, FLUID)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the coolant's density and specific heat be one."""
    for name in ("density", "specific_heat"):
        monkeypatch.setattr(reduced, name, lambda fluid, T: 1.0)


def test_more_flows_than_a_fit_may_choose_are_kept_as_they_are() -> None:
    """27 of them, and a law that they do not follow: none is added, and the error is said."""
    found = fit(Model(wiggle=0.03), np.linspace(1.0, 4.0, reduced.MOST + 2))
    assert len(found.flows) == reduced.MOST + 2
    assert found.largest_error > reduced.TOLERANCE
    assert len(fit(Model(wiggle=0.03), np.linspace(1.0, 4.0, 12)).flows) > 12


def test_a_place_that_no_heat_reaches_has_one_spot() -> None:
    found = fit(Model(back=0.0), [1.0, 2.0, 4.0], powers=(100.0, 0.0))
    assert found.spots == (1, 1)
    assert (found.junction[..., 1, 0] == 0.0).all()
    assert found.largest_error < reduced.TOLERANCE


def test_only_the_solvers_error_may_lie_below_zero() -> None:
    """A billionth of the largest response is taken for zero; a thousandth would be one device cooling another."""
    found = fit(Model(back=-1.0e-10), [1.0, 2.0])
    assert found.junction.min() == found.case.min() == 0.0
    with pytest.raises(ConvergenceError, match="the response of plate to its devices' heat"):
        fit(Model(back=-1.0e-4), [1.0, 2.0])
