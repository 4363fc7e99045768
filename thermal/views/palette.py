"""Colours, colour maps and fonts of every picture, chart and page, in one place."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.colors import ListedColormap

__all__ = [
    "CATEGORICAL",
    "COOLANT",
    "DIFFERENCE",
    "DOWN",
    "FONT",
    "FONT_FILES",
    "GRID",
    "INK",
    "LEVELS",
    "LIMIT",
    "MARGIN",
    "MUTED",
    "PAPER",
    "PLAIN",
    "TOTAL",
    "UP",
    "colormap",
    "ink_on",
    "plotly_scale",
    "rgb",
]

LEVELS = "inferno"  # temperatures and other levels; perceptually uniform
COOLANT = "coolant"  # deep blue to pale green: no colour of LEVELS, beside which it stands in one picture
MARGIN = "margin"  # over -x..+x with 0 in the middle: red below 0 and nowhere else, amber to blue above
DIFFERENCE = "difference"  # over -x..+x: blue, white, red-brown

# Okabe and Ito 2008, "Color universal design": told apart by the colour-blind. Black is kept for text; slate stands in.
CATEGORICAL = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442", "#4a5563")
UP = "#d55e00"  # a step that adds
DOWN = "#009e73"  # a step that takes away
TOTAL = "#0072b2"  # a level
LIMIT = "#b3261e"  # where a limit is

INK = "#1b2430"  # text
MUTED = "#566373"  # lesser text; contrast to PAPER 6:1
GRID = "#dde2e8"
PAPER = "#ffffff"
PLAIN = "#9aa3ad"  # a surface without a number

FONT = 'Inter, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", Arial, sans-serif'  # in pages
FONT_FILES = "DejaVu Sans"  # in PNG and SVG: comes with matplotlib

STEPS = 256

Floats = NDArray[np.float64]
Lab = tuple[float, float, float]

_NEUTRAL: Lab = (95.0, 0.0, 0.0)
_BLUE: Lab = (34.0, 10.0, -44.0)
_BROWN: Lab = (34.0, 40.0, 21.0)  # as far from neutral as the blue
_DEEP: Lab = (24.0, 12.0, -44.0)
_TEAL: Lab = (57.0, -24.0, -26.0)
_PALE: Lab = (91.0, -44.0, 12.0)
_AMBER: Lab = (84.0, 6.0, 58.0)
_RED: Lab = (52.0, 68.0, 50.0)
_DARK_RED: Lab = (22.0, 42.0, 28.0)


def colormap(name: str) -> ListedColormap:
    """Colour map of that name for matplotlib and pyvista: one of ours or one of matplotlib's.

    Raises
    ------
    ValueError
        matplotlib knows no map of that name.
    """
    from matplotlib.colors import ListedColormap

    return ListedColormap((_table(name) / 255.0).tolist(), name=name)


def plotly_scale(name: str) -> list[list[float | str]]:
    """Colour scale for plotly: ``[[0.0, "#000004"], …, [1.0, "#fcffa4"]]``.

    The step of MARGIN at zero stays a step: two stops at 0.5.
    """
    table = _table(name)
    stops: list[list[float | str]] = []
    for low, high in ((0, STEPS // 2), (STEPS // 2, STEPS)):
        part = table[low:high]
        picked = np.linspace(0, len(part) - 1, 17).round().astype(int)
        places = np.linspace(low / STEPS, high / STEPS, 17)
        stops += [[float(place), _hex(part[index])] for place, index in zip(places, picked, strict=True)]
    return stops


def rgb(name: str, fraction: Floats) -> NDArray[np.uint8]:
    """Colours (n, 3) at fractions 0 to 1 (n,) of a map; what lies outside takes the end's colour."""
    index = np.clip(np.floor(np.asarray(fraction, dtype=np.float64) * STEPS), 0, STEPS - 1).astype(np.int64)
    return _table(name)[index]


def ink_on(color: str) -> str:
    """Return the ink or the paper colour, whichever stands out more against ``#rrggbb`` (WCAG 2.1 luminance).

    >>> ink_on("#0072b2"), ink_on("#f0e442")
    ('#ffffff', '#1b2430')
    """
    parts = np.array([int(color[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return PAPER if float(linear @ (0.2126, 0.7152, 0.0722)) < 0.2 else INK


@cache
def _table(name: str) -> NDArray[np.uint8]:
    own: dict[str, Callable[[], Floats]] = {MARGIN: _margin, DIFFERENCE: _difference, COOLANT: _coolant}
    if name in own:
        return np.round(own[name]() * 255.0).astype(np.uint8)
    from matplotlib import colormaps

    if name not in colormaps:
        msg = f"colour map: {name!r} is unknown; take a name of matplotlib, {MARGIN!r} or {DIFFERENCE!r}"
        raise ValueError(msg)
    values: Floats = np.asarray(colormaps[name](np.linspace(0.0, 1.0, STEPS)), dtype=np.float64)[:, :3]
    return np.round(values * 255.0).astype(np.uint8)


def _coolant() -> Floats:
    return np.vstack([_line(_DEEP, _TEAL), _line(_TEAL, _PALE)])  # a straight line would pass through grey


def _difference() -> Floats:
    return np.vstack([_line(_BLUE, _NEUTRAL), _line(_NEUTRAL, _BROWN)])


def _margin() -> Floats:
    # A step at zero, not a fade: half a kelvin below a limit has to look unlike half a kelvin above it.
    # And amber just above it: what is nearly at its limit must not look like what has no number.
    return np.vstack([_line(_DARK_RED, _RED), _line(_AMBER, _BLUE)])


def _line(start: Lab, end: Lab) -> Floats:
    """Half a map as a straight line in CIELAB, along which equal steps look equal (sRGB, IEC 61966-2-1, D65)."""
    share = np.linspace(0.0, 1.0, STEPS // 2)[:, None]
    lab = (1.0 - share) * np.asarray(start) + share * np.asarray(end)
    lightness = (lab[:, 0] + 16.0) / 116.0
    root = np.stack([lightness + lab[:, 1] / 500.0, lightness, lightness - lab[:, 2] / 200.0], axis=1)
    xyz = np.where(root > 6 / 29, root**3, 3 * (6 / 29) ** 2 * (root - 4 / 29)) * np.array([0.95047, 1.0, 1.08883])
    matrix = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    linear = np.clip(xyz @ matrix.T, 0.0, 1.0)
    color: Floats = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return color


def _hex(color: NDArray[np.uint8]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*(int(part) for part in color))
