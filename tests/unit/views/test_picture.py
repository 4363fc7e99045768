"""Pictures: drawn without a display, filled, not cut off, and in the colours of the bar."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.unit.views import scene_samples as samples
from thermal.errors import InputError
from thermal.views import palette, picture
from thermal.views.scene import plate_scene, rack_scene
from thermal.views.scenes.model import Bar, Label, Piece, Scene
from thermal.views.scenes.picture_camera import camera_for
from thermal.views.scenes.picture_frame import _free_place, frame_for
from thermal.views.scenes.solids import box

SIZE = (800, 500)
BAR = Bar("devices", "temperature [°C]", 0.0, 100.0, palette.LEVELS)


def one_box(value: float, **more: object) -> Scene:
    surface = box((0.0, 0.0, 0.0), (1.0, 1.0, 0.3))
    piece = Piece("b", "packages", surface.points, surface.faces, np.full(12, value), "devices")
    return replace(Scene("Title", "subtitle", [piece], [BAR]), **more)  # type: ignore[arg-type]


def test_a_rack_has_an_upright_picture_and_a_tray_a_wide_one() -> None:
    surface = box((0.0, 0.0, 0.0), (0.6, 1.0, 2.2))
    rack = one_box(50.0, pieces=[Piece("r", "frame", surface.points, surface.faces)], view=(-1.35, -0.85, 0.72))
    assert picture.size_for(rack) == (1500, 1600)
    assert picture.size_for(rack, (960, 600)) == (750, 800)
    assert picture.size_for(one_box(50.0)) == picture.SIZE
    assert picture.size_for(one_box(50.0, pieces=[])) == picture.SIZE


def drawn(scene: Scene, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    try:
        content = picture.png_bytes(scene, size)
    except picture.DrawingError as error:
        pytest.skip(str(error))
    image = Image.open(BytesIO(content))
    assert image.size == size
    return np.asarray(image.convert("RGB"))


def at(image: NDArray[np.uint8], scene: Scene, point: tuple[float, float, float]) -> NDArray[np.int64]:
    """Colour of the pixel where a point of the scene appears."""
    frame = frame_for(scene, SIZE)
    x, y = camera_for(scene, frame.window).pixels(np.array([point]))[0] + frame.corner
    return image[round(y), round(x)].astype(np.int64)


@pytest.mark.parametrize("value", [5.0, 40.0, 75.0, 95.0])
def test_what_faces_up_has_the_colour_of_the_bar(value: float) -> None:
    scene = one_box(value)
    found = at(drawn(scene), scene, (0.5, 0.5, 0.3))
    expected = palette.rgb(palette.LEVELS, np.array([value, value + 10.0]) / 100.0).astype(np.int64)
    assert np.abs(found - expected[0]).max() <= 6
    assert np.abs(found - expected[1]).max() > 6  # ten kelvins off would be seen


@pytest.mark.parametrize("scene", [rack_scene(samples.run()), plate_scene(samples.run(fields=True), samples.PLATES[0])])
@pytest.mark.parametrize("size", [SIZE, (480, 360), (500, 900)])
def test_a_scene_fills_its_picture_and_nothing_is_cut_off(scene: Scene, size: tuple[int, int]) -> None:
    image = drawn(scene, size)
    frame = frame_for(scene, size)
    corners = np.concatenate([piece.points for piece in scene.pieces])
    seen = camera_for(scene, frame.window).pixels(corners)
    assert (seen.min(axis=0) >= 0.0).all()
    assert (seen.max(axis=0) <= frame.window).all()
    assert (np.ptp(seen, axis=0) / frame.window).max() > 0.85
    border = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
    assert (border == 255).all()
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 100


def test_the_drawing_library_keeps_quiet(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    drawn(one_box(50.0))
    assert capfd.readouterr() == ("", "")


def test_a_long_title_stays_inside() -> None:
    image = drawn(one_box(50.0, title="Wide " * 200, subtitle="narrow\nbut long " * 200))
    assert (image[:, -8:] == 255).all()
    assert (image[:40] < 128).any()


def test_a_label_stands_where_nothing_is_drawn() -> None:
    free = np.ones((300, 400), bool)
    free[100:200, 150:250] = False
    x, y = _free_place(np.array([200.0, 150.0]), (80.0, 30.0), free, 0.5)
    assert free[round(y) : round(y) + 30, round(x) : round(x) + 80].all()
    full = np.zeros((300, 400), bool)  # nowhere is free: still inside
    x, y = _free_place(np.array([390.0, 290.0]), (80.0, 30.0), full, 0.5)
    assert 0 <= x <= 320
    assert 0 <= y <= 270


def test_labels_are_drawn_apart() -> None:
    bare = one_box(50.0)
    labelled = replace(bare, labels=[Label((1.0, 0.0, 0.3), "one\n1"), Label((1.0, 0.0, 0.3), "two\n2")])
    assert (drawn(bare) != drawn(labelled)).any()


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="which is no folder"):
        picture.png(one_box(50.0), tmp_path / "none" / "a.png", SIZE)

    def fail(*_: object) -> bytes:
        raise picture.DrawingError("no")  # noqa: EM101 - a stand-in

    monkeypatch.setattr(picture, "png_bytes", fail)
    with pytest.raises(picture.DrawingError):
        picture.png(one_box(50.0), tmp_path / "a.png", SIZE)
    monkeypatch.setattr(picture, "png_bytes", lambda *_: b"drawn")
    picture.png(one_box(50.0), tmp_path / "b.png", SIZE)
    assert [file.name for file in tmp_path.iterdir()] == ["b.png"]


@pytest.mark.parametrize("size", [(10, 10), (1920, 99999)])
def test_a_size_out_of_range_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="480x360 to 8192x8192"):
        picture.png_bytes(one_box(50.0), size)


def test_an_empty_scene_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        picture.png_bytes(Scene("t", "s", [], [BAR]), SIZE)


def test_without_opengl_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def plotter(name: str) -> SimpleNamespace:
        return SimpleNamespace(render_window=SimpleNamespace(GetClassName=lambda: name))

    monkeypatch.setattr(picture, "_OSMESA", ("libNoSuchLibrary.so",))
    with pytest.raises(picture.DrawingError, match="install libegl1"):
        picture._check_opengl(plotter("vtkOSOpenGLRenderWindow"))
    picture._check_opengl(plotter("vtkEGLRenderWindow"))


@pytest.mark.skipif(picture.sys.platform in ("win32", "darwin"), reason="there is always a display")
def test_without_a_display_there_is_no_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not picture.has_display()
    with pytest.raises(picture.DrawingError, match="--png or --html"):
        picture.show(one_box(50.0))


def test_a_window_is_dressed_with_bars_and_labels() -> None:
    scene = replace(rack_scene(samples.run()))
    drawn(one_box(50.0))  # skips where nothing can be drawn
    with picture._quiet():
        plotter = picture._plotter((600, 400), off_screen=True)
        picture._dress(plotter, scene)
        image = plotter.screenshot(return_img=True)
        bars = set(plotter.scalar_bars.keys())
        files = {bar.GetTitleTextProperty().GetFontFile() for bar in plotter.scalar_bars.values()}
        plotter.close()
    assert bars == {bar.title for bar in scene.bars}
    assert {Path(file).name for file in files} == {"DejaVuSans.ttf"}  # the library's own has no brackets
    assert len(np.unique(np.asarray(image).reshape(-1, 3), axis=0)) > 100
