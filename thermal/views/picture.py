"""A scene as a picture, drawn off screen without a display or a graphics card, or in a window."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from thermal.errors import ThermalError
from thermal.results.whole_file import check_file, written_file
from thermal.views import palette
from thermal.views.scenes.merge import Merged, merged
from thermal.views.scenes.model import Bar, Scene
from thermal.views.scenes.picture_camera import Camera, camera_for, slenderness
from thermal.views.scenes.picture_frame import SMALLEST, Frame, font_file, frame_for, framed

Plotter: TypeAlias = Any  # pyvista's, whose annotations describe its decorators rather than its methods

__all__ = ["SIZE", "DrawingError", "check_size", "has_display", "png", "png_bytes", "show", "size_for"]

SIZE = (1920, 1200)  # pixels of a picture; of one of a rack, which is higher than wide, see `size_for`
SLENDER, UPRIGHT = 0.8, (0.78125, 4.0 / 3.0)  # width over height below which a picture stands, and how its sides change
WINDOW = (1440, 900)  # pixels of a window
BAR_TITLE = 18  # characters of a line of a bar's title in a window
FROM_FILE = 4  # VTK_FONT_FILE, which Python does not see by name
LARGEST = 8192  # pixels a side; beyond it software drawing runs out of memory
AMBIENT, DIFFUSE = 0.62, 0.38  # together 1: what faces up has just the colour of the bar, shade only tells the shape
FIELD_AMBIENT = 0.85  # of surfaces whose colours differ from face to face, and so tell the shape themselves
LIGHTS = (((0.0, 0.0, 1.0), 1.0), ((-0.3, -1.0, 0.0), 0.55), ((-1.0, 0.3, 0.0), 0.3), ((1.0, 0.6, 0.0), 0.2))
FINER = 2  # times as fine as the picture, each way, is drawn
MANY_PIXELS = 8_000_000  # of a picture that is drawn as it is, for the sake of memory


class DrawingError(ThermalError, RuntimeError):
    """Nothing on this machine can draw in three dimensions; the message says what to install."""


def png(scene: Scene, file: str | Path, size: tuple[int, int] = SIZE) -> None:
    """Write a picture of a scene, whole or not at all.

    Parameters
    ----------
    scene : Scene
        What is drawn.
    file : str or Path
        The target; an earlier file is replaced.
    size : (int, int)
        Width and height in pixels.

    Raises
    ------
    InputError
        The target cannot be written.
    DrawingError
        There is no OpenGL on this machine, not even in software.
    """
    check_file(file, "--png")
    drawn = png_bytes(scene, size)
    with written_file(file, "--png") as draft:
        draft.write_bytes(drawn)


def png_bytes(scene: Scene, size: tuple[int, int] = SIZE) -> bytes:
    """Return a picture of a scene as the bytes of a PNG file; as of `png`."""
    check_size(size)
    frame = frame_for(scene, size)
    camera = camera_for(scene, frame.window)
    drawn = _drawn(scene, camera, frame)
    out = BytesIO()
    framed(scene, drawn, camera, frame).save(out, format="PNG", optimize=False, compress_level=6)
    return out.getvalue()


def size_for(scene: Scene, size: tuple[int, int] = SIZE) -> tuple[int, int]:
    """Return the pixels of a picture that a scene fills: those of `size`, or upright for one that is higher than wide.

    >>> size_for(Scene("", "", [], []))
    (1920, 1200)
    """
    if not any(len(piece.points) for piece in scene.pieces) or slenderness(scene) >= SLENDER:
        return size
    return round(size[0] * UPRIGHT[0]), round(size[1] * UPRIGHT[1])


def show(scene: Scene) -> None:
    """Open a window in which the scene can be turned; returns when it is closed.

    Raises
    ------
    DrawingError
        There is no display, or it refuses.
    """
    if not has_display():
        message = "no display to open a window on; write a file instead, with --png or --html"
        raise DrawingError(message)
    with _quiet():
        plotter = _plotter(WINDOW, off_screen=False)
        if "X" not in plotter.render_window.GetClassName() and sys.platform.startswith("linux"):
            plotter.close()
            message = "the display cannot be reached"  # the library has quietly chosen to draw off screen
            raise DrawingError(message)
    _dress(plotter, scene)
    plotter.show(title=scene.title)


def _dress(plotter: Plotter, scene: Scene) -> None:
    """Add the scene with its title, bars and labels, as a window shows them."""
    _fill(plotter, scene)
    plotter.enable_anti_aliasing("msaa", multi_samples=8)
    font = str(font_file())  # the library's own has neither brackets nor arrows
    plotter.add_text(f"{scene.title}\n{scene.subtitle}", font_size=10, color=palette.INK, font_file=font)
    for index, bar in enumerate(scene.bars):
        _add_bar(plotter, bar, 0.05 if index == 0 else 0.87)
    for label in scene.labels:
        plotter.add_point_labels([label.point], [label.text], always_visible=True, shape_color="white", font_size=14,
                                 font_file=font)  # fmt: skip
    camera = camera_for(scene, WINDOW)
    plotter.camera_position = camera.position
    plotter.camera.view_angle = camera.angle


def has_display() -> bool:
    """Return whether a window can be expected to open."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def check_size(size: tuple[int, int]) -> None:
    """Refuse a picture too small to read or too large to draw.

    Raises
    ------
    ValueError
        For a side out of range.
    """
    if not all(low <= side <= LARGEST for low, side in zip(SMALLEST, size, strict=True)):
        message = f"a picture of {size[0]}x{size[1]} pixels: give {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST}x{LARGEST}"
        raise ValueError(message)


