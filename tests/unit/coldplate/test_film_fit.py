"""A film fitted to heat: constants come back from paths made with them, with a slot and without."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from thermal.coldplate.film_fit import FilmPath, fit_film
from thermal.correlations.entrance import SlotFilm, mean_slot_nusselt

DEVELOPED, ENTRY, EXPONENT, BLEND = 6.4, 1.1, 0.34, 3.5
SLOT = SlotFilm(1.5e-3, 1.4, 0.55, 0.2)


def path(reynolds: float, slot: SlotFilm | None) -> FilmPath:
    """Fins that grow warmer over the coolant along the flow."""
    y = np.linspace(0.0, 15.5e-3, 32)
    y[3] = 1.5e-3  # a face at the slot's edge
    star = y / (0.6e-3 * reynolds * 10.0)
    edge, below, rise = (0.0, 0.0, 1.0)
    if slot is not None:
        edge, below, rise = star[3], slot.factor * reynolds**slot.power, reynolds**slot.rise
    film = np.array([
        mean_slot_nusselt(near, far, DEVELOPED, ENTRY * rise, EXPONENT, BLEND, edge, below)
        for near, far in pairwise(star.tolist())
    ])  # fmt: skip
    over = np.diff(y) * np.linspace(1.0, 3.0, 31)
    at = np.arange(2, 31)
    value = (np.cumsum(film * over) / np.cumsum(over))[at]
    return FilmPath(np.stack([star[:-1], star[1:]], 1), over, at, value, np.full(at.size, 0.01), reynolds, edge)


@pytest.mark.parametrize("slot", [None, SLOT], ids=["cell", "slot"])
def test_constants_come_back(slot: SlotFilm | None) -> None:
    fit = fit_film([path(Re, slot) for Re in (80.0, 150.0, 300.0, 600.0)], DEVELOPED, slot.length if slot else 0.0)
    np.testing.assert_allclose(fit.constants, (DEVELOPED, ENTRY, EXPONENT, BLEND), rtol=2e-3)
    assert fit.error_max < 1e-5
    assert fit.grid_error == pytest.approx(0.01)
    if slot is None:
        assert fit.slot is None
    else:
        np.testing.assert_allclose(fit.slot, SLOT, rtol=2e-3)


def test_another_difference_of_temperatures_is_another_film() -> None:
    """What the fit of means over the length took for granted: that fins are equally far from the coolant everywhere."""
    paths = [path(Re, None)._replace(over=np.diff(np.linspace(0.0, 15.5e-3, 32))) for Re in (80.0, 300.0, 600.0)]
    fit = fit_film(paths, DEVELOPED)
    assert fit.constants[1:3] != pytest.approx((ENTRY, EXPONENT), rel=0.02)


def test_no_film_of_x_star_alone_does_what_a_slot_does() -> None:
    paths = [path(Re, SLOT) for Re in (80.0, 150.0, 300.0, 600.0)]
    assert fit_film(paths, DEVELOPED).error_max > 0.03
