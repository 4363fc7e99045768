"""One scene as a page of its own: a single file that opens anywhere, without a network."""

from __future__ import annotations

from thermal.views import palette
from thermal.views.scenes.block import block, environment, plotly_script, policy, script, style
from thermal.views.scenes.model import Scene

__all__ = ["page"]


def page(scene: Scene, picture_png: bytes | None = None) -> str:
    """Return an HTML page that shows a scene.

    Parameters
    ----------
    scene : Scene
        What to draw.
    picture_png : bytes, optional
        A picture of the scene for print and for browsers that cannot draw it.

    Returns
    -------
    str
        All of it in one text, some 5 MB of which are plotly.js; it asks nothing of a network and forbids itself to.
    """
    from markupsafe import Markup

    scripts = {"plotly": plotly_script(), "script": script()}
    parts = {**scripts, "style": style(), "font": palette.FONT}
    ours = {name: Markup(text) for name, text in parts.items()}  # noqa: S704 - none of it comes from an input
    html: str = (
        environment()
        .get_template("scene.html")
        .render(scene=scene, policy=policy(*scripts.values()), block=Markup(block(scene, "scene", picture_png)), **ours)  # noqa: S704
    )
    return html