def _drawn(scene: Scene, camera: Camera, frame: Frame) -> NDArray[np.uint8]:
    """Return the bodies alone as an image (height, width, 3)."""
    with _quiet():
        finer = FINER if frame.window[0] * frame.window[1] <= MANY_PIXELS else 1
        plotter = _plotter((finer * frame.window[0], finer * frame.window[1]), off_screen=True)
        try:
            _check_opengl(plotter)
            _fill(plotter, scene)
            plotter.camera_position = camera.position
            plotter.camera.view_angle = camera.angle
            plotter.renderer.reset_camera_clipping_range()
            image = plotter.screenshot(return_img=True)
        finally:
            plotter.close()
    return _smaller(np.asarray(image, dtype=np.uint8)[..., :3], finer)


def _smaller(image: NDArray[np.uint8], finer: int) -> NDArray[np.uint8]:
    """Return the means of blocks of pixels: smooth edges wherever it is drawn, unlike a driver's own smoothing."""
    from PIL import Image

    return np.asarray(Image.fromarray(image).reduce(finer))


def _check_opengl(plotter: Plotter) -> None:
    """Refuse to draw where the last resort, OSMesa, is not installed: trying would end the process."""
    if plotter.render_window.GetClassName() != "vtkOSOpenGLRenderWindow":
        return
    for name in _OSMESA:
        with suppress(OSError):
            ctypes.CDLL(name)
            return
    raise DrawingError(_NO_OPENGL)


_OSMESA = ("libOSMesa.so", "libOSMesa.so.8", "libOSMesa.so.6", "osmesa.dll", "libOSMesa.dylib")
_NO_OPENGL = (
    "nothing on this machine can draw: there is no OpenGL, not even in software; "
    "install libegl1 with libgl1-mesa-dri, or libosmesa6, or write --html instead"
)


def _plotter(size: tuple[int, int], *, off_screen: bool) -> Plotter:
    import pyvista

    plotter: Plotter = pyvista.Plotter(off_screen=off_screen, window_size=list(size), lighting="none")
    plotter.set_background("white")
    for place, strength in LIGHTS:
        plotter.add_light(pyvista.Light(position=place, light_type="scene light", intensity=strength))
    return plotter


def _fill(plotter: Plotter, scene: Scene) -> None:
    """Add the surfaces, glass last, and lines along the edges of plain solids."""
    bars = {bar.key: bar for bar in scene.bars}
    for one in sorted(merged(scene.pieces), key=lambda group: -group.opacity):
        mesh = _mesh(one)
        look: dict[str, Any] = {"ambient": AMBIENT, "diffuse": DIFFUSE, "specular": 0.0, "show_scalar_bar": False}
        if one.values is None:
            look["color"] = one.color
        else:
            bar = bars[one.bar]
            share = (one.values - bar.low) / (bar.high - bar.low)
            mesh.cell_data["colour"] = palette.rgb(bar.map, share)
            look |= {"scalars": "colour", "rgb": True}
            if one.varied:
                look |= {"ambient": FIELD_AMBIENT, "diffuse": 1.0 - FIELD_AMBIENT}
        plotter.add_mesh(mesh, opacity=one.opacity, lighting=True, smooth_shading=False, **look)


def _mesh(one: Merged) -> Any:
    import pyvista

    made: Any = pyvista.PolyData
    return made.from_regular_faces(one.points, one.faces)


def _add_bar(plotter: Plotter, bar: Bar, across: float) -> None:
    import pyvista

    mapper = pyvista.DataSetMapper(dataset=pyvista.Sphere())
    mapper.lookup_table = pyvista.LookupTable(cmap=palette.colormap(bar.map), scalar_range=(bar.low, bar.high))
    made = plotter.add_scalar_bar(title=bar.title, mapper=mapper, color=palette.INK, vertical=True, height=0.6,
                                  position_x=across, position_y=0.15)  # fmt: skip
    made.SetTitle("\n".join(wrap(bar.title, BAR_TITLE)))  # within the window
    for text in (made.GetTitleTextProperty(), made.GetLabelTextProperty()):
        text.SetFontFamily(FROM_FILE)
        text.SetFontFile(str(font_file()))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep back what the drawing library prints when it looks for a display and finds none."""
    from vtkmodules.vtkCommonCore import vtkLogger

    earlier = vtkLogger.GetCurrentVerbosityCutoff()
    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
    try:
        yield
    finally:
        vtkLogger.SetStderrVerbosity(earlier)
