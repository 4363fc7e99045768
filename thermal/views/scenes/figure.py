"""A scene as an interactive figure: turned with the pointer, read under it, its layers switched in the legend."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.views import palette
from thermal.views.plotly_text import escaped
from thermal.views.scenes.camera import framing
from thermal.views.scenes.merge import Merged, bounds, creases, merged
from thermal.views.scenes.model import Bar, Label, Scene

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["figure", "hover_texts"]

ASPECT = 1.5  # width over height that the camera is set for; a page sets it anew for the picture it has
EDGE, EDGE_WIDTH = "rgba(27,36,48,0.55)", 1.5
ROOM = 1.5  # of the axes for the scene: plotly hides a label that lies beyond them
# colours have to be read against a bar: some shade for the form of solids, none at all on sheets
# faces whose area, squared, is below a bound get no normal and so no light; plotly's own bound is too large for fins
ALL_FACES = {"facenormalsepsilon": 0.0, "vertexnormalsepsilon": 0.0}
SOLID = {"ambient": 0.8, "diffuse": 0.28, "specular": 0.03, "roughness": 0.9, "fresnel": 0.02, **ALL_FACES}
SHEET = {"ambient": 1.0, "diffuse": 0.0, "specular": 0.0, "roughness": 1.0, "fresnel": 0.0, **ALL_FACES}


def figure(scene: Scene, *, titled: bool = True) -> go.Figure:
    """Return a scene as a plotly figure.

    Parameters
    ----------
    scene : Scene
        At most two bars; the first stands on the right, the second on the left.
    titled : bool
        Whether title and subtitle stand in the figure; a page has them in its text.

    Returns
    -------
    plotly.graph_objects.Figure
        Arrays are typed (and so compact in JSON); all text of the scene is escaped.
    """
    import plotly.graph_objects as go

    axes = {bar.key: f"coloraxis{number or ''}" for number, bar in enumerate(scene.bars)}
    axes = {key: name.replace("coloraxis1", "coloraxis2") for key, name in axes.items()}
    units = {bar.key: bar.unit for bar in scene.bars}
    surfaces = merged(scene.pieces)
    layers = {one.layer: one for one in surfaces[::-1]}  # the first surface of each layer
    lines = [(one, creases(one)) for one in surfaces]
    traces = [
        *(go.Mesh3d(**_mesh(one, axes, units)) for one in surfaces),
        *(go.Scatter3d(**_edges(one, ends)) for one, ends in lines if len(ends)),
        *(go.Scatter3d(**_key(one, scene.bars)) for one in [*layers.values()][::-1]),
    ]
    drawn = go.Figure(traces)
    drawn.update_layout(**_layout(scene, titled=titled))
    drawn.update_layout(
        {axes[bar.key]: _bar(bar, left=number > 0, titled=titled) for number, bar in enumerate(scene.bars)}
    )
    return drawn


def hover_texts(one: Merged) -> tuple[str, ...]:
    """Return what the pointer is told over each piece, escaped."""
    return tuple(escaped(text) for text in one.texts)


def _mesh(one: Merged, axes: dict[str, str], units: dict[str, str]) -> dict[str, Any]:
    texts = np.array([*hover_texts(one), ""], dtype=object)
    # with a value per face the pointer finds a face, without one it finds a point
    owner = one.point_owner if one.values is None else one.owner
    unit = escaped(units.get(one.bar, ""))
    here = f"<br><b>here %{{intensity:.1f}} {unit}</b>" if one.varied else ""
    mesh = {
        **{axis: one.points[:, i].astype(np.float32) for i, axis in enumerate("xyz")},
        **{name: one.faces[:, i].astype(np.int32) for i, name in enumerate("ijk")},
        "name": escaped(one.layer),
        "legendgroup": one.layer,
        "showlegend": False,
        "opacity": one.opacity,
        "flatshading": True,
        "lighting": SHEET if one.sheet else SOLID,
        "lightposition": {"x": -2000, "y": -6000, "z": 9000},
        "text": texts[owner],
        "hovertemplate": f"%{{text}}{here}<extra></extra>",
    }
    if one.values is None:
        return {**mesh, "color": one.color}
    return {**mesh, "intensity": one.values.astype(np.float32), "intensitymode": "cell", "coloraxis": axes[one.bar]}


def _edges(one: Merged, lines: Any) -> dict[str, Any]:
    gaps = np.full((len(lines), 3, 3), np.nan, np.float32)
    gaps[:, :2] = lines
    x, y, z = gaps.reshape(-1, 3).T
    return {
        "x": np.ascontiguousarray(x), "y": np.ascontiguousarray(y), "z": np.ascontiguousarray(z),
        "mode": "lines", "line": {"color": EDGE, "width": EDGE_WIDTH},
        "legendgroup": one.layer, "showlegend": False, "hoverinfo": "skip", "connectgaps": False,
    }  # fmt: skip


def _key(one: Merged, bars: Sequence[Bar]) -> dict[str, Any]:
    """Return an entry of the legend, by which a layer is switched: a trace of one point that is nowhere."""
    maps = {bar.key: bar.map for bar in bars}
    color = one.color
    if one.bar:
        red, green, blue = palette.rgb(maps[one.bar], np.array([0.62]))[0]
        color = f"#{red:02x}{green:02x}{blue:02x}"
    return {
        "x": [None], "y": [None], "z": [None], "mode": "markers", "name": escaped(one.layer), "hoverinfo": "skip",
        "marker": {"symbol": "square", "size": 11, "color": color, "line": {"color": palette.MUTED, "width": 1}},
        "legendgroup": one.layer, "showlegend": True,
    }  # fmt: skip


def _layout(scene: Scene, *, titled: bool) -> dict[str, Any]:
    low, high = bounds(scene.pieces)
    frame = framing(low, high, scene.view)
    middle, reach = (low + high) / 2, max(float((high - low).max()), 1e-9)
    half = [0.5 * ROOM * reach * ratio for ratio in frame.ratio]
    ranges = [[float(m - h), float(m + h)] for m, h in zip(middle, half, strict=True)]
    hidden = {"visible": False, "showspikes": False, "autorange": False}
    title = f"<b>{escaped(scene.title)}</b><br><span style='font-size:13px'>{escaped(scene.subtitle)}</span>"
    return {
        "scene": {
            **{f"{axis}axis": {**hidden, "range": span} for axis, span in zip("xyz", ranges, strict=True)},
            "aspectmode": "manual",
            "aspectratio": {axis: ROOM * ratio for axis, ratio in zip("xyz", frame.ratio, strict=True)},
            "camera": frame.camera(ASPECT),
            "dragmode": "turntable" if frame.up[2] else "orbit",
            "annotations": [_label(label, middle, frame.aside) for label in scene.labels],
            "domain": {"x": [0, 1], "y": [0, 1]},
        },
        "font": {"family": palette.FONT, "size": 13, "color": palette.INK},
        "paper_bgcolor": palette.PAPER,
        "margin": {"l": 8, "r": 8, "t": 72 if titled else 30, "b": 36},
        "title": {"text": title, "x": 0.02, "xanchor": "left", "y": 0.97} if titled else None,
        "legend": {"orientation": "h", "x": 0.5, "xanchor": "center", "yref": "container", "y": 0.005,
                   "yanchor": "bottom", "itemsizing": "constant", "bgcolor": "rgba(255,255,255,0)"},
        "hoverlabel": {"bgcolor": palette.PAPER, "bordercolor": palette.INK, "align": "left",
                       "font": {"family": palette.FONT, "size": 13, "color": palette.INK}},
        "meta": {"labels": [frame.seen((np.array(label.point) - middle) / reach) for label in scene.labels],
                 **{name: getattr(frame, name) for name in ("corners", "view", "aside", "above")},
                 "description": scene.description},
    }  # fmt: skip


def _label(label: Label, middle: NDArray[np.float64], aside: tuple[float, float, float]) -> dict[str, Any]:
    """Return a text beside its point, on the side away from the scene's middle."""
    x, y, z = label.point
    outwards = 1 if float((np.array(label.point) - middle) @ np.array(aside)) > 0.0 else -1
    return {
        "x": x, "y": y, "z": z, "text": escaped(label.text), "ax": 60 * outwards, "ay": -36,
        "xanchor": "left" if outwards > 0 else "right", "align": "left",
        "font": {"size": 13, "color": palette.INK}, "bgcolor": "rgba(255,255,255,0.92)",
        "bordercolor": palette.INK, "borderpad": 5, "borderwidth": 1,
        "arrowcolor": palette.INK, "arrowwidth": 1.4, "arrowhead": 6, "arrowsize": 0.9,
    }  # fmt: skip


