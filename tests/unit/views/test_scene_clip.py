"""Numbers beyond the ends of a scale are told, in every scene."""

from __future__ import annotations

import pytest

from tests.unit.views import scene_samples as samples
from thermal.views.scene import difference_scene, margin_scene, plate_scene, rack_scene, tray_scene
from thermal.views.scenes.clip import beyond_text
from thermal.views.scenes.model import Bar, Scene

RUN = samples.run()
PLATED = samples.run(fields=True)
BAR = Bar("devices", "junction temperature [°C]", 40.0, 90.5, "inferno")


def test_both_ends_are_counted() -> None:
    names = ("device", "devices")
    ends = [(30.0, 30.0), (20.0, 95.0), (50.0, 91.0), (40.0, 90.5)]
    said = "2 devices above 90.5 °C and 2 devices below 40 °C in the colour of that end"
    assert beyond_text(BAR, ends, names) == said
    assert beyond_text(BAR, ends[2:3], names) == "1 device above 90.5 °C in the colour of that end"
    assert beyond_text(BAR, ends[3:], names) == ""


@pytest.mark.parametrize("scene", [rack_scene, lambda run, scale: tray_scene(run, samples.TRAY, scale)])
def test_a_given_scale_that_cuts_is_told(scene: object) -> None:
    """GPUs at 85 and 88.5 degrees."""
    narrow: Scene = scene(RUN, (86.0, 88.0))  # type: ignore[operator]
    said = "1 device above 88 °C and 1 device below 86 °C in the colour of that end"
    assert said in narrow.subtitle
    assert f"{said}." in narrow.description
    wide: Scene = scene(RUN, (80.0, 90.0))  # type: ignore[operator]
    assert "colour of that end" not in wide.subtitle + wide.description


def test_cells_of_plates_and_branches_count_too() -> None:
    scene = rack_scene(PLATED, (72.0, 90.0), coolant=(40.0, 45.0))
    assert "2 plates have cells below 72 °C in the colour of that end" in scene.subtitle
    assert "1 branch above 45 °C in the colour of that end" in scene.subtitle


def test_margins_beyond_the_scale_are_told_at_both_ends() -> None:
    scene = margin_scene(samples.with_margins(RUN, [25.0, -30.0]))
    said = "1 device above 20 K and 1 device below −20 K in the colour of that end"
    assert said in scene.subtitle
    assert f"{said}." in scene.description


def test_planes_beyond_the_scale_are_told() -> None:
    scene = plate_scene(PLATED, samples.PLATES[0], (58.0, 80.0), coolant=(46.0, 50.0))
    said = "1 plane reaches above 80 °C and 1 plane reaches below 58 °C in the colour of that end"
    assert said in scene.subtitle
    assert "1 plane reaches below 46 °C" in scene.description
    whole = plate_scene(PLATED, samples.PLATES[0])
    assert "colour of that end" not in whole.subtitle + whole.description


def test_a_difference_cuts_nothing() -> None:
    scene = difference_scene(samples.warmer(RUN, 200.0), RUN)
    assert "colour of that end" not in scene.subtitle
