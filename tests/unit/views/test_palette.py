from __future__ import annotations

import numpy as np
import pytest

from thermal.views import palette

MAPS = (palette.LEVELS, palette.COOLANT, palette.MARGIN, palette.DIFFERENCE)


def lightness(colors: np.ndarray) -> np.ndarray:
    """CIE 1976 L* of sRGB colours."""
    part = colors / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 216 / 24389, 116 * np.cbrt(luminance) - 16, luminance * 24389 / 27)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(color: str) -> float:
        part = np.array([int(color[at : at + 2], 16) / 255.0 for at in (1, 3, 5)])
        return float(
            np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722)
        )

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def uneven(colors: np.ndarray) -> float:
    """Largest departure of lightness from a straight line over a half of a map [L*]."""
    found = lightness(colors)
    return float(np.abs(found - np.linspace(found[0], found[-1], len(found))).max())


@pytest.mark.parametrize("name", MAPS)
def test_every_map_is_known_to_both_ways_of_drawing(name: str) -> None:
    scale = palette.plotly_scale(name)
    assert scale[0][0] == 0.0
    assert scale[-1][0] == 1.0
    assert [stop[0] for stop in scale] == sorted(stop[0] for stop in scale)
    ends = palette.rgb(name, np.array([0.0, 1.0]))
    assert scale[0][1] == "#{:02x}{:02x}{:02x}".format(*ends[0])
    assert scale[-1][1] == "#{:02x}{:02x}{:02x}".format(*ends[1])
    drawn = np.array(palette.colormap(name)([0.0, 0.3, 1.0]))[:, :3]
    assert np.abs(drawn * 255 - palette.rgb(name, np.array([0.0, 0.3, 1.0]))).max() < 0.51


@pytest.mark.parametrize("name", [palette.MARGIN, palette.DIFFERENCE])
def test_halves_of_our_maps_are_even_in_lightness_and_a_map_of_the_rainbow_is_not(name: str) -> None:
    half = np.linspace(0.0, 0.4999, 128)
    assert uneven(palette.rgb(name, half)) < 1.0
    assert uneven(palette.rgb(name, half + 0.5)) < 1.0
    assert uneven(palette.rgb("jet", half)) > 10.0


def test_margin_is_red_below_zero_and_nowhere_else() -> None:
    below = palette.rgb(palette.MARGIN, np.linspace(0.0, 0.4999, 200)).astype(int)
    above = palette.rgb(palette.MARGIN, np.linspace(0.5, 1.0, 200)).astype(int)

    def red(colors: np.ndarray) -> np.ndarray:
        return colors[:, 0] > 1.5 * np.maximum(colors[:, 1], colors[:, 2])

    assert red(below).all()
    assert not red(above).any()
    scale = palette.plotly_scale(palette.MARGIN)
    at_zero = [stop[1] for stop in scale if stop[0] == 0.5]
    assert len(set(at_zero)) == 2  # a step, not a fade


def test_a_difference_of_nothing_is_neutral() -> None:
    middle = palette.rgb(palette.DIFFERENCE, np.array([0.5]))[0].astype(int)
    assert max(middle) - min(middle) <= 2


def test_fractions_outside_take_the_colour_of_the_end() -> None:
    outside = palette.rgb(palette.LEVELS, np.array([-3.0, 7.0]))
    assert np.array_equal(outside, palette.rgb(palette.LEVELS, np.array([0.0, 1.0])))


def test_an_unknown_map_is_named_with_a_remedy() -> None:
    with pytest.raises(ValueError, match="'rainbows' is unknown; take a name of matplotlib"):
        palette.colormap("rainbows")


def test_texts_stand_out_from_the_paper() -> None:
    assert contrast(palette.INK, palette.PAPER) > 7.0
    assert contrast(palette.MUTED, palette.PAPER) > 4.5
    assert contrast(palette.LIMIT, palette.PAPER) > 4.5
    assert contrast(palette.PLAIN, palette.PAPER) < 4.5  # the check can fail


@pytest.mark.parametrize("color", palette.CATEGORICAL)
def test_a_text_within_a_bar_stands_out_from_it(color: str) -> None:
    ink = palette.ink_on(color)
    other = palette.PAPER if ink == palette.INK else palette.INK
    assert contrast(ink, color) > 3.0
    assert contrast(ink, color) > contrast(other, color) - 0.6


def test_coolant_is_even_in_lightness_over_its_whole_length() -> None:
    assert uneven(palette.rgb(palette.COOLANT, np.linspace(0.0, 1.0, 256))) < 1.5


# Machado, Oliveira and Fernandes 2009, IEEE TVCG 15(6), severity 1.0, on linear RGB.
BLIND = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}


def seen(color: np.ndarray, kind: str) -> np.ndarray:
    """CIELAB coordinates of an sRGB colour (0 to 255) as the colour-blind see it (D65)."""
    part = color / 255.0
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(BLIND[kind]) @ linear, 0.0, 1.0)
    matrix = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = matrix @ linear / np.array([0.95047, 1.0, 1.08883])
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (ratio * 24389 / 27 + 16) / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def distance(one: np.ndarray, other: np.ndarray, kind: str) -> float:
    return float(np.linalg.norm(seen(one, kind) - seen(other, kind)))


def triple(color: str) -> np.ndarray:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], dtype=float)


@pytest.mark.parametrize("kind", BLIND)
def test_the_colour_blind_tell_apart_what_colours_mean(kind: str) -> None:
    steps = [triple(color) for color in (palette.UP, palette.DOWN, palette.TOTAL)]
    assert min(distance(a, b, kind) for a in steps for b in steps if a is not b) > 15.0
    many = [triple(color) for color in palette.CATEGORICAL]
    assert min(distance(a, b, kind) for a in many for b in many if a is not b) > 15.0
    about_zero = palette.rgb(palette.MARGIN, np.array([0.499, 0.501])).astype(float)
    assert distance(*about_zero, kind) > 15.0
    ends = palette.rgb(palette.DIFFERENCE, np.array([0.0, 1.0])).astype(float)
    assert distance(*ends, kind) > 15.0


def test_the_check_for_the_colour_blind_sees_a_grey_that_looks_like_the_purple() -> None:
    assert distance(triple("#8c96a3"), triple("#cc79a7"), "deuteranopia") < 15.0
