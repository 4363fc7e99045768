"""One plate: planes pulled apart, or a block cut through its hottest cell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.views import scene_samples as samples
from thermal.errors import InputError
from thermal.results.channel_flow import ChannelFlow
from thermal.results.plate_fields import PlateFields
from thermal.views.scene import plate_scene
from thermal.views.scenes.cut import place_of_cut, skin
from thermal.views.scenes.model import Scene

PLATED = samples.run(fields=True)
PLATE = samples.PLATES[0]


def planes(scene: Scene) -> dict[str, np.ndarray]:
    return {
        one.path.removeprefix(f"{PLATE}/"): np.asarray(one.values) for one in scene.pieces if one.values is not None
    }


def test_planes_stand_from_below_upwards_with_their_numbers() -> None:
    scene = plate_scene(PLATED, PLATE, cut=False)
    found = planes(scene)
    assert list(found) == ["junction", "case", "base", "coolant"]
    assert found["junction"].reshape(-1, 2)[:, 0].tolist() == pytest.approx([70.0, 80.0, 75.0, 85.0])
    heights = [one.points[0, 2] for one in scene.pieces if one.values is not None]
    assert heights == sorted(heights)
    assert scene.labels[0].text == "dies and memory\n70.0–85.0 °C"
    assert "solved itself" in scene.subtitle
    assert "×" in scene.subtitle
    assert "interpolated" in plate_scene(PLATED, samples.PLATES[1]).subtitle


def test_a_cut_takes_the_front_left_quarter_of_all_but_the_lowest() -> None:
    whole, cut = planes(plate_scene(PLATED, PLATE, cut=False)), planes(plate_scene(PLATED, PLATE))
    assert len(cut["junction"]) == len(whole["junction"])
    assert len(cut["base"]) == len(whole["base"]) - 2 * 6  # three rows of two cells, up to the hottest one's
    assert "cut away" in plate_scene(PLATED, PLATE).subtitle
    assert "cut away" not in plate_scene(PLATED, PLATE, cut=False).subtitle


def test_a_volume_is_cut_through_its_hottest_cell() -> None:
    scene = plate_scene(samples.run(fields=True, volumes=True), PLATE)
    block = next(one for one in scene.pieces if one.path == PLATE)
    assert block.values is not None
    assert block.values.max() == pytest.approx(86.0, abs=1e-4)  # 99 °C stands beside the package, where nothing is
    assert scene.labels[0].text == ("middle of the hottest cell 86.0 °C\nat the active surface 85.0 °C")
    assert "dies and memory up to 85.0 °C" in scene.description
    hottest = block.points[block.faces[block.values > 85.9]]
    assert np.isclose(hottest[..., 0], 0.03).all(axis=1).any()  # its left side is laid open
    whole = plate_scene(samples.run(fields=True, volumes=True), PLATE, cut=False)
    unseen = next(one for one in whole.pieces if one.path == PLATE)
    assert unseen.values is not None
    covered = unseen.points[unseen.faces[unseen.values > 85.9]]
    assert not np.isclose(covered[..., 0], 0.03).all(axis=1).any()  # the check can fail
    assert "heights × 3" in scene.subtitle


def test_a_cut_that_would_show_nothing_goes_through_the_middle() -> None:
    assert place_of_cut((10, 20), (0, 7)) == ((5, 10), "through the middle")
    assert place_of_cut((10, 20), (4, 7)) == ((4, 7), "through the hottest cell")


def test_the_skin_of_cells_is_closed_and_carries_their_values() -> None:
    values = np.arange(8.0).reshape(2, 2, 2)
    edges = np.array([0.0, 1.0, 3.0])
    present = np.ones((2, 2, 2), bool)
    present[1, 1, 1] = False
    surface, shown = skin((edges, edges, edges), values, present)
    a, b, c = (surface.points[surface.faces[:, corner]] for corner in range(3))
    inside = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)
    assert inside == pytest.approx(27.0 - 8.0)
    assert set(shown) == set(range(7))


def test_a_given_scale_is_kept() -> None:
    bar = plate_scene(PLATED, PLATE, (30.0, 100.0)).bars[0]
    assert (bar.low, bar.high) == (30.0, 100.0)


def test_what_has_no_field_is_refused() -> None:
    with pytest.raises(InputError, match="--fidelity plate"):
        plate_scene(samples.run(), PLATE)
    with pytest.raises(InputError, match=r"no such plate.*plate\[1\]"):
        plate_scene(PLATED, f"{samples.TRAY}/plat[1]")


def test_unevenly_fed_channels_are_told_where_stored() -> None:
    assert PLATED.plates is not None
    (one,) = PLATED.plates.sets
    share = np.array([[0.5, 0.5], [0.45, 0.55]])
    channels = ChannelFlow(np.array([0.01, 0.03, 0.05]), share, share)
    fed = replace(PLATED, plates=PlateFields((replace(one, channels=channels),)))
    assert "channels 0.90–1.10 × mean flow" in plate_scene(fed, samples.PLATES[1]).subtitle
    assert "channels 1.00–1.00 × mean flow" in plate_scene(fed, PLATE).subtitle
    assert "mean flow" not in plate_scene(PLATED, PLATE).subtitle
