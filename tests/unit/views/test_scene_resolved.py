"""The scene of a resolved cold plate: what is cut, what goes on behind mirrors, and what it says."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.views.resolved_samples import BASE, COVER, FIN, LENGTH, PITCH, SUMMARY, fin_channel, resolved
from thermal.cli import run as thermal
from thermal.errors import InputError
from thermal.results.resolved_file import Resolved, store_resolved
from thermal.views.picture import png_bytes
from thermal.views.scenes.page import page
from thermal.views.scenes.resolved import _ends, resolved_scene
from thermal.views.scenes.unfold import block_of, drawn_factors, thinner, unfolded


def tubes(scene: object) -> list[object]:
    return [piece for piece in scene.pieces if piece.layer == "coolant"]  # type: ignore[attr-defined]


def test_a_half_pitch_becomes_three_whole_ones() -> None:
    one = fin_channel()
    block = unfolded(block_of(one), one)
    assert block.copies == 6
    assert block.extent[1] == pytest.approx(3.0 * PITCH)
    assert block.lines is not None
    assert len(block.lines) == 12
    row = block.fluid[6, :, 0].astype(int)
    assert (np.diff(row) == 1).sum() == 3  # three channels
    np.testing.assert_array_equal(block.values, block.values[:, ::-1])
    middle = 0.5 * (block.lines.points[:, 1].min() + block.lines.points[:, 1].max())
    assert middle == pytest.approx(1.5 * PITCH)


def test_every_streamline_of_the_mirror_images_lies_in_a_channel() -> None:
    for along in ("x", "y"):
        one = fin_channel(along)
        block = unfolded(block_of(one), one)
        assert block.lines is not None
        points = 0.5 * (block.lines.points[1:] + block.lines.points[:-1])
        points = np.delete(points, block.lines.start[1:-1] - 1, axis=0)
        cells = [np.searchsorted(row, points[:, n]) - 1 for n, row in enumerate(block.faces)]
        assert block.fluid[cells[2], cells[1], cells[0]].all()
        across = 1 if along == "x" else 0
        moved = np.clip(cells[across] + 4, 0, block.fluid.shape[2 - across] - 1)  # sabotaged: half a fin aside
        cells[across] = moved
        assert not block.fluid[cells[2], cells[1], cells[0]].all()


@pytest.mark.parametrize(("mirrors", "copies"), [(("low", "high"), 6), (("high",), 2), (("low",), 2), ((), 1)])
def test_only_planes_of_symmetry_mirror(mirrors: tuple[str, ...], copies: int) -> None:
    one = fin_channel(mirrors=mirrors)
    assert unfolded(block_of(one), one).copies == copies


def test_several_channels_are_drawn_as_they_are() -> None:
    one = fin_channel(halves=8)
    assert unfolded(block_of(one), one).copies == 1


def test_thinner_layers_keep_heat_and_passages() -> None:
    block = block_of(fin_channel())
    thin = thinner(block, (7, 4, 6))
    assert thin.fluid.shape[2] == 7
    assert thin.fluid.size < block.fluid.size / 4
    for one in (block, thin):
        volume = np.diff(one.faces[2])[:, None, None] * np.diff(one.faces[1])[:, None] * np.diff(one.faces[0])
        assert volume[one.fluid].sum() == pytest.approx(LENGTH * 0.25 * PITCH * FIN, rel=1e-12)
        heat = (volume * one.values)[one.fluid].sum() / volume[one.fluid].sum()
        assert heat - 273.15 == pytest.approx(45.0, rel=1e-12)


def test_sides_are_drawn_wider_by_round_factors_only_where_needed() -> None:
    assert drawn_factors(np.array([0.03, 6e-4, 4e-3])) == (1.0, 20.0, 3.0)
    assert drawn_factors(np.array([0.03, 0.03, 0.006])) == (1.0, 1.0, 1.0)
    assert drawn_factors(np.array([1e-4, 0.03, 4e-3]))[0] == 100.0


def test_the_scene_says_what_it_shows() -> None:
    scene = resolved_scene(resolved())
    assert scene.title == "GPU plate — fin channel, half a pitch"
    assert "not to scale: y × 20 and z × 3, x × 1" in scene.subtitle
    assert "front left quarter cut away" in scene.subtitle
    assert "gpu_plate · PG25 2.20 L/min" in scene.subtitle
    assert [bar.title for bar in scene.bars] == ["temperature of the solid [°C]", "coolant temperature [°C]"]
    texts = [label.text for label in scene.labels]
    assert any(text.startswith("hottest solid\n6") for text in texts)
    assert any("coolant in" in text and "40.2 °C" in text for text in texts)
    assert any("coolant out" in text and "49.8 °C" in text for text in texts)
    assert "Solid from" in scene.description
    assert "up to 0.50 m/s" in scene.description


def test_the_coolant_is_labelled_as_the_table_has_it() -> None:
    rows = [{"inlet_C": 40.0, "outlet_C": 50.6}, {"inlet_C": 41.0, "outlet_C": 47.3}]
    tabled = replace(resolved(), summary={**SUMMARY, "rows": rows})
    for name, first, last in ((None, "40.0", "50.6"), ("channel", "40.0", "50.6"), ("sector", "41.0", "47.3")):
        scene = resolved_scene(tabled, name)
        ends = [f"coolant in\n{first} °C", f"coolant out behind, mixed\n{last} °C"]
        assert [label.text for label in scene.labels[1:]] == ends
        assert f"Coolant from {first} to {last} °C" in scene.description
    means = resolved_scene(replace(tabled, summary={**SUMMARY, "rows": rows[:1]}))  # whose row is it?
    assert "mean of lines" in means.labels[1].text


def test_the_coolants_scale_begins_where_it_comes_in() -> None:
    """The scheme undershoots the inlet a little; the scale does not."""
    one = resolved()
    field = next(iter(one.fields.values()))
    assert field.lines is not None
    inlet = float(field.lines.temperature.min()) - 273.15 + 0.2
    rows = [{"inlet_C": inlet, "outlet_C": inlet + 10.0}]
    known = replace(one, fields={"channel": field}, summary={**SUMMARY, "rows": rows})
    unknown = replace(known, summary=SUMMARY)
    step = 1.0
    assert inlet - step < resolved_scene(known).bars[1].low <= inlet
    assert resolved_scene(unknown).bars[1].low <= inlet - 0.2
    lines = replace(field.lines, temperature=273.15 + 40.0 + 0.01 * (field.lines.temperature - 313.15))
    mild = replace(known, fields={"channel": replace(field, lines=lines)})
    assert resolved_scene(replace(mild, summary={**SUMMARY, "rows": [{"inlet_C": 40.0, "outlet_C": 40.1}]})).bars[
        1
    ].low == pytest.approx(40.0)  # what is too narrow is widened upward


def test_an_end_that_solid_hides_is_labelled_above_it() -> None:
    scene = resolved_scene(resolved())
    top = 3.0 * (BASE + FIN + COVER)  # drawn three times as high
    before, behind = scene.labels[1:]
    assert before.point[0] == 0.0
    assert before.point[2] < 3.0 * (BASE + FIN)  # in the channel, which the cut opens
    assert behind.point[0] == LENGTH
    assert behind.point[2] == pytest.approx(top)
    one = fin_channel()
    bare = replace(one, fluid=np.ones_like(one.fluid))  # nothing to hide it
    block = block_of(bare)
    ends = _ends(block, ~block.fluid, (1.0, 20.0, 3.0), None)
    assert [label.text.split("\n")[0] for label in ends] == ["coolant in, mean of lines", "coolant out, mean of lines"]
    assert ends[1].point[2] < top


def test_the_quarter_before_is_cut_away_through_the_middle_of_a_channel() -> None:
    scene = resolved_scene(resolved())
    solid = next(piece for piece in scene.pieces if piece.layer == "copper")
    front = solid.points[solid.points[:, 0] < 0.49 * LENGTH]
    assert front[:, 1].min() / 20.0 == pytest.approx(1.5 * PITCH)  # in the middle of the middle channel
    rear = solid.points[solid.points[:, 0] > 0.51 * LENGTH]
    assert rear[:, 1].min() == 0.0
    assert len(tubes(scene)) == 12


def test_tubes_are_coloured_along_by_temperature_or_speed() -> None:
    hot = tubes(resolved_scene(resolved()))[0]
    assert (hot.values[0], hot.values[-1]) == (pytest.approx(40.17, abs=0.3), pytest.approx(49.83, abs=0.3))  # type: ignore[attr-defined]
    scene = resolved_scene(resolved(), by="speed")
    assert scene.bars[1].title == "speed of the coolant [m/s]"
    assert scene.bars[1].low == 0.0
    np.testing.assert_allclose(tubes(scene)[0].values, 0.5)  # type: ignore[attr-defined]


def test_a_field_is_found_by_name_and_near_names_are_listed() -> None:
    assert "not to scale" in resolved_scene(resolved(), "sector").subtitle
    with pytest.raises(InputError, match="name one of channel"):
        resolved_scene(resolved(), "chanel")


def test_a_field_without_lines_shows_the_solid_alone() -> None:
    scene = resolved_scene(Resolved(SUMMARY, {"channel": replace(fin_channel(), lines=None)}))
    assert len(scene.bars) == 1
    assert not tubes(scene)


def test_values_beyond_a_given_scale_are_told() -> None:
    assert "above 50 °C" in resolved_scene(resolved(), scale=(40.0, 50.0)).subtitle
    assert "streamlines reach above 45 °C" in resolved_scene(resolved(), coolant=(40.0, 45.0)).subtitle


def test_the_picture_holds_both_scales_and_the_page_needs_no_network() -> None:
    scene = resolved_scene(resolved())
    image = np.asarray(Image.open(BytesIO(png_bytes(scene, (960, 600)))).convert("RGB")).astype(int)
    assert image.shape == (600, 960, 3)
    blue = (image[..., 2] - image[..., 0] > 60)[:, 150:800]
    orange = (image[..., 0] - image[..., 2] > 90)[:, 150:800]
    assert blue.sum() > 500
    assert orange.sum() > 500
    text = page(scene)
    assert "not to scale" in text
    assert "default-src &#39;none&#39;" in text


def test_the_command_draws_a_stored_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "fin"
    store_resolved(resolved(), folder)
    assert (
        thermal(["view", str(folder), "--png", str(tmp_path / "a.png"), "--lines", "speed", "--size", "960x600"]) == 0
    )
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (960, 600)
    assert thermal(["view", str(folder), "--tray", "compute[1]", "--png", str(tmp_path / "b.png")]) == 2
    assert "resolved cold plate, not a rack" in capsys.readouterr().err
    assert thermal(["view", str(folder), "--field", "nothing", "--png", str(tmp_path / "b.png")]) == 2
    assert "name one of channel, sector" in capsys.readouterr().err
    assert thermal(["view", str(tmp_path), "--lines", "speed", "--png", str(tmp_path / "b.png")]) == 2
    assert "no resolved cold plate" in capsys.readouterr().err
