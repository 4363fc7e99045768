"""Scenes as plotly figures and as pieces of a page."""

from __future__ import annotations

import json
import math
import re
from html import unescape

import numpy as np
import pytest

from thermal.views.plotly_text import escaped
from thermal.views.scenes import solids as solids
from thermal.views.scenes.block import block, policy
from thermal.views.scenes.camera import FIELD_OF_VIEW, framing
from thermal.views.scenes.figure import figure
from thermal.views.scenes.merge import creases, merged
from thermal.views.scenes.model import Bar, Label, Piece, Scene
from thermal.views.scenes.page import page

HOSTILE = "</script><script>alert(1)</script>"


def cube(path: str, corner: tuple[float, float, float], value: float | None = None, **more: object) -> Piece:
    surface = solids.box(corner, (0.1, 0.2, 0.3))
    values = None if value is None else np.full(len(surface), value)
    return Piece(path, "packages", surface.points, surface.faces, values, "t" if value is not None else "", **more)  # type: ignore[arg-type]


@pytest.fixture
def scene() -> Scene:
    pieces = [
        cube("a", (0.0, 0.0, 0.0), 60.0, text=f"a {HOSTILE}\nsecond line"),
        cube("b", (0.5, 0.0, 0.0), 80.0, text="b"),
        cube("c", (0.0, 0.5, 0.0), color="#123456", opacity=0.5, text="c"),
    ]
    bar = Bar("t", "junction temperature [°C]", 50.0, 90.0, "inferno", limit=87.0)
    return Scene(
        f"Title {HOSTILE}", "sub", pieces, [bar], [Label((0.5, 0.0, 0.3), f"b\n{HOSTILE}")], description="Told."
    )


def test_pieces_coloured_alike_are_one_surface(scene: Scene) -> None:
    coloured, plain = merged(scene.pieces)
    assert (coloured.bar, coloured.color, plain.bar, plain.color) == ("t", "", "", "#123456")
    assert len(coloured.faces) == 24
    assert coloured.values is not None
    assert coloured.values[coloured.owner == 1].tolist() == [80.0] * 12
    assert coloured.points[coloured.faces[12:]].reshape(-1, 3).min(axis=0) == pytest.approx([0.5, 0.0, 0.0])


def test_a_box_has_twelve_edges_and_a_tube_none() -> None:
    tube = solids.tube([(0.0, 0.0, 0.0), (1.0, 0.0, 0.0)], 0.1)
    (boxes,) = merged([cube("a", (0.0, 0.0, 0.0)), cube("b", (0.1, 0.0, 0.0))])  # they touch
    assert len(creases(boxes)) == 24
    assert len(creases(merged([Piece("t", "hoses", tube.points, tube.faces)])[0])) == 0


def test_the_figure_holds_every_face_and_its_value(scene: Scene) -> None:
    meshes = [trace for trace in figure(scene).data if trace.type == "mesh3d"]
    assert sum(len(trace.i) for trace in meshes) == 36
    coloured = next(trace for trace in meshes if trace.intensity is not None)
    assert coloured.intensitymode == "cell"
    assert coloured.intensity.tolist() == [60.0] * 12 + [80.0] * 12
    assert len(coloured.text) == 24  # the pointer finds a face
    plain = next(trace for trace in meshes if trace.intensity is None)
    assert len(plain.text) == 8  # the pointer finds a point
    assert {trace.name for trace in figure(scene).data if trace.showlegend} == {"packages"}


def test_small_faces_are_lit_like_large_ones(scene: Scene) -> None:
    """Plotly gives no normal to faces whose area, squared, is below a bound: those between fins would be dark."""
    for mesh in (trace for trace in figure(scene).data if trace.type == "mesh3d"):
        assert mesh.lighting.facenormalsepsilon == 0.0
        assert mesh.lighting.vertexnormalsepsilon == 0.0