def _bar(bar: Bar, *, left: bool, titled: bool) -> dict[str, Any]:
    """Return a colour axis with its bar; the limit is a tick of its own."""
    side = {"x": 0.0, "xanchor": "left"} if left else {"x": 1.0, "xanchor": "right"}
    return {
        "cmin": bar.low,
        "cmax": bar.high,
        "colorscale": palette.plotly_scale(bar.map),
        "colorbar": {
            "title": {"text": escaped(_folded(bar.title)), "side": "top", "font": {"size": 13}},
            "thickness": 16,
            "len": 0.72,
            "y": 0.47,
            "outlinewidth": 0,
            "ticks": "outside",
            "ticklen": 4,
            **side,
            **_ticks(bar),
        },
    }


def _ticks(bar: Bar) -> dict[str, Any]:
    """Return round ticks between the ends, both ends, and the limit."""
    span = bar.high - bar.low
    if span <= 0.0:
        return {"tickvals": [bar.low], "ticktext": [_shown(bar.low, 1.0)]}
    step = next(one for one in _steps(span) if span / one <= 7.0 + 1e-9)
    first = np.ceil(bar.low / step - 1e-9)
    values = [float(first + n) * step for n in range(9) if (first + n) * step <= bar.high + 1e-9 * span]
    texts = [_shown(value, step) for value in values]
    if bar.limit is not None and bar.low <= bar.limit <= bar.high:
        kept = [n for n, value in enumerate(values) if abs(value - bar.limit) > 0.08 * span]
        values = [values[n] for n in kept] + [bar.limit]
        texts = [texts[n] for n in kept] + [f"<b>{_shown(bar.limit, step)} limit</b>"]
    return {"tickvals": values, "ticktext": texts}


def _steps(span: float) -> list[float]:
    power = 10.0 ** np.floor(np.log10(span / 7))
    return [float(power * part) for part in (1.0, 2.0, 5.0, 10.0)]


def _shown(value: float, step: float) -> str:
    digits = max(0, -int(np.floor(np.log10(step) + 1e-9)))
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def _folded(title: str) -> str:
    """Return a bar's title in short lines."""
    return "\n".join(textwrap.wrap(title, 14, break_long_words=False))
