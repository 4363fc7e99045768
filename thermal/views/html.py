"""A report as one HTML file that needs nothing else: it works offline, on a phone, on paper and without scripts."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from thermal.views import palette
from thermal.views.pages.page_blocks import block_view
from thermal.views.report import Report, Section
from thermal.views.scenes.model import Scene
from thermal.views.tables import GLUE

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["page", "write"]

LONG_PATH = 20  # characters that stay on one line


def page(report: Report) -> str:
    """Return a report as one HTML page.

    Charts and scenes are drawn by the reader's browser; a still picture of each stands in until that has happened,
    and on paper. All text is escaped, and the page's own policy forbids any other script and any request.

    Parameters
    ----------
    report : Report
        In reading order.

    Returns
    -------
    str
        About 5 MB where there is a chart or a scene, which is the library that draws them.
    """
    from thermal.views.scenes.block import policy, style

    scenes = sum(isinstance(block, Scene) for section in report.sections for block in section.blocks)
    sections = [_section(index, section, scenes) for index, section in enumerate(report.sections, 1)]
    scripts = _scripts({block["kind"] for section in sections for block in section["blocks"]})
    text: str = (
        _environment()
        .get_template("report.html")
        .render(
            report=report,
            sections=sections,
            scripts=scripts,
            policy=policy(*scripts),
            style=style() + _source("page.css"),
            colors={name: getattr(palette, name) for name in ("INK", "MUTED", "GRID", "PAPER", "TOTAL", "FONT")},
        )
    )
    return text


def write(report: Report, file: str | Path) -> None:
    """Write a report as one HTML file, whole or not at all.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    from thermal.results.whole_file import write_whole

    text = page(report)

    def fill(out: TextIO) -> None:
        out.write(text)

    write_whole(file, "--report", fill)


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("thermal.views", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.filters["glued"] = _glued
    environment.filters["raw"] = lambda text: Markup(text)  # noqa: S704 - our own scripts and styles, and escaped JSON
    return environment


def _breakable(text: str, room: int = LONG_PATH) -> str:
    """Escape a text; a path in it longer than its room may break after its slashes, full stops and underscores."""
    from markupsafe import Markup

    words = re.split(r"(\s+)", text)
    parts = (re.findall(r"[^/._]*[/._]?", word) if len(word) > room else [word] for word in words)
    return Markup("").join(Markup("<wbr>").join(filter(None, part)) for part in parts)


def _glued(text: str) -> str:
    """Keep a number on one line with its unit."""
    return re.sub(r"(?<=\d) (?=[^\W\d_]{1,3}\b|[°%])", GLUE, text)


def _section(index: int, section: Section, scenes: int) -> dict[str, Any]:
    blocks = [
        block_view(block, f"figure-{index}-{place}", scenes=scenes) for place, block in enumerate(section.blocks, 1)
    ]
    for block in blocks:
        block["same"] = block.get("title") == section.heading  # which need not be read twice
    return {"id": _identifier(index, section.heading), "heading": section.heading, "blocks": blocks}


def _scripts(kinds: Set[str]) -> list[str]:
    """Return the scripts of the page in order; the drawing library only where something is drawn."""
    own = _source("page.js")
    if not kinds & {"chart", "scene"}:
        return [own]
    from thermal.views.scenes import block as scene_block

    of_scenes = [scene_block.script()] if "scene" in kinds else []
    # the browser reads every line end as a line feed before it takes the digest
    return [script.replace("\r\n", "\n") for script in (scene_block.plotly_script(), *of_scenes, own)]


def _identifier(index: int, heading: str) -> str:
    """Return a section's place in the page, unique by its number and readable in a link."""
    return f"{index}-{re.sub(r'[^a-z0-9]+', '-', heading.lower()).strip('-')[:60]}".rstrip("-")


def _source(name: str) -> str:
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")