def test_a_bar_has_its_ends_unit_and_limit(scene: Scene) -> None:
    axis = figure(scene).layout.coloraxis
    assert (axis.cmin, axis.cmax) == (50.0, 90.0)
    assert axis.colorbar.title.text.replace("<br>", " ") == "junction temperature [°C]"
    assert axis.colorbar.ticktext[-1] == "<b>87 limit</b>"
    assert "90" not in axis.colorbar.ticktext  # it would run into the limit


def test_text_of_the_scene_is_escaped_everywhere(scene: Scene) -> None:
    drawn = figure(scene).to_json()
    assert "<script" not in drawn.replace("\\u003c", "<")
    assert escaped("a<b>&\nc") == "a&lt;b&gt;&amp;<br>c"
    html = page(scene)
    assert html.count("</script>") == html.count("<script")
    assert "<script>alert" not in html
    told = json.loads(re.search(r'type="application/json"[^>]*>([^<]*)</script>', html).group(1))  # type: ignore[union-attr]
    texts = [text for trace in told["data"] if "text" in trace for text in trace["text"]["texts"]]
    assert any("&lt;script&gt;alert(1)" in text for text in texts)


def test_a_page_keeps_the_geometry_to_a_hundredth_of_a_millimetre(scene: Scene) -> None:
    import base64

    told = json.loads(re.search(r">(\{[^<]*)</script>", block(scene, "one")).group(1))  # type: ignore[union-attr]
    packed = told["data"][0]["x"]
    steps = np.frombuffer(base64.b64decode(packed["steps"]), "<u2")
    unpacked = packed["low"] + packed["step"] * steps
    assert unpacked == pytest.approx(merged(scene.pieces)[0].points[:, 0], abs=1e-5)
    assert sum(told["data"][0]["text"]["counts"]) == 24


def test_a_page_keeps_the_values_and_the_gaps_between_edges(scene: Scene) -> None:
    import base64

    told = json.loads(re.search(r">(\{[^<]*)</script>", block(scene, "one")).group(1))  # type: ignore[union-attr]
    surfaces = merged(scene.pieces)
    place = next(number for number, one in enumerate(surfaces) if one.values is not None)
    packed = told["data"][place]["intensity"]
    steps = np.frombuffer(base64.b64decode(packed["steps"]), "<u2")
    assert packed["low"] + packed["step"] * steps == pytest.approx(surfaces[place].values, abs=1e-3)
    edges = next(trace["x"] for trace in told["data"] if trace.get("mode") == "lines")
    steps = np.frombuffer(base64.b64decode(edges["steps"]), "<u2").reshape(-1, 3)
    assert (steps[:, 2] == 65535).all(), "every edge ends in a gap"
    assert (steps[:, :2] < 65535).all()


def test_a_page_asks_for_nothing(scene: Scene) -> None:
    html = page(scene)
    assert policy("x").startswith("default-src 'none'; script-src 'sha256-")
    assert "style-src 'unsafe-inline'; img-src data: blob:" in unescape(html)
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=\"(?!data:)", html)
    assert len(html) < 8e6


@pytest.mark.parametrize("aspect", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("view", [(-1.0, -1.4, 0.6), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0)])
def test_the_camera_sees_all_of_the_scene_and_little_else(view: tuple[float, float, float], aspect: float) -> None:
    frame = framing(np.zeros(3), np.array([0.6, 1.1, 2.2]), view)
    camera = frame.camera(aspect)
    eye, center = (np.array([camera[name][axis] for axis in "xyz"]) for name in ("eye", "center"))
    corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]) * frame.ratio
    towards = (center - eye) / np.linalg.norm(center - eye)
    right = np.cross(towards, [camera["up"][axis] for axis in "xyz"])
    right /= np.linalg.norm(right)
    seen = corners - eye
    half = math.tan(FIELD_OF_VIEW / 2) * (seen @ towards)
    across, upward = seen @ right / (half * aspect), seen @ np.cross(right, towards) / half
    extent = max(np.abs(across).max(), np.abs(upward).max())
    assert 0.93 < extent < 1.0
    assert upward.max() == pytest.approx(-upward.min(), abs=0.02)
