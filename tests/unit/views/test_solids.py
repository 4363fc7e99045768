"""Surfaces are closed, face outwards and have the size asked for."""

from __future__ import annotations

import numpy as np
import pytest

from thermal.views.scenes.solids import Surface, box, edges, join, path_length, ring, rounded, sheet, thinned, tube

L_BEND = [(0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)]


def volume(surface: Surface) -> float:
    """Volume within a closed surface, by the divergence theorem; negative where faces look inwards."""
    a, b, c = (surface.points[surface.faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def is_closed(surface: Surface) -> bool:
    """Whether each edge is passed once each way."""
    ends = np.concatenate([surface.faces[:, [0, 1]], surface.faces[:, [1, 2]], surface.faces[:, [2, 0]]])
    there, back = {tuple(pair) for pair in ends.tolist()}, {tuple(pair[::-1]) for pair in ends.tolist()}
    return len(there) == len(ends) and there == back


def test_a_box_is_closed_and_holds_its_volume() -> None:
    surface = box((1.0, 2.0, 3.0), (2.0, 3.0, 4.0))
    assert is_closed(surface)
    assert volume(surface) == pytest.approx(24.0)
    flipped = Surface(surface.points, surface.faces[:, ::-1])
    assert volume(flipped) == pytest.approx(-24.0)  # the check can fail


def test_a_straight_tube_holds_a_prism() -> None:
    surface = tube([(0.0, 0.0, 0.0), (0.0, 0.0, 2.0)], 0.1, sides=16)
    area = 0.5 * 16 * np.sin(2 * np.pi / 16) * 0.05**2
    assert is_closed(surface)
    assert volume(surface) == pytest.approx(2.0 * area)


@pytest.mark.parametrize(
    "line",
    [L_BEND, [(0, 0, 0), (0, 0, 1), (0, 0, 0.5)], [(0, 0, 0), (0, 0, 0), (1, 2, 3)], [(0, 1, 0), (0, 0, 0), (0, 0, 1)]],
)
def test_a_tube_is_closed_whatever_its_line(line: list[tuple[float, float, float]]) -> None:
    surface = tube(line, 0.1)
    assert is_closed(surface)
    assert np.isfinite(surface.points).all()
    assert surface.along is not None
    assert surface.along.min() == 0.0
    assert surface.along.max() == 1.0


def test_values_along_a_tube_go_by_length() -> None:
    surface = tube([(0, 0, 0), (1, 0, 0), (4, 0, 0)], 0.1, sides=4)
    assert surface.along is not None
    assert sorted(set(surface.along.round(6).tolist())) == [0.0, 0.125, 0.625, 1.0]


def test_a_tube_without_length_is_refused() -> None:
    with pytest.raises(ValueError, match="two points"):
        tube([(0, 0, 0), (0, 0, 0)], 0.1)


def test_a_corner_is_rounded_within_reach_and_a_smooth_line_is_left() -> None:
    line = rounded(L_BEND, 0.2)
    assert np.allclose(line[[0, -1]], np.array(L_BEND)[[0, -1]])
    assert float(np.linalg.norm(line - [1.0, 0.0, 0.0], axis=1).min()) > 0.05
    assert path_length(line) < path_length(L_BEND)
    angles = np.linspace(0.0, 1.0, 9)
    smooth = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    assert np.array_equal(rounded(smooth, 0.2), smooth)


def test_edges_stay_in_their_box_and_a_ring_is_closed() -> None:
    surface = edges((1.0, 1.0, 1.0), (2.0, 3.0, 0.01), 0.02)
    assert surface.points.min(axis=0) == pytest.approx([1.0, 1.0, 1.0])
    assert surface.points.max(axis=0) == pytest.approx([3.0, 4.0, 1.01])
    assert is_closed(ring((0.0, 0.0, 0.0), 1.0, 1, 0.1))


def test_a_sheet_has_two_faces_a_cell_that_look_up() -> None:
    keep = np.array([[True, False], [True, True]])
    surface = sheet(np.array([0.0, 1.0, 3.0]), np.array([0.0, 1.0, 2.0]), 0.5, keep)
    a, b, c = (surface.points[surface.faces[:, corner]] for corner in range(3))
    normals = np.cross(b - a, c - a)
    assert len(surface) == 6
    assert normals[:, 2].sum() / 2.0 == pytest.approx(1.0 + 1.0 + 2.0)
    assert (normals[:, 2] > 0.0).all()


def test_joined_surfaces_keep_their_faces() -> None:
    both = join([box((0, 0, 0), (1, 1, 1)), box((2, 0, 0), (1, 1, 1))])
    assert volume(both) == pytest.approx(2.0)
    assert len(join([])) == 0


def test_a_thinned_line_stays_within_its_slack() -> None:
    angles = np.linspace(0.0, np.pi / 2, 40)
    arc = np.stack([np.cos(angles), np.sin(angles), 0.0 * angles], axis=1)
    thin = thinned(arc, 0.01)
    assert len(thin) < 10
    assert (thin[[0, -1]] == arc[[0, -1]]).all()
    middles = 0.5 * (thin[1:] + thin[:-1])  # where a chord lies farthest from its arc
    assert 1.0 - np.linalg.norm(middles, axis=1).min() < 0.0101
    assert len(thinned(np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]]), 1e-6)) == 2
    assert len(thinned(arc, 0.0)) == len(arc)
