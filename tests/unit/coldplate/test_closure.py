"""Film coefficients: cached cells, what is refused, and the thermal entrance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from thermal.coldplate.closure import developing_factor, film_along, root_resistance, unit_cell
from thermal.correlations.nusselt import developed_nusselt_H1, local_nusselt_H1
from thermal.errors import InputError, OperatingRangeError

SKIVED = 100e-6, 2e-3, 100e-6, 390.0, 0.475
WIDTH, HEIGHT, DIFFUSIVITY = 100e-6, 2e-3, 1.2e-7
DH = 2.0 * WIDTH * HEIGHT / (WIDTH + HEIGHT)


def test_the_same_cell_is_solved_once() -> None:
    assert unit_cell(*SKIVED) is unit_cell(*SKIVED)
    assert unit_cell(*SKIVED) is not unit_cell(*SKIVED, cover=1e-3)


def test_the_film_is_that_of_the_exact_root() -> None:
    cell = unit_cell(*SKIVED)
    assert root_resistance(cell.film, *SKIVED[:4]) == pytest.approx(cell.exact.root, rel=1e-12)
    assert root_resistance(1.01 * cell.film, *SKIVED[:4]) != pytest.approx(cell.exact.root, rel=1e-3)


def test_a_cover_that_conducts_helps_and_one_that_does_not_changes_nothing() -> None:
    bare, covered = unit_cell(*SKIVED), unit_cell(*SKIVED, cover=1e-3)
    plastic = unit_cell(*SKIVED, cover=1e-3, cover_conductivity=1e-9)
    assert covered.film > bare.film
    assert plastic.film == pytest.approx(bare.film, rel=1e-4)


def test_sizes_scale_out() -> None:
    """Twice as large in every direction: half the film coefficient."""
    twice = unit_cell(200e-6, 4e-3, 200e-6, 390.0, 0.475)
    assert twice.film == pytest.approx(0.5 * unit_cell(*SKIVED).film, rel=1e-9)


def test_what_is_not_above_zero_is_refused_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        unit_cell(0.0, 2e-3, -1e-4, 390.0, float("nan"), cover=-1.0)
    assert {problem.path for problem in caught.value.problems} == {"width", "wall", "fluid_conductivity", "cover"}


def test_fins_that_conduct_less_than_the_coolant_are_refused() -> None:
    with pytest.raises(OperatingRangeError, match=r"30 µm, 10 mm high.*thicker"):
        unit_cell(2e-3, 10e-3, 30e-6, 15.0, 0.61, cover=300e-6)


@pytest.mark.parametrize(("start", "end"), [(0.0, 1e-4), (0.0, 0.05), (0.01, 0.012), (0.2, 3.0), (0.0, 50.0)])
def test_the_factor_is_the_mean_of_the_local_number(start: float, end: float) -> None:
    """The integral over t = x*^⅓, by adaptive quadrature."""
    ratio = 0.05
    low, middle = start ** (1 / 3), min(end, 1.0) ** (1 / 3)
    inner = quad(lambda t: 3.0 * t * t * local_nusselt_H1(ratio, max(t, 1e-9) ** 3, 3), low, middle, epsabs=0.0)[0]
    expected = (inner / developed_nusselt_H1(ratio, 3) + max(end - 1.0, 0.0)) / (end - start)
    assert developing_factor(ratio, start, end) == pytest.approx(expected, rel=1e-9)
    assert developing_factor(ratio, start, end) != pytest.approx(1.01 * expected, rel=1e-9)


def test_the_factor_beyond_the_entrance_is_one() -> None:
    assert developing_factor(0.3, 1.0, 2.0) == 1.0
    assert developing_factor(0.3, 0.0, 0.01) > developing_factor(0.3, 0.01, 0.02) > 1.0


def film(faces: np.ndarray, inlet: float, velocity: tuple[float, ...] = (0.4,)) -> np.ndarray:
    return film_along(2e4, WIDTH, HEIGHT, faces, inlet, np.array(velocity), DIFFUSIVITY)


def test_a_coarse_row_holds_the_mean_of_fine_rows() -> None:
    fine = film(np.linspace(0.0, 0.03, 61), 0.0)[:, 0]
    coarse = film(np.linspace(0.0, 0.03, 4), 0.0)[:, 0]
    np.testing.assert_allclose(coarse, fine.reshape(3, 20).mean(axis=1), rtol=1e-12)
    assert not np.allclose(coarse, fine[10::20], rtol=1e-3)  # the value in the middle is not the mean


def test_a_centre_fed_zone_is_mirrored_about_its_middle() -> None:
    for rows in (6, 7):  # the middle on a face, and within a row
        h = film(np.linspace(0.0, 0.03, rows + 1), 0.015)[:, 0]
        np.testing.assert_allclose(h, h[::-1], rtol=1e-12)
        assert h[rows // 2] > 1.1 * h[0]
    whole = film(np.linspace(0.015, 0.03, 8)[[0, 7]], 0.015)
    np.testing.assert_allclose(film(np.array([0.0, 0.03]), 0.015), whole, rtol=1e-12)


def test_flow_the_other_way_counts_from_the_other_end() -> None:
    faces = np.linspace(0.0, 0.03, 11)
    np.testing.assert_allclose(film(faces, 0.03), film(faces, 0.0)[::-1], rtol=1e-12)


def test_faster_columns_develop_later_and_still_ones_not_at_all() -> None:
    h = film(np.linspace(0.0, 0.03, 4), 0.0, (0.0, 0.2, 0.8))
    assert (np.diff(h, axis=1) > 0.0).all()
    np.testing.assert_array_equal(h[:, 0], 2e4)


def test_the_kernels_are_plain_python_too() -> None:
    faces, velocity = np.linspace(0.0, 0.03, 4), np.array([0.4])
    plain = film_along.py_func(2e4, WIDTH, HEIGHT, faces, 0.01, velocity, DIFFUSIVITY)
    np.testing.assert_allclose(plain, film(faces, 0.01), rtol=1e-12)
    x = 0.01 * DIFFUSIVITY / (0.4 * DH * DH)
    assert developing_factor.py_func(0.05, 0.0, x) == pytest.approx(developing_factor(0.05, 0.0, x), rel=1e-12)
