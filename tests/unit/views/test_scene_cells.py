"""Scenes of fields of any kind: what is coloured by which number, where they are cut, from where a plane is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.views.resolved_samples import SUMMARY, fin_channel
from thermal.results.resolved_file import FlowLines, Resolved, ResolvedField
from thermal.views.picture import DrawingError, png_bytes
from thermal.views.scenes.cells import cells_scene
from thermal.views.scenes.page import page

COLD = {**SUMMARY, "part": "", "coolant": "", "flow_L_min": None}


def unknown(one: ResolvedField) -> ResolvedField:
    """Return a field without its temperature."""
    lines = one.lines
    assert lines is not None
    bare = replace(lines, temperature=np.full(len(lines.points), np.nan))
    return replace(one, temperature=np.full(one.fluid.shape, np.nan), lines=bare)


def plane(axis: int) -> Resolved:
    """Return a plane flow across a direction, its speed the number of its cell from 1 on."""
    shape = [3, 4, 5]
    shape[2 - axis] = 1
    rows = [np.linspace(0.0, 1.0, n + 1) for n in reversed(shape)]
    speed = 1.0 + np.arange(float(np.prod(shape))).reshape(shape)
    still, nan = np.zeros(shape), np.full(shape, np.nan)
    one = ResolvedField("plane", *rows, nan, nan, np.stack([speed, still, still]), np.ones(shape, bool),
                        np.ones(shape, int), ("blocked", "fluid"))  # fmt: skip
    return Resolved(COLD, {"field": one})


def test_speed_colours_fluid_and_streamlines_and_what_is_blocked_is_plain() -> None:
    one = unknown(fin_channel())
    scene = cells_scene(Resolved(COLD, {"field": one}))
    (bar,) = scene.bars
    assert bar.title == "speed [m/s]"
    assert bar.low == 0.0
    assert bar.high >= one.speed.max()
    fluid, blocked, *tubes = scene.pieces
    assert blocked.values is None
    assert fluid.values is not None
    assert fluid.values.max() <= one.speed.max() + 1e-12
    assert fluid.values.min() > 0.0
    assert len(tubes) == 2
    assert all(tube.values is not None and tube.values == pytest.approx(0.5) for tube in tubes)
    assert "not to scale" in scene.subtitle


def test_temperature_colours_all_where_it_is_known() -> None:
    one = fin_channel()
    scene = cells_scene(Resolved(COLD, {"field": one}))
    (bar,) = scene.bars
    cells, *tubes = scene.pieces
    assert bar.unit == "°C"
    assert bar.low <= one.temperature.min() - 273.15
    assert bar.high >= one.temperature.max() - 273.15
    assert cells.values is not None
    assert cells.values.max() > 50.0 > max(tube.values.max() for tube in tubes if tube.values is not None)
    alone = replace(one, fluid=np.zeros_like(one.fluid), lines=None)  # conduction: no fluid is known
    assert len(cells_scene(Resolved(COLD, {"field": alone})).pieces) == 1


def test_the_cut_reaches_the_hottest_cell() -> None:
    faces = np.linspace(0.0, 1.0, 11)
    kelvin = np.full((10, 10, 10), 300.0)
    kelvin[3, 4, 6] = 400.0
    nothing = np.zeros((10, 10, 10))
    one = ResolvedField("block", faces, faces, faces, kelvin, np.nan + nothing, np.zeros((3, 10, 10, 10)),
                        nothing.astype(bool), nothing.astype(int), ("solid",))  # fmt: skip
    scene = cells_scene(Resolved(COLD, {"field": one}))
    (body,) = scene.pieces
    assert scene.subtitle == "to scale; front left quarter cut away through the hottest cell"
    assert body.values is not None
    assert body.values.max() == pytest.approx(400.0 - 273.15)
    hottest = body.points[body.faces[body.values > 100.0]].reshape(-1, 3)
    assert hottest.min(axis=0) == pytest.approx([0.6, 0.4, 0.3])  # seen where the quarter was
    assert hottest.max(axis=0)[0] == pytest.approx(0.6)


def test_streamlines_over_a_plane_stand_out_on_its_front() -> None:
    one = next(iter(plane(2).fields.values()))
    points = np.array([[0.1, 0.2, 0.5], [0.9, 0.7, 0.5]])
    lines = FlowLines(points, np.array([0, 2]), np.ones(2), np.array([0.0, 1.0]), np.full(2, np.nan))
    slab, tube = cells_scene(Resolved(COLD, {"field": replace(one, lines=lines)})).pieces
    assert tube.values is None
    assert tube.points[:, 2].max() > slab.points[:, 2].max()
    assert tube.points[:, :2].min() == pytest.approx(0.1, abs=0.01)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_plane_is_seen_from_across(axis: int) -> None:
    scene = cells_scene(plane(axis))
    assert abs(scene.view[axis]) == max(abs(part) for part in scene.view) == 1.0
    (slab,) = scene.pieces
    assert slab.values is not None
    sizes = np.ptp(slab.points, axis=0)
    assert sizes[axis] == pytest.approx(0.05)
    assert np.delete(sizes, axis) == pytest.approx(1.0)
    front = (slab.points[slab.faces].mean(axis=1) * scene.view)[:, axis]
    seen = slab.values[np.isclose(front, front.max())]
    count = {0: 12, 1: 15, 2: 20}[axis]
    assert np.unique(seen.round(9)) == pytest.approx(1.0 + np.arange(count))  # no cell is cut away or left out


def test_it_is_drawn() -> None:
    scene = cells_scene(plane(2))
    try:
        content = png_bytes(scene, (640, 400))
    except DrawingError as error:
        pytest.skip(str(error))
    assert content.startswith(b"\x89PNG")
    assert "speed [m/s]" in page(scene)
