"""What stands around a drawn scene: title, colour bars with units, labels with their lines, and the axes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thermal.views import palette
from thermal.views.scenes.model import Bar, Label, Scene
from thermal.views.scenes.picture_camera import Camera
from thermal.views.scenes.scale import ticks

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

__all__ = ["SMALLEST", "Frame", "frame_for", "framed"]

SMALLEST = (480, 360)  # pixels; with less there is no room for bars and text
DESIGN = 1200.0  # pixels of height for which the sizes below are
TITLE, SUBTITLE, BODY = 34, 21, 20  # pixels of the letters
PAD, STRIP = 36, 26
DOT = 5.0
HIDES = 2500.0  # pixels of a label's line that are no worse than a label which lies wholly over things
FAINT = 238  # of 255: a label may cover paper and the faintest glass
AXES = (("right", (1.0, 0.0, 0.0)), ("rear", (0.0, 1.0, 0.0)), ("up", (0.0, 0.0, 1.0)))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the window of the drawing lies in the picture.

    Parameters
    ----------
    size : (int, int)
        Of the picture in pixels.
    corner : (int, int)
        Upper left corner of the window.
    window : (int, int)
        Its width and height.
    unit : float
        Pixels per pixel of the design.
    """

    size: tuple[int, int]
    corner: tuple[int, int]
    window: tuple[int, int]
    unit: float


def frame_for(scene: Scene, size: tuple[int, int]) -> Frame:
    """Return the frame: the title above, a bar on each side where there is one."""
    unit = min(size[1] / DESIGN, size[0] / (1.25 * DESIGN))
    top = round((PAD + TITLE + 14 + SUBTITLE + 22) * unit)
    left, right = (round((PAD + STRIP + 96) * unit) if len(scene.bars) > side else round(PAD * unit) for side in (0, 1))
    width, height = size[0] - left - right, size[1] - top - round(PAD * unit)
    return Frame(size, (left, top), (width, height), unit)


