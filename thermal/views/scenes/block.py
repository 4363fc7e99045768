"""A scene as a piece of an HTML page: the live figure, its picture for print, and the script that draws it."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thermal.views.scenes.figure import figure, hover_texts
from thermal.views.scenes.merge import merged
from thermal.views.scenes.model import Scene

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["block", "environment", "plotly_script", "policy", "script", "style"]


STEPS = 65535  # of 16 bits


def block(scene: Scene, name: str, picture: bytes | None = None) -> str:
    """Return a ``<figure>`` that `script` draws once plotly.js is in the page.

    Parameters
    ----------
    scene : Scene
        What to draw.
    name : str
        Unique in the page, of letters, digits, ``-`` and ``_``: its id.
    picture : bytes, optional
        A PNG of the scene, shown in print and where the browser cannot draw.
    """
    encoded = None if picture is None else base64.b64encode(picture).decode("ascii")
    html: str = (
        environment()
        .get_template("scene_block.html")
        .render(
            name=name,
            description=scene.description or scene.title,
            caption=scene.description,
            picture=encoded,
            figure=_inline_json(_compact(scene)),
        )
    )
    return html


def script() -> str:
    """Return the script that draws every `block` of a page; it comes after `plotly_script`."""
    return _read("scene.js")


def style() -> str:
    """Return the style sheet of `block`."""
    return _read("scene.css")


@cache
def plotly_script() -> str:
    """Return plotly.js, to be put into a page once."""
    from plotly.offline import get_plotlyjs

    text: str = get_plotlyjs()
    return text.replace("</script", "<\\/script")


def policy(*scripts: str) -> str:
    """Return a content security policy that lets these scripts run and none else, and nothing be fetched."""
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii") for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes)
    rules = {
        "default-src": "'none'",
        "script-src": allowed or "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@cache
def environment() -> Environment:
    """Return the environment of our templates: what a template shows is escaped, unless it is markup of ours."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("thermal.views"), autoescape=True, undefined=StrictUndefined)


def _compact(scene: Scene) -> dict[str, Any]:
    """Return the figure as `scene.js` unpacks it: a third of its length.

    Hover texts stand once, with the number of faces or points that say them; coordinates and values are whole steps of
    a 65534th of their range, far below what a screen shows; corners of faces are as short as their numbers allow.
    """
    drawn = figure(scene, titled=False)
    plain: dict[str, Any] = drawn.to_plotly_json()
    surfaces = merged(scene.pieces)
    for trace, one in zip(plain["data"], surfaces, strict=False):  # the edges come after the surfaces
        owner = one.point_owner if one.values is None else one.owner
        counts = np.bincount(owner, minlength=len(one.texts)).tolist()
        texts = [text.replace("<br>", "\n") for text in hover_texts(one)]  # a tag takes six times as much as its sign
        trace["text"] = {"texts": texts, "counts": counts}
        corner = np.uint16 if len(one.points) <= STEPS else np.uint32
        trace.update({axis: _steps(one.points[:, column]) for column, axis in enumerate("xyz")})
        trace.update({axis: _packed(one.faces[:, column].astype(corner)) for column, axis in enumerate("ijk")})
        if one.values is not None:
            trace["intensity"] = _steps(one.values)
    for trace, one in list(zip(plain["data"], drawn.data, strict=True))[len(surfaces) :]:
        if one.mode == "lines":
            trace.update({axis: _steps(np.asarray(one[axis], np.float64)) for axis in "xyz"})
    plain["layout"].pop("template", None)
    return plain


def _steps(values: NDArray[np.float64]) -> dict[str, Any]:
    """Return numbers as steps above the lowest; a gap, which is no number, as the last step of all."""
    known = values[np.isfinite(values)]
    low = float(known.min())
    step = max(float(np.ptp(known)) / (STEPS - 1), 1e-12)
    steps = np.where(np.isfinite(values), np.round((values - low) / step), STEPS)
    return {"low": low, "step": step, "steps": _packed(steps.astype(np.uint16))["bdata"]}


def _packed(values: NDArray[np.unsignedinteger[Any]]) -> dict[str, str]:
    """Return an array as plotly.js reads it from JSON."""
    little = values.astype(values.dtype.newbyteorder("<"))
    return {"dtype": f"u{values.itemsize}", "bdata": base64.b64encode(little.tobytes()).decode("ascii")}


def _inline_json(content: Any) -> str:
    """Return JSON that may stand in a script element: no ``<`` can end it."""
    from markupsafe import Markup
    from plotly.utils import PlotlyJSONEncoder

    text = json.dumps(content, cls=PlotlyJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - escaped for its place in the line above


def _read(name: str) -> str:
    from importlib.resources import files

    return files("thermal.views").joinpath("templates", name).read_text(encoding="utf-8")