def framed(scene: Scene, drawn: NDArray[np.uint8], camera: Camera, frame: Frame) -> Image.Image:
    """Return the picture: the drawing with everything that stands around it."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", frame.size, palette.PAPER)
    picture.paste(Image.fromarray(drawn), frame.corner)
    pen = ImageDraw.Draw(picture)
    _head(pen, scene, frame)
    for bar, side in zip(scene.bars, ("left", "right"), strict=False):
        _bar(picture, pen, bar, side, frame)
    _axes(pen, camera, frame)
    free: Mask = np.asarray((drawn >= FAINT).all(axis=2))
    for label in scene.labels:
        _label(pen, label, camera, frame, free)
    return picture


def _head(pen: ImageDraw.ImageDraw, scene: Scene, frame: Frame) -> None:
    """Title and subtitle in one line each, made smaller until they fit."""
    x, y = PAD * frame.unit, 0.8 * PAD * frame.unit
    room = frame.size[0] - 2 * x
    _line(pen, (x, y), scene.title, TITLE * frame.unit, room, palette.INK, bold=True)
    _line(pen, (x, y + (TITLE + 14) * frame.unit), scene.subtitle, SUBTITLE * frame.unit, room, palette.MUTED)


def _line(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, height: float, room: float, ink: str, **look: bool
) -> None:
    text = " ".join(text.split())
    width = pen.textlength(text, font=_font(round(height), **look))
    font = _font(max(8, int(height * min(1.0, room / max(width, 1.0)))), **look)
    while pen.textlength(text, font=font) > room and len(text) > 2:
        text = f"{text[:-2]}…"
    pen.text(at, text, fill=ink, font=font)


def _bar(picture: Image.Image, pen: ImageDraw.ImageDraw, bar: Bar, side: str, frame: Frame) -> None:
    """Draw a vertical strip with ticks toward the middle, its title along it."""
    from PIL import Image

    unit = frame.unit
    height = round(min(0.62 * frame.size[1], 760 * unit))
    top = frame.corner[1] + (frame.window[1] - height) // 2
    width = round(STRIP * unit)
    x = round((PAD + 34) * unit) if side == "left" else frame.size[0] - round((PAD + 34) * unit) - width
    share = (np.arange(height)[::-1] + 0.5) / height
    strip = np.repeat(palette.rgb(bar.map, share)[:, None], width, axis=1)
    picture.paste(Image.fromarray(strip), (x, top))
    pen.rectangle((x, top, x + width - 1, top + height - 1), outline=palette.MUTED, width=max(1, round(unit)))
    font = _font(round(BODY * unit))
    inward, start, anchor = (1, x + width, "lm") if side == "left" else (-1, x - 1, "rm")
    for value, text in ticks(bar.low, bar.high):
        y = top + height * (1.0 - (value - bar.low) / (bar.high - bar.low))
        pen.line((start, y, start + inward * 7 * unit, y), fill=palette.MUTED, width=max(1, round(1.5 * unit)))
        pen.text((start + inward * 12 * unit, y), text, fill=palette.INK, font=font, anchor=anchor)
    if bar.limit is not None and bar.low <= bar.limit <= bar.high:
        y = top + height * (1.0 - (bar.limit - bar.low) / (bar.high - bar.low))
        pen.line((x - 6 * unit, y, x + width + 6 * unit, y), fill=palette.INK, width=max(2, round(3 * unit)))
    _upright(picture, bar.title, (x + (-26 if side == "left" else 26) * unit + 0.5 * width, top + 0.5 * height), unit)


def _upright(picture: Image.Image, text: str, middle: tuple[float, float], unit: float) -> None:
    """Write a text from below upwards, centred on a point."""
    from PIL import Image, ImageDraw

    font = _font(round(BODY * unit))
    width, height = round(font.getlength(text)) + 4, round(1.4 * BODY * unit)
    strip = Image.new("RGB", (width, height), palette.PAPER)
    ImageDraw.Draw(strip).text((width / 2, height / 2), text, fill=palette.INK, font=font, anchor="mm")
    turned = strip.rotate(90, expand=True)
    x = min(max(0, round(middle[0] - turned.width / 2)), picture.width - turned.width)
    picture.paste(turned, (x, round(middle[1] - turned.height / 2)))


def _label(pen: ImageDraw.ImageDraw, label: Label, camera: Camera, frame: Frame, free: Mask) -> None:
    """Write a text in a box beside its point, with a line to it, wholly inside the picture."""
    unit = frame.unit
    seen = camera.pixels(np.array([label.point]))[0] + frame.corner
    font, strong = _font(round(BODY * unit)), _font(round(BODY * unit), bold=True)
    lines = label.text.split("\n")
    fonts = [font] * (len(lines) - 1) + [strong]
    pad, pitch = 9 * unit, 1.3 * BODY * unit
    width = max(pen.textlength(line, font=one) for line, one in zip(lines, fonts, strict=True)) + 2 * pad
    height = pitch * len(lines) + 2 * pad
    x, y = _free_place(seen - frame.corner, (width, height), free, unit) + frame.corner
    knee = (float(np.clip(seen[0], x, x + width)), float(np.clip(seen[1], y, y + height)))
    if x > seen[0] or x + width < seen[0]:
        knee = (x if x > seen[0] else x + width, y + height / 2)
    for ink, thick in ((palette.PAPER, 5.0), (palette.INK, 2.0)):
        pen.line((seen[0], seen[1], *knee), fill=ink, width=max(1, round(thick * unit)))
    dot = DOT * unit
    pen.ellipse((seen[0] - dot, seen[1] - dot, seen[0] + dot, seen[1] + dot), fill=palette.PAPER, outline=palette.INK,
                width=max(1, round(2 * unit)))  # fmt: skip
    pen.rounded_rectangle((x, y, x + width, y + height), 6 * unit, fill=palette.PAPER, outline=palette.INK,
                          width=max(1, round(1.5 * unit)))  # fmt: skip
    left, top = round(x) - frame.corner[0], round(y) - frame.corner[1]
    free[top : top + round(height), left : left + round(width)] = False  # the next label goes elsewhere
    for index, (line, one) in enumerate(zip(lines, fonts, strict=True)):
        pen.text((x + pad, y + pad + (index + 0.5) * pitch), line, fill=palette.INK, font=one, anchor="lm")


def _free_place(seen: Floats, size: tuple[float, float], free: Mask, unit: float) -> Floats:
    """Return the upper left corner of a text in the window: near, and over little."""
    rows, columns = free.shape
    width, height = (int(np.ceil(side)) for side in size)
    taken = np.pad(np.cumsum(np.cumsum(~free, axis=0), axis=1), ((1, 0), (1, 0)))
    step = max(1, round(8 * unit))
    y, x = np.meshgrid(
        np.arange(0, max(rows - height, 1), step), np.arange(0, max(columns - width, 1), step), indexing="ij"
    )
    bottom, right = np.minimum(y + height, rows), np.minimum(x + width, columns)
    covered = taken[bottom, right] - taken[y, right] - taken[bottom, x] + taken[y, x]
    away = np.hypot(x + 0.5 * width - seen[0], 1.6 * (y + 0.5 * height - seen[1]))
    away = away + np.where(np.hypot(*(np.clip(seen[axis], low, high) - seen[axis] for axis, low, high in
                                      ((0, x, right), (1, y, bottom)))) < 24 * unit, 1e4, 0.0)  # fmt: skip
    # a far label's line crosses more than a near one hides where it lies over a post of the frame
    cost = away + (40.0 * (covered > 0) + HIDES * covered / (width * height)) * unit
    best = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return np.array([float(x[best]), float(y[best])])


def _axes(pen: ImageDraw.ImageDraw, camera: Camera, frame: Frame) -> None:
    """Three short arrows, lower left: which way is right, rear and up."""
    unit = frame.unit
    font = _font(round(0.8 * BODY * unit))
    arrows = []
    for name, axis in AXES:
        way = np.array([float(camera.right @ np.array(axis)), -float(camera.up @ np.array(axis))])
        place = 46 * unit * way + 14 * unit * way / max(float(np.linalg.norm(way)), 1e-9)
        anchor = "lm" if way[0] > 0.3 else "rm" if way[0] < -0.3 else "mm"
        arrows.append((name, 46 * unit * way, place, anchor))
    boxes = [pen.textbbox((float(x), float(y)), name, font=font, anchor=anchor) for name, _, (x, y), anchor in arrows]
    left, bottom = min(0.0, *(one[0] for one in boxes)), max(0.0, *(one[3] for one in boxes))
    origin = np.array([0.5 * PAD * unit - left, frame.size[1] - 0.7 * PAD * unit - bottom])
    for name, tip, place, anchor in arrows:
        pen.line((*origin, *(origin + tip)), fill=palette.MUTED, width=max(1, round(2.5 * unit)))
        pen.text(tuple(origin + place), name, fill=palette.MUTED, font=font, anchor=anchor)


@cache
def _font(height: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the font that comes with matplotlib, so that text looks alike on every machine."""
    from PIL import ImageFont

    return ImageFont.truetype(str(font_file(bold=bold)), max(8, height))


def font_file(*, bold: bool = False) -> Path:
    """Return the file of the font of pictures."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
